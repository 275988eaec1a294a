//! Drives the real app, with its engine and store, against the practice service, by what the
//! window shows: no display is needed. The tour and the tests share it.

mod desk;

pub use desk::{desk, desk_with, unavailable};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use audio_housekeeper::api::{HttpConnector, Timeouts};
use audio_housekeeper::app::{App, AppSignals, Launcher, Opened, OpeningMode, PutAwayLater};
use audio_housekeeper::domain::{
    DoctorName, Failure, FailureKind, ServiceOrigin, SignInWith, UpdateSource,
};
use audio_housekeeper::engine::{self, Opening, Setup, Waits, Wake};
use audio_housekeeper::keychain::{Keychain, MemoryTokens, TokenStore};
use audio_housekeeper::platform::AnsweredDialogs;
use audio_housekeeper::practice::{PracticeConfig, PracticeService, sample_doctors};
use audio_housekeeper::settings::{Settings, SettingsFile, ThemeChoice};
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::Store;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::clock::TestClock;

/// How long the window may take to show anything.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Driver {
    pub window: Harness<'static, App>,
    pub dialogs: AnsweredDialogs,
    pub service: Arc<PracticeService>,
    pub signals: AppSignals,
    /// What is put away once the window is gone.
    pub later: PutAwayLater,
    /// What the waits of deletes are measured by.
    pub clock: TestClock,
    launcher: Arc<TestLauncher>,
    /// When nothing is waited for any more, where there is such a time.
    end: Option<Instant>,
}

/// What the app is opened with.
pub struct Stage {
    /// The data folder.
    pub folder: PathBuf,
    /// The mode of the first window.
    pub mode: Mode,
    /// The service, for both modes.
    pub service: PracticeConfig,
    /// How long a confirmed delete waits.
    pub waits: Waits,
    /// The keychain.
    pub tokens: Arc<dyn TokenStore>,
    /// Where it is asked which version is the newest.
    pub updates: UpdateSource,
}

struct TestLauncher {
    folder: PathBuf,
    service: Arc<PracticeService>,
    tokens: Arc<dyn TokenStore>,
    waits: Waits,
    updates: UpdateSource,
    clock: TestClock,
    settings: Mutex<Settings>,
    runtime: Runtime,
}

impl Stage {
    /// Practice with the samples, in a folder, with waits of a second.
    pub fn practice(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            mode: Mode::Practice,
            service: PracticeConfig::for_people(),
            waits: Waits {
                one: Duration::from_secs(1),
                all: Duration::from_secs(1),
                ..Waits::default()
            },
            tokens: Arc::new(MemoryTokens::default()),
            updates: UpdateSource::Nowhere,
        }
    }
}

impl Launcher for TestLauncher {
    fn open(&self, mode: Mode, wake: Wake) -> Result<Opened, Failure> {
        let failed = |technical: String| {
            Failure::new(FailureKind::StoreTrouble, Timestamp::now(), technical)
        };
        let origin = ServiceOrigin::parse(&self.service.origin())
            .map_err(|error| failed(error.to_string()))?;
        let (folder, opening) = match mode {
            Mode::Real => (self.folder.clone(), Opening::Kept(origin.clone())),
            Mode::Practice => {
                let names = sample_doctors().filter_map(|name| DoctorName::parse(name).ok());
                let opening = Opening::Practice {
                    origin: origin.clone(),
                    with: SignInWith::Token(self.service.token()),
                    names: names.collect(),
                };
                (self.folder.join("practice"), opening)
            }
        };
        let store = Store::open(&folder).map_err(|error| failed(error.to_string()))?;
        let settings = Settings {
            service: origin,
            ..self.settings.lock().unwrap().clone()
        };
        let _inside = self.runtime.enter();
        let engine = engine::start(Setup {
            store,
            keychain: Keychain::new(self.tokens.clone(), Duration::from_secs(5)),
            heads: None,
            connector: Arc::new(HttpConnector::with_timeouts(Timeouts {
                connect: Duration::from_secs(20),
                read: Duration::from_secs(30),
                delete: Duration::from_secs(30),
            })),
            opening,
            settings_file: SettingsFile::in_folder(&folder),
            updates: self.updates.clone(),
            tells_of_newer_version: settings.tells_of_newer_version,
            waits: self.waits,
            clock: self.clock.clock(),
            os_user: "tour".into(),
            computer: "front-desk-1".into(),
            wake,
        });
        Ok(Opened {
            engine,
            settings,
            settings_lost: false,
            kept: Box::new(()),
        })
    }
}

