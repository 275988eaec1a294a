use egui::{Layout, Rect, Stroke, Ui, UiBuilder, vec2};

use crate::ui::theme::Palette;

/// The greatest part of a view that what is pinned may cover.
const MOST: f32 = 0.4;

/// Draws what stays at the top of a view that scrolls once it has come there, unless it would cover too
/// much of the view. Returns how much of the view's top it covers; what follows is to keep clear of that.
pub fn pinned(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) -> f32 {
    let seen = ui.clip_rect();
    let place = ui.available_rect_before_wrap();
    let id = ui.auto_id_with("the height of what is pinned");
    let before: Option<f32> = ui.data(|data| data.get_temp(id));
    let is_pinned = before.is_some_and(|height| height <= MOST * seen.height());
    let top = if is_pinned {
        place.top().max(seen.top())
    } else {
        place.top()
    };
    let builder = UiBuilder::new()
        .max_rect(place.with_min_y(top))
        .layout(Layout::top_down(egui::Align::Min));
    let mut inside = ui.new_child(builder);
    inside.spacing_mut().item_spacing.y = 0.0;
    contents(&mut inside);
    let height = inside.min_rect().height();
    let shown = Rect::from_min_size(egui::pos2(place.left(), top), vec2(place.width(), height));
    let stroke = Stroke::new(1.0, Palette::here(ui).border);
    ui.painter().hline(shown.x_range(), shown.bottom(), stroke);
    ui.allocate_exact_size(vec2(place.width(), height), egui::Sense::hover());
    if before.is_none_or(|before| (before - height).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx()
            .request_discard("the height of what is pinned is known now");
    }
    if is_pinned {
        (shown.bottom() - seen.top()).max(0.0)
    } else {
        0.0
    }
}
