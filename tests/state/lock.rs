//! The lock: when it comes, what may be done behind it, and what opens it.

use std::path::PathBuf;

use audio_housekeeper::domain::{Failure, FailureKind, KnownDoctor, Secret, SignInWith};
use audio_housekeeper::engine::{Command, Event, JobId, JobKind, SavePurpose, SignedOutBecause};
use audio_housekeeper::state::{Action, Modal, Mode, SideEffect, SignIn, State};
use jiff::SignedDuration;

use crate::{commands, name, sign_in, sign_in_from_keychain, signed_in, tell};

fn locked() -> State {
    let mut state = signed_in();
    state.update(Action::Lock);
    assert!(state.locked().is_some());
    state
}

/// Time passes until then, as the window's frames tell it.
fn passes(state: &mut State, then: jiff::Timestamp) -> Vec<SideEffect> {
    state.tick(then);
    state.lock_when_idle()
}

fn unlock(state: &mut State) -> Vec<SideEffect> {
    state.update(Action::Unlock(Secret::new("pw".into())))
}

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, jiff::Timestamp::UNIX_EPOCH, "")
}

#[test]
fn a_window_that_nobody_touches_locks_and_one_that_is_touched_does_not() {
    for (minutes, untouched, locks) in [
        (Some(15), 15, true),
        (Some(15), 14, false),
        (Some(5), 5, true),
        (None, 9_000, false),
    ] {
        let mut state = signed_in();
        state.settings.lock_after = minutes;
        let begun = state.now;
        passes(&mut state, begun + SignedDuration::from_mins(1));
        state.touched();
        let then = state.now + SignedDuration::from_mins(untouched);
        let effects = passes(&mut state, then);
        assert_eq!(state.locked().is_some(), locks, "{minutes:?} {untouched}");
        assert_eq!(effects.len(), usize::from(locks));
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_put_the_lock_off_for_ever() {
    let mut state = signed_in();
    let begun = state.now + SignedDuration::from_hours(9);
    passes(&mut state, begun);
    state.touched();
    passes(&mut state, begun - SignedDuration::from_hours(9));
    let then = state.now + SignedDuration::from_mins(15);
    passes(&mut state, then);
    assert!(state.locked().is_some());
}

#[test]
fn a_token_is_nothing_to_unlock_with_so_nothing_is_locked() {
    let mut state = signed_in();
    let SignIn::In(account) = &mut state.sign_in else {
        panic!("nobody is signed in")
    };
    account.user_name = None;
    state.update(Action::Lock);
    let then = state.now + SignedDuration::from_hours(9);
    passes(&mut state, then);
    assert!(state.locked().is_none());
}

#[test]
fn behind_the_lock_only_what_stops_or_leaves_is_done() {
    let mut state = locked();
    let id = JobId(1);
    let kind = JobKind::Delete(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id, kind });
    for action in [
        Action::CheckAll,
        Action::Download(name("Dr. A")),
        Action::AskDelete(name("Dr. A")),
        Action::AskDeleteAll,
        Action::ShowInFolder(PathBuf::from("/a.wav")),
        Action::SetLockAfter(None),
        Action::SetAddress("https://other.example".into()),
    ] {
        let said = format!("{action:?}");
        assert!(state.update(action).is_empty(), "{said}");
    }
    assert!(state.modals.is_empty());
    assert_eq!(state.settings.lock_after, Some(15));
    let effects = state.update(Action::Cancel(id));
    assert!(matches!(commands(&effects)[..], [Command::Cancel(_)]));
    state.update(Action::SignOut);
    assert_eq!(state.modals, [Modal::SignOutWhileBusy]);
    let effects = state.update(Action::ConfirmSignOut);
    assert!(matches!(commands(&effects)[..], [Command::SignOut]));
}

#[test]
fn a_dialog_neither_opens_nor_is_answered_behind_the_lock() {
    let ready = || Event::DownloadReady {
        doctor: name("Dr. A"),
        purpose: SavePurpose::Download,
        file_name: "a.wav".into(),
    };
    let mut state = signed_in();
    state.update(Action::Download(name("Dr. A")));
    state.update(Action::Lock);
    assert!(tell(&mut state, 1, ready()).is_empty());
    assert_eq!(state.preparing, None);

    let mut state = signed_in();
    state.update(Action::Download(name("Dr. A")));
    let effects = tell(&mut state, 1, ready());
    let Some(SideEffect::SaveDialog(request)) = effects.into_iter().next() else {
        panic!("no dialog")
    };
    state.update(Action::Lock);
    let chosen = Some((PathBuf::from("/a.wav"), false));
    let effects = state.update(Action::SaveChosen { request, chosen });
    assert!(effects.is_empty());
}

#[test]
fn the_password_opens_the_lock_and_a_wrong_one_or_a_service_that_is_away_does_not() {
    let mut state = locked();
    let effects = unlock(&mut state);
    assert!(matches!(
        commands(&effects)[..],
        [Command::CheckPassword(_)]
    ));
    assert!(unlock(&mut state).is_empty(), "one try at a time");
    for kind in [FailureKind::PasswordNotAccepted, FailureKind::NoAnswer] {
        let failed = Event::PasswordChecked(Some(failure(kind.clone())));
        tell(&mut state, 1, failed);
        let said = state.locked().unwrap().failure.clone();
        assert_eq!(said.unwrap().kind, kind);
        unlock(&mut state);
    }
    tell(&mut state, 1, Event::PasswordChecked(None));
    assert!(state.locked().is_none());
    // It counts from then on.
    let now = state.now;
    passes(&mut state, now);
    assert!(state.locked().is_none());
}

#[test]
fn wrong_passwords_at_the_lock_are_counted_with_all_others() {
    let mut state = locked();
    for _ in 0..5 {
        unlock(&mut state);
        let wrong = failure(FailureKind::PasswordNotAccepted);
        tell(&mut state, 1, Event::PasswordChecked(Some(wrong)));
    }
    assert!(unlock(&mut state).is_empty());
    state.tick(state.now + SignedDuration::from_secs(30));
    assert_eq!(unlock(&mut state).len(), 1);
}

#[test]
fn where_the_sign_in_has_ended_the_password_signs_in_and_opens_the_lock() {
    let mut state = locked();
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::Ended));
    let effects = unlock(&mut state);
    let signs_in = |command: &&Command| {
        matches!(command, Command::SignIn {
            with: SignInWith::Password { user_name, .. },
            stay: true,
            ..
        } if user_name == "front.desk")
    };
    assert!(commands(&effects).iter().any(signs_in), "{effects:?}");
    let wrong = failure(FailureKind::PasswordNotAccepted);
    tell(&mut state, 1, Event::SignInFailed(wrong));
    assert!(state.locked().unwrap().failure.is_some());
    unlock(&mut state);
    sign_in(&mut state, 1);
    assert!(state.locked().is_none() && state.modals.is_empty());
}