impl Driver {
    /// Opens the app's window, 1120 by 760 points.
    pub fn open(stage: Stage) -> Self {
        let runtime = Runtime::new().unwrap();
        let service = Arc::new(
            runtime
                .block_on(PracticeService::start(stage.service))
                .unwrap(),
        );
        let clock = TestClock::default();
        let launcher = Arc::new(TestLauncher {
            clock: clock.clone(),
            folder: stage.folder,
            service: service.clone(),
            tokens: stage.tokens,
            waits: stage.waits,
            updates: stage.updates,
            settings: Mutex::new(Settings {
                signs_in_with_token: true,
                ..Settings::default()
            }),
            runtime,
        });
        let dialogs = AnsweredDialogs::default();
        let signals = AppSignals::default();
        let later = PutAwayLater::default();
        let window = window(
            launcher.clone(),
            dialogs.clone(),
            (signals.clone(), later.clone()),
            stage.mode,
        );
        Self {
            window,
            dialogs,
            service,
            signals,
            later,
            clock,
            launcher,
            end: None,
        }
    }

    /// Waits for nothing after `end`.
    pub fn until(self, end: Instant) -> Self {
        Self {
            end: Some(end),
            ..self
        }
    }

    /// Closes the window and opens another on the same folder, as a new start would.
    pub fn restart(self, mode: Mode) -> Self {
        let Self {
            mut window,
            dialogs,
            service,
            signals: _,
            later,
            clock,
            launcher,
            end,
        } = self;
        eframe::App::on_exit(window.state_mut(), None);
        drop(window);
        later.put_away();
        let signals = AppSignals::default();
        let outside = (signals.clone(), later.clone());
        let window = self::window(launcher.clone(), dialogs.clone(), outside, mode);
        Self {
            window,
            dialogs,
            service,
            signals,
            later,
            clock,
            launcher,
            end,
        }
    }

    /// Ends the engine, so that its files can be looked at.
    pub fn close(mut self) {
        eframe::App::on_exit(self.window.state_mut(), None);
        self.later.put_away();
    }

    /// The runtime that the service and the engine run on.
    pub fn runtime(&self) -> &Runtime {
        &self.launcher.runtime
    }

    /// Waits until some label holds `text`.
    pub fn wait_for(&mut self, text: &str) {
        self.wait(&format!("{text:?} was not shown"), |window| {
            shows(window, text)
        });
    }

    /// Waits until no label holds `text` any more.
    pub fn wait_until_gone(&mut self, text: &str) {
        self.wait(&format!("{text:?} did not go"), |window| {
            !shows(window, text)
        });
    }

    /// Whether some label holds `text` now.
    pub fn shows(&self, text: &str) -> bool {
        shows(&self.window, text)
    }

    /// Presses a button, link or other control by its whole name with the mouse, once it can be
    /// pressed; what is out of sight is scrolled to first.
    pub fn click(&mut self, name: &str) {
        self.wait(&format!("nothing to press is called {name:?}"), |window| {
            pressable(window, name).is_some()
        });
        // What has just appeared still finds its place.
        self.window.run_steps(3);
        if !is_in_sight(&self.window, name) {
            pressable(&self.window, name).unwrap().scroll_to_me();
            self.window.run_steps(4);
        }
        pressable(&self.window, name).unwrap().click();
        self.window.run_steps(2);
    }

    /// Whether a control of this name is there and can be pressed.
    pub fn can_click(&self, name: &str) -> bool {
        pressable(&self.window, name).is_some()
    }

    /// Where a control was drawn last.
    pub fn place_of(&self, name: &str) -> egui::Rect {
        pressable(&self.window, name).unwrap().rect()
    }

    /// Presses a control where it was drawn last; the window draws only after that.
    pub fn press_now(&mut self, name: &str) {
        pressable(&self.window, name).unwrap().click();
        self.window.run_steps(2);
    }

