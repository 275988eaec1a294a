//! Promises 3, 4 and 5, and what a person is told of a delete.

use std::fs;
use std::time::Duration;

use audio_housekeeper::domain::{
    AuditOutcome, BackupComparison, DeletionChoice, DeletionOutcome, FailureKind,
};
use audio_housekeeper::engine::{Command, Event, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, NoLength, PracticeConfig};
use audio_housekeeper::store::Store;
use axum::http::{HeaderValue, StatusCode};
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

pub fn back_up_first(desk: &Desk) -> DeletionChoice {
    DeletionChoice::BackUpFirst {
        destination: desk.file("backup.wav"),
        replace: false,
    }
}

#[test]
fn deleted_is_said_after_a_404_and_the_record_tells_each_step() {
    run(async {
        let mut desk = Desk::new().await;
        let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(report.failure, None);
        assert!(!desk.service.holds(AMELIA));
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
    });
}

#[test]
fn the_intent_is_on_disk_before_the_service_is_asked() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.clock.run();
        desk.progress(id, |progress| *progress == JobProgress::Deleting)
            .await;
        desk.until_sent().await;
        // The DELETE is on its way, and the record already says so.
        let last = desk.record().await.pop().unwrap();
        assert_eq!(last.draft.outcome, AuditOutcome::Intended);
        assert_eq!(last.draft.doctor, Some(name(AMELIA)));
        desk.service.end_stalls(Call::Delete);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn back_up_then_delete_downloads_checks_and_reads_back_first() {
    run(async {
        let mut desk = Desk::new().await;
        let choice = back_up_first(&desk);
        let (report, backup) = desk.delete(AMELIA, choice).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let backup = backup.unwrap();
        assert_eq!(fs::read(&backup).unwrap(), wav(100_000, 1));
        let intent = desk
            .record()
            .await
            .into_iter()
            .find(|entry| entry.draft.outcome == AuditOutcome::Intended)
            .unwrap();
        assert!(intent.draft.plan.unwrap().contains("contents not compared"));
        assert_eq!(intent.draft.backup.unwrap().size, 100_000);
    });
}

