//! What a person gets from Check and Download.

use std::fs;
use std::time::Duration;

use audio_housekeeper::domain::{
    BackupComparison, BackupProof, Completeness, DoctorState, FailureKind, KnownDoctor, Remark,
};
use audio_housekeeper::engine::{
    Command, Destination, Event, JobEnding, JobFailure, JobProgress, SavePurpose,
};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use audio_housekeeper::store::Store;
use axum::http::{HeaderValue, header};
use jiff::Timestamp;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

/// By a recorder that could not go back to write its sizes down.
fn open_wav() -> Vec<u8> {
    let mut bytes = wav(100_000, 1);
    bytes[4..8].fill(0xff);
    bytes[40..44].fill(0xff);
    bytes
}

pub async fn check(desk: &mut Desk, doctor: &str) -> KnownDoctor {
    desk.send(Command::Check(name(doctor)));
    desk.until(|event| match event {
        Event::Doctor(known) if known.name == name(doctor) => Some((**known).clone()),
        _ => None,
    })
    .await
}

#[test]
fn a_check_tells_what_is_there_without_fetching_it() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put("Dr. Long", "long.wav", wav(30_000_000, 3));
        let known = check(&mut desk, "Dr. Long").await;
        assert_eq!(known.state(), DoctorState::NotBackedUp);
        assert_eq!(known.server.copy().unwrap().length, Some(30_000_000));
        let sent = desk.service.requests().last().unwrap().bytes_sent;
        assert!(sent < 10_000_000, "{sent} bytes were sent for a check");
        assert_eq!(
            check(&mut desk, "Dr. Nobody").await.state(),
            DoctorState::NothingThere
        );
    });
}

#[test]
fn a_download_is_saved_checked_and_remembered_as_a_backup() {
    run(async {
        let mut desk = Desk::new().await;
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert!(matches!(saved.completeness, Completeness::Proven(_)));
        assert_eq!(saved.milliseconds, Some(3123));
        let survey = desk.survey(AMELIA).await;
        assert!(matches!(survey.backup, BackupComparison::CannotCompare(_)));
        assert!(
            desk.story()
                .await
                .contains(&"download saved-and-checked".to_owned())
        );
    });
}

#[test]
fn a_plain_recording_said_to_be_in_a_coding_that_nobody_registered_is_a_backup_and_says_so() {
    run(async {
        let mut desk = Desk::new().await;
        let coding = HeaderValue::from_static("aws-chunked");
        desk.service.add_fault(Fault::on(
            Call::Download,
            Effect::SetHeader(header::CONTENT_ENCODING, coding),
        ));
        let known = check(&mut desk, AMELIA).await;
        assert_eq!(known.state(), DoctorState::NotBackedUp);
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        let proof = Completeness::Proven(BackupProof::Length);
        assert_eq!(saved.completeness, proof);
        let coding = Remark::UnregisteredCoding("aws-chunked".into());
        assert_eq!(saved.remarks, [coding]);
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.outcome.code(), "saved-and-checked");
        let note = entry.note.unwrap();
        assert!(
            note.ends_with("; Content-Encoding aws-chunked passed over"),
            "{note}"
        );
    });
}

#[test]
fn a_recording_of_which_nothing_states_the_end_is_kept_and_is_no_backup() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.wav", open_wav());
        desk.service.add_fault(Fault::on(
            Call::Download,
            Effect::OmitLength(NoLength::Chunked),
        ));
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(saved.completeness, Completeness::CannotBeProven);
        assert_eq!(fs::read(&saved.path).unwrap(), open_wav());
        let survey = desk.survey(AMELIA).await;
        assert_eq!(survey.backup, BackupComparison::None);
        assert!(
            desk.story()
                .await
                .contains(&"download saved-not-proven".to_owned())
        );
    });
}

#[test]
fn a_recording_without_a_length_is_a_backup_where_its_own_sizes_prove_its_end() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.add_fault(Fault::on(
            Call::Download,
            Effect::OmitLength(NoLength::Chunked),
        ));
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        let proof = Completeness::Proven(BackupProof::OwnTotals);
        assert_eq!(saved.completeness, proof);
        let survey = desk.survey(AMELIA).await;
        assert!(matches!(survey.backup, BackupComparison::CannotCompare(_)));
    });
}

#[test]
fn a_cut_download_leaves_no_file_and_says_how_far_it_came() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::CutAfter(40_000)));
        desk.impatient = true;
        let Err(JobFailure::Failed(failure)) = desk.download(AMELIA, "a.wav").await else {
            panic!("a cut download was saved");
        };
        assert!(
            matches!(
                failure.kind,
                FailureKind::ConnectionDropped {
                    total: Some(100_000),
                    ..
                }
            ),
            "{failure:?}"
        );
        assert!(!desk.file("a.wav").exists());
        assert!(!desk.file("a.wav.part").exists());
    });
}

