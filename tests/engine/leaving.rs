//! Promise 9: whatever an end in good order cuts off is named at the next start, as after a kill.

use std::time::Duration;

use audio_housekeeper::domain::{DeletionChoice, DeletionOutcome, OperationId};
use audio_housekeeper::engine::{Event, JobProgress, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::store::{Change, Store, WaitingDelete};
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::{AMELIA, name, run};

async fn found(desk: &mut Desk) -> Vec<Unfinished> {
    desk.until(|event| match event {
        Event::FoundAtStart(found) => Some(found.clone()),
        _ => None,
    })
    .await
}

/// A desk whose deletes wait long enough to be left in their wait.
async fn patient_desk() -> Desk {
    let config = holding_nothing();
    Desk::with(config, Duration::from_mins(1)).await
}

/// Nothing is named twice.
async fn nothing_is_left(desk: Desk) {
    let desk = desk.restart().await;
    let store = Store::open(desk.folder.path()).unwrap();
    assert_eq!(store.waiting_deletes().await, Ok(Vec::new()));
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
    assert_eq!(store.unfinished_operations().await, Ok(Vec::new()));
}

#[test]
fn a_delete_left_in_its_wait_is_not_sent_and_is_named_at_the_next_start() {
    run(async {
        let mut desk = patient_desk().await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
            .await;
        let mut desk = desk.restart().await;
        let doctor = Some(name(AMELIA));
        assert_eq!(found(&mut desk).await, [Unfinished::NotSent { doctor }]);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
        assert_eq!(desk.story().await, ["sign-in done", "delete cut-off"]);
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_of_everything_left_in_its_wait_is_named_too() {
    run(async {
        let mut desk = patient_desk().await;
        let id = desk.begin_delete_all(&[]).await;
        desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
            .await;
        let mut desk = desk.restart().await;
        let doctor = None;
        assert_eq!(found(&mut desk).await, [Unfinished::NotSent { doctor }]);
        assert_eq!(desk.story().await, ["sign-in done", "delete-all cut-off"]);
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_killed_in_its_wait_is_named_as_well() {
    run(async {
        let desk = Desk::new().await;
        // What a killed process leaves.
        let store = Store::open(desk.folder.path()).unwrap();
        let waiting = WaitingDelete {
            operation: OperationId::from_bytes([7; 16]),
            service: desk.origin().ascii(),
            doctor: Some(name(AMELIA)),
            person: Some("Practice desk".into()),
            confirmed_at: Timestamp::now(),
        };
        store
            .apply(vec![Change::BeginWaiting(waiting.clone())])
            .await
            .unwrap();
        assert_eq!(store.waiting_deletes().await, Ok(vec![waiting]));
        drop(store);
        let mut desk = desk.restart().await;
        let doctor = Some(name(AMELIA));
        assert_eq!(found(&mut desk).await, [Unfinished::NotSent { doctor }]);
        assert_eq!(desk.deletes_received(), 0);
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_that_was_sent_before_the_end_is_looked_into_and_named_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let slow = Effect::StallBeforeHead(Duration::from_millis(700));
        desk.service.add_fault(Fault::on(Call::Delete, slow));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        // Should it be answered before the end after all, the look after it is not.
        let silent = Effect::StallBeforeHead(Duration::from_secs(30));
        desk.service
            .add_fault(Fault::on(Call::Download, silent).only(2));
        desk.until_sent().await;
        desk.service.set_faults(Vec::new());
        let mut desk = desk.restart().await;
        let found = found(&mut desk).await;
        let [Unfinished::Delete { doctor, report, .. }] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(doctor.as_ref(), Some(&name(AMELIA)));
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(desk.deletes_received(), 1);
        assert_eq!(
            desk.story().await,
            [
                "sign-in done",
                "delete intended",
                "delete answered",
                "delete gone"
            ]
        );
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_left_while_it_is_looked_after_is_named_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
            .await;
        // The look before the delete is answered, the one after it is not.
        let silent = Effect::StallBeforeHead(Duration::from_secs(30));
        desk.service
            .add_fault(Fault::on(Call::Download, silent).from(2));
        desk.clock.run();
        desk.progress(id, |now| *now == JobProgress::Verifying)
            .await;
        desk.service.set_faults(Vec::new());
        let mut desk = desk.restart().await;
        let found = found(&mut desk).await;
        assert!(
            matches!(&found[..], [Unfinished::Delete { report, .. }]
                if report.outcome == DeletionOutcome::Gone),
            "{found:?}"
        );
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_download_left_in_the_middle_leaves_no_part_file_and_is_named_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallAfter {
            bytes: 50_000,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(Fault::on(Call::Download, stall));
        let (destination, part) = (desk.file("a.wav"), desk.file("a.wav.part"));
        let id = desk.begin_download(AMELIA, "a.wav").await;
        desk.until_it_comes(id).await;
        assert!(part.exists());
        desk.service.set_faults(Vec::new());
        let mut desk = desk.restart().await;
        assert!(!part.exists() && !destination.exists());
        let doctor = name(AMELIA);
        let named = Unfinished::Download {
            doctor,
            destination,
        };
        assert_eq!(found(&mut desk).await, [named]);
        assert_eq!(desk.story().await, ["sign-in done", "download cut-off"]);
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_left_while_its_intent_reaches_the_disk_is_known_not_to_have_been_sent() {
    run(async {
        let mut desk = Desk::new().await;
        // A disk that takes a while over the intent.
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let slow = "CREATE TRIGGER slow BEFORE INSERT ON audit WHEN NEW.canonical LIKE '%intended%'
            BEGIN SELECT (WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT
            1500000) SELECT count(*) FROM n); END";
        database.execute_batch(slow).unwrap();
        database.busy_timeout(Duration::ZERO).unwrap();
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
            .await;
        // Should it be there before that is seen, nobody answers the last call.
        desk.answers = false;
        desk.clock.run();
        let is_there = |database: &rusqlite::Connection| {
            let intents = "SELECT count(*) FROM audit WHERE canonical LIKE '%intended%'";
            database.query_row(intents, [], |row| row.get::<_, u32>(0)) != Ok(0)
        };
        // Nothing else writes for as long as this.
        let mut busy = 0;
        while busy < 20 && !is_there(&database) {
            let free = database.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
            busy = if free { 0 } else { busy + 1 };
            desk.pass_time().await;
        }
        let mut desk = desk.restart().await;
        let doctor = Some(name(AMELIA));
        assert_eq!(found(&mut desk).await, [Unfinished::NotSent { doctor }]);
        assert_eq!(desk.deletes_received(), 0);
        // The trigger is none that belongs there.
        assert_eq!(
            desk.story().await,
            [
                "sign-in done",
                "delete intended",
                "delete cut-off",
                "check-record put-back",
                "delete cut-off"
            ]
        );
        nothing_is_left(desk).await;
    });
}

#[test]
fn a_delete_that_was_said_not_to_be_sent_is_not_named_again_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let full = "CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.canonical LIKE '%intended%'
            BEGIN SELECT RAISE(ABORT, 'full'); END";
        database.execute_batch(full).unwrap();
        let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(desk.deletes_received(), 0);
        let store = Store::open(desk.folder.path()).unwrap();
        assert_eq!(store.waiting_deletes().await, Ok(Vec::new()));
    });
}

#[test]
fn what_somebody_else_confirmed_is_recorded_as_theirs_and_not_offered_again() {
    run(async {
        for person in [Some("A. Colleague".to_owned()), None] {
            let desk = Desk::new().await;
            let store = Store::open(desk.folder.path()).unwrap();
            let waiting = WaitingDelete {
                operation: OperationId::from_bytes([7; 16]),
                service: desk.origin().ascii(),
                doctor: Some(name(AMELIA)),
                person: person.clone(),
                confirmed_at: Timestamp::now(),
            };
            let begun = store.apply(vec![Change::BeginWaiting(waiting)]);
            begun.await.unwrap();
            drop(store);
            let mut desk = desk.restart().await;
            // The window offers the delete again with `Unfinished::NotSent` only.
            let found = found(&mut desk).await;
            assert!(
                matches!(&found[..], [Unfinished::Delete { report, .. }]
                    if report.outcome == DeletionOutcome::NotSent),
                "{found:?}"
            );
            let last = desk.record().await.pop().unwrap().draft;
            let note = last.note.unwrap();
            let whose = person.map_or("not known by whom".to_owned(), |person| {
                format!("confirmed by {person}")
            });
            assert!(note.contains(&whose), "{note}");
            nothing_is_left(desk).await;
        }
    });
}
