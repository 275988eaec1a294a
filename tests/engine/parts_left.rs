//! Part files that can't be removed, as while a virus scanner has them open where files in use can't be.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process;

use audio_housekeeper::domain::{AuditOutcome, FailureKind};
use audio_housekeeper::engine::{Command, Event, JobFailure};
use audio_housekeeper::store::Store;
use support::again::on_its_own_mount;
use support::desk::Desk;
use support::run;

use crate::pieces::{CAME, at_a_service, recorded, spoken_of, until_the_wait_of};
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