#[test]
fn a_cancelled_download_leaves_nothing() {
    run(async {
        let mut desk = Desk::new().await;
        let drip = Effect::Drip {
            every: std::time::Duration::from_millis(5),
        };
        desk.service.add_fault(Fault::on(Call::Download, drip));
        let destination = Destination {
            path: desk.file("a.wav"),
            replace: false,
            even_a_backup: None,
        };
        desk.send(Command::Download {
            doctor: name(AMELIA),
            destination,
            as_it_is: false,
        });
        let id = desk.begun().await;
        desk.progress(id, |progress| {
            matches!(progress, JobProgress::Downloading { .. })
        })
        .await;
        desk.send(Command::Cancel(id));
        let ending = desk
            .until(|event| match event {
                Event::JobEnded { ending, .. } => Some((**ending).clone()),
                _ => None,
            })
            .await;
        assert!(matches!(
            ending,
            JobEnding::Download {
                result: Err(JobFailure::Cancelled),
                ..
            }
        ));
        let left: Vec<_> = fs::read_dir(desk.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("a.wav"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn the_save_dialog_gets_its_name_from_what_the_server_holds() {
    run(async {
        let mut desk = Desk::new().await;
        let purpose = SavePurpose::Download;
        desk.send(Command::PrepareDownload {
            doctor: name(AMELIA),
            purpose: purpose.clone(),
        });
        let file_name = desk
            .until(|event| match event {
                Event::DownloadReady { file_name, .. } => Some(file_name.clone()),
                _ => None,
            })
            .await;
        let today = jiff::ZonedDateTime::now().date();
        assert_eq!(file_name, format!("Dr. Amelia Smith {today}.wav"));
        desk.send(Command::PrepareDownload {
            doctor: name("Dr. Nobody"),
            purpose,
        });
        let failure = desk
            .until(|event| match event {
                Event::DownloadNotReady { failure, .. } => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::NothingThere);
    });
}

#[test]
fn check_and_back_up_leaves_every_doctor_backed_up_or_named() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put("Dr. B", "b.wav", wav(60_000, 2));
        desk.service.put("Dr. C", "c.wav", wav(60_000, 3));
        desk.service.add_fault(
            Fault::on(Call::Download, Effect::CutAfter(100))
                .for_doctor("Dr. C")
                .from(2),
        );
        desk.impatient = true;
        let doctors = [AMELIA, "Dr. B", "Dr. C", "Dr. Nobody"];
        let (checks, backed_up, failed) = desk.check_and_back_up(&doctors).await;
        assert_eq!(
            (checks.checked, checks.with_recordings, checks.not_backed_up),
            (4, 3, 3)
        );
        assert_eq!(backed_up, [name(AMELIA), name("Dr. B")]);
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].0, name("Dr. C"));
    });
}

#[test]
fn check_and_back_up_names_a_doctor_of_whom_the_notes_are_damaged() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put("Dr. B", "b.wav", wav(60_000, 2));
        desk.survey(AMELIA).await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let damaged = database.execute(
            "UPDATE doctors SET deletion = 'gone', deletion_at = 'nonsense' WHERE name = ?1",
            [AMELIA],
        );
        assert_eq!(damaged, Ok(1));
        let (_, backed_up, failed) = desk.check_and_back_up(&[AMELIA, "Dr. B"]).await;
        assert_eq!(backed_up, [name("Dr. B")]);
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].0, name(AMELIA));
        assert_eq!(failed[0].1.kind, FailureKind::StoreTrouble);
    });
}

#[test]
fn a_second_job_on_the_same_doctor_is_refused() {
    run(async {
        let mut desk = Desk::new().await;
        let drip = Effect::Drip {
            every: std::time::Duration::from_millis(5),
        };
        desk.service.add_fault(Fault::on(Call::Download, drip));
        for file in ["a.wav", "b.wav"] {
            let destination = Destination {
                path: desk.file(file),
                replace: false,
                even_a_backup: None,
            };
            desk.send(Command::Download {
                doctor: name(AMELIA),
                destination,
                as_it_is: false,
            });
        }
        let failure = desk
            .until(|event| match event {
                Event::Failed { failure, .. } => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::Busy);
    });
}

#[test]
fn after_a_slow_download_what_the_server_showed_is_as_old_as_its_answer() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallAfter {
            bytes: 50_000,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(Fault::on(Call::Download, stall));
        let id = desk.begin_download(AMELIA, "a.wav").await;
        desk.until_it_comes(id).await;
        let came = Timestamp::now();
        desk.service.end_stalls(Call::Download);
        desk.end_of_download().await.unwrap();
        let store = Store::open(desk.folder.path()).unwrap();
        let service = desk.origin().ascii();
        let known = store.doctor(&service, &name(AMELIA)).await.unwrap();
        let asked_at = known.unwrap().asked_at().unwrap();
        assert!(asked_at <= came);
    });
}
