use egui::Ui;

use crate::ui::commands::Command;
use crate::ui::{Drafts, View};

/// Takes the keys that press a button from anywhere in the window. They do what the button would, and
/// nothing where it could not be pressed.
pub fn take(ui: &Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    for command in Command::ALL {
        if command.is_in_reach(view.state)
            && let Some(shortcut) = command.shortcut()
            && ui.input_mut(|input| input.consume_shortcut(&shortcut))
        {
            view.press(command, &mut drafts.doctor);
        }
    }
}
