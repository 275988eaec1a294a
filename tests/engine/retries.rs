//! Downloads try again where that may help, and only there.

use std::fs;
use std::time::{Duration, Instant};

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, DeletionChoice, DeletionOutcome, Failure, FailureKind,
};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobProgress, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::store::Store;
use axum::http::{HeaderValue, StatusCode, header};
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

/// An answer that asks for a wait of so many seconds.
fn asks_to_wait(status: u16, seconds: &'static str) -> Effect {
    Effect::Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: vec![(header::RETRY_AFTER, HeaderValue::from_static(seconds))],
        body: bytes::Bytes::new(),
    }
}

fn on_download(effect: Effect) -> Fault {
    Fault::on(Call::Download, effect)
}

/// The record's entries on downloads.
async fn recorded(desk: &mut Desk) -> Vec<AuditDraft> {
    let entries = desk.record().await.into_iter().map(|entry| entry.draft);
    entries
        .filter(|draft| draft.action == AuditAction::Download)
        .collect()
}

pub fn failure_of<T>(result: Result<T, JobFailure>) -> Failure {
    match result {
        Err(JobFailure::Failed(failure)) => failure,
        Err(JobFailure::Cancelled) => panic!("it was cancelled"),
        Ok(_) => panic!("it was saved"),
    }
}

async fn assert_nothing_is_left(desk: &Desk) {
    let names = fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| name.contains("a.wav")).collect();
    assert!(left.is_empty(), "{left:?}");
    let store = Store::open(desk.folder.path()).unwrap();
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
}

#[test]
fn a_download_that_is_cut_twice_is_whole_at_its_third_try() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(Effect::CutAfter(40_000)).only(1));
        desk.service
            .add_fault(on_download(Effect::ResetAfter(60_000)).only(2));
        desk.impatient = true;
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(desk.requests(Call::Download), 3);
        let recorded = recorded(&mut desk).await;
        assert_eq!(recorded.len(), 1, "one entry for all tries");
        assert_eq!(recorded[0].outcome.code(), "saved-and-checked");
        let note = recorded[0].note.as_deref().unwrap();
        assert!(note.starts_with("tried 3 times; "), "{note}");
        fs::remove_file(saved.path).unwrap();
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn a_service_that_asks_for_a_wait_gets_it_and_a_person_can_skip_it() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(asks_to_wait(503, "2")).only(1));
        desk.service
            .add_fault(on_download(asks_to_wait(429, "90")).only(2));
        let begun = Instant::now();
        desk.ask_download(AMELIA, "a.wav");
        while desk.requests(Call::Download) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(begun.elapsed() >= Duration::from_secs(2), "not obeyed");
        desk.impatient = true;
        desk.end_of_download().await.unwrap();
        assert_eq!(desk.requests(Call::Download), 3);
        let asked = desk.waits.last().unwrap();
        assert_eq!((asked.next, asked.tries), (3, Some(5)));
        let kind = &asked.failure.details.earlier[0].kind;
        assert_eq!(*kind, FailureKind::ServiceTrouble);
        // Of its own accord it would wait for 8 s at most.
        assert!(asked.left > Duration::from_secs(10), "{asked:?}");
        assert_eq!(asked.failure.details.retry_after_seconds, Some(90));
        let note = recorded(&mut desk).await.remove(0).note.unwrap();
        assert!(note.starts_with("tried 3 times; "), "{note}");
    });
}

