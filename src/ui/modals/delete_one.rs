use std::cell::Cell;

use egui::{Id, Ui};

use crate::domain::{
    Backup, BackupComparison, DeletionRule, DeletionSurvey, DoctorName, Failure, ServerCopy,
};
use crate::state::{Action, ConfirmedChoice, Job, JobId};
use crate::text::Text;
use crate::ui::View;
use crate::ui::drafts::DeletionDraft;
use crate::ui::modals::{approval, reason};
use crate::ui::offers::Offer;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::tray::{done, status};
use crate::ui::widgets::{
    Button, Fact, announce, ask, banner, facts_down, modal_buttons, progress_bar, wrapped,
    wrapped_with_strong,
};

/// Delete one doctor's recordings? Returns whether Escape was pressed.
pub fn show(
    ui: &mut Ui,
    view: &mut View<'_>,
    draft: &mut DeletionDraft,
    id: Id,
    doctor: &DoctorName,
    survey: Option<&DeletionSurvey>,
) -> bool {
    if let Some(job) = view.state.running_comparison(doctor) {
        return comparing(ui, view, id, doctor, job);
    }
    match survey.map(|survey| (survey, &survey.server)) {
        None => looking(ui, view, id, doctor),
        Some((survey, Ok(Some(copy)))) => found(ui, view, draft, id, survey, copy),
        Some((survey, Ok(None))) => nothing(ui, view, id, &survey.doctor),
        Some((survey, Err(failure))) => unchecked(ui, view, id, &survey.doctor, failure),
    }
}

fn looking(ui: &Ui, view: &mut View<'_>, id: Id, doctor: &DoctorName) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let name = || doctor.as_str().into();
    let title = text.say_with("delete-title", &[("doctor", name())]);
    let cancel = text.say("button-cancel");
    let body = |ui: &mut Ui| {
        let said = text.say_with("delete-checking", &[("doctor", name())]);
        announce(&wrapped(ui, Type::Body, palette.muted, said));
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("looking"), &title, body, |ui, fresh| {
        let button = Button::secondary(&cancel).taking_focus(fresh);
        modal_buttons(ui, Vec::new(), vec![(button, ())])
    });
    if pressed.is_some() {
        view.act(Action::CloseModal);
    }
    escaped
}

/// While the comparison runs that was asked for in the question, which comes back after it.
fn comparing(
    ui: &Ui,
    view: &mut View<'_>,
    id: Id,
    doctor: &DoctorName,
    (job, running): (JobId, &Job),
) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let name = || doctor.as_str().into();
    let title = text.say_with("delete-title", &[("doctor", name())]);
    let end = Offer::Cancel(job);
    let cancel = end.name(text);
    let bar = text.say("tray-bar");
    let body = |ui: &mut Ui| {
        let said = text.say_with("compare-in-question", &[("doctor", name())]);
        announce(&wrapped(ui, Type::Body, palette.text, said));
        let width = ui.available_width();
        progress_bar(ui, width, done(running), palette.primary, &bar);
        wrapped(ui, Type::Small, palette.muted, status(text, running));
    };
    let (escaped, pressed) = ask(
        ui,
        id,
        Id::unique("comparing"),
        &title,
        body,
        |ui, fresh| {
            let button = Button::secondary(&cancel)
                .enabled(end.is_enabled(view.state))
                .taking_focus(fresh);
            modal_buttons(ui, Vec::new(), vec![(button, ())])
        },
    );
    if pressed.is_some() {
        view.act(end.action());
    }
    escaped
}

