//! Part files that can't be removed, as while a virus scanner has them open where files in use can't be.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, FailureKind, OperationId, PartCame,
    ServerCopy, Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobFailure};
use audio_housekeeper::store::{Change, Store, Transfer};
use support::again::on_its_own_mount;
use support::desk::Desk;
use support::{AMELIA, name, run};

use crate::pieces::{CAME, FIRST, at_a_service, held, recorded, spoken_of, until_the_wait_of};
use crate::pieces_on_disks::until_gone;
use crate::resumes::{desk, until_it_stalls};
use crate::retries::failure_of;

/// Has a file be one that can't be removed, until the mount is taken off.
fn hold(file: &Path) {
    let bound = process::Command::new("mount")
        .arg("--bind")
        .args([file; 2])
        .status();
    assert!(bound.unwrap().success());
}

fn let_go(file: &Path) {
    let freed = process::Command::new("umount").arg(file).status();
    assert!(freed.unwrap().success());
}

/// The next start, which has nothing to say.
async fn starts_again(desk: Desk) -> Desk {
    let mut desk = desk.restart().await;
    let told = desk.until(|event| match event {
        Event::FoundAtStart(found) => panic!("{found:?}"),
        Event::Failed { failure, .. } => panic!("{failure:?}"),
        Event::KeptParts(all) => Some(all.clone()),
        _ => None,
    });
    assert_eq!(told.await, []);
    desk
}

/// On some volumes a file's mark is another one by then.
#[test]
fn a_part_that_can_not_be_removed_at_the_end_is_removed_by_a_later_start_that_says_nothing() {
    let test = "parts_left::a_part_that_can_not_be_removed_at_the_end_is_removed_by_a_later_start_that_says_nothing";
    if on_its_own_mount(test, "mount -t tmpfs none \"$0\"").is_none() {
        return;
    }
    run(async {
        for is_marked_anew in [false, true] {
            let mut desk = desk().await;
            desk.impatient = false;
            let id = until_it_stalls(&mut desk, true).await;
            let part = desk.file("a.wav.part");
            hold(&part);
            desk.send(Command::Cancel(id));
            let ended = desk.end_of_download().await;
            assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
            let mut desk = starts_again(desk).await;
            assert!(part.exists());
            let store = Store::open(desk.folder.path()).unwrap();
            let unwanted = store.unwanted_parts().await.unwrap();
            let size = unwanted[0].came.as_ref().map(|came| came.size);
            // A slow computer may give up the answer before so much of it came.
            let there = fs::metadata(&part).unwrap().len();
            assert!((1..=4_500_000).contains(&there), "{there}");
            assert_eq!((&unwanted[0].part, size), (&part, Some(there)));
            assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
            drop(store);
            if is_marked_anew {
                let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
                let anew = "UPDATE parts_apart SET mark = 'another'";
                assert_eq!(database.execute(anew, []), Ok(1));
            }
            let_go(&part);
            desk = starts_again(desk).await;
            until_gone(&mut desk, &part).await;
            let all = recorded(&mut desk).await;
            let [entry] = &all[..] else {
                panic!("{all:?}");
            };
            assert_ne!(entry.outcome, AuditOutcome::CutOff);
            let note = entry.note.as_deref().unwrap_or_default();
            assert!(
                note.ends_with("its part file could not be removed yet"),
                "{note}"
            );
        }
    });
}

/// Begins and ends a download that left a part file, of which so much is known; the file is another one by its
/// mark.
async fn left(desk: &Desk, part: &Path, contents: &[u8], known: usize) {
    fs::write(part, contents).unwrap();
    let operation = OperationId::from_bytes([9; 16]);
    let begin = Change::BeginTransfer(Transfer {
        operation: operation.clone(),
        service: desk.origin().ascii(),
        doctor: name(AMELIA),
        destination: part.with_extension(""),
        part: part.to_path_buf(),
        person: None,
        begun_at: jiff::Timestamp::now(),
    });
    let made = Change::PartMade {
        operation: operation.clone(),
        mark: "made 1".to_owned(),
    };
    let came = Change::PartKept {
        operation: operation.clone(),
        came: Box::new(PartCame {
            size: known as u64,
            sha256: Sha256Digest::of(&contents[..known]),
            copy: ServerCopy::default(),
        }),
    };
    let store = Store::open(desk.folder.path()).unwrap();
    let end = Change::EndTransferPartLeft(operation.clone());
    let entry = AuditDraft {
        time: jiff::Timestamp::now(),
        action: AuditAction::Download,
        outcome: AuditOutcome::Stopped,
        operation,
        who: AuditWho::default(),
        doctor: Some(name(AMELIA)),
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: None,
    };
    let changes = vec![begin, made, came, end];
    store.append_with(entry, changes).await.unwrap();
}

