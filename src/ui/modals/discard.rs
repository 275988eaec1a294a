use egui::{Id, Ui};

use crate::domain::{ServerKnowledge, SetAside};
use crate::state::Action;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::where_it_lies;
use crate::ui::widgets::{Button, ask, modal_buttons, wrapped};

/// Discard what was set aside? Returns whether Escape was pressed.
pub fn show(ui: &Ui, view: &mut View<'_>, id: Id, one: &SetAside) -> bool {
    let text = view.text;
    let palette = Palette::here(ui);
    let title = text.say_with("discard-title", &[("doctor", one.doctor.as_str().into())]);
    let (file, folder) = where_it_lies(&one.path);
    let said = text.say_with(
        "discard-body",
        &[("file", file.into()), ("folder", folder.into())],
    );
    let doctor = view.state.doctor(&one.doctor);
    let is_there = doctor.is_some_and(|doctor| {
        doctor.is_fresh(view.state.now) && matches!(doctor.server, ServerKnowledge::Has { .. })
    });
    let (colour, only) = if is_there {
        (palette.muted, text.say("discard-service-has-one"))
    } else {
        (palette.warning, text.say("discard-may-be-the-only-copy"))
    };
    let body = |ui: &mut Ui| {
        wrapped(ui, Type::Body, palette.text, said);
        wrapped(ui, Type::Body, colour, only);
    };
    let discard = text.say("discard-button");
    let cancel = text.say("button-cancel");
    let (escaped, pressed) = ask(ui, id, Id::unique("discard"), &title, body, |ui, fresh| {
        let discard = Button::danger(&discard).ignoring_return();
        let cancel = Button::secondary(&cancel).taking_focus(fresh);
        let right = vec![(cancel, Action::CloseModal), (discard, Action::Discard)];
        modal_buttons(ui, Vec::new(), right)
    });
    if let Some(action) = pressed {
        view.act(action);
    }
    escaped
}
