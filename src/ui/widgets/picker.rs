use egui::{Align, ComboBox, Id, Layout, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::into_sight;
use crate::ui::widgets::table::{as_f32, rows_in_sight};

/// How wide it is at most, closed and open.
const WIDEST: f32 = 240.0;

/// How high it is at most, open.
const HIGHEST: f32 = 10.5 * size::SMALL_CONTROL;

/// One of many, in a list that opens: only what is in sight of that is made.
///
/// `name` is its accessible name, and `shown` what stands on it. `offered` gives each by its number, and
/// whether it is the present one. Returns the number of the one that was picked now.
pub fn picker(
    ui: &mut Ui,
    id: Id,
    (name, shown): (&str, &str),
    count: usize,
    offered: impl Fn(usize) -> (String, bool),
) -> Option<usize> {
    let palette = Palette::here(ui);
    let font = Type::SmallStrong.font();
    let text = ui
        .painter()
        .layout_no_wrap(shown.to_owned(), font, palette.text)
        .size();
    let wanted = text.x + 2.0 * size::SMALL_CONTROL_PADDING + ui.spacing().icon_width + 10.0;
    let width = wanted.min(WIDEST).min(ui.max_rect().width());
    // In a row that wraps, what is laid out in the rest of it would keep that width in the next one.
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
    let mut picked = None;
    ui.allocate_ui_with_layout(
        vec2(width, size::CONTROL),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.set_width(width);
            ui.spacing_mut().interact_size.y = size::CONTROL;
            let response = ComboBox::from_id_salt(id)
                .width(width)
                .truncate()
                .height(HIGHEST)
                .selected_text(Type::SmallStrong.text(shown).color(palette.text))
                .show_ui(ui, |ui| picked = list(ui, count, &offered));
            let button = response.response;
            ui.ctx()
                .accesskit_node_builder(button.id, |node| node.set_label(name));
            into_sight(ui, &button, button.rect);
        },
    );
    picked
}

fn list(ui: &mut Ui, count: usize, offered: &dyn Fn(usize) -> (String, bool)) -> Option<usize> {
    let palette = Palette::here(ui);
    ui.spacing_mut().interact_size.y = size::SMALL_CONTROL;
    let width = ui.available_width().max(WIDEST);
    let height = size::SMALL_CONTROL;
    let all = vec2(width, height * as_f32(count));
    let (area, _) = ui.allocate_exact_size(all, Sense::hover());
    let mut picked = None;
    for index in rows_in_sight(ui.clip_rect(), area.top(), height, count) {
        let at = pos2(area.left(), area.top() + height * as_f32(index));
        let rect = Rect::from_min_size(at, vec2(width, height));
        let builder = UiBuilder::new()
            .max_rect(rect)
            .id_salt(index)
            .layout(Layout::top_down_justified(Align::Min));
        let (name, is_present) = offered(index);
        let mut line = ui.new_child(builder);
        line.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
        let text = Type::Body.text(name).color(palette.text);
        let response = line.selectable_label(is_present, text);
        into_sight(ui, &response, rect);
        if response.clicked() {
            picked = Some(index);
        }
    }
    picked
}
