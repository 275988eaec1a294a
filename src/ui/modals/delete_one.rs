use egui::{Id, Ui};

use crate::domain::{Backup, BackupComparison, DeletionSurvey, DoctorName, Failure, ServerCopy};
use crate::state::{Action, ConfirmedChoice};
use crate::ui::View;
use crate::ui::drafts::DeletionDraft;
use crate::ui::modals::reason;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{
    Button, Fact, announce, ask, banner, facts_down, modal_buttons, wrapped, wrapped_with_strong,
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
        banner(ui, palette.warning_soft, |ui| {
            wrapped(ui, Type::Small, palette.warning, text.say("delete-warning"));
        });
        reason::show(ui, text, draft);
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("found"), &title, body, |ui, fresh| {
        let cancel = Button::secondary(&cancel).taking_focus(fresh);
        let (left, stands_out) = names.buttons();
        let mut right = vec![(cancel, None)];
        right.extend(stands_out.map(|(button, choice)| (button, Some(choice))));
        modal_buttons(ui, vec![(left.0, Some(left.1))], right)
    });
    match pressed {
        Some(Some(choice)) => view.act(Action::ConfirmDelete {
            choice,
            reason: draft.reason(),
        }),
        Some(None) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
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
            value: text.backup_comparison(&survey.backup, now),
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

/// The labels of the buttons that delete, by what is there and how the backup stands.
struct Names {
    /// Nothing that can be no backup is backed up.
    back_up: Option<String>,
    delete: String,
    stands_out: ConfirmedChoice,
    delete_is: ConfirmedChoice,
}

impl Names {
    fn of(text: &crate::text::Text, copy: &ServerCopy, backup: &BackupComparison) -> Self {
        match backup {
            BackupComparison::Same(_) => Self {
                back_up: Some(text.say("delete-button-back-up-again")),
                delete: text.say("delete-button-delete"),
                stands_out: ConfirmedChoice::KeepingBackup,
                delete_is: ConfirmedChoice::KeepingBackup,
            },
            BackupComparison::CannotCompare(_) => Self {
                back_up: Some(text.say("delete-button-back-up-again")),
                delete: text.say("delete-button-keeping"),
                stands_out: ConfirmedChoice::BackUpFirst,
                delete_is: ConfirmedChoice::KeepingBackup,
            },
            BackupComparison::None
            | BackupComparison::Changed(_)
            | BackupComparison::Missing(_)
            | BackupComparison::Altered(_) => Self {
                back_up: (copy.unfit.is_none()).then(|| text.say("delete-button-back-up")),
                delete: text.say("delete-button-without-backup"),
                stands_out: ConfirmedChoice::BackUpFirst,
                delete_is: ConfirmedChoice::WithoutBackup,
            },
        }
    }

    /// The one that is set apart, and the one that stands out. Return presses neither.
    fn buttons(
        &self,
    ) -> (
        (Button<'_>, ConfirmedChoice),
        Option<(Button<'_>, ConfirmedChoice)>,
    ) {
        let delete_is = self.delete_is;
        let set_apart = Button::danger_outline(&self.delete).ignoring_return();
        let Some(back_up) = &self.back_up else {
            return ((set_apart, delete_is), None);
        };
        let choice = ConfirmedChoice::BackUpFirst;
        if self.stands_out == choice {
            let back_up = Button::primary(back_up).ignoring_return();
            ((set_apart, delete_is), Some((back_up, choice)))
        } else {
            let back_up = Button::secondary(back_up).ignoring_return();
            let delete = Button::danger(&self.delete).ignoring_return();
            ((back_up, choice), Some((delete, delete_is)))
        }
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
    let details = text.say("button-details");
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
        Some(Pressed::Details) => view.act(Action::ShowDetails {
            doctor: Some(doctor.clone()),
            failure: failure.clone(),
        }),
        Some(Pressed::Close) => view.act(Action::CloseModal),
        Some(Pressed::Again) => view.act(Action::SurveyAgain),
        None => {}
    }
    escaped
}
