//! Whose turn it is: what a switch asks first, and what a locked desk offers.

use audio_housekeeper::domain::{
    AccountKey, Holder, KeptAccount, Secret, ServiceOrigin, SignInWith,
};
use audio_housekeeper::engine::{Command, Event, JobId, JobKind, SignedOutBecause};
use audio_housekeeper::state::{Action, Message, Modal, SignIn, State};

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
    }
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
    crate::sign_in(&mut state, 1);
    let said: Vec<_> = state.toasts.iter().map(|toast| &toast.message).collect();
    assert_eq!(said, [&Message::GoesOnAs(back())]);
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
fn who_signs_out_of_a_locked_desk_opens_nobody_elses_account_without_a_password() {
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
    assert!(state.settings.locked);
    // A token has no password that would guard it, and who signs out is offered no more.
    assert_eq!(others(&state), 1);
    let by_token = kept(Holder::TokenOf("7".into()), None);
    assert!(switches(&mut state, to(&by_token)).is_empty());
    assert_eq!(switches(&mut state, to(&back())).len(), 1);
    tell(&mut state, Event::SignedOut(SignedOutBecause::Switch));
    crate::sign_in(&mut state, 1);
    assert!(state.locked().is_some());
}

#[test]
fn who_signs_in_by_hand_after_that_opens_the_desk() {
    let mut state = desk();
    state.update(Action::Lock);
    state.update(Action::SignOut);
    tell(
        &mut state,
        Event::SignedOut(SignedOutBecause::SignOut(None)),
    );
    state.update(Action::SignIn {
        address: ServiceOrigin::DEFAULT.into(),
        with: SignInWith::Password {
            user_name: "back.office".into(),
            password: Secret::new("pw".into()),
        },
        stay: true,
    });
    crate::sign_in(&mut state, 1);
    assert!(state.locked().is_none());
    assert!(!state.settings.locked);
    assert_eq!(others(&state), 2);
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
