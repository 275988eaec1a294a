//! What is on show of one service's deletes when somebody signs in at another.

use audio_housekeeper::domain::{
    Account, DeletionOutcome, Failure, FailureKind, Holder, OperationId, ServiceOrigin,
    TokenKeeping,
};
use audio_housekeeper::engine::{
    DeletionReport, Event, JobEnding, JobId, JobKind, JobProgress, SignedOutBecause, Unfinished,
};
use audio_housekeeper::state::{Action, Message, Modal, ResultKind, SideEffect, State};
use jiff::Timestamp;

use crate::{name, signed_in, tell};

fn operation() -> OperationId {
    OperationId::from_bytes([1; 16])
}

fn origin(address: &str) -> ServiceOrigin {
    ServiceOrigin::parse(address).unwrap()
}

fn sign_in(state: &mut State, generation: u64, origin: &ServiceOrigin) {
    let account = Account {
        origin: origin.clone(),
        holder: Holder::User("front.desk".into()),
        person: None,
        user_name: Some("front.desk".into()),
        keeping: TokenKeeping::Memory,
        ends_at: None,
    };
    let keychain = None;
    tell(
        state,
        generation,
        Event::SignedIn {
            account,
            goes_on: false,
            keychain,
            by_hand: true,
            is_locked: false,
        },
    );
}

fn report(outcome: DeletionOutcome) -> DeletionReport {
    DeletionReport {
        outcome,
        failure: None,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    }
}

fn deleted(outcome: DeletionOutcome) -> Event {
    let ending = Box::new(JobEnding::Delete {
        doctor: name("Dr. A"),
        operation: operation(),
        report: report(outcome),
        backup: None,
    });
    Event::JobEnded {
        id: JobId(1),
        ending,
    }
}

#[test]
fn what_is_not_known_of_a_delete_stays_as_of_its_own_service_and_is_at_home_there_again() {
    let mut state = signed_in();
    let (home, other) = (
        origin(ServiceOrigin::DEFAULT),
        origin("https://other.example"),
    );
    tell(&mut state, 1, deleted(DeletionOutcome::NotKnown));
    state.results_are_seen();
    let shown = state.results[0].ending.clone();
    tell(&mut state, 2, Event::SignedOut(SignedOutBecause::Ended));
    for generation in [3, 4] {
        sign_in(&mut state, generation, &other);
        let elsewhere = ResultKind::Elsewhere {
            service: home.clone(),
            ending: Box::new(shown.clone()),
        };
        assert_eq!(state.results.len(), 1);
        assert_eq!(state.results[0].ending, elsewhere);
        assert!(state.results[0].needs_answer());
    }
    sign_in(&mut state, 5, &home);
    assert_eq!(state.results[0].ending, shown);
}

#[test]
fn the_end_of_a_delete_that_nobody_has_seen_does_not_go_with_a_sign_in_at_another_service() {
    for is_seen in [false, true] {
        let mut state = signed_in();
        tell(&mut state, 1, deleted(DeletionOutcome::Gone));
        if is_seen {
            state.results_are_seen();
        }
        sign_in(&mut state, 3, &origin("https://other.example"));
        assert_eq!(state.results.is_empty(), is_seen);
    }
}

#[test]
fn a_later_look_at_a_delete_of_another_service_is_put_where_that_delete_stands() {
    let mut state = signed_in();
    let home = origin(ServiceOrigin::DEFAULT);
    tell(&mut state, 1, deleted(DeletionOutcome::NotKnown));
    sign_in(&mut state, 3, &origin("https://other.example"));
    let Event::JobEnded { ending, .. } = deleted(DeletionOutcome::Gone) else {
        return;
    };
    let JobEnding::Delete { report, .. } = *ending.clone() else {
        return;
    };
    let looked_again = Event::LookedAgain {
        operation: operation(),
        doctor: Some(name("Dr. A")),
        report,
    };
    let event = Event::Elsewhere {
        service: home.clone(),
        event: Box::new(looked_again),
    };
    tell(&mut state, 3, event);
    let ending = Box::new(ResultKind::Ended(*ending));
    let service = home;
    assert_eq!(state.results.len(), 1);
    assert_eq!(
        state.results[0].ending,
        ResultKind::Elsewhere { service, ending }
    );
}

#[test]
fn what_can_be_dealt_with_only_elsewhere_is_still_there_once_somebody_is() {
    let (home, other) = (
        origin(ServiceOrigin::DEFAULT),
        origin("https://other.example"),
    );
    let mut state = signed_in();
    sign_in(&mut state, 3, &other);
    let event = Event::Elsewhere {
        service: home.clone(),
        event: Box::new(deleted(DeletionOutcome::Gone)),
    };
    tell(&mut state, 3, event);
    state.results_are_seen();
    tell(
        &mut state,
        4,
        Event::SignedOut(SignedOutBecause::SignOut(None)),
    );
    sign_in(&mut state, 5, &other);
    assert_eq!(state.results.len(), 1);
    sign_in(&mut state, 6, &home);
    assert!(matches!(
        state.results[0].ending,
        ResultKind::Ended(JobEnding::Delete { .. })
    ));
}

