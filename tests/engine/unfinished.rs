//! Promise 9: what was cut off is looked into and named at the next start.

use std::fs;
use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DeletionChoice, DeletionOutcome, FailureKind,
    OperationId,
};
use audio_housekeeper::engine::{Command, Event, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, ResultKind, State};
use audio_housekeeper::store::{Store, Transfer};
use axum::http::StatusCode;
use jiff::Timestamp;

use crate::desk::{AMELIA, Desk, name, run};

async fn found(desk: &mut Desk) -> Vec<Unfinished> {
    desk.until(|event| match event {
        Event::FoundAtStart(found) => Some(found.clone()),
        _ => None,
    })
    .await
}

fn intent(desk: &Desk, outcome: AuditOutcome) -> AuditDraft {
    AuditDraft {
        time: Timestamp::now(),
        action: AuditAction::Delete,
        outcome,
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
    }
}

#[test]
fn a_delete_without_an_outcome_is_closed_as_what_is_found() {
    run(async {
        for (acted, outcome) in [
            (false, DeletionOutcome::StillThere),
            (true, DeletionOutcome::Gone),
        ] {
            let desk = Desk::new().await;
            // A process that was killed after the intent, or after the answer.
            let store = Store::open(desk.folder.path()).unwrap();
            store
                .append(intent(&desk, AuditOutcome::Intended))
                .await
                .unwrap();
            if acted {
                desk.service.remove(AMELIA);
                store
                    .append(intent(&desk, AuditOutcome::Answered))
                    .await
                    .unwrap();
            }
            drop(store);
            let mut desk = desk.restart().await;
            let found = found(&mut desk).await;
            let [Unfinished::Delete { doctor, report, .. }] = &found[..] else {
                panic!("{found:?}");
            };
            assert_eq!(doctor.as_ref(), Some(&name(AMELIA)));
            assert_eq!(report.outcome, outcome);
            assert_eq!(desk.deletes_received(), 0);
            // It is closed: a further start has nothing to look into.
            let mut desk = desk.restart().await;
            desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
                .await;
            let last = desk.record().await.pop().unwrap();
            assert_eq!(last.draft.operation, OperationId::from_bytes([7; 16]));
            assert!(last.draft.outcome.is_final());
        }
    });
}

#[test]
fn a_download_that_was_cut_off_is_named_and_its_part_file_removed() {
    run(async {
        let desk = Desk::new().await;
        let (part, destination) = (desk.file("a.wav.part"), desk.file("a.wav"));
        fs::write(&part, b"RIFF").unwrap();
        let store = Store::open(desk.folder.path()).unwrap();
        let transfer = Transfer {
            operation: OperationId::from_bytes([8; 16]),
            service: desk.origin().ascii(),
            doctor: name(AMELIA),
            destination: destination.clone(),
            part: part.clone(),
            person: None,
            begun_at: Timestamp::now(),
        };
        store.begin_transfer(transfer).await.unwrap();
        drop(store);
        let mut desk = desk.restart().await;
        let found = found(&mut desk).await;
        assert_eq!(
            found,
            [Unfinished::Download {
                doctor: name(AMELIA),
                destination
            }]
        );
        assert!(!part.exists());
        let story = desk.story().await;
        assert!(story.contains(&"download cut-off".to_owned()), "{story:?}");
    });
}

#[test]
fn a_delete_of_this_very_run_is_not_taken_for_one_that_was_cut_off() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallBeforeHead(Duration::from_millis(1_200));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        // Somebody signs in while the DELETE is on its way.
        desk.sign_in(true).await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(
            desk.story().await,
            [
                "sign-in done",
                "delete intended",
                "sign-in done",
                "delete answered",
                "delete gone"
            ]
        );
    });
}

#[test]
fn a_file_whose_download_never_reached_the_record_is_named_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let full =
            "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
        database.execute_batch(full).unwrap();
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        database.execute_batch("DROP TRIGGER full").unwrap();
        let mut desk = desk.restart().await;
        let named = Unfinished::Download {
            doctor: name(AMELIA),
            destination: saved.path.clone(),
        };
        assert_eq!(found(&mut desk).await, [named]);
        assert!(saved.path.exists());
    });
}

#[test]
fn the_record_claims_no_part_file_removed_that_is_still_there() {
    run(async {
        let desk = Desk::new().await;
        // Something else stands at its name by now.
        let part = desk.file("a.wav.part");
        fs::create_dir(&part).unwrap();
        let store = Store::open(desk.folder.path()).unwrap();
        let transfer = Transfer {
            operation: OperationId::from_bytes([9; 16]),
            service: desk.origin().ascii(),
            doctor: name(AMELIA),
            destination: desk.file("a.wav"),
            part: part.clone(),
            person: None,
            begun_at: Timestamp::now(),
        };
        store.begin_transfer(transfer).await.unwrap();
        drop(store);
        let mut desk = desk.restart().await;
        found(&mut desk).await;
        let record = desk.record().await;
        let cut_off = record
            .iter()
            .find(|entry| entry.draft.outcome == AuditOutcome::CutOff)
            .unwrap();
        let note = cut_off.draft.note.as_deref().unwrap();
        assert!(note.contains("could not be removed"), "{note}");
    });
}

