//! Whose turn it is: what a switch asks first, and what a locked desk offers.

use std::path::PathBuf;

use audio_housekeeper::domain::{
    AccountKey, Failure, FailureKind, Holder, KeptAccount, ServiceOrigin,
};
use audio_housekeeper::engine::{Command, Event, JobId, JobKind, SignedOutBecause};
use audio_housekeeper::state::{Action, Message, Modal, SignIn, State};
use jiff::Timestamp;

use crate::{commands, name, signed_in};

fn kept(holder: Holder, user_name: Option<&str>) -> KeptAccount {
    KeptAccount {
        key: AccountKey {
            origin: ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap(),
            holder,
        },
        user_name: user_name.map(Into::into),
        person: user_name.map(|name| format!("Ms {name}")),
        person_id: None,
        is_locked: false,
    }
}

/// Two who stay signed in.
pub fn two() -> Vec<KeptAccount> {
    let front = kept(Holder::User("front.desk".into()), Some("front.desk"));
    vec![back(), front]
}

fn back() -> KeptAccount {
    kept(Holder::User("back.office".into()), Some("back.office"))
}

/// Front Desk is signed in; Back Office and a token stay signed in too.
fn desk() -> State {
    let mut state = signed_in();
    let front = kept(Holder::User("front.desk".into()), Some("front.desk"));
    let by_token = kept(Holder::TokenOf("7".into()), None);
    tell(&mut state, Event::Accounts(vec![back(), front, by_token]));
    state
}

fn tell(state: &mut State, event: Event) {
    crate::tell(state, 1, event);
}

/// To whom an action switches.
fn switches(state: &mut State, action: Action) -> Vec<Option<AccountKey>> {
    let effects = state.update(action);
    let to = commands(&effects)
        .into_iter()
        .filter_map(|command| match command {
            Command::SwitchAccount(to) => Some(to.clone()),
            _ => None,
        });
    to.collect()
}

fn to(account: &KeptAccount) -> Action {
    Action::SwitchAccount(Some(account.key.clone()))
}

fn others(state: &State) -> usize {
    state.other_accounts().count()
}

#[test]
fn the_one_who_is_signed_in_is_not_offered_and_a_switch_says_who_is_signed_in_then() {
    let mut state = desk();
    assert_eq!(others(&state), 2);
    state.update(Action::AskWho);
    assert_eq!(switches(&mut state, to(&back())), [Some(back().key)]);
    assert!(state.modals.is_empty());
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    assert_eq!(state.sign_in, SignIn::Starting);
    assert!(state.doctors.is_empty());
    crate::sign_in_from_keychain(&mut state, false);
    let present = state.account().unwrap().clone();
    assert_eq!(said(&state), [&Message::GoesOnAs(present)]);
}

#[test]
fn an_account_that_nobody_offered_is_not_switched_to() {
    let mut state = desk();
    // A screen reader presses what lies behind a question, too.
    assert!(switches(&mut state, to(&back())).is_empty());
    state.update(Action::AskWho);
    let strange = kept(Holder::User("nobody".into()), Some("nobody"));
    assert!(switches(&mut state, to(&strange)).is_empty());
    tell(&mut state, Event::Accounts(Vec::new()));
    assert!(switches(&mut state, to(&back())).is_empty());
}

#[test]
fn what_runs_is_asked_about_before_a_switch() {
    for account in [Some(back()), None] {
        let mut state = desk();
        let kind = JobKind::Download(name("Dr. Amelia Smith"));
        tell(&mut state, Event::JobStarted { id: JobId(1), kind });
        state.update(Action::AskWho);
        let key = account.as_ref().map(|account| account.key.clone());
        let action = Action::SwitchAccount(key.clone());
        assert!(switches(&mut state, action).is_empty());
        assert_eq!(state.modals.last(), Some(&Modal::SwitchWhileBusy(account)));
        assert_eq!(switches(&mut state, Action::ConfirmSwitch), [key]);
    }
}

#[test]
fn who_can_not_go_on_is_asked_for_by_name_and_whoever_else_signs_in_is_not_taken_for_them() {
    let mut state = desk();
    state.update(Action::AskWho);
    state.update(to(&back()));
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    tell(&mut state, Event::SignedOut(SignedOutBecause::Ended));
    assert_eq!(state.expected(), Some("back.office"));
    assert_eq!(others(&state), 3);
    crate::sign_in(&mut state, 1);
    assert_eq!(state.expected(), None);
    assert!(state.toasts.is_empty());
}

