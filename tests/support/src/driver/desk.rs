//! What most tests begin with: an empty service, a signed-in window, small recordings; and more
//! ways to look at the window.

use std::path::Path;
use std::time::{Duration, Instant};

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, Recordings};
use audio_housekeeper::state::{Mode, State};
use axum::http::StatusCode;
use egui::accesskit::Role;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use super::{Driver, PATIENCE, Stage};
use crate::AMELIA;
use crate::recordings::wav;

impl Stage {
    /// The real mode with a service that holds nothing, and waits of a fifth of a second.
    pub fn empty(folder: &Path) -> Self {
        let wait = Duration::from_millis(200);
        Self {
            mode: Mode::Real,
            service: PracticeConfig {
                recordings: Recordings::None,
                ..PracticeConfig::default()
            },
            waits: Waits {
                one: wait,
                all: wait,
                ..Waits::default()
            },
            ..Self::practice(folder)
        }
    }
}

/// A signed-in window over a service that holds one small recording for [`AMELIA`].
pub fn desk(folder: &Path) -> Driver {
    desk_with(Stage::empty(folder))
}

pub fn desk_with(stage: Stage) -> Driver {
    let mut driver = Driver::open(stage);
    driver.service.put(AMELIA, "a.wav", wav(20_000, 1));
    driver.sign_in();
    driver
}

/// The service answers a call with a 503.
pub fn unavailable(call: Call) -> Fault {
    Fault::on(call, Effect::status(StatusCode::SERVICE_UNAVAILABLE))
}

impl Driver {
    /// Signs in with the service's own token.
    pub fn sign_in(&mut self) {
        let token = self.service.token();
        self.fill("Access token", token.expose());
        self.click("Sign in");
        // Over what is shown the question may stand, and what lies behind it can't be pressed then.
        self.wait_until("the sign-in", |state| {
            state.account().is_some() && state.modals.is_empty()
        });
        self.wait_for("Download…");
    }

    /// Downloads for a doctor to a place, and waits until it is saved and checked.
    pub fn back_up(&mut self, doctor: &str, path: &Path) {
        self.download(doctor, path);
        self.wait_for("Saved and checked");
    }

    /// Asks for a download to a place.
    pub fn download(&mut self, doctor: &str, path: &Path) {
        self.dialogs.answer_next(Some(path.to_owned()));
        self.fill("Doctor", doctor);
        self.click("Download…");
    }

    /// Asks for the delete of a doctor's recordings, until the question is there.
    pub fn ask_delete(&mut self, doctor: &str) {
        self.fill("Doctor", doctor);
        self.click("Delete…");
        self.wait_until("the question", |state| {
            state.modals.iter().any(|modal| {
                matches!(
                    modal,
                    audio_housekeeper::state::Modal::DeleteOne {
                        survey: Some(_),
                        ..
                    }
                )
            })
        });
        self.settle();
    }

    /// What the window shows, as data.
    pub fn state(&self) -> &State {
        self.window.state().state()
    }

    /// Waits until the state is so.
    pub fn wait_until(&mut self, what: &str, is_so: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self.state()) {
            assert!(Instant::now() < end, "{what} did not come");
            std::thread::sleep(Duration::from_millis(15));
            self.window.step();
        }
        self.window.run_steps(2);
    }

    /// How often the service was asked for this.
    pub fn count(&self, call: Call) -> usize {
        let requests = self.service.requests();
        requests.iter().filter(|r| r.call == Some(call)).count()
    }

    /// The buttons of the modal on top, sorted.
    pub fn modal_buttons(&self) -> Vec<String> {
        let modal = self.window.query_all_by_role(Role::Dialog).last().unwrap();
        let inside = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
            let mut above = node.parent();
            while let Some(node) = above {
                if node.id() == modal.accesskit_node().id() {
                    return true;
                }
                above = node.parent();
            }
            false
        };
        let buttons = self.window.query_all_by_role(Role::Button);
        let mut names: Vec<_> = buttons
            .map(|button| button.accesskit_node())
            .filter(inside)
            .filter_map(|button| button.label())
            .collect();
        names.sort();
        names
    }

    /// Presses keys together.
    pub fn keys(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.window.run_steps(3);
    }

    /// The name of what has the focus.
    pub fn focused(&self) -> Option<String> {
        let has_focus = |node: &egui_kittest::kittest::AccessKitNode<'_>| node.is_focused();
        let mut nodes = self.window.query_all(By::new().predicate(has_focus));
        nodes.find_map(|node| node.accesskit_node().label())
    }

    /// What stands in the field of this name.
    pub fn value_of(&self, field: &str) -> String {
        let mut nodes = self.window.query_all(By::new().label(field));
        nodes
            .find_map(|node| node.accesskit_node().value())
            .unwrap_or_default()
    }

    /// Presses Try now wherever a download waits for its next try, until some label holds `text`.
    pub fn try_now_until(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_mins(1);
        while !self.shows(text) {
            assert!(Instant::now() < end, "{text:?} was not shown");
            let button = self.window.query_by_role_and_label(Role::Button, "Try now");
            if let Some(button) = button {
                button.click_accesskit();
            }
            self.window.run_steps(2);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses "Copy details" and closes the details; what was copied.
    pub fn copied_details(&mut self) -> String {
        self.click("Details");
        self.wait_for("Copy details");
        self.window.run_steps(3);
        self.window.get_by_label("Copy details").click();
        let mut copied = None;
        for _ in 0..6 {
            self.window.step();
            for command in &self.window.output().platform_output.commands {
                if let egui::OutputCommand::CopyText(text) = command {
                    copied = Some(text.clone());
                }
            }
        }
        self.click("Close");
        copied.expect("nothing was copied")
    }
}
