use egui::{Align, Layout, Ui, vec2};

use crate::ui::theme::size;
use crate::ui::widgets::Button;

/// The least room for what stands beside buttons.
const LEAST_BESIDE: f32 = 240.0;

/// What there is to say, and buttons at the right of it, or under it where there is no room.
/// Returns what the pressed button means.
pub fn with_buttons<T>(
    ui: &mut Ui,
    buttons: Vec<(Button<'_>, T)>,
    contents: impl FnOnce(&mut Ui),
) -> Option<T> {
    let room = ui.available_width();
    let needed = width_of(ui, &buttons);
    if room - needed < LEAST_BESIDE {
        contents(ui);
        return ui.horizontal_wrapped(|ui| press(ui, buttons)).inner;
    }
    ui.horizontal(|ui| {
        let beside = vec2(room - needed - size::GAP, size::SMALL_CONTROL);
        ui.allocate_ui_with_layout(
            beside,
            Layout::top_down(Align::Min).with_main_align(Align::Center),
            |ui| {
                ui.set_width(beside.x);
                contents(ui);
            },
        );
        press(ui, buttons)
    })
    .inner
}

/// The buttons of a modal: one group at each end, or all under each other where there is no
/// room, what stands out first.
pub fn modal_buttons<T>(
    ui: &mut Ui,
    left: Vec<(Button<'_>, T)>,
    right: Vec<(Button<'_>, T)>,
) -> Option<T> {
    ui.add_space(4.0);
    let room = ui.available_width();
    let (at_left, at_right) = (width_of(ui, &left), width_of(ui, &right));
    if at_left + at_right + size::GAP > room {
        let mut pressed = None;
        for (button, meaning) in right.into_iter().rev().chain(left) {
            if button.full_width().pressed(ui) {
                pressed = Some(meaning);
            }
        }
        return pressed;
    }
    ui.horizontal(|ui| {
        let first = press(ui, left);
        // The groups stand at the two ends; what is left between them is empty.
        let gaps = if at_left > 0.0 { size::GAP } else { 0.0 };
        ui.add_space((room - at_left - at_right - 2.0 * gaps).max(0.0));
        let second = press(ui, right);
        first.or(second)
    })
    .inner
}

fn width_of<T>(ui: &Ui, buttons: &[(Button<'_>, T)]) -> f32 {
    let widths: f32 = buttons.iter().map(|(button, _)| button.width(ui)).sum();
    let gaps = u16::try_from(buttons.len().saturating_sub(1)).unwrap_or(u16::MAX);
    widths + f32::from(gaps) * size::GAP
}

fn press<T>(ui: &mut Ui, buttons: Vec<(Button<'_>, T)>) -> Option<T> {
    let mut pressed = None;
    for (button, meaning) in buttons {
        if button.pressed(ui) {
            pressed = Some(meaning);
        }
    }
    pressed
}
