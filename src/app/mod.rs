//! The window: drains events, draws, sends commands.
//!
//! Nothing here waits: the launcher, dialogs and the engine are asked, and their answers polled.

mod dialogs;
mod frame_budget;
mod input_queue;
mod last_call;
mod look_watch;
mod opening_mode;
mod put_away;
mod signals;
mod window_place;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::dialogs::OpenDialog;
use crate::app::frame_budget::FrameBudget;
use crate::app::input_queue::InputQueue;
use crate::app::look_watch::LookWatch;
use crate::app::window_place::{Placing, window_place};
use crate::domain::{Failure, FailureKind};
use crate::engine::{Command, Handle, NotTaken, Progress, Wake};
use crate::platform::Dialogs;
use crate::settings::{Settings, ThemeChoice};
use crate::state::{About, Action, Message, Mode, PasswordTries, SideEffect, SignIn, State};
use crate::ui::theme::Contrast;
use crate::ui::{self, Window};
use jiff::{SignedDuration, Timestamp};

pub use opening_mode::OpeningMode;
pub use put_away::PutAwayLater;
pub use signals::AppSignals;

/// How long a window may take to have the focus that it was given.
const TIME_TO_COME_FORWARD: Duration = Duration::from_millis(400);

/// Opens the data folder and sets the engine going. Called on a thread that may wait.
pub trait Launcher: Send + Sync {
    /// Opens one of the two modes.
    ///
    /// # Errors
    /// A failure that a person is told in the window.
    fn open(&self, mode: Mode, wake: Wake) -> Result<Opened, Failure>;
}

/// What a launcher opened.
pub struct Opened {
    /// The engine.
    pub engine: Handle,
    /// What the person chose.
    pub settings: Settings,
    /// Whether the settings could not be read, and these are the usual ones.
    pub settings_lost: bool,
    /// What has to stay for as long as the engine runs: the practice service.
    pub kept: Box<dyn Any + Send>,
}

/// The window.
pub struct App {
    launcher: Arc<dyn Launcher>,
    dialogs: Box<dyn Dialogs>,
    state: State,
    window: Window,
    running: Option<Running>,
    opening: Option<OpeningMode>,
    open_dialogs: Vec<OpenDialog>,
    system: LookWatch,
    high_contrast: bool,
    placing: Placing,
    signals: AppSignals,
    /// Since when the window is on its way to the front.
    coming_forward: Option<Instant>,
    input: InputQueue,
    /// Whether the input that this frame begins with may hold a Stop, or more waits behind it; `None`
    /// before it is gathered.
    may_stop: Option<bool>,
    /// How many frames have begun in a row without such input, while a last call was open.
    quiet_frames: u8,
    /// When this frame's work began.
    frame_began: Instant,
    closing: bool,
    /// The wrong passwords of the real mode, while somebody practises.
    real_tries: PasswordTries,
    /// Where what is to be put away goes when the window closes; here, where there is no such place.
    later: Option<PutAwayLater>,
    was_usable: bool,
}

/// The engine and what has to stay with it.
struct Running {
    engine: Handle,
    /// How far the jobs are, until the events are taken in that came before it.
    progress: Option<Progress>,
    _kept: Box<dyn Any + Send>,
}

impl App {
    /// A window for a mode, which may stand before that is open.
    ///
    /// `locale` is a BCP 47 tag; `settings` are those read so far, for the first frame's look.
    #[must_use]
    pub fn new(
        ctx: &egui::Context,
        opening: OpeningMode,
        dialogs: Box<dyn Dialogs>,
        locale: &str,
        settings: Settings,
    ) -> Self {
        ui::install(ctx);
        opening.wake(ctx);
        Self {
            launcher: opening.launcher.clone(),
            dialogs,
            state: State::new(opening.mode, settings, Timestamp::now()),
            window: Window::new(locale),
            running: None,
            opening: Some(opening),
            open_dialogs: Vec::new(),
            system: LookWatch::start(ctx),
            high_contrast: false,
            placing: Placing::default(),
            signals: AppSignals::default(),
            coming_forward: None,
            input: InputQueue::default(),
            may_stop: None,
            quiet_frames: 0,
            frame_began: Instant::now(),
            closing: false,
            real_tries: PasswordTries::default(),
            later: None,
            was_usable: false,
        }
    }

    /// Heeds what reaches the window from `signals`.
    #[must_use]
    pub fn heeding(mut self, ctx: &egui::Context, signals: AppSignals) -> Self {
        signals.stands(ctx);
        self.signals = signals;
        self
    }

    /// Tells under About what the app is and runs on.
    #[must_use]
    pub fn being(mut self, about: About) -> Self {
        self.state.about = about;
        self
    }

    /// Leaves what is to be put away to `later` when the window closes.
    #[must_use]
    pub fn putting_away_later(mut self, later: PutAwayLater) -> Self {
        self.later = Some(later);
        self
    }