#[test]
fn a_download_that_is_cut_for_ever_is_given_up_after_five_tries_and_tells_of_each() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(Effect::CutAfter(40_000)));
        desk.impatient = true;
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        assert_eq!(desk.requests(Call::Download), 5);
        let all = [&failure.details.earlier[..], std::slice::from_ref(&failure)].concat();
        assert_eq!(all.len(), 5);
        for met in &all {
            let total = Some(100_000);
            let dropped = matches!(met.kind, FailureKind::ConnectionDropped { received, total: of }
                if received > 0 && of == total);
            assert!(dropped, "{met:?}");
            assert_eq!(met.details.call.as_deref(), Some("GET /api/download"));
        }
        assert!(all.is_sorted_by_key(|met| met.details.at));
        let recorded = recorded(&mut desk).await;
        assert_eq!(recorded.len(), 1);
        assert_eq!(recorded[0].outcome.code(), "failed");
        assert_eq!(recorded[0].note.as_deref(), Some("tried 5 times"));
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn lost_answers_stalls_and_all_answers_that_pass_are_tried_again() {
    run(async {
        let mut effects = vec![
            Effect::LoseBeforeActing,
            Effect::ResetAfter(0),
            Effect::StallBeforeHead(Duration::from_mins(1)),
            Effect::StallAfter {
                bytes: 50_000,
                duration: Duration::from_mins(1),
            },
        ];
        for status in [408, 429, 500, 502, 503, 504] {
            effects.push(Effect::status(StatusCode::from_u16(status).unwrap()));
        }
        let mut desk = Desk::new().await;
        desk.impatient = true;
        for effect in effects {
            let before = desk.requests(Call::Download);
            desk.service
                .set_faults(vec![on_download(effect.clone()).only(1)]);
            let result = desk.download(AMELIA, "a.wav").await;
            assert!(result.is_ok(), "{effect:?}: {result:?}");
            assert_eq!(desk.requests(Call::Download) - before, 2, "{effect:?}");
        }
    });
}

#[test]
fn what_no_other_try_would_change_is_tried_once() {
    run(async {
        let mut desk = Desk::new().await;
        desk.impatient = true;
        let mut effects = vec![
            Effect::html(),
            Effect::answer(StatusCode::OK, "application/json", "{}"),
        ];
        for status in [204, 302, 400, 403, 404, 409, 413, 501, 511] {
            effects.push(Effect::status(StatusCode::from_u16(status).unwrap()));
        }
        for effect in effects {
            let before = desk.requests(Call::Download);
            desk.service.set_faults(vec![on_download(effect.clone())]);
            failure_of(desk.download(AMELIA, "a.wav").await);
            assert_eq!(desk.requests(Call::Download) - before, 1, "{effect:?}");
        }
        desk.service.set_faults(Vec::new());
        let before = desk.requests(Call::Download);
        let failure = failure_of(desk.download("Dr. Nobody", "a.wav").await);
        assert_eq!(failure.kind, FailureKind::NothingThere);
        assert_eq!(desk.requests(Call::Download) - before, 1);
        let failure = failure_of(desk.download(AMELIA, "no folder/a.wav").await);
        assert!(matches!(failure.kind, FailureKind::FolderMissing { .. }));
        assert_eq!(desk.requests(Call::Download) - before, 1, "nothing asked");
        let recorded = recorded(&mut desk).await;
        assert!(recorded.iter().all(|draft| draft.note.is_none()));
        // Last, as it ends the sign-in.
        desk.service
            .set_faults(vec![on_download(Effect::token_ended())]);
        let before = desk.requests(Call::Download);
        desk.ask_download(AMELIA, "a.wav");
        desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
            .await;
        assert_eq!(desk.requests(Call::Download) - before, 1);
    });
}

#[test]
fn a_download_can_be_cancelled_while_it_waits() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(asks_to_wait(503, "110")));
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        desk.send(Command::Cancel(id));
        let result = desk.end_of_download().await;
        assert_eq!(result, Err(JobFailure::Cancelled));
        assert_eq!(desk.requests(Call::Download), 1);
        let recorded = recorded(&mut desk).await;
        assert_eq!(recorded[0].outcome.code(), "stopped");
        assert_eq!(recorded[0].note, None, "the second try never began");
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn try_now_ends_one_wait_and_skips_no_other() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(asks_to_wait(503, "110")));
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        desk.send(Command::TryNow(id));
        desk.progress(id, |now| {
            matches!(now, JobProgress::WaitingToTryAgain { next: 3, .. })
        })
        .await;
        assert_eq!(desk.requests(Call::Download), 2);
        desk.service.set_faults(Vec::new());
        desk.send(Command::TryNow(id));
        desk.end_of_download().await.unwrap();
        assert_eq!(desk.requests(Call::Download), 3);
    });
}

