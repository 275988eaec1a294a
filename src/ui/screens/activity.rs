use egui::{Color32, CornerRadius, Frame, Margin, Stroke, Ui};

use crate::domain::{AuditEntry, AuditOutcome, DamagedEntry};
use crate::state::Action;
use crate::ui::View;
use crate::ui::screens::record::record_card;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Button, Column, Row, announce, label, screen, table};

/// What was done on this computer, newest first.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let title = view.text.say("activity-title");
    screen(ui, &title, |ui| {
        record_card(ui, view);
        let palette = Palette::here(ui);
        let activity = &view.state.activity;
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
        if activity.entries.is_empty() {
            let said = if activity.loading {
                view.text.say("activity-loading")
            } else {
                view.text.say("activity-none")
            };
            frame
                .inner_margin(Margin::same(size::CARD_PADDING))
                .show(ui, |ui| {
                    ui.take_available_width();
                    announce(&label(ui, Type::Body, palette.muted, said));
                });
            return;
        }
        frame.show(ui, |ui| {
            ui.take_available_width();
            entries(ui, view);
        });
        if activity.more {
            let name = view.text.say("activity-more");
            let button = Button::secondary(&name).small().enabled(!activity.loading);
            if button.pressed(ui) {
                view.act(Action::LoadMoreActivity);
            }
        }
    });
}

fn entries(ui: &mut Ui, view: &View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let columns = [
        (text.say("activity-column-when"), 0.14),
        (text.say("activity-column-who"), 0.13),
        (text.say("activity-column-action"), 0.10),
        (text.say("activity-column-doctor"), 0.19),
        (text.say("activity-column-why"), 0.19),
        (text.say("activity-column-outcome"), 0.25),
    ]
    .map(|(name, share)| Column { name, share });
    let entries = &view.state.activity.entries;
    let row = |index: usize| match entries.get(index) {
        Some(Ok(entry)) => row(palette, view, entry),
        Some(Err(damaged)) => damaged_row(palette, view, *damaged),
        None => Row::default(),
    };
    table(ui, &columns, entries.len(), row, None);
}

fn row(palette: &Palette, view: &View<'_>, entry: &AuditEntry) -> Row {
    let text = view.text;
    let draft = &entry.draft;
    let when = text.when_exactly(draft.time, view.state.now);
    let who = draft
        .who
        .person
        .clone()
        .unwrap_or_else(|| draft.who.os_user.clone());
    let action = text.audit_action(draft.action);
    let subject = text.audit_subject(draft);
    let why = text.audit_reason(draft);
    let outcome = (
        text.audit_outcome(draft),
        outcome_colour(palette, draft.outcome),
    );
    let separator = text.list_separator();
    let joined = |parts: &[&str]| {
        let parts: Vec<&str> = parts
            .iter()
            .copied()
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(&separator)
    };
    let first = joined(&[&action, &subject]);
    let third = joined(&[&when, &who, &why]);
    Row {
        lines: [
            (first, palette.text),
            outcome.clone(),
            (third, palette.muted),
        ],
        cells: vec![
            (when, palette.text),
            (who, palette.text),
            (action, palette.text),
            (subject, palette.text),
            (why, palette.text),
            outcome,
        ],
        chosen: false,
    }
}

fn damaged_row(palette: &Palette, view: &View<'_>, damaged: DamagedEntry) -> Row {
    let said = (view.text.damaged_entry(damaged), palette.danger);
    let nothing = || (String::new(), palette.muted);
    Row {
        lines: [said.clone(), nothing(), nothing()],
        cells: vec![nothing(), nothing(), nothing(), nothing(), nothing(), said],
        chosen: false,
    }
}

fn outcome_colour(palette: &Palette, outcome: AuditOutcome) -> Color32 {
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
