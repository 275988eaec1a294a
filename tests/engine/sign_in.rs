//! The token: tried, kept, found again, forgotten; and what the record says of it.

use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::domain::{
    ActFilter, DeletionChoice, DeletionOutcome, FailureKind, ServiceOrigin, SignInWith,
    TokenKeeping,
};
use audio_housekeeper::engine::{
    self, ActivityQuestion, Command, Event, Opening, SignedOutBecause,
};
use audio_housekeeper::keychain::MemoryTokens;
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, PracticeService};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, SignIn, State};
use audio_housekeeper::store::Store;
use axum::http::StatusCode;
use jiff::Timestamp;
use support::desk::{Desk, setup, token};
use support::{AMELIA, name, run};

pub async fn signed_in(desk: &mut Desk) -> (TokenKeeping, Option<String>) {
    desk.until(|event| match event {
        Event::SignedIn { account, .. } => Some((account.keeping, account.person.clone())),
        _ => None,
    })
    .await
}

pub async fn signed_out(desk: &mut Desk) -> SignedOutBecause {
    desk.until(|event| match event {
        Event::SignedOut(because) => Some(because.clone()),
        _ => None,
    })
    .await
}

pub async fn token_forgotten(desk: &mut Desk) {
    desk.until(|event| matches!(event, Event::TokenForgotten).then_some(()))
        .await;
}

#[test]
fn a_token_that_was_kept_is_found_at_the_next_start() {
    run(async {
        let desk = Desk::new().await;
        assert!(!desk.tokens.keys().is_empty());
        let mut desk = desk.restart().await;
        let (keeping, person) = signed_in(&mut desk).await;
        assert_eq!(keeping, TokenKeeping::Keychain);
        assert!(person.is_some());
    });
}

#[test]
fn the_user_name_is_known_again_with_the_token_that_was_kept_for_it() {
    run(async {
        let mut desk = Desk::new().await;
        for with in [
            SignInWith::Password {
                user_name: "practice".into(),
                password: token("practice"),
            },
            SignInWith::Token(desk.service.token()),
        ] {
            let user_name = match &with {
                SignInWith::Password { user_name, .. } => Some(user_name.clone()),
                SignInWith::Token(_) => None,
            };
            let origin = desk.origin();
            let stay = true;
            desk.send(Command::SignIn { origin, with, stay });
            assert_eq!(signed_in_as(&mut desk).await, user_name);
            desk = desk.restart().await;
            assert_eq!(signed_in_as(&mut desk).await, user_name);
        }
    });
}

async fn signed_in_as(desk: &mut Desk) -> Option<String> {
    desk.until(|event| match event {
        Event::SignedIn { account, .. } => Some(account.user_name.clone()),
        _ => None,
    })
    .await
}

#[test]
fn a_token_that_is_not_to_stay_is_nowhere_afterwards() {
    run(async {
        let mut desk = Desk::new().await;
        desk.sign_in(false).await;
        assert!(desk.tokens.keys().is_empty());
        let mut desk = desk.restart().await;
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::NoToken);
    });
}

