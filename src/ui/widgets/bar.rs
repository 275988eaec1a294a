use egui::{Color32, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::ui::theme::Palette;

/// How much of something is done, from 0 to 1; `None` where that is not known.
pub fn progress_bar(ui: &mut Ui, width: f32, done: Option<f32>, colour: Color32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
        if let Some(done) = done {
            node.set_numeric_value(f64::from((done * 100.0).round()));
        }
    });
    let radius = CornerRadius::same(3);
    let painter = ui.painter();
    painter.rect_filled(rect, radius, Palette::here(ui).track);
    if let Some(done) = done {
        let width = rect.width() * done.clamp(0.0, 1.0);
        let filled = Rect::from_min_size(rect.min, vec2(width, rect.height()));
        painter.rect_filled(filled, radius, colour);
    }
}
