use egui::{Color32, Id, Key, Ui};

use crate::domain::{DoctorName, DoctorState, KnownDoctor, ServerKnowledge};
use crate::state::State;
use crate::text::Text;
use crate::ui::View;
use crate::ui::commands::Command;
use crate::ui::drafts::{DoctorDraft, Drafts};
use crate::ui::offers::{self, Offer};
use crate::ui::screens::record::record_banner;
use crate::ui::screens::unusual_name;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{
    Button, Column, Fact, Field, Limit, Pressable, Row, announce, card, divider, facts_across,
    label, screen, table, with_buttons, wrapped,
};

/// Home: one doctor, and under it all who are known here.
pub fn show(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    let title = view.text.say("recordings-title");
    screen(ui, &title, |ui| {
        record_banner(ui, view);
        card(ui, |ui| {
            field(ui, view, &mut drafts.doctor);
            ui.add_space(2.0);
            divider(ui);
            ui.add_space(2.0);
            let subject = DoctorName::parse(&drafts.doctor.typed).ok();
            facts(ui, view, subject.as_ref());
            comparison(ui, view, subject.as_ref());
            ui.add_space(10.0);
            buttons(ui, view, &mut drafts.doctor, subject.as_ref());
        });
        doctors(ui, view, &mut drafts.doctor);
    });
}

fn field(ui: &mut Ui, view: &mut View<'_>, draft: &mut DoctorDraft) {
    let palette = Palette::here(ui);
    let text = view.text;
    let id = DoctorDraft::id();
    if std::mem::take(&mut draft.wants_focus) {
        focus_on_all(ui, draft.typed.chars().count());
    }
    let name = label(
        ui,
        Type::Label,
        palette.muted,
        text.say("recordings-doctor"),
    );
    let focused = ui.memory(|memory| memory.has_focus(id));
    if focused {
        keep_pasted_line_breaks(ui);
    }
    let keys = draft.completion.keys(ui, focused);
    let subject = DoctorName::parse(&draft.typed).ok();
    let check = Command::Check.name(text, view.state, subject.as_ref());
    let check =
        Button::secondary(&check).enabled(Command::Check.is_enabled(view.state, subject.as_ref()));
    let hint = text.say("recordings-doctor-hint");
    let beside = check.width(ui) + size::GAP;
    let limit = Limit::new(text, DoctorName::MAX_CHARACTERS);
    let mut wants_check = false;
    ui.horizontal(|ui| {
        let field = Field::new(id, "", &limit)
            .hint(&hint)
            .wrong(draft.error.is_some())
            .keeping_escape(draft.completion.is_open())
            .width(ui.available_width() - beside);
        let typed = &mut draft.typed;
        let shown = draft
            .completion
            .hold_focus(ui, |ui| field.show_named_by(ui, typed, name.id));
        if shown.changed() {
            draft.error = None;
        }
        wants_check = shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let taken = draft
            .completion
            .show(&shown, &draft.typed, &view.state.doctors, &keys, text);
        if let Some(taken) = taken {
            draft.choose(&taken);
            focus_on_all(ui, draft.typed.chars().count());
        }
        wants_check |= check.pressed(ui);
    });
    Field::say_refused(ui, id, &limit);
    if wants_check {
        view.press(Command::Check, draft);
    }
    if let Some(error) = draft.error {
        let said = text.name_error(error);
        let words = wrapped(ui, Type::Small, palette.danger, said);
        announce(&words);
    }
    unusual_name::show(ui, view, draft);
}

/// Has a line break inside pasted text stay one: the field would put spaces in its place, and so
/// make another name of it, or one of two. Those at its ends, as a table's cell brings them, go.
fn keep_pasted_line_breaks(ui: &Ui) {
    const LINE_SEPARATOR: &str = "\u{2028}";
    let is_break = |character| matches!(character, '\r' | '\n');
    ui.input_mut(|input| {
        for event in &mut input.events {
            // What is too long by far the field does not take.
            if let egui::Event::Paste(pasted) = event
                && pasted.len() <= 8 * DoctorName::MAX_CHARACTERS
            {
                let inside = pasted.trim_matches(is_break);
                *pasted = inside
                    .replace("\r\n", "\n")
                    .replace(is_break, LINE_SEPARATOR);
            }
        }
    });
}

/// Sends the focus to the field with all of it chosen, so that typing replaces it.
fn focus_on_all(ui: &Ui, characters: usize) {
    let id = DoctorDraft::id();
    ui.memory_mut(|memory| memory.request_focus(id));
    let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = egui::text::CCursorRange::two(
        egui::text::CCursor::new(0),
        egui::text::CCursor::new(characters),
    );
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}

