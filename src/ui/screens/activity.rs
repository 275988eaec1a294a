use egui::style::ScrollAnimation;
use egui::{Color32, CornerRadius, Frame, Id, Margin, Stroke, Ui, vec2};

use crate::domain::{Act, AuditOutcome, who_of};
use crate::state::Action;
use crate::ui::View;
use crate::ui::screens::activity_filter;
use crate::ui::screens::record::record_card;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{
    Button, Column, Pressable, Row, announce, label, pinned, screen, table_head, table_rows,
    with_buttons,
};

/// How many rows from the end more of them are asked for.
const AHEAD: usize = 50;

/// What was done on this computer, newest first.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let title = view.text.say("activity-title");
    screen(ui, &title, |ui| {
        record_card(ui, view);
        let palette = Palette::here(ui);
        let frame = Frame::new()
            .fill(palette.card)
            .stroke(Stroke::new(1.0, palette.border))
            .corner_radius(CornerRadius::same(size::CARD_RADIUS))
            .inner_margin(Margin {
                left: 1,
                right: 1,
                top: 2,
                bottom: 2,
            });
        frame.show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 0.0;
            let columns = columns(view);
            let covered = pinned(ui, |ui| {
                activity_filter::bar(ui, view);
                table_head(ui, &columns);
            });
            if view.state.activity.acts.is_empty() {
                nothing(ui, view);
            } else {
                acts(ui, view, &columns, covered);
            }
        });
    });
}

/// Says why no act is shown.
fn nothing(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let (text, activity) = (view.text, &view.state.activity);
    let all = text.say("activity-show-all");
    if activity.failed.is_some() {
        return not_read(ui, view);
    }
    let said = if activity.loading {
        text.say("activity-loading")
    } else if activity.filter.is_empty() {
        text.say("activity-none")
    } else {
        text.say("activity-nothing-fits")
    };
    let offered = if activity.filter.is_empty() {
        Vec::new()
    } else {
        vec![(Button::secondary(&all).small(), ())]
    };
    let pressed = Frame::new()
        .inner_margin(Margin::same(size::CARD_PADDING))
        .show(ui, |ui| {
            with_buttons(ui, offered, |ui| {
                announce(&label(ui, Type::Body, palette.muted, said));
            })
        });
    if pressed.inner.is_some() {
        view.act(Action::FilterActivity(Box::default()));
    }
}

/// Says that no acts came, and offers to ask for them once more.
fn not_read(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let (again, all) = (text.say("button-try-again"), text.say("activity-show-all"));
    let again = Button::secondary(&again).small();
    let mut offered = vec![(again, Action::LoadMoreActivity)];
    let activity = &view.state.activity;
    if activity.acts.is_empty() && !activity.filter.is_empty() {
        let all = Button::secondary(&all).small();
        offered.push((all, Action::FilterActivity(Box::default())));
    }
    let said = text.say("activity-not-read");
    let pressed = Frame::new()
        .inner_margin(Margin::same(size::CARD_PADDING))
        .show(ui, |ui| {
            with_buttons(ui, offered, |ui| {
                announce(&label(ui, Type::Body, palette.danger, said));
            })
        });
    if let Some(action) = pressed.inner {
        view.act(action);
    }
}

fn columns(view: &View<'_>) -> [Column; 6] {
    let text = view.text;
    [
        (text.say("activity-column-when"), 0.14),
        (text.say("activity-column-who"), 0.13),
        (text.say("activity-column-action"), 0.10),
        (text.say("activity-column-doctor"), 0.19),
        (text.say("activity-column-why"), 0.19),
        (text.say("activity-column-outcome"), 0.25),
    ]
    .map(|(name, share)| Column { name, share })
}

fn acts(ui: &mut Ui, view: &mut View<'_>, columns: &[Column], covered: f32) {
    let palette = Palette::here(ui);
    let activity = &view.state.activity;
    let (acts, more) = (&activity.acts, activity.more);
    let row = |index: usize| {
        let act = acts.get(index);
        act.map_or_else(Row::default, |act| row(palette, view, act))
    };
    let pressable = |index: usize| {
        acts.get(index).map(|act| Pressable {
            key: act.first,
            name: name(view, act),
        })
    };
    let came = came_above(ui, view);
    let shown = table_rows(
        ui,
        columns,
        acts.len(),
        row,
        pressable,
        (covered, came.kept),
    );
    // At the top they are shown, unless they would take the focus out of sight.
    if came.now > 0 && (shown.in_sight.start > 0 || shown.focus_is_below) {
        let up = vec2(0.0, -shown.height_of(came.now));
        ui.scroll_with_delta_animation(up, ScrollAnimation::none());
    }
    let pressed = shown.pressed.and_then(|index| acts.get(index));
    let pressed = pressed.map(|act| Action::ShowAct(act.first));
    let near_the_end = shown.in_sight.end + AHEAD >= acts.len();
    if let Some(action) = pressed {
        view.act(action);
    }
    if view.state.activity.failed.is_some() {
        not_read(ui, view);
    } else if more {
        Frame::new()
            .inner_margin(Margin::symmetric(size::CARD_PADDING, 8))
            .show(ui, |ui| {
                let said = view.text.say("activity-loading-more");
                label(ui, Type::Small, palette.muted, said);
            });
        // Behind a question nothing is read, so it would be asked for without end.
        if near_the_end && !view.state.activity.loading && view.state.modals.is_empty() {
            view.act(Action::LoadMoreActivity);
        }
    }
}

