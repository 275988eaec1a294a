use egui::scroll_area::ScrollAreaOutput;
use egui::{
    Align2, Context, CornerRadius, Frame, Id, Key, Margin, Modal, Modifiers, ScrollArea, Stroke,
    Ui, vec2,
};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::wrapped;

/// From a modal to the window's edge, at least.
const AROUND: f32 = 12.0;

/// Keeps modals off so many points at the bottom of the window, from now on.
pub fn keep_clear(context: &Context, height: f32) {
    context.data_mut(|data| data.insert_temp(kept_clear(), height));
}

fn kept_clear() -> Id {
    Id::unique("kept clear of modals")
}

/// Shows a question or something to read over the window.
///
/// Returns whether Escape was pressed, and what `buttons` returned; `buttons` is told whether the
/// modal came up just now, so that one of them takes the focus.
///
/// `body` scrolls where there is no room; `buttons` stay in sight, unless the window is so low that
/// they alone would fill it. Only the top modal takes
/// Escape. `phase` names what the modal shows: where it changes, the focus is set anew.
/// A click beside it does nothing: a question wants an answer.
pub fn ask<R>(
    ui: &Ui,
    id: Id,
    phase: Id,
    title: &str,
    body: impl FnOnce(&mut Ui),
    buttons: impl FnOnce(&mut Ui, bool) -> R,
) -> (bool, R) {
    let palette = Palette::here(ui);
    let context = ui.ctx().clone();
    let clear: f32 = context.data(|data| data.get_temp(kept_clear()).unwrap_or_default());
    let window = context.content_rect();
    let window = window.with_max_y(window.bottom() - clear);
    let width = size::MODAL.min(window.width() - 2.0 * AROUND);
    let padding = if width < size::MODAL { 14 } else { 24 };
    // Each phase is measured before it is first drawn: the room of another would cut it off.
    let id = id.with(phase);
    let fresh = is_fresh(ui, id);
    let remembered: Option<f32> = context.data(|data| data.get_temp(id.with("around the body")));

    let shown = Modal::new(id)
        .area(
            Modal::default_area(id)
                .accessible_name(title)
                .anchor(Align2::CENTER_CENTER, vec2(0.0, -clear / 2.0)),
        )
        .backdrop_color(palette.backdrop)
        .frame(
            Frame::new()
                .fill(palette.card)
                .stroke(Stroke::new(1.0, palette.border))
                .corner_radius(CornerRadius::same(size::CARD_RADIUS))
                .shadow(ui.visuals().window_shadow)
                .inner_margin(Margin::same(padding)),
        )
        .show(&context, |ui| {
            let inner = width - 2.0 * f32::from(padding);
            ui.set_width(inner);
            // All that there is, at once: limited to the room under its top, a modal that stands in the
            // middle would grow frame after frame, and its buttons would move under the pointer.
            ui.set_max_height(window.height() - 2.0 * (AROUND + f32::from(padding)));
            ui.spacing_mut().item_spacing.y = 10.0;
            let top = ui.cursor().top();
            let heading = |ui: &mut Ui| wrapped(ui, Type::Question, palette.text, title);
            if window.height() < size::TINY {
                return scrolling(
                    ui,
                    window.height() - 2.0 * (AROUND + f32::from(padding)),
                    |ui| {
                        heading(ui);
                        body(ui);
                        buttons(ui, fresh)
                    },
                )
                .inner;
            }
            // Where there is little room, the question scrolls too, so that some of what stands
            // under it is seen.
            let low = window.height() < size::LOW;
            if !low {
                inset(ui, heading);
            }
            let room = window.height() - 2.0 * AROUND - remembered.unwrap_or(170.0);
            let scrolled = scrolling(ui, room.max(40.0), |ui| {
                if low {
                    heading(ui);
                }
                body(ui);
            });
            let body_height = scrolled.inner_rect.height();
            let answered = inset(ui, |ui| buttons(ui, fresh));
            let all = ui.min_rect().bottom() - top;
            let around = all - body_height + 2.0 * f32::from(padding) + 2.0;
            if remembered.is_none_or(|before| (before - around).abs() > 0.5) {
                let context = ui.ctx();
                context.data_mut(|data| data.insert_temp(id.with("around the body"), around));
                context.request_discard("the room for a modal's body is known now");
            }
            answered
        });
    if fresh && (shown.response.rect.center().y - window.center().y).abs() > 1.0 {
        context.request_discard("the modal's height is known now, and its place with it");
    }
    // In the first frame of a phase the toolkit still takes the one before for the top modal.
    let escaped = (shown.is_top_modal || fresh)
        && !shown.any_popup_open
        && context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    (escaped, shown.inner)
}

/// What scrolls where it is higher than `most`.
fn scrolling<R>(
    ui: &mut Ui,
    most: f32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> ScrollAreaOutput<R> {
    ScrollArea::vertical()
        .id_salt("body")
        .auto_shrink([false, true])
        .max_height(most)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            inset(ui, contents)
        })
}

/// As far in as the ring around what has the focus needs.
fn inset<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new()
        .inner_margin(Margin::symmetric(3, 2))
        .show(ui, contents)
        .inner
}

/// Whether the modal was not there in the frame before.
fn is_fresh(ui: &Ui, id: Id) -> bool {
    let context = ui.ctx();
    let frame = context.cumulative_frame_nr();
    let seen = id.with("seen");
    let opened = id.with("opened");
    context.data_mut(|data| {
        let last: Option<u64> = data.get_temp(seen);
        data.insert_temp(seen, frame);
        match last {
            // The same frame drawn a second time is as fresh as it was the first time.
            Some(last) if last == frame => data.get_temp(opened) == Some(frame),
            Some(last) if last + 1 == frame => false,
            _ => {
                data.insert_temp(opened, frame);
                true
            }
        }
    })
}
