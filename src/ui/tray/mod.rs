//! What runs and what has ended, at the bottom of the window.

mod jobs;
mod results;
mod running_delete;

use egui::{CornerRadius, Frame, Id, Margin, Panel, ScrollArea, Stroke, Ui};

use crate::domain::Place;
use crate::text::Text;
use crate::ui::View;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{announce, bar_in_padding, wrapped};

/// From what is above to the tray.
const ABOVE: f32 = 8.0;

/// Shows the tray where there is anything in it.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    running_delete::show(ui, view);
    let jobs = || view.state.jobs.iter().filter(|(_, job)| !job.deletes());
    if jobs().next().is_none() && view.state.results.is_empty() {
        return;
    }
    let window = ui.ctx().content_rect();
    let narrow = window.width() < size::NARROW;
    let side = if narrow {
        size::SCREEN_PADDING_NARROW
    } else {
        size::SCREEN_PADDING
    };
    let content = Id::unique("the height of what is in the tray");
    let before: f32 = ui.data(|data| data.get_temp(content)).unwrap_or(64.0);
    let below = if narrow { 8 } else { 20 };
    let most = if window.height() < size::TINY {
        2.0 * size::TARGET
    } else {
        (window.height() * 0.38).max(90.0)
    };
    let shown = Panel::bottom("tray")
        .resizable(false)
        .exact_size(before.min(most) + ABOVE + f32::from(below))
        .show_separator_line(false)
        .frame(
            Frame::new()
                .fill(Palette::here(ui).window)
                .inner_margin(Margin {
                    left: side,
                    right: 0,
                    top: 8,
                    bottom: below,
                }),
        )
        .show(ui, |ui| {
            bar_in_padding(ui);
            ScrollArea::vertical()
                .id_salt("tray")
                .auto_shrink(false)
                .show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - f32::from(side));
                    ui.spacing_mut().item_spacing.y = 8.0;
                    for (id, job) in jobs() {
                        let place = view.state.place_of_job(job);
                        jobs::show(ui, view.text, (*id, job), place, &mut view.actions);
                    }
                    for result in &view.state.results {
                        let place = view.state.place_of_result(result);
                        results::show(ui, view.text, result, place, &mut view.actions);
                    }
                })
                .content_size
                .y
        });
    if (shown.inner - before).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(content, shown.inner));
        ui.ctx()
            .request_discard("the height of the tray is known now");
    }
}

/// A card of the tray.
fn entry(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let palette = Palette::here(ui);
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.border))
        .corner_radius(CornerRadius::same(size::CARD_RADIUS))
        .inner_margin(Margin::symmetric(size::CARD_PADDING, 12))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 6.0;
            contents(ui);
        });
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
