//! A sign-in that ends: what waits for the next, and what is asked before it ends.

use std::path::PathBuf;

use audio_housekeeper::domain::{
    Account, Failure, FailureKind, Holder, KnownDoctor, Secret, ServiceOrigin, SignInWith,
    TokenKeeping,
};
use audio_housekeeper::engine::{
    CheckAllReport, Command, Event, JobEnding, JobId, JobKind, SignedOutBecause,
};
use audio_housekeeper::state::{Action, Batch, Modal, SideEffect, SignIn, SignInAgain, State};
use jiff::SignedDuration;

use crate::{commands, name, signed_in, tell};

/// The sign-in of somebody at a desk with so many doctors, that ends in so many seconds.
fn ends_in(seconds: i64, doctors: usize) -> State {
    let mut state = signed_in();
    for number in 0..doctors {
        let doctor = KnownDoctor::new(name(&format!("Dr. {number}")));
        tell(&mut state, 1, Event::Doctor(Box::new(doctor)));
    }
    let ends_at = state.now + SignedDuration::from_secs(seconds);
    let SignIn::In(account) = &mut state.sign_in else {
        panic!("nobody is signed in")
    };
    account.ends_at = Some(ends_at);
    state
}

fn signs_in_again(state: &mut State) -> Vec<SideEffect> {
    let account = Account {
        origin: ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap(),
        holder: Holder::User("front.desk".into()),
        person: Some("Front Desk".into()),
        user_name: Some("front.desk".into()),
        keeping: TokenKeeping::Keychain,
        ends_at: None,
    };
    let event = Event::SignedIn {
        account,
        goes_on: true,
        keychain: None,
        by_hand: true,
        is_locked: false,
    };
    tell(state, 1, event)
}

fn asked(state: &State) -> Option<&SignInAgain> {
    match state.modals.last() {
        Some(Modal::SignInAgain(asked)) => Some(asked),
        _ => None,
    }
}

#[test]
fn a_batch_that_fits_into_what_is_left_begins_and_another_asks_first() {
    for (seconds, doctors, begins) in [(30, 29, true), (30, 31, false), (-5, 31, true)] {
        let mut state = ends_in(seconds, doctors);
        let effects = state.update(Action::CheckAll);
        let begun =
            matches!(commands(&effects)[..], [Command::CheckAll(all)] if all.len() == doctors);
        assert_eq!(begun, begins, "{doctors} in {seconds} s");
        assert_eq!(asked(&state).is_none(), begins);
    }
    let mut state = signed_in();
    let doctor = KnownDoctor::new(name("Dr. A"));
    tell(&mut state, 1, Event::Doctor(Box::new(doctor)));
    let effects = state.update(Action::CheckAll);
    assert_eq!(commands(&effects).len(), 1, "nobody knows when it ends");
}

#[test]
fn what_was_measured_decides_whether_a_batch_fits() {
    let mut state = ends_in(30, 100);
    let id = JobId(1);
    let kind = JobKind::CheckAll;
    tell(&mut state, 1, Event::JobStarted { id, kind });
    state.now += SignedDuration::from_secs(10);
    let report = CheckAllReport {
        checked: 100,
        ..CheckAllReport::default()
    };
    let ending = Box::new(JobEnding::CheckAll(report));
    tell(&mut state, 1, Event::JobEnded { id, ending });
    assert_eq!(state.takes(&Batch::CheckAll), SignedDuration::from_secs(10));
    assert_eq!(commands(&state.update(Action::CheckAll)).len(), 1);
    state.now += SignedDuration::from_secs(11);
    assert!(state.update(Action::CheckAll).is_empty());
}

#[test]
fn what_was_asked_for_begins_after_the_sign_in_anyway_or_not() {
    let mut state = ends_in(5, 50);
    state.update(Action::CheckAll);
    let effects = signs_in_again(&mut state);
    assert!(matches!(commands(&effects)[..], [Command::CheckAll(_)]));
    assert!(state.modals.is_empty());

    let mut state = ends_in(5, 50);
    state.update(Action::CheckAll);
    let effects = state.update(Action::BeginAnyway);
    assert!(matches!(commands(&effects)[..], [Command::CheckAll(_)]));
    assert!(state.modals.is_empty());

    let mut state = ends_in(5, 50);
    state.update(Action::CheckAll);
    assert!(state.update(Action::CloseModal).is_empty());
    assert!(state.modals.is_empty());
    assert!(state.update(Action::BeginAnyway).is_empty());
}

