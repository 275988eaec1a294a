//! Whether the record is what the app wrote: the card above it, and what the other screen says of it.

use egui::Ui;

use crate::domain::Failure;
use crate::state::{Action, RecordReport, Screen};
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, announce, banner, card, label, with_buttons, wrapped};

/// How many faults are said one by one.
const SAID: usize = 5;

/// What the last check of the record found, and a way to check it again.
pub fn record_card(ui: &mut Ui, view: &mut View<'_>) {
    let (text, state) = (view.text, view.state);
    let record = &state.record;
    let check = text.say("record-check");
    let seen = text.say("record-seen");
    let mut buttons = Vec::new();
    if record.is_to_be_seen() {
        let button = Button::primary(&seen).enabled(!record.checking);
        buttons.push((button, Action::RecordSeen));
    }
    let is_known = record.report.is_some() || record.failure.is_some();
    let is_free = is_known && !record.checking;
    let button = Button::secondary(&check).enabled(is_free);
    buttons.push((button, Action::CheckRecord));
    let pressed = card(ui, |ui| {
        with_buttons(ui, buttons, |ui| {
            if record.checking || !is_known {
                return checking(ui, view);
            }
            if let Some(failure) = &record.failure {
                not_checked(ui, view, failure);
            }
            if let Some(report) = &record.report {
                found(ui, view, report);
            }
        })
    });
    if let Some(action) = pressed.inner {
        view.act(action);
    }
}

/// Says where nothing can be deleted that the record has to be looked at.
pub fn record_banner(ui: &mut Ui, view: &mut View<'_>) {
    let record = &view.state.record;
    let says = if record.is_to_be_seen() {
        view.text.say("record-tampered-elsewhere")
    } else if record.could_not_be_checked() {
        view.text.say("record-not-checked-elsewhere")
    } else {
        return;
    };
    let palette = Palette::here(ui);
    let look = view.text.say("record-look");
    let buttons = vec![(Button::secondary(&look).small(), ())];
    let pressed = banner(ui, palette.warning_soft, |ui| {
        with_buttons(ui, buttons, |ui| {
            announce(&wrapped(ui, Type::SmallStrong, palette.danger, says));
        })
    });
    if pressed.inner.is_some() {
        view.act(Action::Show(Screen::Activity));
    }
}

fn checking(ui: &mut Ui, view: &View<'_>) {
    let said = view.text.say("record-checking");
    announce(&label(ui, Type::Body, Palette::here(ui).muted, said));
}

fn not_checked(ui: &mut Ui, view: &View<'_>, failure: &Failure) {
    let palette = Palette::here(ui);
    ui.spacing_mut().item_spacing.y = 3.0;
    let heading = view.text.say("record-not-checked");
    announce(&label(ui, Type::Strong, palette.danger, heading));
    wrapped(
        ui,
        Type::Small,
        palette.muted,
        view.text.failure(&failure.kind),
    );
}

fn found(ui: &mut Ui, view: &View<'_>, report: &RecordReport) {
    let palette = Palette::here(ui);
    let text = view.text;
    let check = &report.check;
    let (heading, colour) = if check.is_whole() {
        (text.say("record-whole"), palette.success)
    } else if check.is_seen {
        (text.say("record-tampered-and-seen"), palette.warning)
    } else {
        (text.say("record-tampered"), palette.danger)
    };
    ui.spacing_mut().item_spacing.y = 3.0;
    announce(&label(ui, Type::Strong, colour, heading));
    for fault in check.all_faults().take(SAID) {
        wrapped(ui, Type::Small, palette.text, text.record_fault(fault));
    }
    let unsaid = check.all_faults().skip(SAID).count();
    let more = check.more_faults + u64::try_from(unsaid).unwrap_or(u64::MAX);
    if more > 0 {
        wrapped(ui, Type::Small, palette.text, text.record_more_faults(more));
    }
    if view.state.record.is_to_be_seen() {
        wrapped(ui, Type::Small, palette.text, text.say("record-what-now"));
    }
    let now = view.state.now;
    let said = text.record_checked(check, &report.compared_with, report.checked_at, now);
    wrapped(ui, Type::Small, palette.muted, said);
}
