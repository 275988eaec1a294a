use egui::{Id, Ui};

use crate::domain::DoctorName;
use crate::state::Action;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, banner, modal_buttons, wrapped};

/// What stands behind Details, a line each. Returns whether Escape was pressed.
pub fn show(
    ui: &mut Ui,
    view: &mut View<'_>,
    id: Id,
    doctor: Option<&DoctorName>,
    lines: &[String],
) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let title = match doctor {
        Some(doctor) => text.say_with("details-title-about", &[("doctor", doctor.as_str().into())]),
        None => text.say("details-title"),
    };
    let copy = text.say("button-copy-details");
    let close = text.say("button-close");
    let body = |ui: &mut Ui| {
        banner(ui, palette.hover, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            for line in lines {
                wrapped(ui, Type::Small, palette.text, line);
            }
        });
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("details"), &title, body, |ui, fresh| {
        let close = Button::primary(&close).taking_focus(fresh);
        let copy = Button::secondary(&copy);
        modal_buttons(ui, vec![(copy, true)], vec![(close, false)])
    });
    match pressed {
        Some(true) => {
            ui.ctx().copy_text(lines.join("\n"));
            view.act(Action::Copied);
        }
        Some(false) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}
