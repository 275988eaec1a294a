use egui::{Align2, CornerRadius, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Icon, focus_ring, into_sight};

const BOX: f32 = 16.0;

/// A box to tick, its label beside it.
pub fn checkbox(ui: &mut Ui, ticked: &mut bool, name: &str) {
    let palette = Palette::here(ui);
    let room = (ui.available_width() - BOX - 8.0).max(40.0);
    let galley = ui
        .painter()
        .layout(name.to_owned(), Type::Body.font(), palette.text, room);
    let text_size = galley.size();
    let wanted = vec2(BOX + 8.0 + text_size.x, text_size.y.max(size::TARGET));
    let (rect, mut response) = ui.allocate_exact_size(wanted, Sense::click());
    if response.clicked() {
        *ticked = !*ticked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *ticked, name));
    let square = Align2::LEFT_CENTER.align_size_within_rect(vec2(BOX, BOX), rect);
    let radius = CornerRadius::same(4);
    if *ticked {
        ui.painter().rect_filled(square, radius, palette.primary);
        Icon::Check.paint(ui, square.center(), palette.on_primary);
    } else {
        let fill = if response.hovered() {
            palette.hover
        } else {
            palette.card
        };
        let stroke = Stroke::new(1.0, palette.edge);
        ui.painter()
            .rect(square, radius, fill, stroke, StrokeKind::Inside);
    }
    let text_rect = rect.with_min_x(square.right() + 8.0);
    let at = Align2::LEFT_CENTER.align_size_within_rect(text_size, text_rect);
    ui.painter().galley(at.min, galley, palette.text);
    into_sight(ui, &response, rect);
    focus_ring(ui, &response, rect);
}