#[test]
fn messages_are_of_the_service_that_they_were_told_of() {
    let home = origin(ServiceOrigin::DEFAULT);
    let mut state = signed_in();
    let failure = Failure::new(FailureKind::TimedOut, Timestamp::UNIX_EPOCH, "");
    let doctor = Some(name("Dr. A"));
    state.tell(Message::NothingThere(name("Dr. A")));
    let failed = Event::Failed {
        doctor: doctor.clone(),
        failure: failure.clone(),
    };
    tell(&mut state, 1, failed.clone());
    sign_in(&mut state, 3, &origin("https://other.example"));
    // One that comes later is told alike.
    let event = Event::Elsewhere {
        service: home.clone(),
        event: Box::new(failed),
    };
    tell(&mut state, 3, event);
    let told: Vec<_> = state.toasts.iter().map(|toast| &toast.message).collect();
    let expected = Message::FailedElsewhere {
        service: home,
        doctor,
        failure,
    };
    assert_eq!(told, [&expected, &expected]);
}

/// Nothing was cut off: the app ran all the time.
#[test]
fn a_later_look_at_a_delete_that_was_dismissed_is_shown_as_that_delete() {
    let mut state = signed_in();
    tell(&mut state, 1, deleted(DeletionOutcome::NotKnown));
    let number = state.results[0].number;
    state.update(Action::Dismiss(number));
    let Event::JobEnded { ending, .. } = deleted(DeletionOutcome::Gone) else {
        return;
    };
    let JobEnding::Delete { report, .. } = *ending.clone() else {
        return;
    };
    let looked_again = Event::LookedAgain {
        operation: operation(),
        doctor: Some(name("Dr. A")),
        report,
    };
    tell(&mut state, 1, looked_again);
    assert_eq!(state.results[0].ending, ResultKind::Ended(*ending));
}

fn deleting(state: &mut State, progress: JobProgress) {
    let (id, kind) = (JobId(1), JobKind::Delete(name("Dr. A")));
    tell(state, 1, Event::JobStarted { id, kind });
    state.apply_progress(&[(id, progress)].into());
}

#[test]
fn closing_asks_until_what_was_sent_is_answered_whoever_has_signed_in_since() {
    let left: [fn(&mut State); 2] = [
        |state| {
            let because = SignedOutBecause::SignOut(None);
            tell(state, 2, Event::SignedOut(because));
        },
        |state| sign_in(state, 2, &origin("https://other.example")),
    ];
    for leave in left {
        for progress in [JobProgress::Deleting, JobProgress::Verifying] {
            let mut state = signed_in();
            deleting(&mut state, progress);
            leave(&mut state);
            assert!(state.update(Action::Close).is_empty());
            assert_eq!(state.modals, [Modal::CloseWhileBusy]);
            state.update(Action::CloseModal);
            let event = Event::Elsewhere {
                service: origin(ServiceOrigin::DEFAULT),
                event: Box::new(deleted(DeletionOutcome::NotKnown)),
            };
            tell(&mut state, 2, event);
            let closed = state.update(Action::Close);
            assert!(matches!(closed[..], [SideEffect::CloseWindow]));
        }
    }
}

#[test]
fn a_delete_that_was_not_sent_keeps_no_window_open_after_its_sign_in() {
    let mut state = signed_in();
    deleting(&mut state, JobProgress::Looking);
    let because = SignedOutBecause::SignOut(None);
    tell(&mut state, 2, Event::SignedOut(because));
    let closed = state.update(Action::Close);
    assert!(matches!(closed[..], [SideEffect::CloseWindow]));
}

fn not_looked_into(service: &ServiceOrigin) -> Event {
    let unfinished = Unfinished::NotLookedInto {
        doctor: Some(name("Dr. A")),
        operation: operation(),
        at: Timestamp::UNIX_EPOCH,
    };
    Event::Elsewhere {
        service: service.clone(),
        event: Box::new(Event::FoundAtStart(vec![unfinished])),
    }
}

#[test]
fn what_is_not_looked_into_elsewhere_is_named_once_and_stands_until_it_is() {
    let (home, other) = (
        origin(ServiceOrigin::DEFAULT),
        origin("https://other.example"),
    );
    let mut state = signed_in();
    for _ in 0..2 {
        tell(&mut state, 1, not_looked_into(&other));
    }
    assert_eq!(state.results.len(), 1);
    assert!(state.results[0].needs_answer());
    state.results_are_seen();
    let because = SignedOutBecause::SignOut(None);
    tell(&mut state, 2, Event::SignedOut(because));
    sign_in(&mut state, 3, &home);
    assert_eq!(state.results.len(), 1);
    // There it is looked into at once, and what is found is told in its place.
    sign_in(&mut state, 4, &other);
    assert_eq!(state.results, []);
    tell(&mut state, 4, not_looked_into(&other));
    let found = Unfinished::Delete {
        doctor: Some(name("Dr. A")),
        operation: operation(),
        report: report(DeletionOutcome::Gone),
        may_be_recorded: false,
    };
    tell(&mut state, 4, Event::FoundAtStart(vec![found.clone()]));
    let shown: Vec<_> = state.results.iter().map(|shown| &shown.ending).collect();
    assert_eq!(shown, [&ResultKind::FromEarlier(found)]);
}