    /// What the window shows, for tests.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Shows another look without keeping it, for pictures. `text_size` is in per cent.
    pub const fn look(&mut self, theme: ThemeChoice, text_size: u16) {
        self.state.settings.theme = theme;
        self.state.settings.text_size = text_size;
    }

    /// Shows high contrast whatever the system asks for, for pictures.
    pub const fn look_in_high_contrast(&mut self, high: bool) {
        self.high_contrast = high;
    }

    fn poll_opening(&mut self) {
        let opened = self.opening.as_mut().and_then(OpeningMode::poll);
        match opened {
            None => {}
            Some(Err(failure)) => self.state.sign_in = SignIn::CannotOpen(failure),
            Some(Ok(opened)) => {
                self.state.settings = opened.settings;
                if opened.settings_lost {
                    self.state.tell(Message::SettingsLost);
                }
                self.running = Some(Running {
                    engine: opened.engine,
                    progress: None,
                    _kept: opened.kept,
                });
            }
        }
    }

    /// Takes in what the engine told, as much as there is time for in a frame.
    fn drain_events(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        let Some(running) = &mut self.running else {
            return;
        };
        // Read before the events, and taken in after them: each job's start is among them then. What
        // is told of a job that nobody knows yet would be lost.
        if let Some(progress) = running.engine.changed_progress() {
            running.progress = Some(progress);
        }
        let is_all = FrameBudget::begin().spend(
            self,
            |app| app.running.as_mut()?.engine.next_event(),
            |app, envelope| {
                let effects = app.state.apply(envelope);
                app.carry_out(ctx, frame, effects);
            },
        );
        if !is_all {
            ctx.request_repaint();
            return;
        }
        let running = self.running.as_mut();
        if let Some(progress) = running.and_then(|running| running.progress.take()) {
            let effects = self.state.apply_progress(&progress);
            self.carry_out(ctx, frame, effects);
        }
    }

    fn poll_dialogs(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        // A second dialog can stand beside a first: the answer to each is waited for.
        for dialog in std::mem::take(&mut self.open_dialogs) {
            match dialog.poll() {
                Err(dialog) => self.open_dialogs.push(dialog),
                Ok(answered) => {
                    if answered.no_dialogs {
                        let kind = FailureKind::NoFileDialogs;
                        let failure = Failure::new(kind, self.state.now, "no portal and no zenity");
                        self.state.tell(Message::Failed {
                            doctor: None,
                            failure,
                        });
                    }
                    self.act(ctx, frame, answered.action);
                }
            }
        }
    }

    fn act(&mut self, ctx: &egui::Context, frame: &eframe::Frame, action: Action) {
        let effects = self.state.update(action);
        self.carry_out(ctx, frame, effects);
    }