/// An intent of which a killed process left nothing more.
async fn leave_an_intent(desk: &Desk) {
    let store = Store::open(desk.folder.path()).unwrap();
    store
        .append(intent(desk, AuditOutcome::Intended))
        .await
        .unwrap();
}

async fn outcomes(desk: &mut Desk) -> Vec<AuditOutcome> {
    let record = desk.record().await.into_iter();
    let of_it = record.filter(|entry| entry.draft.operation == OperationId::from_bytes([7; 16]));
    of_it.map(|entry| entry.draft.outcome).collect()
}

#[test]
fn a_delete_that_can_not_be_looked_into_for_want_of_a_sign_in_is_looked_into_at_the_next() {
    run(async {
        let desk = Desk::new().await;
        leave_an_intent(&desk).await;
        let refused = Effect::status(StatusCode::UNAUTHORIZED);
        desk.service.add_fault(Fault::on(Call::Download, refused));
        let mut desk = desk.restart().await;
        desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
            .await;
        desk.service.set_faults(Vec::new());
        desk.send(Command::SignIn {
            origin: desk.origin(),
            token: desk.service.token(),
            stay: true,
        });
        let found = found(&mut desk).await;
        assert!(
            matches!(&found[..], [Unfinished::Delete { report, .. }]
                if report.outcome == DeletionOutcome::StillThere),
            "{found:?}"
        );
        assert_eq!(
            outcomes(&mut desk).await,
            [AuditOutcome::Intended, AuditOutcome::StillThere]
        );
    });
}

#[test]
fn what_is_looked_into_when_the_person_signs_out_is_told_after_the_next_sign_in() {
    run(async {
        let desk = Desk::new().await;
        leave_an_intent(&desk).await;
        let silent = Effect::StallBeforeHead(Duration::from_secs(30));
        desk.service.add_fault(Fault::on(Call::Download, silent));
        let before = desk.requests(Call::Download);
        let mut desk = desk.restart().await;
        while desk.requests(Call::Download) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.send(Command::SignOut);
        let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        loop {
            let envelope = desk.next_event().await;
            let is_out = matches!(envelope.event, Event::SignedOut(_));
            state.apply(envelope);
            if is_out {
                break;
            }
        }
        desk.service.set_faults(Vec::new());
        desk.send(Command::SignIn {
            origin: desk.origin(),
            token: desk.service.token(),
            stay: true,
        });
        while state.results.is_empty() {
            state.apply(desk.next_event().await);
        }
        assert!(matches!(
            &state.results[0].ending,
            ResultKind::FromEarlier(Unfinished::Delete { .. })
        ));
        assert_eq!(
            outcomes(&mut desk).await,
            [AuditOutcome::Intended, AuditOutcome::StillThere]
        );
    });
}

#[test]
fn a_part_file_on_a_drive_that_is_not_there_stays_to_be_removed() {
    run(async {
        let desk = Desk::new().await;
        let drive = desk.file("stick");
        let store = Store::open(desk.folder.path()).unwrap();
        let transfer = Transfer {
            operation: OperationId::from_bytes([8; 16]),
            service: desk.origin().ascii(),
            doctor: name(AMELIA),
            destination: drive.join("a.wav"),
            part: drive.join("a.wav.part"),
            person: None,
            begun_at: Timestamp::now(),
        };
        store.begin_transfer(transfer.clone()).await.unwrap();
        drop(store);
        let mut desk = desk.restart().await;
        let failure = desk
            .until(|event| match event {
                Event::Failed { failure, .. } => Some(failure.clone()),
                Event::FoundAtStart(found) => panic!("{found:?}"),
                _ => None,
            })
            .await;
        assert!(
            matches!(failure.kind, FailureKind::FolderGone { .. }),
            "{failure:?}"
        );
        assert!(!desk.story().await.contains(&"download cut-off".to_owned()));

        // Connected again.
        fs::create_dir(&drive).unwrap();
        fs::write(&transfer.part, b"RIFF").unwrap();
        let mut desk = desk.restart().await;
        let named = Unfinished::Download {
            doctor: transfer.doctor,
            destination: transfer.destination,
        };
        assert_eq!(found(&mut desk).await, [named]);
        assert!(!transfer.part.exists());
        assert!(desk.story().await.contains(&"download cut-off".to_owned()));
    });
}