#[test]
fn a_sign_out_opens_the_lock_for_whoever_comes_next() {
    let mut state = locked();
    let effects = state.update(Action::SignOut);
    assert!(matches!(commands(&effects)[..], [Command::SignOut]));
    let out = Event::SignedOut(SignedOutBecause::SignOut(None));
    tell(&mut state, 2, out);
    assert!(state.locked().is_none());
}

#[test]
fn who_starts_the_app_anew_finds_it_locked_until_its_own_password_opens_it() {
    let mut state = signed_in();
    let effects = state.update(Action::Lock);
    assert!(matches!(commands(&effects)[..], [Command::LockAccounts]));
    // The keychain kept the sign-in, and the store that the desk was left locked.
    for press_first in [false, true] {
        let settings = audio_housekeeper::settings::Settings::default();
        let mut anew = State::new(Mode::Real, settings, jiff::Timestamp::UNIX_EPOCH);
        if press_first {
            // Whoever does not wait is not in for that.
            tell(&mut anew, 1, Event::Accounts(Vec::new()));
            anew.update(Action::StopSigningIn);
            assert!(matches!(anew.sign_in, SignIn::Out { .. }));
        }
        sign_in_from_keychain(&mut anew, true);
        assert!(anew.locked().is_some());
        unlock(&mut anew);
        tell(&mut anew, 1, Event::PasswordChecked(None));
        assert!(anew.locked().is_none());
    }
}

