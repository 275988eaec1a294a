//! The delete that runs: a place of its own at the bottom of the window, which nothing moves or
//! covers, so that Stop is where it was a moment ago.

use egui::{
    Area, CornerRadius, Frame, Id, Order, Panel, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, pos2, vec2,
};

use crate::state::{Action, Job, JobId, JobKind, JobProgress};
use crate::text::Text;
use crate::ui::View;
use crate::ui::commands::Command;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::tray::jobs::{done, heading, seconds, status, text_width};
use crate::ui::widgets::{Button, announce, keep_clear, label, label_with_part_cut, progress_bar};

/// From what is above to the card.
const ABOVE: f32 = 8.0;

/// From the card's edge to what is in it, above and below.
const PADDING: f32 = 12.0;

/// The card's height: the same in every phase of a delete.
const CARD: f32 = size::CONTROL + 2.0 * PADDING;

/// What a bar needs to tell anything.
const LEAST_BAR: f32 = 40.0;

/// Shows the delete that runs, over everything, open questions too.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let Some((id, job)) = view.state.running_delete() else {
        keep_clear(ui.ctx(), 0.0);
        return;
    };
    let narrow = ui.ctx().content_rect().width() < size::NARROW;
    let (side, below) = if narrow {
        (size::SCREEN_PADDING_NARROW, 8.0)
    } else {
        (size::SCREEN_PADDING, 20.0)
    };
    let height = ABOVE + CARD + below;
    keep_clear(ui.ctx(), height);
    let place = Panel::bottom("running delete")
        .resizable(false)
        .exact_size(height)
        .show_separator_line(false)
        .frame(Frame::new().fill(Palette::here(ui).window))
        .show(ui, |_| ())
        .response
        .rect;
    let side = f32::from(side);
    let card = Rect::from_min_size(
        pos2(place.left() + side, place.top() + ABOVE),
        vec2(place.width() - 2.0 * side, CARD),
    );
    Area::new(Id::unique("running delete"))
        .order(Order::Tooltip)
        .fixed_pos(card.min)
        .movable(false)
        .show(ui.ctx(), |ui| {
            ui.allocate_rect(card, Sense::hover());
            let palette = Palette::here(ui);
            let radius = CornerRadius::same(size::CARD_RADIUS);
            let edge = Stroke::new(1.0, palette.danger);
            ui.painter()
                .rect(card, radius, palette.card, edge, StrokeKind::Inside);
            let inside = card.shrink2(vec2(f32::from(size::CARD_PADDING), PADDING));
            contents(ui, view, (id, job), inside);
        });
}

fn contents(ui: &mut Ui, view: &mut View<'_>, (id, job): (JobId, &Job), inside: Rect) {
    let said = if view.state.locked().is_some() {
        unnamed(view.text, job)
    } else {
        heading(view.text, job)
    };
    let stop = Command::Stop.name(view.text, view.state, None);
    let keys = Command::Stop.shortcut().map_or_else(String::new, |keys| {
        let said = ui.ctx().format_shortcut(&keys);
        said.replace(keys.logical_key.name(), ".")
    });
    let button = Button::danger(&stop)
        .shortcut(&keys)
        .about(&said)
        .enabled(Command::Stop.is_enabled(view.state, None))
        .taking_focus(wants_focus(ui, view, id));
    let button = job.can_be_stopped().then_some(button);

    let mut words = inside;
    if let Some(button) = &button {
        words.max.x -= button.width(ui) + size::GAP;
    }
    let mut left = ui.new_child(UiBuilder::new().max_rect(words));
    left.spacing_mut().item_spacing.y = 0.0;
    progress(&mut left, view, job, &said);
    if let Some(button) = button {
        let place = inside.with_min_x(words.right() + size::GAP);
        let mut right = ui.new_child(UiBuilder::new().max_rect(place));
        if pressed_or_begun(&button.show(&mut right)) {
            view.act(Action::Cancel(id));
        }
    }
}

/// What is deleted when, for whoever comes by.
fn unnamed(text: &Text, job: &Job) -> String {
    match job.progress {
        JobProgress::Waiting { left, .. } => {
            let seconds = text.number(seconds(left)).into();
            text.say_with("lock-delete-waits", &[("seconds", seconds)])
        }
        _ => text.say("lock-delete-runs"),
    }
}

/// Whether a button was pressed, told as soon as the mouse's button goes down on it: who holds it, or
/// slips off, means it too.
fn pressed_or_begun(button: &Response) -> bool {
    let (down, up) = button.ctx.input(|input| {
        let pointer = &input.pointer;
        (pointer.primary_pressed(), pointer.primary_released())
    });
    let is_told_already = up && !down;
    down && button.is_pointer_button_down_on() || button.clicked() && !is_told_already
}

/// What is deleted when, and under it how far that is.
fn progress(ui: &mut Ui, view: &View<'_>, job: &Job, said: &str) {
    let palette = Palette::here(ui);
    let doctor = match &job.kind {
        JobKind::Delete(doctor) => doctor.as_str(),
        _ => "",
    };
    ui.scope_builder(UiBuilder::new(), |ui| {
        ui.set_height(21.0);
        label_with_part_cut(ui, Type::Strong, palette.text, said, doctor);
    });
    if let JobProgress::WaitingToTryAgain {
        failure,
        left,
        next,
        tries,
        next_try,
        ..
    } = &job.progress
        && !job.cancelling
    {
        let met = view.text.met_in_a_try(&failure.kind);
        let again = view.text.next_try(*next_try, *left, (*next, *tries));
        return backup_waits(ui, met, again);
    }
    let status = match job.progress {
        JobProgress::Waiting { .. } if !job.cancelling => view.text.say("delete-nothing-sent"),
        _ => status(view.text, job),
    };
    let bar = view.text.say("tray-bar");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        announce(&label(ui, Type::Small, palette.muted, status));
        let room = ui.available_width();
        if room >= LEAST_BAR {
            progress_bar(ui, room, done(job), palette.danger, &bar);
        }
    });
}

/// What the backup before a delete met, where there is room for that, and when its next try begins.
fn backup_waits(ui: &mut Ui, met: String, again: String) {
    let palette = Palette::here(ui);
    let room = ui.available_width() - text_width(ui, &again, Type::Small) - size::GAP;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        if text_width(ui, &met, Type::Small) <= room {
            announce(&label(ui, Type::Small, palette.warning, met));
        }
        // The countdown is not told, second by second.
        label(ui, Type::Small, palette.muted, again);
    });
}

/// Whether Stop takes the keyboard's focus: once, where nobody types and nothing is asked.
fn wants_focus(ui: &Ui, view: &View<'_>, id: JobId) -> bool {
    let seen = Id::unique("the delete that runs");
    let is_new = ui.data(|data| data.get_temp(seen)) != Some(id);
    ui.data_mut(|data| data.insert_temp(seen, id));
    is_new && view.state.modals.is_empty() && !ui.ctx().text_edit_focused()
}
