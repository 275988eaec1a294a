//! Volumes on which nothing can be flushed, as shares and FUSE file systems are.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use audio_housekeeper::domain::{BackupProof, Completeness, DeletionChoice, FailureKind, Remark};
use support::again::{again, assert_passed, given};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, run};

use crate::retries::failure_of;

/// The number that a flush is answered with, in a process that another test started.
const NUMBER: &str = "REFUSE_FLUSH";

/// Runs a test of this binary where flushing is answered with a number.
fn answering(number: i32, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("refuse_flush.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/refuse_flush.c");
    // The linker that Rust itself needs.
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(made.unwrap().success());
    let output = again(test, &library)
        .env("LD_PRELOAD", &library)
        .env(NUMBER, number.to_string())
        .output();
    assert_passed(&output.unwrap());
}

#[test]
fn where_nothing_can_be_flushed_a_recording_is_saved_and_checked_and_that_is_said() {
    if given().is_none() {
        let (einval, enosys, eopnotsupp) = (22, 38, 95);
        for number in [einval, enosys, eopnotsupp] {
            answering(
                number,
                "volumes::where_nothing_can_be_flushed_a_recording_is_saved_and_checked_and_that_is_said",
            );
        }
        return;
    }
    run(async {
        let mut desk = Desk::new().await;
        fs::create_dir(desk.file("unflushed")).unwrap();
        let saved = desk.download(AMELIA, "unflushed/a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        let proof = Completeness::Proven(BackupProof::Length);
        assert_eq!(saved.completeness, proof);
        assert_eq!(saved.remarks, [Remark::NotFlushed]);
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.outcome.code(), "saved-and-checked");
        let note = entry.note.unwrap();
        assert!(note.ends_with("; not flushed to the disk"), "{note}");
        let survey = desk.survey(AMELIA).await;
        assert!(!survey.backup.backup().unwrap().flushed);
        // Elsewhere there is nothing to say.
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(saved.remarks, []);
        assert!(desk.survey(AMELIA).await.backup.backup().unwrap().flushed);
        // What a delete rests on is written down with it.
        desk.download(AMELIA, "unflushed/b.wav").await.unwrap();
        desk.delete(AMELIA, DeletionChoice::KeepingBackup).await;
        let record = desk.record().await;
        let plan = record.into_iter().find_map(|entry| entry.draft.plan);
        let plan = plan.unwrap();
        assert!(plan.ends_with("; backup not flushed to the disk"), "{plan}");
    });
}

#[test]
fn a_disk_that_fails_to_flush_is_an_error_and_nothing_is_saved() {
    if given().is_none() {
        let eio = 5;
        let test = "volumes::a_disk_that_fails_to_flush_is_an_error_and_nothing_is_saved";
        return answering(eio, test);
    }
    run(async {
        let mut desk = Desk::new().await;
        let folder = desk.file("unflushed");
        fs::create_dir(&folder).unwrap();
        let failure = failure_of(desk.download(AMELIA, "unflushed/a.wav").await);
        let path = folder.join("a.wav");
        assert_eq!(failure.kind, FailureKind::Disk { path });
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    });
}
