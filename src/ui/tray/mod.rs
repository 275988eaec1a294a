//! What runs and what has ended, at the bottom of the window: the shelf.

mod jobs;
mod kept;
mod results;
mod running_delete;
mod set_aside;

pub use jobs::{done, status};
pub use results::where_it_lies;

use egui::{Align, CornerRadius, Frame, Id, Layout, Margin, Panel, ScrollArea, Stroke, Ui, vec2};

use crate::domain::Place;
use crate::state::{Action, FoldedTally, Screen, Shelf};
use crate::text::Text;
use crate::ui::View;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Button, Icon, announce, bar_in_padding, divider, label_cut, wrapped};

/// From what is above to the shelf.
const ABOVE: i8 = 8;

/// The width of the card's edge.
const EDGE: f32 = 1.0;

/// Above and below the words of a line.
const LINE_PADDING: i8 = 6;

/// Shows the delete that runs, and on the screen Recordings the shelf where there is anything on it.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    running_delete::show(ui, view);
    if view.state.screen == Screen::Recordings {
        on_shelf(ui, view, &view.state.shelf());
    }
}

/// Shows the delete that runs, so that it can be stopped, without saying whose recordings.
pub fn show_locked(ui: &mut Ui, view: &mut View<'_>) {
    running_delete::show(ui, view);
}

fn on_shelf(ui: &mut Ui, view: &mut View<'_>, shelf: &Shelf<'_>) {
    let is_empty = shelf.open.is_empty()
        && shelf.set_aside.is_empty()
        && shelf.kept_parts.is_empty()
        && shelf.running.is_empty()
        && shelf.folded.is_empty();
    if is_empty {
        return;
    }
    let window = ui.ctx().content_rect();
    if window.height() < size::TINY && view.state.running_delete().is_some() {
        // There is room for one of them, and the delete is the one that can't wait.
        return;
    }
    let (side, below) = if window.width() < size::NARROW {
        (size::SCREEN_PADDING_NARROW, 4)
    } else {
        (size::SCREEN_PADDING, 20)
    };
    let around = f32::from(ABOVE) + f32::from(below) + 2.0 * EDGE;
    // What has ended is counted under the lines, in sight, unless all of it has to scroll.
    let (most, pinned) = if window.height() < size::TINY {
        (1.8 * size::TARGET, false)
    } else {
        (window.height() / 3.0 - around, true)
    };
    let heights = Id::unique("the heights on the shelf");
    let before: (f32, f32) = ui
        .data(|data| data.get_temp(heights))
        .unwrap_or((48.0, 0.0));
    let (lines_before, fold_before) = before;
    let room_for_lines = (most - fold_before).max(0.0);
    let palette = Palette::here(ui);
    let shown = Panel::bottom("tray")
        .resizable(false)
        .exact_size((lines_before.min(room_for_lines) + fold_before).ceil() + around)
        .show_separator_line(false)
        .frame(Frame::new().fill(palette.window).inner_margin(Margin {
            left: side,
            right: side,
            top: ABOVE,
            bottom: below,
        }))
        .show(ui, |ui| {
            let edge = Stroke::new(EDGE, palette.border);
            let radius = CornerRadius::same(size::CARD_RADIUS);
            let card = Frame::new().fill(palette.card).stroke(edge);
            card.corner_radius(radius)
                .show(ui, |ui| {
                    ui.take_available_width();
                    ui.spacing_mut().item_spacing.y = 0.0;
                    bar_in_padding(ui);
                    let lines = lines(ui, view, shelf, room_for_lines, !pinned);
                    let top = ui.cursor().top();
                    if pinned {
                        fold(ui, view, shelf);
                    }
                    (lines, ui.min_rect().bottom().max(top) - top)
                })
                .inner
        })
        .inner;
    if (shown.0 - lines_before).abs() > 0.5 || (shown.1 - fold_before).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(heights, shown));
        ui.ctx()
            .request_discard("the heights on the shelf are known now");
    }
}

/// The lines that scroll; how high all of them are.
fn lines(ui: &mut Ui, view: &mut View<'_>, shelf: &Shelf<'_>, room: f32, with_fold: bool) -> f32 {
    let mut area = ScrollArea::vertical()
        .id_salt("tray")
        .auto_shrink([false, true])
        .min_scrolled_height(0.0)
        .max_height(room);
    if is_new(ui, shelf.open.first().map(|result| result.number)) {
        // What has just come is not to stand out of sight.
        area = area.vertical_scroll_offset(0.0);
    }
    area.show(ui, |ui| {
        let mut is_first = true;
        let mut line = |ui: &mut Ui, contents: &mut dyn FnMut(&mut Ui)| {
            if !std::mem::take(&mut is_first) {
                divider(ui);
            }
            Frame::new()
                .inner_margin(Margin::symmetric(size::CARD_PADDING, LINE_PADDING))
                .show(ui, |ui| {
                    ui.take_available_width();
                    ui.spacing_mut().item_spacing.y = 2.0;
                    contents(ui);
                });
        };
        let state = view.state;
        for result in &shelf.open {
            let place = state.place_of_result(result);
            line(ui, &mut |ui| {
                results::show(ui, view, result, place);
            });
        }
        for one in shelf.set_aside {
            line(ui, &mut |ui| {
                set_aside::show(ui, view, one);
            });
        }
        if shelf.kept_parts.len() > 1 {
            line(ui, &mut |ui| {
                kept::show_all(ui, view, shelf.kept_parts.len());
            });
        }
        for one in shelf.kept_parts {
            line(ui, &mut |ui| {
                kept::show(ui, view, one);
            });
        }
        for (id, job) in &shelf.running {
            let place = state.place_of_job(job);
            line(ui, &mut |ui| {
                jobs::show(ui, view, (*id, job), place);
            });
        }
        for result in shelf.folded.iter().filter(|_| state.unfolded) {
            let place = state.place_of_result(result);
            line(ui, &mut |ui| {
                results::show(ui, view, result, place);
            });
        }
        if with_fold {
            fold(ui, view, shelf);
        }
    })
    .content_size
    .y
}

