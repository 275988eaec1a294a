use egui::{Frame, Margin, Panel, Ui};

use crate::state::{Action, Mode};
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, with_buttons, wrapped};

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
            let left = with_buttons(ui, vec![(button, ())], |ui| {
                let says = view.text.say("practice-stripe");
                wrapped(ui, Type::SmallStrong, palette.warning, says);
            });
            if left.is_some() {
                view.act(Action::Switch(Mode::Real));
            }
        });
}