fn facts(ui: &mut Ui, view: &View<'_>, subject: Option<&DoctorName>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let now = view.state.now;
    let doctor = subject.and_then(|name| view.state.doctor(name));
    let plain = |id: String| (id, palette.muted);
    let server = doctor.map_or_else(
        || plain(text.say("server-not-checked")),
        |doctor| {
            let colour = match doctor.server {
                ServerKnowledge::Has { .. } => palette.text,
                _ => palette.muted,
            };
            (text.server(doctor), colour)
        },
    );
    let checked = doctor
        .and_then(|doctor| {
            let colour = match doctor.no_answer_at {
                Some(_) => palette.warning,
                None => palette.text,
            };
            Some((text.checked(doctor, now)?, colour))
        })
        .unwrap_or_else(|| plain(text.say("fact-never")));
    let backup = doctor.map_or_else(
        || plain(text.say("doctors-backup-none")),
        |doctor| backup(palette, text, view.state, doctor),
    );
    let length = doctor
        .and_then(KnownDoctor::backup_of_that_copy)
        .and_then(|backup| backup.milliseconds)
        .map_or_else(
            || plain(text.say("fact-unknown")),
            |length| (text.length(length), palette.text),
        );
    let facts = [
        (text.say("fact-on-the-server"), server),
        (text.say("fact-checked"), checked),
        (text.say("fact-backup"), backup),
        (text.say("fact-length"), length),
    ]
    .map(|(name, (value, colour))| Fact {
        name,
        value,
        colour,
    });
    facts_across(ui, &facts);
}

/// The way to find out more about how the backup stands, where there is more to find out.
fn comparison(ui: &mut Ui, view: &mut View<'_>, subject: Option<&DoctorName>) {
    let state = view.state;
    let Some(doctor) = subject.and_then(|name| state.doctor(name)) else {
        return;
    };
    let tells_more = matches!(
        doctor.state(),
        DoctorState::BackedUpCannotCompare | DoctorState::ChangedSinceBackup
    );
    if tells_more && doctor.is_fresh(state.now) {
        offers::link(ui, view, Offer::Compare(doctor.name.clone()));
    }
}

/// The backup as it stands to what the server was last seen to have.
fn backup(
    palette: &Palette,
    text: &Text,
    state: &State,
    doctor: &KnownDoctor,
) -> (String, Color32) {
    let compared = matches!(
        doctor.state(),
        DoctorState::BackedUp
            | DoctorState::BackedUpCannotCompare
            | DoctorState::ChangedSinceBackup
            | DoctorState::BackupMissing
            | DoctorState::BackupAltered
            | DoctorState::NotBackedUp
            | DoctorState::Unfit(_)
    );
    if doctor.state() == DoctorState::BackedUp
        && !Text::is_stale(doctor, state.now)
        && let Some(backup) = &doctor.backup
    {
        let when = text.when_within(backup.verified_at, state.now);
        let said = text.say_with("state-backed-up-when", &[("when", when.into())]);
        return (said, palette.success);
    }
    if compared && !Text::is_stale(doctor, state.now) {
        return (text.doctor_state(doctor, state.now), palette.warning);
    }
    let colour = if doctor.backup.is_some() {
        palette.text
    } else {
        palette.muted
    };
    (text.last_backup(doctor, state.now), colour)
}

fn buttons(
    ui: &mut Ui,
    view: &mut View<'_>,
    draft: &mut DoctorDraft,
    subject: Option<&DoctorName>,
) {
    let palette = Palette::here(ui);
    let (text, state) = (view.text, view.state);
    let name = |command: Command| command.name(text, state, subject);
    let is_enabled = |command: Command| command.is_enabled(state, subject);
    let (download, delete) = (name(Command::Download), name(Command::Delete));
    let delete_all = name(Command::DeleteAll);
    let why_not = Command::DeleteAll.why_not(text, state, subject);
    let mut pressed = None;
    let last = Button::danger_link(&delete_all)
        .enabled(is_enabled(Command::DeleteAll))
        .why_not(why_not.as_deref());
    let is_hidden = state.rules.forbid_all();
    let last = (!is_hidden).then_some((last, Command::DeleteAll));
    let at_end = with_buttons(ui, last.into_iter().collect(), |ui| {
        ui.horizontal_wrapped(|ui| {
            let button = Button::primary(&download).enabled(is_enabled(Command::Download));
            if button.pressed(ui) {
                pressed = Some(Command::Download);
            }
            let button = Button::danger_outline(&delete).enabled(is_enabled(Command::Delete));
            if button.pressed(ui) {
                pressed = Some(Command::Delete);
            }
        });
    });
    if let Some(said) = Command::Delete.why_not(text, state, subject) {
        wrapped(ui, Type::Small, palette.muted, said);
    }
    if let Some(command) = at_end.or(pressed) {
        view.press(command, draft);
    }
}

