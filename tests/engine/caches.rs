//! Promise 5: what a cache on the way had before a delete says nothing of what is there after it.

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DeletionChoice, DeletionOutcome, FailureKind,
    KnownDoctor, OperationId,
};
use audio_housekeeper::engine::{Command, DeletionReport, Event, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::store::Store;
use axum::http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::{AMELIA, name, run};

const HOUR: i64 = 3_600;

const FROM_A_CACHE: &str = "a cache answered, with what it had kept";

/// The documented 404, from a cache.
fn nothing_there(age: &'static str) -> Effect {
    let json = HeaderValue::from_static("application/json");
    Effect::Answer {
        status: StatusCode::NOT_FOUND,
        headers: vec![
            (header::CONTENT_TYPE, json),
            (header::AGE, HeaderValue::from_static(age)),
        ],
        body: r#"{"error":"No audio file found for this doctor"}"#.into(),
    }
}

/// What the service really has, through a cache.
fn aged(age: &'static str) -> Effect {
    Effect::SetHeader(header::AGE, HeaderValue::from_static(age))
}

/// A delete whose looks after it meet `effect`, and which the service doesn't carry out where it
/// only pretends to.
async fn delete_then(desk: &mut Desk, effect: Effect, pretends: bool) -> DeletionReport {
    desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
        .await;
    // The look before the delete sees the service itself.
    desk.service
        .add_fault(Fault::on(Call::Download, effect).from(2));
    if pretends {
        desk.service
            .add_fault(Fault::on(Call::Delete, Effect::PretendToAct));
    }
    desk.end_of_delete().await.0
}

async fn look_again(desk: &mut Desk, doctor: Option<&str>) -> DeletionReport {
    let operation = last_of(desk, AuditAction::Delete).await.operation;
    desk.send(Command::LookAgain {
        doctor: doctor.map(name),
        operation,
    });
    desk.until(|event| match event {
        Event::LookedAgain { report, .. } => Some(report.clone()),
        _ => None,
    })
    .await
}

async fn last_of(desk: &mut Desk, action: AuditAction) -> AuditDraft {
    let entries = desk.record().await.into_iter().rev();
    let mut of_action = entries.filter(|entry| entry.draft.action == action);
    of_action.next().unwrap().draft
}

/// Checks, and gives why it failed.
async fn check(desk: &mut Desk) -> Option<FailureKind> {
    desk.send(Command::Check(name(AMELIA)));
    desk.until(|event| match event {
        Event::CheckEnded { failure, .. } => Some(failure.as_ref().map(|met| met.kind.clone())),
        _ => None,
    })
    .await
}

async fn known(desk: &Desk) -> KnownDoctor {
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    let known = store.doctor(&service, &name(AMELIA)).await.unwrap();
    known.unwrap()
}

#[test]
fn a_404_that_a_cache_had_before_the_delete_is_no_deletion() {
    run(async {
        for age in ["600", "99999999999999999999999", "soon", "0, 600", ""] {
            let mut desk = Desk::new().await;
            let report = delete_then(&mut desk, nothing_there(age), true).await;
            assert_eq!(report.outcome, DeletionOutcome::NotKnown, "{age}");
            assert_eq!(report.not_known, [name(AMELIA)]);
            let met = report.failure.unwrap();
            assert_eq!(met.kind, FailureKind::AnswerTooOld);
            assert_eq!(met.details.status, Some(404));
            assert_eq!(
                desk.story().await,
                [
                    "sign-in done",
                    "delete intended",
                    "delete answered",
                    "delete not-known"
                ]
            );
            let entry = last_of(&mut desk, AuditAction::Delete).await;
            let note = format!("tried 2 times; {FROM_A_CACHE}");
            assert_eq!(entry.note, Some(note), "{age}");
            assert!(known(&desk).await.no_answer_at.is_some(), "{age}");
            assert!(desk.service.holds(AMELIA));
            assert_eq!(desk.deletes_received(), 1);
        }
    });
}

#[test]
fn a_200_that_a_cache_had_before_the_delete_does_not_show_that_it_is_still_there() {
    run(async {
        let mut desk = Desk::new().await;
        let report = delete_then(&mut desk, aged("600"), true).await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        let met = report.failure.unwrap();
        assert_eq!(met.kind, FailureKind::AnswerTooOld);
        assert_eq!(met.details.status, Some(200));
        assert_eq!(desk.story().await.pop().unwrap(), "delete not-known");
        // Nor does a check or another look, until the service itself is heard.
        assert_eq!(check(&mut desk).await, Some(FailureKind::AnswerTooOld));
        let entry = last_of(&mut desk, AuditAction::Check).await;
        assert_eq!(entry.outcome, AuditOutcome::Failed);
        assert_eq!(entry.note, Some(format!("tried 2 times; {FROM_A_CACHE}")));
        desk.service.set_faults(Vec::new());
        assert_eq!(check(&mut desk).await, None);
        let report = look_again(&mut desk, Some(AMELIA)).await;
        assert_eq!(report.outcome, DeletionOutcome::StillThere);
    });
}

/// Proxies that pass a request on say `Age: 0`, and so do those that had the answer for less than
/// a second: the next look tells.
#[test]
fn an_answer_of_less_than_a_second_is_asked_for_once_more() {
    run(async {
        let mut desk = Desk::new().await;
        let before = desk.requests(Call::Download);
        let report = delete_then(&mut desk, aged("0"), false).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(report.failure, None);
        // The survey, the look before the delete, and two after it.
        assert_eq!(desk.requests(Call::Download) - before, 4);
        let entry = last_of(&mut desk, AuditAction::Delete).await;
        assert_eq!(entry.note.as_deref(), Some("tried 2 times"));
    });
}

#[test]
fn setting_the_clock_makes_no_answer_newer_and_time_does() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), std::time::Duration::ZERO).await;
        let report = delete_then(&mut desk, nothing_there("600"), false).await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        desk.clock.stop();
        for (wall, steady, outcome) in [
            (HOUR, 0, DeletionOutcome::NotKnown),
            (-2 * HOUR, 590, DeletionOutcome::NotKnown),
            (0, 12, DeletionOutcome::Gone),
        ] {
            desk.clock.jump(wall, steady);
            let report = look_again(&mut desk, Some(AMELIA)).await;
            assert_eq!(report.outcome, outcome, "{wall} {steady}");
        }
        let mut story = desk.story().await;
        assert_eq!(story.pop().unwrap(), "delete gone");
        assert_eq!(story.pop().unwrap(), "delete not-known");
    });
}