fn found(
    ui: &Ui,
    view: &mut View<'_>,
    draft: &mut DeletionDraft,
    id: Id,
    survey: &DeletionSurvey,
    copy: &ServerCopy,
) -> bool {
    let text = view.text;
    let state = view.state;
    let name = survey.doctor.as_str().into();
    let title = text.say_with("delete-title", &[("doctor", name)]);
    let names = Names::of(text, copy, &survey.backup);
    let cancel = text.say("button-cancel");
    let offer = Offer::Compare(survey.doctor.clone());
    let mut compare = false;
    let may_delete = Cell::new(false);
    let body = |ui: &mut Ui| {
        let palette = Palette::here(ui);
        let low = ui.ctx().content_rect().height() < size::LOW;
        if low {
            // What is warned of, and whether there is a backup, is seen without scrolling.
            let said = text.say("delete-warning-short");
            wrapped(ui, Type::Small, palette.warning, said);
            facts(ui, view, survey, copy);
        }
        if let Some(account) = state.account() {
            let person = account.person.as_deref().unwrap_or_default();
            wrapped_with_strong(ui, palette.text, &text.deleting_as(account), person);
        }
        if !low {
            facts(ui, view, survey, copy);
        }
        if can_be_compared(&survey.backup) {
            let name = offer.name(text);
            let is_enabled = offer.is_enabled(state);
            compare = Button::link(&name).small().enabled(is_enabled).pressed(ui);
        }
        banner(ui, palette.warning_soft, |ui| {
            wrapped(ui, Type::Small, palette.warning, text.say("delete-warning"));
        });
        reason::show(ui, text, draft);
        approval::show(ui, view, draft, false);
        may_delete.set(approval::is_complete(view, draft, false));
    };
    let wants_backup = text.say("delete-rule-backup");
    let wants_one = |choice| {
        let keeps = matches!(survey.backup, BackupComparison::Same(_));
        let rests_on_one = choice == ConfirmedChoice::BackUpFirst || keeps;
        state.rules.has(DeletionRule::Backup) && !rests_on_one
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("found"), &title, body, |ui, fresh| {
        let cancel = Button::secondary(&cancel).taking_focus(fresh);
        let (set_apart, stands_out) = names.buttons();
        let ruled = |(button, pressed)| match pressed {
            Pressed::Confirm(choice) if wants_one(choice) => {
                let button = Button::enabled(button, false);
                (button.why_not(Some(&wants_backup)), pressed)
            }
            Pressed::Confirm(_) => (button.enabled(may_delete.get()), pressed),
            Pressed::Keep | Pressed::Cancel => (button, pressed),
        };
        let right = [Some((cancel, Pressed::Cancel)), stands_out.map(ruled)];
        let left = vec![ruled(set_apart)];
        modal_buttons(ui, left, right.into_iter().flatten().collect())
    });
    if compare {
        view.act(offer.action());
    }
    match pressed {
        Some(Pressed::Confirm(choice)) => view.act(Action::ConfirmDelete {
            choice,
            reason: draft.reason(),
            approval: approval::take(draft),
        }),
        Some(Pressed::Keep) => view.act(Action::KeepAsItIs),
        Some(Pressed::Cancel) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}

/// Whether the contents would tell more than is known of how the backup stands.
const fn can_be_compared(backup: &BackupComparison) -> bool {
    matches!(
        backup,
        BackupComparison::CannotCompare(_) | BackupComparison::Changed(_)
    )
}

fn facts(ui: &mut Ui, view: &View<'_>, survey: &DeletionSurvey, copy: &ServerCopy) {
    let palette = Palette::here(ui);
    let text = view.text;
    let now = view.state.now;
    let mut facts = vec![
        Fact {
            name: text.say("delete-fact-server"),
            value: text.copy_checked(copy, survey.checked_at, now),
            colour: palette.text,
        },
        Fact {
            name: text.say("delete-fact-backup"),
            value: text.backup_comparison(&survey.backup, copy, now),
            colour: match survey.backup {
                BackupComparison::Same(_) => palette.success,
                _ => palette.warning,
            },
        },
    ];
    if ui.ctx().content_rect().height() < size::LOW {
        facts.reverse();
    }
    if let Some(unfit) = copy.unfit {
        let contents = Fact {
            name: text.say("delete-fact-contents"),
            value: text.why_unfit(unfit),
            colour: palette.danger,
        };
        facts.insert(1, contents);
    }
    let kept = match &survey.backup {
        BackupComparison::None | BackupComparison::Missing(_) => None,
        kept => kept.backup(),
    };
    if let Some(folder) = kept.and_then(|backup| backup.path.parent()) {
        facts.push(Fact {
            name: text.say("delete-fact-kept-in"),
            value: folder.display().to_string(),
            colour: palette.text,
        });
        facts.extend(place_of_backup(palette, view, kept));
        if kept.is_some_and(|backup| !backup.flushed) {
            facts.push(Fact {
                name: String::new(),
                value: text.say("delete-backup-not-flushed"),
                colour: palette.warning,
            });
        }
    }
    facts_down(ui, &facts);
}

/// What is known of the folder that the backup lies in, under the folder's name.
fn place_of_backup(palette: &Palette, view: &View<'_>, backup: Option<&Backup>) -> Vec<Fact> {
    let Some(place) = backup.and_then(|backup| view.state.place_of(&backup.path)) else {
        return Vec::new();
    };
    let colour = if place.may_lose_files() {
        palette.warning
    } else {
        palette.text
    };
    let sentences = view.text.place_of_backup(place).into_iter();
    sentences
        .map(|value| Fact {
            name: String::new(),
            value,
            colour,
        })
        .collect()
}

/// The buttons of the question where something is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pressed {
    Cancel,
    Confirm(ConfirmedChoice),
    /// Keeps what can be no backup, and deletes nothing.
    Keep,
}

/// The labels of its buttons, by what is there and how the backup stands.
struct Names {
    delete: (String, ConfirmedChoice),
    /// What saves the recording first; of nothing, there is nothing to save.
    save: Option<(String, Pressed)>,
    delete_stands_out: bool,
}

