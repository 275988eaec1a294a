use std::cell::Cell;

use egui::{Id, Ui};

use crate::domain::{DeletionPlan, DoctorTally};
use crate::state::{Action, Job, JobProgress};
use crate::text::Text;
use crate::ui::View;
use crate::ui::drafts::DeletionDraft;
use crate::ui::modals::{Figures, approval, reason};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{
    Button, Fact, Field, Limit, ask, banner, facts_down, label, modal_buttons, wrapped,
    wrapped_with_strong,
};

/// Delete everything? `stands`: its figures are all there. Returns whether Escape was pressed.
pub fn show(
    ui: &mut Ui,
    view: &mut View<'_>,
    draft: &mut DeletionDraft,
    id: Id,
    (figures, stands): (&Figures, bool),
) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let state = view.state;
    let title = text.say("delete-all-title");
    let cancel = text.say("button-cancel");
    let still = text.say("delete-all-still-looking");
    let delete = text.say("delete-all-button");
    let back_up_first = Cell::new(false);
    let survey = state.running_survey();
    let stop = Cell::new(false);
    let typed = Cell::new(false);
    let body = |ui: &mut Ui| {
        if let Some(account) = state.account() {
            let person = account.person.as_deref().unwrap_or_default();
            wrapped_with_strong(ui, palette.text, &text.deleting_as(account), person);
        }
        wrapped(ui, Type::Body, palette.text, text.say("delete-all-body"));
        facts_down(ui, &facts(palette, text, &figures.tally));
        if let Some((_, job)) = survey {
            stop.set(looking(ui, text, job));
        }
        if let Some(said) = text.backups_that_may_be_lost(figures.may_be_lost) {
            wrapped(ui, Type::Small, palette.warning, said);
        }
        if let Some(first) = text.check_first(&figures.tally).filter(|_| stands) {
            banner(ui, palette.selected, |ui| {
                let button = text.say("delete-all-first-button");
                ui.spacing_mut().item_spacing.y = 2.0;
                wrapped(ui, Type::Small, palette.primary, first);
                back_up_first.set(Button::link(&button).small().pressed(ui));
            });
        }
        reason::show(ui, text, draft);
        let name = text.say_with(
            "delete-all-phrase",
            &[("phrase", DeletionPlan::PHRASE.into())],
        );
        let limit = Limit::new(text, DeletionPlan::PHRASE.chars().count());
        Field::new(Id::unique("phrase"), &name, &limit).show(ui, &mut draft.phrase);
        approval::show(ui, view, draft, true);
        let is_complete = approval::is_complete(view, draft, true);
        typed.set(draft.phrase.trim() == DeletionPlan::PHRASE && is_complete);
    };
    let (escaped, pressed) = ask(
        ui,
        id,
        Id::unique("delete all"),
        &title,
        body,
        |ui, fresh| {
            let cancel = Button::secondary(&cancel).taking_focus(fresh);
            let mut delete = Button::danger(&delete)
                .enabled(typed.get() && stands && survey.is_none())
                .ignoring_return();
            if survey.is_some() || !stands {
                delete = delete.why_not(Some(&still));
            }
            modal_buttons(ui, Vec::new(), vec![(cancel, false), (delete, true)])
        },
    );
    if let Some((id, _)) = survey.filter(|_| stop.get()) {
        view.act(Action::Cancel(id));
    }
    if back_up_first.get() {
        view.act(Action::CheckAndBackUpFirst);
    }
    match pressed {
        Some(true) => view.act(Action::ConfirmDeleteAll {
            phrase: draft.phrase.clone(),
            reason: draft.reason(),
            approval: approval::take(draft),
        }),
        Some(false) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}

/// How many doctors were looked at by now. Whether that is to be stopped.
fn looking(ui: &mut Ui, text: &Text, job: &Job) -> bool {
    let palette = Palette::here(ui);
    let said = match job.progress {
        JobProgress::Counting { done, of } => text.say_with(
            "delete-all-looking",
            &[("done", done.into()), ("of", of.into())],
        ),
        _ => text.say("delete-all-begins-looking"),
    };
    let stop = text.say("delete-all-stop-looking");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        label(ui, Type::Small, palette.muted, said);
        Button::link(&stop).small().pressed(ui)
    })
    .inner
}

fn facts(palette: &Palette, text: &Text, tally: &DoctorTally) -> Vec<Fact> {
    let mut facts = vec![
        Fact {
            name: text.say("delete-all-listed"),
            value: text.tally(tally),
            colour: palette.text,
        },
        Fact {
            name: text.say("delete-all-backed-up"),
            value: text.tally_backed_up(tally),
            colour: if tally.backed_up > 0 {
                palette.success
            } else {
                palette.text
            },
        },
        Fact {
            name: text.say("delete-all-not-backed-up"),
            value: text.counted_names(&tally.not_backed_up),
            colour: if tally.not_backed_up.is_empty() {
                palette.text
            } else {
                palette.danger
            },
        },
    ];
    if !tally.not_checked.is_empty() {
        facts.push(Fact {
            name: text.say("delete-all-not-checked"),
            value: text.counted_names(&tally.not_checked),
            colour: palette.warning,
        });
    }
    facts
}
