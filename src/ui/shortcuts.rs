use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use crate::state::{Action, Screen, SignIn};
use crate::ui::{Drafts, View};

const DOCTOR: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::K);
const DOWNLOAD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::D);
const RECORDINGS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num1);
const ACTIVITY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num2);
const SETTINGS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num3);
/// Stops the delete that runs, from anywhere.
pub const STOP: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Period);
const CHECK: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F5);

/// Takes the shortcuts that hold in the whole window. Under a modal they do nothing, but for the one
/// that stops a delete.
pub fn take(ui: &Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    if let Some((id, job)) = view.state.running_delete()
        && job.can_be_stopped()
        && ui.input_mut(|input| input.consume_shortcut(&STOP))
    {
        view.act(Action::Cancel(id));
    }
    if !matches!(view.state.sign_in, SignIn::In(_)) || !view.state.modals.is_empty() {
        return;
    }
    let pressed = |shortcut| ui.input_mut(|input| input.consume_shortcut(&shortcut));
    for (shortcut, screen) in [
        (RECORDINGS, Screen::Recordings),
        (ACTIVITY, Screen::Activity),
        (SETTINGS, Screen::Settings),
    ] {
        if pressed(shortcut) {
            view.act(Action::Show(screen));
        }
    }
    if pressed(DOCTOR) {
        view.act(Action::Show(Screen::Recordings));
        drafts.doctor.wants_focus = true;
    }
    if view.state.screen != Screen::Recordings {
        return;
    }
    if pressed(DOWNLOAD)
        && let Some(doctor) = drafts.doctor.name()
        && !view.state.is_busy(&doctor)
    {
        view.act(Action::Download(doctor));
    }
    if pressed(CHECK)
        && let Some(doctor) = drafts.doctor.name()
    {
        view.act(Action::Check(doctor));
    }
}
