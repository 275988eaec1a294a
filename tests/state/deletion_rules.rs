//! What is typed to have a delete carried out: what comes of it, and what ends it.

use audio_housekeeper::domain::{
    Approval, DeletionRule, DeletionRules, Failure, FailureKind, RuleChange, Secret,
};
use audio_housekeeper::engine::{Command, Event, JobId, JobKind};
use audio_housekeeper::state::{Action, ConfirmedChoice, Message, Modal, SideEffect, State};
use jiff::Timestamp;

use crate::{commands, name, signed_in, survey, tell};

/// A question for a delete whose password is being checked.
fn checking() -> State {
    let mut state = signed_in();
    let rules = DeletionRules::default().with(DeletionRule::Password);
    tell(&mut state, 1, Event::DeletionRules(rules));
    asked(&mut state);
    let effects = confirm(&mut state, ConfirmedChoice::WithoutBackup);
    assert!(matches!(commands(&effects)[..], [Command::Delete { .. }]));
    assert!(state.is_approving() && state.modals.len() == 1);
    state
}

fn asked(state: &mut State) {
    state.update(Action::AskDelete(name("Dr. A")));
    tell(state, 1, Event::Surveyed(survey("Dr. A")));
}

fn confirm(state: &mut State, choice: ConfirmedChoice) -> Vec<SideEffect> {
    state.update(Action::ConfirmDelete {
        choice,
        reason: None,
        approval: Approval::default(),
    })
}

fn failed(kind: FailureKind) -> Event {
    Event::DeletionNotApproved {
        doctor: Some(name("Dr. A")),
        failure: Failure::new(kind, Timestamp::UNIX_EPOCH, ""),
    }
}

fn started(id: u64, kind: JobKind) -> Event {
    let id = JobId(id);
    Event::JobStarted { id, kind }
}

#[test]
fn closing_the_question_gives_up_what_is_being_checked() {
    let mut state = checking();
    let effects = state.update(Action::CloseModal);
    assert!(matches!(commands(&effects)[..], [Command::StopApproving]));
    assert!(state.modals.is_empty() && state.approval.is_none());
    // Of a question that only failed there is nothing to give up.
    let mut state = checking();
    tell(&mut state, 1, failed(FailureKind::PasswordNotAccepted));
    assert!(state.update(Action::CloseModal).is_empty());
}

#[test]
fn only_the_very_delete_that_begins_answers_its_question_and_ends_the_count() {
    for kind in [
        JobKind::CheckAll,
        JobKind::Download(name("Dr. A")),
        JobKind::Delete(name("Dr. B")),
        JobKind::DeleteAll,
    ] {
        let mut state = checking();
        tell(&mut state, 1, started(1, kind.clone()));
        assert!(state.is_approving() && state.modals.len() == 1, "{kind:?}");
        tell(&mut state, 1, started(2, JobKind::Delete(name("Dr. A"))));
        assert!(state.modals.is_empty() && state.approval.is_none());
    }
}

#[test]
fn another_job_that_starts_meanwhile_ends_no_count_of_wrong_passwords() {
    let mut state = checking();
    for number in 1..=5 {
        tell(&mut state, 1, started(number, JobKind::CheckAll));
        tell(&mut state, 1, failed(FailureKind::PasswordNotAccepted));
        confirm(&mut state, ConfirmedChoice::WithoutBackup);
    }
    assert!(state.password_tries.wait(state.now).is_some());
    assert!(!state.is_approving());
}

#[test]
fn a_failure_stands_in_its_own_question_only() {
    let mut state = checking();
    tell(&mut state, 1, failed(FailureKind::PasswordNotAccepted));
    state.update(Action::CloseModal);
    state.update(Action::AskDelete(name("Dr. B")));
    assert!(state.approval.is_none());
}

#[test]
fn what_could_not_be_asked_is_said_and_asks_nothing_again() {
    let mut state = checking();
    state.modals.clear();
    state.apply_refusal(failed(FailureKind::QueueFull));
    assert!(state.modals.is_empty() && state.approval.is_none());
    let said = &state.toasts.last().unwrap().message;
    assert!(matches!(said, Message::Failed { .. }));
}

#[test]
fn a_change_that_is_being_checked_is_not_taken_back() {
    let mut state = checking();
    state.modals.clear();
    state.approval = None;
    state.update(Action::ChangeRule(RuleChange::Rule(
        DeletionRule::Password,
        false,
    )));
    state.update(Action::LoosenRules(Secret::new("pw".into())));
    state.update(Action::CloseModal);
    assert!(matches!(state.modals[..], [Modal::LoosenRules { .. }]));
    let none = Event::DeletionRules(DeletionRules::default());
    tell(&mut state, 1, none);
    assert!(state.modals.is_empty());
}

#[test]
fn closing_another_question_gives_up_nothing() {
    let mut state = checking();
    state.modals.clear();
    state.update(Action::AskDelete(name("Dr. B")));
    assert!(state.update(Action::CloseModal).is_empty());
    assert!(state.is_approving());
    tell(&mut state, 1, started(1, JobKind::Delete(name("Dr. A"))));
    assert!(!state.is_approving());
}

#[test]
fn a_delete_that_begins_although_its_question_was_closed_is_stopped_at_once() {
    let mut state = checking();
    state.update(Action::CloseModal);
    let effects = tell(&mut state, 1, started(1, JobKind::Delete(name("Dr. A"))));
    assert!(matches!(
        commands(&effects)[..],
        [Command::Cancel(JobId(1))]
    ));
    // The next one is another.
    asked(&mut state);
    confirm(&mut state, ConfirmedChoice::WithoutBackup);
    let effects = tell(&mut state, 1, started(2, JobKind::Delete(name("Dr. A"))));
    assert!(effects.is_empty());
}
