//! Promise 9: what was cut off is looked into and named at the next start.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, BackupProof, Completeness, DeletionChoice,
    DeletionOutcome, FailureKind, OperationId, Sha256Digest, SignInWith,
};
use audio_housekeeper::engine::{Command, Event, JobProgress, SavedFile, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, ResultKind, State};
use audio_housekeeper::store::{Store, Transfer};
use axum::http::StatusCode;
use jiff::Timestamp;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

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

/// What a process leaves that is killed in the middle of a download: the part file, and what is
/// known of it.
async fn kill_in_the_middle(desk: &mut Desk) -> PathBuf {
    let stall = Effect::StallAfter {
        bytes: 60_000,
        duration: Duration::from_secs(30),
    };
    desk.service.add_fault(Fault::on(Call::Download, stall));
    let (part, aside) = (desk.file("a.wav.part"), desk.file("aside"));
    let id = desk.begin_download(AMELIA, "a.wav").await;
    desk.progress(
        id,
        |now| matches!(now, JobProgress::Downloading { received, .. } if *received > 0),
    )
    .await;
    // Neither the part file nor what is known of it goes with the download.
    fs::rename(&part, &aside).unwrap();
    let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
    database
        .execute_batch(
            "CREATE TRIGGER kept BEFORE DELETE ON transfers BEGIN SELECT RAISE(ABORT, ''); END",
        )
        .unwrap();
    desk.send(Command::Cancel(id));
    desk.end_of_download().await.unwrap_err();
    database.execute_batch("DROP TRIGGER kept").unwrap();
    fs::rename(&aside, &part).unwrap();
    desk.service.set_faults(Vec::new());
    part
}

#[test]
fn a_download_that_was_cut_off_is_named_and_its_part_file_removed() {
    run(async {
        let mut desk = Desk::new().await;
        let part = kill_in_the_middle(&mut desk).await;
        // What was written stood in a buffer yet: a part file of any size is known by its mark.
        fs::OpenOptions::new()
            .append(true)
            .open(&part)
            .unwrap()
            .write_all(b"RIFF")
            .unwrap();
        let destination = desk.file("a.wav");
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
fn a_file_that_came_to_stand_at_the_part_files_name_is_left_alone() {
    run(async {
        let mut desk = Desk::new().await;
        let part = kill_in_the_middle(&mut desk).await;
        fs::remove_file(&part).unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        fs::write(&part, "somebody's").unwrap();
        let mut desk = desk.restart().await;
        let found = found(&mut desk).await;
        assert!(
            matches!(found[..], [Unfinished::Download { .. }]),
            "{found:?}"
        );
        assert_eq!(fs::read(&part).unwrap(), b"somebody's");
        let note = desk.record().await.pop().unwrap().draft.note.unwrap();
        assert!(note.contains("was left alone"), "{note}");
    });
}

#[test]
fn a_delete_of_this_very_run_is_not_taken_for_one_that_was_cut_off() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        // Somebody signs in while the DELETE is on its way.
        desk.sign_in(true).await;
        desk.service.end_stalls(Call::Delete);
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

/// Saves a file, of which nothing reaches the record: what a process leaves that is killed right
/// after it gave the file its name.
async fn save_and_be_killed(desk: &mut Desk) -> SavedFile {
    let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
    database.execute_batch(full).unwrap();
    let saved = desk.download(AMELIA, "a.wav").await.unwrap();
    database.execute_batch("DROP TRIGGER full").unwrap();
    saved
}

#[test]
fn a_file_whose_download_never_reached_the_record_is_recorded_as_saved_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        // The same recording was saved there before: the other file gets a number.
        desk.download(AMELIA, "a.wav").await.unwrap();
        let file = save_and_be_killed(&mut desk).await;
        assert!(file.path.ends_with("a (2).wav"));
        let mut desk = desk.restart().await;
        let doctor = name(AMELIA);
        let saved = Unfinished::Saved {
            doctor: doctor.clone(),
            file: file.clone(),
        };
        assert_eq!(found(&mut desk).await, [saved]);
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.outcome, AuditOutcome::SavedAndChecked);
        assert_eq!(entry.doctor.as_ref(), Some(&doctor));
        let backup = entry.backup.unwrap();
        assert_eq!(backup.path, file.path.to_str().unwrap());
        assert_eq!(
            (backup.size, backup.sha256),
            (100_000, Sha256Digest::of(&wav(100_000, 1)))
        );
        // It is the doctor's backup.
        let survey = desk.survey(AMELIA).await;
        let backup = survey.backup.backup().unwrap();
        assert_eq!(
            (&backup.path, backup.proof),
            (&file.path, BackupProof::Length)
        );
        assert_eq!(backup.audio.as_ref(), Some(&file.audio));
        // Nothing is left to look into.
        let story = desk.story().await;
        let mut desk = desk.restart().await;
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        assert_eq!(desk.story().await, story);
    });
}

#[test]
fn a_file_of_which_nothing_proves_that_it_is_all_is_recorded_as_that_at_the_next_start() {
    run(async {
        let mut desk = Desk::new().await;
        let mut open = wav(100_000, 1);
        open[4..8].fill(0xff);
        open[40..44].fill(0xff);
        desk.service.put(AMELIA, "a.wav", open);
        let chunked = Effect::OmitLength(NoLength::Chunked);
        desk.service.add_fault(Fault::on(Call::Download, chunked));
        let file = save_and_be_killed(&mut desk).await;
        assert_eq!(file.completeness, Completeness::CannotBeProven);
        let mut desk = desk.restart().await;
        let doctor = name(AMELIA);
        assert_eq!(found(&mut desk).await, [Unfinished::Saved { doctor, file }]);
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.outcome, AuditOutcome::SavedNotProven);
        let survey = desk.survey(AMELIA).await;
        assert_eq!(survey.backup.backup(), None);
    });
}

#[test]
fn a_file_that_is_gone_or_altered_by_the_next_start_is_not_claimed() {
    run(async {
        for alter in [
            |file: &Path| fs::remove_file(file).unwrap(),
            |file: &Path| fs::write(file, wav(100_000, 2)).unwrap(),
            |file: &Path| fs::write(file, "RIFF").unwrap(),
        ] {
            let mut desk = Desk::new().await;
            let file = save_and_be_killed(&mut desk).await;
            alter(&file.path);
            let before = fs::read(&file.path).ok();
            let mut desk = desk.restart().await;
            let named = Unfinished::Download {
                doctor: name(AMELIA),
                destination: file.path.clone(),
            };
            assert_eq!(found(&mut desk).await, [named]);
            let entry = desk.record().await.pop().unwrap().draft;
            assert_eq!(entry.outcome, AuditOutcome::CutOff);
            assert_eq!(fs::read(&file.path).ok(), before);
        }
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
        assert!(note.contains("was left alone"), "{note}");
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
            with: SignInWith::Token(desk.service.token()),
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
            with: SignInWith::Token(desk.service.token()),
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
        fs::write(&transfer.part, b"").unwrap();
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