/// Acts that have come above others.
#[derive(Clone, Copy, Default)]
struct CameAbove {
    /// How many since it was drawn last.
    now: usize,
    /// How many more rows are made for them: the view follows a frame later, and the keyboard's focus would be
    /// lost with its row.
    kept: usize,
}

fn came_above(ui: &Ui, view: &View<'_>) -> CameAbove {
    let id = Id::unique("how many acts had come above others");
    let (all, frame) = (
        view.state.activity.came_above,
        ui.ctx().cumulative_frame_nr(),
    );
    ui.data_mut(|data| {
        let before: Option<(usize, usize, u64)> = data.get_temp(id);
        let (seen, kept, since) = before.unwrap_or((all, 0, frame));
        let now = all.saturating_sub(seen);
        let kept = if since + 1 >= frame { kept + now } else { now };
        let since = if now > 0 { frame } else { since };
        data.insert_temp(id, (all, kept, since));
        CameAbove { now, kept }
    })
}

/// What a row says of an act.
struct Said {
    when: String,
    who: String,
    action: String,
    subject: String,
    why: String,
    outcome: String,
}

/// `None` of an act of which nothing is as the app wrote it.
fn said(view: &View<'_>, act: &Act) -> Option<Said> {
    let text = view.text;
    let (begun, ended) = (&act.begun()?.draft, &act.ended()?.draft);
    let outcome = match act.damaged() {
        Some(damaged) => text.damaged_entry(damaged),
        None => text.audit_outcome(ended),
    };
    Some(Said {
        when: text.when_exactly(begun.time, view.state.now),
        who: who_of(begun).to_owned(),
        action: text.audit_action(begun.action),
        subject: text.audit_subject(begun),
        why: text.audit_reason(begun),
        outcome,
    })
}

/// The accessible name of a row.
fn name(view: &View<'_>, act: &Act) -> String {
    match said(view, act) {
        Some(said) => {
            let parts = [
                said.action,
                said.subject,
                said.when,
                said.who,
                said.why,
                said.outcome,
            ];
            joined(view, &parts)
        }
        None => act
            .damaged()
            .map_or_else(String::new, |damaged| view.text.damaged_entry(damaged)),
    }
}

fn joined(view: &View<'_>, parts: &[String]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    parts.join(&view.text.list_separator())
}

fn row(palette: &Palette, view: &View<'_>, act: &Act) -> Row {
    let Some(said) = said(view, act) else {
        return damaged_row(palette, name(view, act));
    };
    let colour = match (act.damaged(), act.ended()) {
        (None, Some(ended)) => outcome_colour(palette, ended.draft.outcome),
        _ => palette.danger,
    };
    let Said {
        when,
        who,
        action,
        subject,
        why,
        outcome,
    } = said;
    let first = joined(view, &[action.clone(), subject.clone()]);
    let third = joined(view, &[when.clone(), who.clone(), why.clone()]);
    let cells = [when, who, action, subject, why].map(|cell| (cell, palette.text));
    let outcome = (outcome, colour);
    Row {
        lines: [
            (first, palette.text),
            outcome.clone(),
            (third, palette.muted),
        ],
        cells: cells.into_iter().chain([outcome]).collect(),
        chosen: false,
    }
}

fn damaged_row(palette: &Palette, said: String) -> Row {
    let said = (said, palette.danger);
    let nothing = || (String::new(), palette.muted);
    Row {
        lines: [said.clone(), nothing(), nothing()],
        cells: vec![nothing(), nothing(), nothing(), nothing(), nothing(), said],
        chosen: false,
    }
}

/// How an outcome is meant.
pub fn outcome_colour(palette: &Palette, outcome: AuditOutcome) -> Color32 {
    match outcome {
        AuditOutcome::SavedAndChecked | AuditOutcome::Same | AuditOutcome::Gone => palette.success,
        AuditOutcome::SavedNotProven
        | AuditOutcome::KeptAsItIs
        | AuditOutcome::Discarded
        | AuditOutcome::Differs
        | AuditOutcome::StillThere
        | AuditOutcome::NotKnown
        | AuditOutcome::SignedOut
        | AuditOutcome::AnotherPerson
        | AuditOutcome::Slept
        | AuditOutcome::Seen
        | AuditOutcome::PutBack => palette.warning,
        AuditOutcome::Failed | AuditOutcome::CutOff | AuditOutcome::Tampered => palette.danger,
        AuditOutcome::Intended
        | AuditOutcome::Answered
        | AuditOutcome::Done
        | AuditOutcome::Found
        | AuditOutcome::NothingThere
        | AuditOutcome::Stopped
        | AuditOutcome::Paused => palette.muted,
    }
}
