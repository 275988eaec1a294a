//! Promise 3: a delete rests on a backup that was read back.

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use audio_housekeeper::domain::{DeletionChoice, DeletionOutcome, FailureKind};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, run};

#[test]
fn a_backup_that_is_altered_just_after_it_was_made_stops_the_delete_that_was_to_rest_on_it() {
    run(async {
        // It may be altered too late, after it was read back.
        for _ in 0..20 {
            let mut desk = Desk::new().await;
            desk.service.put(AMELIA, "b.wav", wav(100_000, 2));
            let backup = desk.file("backup.wav");
            let spoiling = std::thread::spawn({
                let backup = backup.clone();
                move || spoil(&backup)
            });
            let choice = DeletionChoice::BackUpFirst {
                destination: backup.clone(),
                replace: false,
            };
            let (report, _) = desk.delete(AMELIA, choice).await;
            spoiling.join().unwrap();
            if report.outcome == DeletionOutcome::NotSent {
                let expected = FailureKind::ReadBackDiffers { path: backup };
                assert_eq!(report.failure.unwrap().kind, expected);
                assert_eq!(desk.deletes_received(), 0);
                return;
            }
        }
        panic!("it was never read back altered");
    });
}

/// Alters a file's last byte from the moment on at which it has its name.
fn spoil(file: &Path) {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    let mut file = loop {
        match options.open(file) {
            Ok(file) => break file,
            Err(_) => std::thread::sleep(Duration::from_micros(50)),
        }
    };
    let mut last = [0];
    file.seek(SeekFrom::End(-1)).unwrap();
    file.read_exact(&mut last).unwrap();
    file.seek(SeekFrom::End(-1)).unwrap();
    file.write_all(&[!last[0]]).unwrap();
}

#[test]
fn the_record_of_a_delete_says_where_its_backup_was_read_back_from() {
    run(async {
        let mut desk = Desk::new().await;
        let first = DeletionChoice::BackUpFirst {
            destination: desk.file("backup.wav"),
            replace: false,
        };
        for (choice, said) in [(first, true), (DeletionChoice::WithoutBackup, false)] {
            desk.service.put(AMELIA, "a.wav", wav(100_000, 1));
            let (report, _) = desk.delete(AMELIA, choice).await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            let record = desk.record().await.into_iter().rev();
            let mut intents = record.filter(|entry| entry.draft.outcome.code() == "intended");
            let note = intents.next().unwrap().draft.note.unwrap_or_default();
            assert_eq!(note.starts_with("the backup was read back"), said, "{note}");
            std::fs::remove_file(desk.file("backup.wav")).ok();
        }
    });
}