#[test]
fn of_a_desk_that_was_left_locked_nothing_opens_that_no_password_guards() {
    let mut state = desk();
    state.update(Action::Lock);
    assert!(switches(&mut state, to(&back())).is_empty());
    state.update(Action::AskWho);
    assert!(state.modals.is_empty());
    state.update(Action::SignOut);
    tell(
        &mut state,
        Event::SignedOut(SignedOutBecause::SignOut(None)),
    );
    let accounts = state.accounts.clone().unwrap().into_iter();
    let locked = accounts.map(|kept| KeptAccount {
        is_locked: true,
        ..kept
    });
    tell(&mut state, Event::Accounts(locked.collect()));
    // A token has no password, and who signs out is offered no more.
    assert_eq!(others(&state), 1);
    let by_token = kept(Holder::TokenOf("7".into()), None);
    assert!(switches(&mut state, to(&by_token)).is_empty());
    assert_eq!(switches(&mut state, to(&back())).len(), 1);
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    crate::sign_in_from_keychain(&mut state, true);
    assert!(state.locked().is_some());
}

#[test]
fn a_switch_begins_no_count_of_wrong_passwords_anew() {
    let mut state = desk();
    for _ in 0..5 {
        let wrong = Failure::new(FailureKind::PasswordNotAccepted, Timestamp::UNIX_EPOCH, "");
        tell(&mut state, Event::SignInFailed(wrong));
    }
    let now = state.now;
    assert!(state.password_tries.wait(now).is_some());
    crate::sign_in_from_keychain(&mut state, false);
    assert!(state.password_tries.wait(now).is_some());
}

#[test]
fn what_named_a_doctor_does_not_stand_before_whoever_comes_next() {
    let mut state = desk();
    let failure = Failure::new(FailureKind::NoAnswer, Timestamp::UNIX_EPOCH, "");
    state.tell(Message::Failed {
        doctor: Some(name("Dr. A")),
        failure: failure.clone(),
    });
    state.tell(Message::NothingThere(name("Dr. B")));
    let path = PathBuf::from("/home/desk/Dr. C 2026-03-01.flac");
    let of_a_file = Failure::new(FailureKind::Disk { path }, Timestamp::UNIX_EPOCH, "");
    let doctor = None;
    let missing = Message::Failed {
        doctor: doctor.clone(),
        failure: of_a_file,
    };
    state.tell(missing.clone());
    assert_eq!(state.toasts.len(), 3);
    tell(&mut state, Event::SignedOut(SignedOutBecause::SomebodyElse));
    let failed = Message::Failed { doctor, failure };
    assert_eq!(said(&state), [&failed]);
    // Nor what comes late, or before it is known who is there: it waits for somebody.
    state.tell(missing.clone());
    assert_eq!(said(&state), [&failed]);
    crate::sign_in_from_keychain(&mut state, false);
    assert_eq!(said(&state), [&failed, &missing]);
}

fn said(state: &State) -> Vec<&Message> {
    state.toasts.iter().map(|toast| &toast.message).collect()
}

#[test]
fn the_next_start_begins_where_the_switch_led_to_and_not_where_it_was_refused() {
    let mut state = desk();
    let elsewhere = KeptAccount {
        key: AccountKey {
            origin: ServiceOrigin::parse("https://clinic.example").unwrap(),
            ..back().key
        },
        ..back()
    };
    tell(&mut state, Event::Accounts(vec![elsewhere.clone()]));
    state.update(Action::AskWho);
    let effects = state.update(to(&elsewhere));
    assert!(matches!(
        commands(&effects)[..],
        [Command::SwitchAccount(_)]
    ));
    assert_eq!(state.settings.service.ascii(), ServiceOrigin::DEFAULT);
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    tell(&mut state, Event::SignedOut(SignedOutBecause::Ended));
    assert_eq!(*state.service_to_sign_in_to(), elsewhere.key.origin);
}

#[test]
fn nobody_has_to_wait_for_the_keychain() {
    let mut state = desk();
    state.update(Action::AskWho);
    state.update(to(&back()));
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    let effects = state.update(Action::StopSigningIn);
    assert!(matches!(commands(&effects)[..], [Command::StopSigningIn]));
    assert!(matches!(state.sign_in, SignIn::Out { .. }));
}
