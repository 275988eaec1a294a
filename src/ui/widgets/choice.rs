use egui::{Align2, Color32, CornerRadius, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{focus_ring, into_sight};

/// One of a few, side by side; returns the one that was picked now.
pub fn choices<T: Copy + PartialEq>(ui: &mut Ui, current: T, offered: &[(T, String)]) -> Option<T> {
    let mut picked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        for (value, name) in offered {
            if choice(ui, *value == current, name) {
                picked = Some(*value);
            }
        }
    });
    picked
}

fn choice(ui: &mut Ui, chosen: bool, name: &str) -> bool {
    let palette = Palette::here(ui);
    let galley = ui.painter().layout_no_wrap(
        name.to_owned(),
        Type::SmallStrong.font(),
        Color32::PLACEHOLDER,
    );
    let text_size = galley.size();
    let wanted = vec2(
        text_size.x + 2.0 * size::SMALL_CONTROL_PADDING,
        size::SMALL_CONTROL,
    );
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let (fill, stroke, text) = if chosen {
        let stroke = Stroke::new(size::FOCUS, palette.primary);
        (palette.selected, stroke, palette.primary)
    } else if response.hovered() {
        (palette.hover, Stroke::new(1.0, palette.edge), palette.text)
    } else {
        (palette.card, Stroke::new(1.0, palette.edge), palette.text)
    };
    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    ui.painter()
        .rect(rect, radius, fill, stroke, StrokeKind::Inside);
    let at = Align2::CENTER_CENTER.align_size_within_rect(text_size, rect);
    ui.painter().galley(at.min, galley, text);
    into_sight(ui, &response, rect);
    focus_ring(ui, &response, rect);
    response.clicked()
}
