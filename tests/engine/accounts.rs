//! Several people at one desk, each with a token of their own in the keychain.

use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, AuditAction, DeletionChoice, Holder, KeptAccount, SignInWith,
};
use audio_housekeeper::engine::{Command, Event, SignedOutBecause};
use audio_housekeeper::keychain::TokenStore as _;
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, PracticeUser};
use axum::http::StatusCode;
use support::desk::{Desk, holding_nothing, token};
use support::{AMELIA, name, run};

use crate::sign_in::{signed_out, token_forgotten};

/// A desk of two people at which nobody stays signed in.
async fn desk() -> Desk {
    let users = ["front", "back"].map(|name| PracticeUser::new(name, token(name)));
    let config = PracticeConfig {
        users: users.into(),
        ..holding_nothing()
    };
    let mut desk = Desk::with(config, Duration::from_secs(30)).await;
    desk.send(Command::SignOut);
    token_forgotten(&mut desk).await;
    desk
}

async fn by_name(desk: &mut Desk, user_name: &str, stay: bool) {
    let with = SignInWith::Password {
        user_name: user_name.into(),
        password: token(user_name),
    };
    let origin = desk.origin();
    desk.send(Command::SignIn { origin, with, stay });
    desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
        .await;
}

fn key(desk: &Desk, user_name: &str) -> AccountKey {
    AccountKey {
        origin: desk.origin(),
        holder: Holder::User(user_name.into()),
    }
}

async fn switch(desk: &mut Desk, user_name: &str) {
    let key = key(desk, user_name);
    desk.send(Command::SwitchAccount(Some(key)));
    assert_eq!(signed_out(desk).await, SignedOutBecause::Switch);
}

async fn signed_in(desk: &mut Desk) -> Option<String> {
    desk.until(|event| match event {
        Event::SignedIn { account, .. } => Some(account.user_name.clone()),
        _ => None,
    })
    .await
}

async fn accounts(desk: &mut Desk) -> Vec<KeptAccount> {
    desk.until(|event| match event {
        Event::Accounts(accounts) => Some(accounts.clone()),
        _ => None,
    })
    .await
}

fn kept(desk: &Desk) -> Vec<String> {
    let mut keys: Vec<_> = desk.tokens.keys();
    keys.sort_by_key(AccountKey::entry);
    keys.iter().map(|key| key.holder.to_string()).collect()
}

#[test]
fn two_people_stay_signed_in_and_each_goes_on_without_a_password() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        assert_eq!(kept(&desk), ["user back", "user front"]);
        let mut desk = desk.restart().await;
        let known = accounts(&mut desk).await;
        let names: Vec<_> = known.iter().map(|kept| kept.person.as_deref()).collect();
        assert_eq!(names, [Some("back"), Some("front")]);
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("back"));
        let before = desk.requests(Call::Login);
        switch(&mut desk, "front").await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("front"));
        assert_eq!(desk.requests(Call::Login), before);
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        let entries = desk.record().await;
        let last = entries
            .iter()
            .rfind(|entry| entry.draft.action == AuditAction::SignIn);
        let draft = &last.unwrap().draft;
        assert_eq!(draft.who.person.as_deref(), Some("front"));
        assert_eq!(
            draft.note.as_deref(),
            Some("by what the keychain keeps for front, without a password; in place of back")
        );
        // The next start goes on with who was there last.
        assert_eq!(kept(&desk), ["user back", "user front"]);
        let mut desk = desk.restart().await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("front"));
    });
}

#[test]
fn who_signs_out_is_forgotten_alone_and_the_next_start_signs_nobody_in() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        desk.send(Command::SignOut);
        token_forgotten(&mut desk).await;
        assert_eq!(kept(&desk), ["user front"]);
        let mut desk = desk.restart().await;
        assert_eq!(accounts(&mut desk).await.len(), 1);
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
        switch(&mut desk, "front").await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("front"));
    });
}

#[test]
fn who_does_not_stay_leaves_the_others_tokens_alone_and_signs_nobody_in_later() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", false).await;
        assert_eq!(kept(&desk), ["user front"]);
        let mut desk = desk.restart().await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
        // Who goes on as somebody else without staying is signed out by that.
        by_name(&mut desk, "back", false).await;
        switch(&mut desk, "front").await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("front"));
        assert_eq!(kept(&desk), ["user front"]);
        let entries = desk.record().await;
        let out = entries
            .iter()
            .rfind(|entry| entry.draft.action == AuditAction::SignOut);
        assert_eq!(out.unwrap().draft.who.person.as_deref(), Some("back"));
    });
}

#[test]
fn somebody_else_finds_nobody_signed_in_and_who_was_stays_kept() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        desk.send(Command::SwitchAccount(None));
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::SomebodyElse);
        desk.send(Command::Check(name(AMELIA)));
        desk.until(|event| {
            matches!(
                event,
                Event::CheckEnded {
                    failure: Some(_),
                    ..
                }
            )
            .then_some(())
        })
        .await;
        assert_eq!(kept(&desk), ["user front"]);
        let mut desk = desk.restart().await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
    });
}

#[test]
fn a_kept_token_that_is_over_or_gone_asks_for_the_password_and_stays_of_use() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        let over = Fault::on(Call::Me, Effect::status(StatusCode::UNAUTHORIZED));
        desk.service.set_faults(vec![over]);
        switch(&mut desk, "front").await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
        desk.service.set_faults(Vec::new());
        desk.tokens.forget(&key(&desk, "back")).unwrap();
        switch(&mut desk, "back").await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
        by_name(&mut desk, "back", true).await;
        assert_eq!(kept(&desk), ["user back", "user front"]);
    });
}