async fn unwanted(desk: &Desk) -> Vec<PathBuf> {
    let store = Store::open(desk.folder.path()).unwrap();
    let unwanted = store.unwanted_parts().await.unwrap();
    unwanted.into_iter().map(|one| one.part).collect()
}

/// On some volumes a file's mark is another one by then, and more may have come than was known.
#[test]
fn a_part_that_is_not_known_again_is_left_alone_and_spoken_of_once() {
    run(async {
        let desk = desk().await;
        let part = desk.file(FIRST);
        left(&desk, &part, &held()[..20_000], 10_000).await;
        let mut desk = desk.restart().await;
        let failure = desk.until(|event| match event {
            Event::Failed { doctor, failure } => Some((doctor.clone(), failure.kind.clone())),
            _ => None,
        });
        let path = part.clone();
        let refused = FailureKind::FileNameRefused { path };
        assert_eq!(failure.await, (Some(name(AMELIA)), refused));
        let mut desk = starts_again(desk).await;
        // What came of the download is as it was.
        let all = recorded(&mut desk).await;
        let [first, second] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(second.outcome, AuditOutcome::Stopped);
        assert_eq!(second.operation, first.operation);
        assert!(second.note.as_ref().unwrap().ends_with("was left alone"));
        assert_eq!(fs::read(&part).unwrap(), &held()[..20_000]);
        assert_eq!(unwanted(&desk).await, [""; 0].map(PathBuf::from));
    });
}

#[test]
fn a_part_that_the_disk_does_not_tell_from_another_file_is_tried_again_later() {
    let test =
        "parts_left::a_part_that_the_disk_does_not_tell_from_another_file_is_tried_again_later";
    let Some(drive) = on_its_own_mount(test, "mount -t tmpfs none \"$0\"") else {
        return;
    };
    run(async {
        let desk = desk().await;
        let part = drive.join(FIRST);
        left(&desk, &part, &held()[..10_000], 10_000).await;
        hold(&part);
        let read_only = process::Command::new("mount")
            .args(["-o", "remount,bind,ro"])
            .arg(&part)
            .status();
        assert!(read_only.unwrap().success());
        let mut desk = starts_again(desk).await;
        for _ in 0..100 {
            desk.pass_time().await;
        }
        assert_eq!(unwanted(&desk).await, std::slice::from_ref(&part));
        let_go(&part);
        let mut desk = starts_again(desk).await;
        until_gone(&mut desk, &part).await;
    });
}

/// With `.part` it is as long as a name may be: a second part file can't be made beside the first.
#[test]
fn a_first_part_that_is_in_the_way_and_can_not_be_removed_is_kept() {
    let test = "parts_left::a_first_part_that_is_in_the_way_and_can_not_be_removed_is_kept";
    if on_its_own_mount(test, "mount -t tmpfs none \"$0\"").is_none() {
        return;
    }
    run(async {
        let mut desk = at_a_service([]).await;
        let name = format!("{}.flac", "a".repeat(245));
        let id = until_the_wait_of(&mut desk, &name).await;
        let first = desk.file(&format!("{name}.part"));
        hold(&first);
        desk.send(Command::TryNow(id));
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::FileNameRefused { .. }));
        let (unfinished, kept) = spoken_of(&desk).await;
        assert_eq!(unfinished, []);
        let kept: Vec<_> = kept.iter().map(|one| (&one.part, one.came.size)).collect();
        assert_eq!(kept, [(&first, CAME)]);
        assert_eq!(fs::metadata(&first).unwrap().len(), CAME);
    });
}