#[test]
fn deleting_everything_is_not_known_where_a_cache_answers_the_looks() {
    run(async {
        let mut desk = Desk::new().await;
        assert_eq!(check(&mut desk).await, None);
        let doctors = [known(&desk).await];
        desk.service
            .set_faults(vec![Fault::on(Call::Download, nothing_there("600"))]);
        desk.begin_delete_all(&doctors).await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        assert_eq!(report.not_known, [name(AMELIA)]);
        assert_eq!(desk.story().await.pop().unwrap(), "delete-all not-known");
    });
}

#[test]
fn a_delete_of_an_earlier_run_is_judged_by_what_is_newer_than_this_run() {
    run(async {
        let desk = Desk::new().await;
        let intent = AuditDraft {
            time: Timestamp::now(),
            action: AuditAction::Delete,
            outcome: AuditOutcome::Intended,
            operation: OperationId::from_bytes([7; 16]),
            who: AuditWho {
                service: Some(desk.origin().ascii()),
                ..AuditWho::default()
            },
            doctor: Some(name(AMELIA)),
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        };
        let store = Store::open(desk.folder.path()).unwrap();
        store.append(intent).await.unwrap();
        drop(store);
        desk.service
            .add_fault(Fault::on(Call::Download, nothing_there("600")));
        let mut desk = desk.restart().await;
        let found = desk
            .until(|event| match event {
                Event::FoundAtStart(found) => Some(found.clone()),
                _ => None,
            })
            .await;
        let [Unfinished::Delete { report, .. }] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        let entry = last_of(&mut desk, AuditAction::Delete).await;
        assert_eq!(entry.outcome, AuditOutcome::NotKnown);
        assert!(entry.note.unwrap().ends_with(FROM_A_CACHE));
    });
}
