//! A backup is replaced only after a question that says whose it is, and only by what is one; what
//! was replaced is no backup from that moment.

use std::fs;

use audio_housekeeper::domain::{
    BackupComparison, DeletionChoice, DeletionOutcome, DoctorState, FailureKind,
};
use audio_housekeeper::engine::{Command, Destination, Event, JobEnding, JobFailure, SavedFile};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};

use crate::desk::{AMELIA, Desk, name, run, wav};
use crate::downloads::check;
use crate::retries::failure_of;

const BORIS: &str = "Dr. Boris";

/// Amelia's recording is backed up at `a.wav`, and Boris has another one on the server.
async fn desk() -> Desk {
    let mut desk = Desk::new().await;
    desk.service.put(BORIS, "b.wav", wav(50_000, 2));
    desk.download(AMELIA, "a.wav").await.unwrap();
    desk
}

/// Downloads to a file that the person agreed to replace.
async fn replace(
    desk: &mut Desk,
    doctor: &str,
    file: &str,
    even_a_backup: bool,
) -> Result<SavedFile, JobFailure> {
    let destination = Destination {
        path: desk.file(file),
        replace: true,
        even_a_backup,
    };
    desk.send(Command::Download {
        doctor: name(doctor),
        destination,
        as_it_is: false,
    });
    desk.end_of_download().await
}

#[test]
fn another_doctor_s_backup_is_not_replaced_unasked() {
    run(async {
        let mut desk = desk().await;
        let failure = failure_of(replace(&mut desk, BORIS, "a.wav", false).await);
        let FailureKind::ReplacesBackup {
            doctor, only_copy, ..
        } = failure.kind
        else {
            panic!("{failure:?}")
        };
        assert_eq!((doctor, only_copy), (name(AMELIA), false));
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
        // Nor is the doctor's own, nor by another name of the same file.
        let failure = failure_of(replace(&mut desk, AMELIA, "a.wav", false).await);
        assert!(matches!(failure.kind, FailureKind::ReplacesBackup { .. }));
        #[cfg(unix)]
        {
            let here = desk.file("here");
            std::os::unix::fs::symlink(desk.folder.path(), &here).unwrap();
            let failure = failure_of(replace(&mut desk, BORIS, "here/a.wav", false).await);
            assert!(matches!(failure.kind, FailureKind::ReplacesBackup { .. }));
        }
        // A delete that backs up first to such a place sends nothing.
        let choice = DeletionChoice::BackUpFirst {
            destination: desk.file("a.wav"),
            replace: true,
        };
        let (report, _) = desk.delete(BORIS, choice).await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(desk.deletes_received(), 0);
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
    });
}

#[test]
fn what_was_replaced_is_no_backup_from_that_moment() {
    run(async {
        let mut desk = desk().await;
        replace(&mut desk, BORIS, "a.wav", true).await.unwrap();
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(50_000, 2));
        assert_eq!(
            check(&mut desk, AMELIA).await.state(),
            DoctorState::NotBackedUp
        );
        assert_eq!(desk.survey(AMELIA).await.backup, BackupComparison::None);
        assert!(desk.survey(BORIS).await.backup.backup().is_some());
        let mut desk = desk.restart().await;
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        assert_eq!(desk.survey(AMELIA).await.backup, BackupComparison::None);
    });
}

#[test]
fn the_only_copy_that_is_left_is_never_replaced() {
    run(async {
        let mut desk = desk().await;
        desk.service.remove(AMELIA);
        let failure = failure_of(replace(&mut desk, BORIS, "a.wav", true).await);
        let only_copy = matches!(
            failure.kind,
            FailureKind::ReplacesBackup {
                only_copy: true,
                ..
            }
        );
        assert!(only_copy, "{failure:?}");
        // Nor where nobody can be asked.
        desk.service.put(AMELIA, "a.wav", wav(100_000, 1));
        let refused = Effect::Answer {
            status: axum::http::StatusCode::FORBIDDEN,
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        };
        desk.service
            .add_fault(Fault::on(Call::Download, refused).only(1));
        failure_of(replace(&mut desk, BORIS, "a.wav", true).await);
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
    });
}

#[test]
fn a_backup_gives_way_only_to_what_is_proven_whole() {
    run(async {
        let mut desk = desk().await;
        let mut open = wav(50_000, 2);
        open[4..8].fill(0xff);
        open[40..44].fill(0xff);
        desk.service.put(BORIS, "b.wav", open);
        let chunked = Effect::OmitLength(NoLength::Chunked);
        desk.service.add_fault(Fault::on(Call::Download, chunked));
        let saved = replace(&mut desk, BORIS, "a.wav", true).await.unwrap();
        assert_eq!(saved.path, desk.file("a (2).wav"));
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
        assert!(desk.survey(AMELIA).await.backup.backup().is_some());
    });
}

#[test]
fn a_file_that_came_after_the_person_agreed_is_not_replaced() {
    run(async {
        let mut desk = Desk::new().await;
        let path = desk.file("a.wav");
        fs::write(&path, "what was agreed to").unwrap();
        let slow = Effect::StallAfter {
            bytes: 50_000,
            duration: std::time::Duration::from_millis(300),
        };
        desk.service.add_fault(Fault::on(Call::Download, slow));
        let destination = Destination {
            path: path.clone(),
            replace: true,
            even_a_backup: false,
        };
        desk.send(Command::Download {
            doctor: name(AMELIA),
            destination,
            as_it_is: false,
        });
        while !desk.file("a.wav.part").exists() {
            desk.pass_time().await;
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, "somebody's own").unwrap();
        let saved = desk
            .until(|event| match event {
                Event::JobEnded { ending, .. } => match &**ending {
                    JobEnding::Download { result, .. } => Some(result.clone()),
                    _ => None,
                },
                _ => None,
            })
            .await
            .unwrap();
        assert_eq!(saved.path, desk.file("a (2).wav"));
        assert_eq!(fs::read(&path).unwrap(), b"somebody's own");
    });
}