    fn carry_out(&mut self, ctx: &egui::Context, frame: &eframe::Frame, effects: Vec<SideEffect>) {
        for effect in effects {
            match effect {
                SideEffect::Engine(command) => self.send(command),
                SideEffect::SaveDialog(request) => {
                    let title = self.window.save_dialog_title(&request.doctor);
                    let dialog = OpenDialog::save(&*self.dialogs, frame, ctx, request, title);
                    self.open_dialogs.push(dialog);
                }
                SideEffect::FolderDialog { folder } => {
                    let title = self.window.folder_dialog_title();
                    let dialog = OpenDialog::folder(&*self.dialogs, frame, ctx, folder, title);
                    self.open_dialogs.push(dialog);
                }
                SideEffect::Switch(mode) => {
                    let settings = self.state.settings.clone();
                    let next = State::new(mode, settings, Timestamp::now());
                    let left = std::mem::replace(&mut self.state, next);
                    self.state.about = left.about;
                    match mode {
                        Mode::Practice => self.real_tries = left.password_tries,
                        Mode::Real => self.state.password_tries = self.real_tries.clone(),
                    }
                    self.window.forget_drafts();
                    self.open_dialogs.clear();
                    let earlier = self.running.take();
                    let opening = OpeningMode::after(earlier, self.launcher.clone(), mode);
                    opening.wake(ctx);
                    self.opening = Some(opening);
                }
                SideEffect::CloseWindow => {
                    self.closing = true;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            }
        }
    }

    /// Asks the engine; what it does not take is said, and nothing waits for it.
    fn send(&mut self, command: Command) {
        let not_taken = match &self.running {
            Some(running) => match running.engine.send(command) {
                Ok(()) => return,
                Err(NotTaken(command)) => *command,
            },
            None => command,
        };
        let failure = Failure::new(FailureKind::QueueFull, self.state.now, "");
        self.state.apply_refusal(not_taken.refused(failure));
    }

    /// Closing asks while something runs; else the window's place is kept, and it goes at once.
    fn handle_close_request(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        if !ctx.input(|input| input.viewport().close_requested()) {
            return;
        }
        if !self.closing {
            self.act(ctx, frame, Action::Close);
        }
        if self.closing {
            if self.running.is_some() {
                let place = window_place(ctx, self.state.settings.window);
                self.act(ctx, frame, Action::KeepWindowPlace(place));
            }
            // What is still put away is nothing to watch.
            ctx.send_viewport_cmd(egui::ViewportCommand::Visible(false));
        } else {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
    }

    /// Comes to the front, or ends, where that was asked from outside.
    fn heed_signals(&mut self, ctx: &egui::Context) {
        let pending = self.signals.take();
        if !pending.forward.is_empty() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
            self.coming_forward = Some(Instant::now());
        }
        for done in pending.forward {
            // Who has stopped waiting needs no answer.
            done.send(()).ok();
        }
        if let Some(since) = self.coming_forward {
            let left = TIME_TO_COME_FORWARD.saturating_sub(since.elapsed());
            if !left.is_zero() {
                ctx.request_repaint_after(left);
            } else if self.coming_forward.take().is_some() && !ctx.input(|input| input.focused) {
                // Where the system lets no window take the focus, it marks it in its bar instead.
                ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
                let attention = egui::UserAttentionType::Informational;
                ctx.send_viewport_cmd(egui::ViewportCommand::RequestUserAttention(attention));
            }
        }
        if pending.end && !self.closing {
            self.closing = true;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Asks for the next frame that time alone makes necessary: the minute's tick of relative
    /// times, the end of a short message, and a result that folds.
    fn ask_for_next_tick(&self, ctx: &egui::Context) {
        let next_toast = self
            .state
            .toasts
            .iter()
            .filter(|toast| !toast.stands_until_dismissed());
        let next_toast = next_toast
            .map(|toast| toast.stands_for() - self.state.now.duration_since(toast.at))
            .min();
        // Where nobody is signed in, the accounts that can be gone on with are to lock in time.
        let tells_times =
            matches!(self.state.sign_in, SignIn::In(_)) || self.state.has_open_accounts();
        let next = match (
            next_toast.into_iter().chain(self.state.folds_in()).min(),
            tells_times,
        ) {
            (Some(left), _) => left,
            (None, true) => SignedDuration::from_mins(1),
            (None, false) => return,
        };
        let next = Duration::try_from(next).unwrap_or_default();
        ctx.request_repaint_after(next + Duration::from_millis(20));
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, ctx: &egui::Context, raw_input: &mut egui::RawInput) {
        if let Some(theme) = self.system.theme() {
            raw_input.system_theme = Some(theme);
        }
        self.input.hand_on(&mut raw_input.events);
        let is_of_a_person = |event: &egui::Event| {
            !matches!(
                event,
                egui::Event::WindowFocused(_) | egui::Event::PointerGone
            )
        };
        if raw_input.events.iter().any(is_of_a_person) {
            self.state.touched();
        }
        if !self.input.is_empty() {
            ctx.request_repaint();
        }
        let may_stop = last_call::may_hold_a_stop(&raw_input.events) || !self.input.is_empty();
        self.may_stop = Some(may_stop);
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.frame_began = Instant::now();
        self.state.tick(Timestamp::now());
        let effects = self.state.lock_when_idle();
        self.carry_out(ctx, frame, effects);
        let called = self.state.last_calls();
        self.poll_opening();
        self.drain_events(ctx, frame);
        self.answer_last_calls(ctx, frame, &called);
        self.poll_dialogs(ctx, frame);
        self.heed_signals(ctx);
        self.handle_close_request(ctx, frame);
        let contrast = if self.high_contrast {
            Contrast::High
        } else {
            self.system.contrast()
        };
        ui::theme::follow(ctx, &self.state.settings, contrast);
        let text_size = self.state.settings.text_size;
        self.placing.follow(ctx, frame, text_size);
        self.ask_for_next_tick(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.input.taken_in();
        self.state.results_are_seen();
        let actions = self.window.show(ui, &self.state);
        if !self.was_usable && self.state.sign_in != SignIn::Starting {
            self.was_usable = true;
            tracing::debug!("first usable frame");
        }
        let ctx = ui.ctx().clone();
        let acted = !actions.is_empty();
        for action in actions {
            self.act(&ctx, frame, action);
        }
        if acted {
            // What an action changed is shown at once, not with the next event.
            ctx.request_repaint();
        }
        let micros = self.frame_began.elapsed().as_micros();
        tracing::trace!(micros, "frame drawn");
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.signals.goes();
        match (self.running.take(), &self.later) {
            (Some(running), Some(later)) => later.take_over(running),
            (Some(running), None) => running.put_away(),
            (None, _) => {}
        }
    }
}
