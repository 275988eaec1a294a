//! Volumes on which nothing can be flushed, as shares and FUSE file systems are.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process;
use std::time::Duration;

use audio_housekeeper::domain::{
    BackupProof, Completeness, DeletionChoice, FailureKind, KeptPart, Remark,
};
use audio_housekeeper::engine::{Command, Event, JobFailure};
use audio_housekeeper::practice::Effect;
use audio_housekeeper::store::Store;
use support::again::{again, assert_passed, given, on_its_own_mount};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, run};

use crate::resumes;
use crate::retries::failure_of;

/// The number that a flush is answered with at the end of a download, and before that, in a process that
/// another test started.
const AT_THE_END: &str = "REFUSE_FLUSH";
const ON_THE_WAY: &str = "REFUSE_FLUSH_ON_THE_WAY";

/// Runs a test of this binary where such flushing is answered with a number.
fn answering(number: i32, when: &str, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("refuse_flush.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/refuse_flush.c");
    // The linker that Rust itself needs.
    let made = process::Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(made.unwrap().success());
    let output = again(test, &library)
        .env("LD_PRELOAD", &library)
        .env(when, number.to_string())
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
                AT_THE_END,
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
        return answering(eio, AT_THE_END, test);
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

/// A desk at a service that knows ranges and tells copies apart, and has a recording that takes more than
/// one flush.
async fn large() -> Desk {
    let desk = resumes::desk().await;
    desk.service.put(AMELIA, "a.wav", wav(5_000_000, 2));
    fs::create_dir(desk.file("unflushed")).unwrap();
    desk
}

/// The system tells of it once: the flush at the end succeeds.
#[test]
fn a_disk_that_fails_to_flush_on_the_way_is_an_error_and_nothing_is_saved() {
    if given().is_none() {
        let eio = 5;
        let test =
            "volumes::a_disk_that_fails_to_flush_on_the_way_is_an_error_and_nothing_is_saved";
        return answering(eio, ON_THE_WAY, test);
    }
    run(async {
        let mut desk = large().await;
        let failure = failure_of(desk.download(AMELIA, "unflushed/a.wav").await);
        let path = desk.file("unflushed/a.wav");
        assert_eq!(failure.kind, FailureKind::Disk { path });
        let left = fs::read_dir(desk.file("unflushed")).unwrap();
        assert_eq!(left.count(), 0);
    });
}

#[test]
fn where_nothing_can_be_flushed_what_came_is_written_down_all_the_same() {
    if given().is_none() {
        let einval = 22;
        let test = "volumes::where_nothing_can_be_flushed_what_came_is_written_down_all_the_same";
        return answering(einval, ON_THE_WAY, test);
    }
    run(async {
        let mut desk = large().await;
        let stall = Effect::StallAfter {
            bytes: 4_500_000,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(resumes::on_download(stall).only(1));
        desk.impatient = false;
        desk.download_until_it_waits(AMELIA, "unflushed/a.wav")
            .await;
        let came = resumes::until_something_is_written_down(&mut desk).await;
        assert!(came.size >= 1_000_000);
    });
}

/// A stick that takes a minute for what came in a second.
#[test]
fn a_slow_disk_holds_up_neither_a_cancel_nor_a_pause_nor_the_end_of_the_app() {
    if given().is_none() {
        let test =
            "volumes::a_slow_disk_holds_up_neither_a_cancel_nor_a_pause_nor_the_end_of_the_app";
        return answering(0, ON_THE_WAY, test);
    }
    run(async {
        let mut desk = large().await;
        let stall = Effect::StallAfter {
            bytes: 1_500_000,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(resumes::on_download(stall));
        let begin = async |desk: &mut Desk| {
            let id = desk.begin_download(AMELIA, "unflushed/a.wav").await;
            let part = desk.file("unflushed/a.wav.part");
            let is_there = || fs::metadata(&part).is_ok_and(|part| part.len() >= 1_000_000);
            while !is_there() {
                desk.pass_time().await;
            }
            id
        };
        // Each ends within the test's patience, which is less than the minute.
        let id = begin(&mut desk).await;
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        assert!(!desk.file("unflushed/a.wav.part").exists());
        let id = begin(&mut desk).await;
        desk.send(Command::Pause(id));
        let kept = kept_at(&mut desk).await;
        desk.end_of_download().await.unwrap_err();
        assert!(kept.came.size >= 1_000_000);
        desk.send(Command::DiscardPart(kept.operation));
        while desk.file("unflushed/a.wav.part").exists() {
            desk.pass_time().await;
        }
        begin(&mut desk).await;
        let mut desk = desk.restart().await;
        assert!(kept_at(&mut desk).await.came.size >= 1_000_000);
    });
}

async fn kept_at(desk: &mut Desk) -> KeptPart {
    desk.until(|event| match event {
        Event::KeptParts(all) => all.first().cloned(),
        _ => None,
    })
    .await
}

/// Nobody knows what of it is on the disk: nothing is gone on with there.
#[test]
fn what_came_and_could_not_be_flushed_is_not_kept() {
    if given().is_none() {
        let eio = 5;
        let test = "volumes::what_came_and_could_not_be_flushed_is_not_kept";
        return answering(eio, ON_THE_WAY, test);
    }
    run(async {
        let mut desk = large().await;
        // Enough for one flush, and no second that would tell of the first.
        let stall = Effect::StallAfter {
            bytes: 1_500_000,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(resumes::on_download(stall).only(1));
        desk.impatient = false;
        let id = desk
            .download_until_it_waits(AMELIA, "unflushed/a.wav")
            .await;
        desk.send(Command::Pause(id));
        desk.end_of_download().await.unwrap_err();
        let left = fs::read_dir(desk.file("unflushed")).unwrap();
        assert_eq!(left.count(), 0);
        let last = desk.record().await.pop().unwrap().draft;
        assert_eq!(last.outcome.code(), "stopped");
    });
}

/// It is full for a while, or was pulled out: what had come is still there.
#[test]
fn what_is_kept_stays_known_where_the_disk_refuses_the_rest() {
    let test = "volumes::what_is_kept_stays_known_where_the_disk_refuses_the_rest";
    let Some(drive) = on_its_own_mount(test, "mount -t tmpfs -o size=4m none \"$0\"") else {
        return;
    };
    run(async {
        let mut desk = resumes::desk().await;
        desk.service.put(AMELIA, "a.wav", wav(3_000_000, 2));
        let place = drive.join("a.wav");
        let cut = |bytes| resumes::on_download(Effect::CutAfter(bytes));
        desk.service.add_fault(cut(1_000_000).only(1));
        desk.service.add_fault(cut(0).from(2));
        failure_of(desk.download(AMELIA, place.to_str().unwrap()).await);
        desk.service.set_faults(Vec::new());
        let store = Store::open(desk.folder.path()).unwrap();
        let all = store.kept_parts(&desk.origin().ascii()).await;
        let kept = all.unwrap().pop().unwrap();
        let filler = drive.join("filler");
        fs::write(&filler, vec![0; 2_500_000]).unwrap();
        let go_on = |desk: &Desk| {
            let (doctor, operation) = (kept.doctor.clone(), kept.operation.clone());
            desk.send(Command::GoOn { doctor, operation });
        };
        go_on(&desk);
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::DiskFull { .. }));
        assert!(kept.part.exists());
        let mut desk = desk.restart().await;
        let now = kept_at(&mut desk).await;
        assert_eq!(now.operation, kept.operation);
        assert!(now.came.size >= kept.came.size);
        fs::remove_file(filler).unwrap();
        go_on(&desk);
        let saved = desk.end_of_download().await.unwrap();
        assert!(fs::read(saved.path).unwrap() == wav(3_000_000, 2));
        let range = resumes::ranges(&desk).pop().unwrap();
        assert_eq!(range.unwrap(), format!("bytes={}-", now.came.size));
    });
}