#[test]
fn a_sign_in_that_was_under_way_when_it_was_locked_leaves_no_account_open() {
    let mut state = signed_in();
    state.update(Action::AskToSignIn);
    state.update(Action::Lock);
    // Whoever tries a password meanwhile is not in by that.
    unlock(&mut state);
    let effects = tell(&mut state, 1, crate::signed_in_by(true, false));
    assert!(state.locked().is_some());
    let sent = commands(&effects);
    assert!(
        sent.iter()
            .any(|command| matches!(command, Command::LockAccounts))
    );
}

#[test]
fn a_sign_in_from_before_the_lock_that_fails_is_no_answer_to_the_password_that_unlocks() {
    let mut state = signed_in();
    state.update(Action::AskToSignIn);
    state.update(Action::Lock);
    unlock(&mut state);
    let failed = Event::SignInFailed(failure(FailureKind::PasswordNotAccepted));
    tell(&mut state, 1, failed);
    assert!(state.locked().is_some_and(|tried| tried.trying));
    tell(&mut state, 1, Event::PasswordChecked(None));
    assert!(state.locked().is_none());
}

#[test]
fn a_password_that_was_checked_for_an_earlier_lock_opens_no_later_one() {
    let mut state = locked();
    tell(&mut state, 1, Event::PasswordChecked(None));
    assert!(state.locked().is_some());
}

#[test]
fn an_account_that_is_still_open_behind_the_lock_is_to_be_locked_once_more() {
    let mut state = signed_in();
    tell(&mut state, 1, Event::Accounts(crate::accounts::two()));
    state.update(Action::Lock);
    let begun = state.now;
    for (seconds, asks) in [(30, false), (60, true), (90, false), (120, true)] {
        let effects = passes(&mut state, begun + SignedDuration::from_secs(seconds));
        assert_eq!(!commands(&effects).is_empty(), asks, "{seconds}");
    }
}

#[test]
fn who_goes_to_practise_leaves_no_account_open() {
    let mut state = signed_in();
    let effects = state.update(Action::Switch(Mode::Practice));
    assert!(matches!(
        effects[..],
        [
            SideEffect::Engine(Command::LockAccounts),
            SideEffect::Switch(_)
        ]
    ));
}

#[test]
fn a_sign_in_that_is_not_by_hand_opens_no_lock() {
    let mut state = locked();
    unlock(&mut state);
    sign_in_from_keychain(&mut state, false);
    assert!(state.locked().is_some());
}

#[test]
fn a_desk_at_which_nobody_can_lock_asks_for_the_passwords_of_the_others_all_the_same() {
    let mut state = signed_in();
    let SignIn::In(account) = &mut state.sign_in else {
        panic!("nobody is signed in")
    };
    account.user_name = None;
    account.holder = audio_housekeeper::domain::Holder::TokenOf("7".into());
    let others = crate::accounts::two();
    tell(&mut state, 1, Event::Accounts(others.clone()));
    let begun = state.now;
    passes(&mut state, begun);
    let then = begun + SignedDuration::from_mins(15);
    let effects = passes(&mut state, then);
    assert!(matches!(commands(&effects)[..], [Command::LockAccounts]));
    assert!(state.locked().is_none());
    let locked = others
        .into_iter()
        .map(|kept| audio_housekeeper::domain::KeptAccount {
            is_locked: true,
            ..kept
        });
    tell(&mut state, 1, Event::Accounts(locked.collect()));
    let effects = passes(&mut state, then + SignedDuration::from_mins(15));
    assert!(commands(&effects).is_empty());
}

#[test]
fn a_sign_in_that_was_under_way_opens_no_lock_that_came_after_it() {
    let mut state = locked();
    sign_in(&mut state, 1);
    assert!(state.locked().is_some());
}

#[test]
fn to_unlock_answers_no_question() {
    let mut state = signed_in();
    for number in 0..9 {
        let doctor = KnownDoctor::new(name(&format!("Dr. {number}")));
        tell(&mut state, 1, Event::Doctor(Box::new(doctor)));
    }
    let SignIn::In(account) = &mut state.sign_in else {
        panic!("nobody is signed in")
    };
    account.ends_at = Some(state.now + SignedDuration::from_secs(3));
    state.update(Action::CheckAll);
    let asked = state.modals.clone();
    state.update(Action::Lock);
    let effects = unlock(&mut state);
    assert!(matches!(
        commands(&effects)[..],
        [Command::CheckPassword(_)]
    ));
    tell(&mut state, 1, Event::PasswordChecked(None));
    assert_eq!(state.modals, asked);
}