#[test]
fn a_switch_sends_nothing_of_what_the_one_before_had_asked_for() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "back", true).await;
        by_name(&mut desk, "front", true).await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        switch(&mut desk, "back").await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("back"));
        desk.pass_time().await;
        desk.send(Command::Check(name(AMELIA)));
        desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
            .await;
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
    });
}

#[test]
fn what_an_earlier_version_kept_for_a_service_goes_with_its_persons_own_entry() {
    run(async {
        let mut desk = desk().await;
        // Its table was of services, and nobody knows of the token of a folder that was lost.
        let unnamed = AccountKey::unnamed(desk.origin());
        desk.tokens.write(&unnamed, &token("of whomever")).unwrap();
        by_name(&mut desk, "front", true).await;
        assert_eq!(kept(&desk), ["user front"]);
        // A known one of another stays.
        desk.tokens
            .write(&unnamed, &token("of an IT person"))
            .unwrap();
        by_name(&mut desk, "back", true).await;
        assert_eq!(kept(&desk), ["", "user back", "user front"]);
    });
}

/// Whether who is signed in next is asked for the password first.
async fn is_locked(desk: &mut Desk) -> bool {
    desk.until(|event| match event {
        Event::SignedIn { is_locked, .. } => Some(*is_locked),
        _ => None,
    })
    .await
}

async fn until_locked(desk: &mut Desk) {
    desk.send(Command::LockAccounts);
    desk.until(|event| match event {
        Event::Accounts(accounts) => accounts.iter().all(|kept| kept.is_locked).then_some(()),
        _ => None,
    })
    .await;
}

#[test]
fn of_a_desk_that_was_left_locked_each_account_asks_for_its_own_password() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        until_locked(&mut desk).await;
        let mut desk = desk.restart().await;
        assert!(is_locked(&mut desk).await);
        desk.send(Command::CheckPassword(token("front")));
        let checked = |event: &Event| match event {
            Event::PasswordChecked(failure) => Some(failure.is_none()),
            _ => None,
        };
        assert!(!desk.until(checked).await);
        // Whoever signs in by hand opens their own account and no other.
        by_name(&mut desk, "front", true).await;
        switch(&mut desk, "back").await;
        assert!(is_locked(&mut desk).await);
        desk.send(Command::CheckPassword(token("back")));
        assert!(desk.until(checked).await);
        switch(&mut desk, "front").await;
        assert!(!is_locked(&mut desk).await);
        switch(&mut desk, "back").await;
        assert!(!is_locked(&mut desk).await);
    });
}

#[test]
fn of_a_locked_desk_a_token_that_no_password_guards_opens_nothing() {
    run(async {
        let mut desk = desk().await;
        desk.sign_in(true).await;
        let by_token = desk.tokens.keys().remove(0);
        by_name(&mut desk, "back", true).await;
        desk.send(Command::SwitchAccount(Some(by_token.clone())));
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Switch);
        assert!(!is_locked(&mut desk).await);
        switch(&mut desk, "back").await;
        assert!(!is_locked(&mut desk).await);
        until_locked(&mut desk).await;
        desk.send(Command::SwitchAccount(Some(by_token)));
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Switch);
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
    });
}

#[test]
fn who_signs_in_by_hand_meanwhile_is_whom_the_next_start_goes_on_with() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        let slow = Effect::StallBeforeHead(Duration::from_secs(2));
        let asked = desk.requests(Call::Me);
        desk.service
            .set_faults(vec![Fault::on(Call::Me, slow).only(1)]);
        let mut desk = desk.restart().await;
        while desk.requests(Call::Me) == asked {
            desk.pass_time().await;
        }
        desk.send(Command::StopSigningIn);
        by_name(&mut desk, "back", false).await;
        // What was to be gone on with at the start is answered by now.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut desk = desk.restart().await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
    });
}

#[test]
fn another_persons_token_in_an_entry_is_not_taken_for_its_owners() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        let of_back = desk.tokens.read(&key(&desk, "back")).unwrap().unwrap();
        desk.tokens.write(&key(&desk, "front"), &of_back).unwrap();
        switch(&mut desk, "front").await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
    });
}

#[test]
fn another_persons_token_in_an_entry_is_not_taken_for_its_owners_either_once_the_service_answers() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        let of_back = desk.tokens.read(&key(&desk, "back")).unwrap().unwrap();
        desk.tokens.write(&key(&desk, "front"), &of_back).unwrap();
        let away = Effect::status(StatusCode::SERVICE_UNAVAILABLE);
        desk.service.set_faults(vec![Fault::on(Call::Me, away)]);
        switch(&mut desk, "front").await;
        assert_eq!(signed_in(&mut desk).await.as_deref(), Some("front"));
        desk.service.set_faults(Vec::new());
        desk.send(Command::Check(name(AMELIA)));
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
    });
}

#[test]
fn who_is_switched_to_at_a_locked_desk_is_not_recorded_as_having_opened_it() {
    run(async {
        let mut desk = desk().await;
        by_name(&mut desk, "front", true).await;
        by_name(&mut desk, "back", true).await;
        until_locked(&mut desk).await;
        switch(&mut desk, "front").await;
        assert!(is_locked(&mut desk).await);
        let entries = desk.record().await;
        let note = entries.last().unwrap().draft.note.as_deref();
        assert!(note.unwrap().contains("locked until the password is typed"));
    });
}
