use egui::{Frame, Margin, Panel, Ui, vec2};

use crate::state::{Action, Mode};
use crate::ui::View;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Button, label_cut, with_buttons, wrapped};

/// Says across the window that this is practice, and leads back.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    if view.state.mode != Mode::Practice {
        return;
    }
    let palette = Palette::here(ui);
    let frame = Frame::new()
        .fill(palette.warning_soft)
        .inner_margin(Margin::symmetric(16, 5));
    Panel::top("practice")
        .resizable(false)
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            let leave = view.text.say("practice-leave");
            let button = Button::link(&leave).small();
            let says = view.text.say("practice-stripe");
            let left = if ui.ctx().content_rect().height() < size::TINY {
                in_one_line(ui, says, button)
            } else {
                with_buttons(ui, vec![(button, ())], |ui| {
                    wrapped(ui, Type::SmallStrong, palette.warning, says);
                })
            };
            if left.is_some() {
                view.act(Action::Switch(Mode::Real));
            }
        });
}

/// The words as far as there is room, and all of them under the pointer.
fn in_one_line(ui: &mut Ui, says: String, button: Button<'_>) -> Option<()> {
    let room = ui.available_width() - button.width(ui) - size::GAP;
    let line = ui.horizontal(|ui| {
        ui.allocate_ui(vec2(room, size::TARGET), |ui| {
            label_cut(ui, Type::SmallStrong, Palette::here(ui).warning, says);
        });
        button.pressed(ui)
    });
    line.inner.then_some(())
}
