//! The token: tried, kept, found again, forgotten; and what the record says of it.

use audio_housekeeper::domain::{FailureKind, TokenKeeping};
use audio_housekeeper::engine::{Command, Event, SignedOutBecause};
use audio_housekeeper::keychain::TokenStore;
use audio_housekeeper::practice::{Call, Effect, Fault};
use axum::http::StatusCode;

use crate::desk::{AMELIA, Desk, name, run, token};

async fn signed_in(desk: &mut Desk) -> (TokenKeeping, Option<String>) {
    desk.until(|event| match event {
        Event::SignedIn { account, .. } => Some((account.keeping, account.person.clone())),
        _ => None,
    })
    .await
}

async fn signed_out(desk: &mut Desk) -> SignedOutBecause {
    desk.until(|event| match event {
        Event::SignedOut(because) => Some(because.clone()),
        _ => None,
    })
    .await
}

#[test]
fn a_token_that_was_kept_is_found_at_the_next_start() {
    run(async {
        let desk = Desk::new().await;
        assert!(desk.tokens.read(&desk.origin()).unwrap().is_some());
        let mut desk = desk.restart().await;
        let (keeping, person) = signed_in(&mut desk).await;
        assert_eq!(keeping, TokenKeeping::Keychain);
        assert!(person.is_some());
    });
}

#[test]
fn a_token_that_is_not_to_stay_is_nowhere_afterwards() {
    run(async {
        let mut desk = Desk::new().await;
        desk.sign_in(false).await;
        assert!(desk.tokens.read(&desk.origin()).unwrap().is_none());
        let mut desk = desk.restart().await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
    });
}

#[test]
fn a_bad_token_is_refused_and_not_kept() {
    run(async {
        let mut desk = Desk::new().await;
        desk.send(Command::SignOut);
        signed_out(&mut desk).await;
        desk.send(Command::SignIn {
            origin: desk.origin(),
            token: token("nonsense"),
            stay: true,
        });
        let failure = desk
            .until(|event| match event {
                Event::SignInFailed(failure) => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::SignInNotAccepted);
        assert!(desk.tokens.read(&desk.origin()).unwrap().is_none());
    });
}

#[test]
fn signing_out_forgets_the_token_and_is_recorded() {
    run(async {
        let mut desk = Desk::new().await;
        desk.send(Command::SignOut);
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Asked(None));
        assert!(desk.tokens.read(&desk.origin()).unwrap().is_none());
        desk.send(Command::Check(name(AMELIA)));
        let failure = desk
            .until(|event| match event {
                Event::CheckEnded { failure, .. } => failure.clone(),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::NotSignedIn);
        desk.sign_in(true).await;
        assert_eq!(
            desk.story().await,
            ["sign-in done", "sign-out done", "sign-in done"]
        );
    });
}

#[test]
fn a_token_that_ends_in_the_middle_brings_the_sign_in_back_once() {
    run(async {
        let mut desk = Desk::new().await;
        let no = Effect::answer(
            StatusCode::UNAUTHORIZED,
            "application/json",
            r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#,
        );
        desk.service.add_fault(Fault::on(Call::Download, no));
        for _ in 0..4 {
            desk.send(Command::Check(name(AMELIA)));
        }
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
        let generation = desk.generation;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        while let Some(envelope) = desk.engine.next_event() {
            assert!(envelope.generation <= generation);
            assert!(!matches!(envelope.event, Event::SignedOut(_)), "said twice");
        }
    });
}

#[test]
fn without_a_network_a_kept_token_still_opens_the_app() {
    run(async {
        let desk = Desk::new().await;
        desk.service
            .add_fault(Fault::on(Call::Me, Effect::LoseBeforeActing));
        let mut desk = desk.restart().await;
        assert_eq!(signed_in(&mut desk).await, (TokenKeeping::Keychain, None));
        let failure = desk
            .until(|event| match event {
                Event::Failed { failure, .. } => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert!(!failure.needs_sign_in());
    });
}
