use egui::{Id, Key, Ui};

use crate::state::{Action, Attempt};
use crate::ui::View;
use crate::ui::password_field::{self, PasswordDraft};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, modal_buttons, wrapped};

/// Ask for less of a delete? Asks for the password. Returns whether Escape was pressed.
pub fn show(
    ui: &Ui,
    view: &mut View<'_>,
    draft: &mut PasswordDraft,
    id: Id,
    attempt: &Attempt,
) -> bool {
    let text = view.text;
    let has_password = view.state.has_password();
    let title = text.say("rules-loosen-title");
    let mut by_return = false;
    let may_try = password_field::may_try(view, Some(attempt));
    let field = Id::unique("password for the rules");
    let body = |ui: &mut Ui| {
        let palette = Palette::here(ui);
        if !has_password {
            let said = text.say("failure-rule-needs-user-name");
            wrapped(ui, Type::Body, palette.text, said);
            return;
        }
        wrapped(ui, Type::Body, palette.text, text.say("rules-loosen-body"));
        let name = text.say("delete-password");
        let shown = password_field::show(ui, text, field, &name, draft);
        by_return = shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        password_field::outcome(ui, view, Some(attempt));
    };
    let (cancel, change) = (text.say("button-cancel"), text.say("rules-loosen-button"));
    let phase = Id::unique("loosen rules");
    let (escaped, pressed) = ask(ui, id, phase, &title, body, |ui, fresh| {
        if fresh && has_password {
            ui.memory_mut(|memory| memory.request_focus(field));
        }
        let cancel = Button::secondary(&cancel)
            .enabled(!attempt.trying)
            .taking_focus(fresh && !has_password);
        let change = Button::primary(&change).enabled(may_try && has_password);
        modal_buttons(ui, Vec::new(), vec![(cancel, false), (change, true)])
    });
    if pressed == Some(false) {
        view.act(Action::CloseModal);
    }
    if (pressed == Some(true) || by_return)
        && may_try
        && let Some(password) = draft.take()
    {
        view.act(Action::LoosenRules(password));
    }
    escaped
}
