//! What the person sees: views over the state, which return actions and do nothing else.

mod accounts;
mod commands;
mod completion;
mod drafts;
mod fonts;
mod input_method;
mod modals;
mod offers;
mod password_field;
mod practice_stripe;
mod screens;
mod shortcuts;
mod sidebar;
mod sign_in_form;
pub mod theme;
mod toasts;
mod tray;
mod widgets;
mod window;

use std::num::NonZeroUsize;

use egui::{CentralPanel, Context, Frame, Ui};

pub use drafts::Drafts;
pub use window::Window;

use crate::state::{Action, Screen, SignIn, State};
use crate::text::Text;
use crate::ui::commands::Command;
use crate::ui::drafts::DoctorDraft;
use crate::ui::theme::Palette;

const FOUR: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// What every view gets beside the part of the screen that it draws on.
struct View<'a> {
    state: &'a State,
    text: &'a Text,
    actions: Vec<Action>,
}

/// Makes a new window ready for [`show`].
pub fn install(context: &Context) {
    theme::install(context);
    context.add_plugin(input_method::InputMethod::default());
    context.options_mut(|options| {
        // Who presses slowly means it as much.
        options.input_options.max_click_duration = f64::INFINITY;
        // A question in a small window is measured, given its room, put in the middle, and drawn.
        options.max_passes = FOUR;
    });
}

/// Draws the window and returns what the person did in it.
///
/// [`install`] has to be called once before, and [`theme::follow`] where settings change.
#[must_use]
pub fn show(ui: &mut Ui, state: &State, drafts: &mut Drafts, text: &Text) -> Vec<Action> {
    let mut view = View {
        state,
        text,
        actions: Vec::new(),
    };
    drafts.follow(state);
    shortcuts::take(ui, &mut view, drafts);
    if state.locked().is_none() {
        practice_stripe::show(ui, &mut view);
    }
    let window = Frame::new().fill(Palette::here(ui).window);
    if let (Some(account), Some(locked)) = (state.account(), state.locked()) {
        tray::show_locked(ui, &mut view);
        let draft = (&mut drafts.unlocking, &mut drafts.unlocking_focus);
        CentralPanel::default().frame(window).show(ui, |ui| {
            screens::lock(ui, &mut view, draft, (account, locked));
        });
        modals::show_leaving(ui, &mut view);
        return view.actions;
    }
    let screen = if let SignIn::In(_) = state.sign_in {
        sidebar::show(ui, &mut view);
        tray::show(ui, &mut view);
        CentralPanel::default()
            .frame(window)
            .show(ui, |ui| match state.screen {
                Screen::Recordings => screens::recordings(ui, &mut view, drafts),
                Screen::Activity => screens::activity(ui, &mut view),
                Screen::Settings => screens::settings(ui, &mut view, drafts),
            })
    } else {
        CentralPanel::default()
            .frame(window)
            .show(ui, |ui| screens::sign_in(ui, &mut view, drafts))
    };
    modals::show(ui, &mut view, drafts);
    toasts::show(ui, &mut view, screen.response.rect.bottom());
    view.actions
}

impl View<'_> {
    /// Does what a press on the command's button does.
    fn press(&mut self, command: Command, draft: &mut DoctorDraft) {
        self.actions.extend(command.press(self.state, draft));
    }

    fn act(&mut self, action: Action) {
        self.actions.push(action);
    }
}
