use std::ops::Range;

use egui::{
    Color32, CornerRadius, Label, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{chosen_mark, into_sight, label_cut};

/// From the card's edge to the first column.
const SIDE: f32 = 14.0;

/// Rows that are made beyond what is seen, so that the keyboard's focus can move on to them.
const BEYOND: usize = 2;

/// A column.
pub struct Column {
    /// What stands over it.
    pub name: String,
    /// Its share of the width.
    pub share: f32,
}

/// What a row shows.
#[derive(Default)]
pub struct Row {
    /// A text and its colour for each column.
    pub cells: Vec<(String, Color32)>,
    /// The same in lines, for a window that is too narrow for columns.
    pub lines: [(String, Color32); 3],
    /// Whether it is the one that is chosen.
    pub chosen: bool,
}

/// A row that can be pressed.
pub struct Pressable {
    /// Which one it is, wherever it stands: the keyboard's focus goes with it.
    pub key: u64,
    /// Its accessible name.
    pub name: String,
}

/// A table of any length, in a view that scrolls: only rows in sight are made.
///
/// `pressable` says of a row how it can be pressed; returns the row that was.
pub fn table(
    ui: &mut Ui,
    columns: &[Column],
    count: usize,
    row: impl Fn(usize) -> Row,
    pressable: impl Fn(usize) -> Option<Pressable>,
) -> Option<usize> {
    ui.spacing_mut().item_spacing.y = 0.0;
    table_head(ui, columns);
    table_rows(ui, columns, count, row, pressable, (0.0, 0)).pressed
}

/// What was drawn of a table's rows.
pub struct ShownRows {
    /// The row that was pressed.
    pub pressed: Option<usize>,
    /// Whether a row that has the keyboard's focus ends below what is seen.
    pub focus_is_below: bool,
    /// The rows in sight, and some around them.
    pub in_sight: Range<usize>,
    height: f32,
}

impl ShownRows {
    /// How high so many rows are, in points.
    pub fn height_of(&self, rows: usize) -> f32 {
        self.height * as_f32(rows)
    }
}

/// The rows of a table alone. So much of the view's top as is `covered` is kept clear, and so many rows `more`
/// are made than are in sight.
pub fn table_rows(
    ui: &mut Ui,
    columns: &[Column],
    count: usize,
    row: impl Fn(usize) -> Row,
    pressable: impl Fn(usize) -> Option<Pressable>,
    (covered, more): (f32, usize),
) -> ShownRows {
    let palette = Palette::here(ui);
    let width = ui.available_width();
    let narrow = is_narrow(width);
    let height = if narrow { 3.0 * 20.0 + 14.0 } else { size::ROW };
    let all = vec2(width, height * as_f32(count));
    let (area, _) = ui.allocate_exact_size(all, Sense::hover());
    let seen = ui.clip_rect();
    let seen = seen.with_min_y(seen.top() + covered);
    let ui = &mut ui.new_child(egui::UiBuilder::new().max_rect(area));
    ui.set_clip_rect(seen);
    let in_sight = rows_in_sight(seen, area.top(), height, count);
    let (mut pressed, mut focus_is_below) = (None, false);
    for index in in_sight.start..(in_sight.end + more).min(count) {
        let top = area.top() + height * as_f32(index);
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(width, height));
        let row = row(index);
        if row.chosen {
            ui.painter().rect_filled(rect, 0, palette.selected);
            chosen_mark(ui, rect);
        }
        if let Some(pressable) = pressable(index) {
            let response = press(ui, rect, &pressable, covered);
            if response.clicked() {
                pressed = Some(index);
            }
            focus_is_below |= response.has_focus() && rect.bottom() > seen.bottom();
        }
        if index > 0 || !narrow {
            let stroke = Stroke::new(1.0, palette.border);
            ui.painter().hline(rect.x_range(), rect.top(), stroke);
        }
        if narrow {
            lines(ui, rect, row.lines);
        } else {
            cells(ui, rect, columns, row.cells);
        }
    }
    ShownRows {
        pressed,
        focus_is_below,
        in_sight,
        height,
    }
}

/// The rows of one height that are in sight, and some around them so that the keyboard's focus can move
/// on; the first of all stands at `top`.
pub(super) fn rows_in_sight(seen: Rect, top: f32, height: f32, count: usize) -> Range<usize> {
    let first = as_index((seen.top() - top) / height).saturating_sub(BEYOND);
    let until = (as_index((seen.bottom() - top) / height) + 1 + BEYOND).min(count);
    first..until
}

/// Whether there is no room for columns.
fn is_narrow(width: f32) -> bool {
    width < 620.0
}

/// The names of a table's columns, where there is room for columns.
pub fn table_head(ui: &mut Ui, columns: &[Column]) {
    let palette = Palette::here(ui);
    let width = ui.available_width();
    if is_narrow(width) {
        return;
    }
    let (rect, _) = ui.allocate_exact_size(vec2(width, 32.0), Sense::hover());
    let names = columns
        .iter()
        .map(|column| (column.name.clone(), palette.muted));
    place(ui, rect, columns, names, Type::Label);
}

fn press(ui: &mut Ui, rect: Rect, pressable: &Pressable, covered: f32) -> Response {
    let palette = Palette::here(ui);
    let id = ui.unique_id().with(("row", pressable.key));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &pressable.name));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0, palette.hover);
    }
    let with_room_above = rect.with_min_y(rect.top() - covered);
    into_sight(ui, &response, with_room_above);
    if response.has_focus() {
        let stroke = Stroke::new(size::FOCUS, palette.primary);
        let inside = rect.shrink(2.0);
        ui.painter()
            .rect_stroke(inside, CornerRadius::same(4), stroke, StrokeKind::Inside);
    }
    response
}

fn cells(ui: &mut Ui, rect: Rect, columns: &[Column], cells: Vec<(String, Color32)>) {
    place(ui, rect, columns, cells.into_iter(), Type::Small);
}

fn place(
    ui: &mut Ui,
    rect: Rect,
    columns: &[Column],
    cells: impl Iterator<Item = (String, Color32)>,
    kind: Type,
) {
    let room = rect.width() - 2.0 * SIDE;
    let mut left = rect.left() + SIDE;
    for (column, (text, colour)) in columns.iter().zip(cells) {
        let width = room * column.share;
        let cell = Rect::from_min_max(
            pos2(left, rect.top()),
            pos2(left + width - 10.0, rect.bottom()),
        );
        left += width;
        if !text.is_empty() {
            let line = cell.with_min_y(cell.center().y - 9.0);
            let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(line));
            label_cut(&mut ui, kind, colour, text);
        }
    }
}

fn lines(ui: &mut Ui, rect: Rect, lines: [(String, Color32); 3]) {
    let inside = rect.shrink2(vec2(SIDE, 7.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inside));
    ui.spacing_mut().item_spacing.y = 2.0;
    for (index, (text, colour)) in lines.into_iter().enumerate() {
        let kind = if index == 0 {
            Type::SmallStrong
        } else {
            Type::Small
        };
        if !text.is_empty() {
            ui.add(Label::new(kind.text(text).color(colour)).truncate());
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a place on the screen; rows by the million would be off by a point"
)]
pub(super) fn as_f32(number: usize) -> f32 {
    number as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a row's number can be"
)]
fn as_index(number: f32) -> usize {
    number.clamp(0.0, 1e9) as usize
}
