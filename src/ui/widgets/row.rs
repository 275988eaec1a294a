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
    // Both sides are centred on each other, by their heights of the frame before.
    let id = ui.auto_id_with("beside buttons");
    let before: (f32, f32) = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let (said, offered) = before;
    let shown = ui.horizontal_top(|ui| {
        let width = room - needed - size::GAP;
        let left =
            ui.allocate_ui_with_layout(vec2(width, said), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.add_space(((offered - said) / 2.0).max(0.0));
                let top = ui.cursor().top();
                contents(ui);
                ui.min_rect().bottom() - top
            });
        let right = ui.vertical(|ui| {
            ui.add_space(((said - offered) / 2.0).max(0.0));
            ui.horizontal(|ui| press(ui, buttons))
        });
        let heights = (left.inner, right.inner.response.rect.height());
        (heights, right.inner.inner)
    });
    let (heights, pressed) = shown.inner;
    if (heights.0 - said).abs() > 0.5 || (heights.1 - offered).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, heights));
        ui.ctx()
            .request_discard("the heights beside each other are known now");
    }
    pressed
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
        return stacked(ui, left, right, room);
    }
    let heights = left.iter().chain(&right).map(|(button, _)| button.height());
    let row = vec2(room, heights.fold(0.0, f32::max));
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        let first = press(ui, left);
        // The groups stand at the two ends; what is left between them is empty.
        let gap = if at_left > 0.0 { size::GAP } else { 0.0 };
        ui.add_space((room - at_left - at_right - gap).max(0.0));
        let second = press(ui, right);
        first.or(second)
    })
    .inner
}

/// What stands out across the whole width, and the others under it: side by side where they fit.
fn stacked<T>(
    ui: &mut Ui,
    left: Vec<(Button<'_>, T)>,
    mut right: Vec<(Button<'_>, T)>,
    room: f32,
) -> Option<T> {
    ui.spacing_mut().item_spacing.y = 8.0;
    let mut pressed = None;
    if let Some((button, meaning)) = right.pop()
        && button.full_width().pressed(ui)
    {
        pressed = Some(meaning);
    }
    let others: Vec<_> = left.into_iter().chain(right).collect();
    if width_of(ui, &others) <= room {
        return ui.horizontal(|ui| press(ui, others)).inner.or(pressed);
    }
    for (button, meaning) in others {
        if button.full_width().pressed(ui) {
            pressed = Some(meaning);
        }
    }
    pressed
}

/// How wide buttons are beside each other.
pub fn width_of<T>(ui: &Ui, buttons: &[(Button<'_>, T)]) -> f32 {
    let widths: f32 = buttons.iter().map(|(button, _)| button.width(ui)).sum();
    let gaps = u16::try_from(buttons.len().saturating_sub(1)).unwrap_or(u16::MAX);
    widths + f32::from(gaps) * size::GAP
}

/// Draws buttons one after another; what the one that is pressed means.
pub fn press<T>(ui: &mut Ui, buttons: Vec<(Button<'_>, T)>) -> Option<T> {
    let mut pressed = None;
    for (button, meaning) in buttons {
        if button.pressed(ui) {
            pressed = Some(meaning);
        }
    }
    pressed
}
