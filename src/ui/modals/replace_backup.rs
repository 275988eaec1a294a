use egui::{Id, Ui};
use jiff::Timestamp;

use crate::domain::DoctorName;
use crate::state::Action;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::where_it_lies;
use crate::ui::widgets::{Button, ask, modal_buttons, wrapped};

/// Replace a file that is a backup? Returns whether Escape was pressed.
pub fn show(
    ui: &Ui,
    view: &mut View<'_>,
    id: Id,
    path: &std::path::Path,
    (whose, made): (&DoctorName, Timestamp),
) -> bool {
    let text = view.text;
    let palette = Palette::here(ui);
    let title = text.say_with("replace-title", &[("doctor", whose.as_str().into())]);
    let (file, folder) = where_it_lies(path);
    let said = text.say_with(
        "replace-body",
        &[
            ("file", file.into()),
            ("folder", folder.into()),
            ("doctor", whose.as_str().into()),
            ("when", text.when_within(made, view.state.now).into()),
        ],
    );
    let body = |ui: &mut Ui| {
        wrapped(ui, Type::Body, palette.text, said);
    };
    let replace = text.say("replace-button");
    let another = text.say("replace-another-place");
    let cancel = text.say("button-cancel");
    let (escaped, pressed) = ask(ui, id, Id::unique("replace"), &title, body, |ui, fresh| {
        let replace = Button::danger_outline(&replace).ignoring_return();
        let cancel = Button::secondary(&cancel).taking_focus(fresh);
        let another = Button::primary(&another);
        let right = vec![
            (cancel, Action::CloseModal),
            (another, Action::AnotherPlace),
        ];
        modal_buttons(ui, vec![(replace, Action::ReplaceBackup)], right)
    });
    if let Some(action) = pressed {
        view.act(action);
    }
    escaped
}