#[test]
fn a_backup_that_can_be_compared_is_recorded_as_the_same_copy() {
    run(async {
        let config = PracticeConfig {
            etags: Etags::All,
            ..holding_nothing()
        };
        let mut desk = Desk::with(config, Duration::from_millis(50)).await;
        desk.download(AMELIA, "first.wav").await.unwrap();
        let survey = desk.survey(AMELIA).await;
        assert!(matches!(survey.backup, BackupComparison::Same(_)));
        let (report, _) = desk.delete(AMELIA, DeletionChoice::KeepingBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let record = desk.record().await;
        let plan = record
            .iter()
            .find_map(|entry| entry.draft.plan.clone())
            .unwrap();
        assert!(plan.contains("the same copy"), "{plan}");
    });
}

#[test]
fn a_failed_backup_deletes_nothing() {
    run(async {
        for fault in [Effect::CutAfter(5_000), Effect::html()] {
            let mut desk = Desk::new().await;
            let choice = back_up_first(&desk);
            // The first download of this test is the survey's look.
            desk.service
                .add_fault(Fault::on(Call::Download, fault).from(2));
            desk.impatient = true;
            let (report, _) = desk.delete(AMELIA, choice).await;
            assert_eq!(report.outcome, DeletionOutcome::NotSent);
            assert!(report.failure.is_some());
            assert_eq!(desk.deletes_received(), 0);
            assert!(desk.service.holds(AMELIA));
        }
    });
}

#[test]
fn a_copy_that_changed_since_it_was_confirmed_is_not_deleted() {
    run(async {
        let mut desk = Desk::new().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.service.put(AMELIA, "b.wav", wav(120_000, 2));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::CopyChanged);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_copy_that_shows_no_length_to_compare_is_compared_by_its_contents_before_it_is_deleted() {
    run(async {
        for changed in [false, true] {
            let mut desk = Desk::new().await;
            desk.download(AMELIA, "first.wav").await.unwrap();
            desk.begin_delete(AMELIA, DeletionChoice::KeepingBackup)
                .await;
            let without_length = Effect::OmitLength(NoLength::Chunked);
            desk.service
                .add_fault(Fault::on(Call::Download, without_length));
            if changed {
                desk.service.put(AMELIA, "b.wav", wav(100_000, 2));
            }
            let (report, _) = desk.end_of_delete().await;
            if changed {
                assert_eq!(report.outcome, DeletionOutcome::NotSent);
                assert_eq!(report.failure.unwrap().kind, FailureKind::CopyChanged);
                assert_eq!(desk.deletes_received(), 0);
                continue;
            }
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            let record = desk.record().await;
            let plan = record
                .iter()
                .find_map(|entry| entry.draft.plan.clone())
                .unwrap();
            let how = "the same contents as the server's, downloaded again just before";
            assert!(plan.contains(how), "{plan}");
        }
    });
}

#[test]
fn a_backup_that_goes_during_the_wait_is_not_relied_on() {
    run(async {
        let mut desk = Desk::new().await;
        let saved = desk.download(AMELIA, "first.wav").await.unwrap();
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::KeepingBackup)
            .await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        fs::remove_file(&saved.path).unwrap();
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert!(matches!(
            report.failure.unwrap().kind,
            FailureKind::ReadBackDiffers { .. }
        ));
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_backup_altered_on_disk_stops_the_delete_that_relied_on_it() {
    run(async {
        let mut desk = Desk::new().await;
        let saved = desk.download(AMELIA, "first.wav").await.unwrap();
        let mut bytes = fs::read(&saved.path).unwrap();
        bytes[50_000] ^= 1;
        fs::write(&saved.path, bytes).unwrap();
        let (report, _) = desk.delete(AMELIA, DeletionChoice::KeepingBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert!(matches!(
            report.failure.unwrap().kind,
            FailureKind::ReadBackDiffers { .. }
        ));
        assert_eq!(desk.deletes_received(), 0);
        let survey = desk.survey(AMELIA).await;
        assert!(
            matches!(survey.backup, BackupComparison::Altered(_)),
            "{:?}",
            survey.backup
        );
    });
}

#[test]
fn an_answer_lost_before_or_after_acting_is_settled_by_looking() {
    run(async {
        for (effect, outcome) in [
            (Effect::LoseBeforeActing, DeletionOutcome::StillThere),
            (Effect::LoseAfterActing, DeletionOutcome::Gone),
            (Effect::PretendToAct, DeletionOutcome::StillThere),
            (
                Effect::redirect(
                    StatusCode::TEMPORARY_REDIRECT,
                    HeaderValue::from_static("/api/delete-all"),
                ),
                DeletionOutcome::StillThere,
            ),
            (
                Effect::status(StatusCode::INTERNAL_SERVER_ERROR),
                DeletionOutcome::StillThere,
            ),
            (Effect::html(), DeletionOutcome::StillThere),
        ] {
            let mut desk = Desk::new().await;
            desk.service
                .add_fault(Fault::on(Call::Delete, effect.clone()));
            let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
            assert_eq!(report.outcome, outcome, "{effect:?}");
            assert_eq!(desk.deletes_received(), 1, "{effect:?}");
        }
    });
}

#[test]
fn without_an_answer_to_the_look_nothing_is_claimed_until_it_is_looked_again() {
    run(async {
        let mut desk = Desk::new().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        // The look before the delete is still answered; the looks after it are not.
        desk.service.add_fault(
            Fault::on(
                Call::Download,
                Effect::status(StatusCode::SERVICE_UNAVAILABLE),
            )
            .from(2),
        );
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        assert_eq!(report.not_known, [name(AMELIA)]);
        desk.service.set_faults(Vec::new());
        let operation = desk.record().await.pop().unwrap().draft.operation;
        desk.send(Command::LookAgain {
            doctor: Some(name(AMELIA)),
            operation,
        });
        let report = desk
            .until(|event| match event {
                Event::LookedAgain { report, .. } => Some(report.clone()),
                _ => None,
            })
            .await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(desk.deletes_received(), 1);
    });
}

#[test]
fn a_record_that_cannot_be_written_deletes_nothing() {
    run(async {
        let mut desk = Desk::new().await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Waiting { .. })
        })
        .await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        database
            .execute_batch(
                "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END",
            )
            .unwrap();
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::RecordNotWritable);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
    });
}

#[test]
fn delete_all_looks_at_every_doctor_known_here() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put("Dr. B", "b.wav", wav(60_000, 2));
        for doctor in [AMELIA, "Dr. B", "Dr. Nobody"] {
            desk.survey(doctor).await;
        }
        desk.begin_delete_all(&[]).await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(report.gone.len(), 3);
        assert_eq!(desk.requests(Call::DeleteAll), 1);
        assert!(!desk.service.holds("Dr. B"));
        assert_eq!(desk.story().await.last().unwrap(), "delete-all gone");
    });
}

#[test]
fn looking_after_a_delete_of_everything_ends_soon_where_nothing_answers() {
    run(async {
        let mut desk = Desk::new().await;
        let doctors: Vec<_> = (0..16).map(|number| format!("Dr. {number}")).collect();
        for doctor in &doctors {
            desk.survey(doctor).await;
        }
        let before = desk.requests(Call::Download);
        desk.begin_delete_all(&[]).await;
        desk.service.add_fault(Fault::on(
            Call::Download,
            Effect::status(StatusCode::SERVICE_UNAVAILABLE),
        ));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        assert_eq!(report.not_known.len(), doctors.len());
        // Each look is tried twice: 32 for all of them.
        let looks = desk.requests(Call::Download) - before;
        assert!(looks <= 16, "{looks}");
    });
}

#[test]
fn a_delete_all_that_the_service_reports_as_failed_is_never_called_a_success() {
    run(async {
        let mut desk = Desk::new().await;
        desk.survey(AMELIA).await;
        desk.service.add_fault(Fault::on(
            Call::DeleteAll,
            Effect::answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "application/json",
                r#"{"error":"Failed to delete files."}"#,
            ),
        ));
        desk.begin_delete_all(&[]).await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::StillThere);
        assert_eq!(report.failure.unwrap().kind, FailureKind::ServiceTrouble);
        assert_eq!(report.still_there, [name(AMELIA)]);
    });
}