fn doctors(ui: &mut Ui, view: &mut View<'_>, draft: &mut DoctorDraft) {
    let palette = Palette::here(ui);
    let text = view.text;
    let none = view.state.doctors.is_empty();
    let frame = egui::Frame::new()
        .fill(palette.card)
        .stroke(egui::Stroke::new(1.0, palette.border))
        .corner_radius(egui::CornerRadius::same(size::CARD_RADIUS))
        .inner_margin(egui::Margin {
            left: 1,
            right: 1,
            top: 12,
            bottom: 2,
        });
    let mut chosen = None;
    frame.show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::Frame::new()
            .inner_margin(egui::Margin {
                left: 14,
                right: 14,
                top: 0,
                bottom: 12,
            })
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                let check_all = Command::CheckAll.name(text, view.state, None);
                let button = Button::secondary(&check_all)
                    .small()
                    .enabled(Command::CheckAll.is_enabled(view.state, None));
                let pressed = with_buttons(ui, vec![(button, ())], |ui| {
                    label(ui, Type::Strong, palette.text, text.say("doctors-title"));
                });
                if pressed.is_some() {
                    view.press(Command::CheckAll, draft);
                }
                if none {
                    wrapped(ui, Type::Body, palette.muted, text.say("doctors-none"));
                }
            });
        if !none {
            divider(ui);
            chosen = list(ui, view, &draft.typed);
        }
    });
    if let Some(doctor) = chosen.and_then(|index| view.state.doctors.get(index)) {
        draft.choose(&doctor.name);
    }
}

fn list(ui: &mut Ui, view: &View<'_>, typed: &str) -> Option<usize> {
    let palette = Palette::here(ui);
    let text = view.text;
    let subject = DoctorName::parse(typed).ok();
    let columns = [
        (text.say("doctors-column-doctor"), 0.22),
        (text.say("doctors-column-server"), 0.28),
        (text.say("doctors-column-checked"), 0.12),
        (text.say("doctors-column-backup"), 0.14),
        (text.say("doctors-column-state"), 0.24),
    ]
    .map(|(name, share)| Column { name, share });
    let doctors = &view.state.doctors;
    let pressable = |index: usize| {
        doctors.get(index).map(|doctor| Pressable {
            key: Id::unique(("doctor", doctor.name.as_str())).value(),
            name: text.doctor_name(&doctor.name),
        })
    };
    let row = |index: usize| match doctors.get(index) {
        Some(doctor) => row(palette, view, doctor, subject.as_ref()),
        None => Row::default(),
    };
    table(ui, &columns, doctors.len(), row, pressable)
}

fn row(
    palette: &Palette,
    view: &View<'_>,
    doctor: &KnownDoctor,
    subject: Option<&DoctorName>,
) -> Row {
    let text = view.text;
    let now = view.state.now;
    let name = (text.doctor_name(&doctor.name), palette.text);
    let checking = view.state.checking.contains(&doctor.name);
    let server = (text.server(doctor), palette.text);
    let checked = match doctor.server.checked_at() {
        _ if checking => text.say("recordings-checking"),
        Some(checked) => text.ago(checked, now),
        None => String::new(),
    };
    let checked = (checked, palette.muted);
    let backup = (text.last_backup(doctor, now), palette.text);
    let state = (
        text.doctor_state(doctor, now),
        state_colour(palette, doctor, view.state),
    );
    let known = [&server.0, &checked.0]
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(&text.list_separator());
    Row {
        lines: [name.clone(), state.clone(), (known, palette.muted)],
        cells: vec![name, server, checked, backup, state],
        chosen: subject == Some(&doctor.name),
    }
}

fn state_colour(palette: &Palette, doctor: &KnownDoctor, state: &State) -> Color32 {
    if Text::is_stale(doctor, state.now) {
        return palette.muted;
    }
    match doctor.state() {
        DoctorState::BackedUp => palette.success,
        DoctorState::BackupMissing
        | DoctorState::BackupAltered
        | DoctorState::Unfit(_)
        | DoctorState::DeleteNotConfirmed => palette.danger,
        DoctorState::NotBackedUp
        | DoctorState::BackedUpCannotCompare
        | DoctorState::ChangedSinceBackup
        | DoctorState::CouldNotCheck => palette.warning,
        DoctorState::NotChecked | DoctorState::NothingThere | DoctorState::DeletedNothingThere => {
            palette.muted
        }
    }
}