impl Names {
    fn of(text: &Text, copy: &ServerCopy, backup: &BackupComparison) -> Self {
        let back_up = Pressed::Confirm(ConfirmedChoice::BackUpFirst);
        match backup {
            BackupComparison::Same(_) => Self {
                delete: (
                    text.say("delete-button-delete"),
                    ConfirmedChoice::KeepingBackup,
                ),
                save: Some((text.say("delete-button-back-up-again"), back_up)),
                delete_stands_out: true,
            },
            BackupComparison::CannotCompare(_) if copy.unfit.is_none() => Self {
                delete: (
                    text.say("delete-button-keeping"),
                    ConfirmedChoice::KeepingBackup,
                ),
                save: Some((text.say("delete-button-back-up-again"), back_up)),
                delete_stands_out: false,
            },
            BackupComparison::None
            | BackupComparison::CannotCompare(_)
            | BackupComparison::Changed(_)
            | BackupComparison::Missing(_)
            | BackupComparison::Altered(_) => Self {
                delete: (
                    text.say("delete-button-without-backup"),
                    ConfirmedChoice::WithoutBackup,
                ),
                save: match (copy.unfit, copy.length) {
                    (None, _) => Some((text.say("delete-button-back-up"), back_up)),
                    (Some(_), Some(0)) => None,
                    (Some(_), _) => Some((text.say("button-keep-as-it-is"), Pressed::Keep)),
                },
                delete_stands_out: false,
            },
        }
    }

    /// The one that is set apart, and the one that stands out. Return presses neither of those that
    /// delete.
    fn buttons(&self) -> ((Button<'_>, Pressed), Option<(Button<'_>, Pressed)>) {
        let (delete, choice) = (&self.delete.0, Pressed::Confirm(self.delete.1));
        if self.delete_stands_out
            && let Some((save, pressed)) = &self.save
        {
            let save = Button::secondary(save).ignoring_return();
            let delete = Button::danger(delete).ignoring_return();
            return ((save, *pressed), Some((delete, choice)));
        }
        let delete = Button::danger_outline(delete).ignoring_return();
        let save = self.save.as_ref().map(|(save, pressed)| {
            let save = Button::primary(save);
            match pressed {
                Pressed::Keep => (save, *pressed),
                _ => (save.ignoring_return(), *pressed),
            }
        });
        ((delete, choice), save)
    }
}

fn nothing(ui: &Ui, view: &mut View<'_>, id: Id, doctor: &DoctorName) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let title = text.say_with(
        "delete-nothing-title",
        &[("doctor", doctor.as_str().into())],
    );
    let forget = text.say("delete-button-forget");
    let close = text.say("button-close");
    let body = |ui: &mut Ui| {
        announce(&wrapped(
            ui,
            Type::Body,
            palette.text,
            text.say("delete-nothing-body"),
        ));
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("nothing"), &title, body, |ui, fresh| {
        let forget = Button::secondary(&forget).ignoring_return();
        let close = Button::primary(&close).taking_focus(fresh);
        modal_buttons(ui, vec![(forget, true)], vec![(close, false)])
    });
    match pressed {
        Some(true) => view.act(Action::Forget(doctor.clone())),
        Some(false) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}

fn unchecked(ui: &Ui, view: &mut View<'_>, id: Id, doctor: &DoctorName, failure: &Failure) -> bool {
    enum Pressed {
        Details,
        Close,
        Again,
    }
    let palette = Palette::here(ui);
    let text = view.text;
    let title = text.say_with(
        "delete-unchecked-title",
        &[("doctor", doctor.as_str().into())],
    );
    let shown = Offer::Details(Some(doctor.clone()), failure.clone());
    let details = shown.name(text);
    let close = text.say("button-close");
    let again = text.say("button-try-again");
    let body = |ui: &mut Ui| {
        let said = text.failure(&failure.kind);
        announce(&wrapped(ui, Type::Body, palette.text, said));
    };
    let (escaped, pressed) = ask(
        ui,
        id,
        Id::unique("unchecked"),
        &title,
        body,
        |ui, fresh| {
            let right = vec![
                (
                    Button::secondary(&close).taking_focus(fresh),
                    Pressed::Close,
                ),
                (Button::primary(&again), Pressed::Again),
            ];
            let details = Button::secondary(&details);
            modal_buttons(ui, vec![(details, Pressed::Details)], right)
        },
    );
    match pressed {
        Some(Pressed::Details) => view.act(shown.action()),
        Some(Pressed::Close) => view.act(Action::CloseModal),
        Some(Pressed::Again) => view.act(Action::SurveyAgain),
        None => {}
    }
    escaped
}