#[test]
fn backups_that_are_put_off_lead_back_to_the_question_they_were_for() {
    let mut state = ends_in(60, 50);
    state.update(Action::AskDeleteAll);
    state.update(Action::CheckAndBackUpFirst);
    let folder = PathBuf::from("/backups");
    state.update(Action::FolderChosen(Some(folder)));
    let batch = asked(&state).unwrap().batch.clone();
    assert!(matches!(batch, Some(Batch::CheckAndBackUp { .. })));
    state.update(Action::CloseModal);
    assert!(matches!(state.modals[..], [Modal::DeleteAll { .. }]));
}

#[test]
fn a_sign_in_that_ends_while_it_is_asked_about_takes_what_was_asked_for_along() {
    let mut state = ends_in(5, 50);
    state.update(Action::CheckAll);
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
    let asks = asked(&state).unwrap();
    assert!(asks.has_ended);
    assert!(state.update(Action::CloseModal).is_empty());
    assert!(state.update(Action::BeginAnyway).is_empty());
    let effects = signs_in_again(&mut state);
    assert!(matches!(commands(&effects)[..], [Command::CheckAll(_)]));
}

#[test]
fn an_end_is_said_in_the_last_minutes_only() {
    for (seconds, is_soon) in [
        (301, false),
        (300, true),
        (1, true),
        (0, false),
        (-9, false),
    ] {
        assert_eq!(ends_in(seconds, 0).ends_soon().is_some(), is_soon);
    }
    let mut state = ends_in(60, 0);
    state.update(Action::AskToSignIn);
    assert!(asked(&state).is_some_and(|asks| !asks.has_ended && asks.batch.is_none()));
    assert!(signs_in_again(&mut state).is_empty());
    assert!(state.modals.is_empty());
}

#[test]
fn the_window_can_be_closed_while_the_sheet_stands_over_that_question() {
    let mut state = signed_in();
    let id = JobId(1);
    let kind = JobKind::Download(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id, kind });
    state.update(Action::Close);
    assert_eq!(state.modals, [Modal::CloseWhileBusy]);
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
    let effects = state.update(Action::Close);
    assert!(effects.is_empty());
    assert_eq!(state.modals.last(), Some(&Modal::CloseWhileBusy));
}

#[test]
fn a_batch_that_is_asked_for_while_the_form_stands_is_begun_with_it() {
    for ends in [false, true] {
        let mut state = ends_in(60, 50);
        state.update(Action::AskDeleteAll);
        state.update(Action::CheckAndBackUpFirst);
        state.update(Action::AskToSignIn);
        state.update(Action::FolderChosen(Some(PathBuf::from("/backups"))));
        assert_eq!(state.modals.len(), 1);
        if ends {
            tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
            assert!(asked(&state).unwrap().has_ended);
        }
        let effects = signs_in_again(&mut state);
        let begun = commands(&effects);
        assert!(matches!(begun[..], [.., Command::CheckAndBackUp { .. }]));
        assert!(state.modals.is_empty());
    }
}

#[test]
fn a_clock_set_back_locks_nobody_out() {
    let mut state = signed_in();
    state.tick(state.now + SignedDuration::from_hours(48));
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
    for _ in 0..5 {
        let failure = Failure::new(FailureKind::PasswordNotAccepted, state.now, "");
        tell(&mut state, 1, Event::SignInFailed(failure));
    }
    let back = state.now - SignedDuration::from_hours(9);
    state.tick(back);
    let later = back + SignedDuration::from_secs(30);
    assert_eq!(state.password_tries.wait(later), None);
}

#[test]
fn an_address_that_was_chosen_stays_chosen() {
    let mut state = signed_in();
    state.update(Action::SetAddress("https://new.example".into()));
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
    let address = state.service_to_sign_in_to().ascii();
    let with = audio_housekeeper::domain::SignInWith::Token(
        audio_housekeeper::domain::Secret::new("t".into()),
    );
    state.update(Action::SignIn {
        address,
        with,
        stay: true,
    });
    assert_eq!(state.settings.service.ascii(), "https://new.example");
}

#[test]
fn a_sign_in_is_given_up_with_the_form_or_by_itself() {
    let with = || SignInWith::Token(Secret::new("t".into()));
    let tries = |state: &mut State| {
        state.update(Action::AskToSignIn);
        let address = state.service_to_sign_in_to().ascii();
        let stay = true;
        state.update(Action::SignIn {
            address,
            with: with(),
            stay,
        });
    };
    let mut state = ends_in(60, 0);
    tries(&mut state);
    let effects = state.update(Action::CloseModal);
    assert!(matches!(commands(&effects)[..], [Command::StopSigningIn]));
    assert!(state.modals.is_empty());
    tries(&mut state);
    let effects = state.update(Action::StopSigningIn);
    assert!(matches!(commands(&effects)[..], [Command::StopSigningIn]));
    assert!(!state.attempt().unwrap().trying);
    assert!(state.update(Action::StopSigningIn).is_empty());
}