    /// Puts the mouse on a control and its button down.
    pub fn hold_down(&mut self, name: &str) {
        let pos = pressable(&self.window, name).unwrap().rect().center();
        self.window.event(egui::Event::PointerMoved(pos));
        self.window.event(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed: true,
            modifiers: egui::Modifiers::NONE,
        });
        self.window.run_steps(2);
    }

    /// Puts `value` into the field of this name, in place of what was in it.
    pub fn fill(&mut self, name: &str, value: &str) {
        self.wait(&format!("no field is called {name:?}"), |window| {
            field(window, name).is_some()
        });
        field(&self.window, name).unwrap().focus();
        self.window.run_steps(2);
        self.window
            .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.window.run_steps(1);
        self.window.key_press(egui::Key::Backspace);
        self.window.run_steps(1);
        if !value.is_empty() {
            self.window.event(egui::Event::Paste(value.to_owned()));
        }
        self.window.run_steps(2);
    }

    /// Presses a key.
    pub fn key(&mut self, key: egui::Key) {
        self.window.key_press(key);
        self.window.run_steps(2);
    }

    /// Shows the window in another look. `text_size` is in per cent.
    pub fn look(&mut self, theme: ThemeChoice, width: f32, height: f32, text_size: u16) {
        self.window.state_mut().look(theme, text_size);
        self.window.run_steps(2);
        let zoom = f32::from(text_size) / 100.0;
        // The window's size is in pixels, and the text size makes each point more of them.
        self.window.set_size(egui::vec2(width, height) / zoom);
        self.window.run_steps(6);
    }

    /// Asks the window to close, as its close button does.
    pub fn ask_to_close(&mut self) {
        let viewports = &mut self.window.input_mut().viewports;
        let root = viewports.entry(egui::ViewportId::ROOT).or_default();
        root.events.push(egui::ViewportEvent::Close);
        self.window.run_steps(2);
    }

    /// Lets the window draw what has happened by now.
    pub fn settle(&mut self) {
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(30));
            self.window.run_steps(2);
        }
    }

    fn wait(&mut self, missing: &str, is_so: impl Fn(&Harness<'static, App>) -> bool) {
        let patient = Instant::now() + PATIENCE;
        let end = self.end.map_or(patient, |end| end.min(patient));
        loop {
            self.window.step();
            if is_so(&self.window) {
                return;
            }
            assert!(
                Instant::now() < end,
                "{missing}; the window shows:\n{}",
                self.listing()
            );
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Every label that the window shows.
    pub fn listing(&self) -> String {
        let labels = self.window.query_all(By::new().predicate(|_| true));
        let labels = labels.filter_map(|node| {
            let node = node.accesskit_node();
            Some(format!(
                "  {:?} {}",
                node.role(),
                node.label().or_else(|| node.value())?
            ))
        });
        labels.collect::<Vec<_>>().join("\n")
    }
}

fn window(
    launcher: Arc<TestLauncher>,
    dialogs: AnsweredDialogs,
    (signals, later): (AppSignals, PutAwayLater),
    mode: Mode,
) -> Harness<'static, App> {
    Harness::builder()
        .with_size(egui::vec2(1120.0, 760.0))
        .with_max_steps(4)
        .with_render_cursor(false)
        .allow_missing_glyphs()
        .wgpu()
        .build_eframe(move |creation| {
            let ctx = &creation.egui_ctx;
            let fonts = egui_system_font_provider::SystemFontProvider::new();
            ctx.add_font_provider(Arc::new(fonts));
            App::new(
                ctx,
                OpeningMode::begin(launcher, mode),
                Box::new(dialogs),
                "en-GB",
                Settings::default(),
            )
            .heeding(ctx, signals)
            .putting_away_later(later)
        })
}

fn shows(window: &Harness<'static, App>, text: &str) -> bool {
    let has = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.contains(text))
            || node.value().is_some_and(|value| value.contains(text))
    };
    window.query_all(By::new().predicate(has)).next().is_some()
}

fn pressable<'a>(
    window: &'a Harness<'static, App>,
    name: &'a str,
) -> Option<egui_kittest::Node<'a>> {
    let roles = [
        Role::Button,
        Role::Link,
        Role::CheckBox,
        Role::RadioButton,
        Role::Tab,
        Role::ComboBox,
        Role::Row,
        Role::ListBoxOption,
        Role::MenuItem,
        Role::Switch,
    ];
    let mut nodes = window.query_all(By::new().label(name));
    nodes.rfind(|node| {
        let node = node.accesskit_node();
        roles.contains(&node.role()) && !node.is_disabled()
    })
}

/// Whether the words on a control are painted where it is. What has other words on it than its name,
/// as a row has, counts as out of sight: scrolling to it does no harm.
fn is_in_sight(window: &Harness<'static, App>, name: &str) -> bool {
    let Some(place) = pressable(window, name).map(|node| node.rect()) else {
        return false;
    };
    window.output().shapes.iter().any(|painted| {
        matches!(&painted.shape, egui::Shape::Text(text)
            if text.galley.text() == name && place.contains_rect(text.visual_bounding_rect()))
            && painted.clip_rect.contains(place.center())
    })
}

fn field<'a>(window: &'a Harness<'static, App>, name: &'a str) -> Option<egui_kittest::Node<'a>> {
    let mut nodes = window.query_all(By::new().label(name));
    nodes.rfind(|node| {
        let role = node.accesskit_node().role();
        matches!(
            role,
            Role::TextInput | Role::PasswordInput | Role::MultilineTextInput
        )
    })
}
