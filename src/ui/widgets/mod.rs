//! The parts that screens and modals are made of.

mod bar;
mod button;
mod card;
mod checkbox;
mod choice;
mod dropdown;
mod facts;
mod field;
mod icon;
mod label;
mod modal;
mod picker;
mod pinned;
mod row;
mod table;

use egui::accesskit::Action;
use egui::{CornerRadius, Id, Rect, Response, Stroke, StrokeKind, Ui};

pub use bar::progress_bar;
pub use button::Button;
pub use card::{banner, bar_in_padding, card, divider, screen};
pub use checkbox::checkbox;
pub use choice::choices;
pub use dropdown::dropdown;
pub use facts::{Fact, facts_across, facts_down};
pub use field::{Field, Limit};
pub use icon::Icon;
pub use label::{announce, label, label_cut, label_with_part_cut, wrapped, wrapped_with_strong};
pub use modal::{ask, keep_clear};
pub use picker::picker;
pub use pinned::pinned;
pub use row::{modal_buttons, press, width_of, with_buttons};
pub use table::{Column, Pressable, Row, table, table_head, table_rows};

use crate::ui::theme::{Contrast, Palette, size};

/// Draws the ring around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(size::FOCUS, Palette::here(ui).primary);
        let radius = CornerRadius::same(size::CONTROL_RADIUS + 2);
        ui.painter()
            .rect_stroke(rect.expand(2.0), radius, stroke, StrokeKind::Middle);
    }
}

/// Scrolls to what has just got the focus, or was pressed by a screen reader: in a small window, or
/// with large text, both would else lead to where nobody sees it. Called also for what is out of
/// sight.
pub fn into_sight(ui: &Ui, response: &Response, rect: Rect) {
    let pressed_unseen =
        || ui.input(|input| input.has_accesskit_action_request(response.id, Action::Click));
    // Asked each time, so that it is told once alone.
    let got_focus = got_focus(ui, response);
    if response.gained_focus() || got_focus || pressed_unseen() {
        ui.scroll_to_rect(rect.expand(2.0 * size::FOCUS), None);
    }
}

/// Whether the focus has just come here, by an arrow key too: the toolkit moves it then between two frames,
/// and tells nobody that it was gained.
fn got_focus(ui: &Ui, response: &Response) -> bool {
    if !response.has_focus() {
        return false;
    }
    let last = Id::unique("what had the focus last");
    let now = (response.id, ui.ctx().cumulative_frame_nr());
    let before: Option<(Id, u64)> = ui.data(|data| data.get_temp(last));
    // A frame that is drawn twice tells it twice.
    let is_new = before.is_none_or(|(id, frame)| id != now.0 || frame == now.1);
    if is_new {
        ui.data_mut(|data| data.insert_temp(last, now));
    }
    is_new
}

/// Marks what is chosen by more than its colour, where the person asked for high contrast.
pub fn chosen_mark(ui: &Ui, rect: Rect) {
    if Contrast::of(ui.ctx()) == Contrast::High {
        let mark = rect.with_max_x(rect.left() + 2.0 * size::FOCUS);
        ui.painter()
            .rect_filled(mark, CornerRadius::ZERO, Palette::here(ui).primary);
    }
}