#[test]
fn a_bad_token_is_refused_and_not_kept() {
    run(async {
        let mut desk = Desk::new().await;
        desk.send(Command::SignOut);
        token_forgotten(&mut desk).await;
        desk.send(Command::SignIn {
            origin: desk.origin(),
            with: SignInWith::Token(token("nonsense")),
            stay: true,
        });
        let failure = desk
            .until(|event| match event {
                Event::SignInFailed(failure) => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::SignInNotAccepted);
        assert!(desk.tokens.keys().is_empty());
    });
}

#[test]
fn signing_out_forgets_the_token_and_is_recorded() {
    run(async {
        let mut desk = Desk::new().await;
        desk.send(Command::SignOut);
        assert_eq!(signed_out(&mut desk).await, SignedOutBecause::SignOut(None));
        token_forgotten(&mut desk).await;
        assert!(desk.tokens.keys().is_empty());
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
        let (mut ended, mut said) = (0, 0);
        let mut count = |event: &Event| {
            ended += u32::from(matches!(event, Event::CheckEnded { .. }));
            said += u32::from(matches!(event, Event::SignedOut(SignedOutBecause::Ended)));
            (ended == 4 && said > 0).then_some(())
        };
        desk.until(&mut count).await;
        desk.service.set_faults(Vec::new());
        desk.ask_sign_in(true);
        desk.until(|event| {
            count(event);
            matches!(event, Event::Doctors(_)).then_some(())
        })
        .await;
        assert_eq!(said, 1);
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

async fn people_in_the_record(desk: &mut Desk) -> Vec<(String, Option<String>)> {
    let record = desk.record().await;
    let drafts = record.into_iter().map(|entry| entry.draft);
    drafts
        .map(|draft| (draft.action.code().to_owned(), draft.who.person))
        .collect()
}

#[test]
fn whose_a_kept_token_is_is_asked_again_as_soon_as_the_service_answers() {
    run(async {
        let desk = Desk::new().await;
        desk.service
            .add_fault(Fault::on(Call::Me, Effect::LoseBeforeActing));
        let mut desk = desk.restart().await;
        assert_eq!(signed_in(&mut desk).await, (TokenKeeping::Keychain, None));
        desk.service.set_faults(Vec::new());
        let person = desk
            .until(|event| match event {
                Event::PersonKnown(person) => Some(person.clone()),
                _ => None,
            })
            .await;
        desk.send(Command::Check(name(AMELIA)));
        desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
            .await;
        let (action, in_record) = people_in_the_record(&mut desk).await.pop().unwrap();
        assert_eq!((&action[..], in_record), ("check", Some(person)));
    });
}

#[test]
fn before_a_delete_it_is_asked_whose_a_kept_token_is() {
    run(async {
        let desk = Desk::new().await;
        let lost = Fault::on(Call::Me, Effect::LoseBeforeActing);
        desk.service.add_fault(lost.only(1));
        let mut desk = desk.restart().await;
        assert_eq!(signed_in(&mut desk).await, (TokenKeeping::Keychain, None));
        // Sooner than it would be asked again.
        let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let mut people = people_in_the_record(&mut desk).await;
        people.retain(|(action, _)| action == "delete");
        assert_eq!(people.len(), 3);
        assert!(
            people.iter().all(|(_, person)| person.is_some()),
            "{people:?}"
        );
    });
}

#[test]
fn a_service_that_can_not_tell_whose_a_token_is_lets_it_in_and_deletes_go() {
    run(async {
        for status in [404, 405, 501] {
            let desk = Desk::new().await;
            let status = StatusCode::from_u16(status).unwrap();
            desk.service
                .add_fault(Fault::on(Call::Me, Effect::status(status)));
            let mut desk = desk.restart().await;
            // Whose it is was known when it was kept.
            let person = Some("Practice desk".to_owned());
            let kept = (TokenKeeping::Keychain, person);
            assert_eq!(signed_in(&mut desk).await, kept);
            let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            // A token that it does not take shows at the first call.
            desk.service
                .add_fault(Fault::on(Call::Download, Effect::token_ended()));
            desk.send(Command::Check(name(AMELIA)));
            assert_eq!(signed_out(&mut desk).await, SignedOutBecause::Ended);
        }
    });
}

#[test]
fn why_practice_did_not_open_is_said() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let mut setup = setup(&origin, folder.path(), tokens, store, Duration::ZERO);
        setup.opening = Opening::Practice {
            origin,
            with: SignInWith::Token(token("wrong")),
            names: Vec::new(),
        };
        let mut engine = engine::start(setup);
        let mut state = State::new(Mode::Practice, Settings::default(), Timestamp::UNIX_EPOCH);
        for _ in 0..2 {
            state.apply(engine.wait_for_event().await.unwrap());
        }
        let SignIn::Out { attempt, .. } = state.sign_in else {
            panic!("{:?}", state.sign_in);
        };
        assert_eq!(
            attempt.failure.unwrap().kind,
            FailureKind::SignInNotAccepted
        );
    });
}

#[test]
fn what_is_asked_while_nobody_is_signed_in_is_answered_where_it_is_awaited() {
    run(async {
        let mut desk = Desk::new().await;
        desk.send(Command::SignOut);
        signed_out(&mut desk).await;
        let survey = desk.survey(AMELIA).await;
        assert_eq!(survey.server.unwrap_err().kind, FailureKind::NotSignedIn);
        desk.send(Command::LoadActivity(Box::new(ActivityQuestion {
            number: 1,
            filter: ActFilter::default(),
            before: None,
            limit: 200,
        })));
        let failure = desk
            .until(|event| match event {
                Event::ActivityNotRead {
                    question: 1,
                    failure,
                } => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::NotSignedIn);
        desk.send(Command::Forget(name(AMELIA)));
        let doctor = desk
            .until(|event| match event {
                Event::Failed { doctor, .. } => Some(doctor.clone()),
                _ => None,
            })
            .await;
        assert_eq!(doctor, Some(name(AMELIA)));
    });
}
