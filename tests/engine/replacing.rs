//! A backup is replaced only after a question that says whose it is, and only by what is one; what
//! was replaced is no backup from that moment.

use std::fs;

use audio_housekeeper::domain::{
    BackupComparison, DeletionChoice, DeletionOutcome, DoctorState, FailureKind,
};
use audio_housekeeper::engine::{Command, Destination, Event, JobFailure, SavedFile};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use audio_housekeeper::transfer::FileSeen;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

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
    let path = desk.file(file);
    let seen = FileSeen::at(&path).map(|seen| seen.to_text());
    let destination = Destination {
        path,
        replace: true,
        even_a_backup: seen.filter(|_| even_a_backup),
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
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(Fault::on(Call::Download, slow));
        let destination = Destination {
            path: path.clone(),
            replace: true,
            even_a_backup: None,
        };
        desk.send(Command::Download {
            doctor: name(AMELIA),
            destination,
            as_it_is: false,
        });
        let id = desk.begun().await;
        desk.until_it_comes(id).await;
        fs::remove_file(&path).unwrap();
        fs::write(&path, "somebody's own").unwrap();
        desk.service.end_stalls(Call::Download);
        let saved = desk.downloaded().await.unwrap();
        assert_eq!(saved.path, desk.file("a (2).wav"));
        assert_eq!(fs::read(&path).unwrap(), b"somebody's own");
    });
}

#[test]
fn the_last_copy_of_a_recording_that_was_put_in_the_place_of_another_is_never_replaced() {
    run(async {
        let mut desk = desk().await;
        desk.service.put(AMELIA, "a.wav", wav(70_000, 7));
        for doctor in [BORIS, AMELIA] {
            let failure = failure_of(replace(&mut desk, doctor, "a.wav", true).await);
            let only_copy = matches!(
                failure.kind,
                FailureKind::ReplacesBackup {
                    only_copy: true,
                    may_replace: None,
                    ..
                }
            );
            assert!(only_copy, "{failure:?}");
        }
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
    });
}

#[test]
fn the_word_that_a_backup_may_be_replaced_holds_for_the_very_file() {
    run(async {
        let mut desk = desk().await;
        let path = desk.file("a.wav");
        let seen = FileSeen::at(&path).unwrap().to_text();
        fs::write(&path, wav(100_000, 1)).unwrap();
        desk.send(Command::Download {
            doctor: name(BORIS),
            destination: Destination {
                path: path.clone(),
                replace: true,
                even_a_backup: Some(seen),
            },
            as_it_is: false,
        });
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::ReplacesBackup { .. }));
        assert_eq!(fs::read(&path).unwrap(), wav(100_000, 1));
    });
}

#[test]
fn what_can_be_no_backup_takes_no_backup_s_place_and_no_question_offers_it() {
    run(async {
        let mut desk = desk().await;
        desk.service
            .put(BORIS, "b.wav", &b"\x07ds2\x02\0\x03\0 and so on"[..]);
        desk.send(Command::Download {
            doctor: name(BORIS),
            destination: Destination {
                path: desk.file("a.wav"),
                replace: true,
                even_a_backup: None,
            },
            as_it_is: true,
        });
        let failure = failure_of(desk.end_of_download().await);
        let offers_nothing = matches!(
            failure.kind,
            FailureKind::ReplacesBackup {
                may_replace: None,
                ..
            }
        );
        assert!(offers_nothing, "{failure:?}");
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
    });
}

#[cfg(unix)]
#[test]
fn a_link_that_is_replaced_leaves_the_backup_that_it_led_to() {
    run(async {
        let mut desk = desk().await;
        let link = desk.file("link.wav");
        std::os::unix::fs::symlink(desk.file("a.wav"), &link).unwrap();
        let saved = replace(&mut desk, BORIS, "link.wav", false).await.unwrap();
        assert_eq!(saved.path, link);
        assert_eq!(fs::read(desk.file("a.wav")).unwrap(), wav(100_000, 1));
        assert!(desk.survey(AMELIA).await.backup.backup().is_some());
    });
}

#[test]
fn a_backup_that_can_t_be_compared_is_made_anew_unless_it_was_made_since_the_question() {
    run(async {
        let mut desk = desk().await;
        let folder = desk.file("backups");
        fs::create_dir(&folder).unwrap();
        let asked_at = jiff::Timestamp::now();
        for made in [1, 0] {
            let (_, backed_up, failed) = desk
                .check_and_back_up_since(vec![name(AMELIA)], folder.clone(), asked_at)
                .await;
            assert_eq!((backed_up.len(), failed.len()), (made, 0));
        }
        // Nothing is fetched for one who could not be checked.
        let refused = Effect::Answer {
            status: axum::http::StatusCode::FORBIDDEN,
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        };
        desk.service.add_fault(Fault::on(Call::Download, refused));
        let before = desk.requests(Call::Download);
        let later = jiff::Timestamp::now();
        let (checks, backed_up, failed) = desk
            .check_and_back_up_since(vec![name(AMELIA)], folder, later)
            .await;
        assert_eq!(
            (checks.not_checked, backed_up.len(), failed.len()),
            (1, 0, 0)
        );
        assert_eq!(desk.requests(Call::Download) - before, 1);
    });
}