/// What has ended, counted in one line that unfolds to the list.
fn fold(ui: &mut Ui, view: &mut View<'_>, shelf: &Shelf<'_>) {
    if shelf.folded.is_empty() {
        return;
    }
    let palette = Palette::here(ui);
    let text = view.text;
    let unfolded = view.state.unfolded;
    let stands_first = shelf.open.is_empty()
        && shelf.set_aside.is_empty()
        && shelf.kept_parts.is_empty()
        && shelf.running.is_empty();
    if unfolded || !stands_first {
        divider(ui);
    }
    let unfold = if unfolded {
        text.say("shelf-fold")
    } else {
        text.say("shelf-unfold")
    };
    let dismiss_all = text.say("shelf-dismiss-all");
    let tally = shelf.tally();
    let (icon, colour) = if tally.failed > 0 {
        (Icon::Warning, palette.danger)
    } else if tally.with_a_warning > 0 {
        (Icon::Warning, palette.warning)
    } else if tally.done > 0 {
        (Icon::Check, palette.success)
    } else {
        (Icon::Information, palette.muted)
    };
    let said = said_of(text, tally);
    let button = |name| Button::secondary(name).small().about(&said);
    Frame::new()
        .inner_margin(Margin::symmetric(size::CARD_PADDING, LINE_PADDING))
        .show(ui, |ui| {
            let (unfold, dismiss_all) = (button(&unfold), button(&dismiss_all));
            let gaps = 2.0 * size::GAP;
            let room = ui.available_width() - unfold.width(ui) - dismiss_all.width(ui) - gaps;
            let height = unfold.height();
            let row = Layout::left_to_right(Align::Center);
            ui.allocate_ui_with_layout(vec2(ui.available_width(), height), row, |ui| {
                ui.spacing_mut().item_spacing.x = size::GAP;
                ui.allocate_ui_with_layout(vec2(room, height), row, |ui| {
                    ui.set_width(room);
                    ui.spacing_mut().item_spacing.x = 8.0;
                    icon.show(ui, colour);
                    label_cut(ui, Type::Body, palette.text, &said);
                });
                if unfold.pressed(ui) {
                    view.actions.push(Action::Unfold(!unfolded));
                }
                if dismiss_all.pressed(ui) {
                    let numbers = shelf.folded.iter().map(|result| result.number);
                    view.actions.push(Action::DismissAll(numbers.collect()));
                }
            });
        });
}

/// `3 done, 1 failed`
fn said_of(text: &Text, tally: FoldedTally) -> String {
    let FoldedTally {
        done,
        with_a_warning,
        failed,
        stopped,
    } = tally;
    let parts = [
        (done, text.say_with("shelf-done", &[("count", done.into())])),
        (
            with_a_warning,
            text.say_with("shelf-with-a-warning", &[("count", with_a_warning.into())]),
        ),
        (
            failed,
            text.say_with("shelf-failed", &[("count", failed.into())]),
        ),
        (
            stopped,
            text.say_with("shelf-stopped", &[("count", stopped.into())]),
        ),
    ];
    let said = parts.into_iter().filter(|(count, _)| *count > 0);
    let said: Vec<_> = said.map(|(_, said)| said).collect();
    said.join(&text.list_separator())
}

/// Whether another result is the first one than in the frame before.
fn is_new(ui: &Ui, first: Option<u64>) -> bool {
    let seen = Id::unique("the first result on the shelf");
    let before: Option<Option<u64>> = ui.data(|data| data.get_temp(seen));
    ui.data_mut(|data| data.insert_temp(seen, first));
    first.is_some() && before != Some(first)
}

/// What is to be minded of the folder that a file goes to, where there is anything.
fn place_to_mind(ui: &mut Ui, text: &Text, place: Option<&Place>) {
    let palette = Palette::here(ui);
    let Some(place) = place else {
        return;
    };
    let colour = if place.may_lose_files() {
        palette.warning
    } else {
        palette.muted
    };
    for sentence in text.place_to_mind(place) {
        announce(&wrapped(ui, Type::Small, colour, sentence));
    }
}
