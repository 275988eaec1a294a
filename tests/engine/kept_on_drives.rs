//! What is kept of a download on a drive that goes away.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process;
use std::time::Duration;

use audio_housekeeper::domain::{FailureKind, KeptPart, Sha256Digest};
use audio_housekeeper::engine::{Command, JobFailure, JobProgress};
use audio_housekeeper::practice::Effect;
use audio_housekeeper::store::Store;
use support::again::on_its_own_mount;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, names_in, run};

use crate::kept_parts::{CAME, go_on, kept, recorded, told};
use crate::resumes::{desk, on_download};
use crate::retries::failure_of;

/// Of what can't be seen nobody knows that it is gone.
#[test]
fn a_part_on_a_drive_that_was_taken_away_stays_known_where_the_download_is_cancelled() {
    let test = "kept_on_drives::a_part_on_a_drive_that_was_taken_away_stays_known_where_the_download_is_cancelled";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = on_its_own_mount(test, mount) else {
        return;
    };
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        desk.service
            .add_fault(on_download(Effect::CutAfter(CAME)).only(1));
        let file = drive.join("a.wav");
        let id = desk
            .download_until_it_waits(AMELIA, file.to_str().unwrap())
            .await;
        unmount(&drive);
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        let store = Store::open(desk.folder.path()).unwrap();
        let unwanted = store.unwanted_parts().await.unwrap();
        assert_eq!(unwanted[0].part, drive.join("a.wav.part"));
    });
}

fn unmount(drive: &Path) {
    let unmounted = process::Command::new("umount")
        .arg("-l")
        .arg(drive)
        .status();
    assert!(unmounted.unwrap().success());
}

#[test]
fn what_had_come_on_a_drive_that_goes_meanwhile_is_kept_in_mind() {
    let test = "kept_on_drives::what_had_come_on_a_drive_that_goes_meanwhile_is_kept_in_mind";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = on_its_own_mount(test, mount) else {
        return;
    };
    run(async {
        let mut desk = desk().await;
        let stall = Effect::StallAfter {
            bytes: CAME,
            duration: Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall).only(1));
        let file = drive.join("a.wav");
        let id = desk.begin_download(AMELIA, file.to_str().unwrap()).await;
        let has_come = |now: &JobProgress| matches!(now, JobProgress::Downloading { .. });
        desk.progress(id, has_come).await;
        unmount(&drive);
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::FolderGone { .. }));
        let kept = kept(&desk).await;
        assert_eq!(kept.part, drive.join("a.wav.part"));
        assert!(names_in(&drive).is_empty(), "nothing is made in its place");
    });
}

/// What had come on a drive that goes while a go-on writes its part file anew, in an answer that stalls for so
/// long. The desk after the end of it.
async fn begun_anew_on(drive: &Path, stall: Duration) -> (Desk, KeptPart) {
    let mut desk = desk().await;
    let cut = |bytes| on_download(Effect::CutAfter(bytes));
    desk.service.add_fault(cut(CAME).only(1));
    desk.service.add_fault(cut(0).from(2));
    let file = drive.join("a.wav");
    failure_of(desk.download(AMELIA, file.to_str().unwrap()).await);
    let kept = kept(&desk).await;
    // Another copy has taken its place.
    desk.service.put(AMELIA, "b.wav", wav(100_000, 2));
    let stall = Effect::StallAfter {
        bytes: 10_000,
        duration: stall,
    };
    desk.service.set_faults(vec![on_download(stall)]);
    go_on(&desk, &kept);
    let id = desk.begun().await;
    let has_come = |now: &JobProgress| matches!(now, JobProgress::Downloading { received, .. } if *received <= 10_000);
    desk.progress(id, has_come).await;
    unmount(drive);
    let failure = failure_of(desk.end_of_download().await);
    assert!(matches!(failure.kind, FailureKind::FolderGone { .. }));
    let store = Store::open(desk.folder.path()).unwrap();
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
    (desk, kept)
}

/// Nothing of what had come is in its part file any more.
#[test]
fn one_that_is_begun_anew_on_a_drive_that_goes_meanwhile_ends_there() {
    let test = "kept_on_drives::one_that_is_begun_anew_on_a_drive_that_goes_meanwhile_ends_there";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = on_its_own_mount(test, mount) else {
        return;
    };
    run(async {
        let stall = Duration::from_millis(800);
        let (desk, kept) = begun_anew_on(&drive, stall).await;
        let store = Store::open(desk.folder.path()).unwrap();
        let parts = store.kept_parts(&desk.origin().ascii()).await;
        assert_eq!(parts, Ok(Vec::new()));
        let unwanted = store.unwanted_parts().await.unwrap();
        assert_eq!(unwanted[0].part, kept.part);
        let mut desk = desk.restart().await;
        told(&mut desk, <[KeptPart]>::is_empty).await;
        let outcomes = recorded(&mut desk).await.into_iter();
        let outcomes: Vec<_> = outcomes.map(|draft| draft.outcome.code()).collect();
        assert_eq!(outcomes, ["failed", "failed"]);
    });
}

#[test]
fn what_came_anew_on_a_drive_that_goes_meanwhile_is_kept_in_mind() {
    let test = "kept_on_drives::what_came_anew_on_a_drive_that_goes_meanwhile_is_kept_in_mind";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = on_its_own_mount(test, mount) else {
        return;
    };
    run(async {
        let stall = Duration::from_mins(1);
        let (desk, before) = begun_anew_on(&drive, stall).await;
        let after = kept(&desk).await;
        assert_eq!(after.part, before.part);
        // A slow computer may give up the answer before all of it came.
        let size = usize::try_from(after.came.size).unwrap();
        assert!((1..=10_000).contains(&size), "{size}");
        let came = &wav(100_000, 2)[..size];
        assert_eq!(after.came.sha256, Sha256Digest::of(came));
    });
}
