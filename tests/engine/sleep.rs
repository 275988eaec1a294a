//! Promise 9: a computer that sleeps, and one whose clock is set. The clocks are the test's own:
//! nothing here waits for a night.

use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DeletionChoice, DeletionOutcome, FailureKind,
    OperationId,
};
use audio_housekeeper::engine::{Command, Event, JobProgress, TimeJump};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::store::Store;
use jiff::{SignedDuration, Timestamp};
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::resumes;

const HOUR: i64 = 3_600;

#[test]
fn a_delete_in_its_wait_does_not_outlast_a_sleep_and_says_so() {
    run(async {
        // Linux and macOS, Windows, a clock that was set back.
        for (wall, steady) in [(8 * HOUR, 0), (8 * HOUR, 8 * 3_600), (-2 * HOUR, 0)] {
            let mut desk = Desk::with(holding_nothing(), Duration::from_mins(1)).await;
            let choice = DeletionChoice::WithoutBackup;
            let id = desk.begin_delete(AMELIA, choice).await;
            desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
                .await;
            desk.clock.jump(wall, steady);
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotSent);
            assert_eq!(report.failure.unwrap().kind, FailureKind::SleptMeanwhile);
            assert_eq!(desk.deletes_received(), 0);
            assert!(desk.service.holds(AMELIA));
            let last = desk.record().await.pop().unwrap().draft;
            assert_eq!(last.outcome, AuditOutcome::Slept);
            assert!(last.note.unwrap().contains("slept"));
        }
    });
}

#[test]
fn a_sleep_after_the_wait_stops_the_delete_too() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), Duration::from_millis(100)).await;
        let survey = desk.survey(AMELIA).await;
        // The last look takes a while.
        let slow = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Download, slow));
        let id = desk
            .confirm(audio_housekeeper::domain::Confirmation::Doctor {
                survey: Box::new(survey),
                choice: DeletionChoice::WithoutBackup,
                reason: None,
            })
            .await;
        desk.clock.run();
        desk.progress(id, |now| *now == JobProgress::Looking).await;
        desk.clock.jump(HOUR, 3_600);
        desk.service.set_faults(Vec::new());
        desk.service.end_stalls(Call::Download);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::SleptMeanwhile);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_delete_that_was_sent_is_looked_after_whatever_the_clock_does() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), Duration::from_millis(100)).await;
        let slow = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, slow));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        desk.clock.jump(HOUR, 0);
        desk.service.end_stalls(Call::Delete);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn a_delete_that_is_on_its_way_when_the_computer_sleeps_is_not_waited_for_but_looked_after() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), Duration::from_millis(100)).await;
        // No answer for as long as the client would wait: only the sleep ends the request sooner.
        let silent = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, silent));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        desk.clock.jump(8 * HOUR, 0);
        let (report, _) = desk.end_of_delete().await;
        assert!(report.failure.is_none(), "{report:?}");
        assert_ne!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(desk.deletes_received(), 1);
        let record = desk.record().await;
        let answered = record
            .iter()
            .find(|entry| entry.draft.outcome == AuditOutcome::Answered)
            .unwrap();
        let answer = answered.draft.answer.as_deref().unwrap();
        assert!(answer.contains("not known"), "{answer}");
    });
}

#[test]
fn the_window_hears_of_a_sleep_and_of_a_clock_that_was_set_back() {
    run(async {
        let mut desk = Desk::with(holding_nothing(), Duration::ZERO).await;
        let mut heard = async |wall, steady| {
            desk.clock.jump(wall, steady);
            desk.until(|event| match event {
                Event::TimeJumped(jump) => Some(*jump),
                _ => None,
            })
            .await
        };
        assert!(matches!(heard(HOUR, 0).await, TimeJump::Ahead(_)));
        assert!(matches!(heard(-HOUR, 0).await, TimeJump::Back(_)));
    });
}

#[test]
fn a_clock_that_is_behind_the_record_is_noticed_at_the_start() {
    run(async {
        let desk = Desk::new().await;
        let store = Store::open(desk.folder.path()).unwrap();
        let entry = AuditDraft {
            time: Timestamp::now() + SignedDuration::from_hours(30),
            action: AuditAction::Check,
            outcome: AuditOutcome::NothingThere,
            operation: OperationId::from_bytes([7; 16]),
            who: AuditWho::default(),
            doctor: None,
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        };
        store.append(entry).await.unwrap();
        drop(store);
        let mut desk = desk.restart().await;
        desk.until(|event| matches!(event, Event::ClockBehindRecord).then_some(()))
            .await;
    });
}

/// Asks for a doctor of whom the service has nothing: what is read to its end leaves the connection open.
async fn check(desk: &mut Desk) {
    desk.send(Command::Check(name("Dr. Nobody")));
    desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
        .await;
}

/// What was kept open before it may have died unseen.
#[test]
fn after_a_sleep_the_service_is_asked_over_a_new_connection() {
    run(async {
        let mut desk = Desk::new().await;
        check(&mut desk).await;
        // By then it is kept.
        tokio::time::sleep(Duration::from_millis(100)).await;
        check(&mut desk).await;
        let connection = |desk: &Desk| desk.service.requests().pop().unwrap().connection;
        let before = desk.service.requests();
        assert_eq!(before[before.len() - 2].connection, connection(&desk));
        let before = connection(&desk);
        desk.clock.jump(HOUR, 0);
        desk.until(|event| matches!(event, Event::TimeJumped(_)).then_some(()))
            .await;
        check(&mut desk).await;
        assert_ne!(connection(&desk), before);
    });
}

/// The connection is dead after it, and nobody says so.
#[test]
fn a_download_goes_on_after_a_sleep_where_it_was() {
    run(async {
        for (wall, steady) in [(8 * HOUR, 0), (8 * HOUR, 8 * 3_600)] {
            let mut desk = resumes::desk().await;
            let stall = Effect::StallAfter {
                bytes: 60_000,
                duration: Duration::from_mins(1),
            };
            desk.service
                .add_fault(Fault::on(Call::Download, stall).only(1));
            let id = desk.begin_download(AMELIA, "a.wav").await;
            desk.until_it_comes(id).await;
            desk.clock.jump(wall, steady);
            let saved = desk.end_of_download().await.unwrap();
            assert_eq!(std::fs::read(saved.path).unwrap(), wav(100_000, 1));
            let range = resumes::ranges(&desk).pop().unwrap();
            assert_eq!(range.unwrap(), "bytes=60000-");
        }
    });
}