#[test]
fn a_wait_longer_than_two_minutes_is_not_begun() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(on_download(asks_to_wait(429, "121")));
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        let kind = FailureKind::TooManyRequests {
            retry_after_seconds: Some(121),
        };
        assert_eq!(failure.kind, kind);
        assert_eq!(desk.requests(Call::Download), 1);
    });
}

#[test]
fn a_night_s_sleep_does_not_use_up_the_time_for_tries() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), Duration::ZERO).await;
        desk.service
            .add_fault(on_download(asks_to_wait(503, "110")).only(1));
        desk.service
            .add_fault(on_download(asks_to_wait(503, "110")).only(2));
        desk.download_until_it_waits(AMELIA, "a.wav").await;
        // As Windows shows it: both clocks went on.
        desk.clock.jump(8 * 3_600, 8 * 3_600);
        desk.impatient = true;
        desk.end_of_download().await.unwrap();
        assert_eq!(desk.requests(Call::Download), 3);
    });
}

#[test]
fn a_download_left_while_it_waits_is_named_at_the_next_start() {
    run(async {
        for effect in [asks_to_wait(503, "110"), Effect::CutAfter(40_000)] {
            let mut desk = Desk::new().await;
            desk.service.add_fault(on_download(effect));
            desk.download_until_it_waits(AMELIA, "a.wav").await;
            desk.service.set_faults(Vec::new());
            let destination = desk.file("a.wav");
            let mut desk = desk.restart().await;
            let found = desk
                .until(|event| match event {
                    Event::FoundAtStart(found) => Some(found.clone()),
                    _ => None,
                })
                .await;
            let doctor = name(AMELIA);
            let named = Unfinished::Download {
                doctor,
                destination,
            };
            assert_eq!(found, [named]);
            assert_eq!(desk.story().await, ["sign-in done", "download cut-off"]);
            assert_nothing_is_left(&desk).await;
        }
    });
}

#[test]
fn a_backup_that_is_cut_is_tried_again_before_its_delete() {
    run(async {
        let mut desk = Desk::new().await;
        // The first is the survey's look.
        desk.service
            .add_fault(on_download(Effect::CutAfter(5_000)).only(2));
        desk.impatient = true;
        let choice = DeletionChoice::BackUpFirst {
            destination: desk.file("a.wav"),
            replace: false,
        };
        let (report, backup) = desk.delete(AMELIA, choice).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(fs::read(backup.unwrap()).unwrap(), wav(100_000, 1));
        assert_eq!(desk.deletes_received(), 1);
    });
}

#[test]
fn a_delete_is_sent_once_whatever_it_is_answered() {
    run(async {
        let mut effects = vec![
            Effect::LoseBeforeActing,
            Effect::LoseAfterActing,
            Effect::ResetAfter(0),
            asks_to_wait(429, "1"),
            asks_to_wait(503, "0"),
        ];
        for status in [401, 403, 404, 408, 429, 500, 502, 503, 504] {
            effects.push(Effect::status(StatusCode::from_u16(status).unwrap()));
        }
        for effect in effects {
            let mut desk = Desk::new().await;
            desk.service
                .add_fault(Fault::on(Call::Delete, effect.clone()));
            desk.service
                .add_fault(Fault::on(Call::DeleteAll, effect.clone()));
            desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
                .await;
            if effect == Effect::status(StatusCode::UNAUTHORIZED) {
                desk.clock.run();
                desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
                    .await;
                desk.sign_in(true).await;
            }
            desk.end_of_delete().await;
            assert_eq!(desk.requests(Call::Delete), 1, "{effect:?}");
            desk.service
                .set_faults(vec![Fault::on(Call::DeleteAll, effect.clone())]);
            if effect != Effect::status(StatusCode::UNAUTHORIZED) {
                desk.begin_delete_all(&[]).await;
                desk.end_of_delete().await;
                assert_eq!(desk.requests(Call::DeleteAll), 1, "{effect:?}");
            }
        }
    });
}
