//! Stop, until the last moment before a DELETE, and a window that says nothing.

use std::time::Duration;

use audio_housekeeper::domain::{
    Approval, AuditOutcome, Confirmation, DeletionChoice, DeletionOutcome, DeletionPlan,
    DoctorTally, FailureKind,
};
use audio_housekeeper::engine::{Command, Event, JobId, JobProgress, Waits};
use audio_housekeeper::practice::Call;
use audio_housekeeper::store::Store;
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, run};

use crate::deletions::back_up_first;

#[test]
fn nothing_is_sent_after_stop() {
    run(async {
        let config = holding_nothing();
        let mut desk = Desk::with(config, Duration::from_secs(30)).await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        desk.send(Command::Cancel(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
        assert_eq!(desk.story().await, ["sign-in done", "delete stopped"]);
    });
}

fn everything() -> Box<DeletionPlan> {
    let now = Timestamp::now();
    let confirmation = Confirmation::Everything {
        tally: DoctorTally::default(),
        phrase: DeletionPlan::PHRASE.to_owned(),
        shown_at: now,
        reason: None,
    };
    Box::new(DeletionPlan::new(confirmation, now).unwrap())
}

#[test]
fn a_stop_in_the_last_moment_of_the_wait_is_not_lost() {
    // On one thread the job begins only after the engine has taken both commands.
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    one_thread.block_on(async {
        let config = holding_nothing();
        let mut desk = Desk::with(config, Duration::ZERO).await;
        desk.send(Command::Delete {
            plan: everything(),
            approval: Approval::default(),
        });
        desk.send(Command::Cancel(JobId(1)));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_stop_while_the_intent_is_being_written_still_stops() {
    run(async {
        let mut desk = Desk::new().await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        desk.clock.stop();
        desk.send(Command::Delete {
            plan: everything(),
            approval: Approval::default(),
        });
        desk.progress(JobId(1), |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        desk.clock.run();
        desk.progress(
            JobId(1),
            |progress| matches!(progress, JobProgress::Waiting { left, .. } if left.is_zero()),
        )
        .await;
        desk.send(Command::Cancel(JobId(1)));
        database.execute_batch("ROLLBACK").unwrap();
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
        assert_eq!(
            desk.story().await,
            ["sign-in done", "delete-all intended", "delete-all stopped"]
        );
    });
}

/// A desk with a window that does not answer a last call, and an engine that waits `last_call` for it.
async fn silent_desk(last_call: Duration) -> Desk {
    let config = holding_nothing();
    let waits = Waits {
        one: Duration::ZERO,
        all: Duration::ZERO,
        last_call,
        ..Waits::default()
    };
    let mut desk = Desk::with_waits(config, waits).await;
    desk.answers = false;
    desk
}

async fn last_call(desk: &mut Desk) -> JobId {
    desk.until(|event| match event {
        Event::LastCall { id } => Some(*id),
        _ => None,
    })
    .await
}

#[test]
fn nothing_is_sent_before_the_window_says_that_nobody_pressed_stop() {
    run(async {
        let mut desk = silent_desk(Duration::from_secs(12)).await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let id = last_call(&mut desk).await;
        let intent = desk.record().await.pop().unwrap();
        assert_eq!(intent.draft.outcome, AuditOutcome::Intended);
        // Said after a while; Stop would still work.
        desk.progress(id, |progress| *progress == JobProgress::Held)
            .await;
        assert_eq!(desk.deletes_received(), 0);
        desk.clock.pass(Duration::from_secs(3));
        let looks = desk.requests(Call::Download);
        desk.send(Command::NoStop(id));
        // What was seen before the hold is old: there is another look, and another call.
        last_call(&mut desk).await;
        assert_eq!(desk.requests(Call::Download), looks + 1);
        assert_eq!(desk.deletes_received(), 0);
        desk.send(Command::NoStop(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(desk.deletes_received(), 1);
    });
}

#[test]
fn an_answer_that_takes_a_moment_needs_no_other_look() {
    run(async {
        let mut desk = silent_desk(Duration::from_mins(1)).await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let id = last_call(&mut desk).await;
        desk.progress(id, |progress| *progress == JobProgress::Held)
            .await;
        desk.clock.pass(Duration::from_secs(3));
        desk.send(Command::NoStop(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn what_changed_while_the_window_held_a_delete_is_not_deleted() {
    run(async {
        let mut desk = silent_desk(Duration::from_secs(12)).await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let id = last_call(&mut desk).await;
        desk.progress(id, |progress| *progress == JobProgress::Held)
            .await;
        desk.clock.pass(Duration::from_secs(3));
        desk.service.put(AMELIA, "b.wav", wav(200_000, 2));
        desk.send(Command::NoStop(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::CopyChanged);
        assert_eq!(desk.deletes_received(), 0);
        assert_eq!(
            desk.story().await,
            ["sign-in done", "delete intended", "delete failed"]
        );
    });
}

#[test]
fn a_stop_after_the_last_call_stops_also_where_the_answer_follows_it_at_once() {
    run(async {
        let mut desk = silent_desk(Duration::from_mins(1)).await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let id = last_call(&mut desk).await;
        desk.send(Command::Cancel(id));
        desk.send(Command::NoStop(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
        assert_eq!(
            desk.story().await,
            ["sign-in done", "delete intended", "delete stopped"]
        );
    });
}

#[test]
fn a_delete_that_the_window_never_answers_for_is_not_sent_and_that_is_said() {
    run(async {
        let mut desk = silent_desk(Duration::from_millis(300)).await;
        for everything in [false, true] {
            if everything {
                desk.begin_delete_all(&[]).await;
            } else {
                desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
                    .await;
            }
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotSent);
            let failure = report.failure.unwrap();
            assert_eq!(failure.kind, FailureKind::WindowDidNotAnswer);
            let entry = desk.record().await.pop().unwrap();
            assert_eq!(entry.draft.outcome, AuditOutcome::Failed);
            let note = entry.draft.note.unwrap();
            assert_eq!(note, "the window did not answer; nothing was sent");
        }
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
        // Nothing is left open for the next start.
        let store = Store::open(desk.folder.path()).unwrap();
        assert_eq!(store.waiting_deletes().await, Ok(Vec::new()));
    });
}

#[test]
fn a_delete_that_was_stopped_after_its_backup_tells_where_the_copy_is() {
    run(async {
        let config = holding_nothing();
        let mut desk = Desk::with(config, Duration::from_secs(30)).await;
        let choice = back_up_first(&desk);
        let id = desk.begin_delete(AMELIA, choice).await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        desk.send(Command::Cancel(id));
        let (report, backup) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        let copy = desk.file("backup.wav");
        assert!(copy.exists());
        assert_eq!(backup, Some(copy));
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn signing_out_stops_a_waiting_delete() {
    run(async {
        let config = holding_nothing();
        let mut desk = Desk::with(config, Duration::from_secs(30)).await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        desk.send(Command::SignOut);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
    });
}
