//! What becomes of the first part, where its pieces did not fit, on disks that are full, gone, or let go of
//! nothing.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process;
use std::time::Duration;

use audio_housekeeper::domain::{
    AudioFormat, AudioState, AuditOutcome, BackupProof, CheckedAudio, CheckedPart, Completeness,
    FailureKind, OperationId, PartCame, ServerCopy, Sha256Digest,
};
use audio_housekeeper::engine::{Event, Unfinished};
use audio_housekeeper::practice::Effect;
use audio_housekeeper::store::{Change, Store, Transfer};
use support::again::on_its_own_mount;
use support::desk::Desk;
use support::{AMELIA, name, names_in, run};

use crate::pieces::{CAME, FIRST, SECOND, at_a_service, held, recorded, spoken_of, stalls_behind};
use crate::resumes::on_download;
use crate::retries::failure_of;

/// Waits until a file is gone that is removed in the background.
pub async fn until_gone(desk: &mut Desk, file: &Path) {
    for _ in 0..2_000 {
        if !file.exists() {
            return;
        }
        desk.pass_time().await;
    }
    panic!("{} stays", file.display());
}

/// What is left of the other is nobody's any more, and to be removed. So little had come of it that none is
/// known of.
#[test]
fn on_a_drive_that_goes_meanwhile_the_first_part_alone_is_kept_in_mind() {
    let test =
        "pieces_on_disks::on_a_drive_that_goes_meanwhile_the_first_part_alone_is_kept_in_mind";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = on_its_own_mount(test, mount) else {
        return;
    };
    run(async {
        let stall = Effect::StallAfter {
            bytes: 20_000,
            duration: Duration::from_millis(800),
        };
        let mut desk = at_a_service([on_download(stall).only(3)]).await;
        desk.impatient = true;
        desk.ask_download(AMELIA, drive.join("a.flac").to_str().unwrap());
        let second = drive.join(SECOND);
        while !second.exists() {
            let glance = desk.until(|_| Some(()));
            let _event = tokio::time::timeout(Duration::from_millis(20), glance).await;
        }
        let unmounted = process::Command::new("umount")
            .arg("-l")
            .arg(&drive)
            .status();
        assert!(unmounted.unwrap().success());
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::FolderGone { .. }));
        let store = Store::open(desk.folder.path()).unwrap();
        let unwanted = store.unwanted_parts().await.unwrap();
        let unwanted: Vec<_> = unwanted.into_iter().map(|one| one.part).collect();
        assert_eq!(unwanted, [second]);
        let kept = store.kept_parts(&desk.origin().ascii()).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|kept| kept.part).collect();
        assert_eq!(kept, [drive.join(FIRST)]);
        assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
        assert!(names_in(&drive).is_empty(), "nothing is made in its place");
    });
}

/// Both find no room there.
#[test]
fn a_disk_with_room_for_the_recording_alone_is_not_full() {
    let test = "pieces_on_disks::a_disk_with_room_for_the_recording_alone_is_not_full";
    let Some(drive) = on_its_own_mount(test, "mount -t tmpfs -o size=256k none \"$0\"") else {
        return;
    };
    run(async {
        let whole = held();
        assert!(whole.len() < 256 * 1024 && whole.len() as u64 + CAME > 256 * 1024);
        let mut desk = at_a_service([]).await;
        desk.ask_download(AMELIA, drive.join("a.flac").to_str().unwrap());
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), whole);
        assert_eq!(names_in(&drive), ["a.flac"]);
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
        let note = recorded(&mut desk).await.remove(0).note.unwrap();
        assert!(note.starts_with("tried 4 times"), "{note}");
    });
}

/// As while a virus scanner has it open, where files in use can't be removed.
#[test]
fn a_first_part_that_can_not_be_removed_is_removed_by_a_later_start_that_says_nothing() {
    let test = "pieces_on_disks::a_first_part_that_can_not_be_removed_is_removed_by_a_later_start_that_says_nothing";
    let Some(drive) = on_its_own_mount(test, "mount -t tmpfs none \"$0\"") else {
        return;
    };
    run(async {
        let mut desk = at_a_service([stalls_behind(20_000)]).await;
        desk.ask_download(AMELIA, drive.join("a.flac").to_str().unwrap());
        let first = drive.join(FIRST);
        while !drive.join(SECOND).exists() {
            let glance = desk.until(|_| Some(()));
            let _event = tokio::time::timeout(Duration::from_millis(20), glance).await;
        }
        let bound = process::Command::new("mount")
            .arg("--bind")
            .args([&first; 2])
            .status();
        assert!(bound.unwrap().success());
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), held());
        assert_eq!(names_in(&drive), ["a.flac", FIRST]);
        // It is still held at the next start, and is not at the one after that.
        for is_held in [true, false] {
            if !is_held {
                let freed = process::Command::new("umount").arg(&first).status();
                assert!(freed.unwrap().success());
            }
            desk = desk.restart().await;
            let told = desk.until(|event| match event {
                Event::FoundAtStart(found) => panic!("{found:?}"),
                Event::Failed { failure, .. } => panic!("{failure:?}"),
                Event::KeptParts(all) => Some(all.clone()),
                _ => None,
            });
            assert_eq!(told.await, []);
            if !is_held {
                until_gone(&mut desk, &first).await;
            }
            assert_eq!(first.exists(), is_held);
        }
        let outcomes = recorded(&mut desk)
            .await
            .into_iter()
            .map(|entry| entry.outcome);
        let outcomes: Vec<_> = outcomes.collect();
        assert_eq!(outcomes, [AuditOutcome::SavedAndChecked]);
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
    });
}

/// What a kill leaves between the name that the recording got and the end of its download, with the first
/// part set apart.
async fn killed_once_it_had_its_name(desk: &Desk) {
    let (operation, whole) = (OperationId::from_bytes([9; 16]), held());
    let first = &whole[..usize::try_from(CAME).unwrap()];
    fs::write(desk.file(FIRST), first).unwrap();
    fs::write(desk.file("a.flac"), &whole).unwrap();
    let begin = |part| {
        Change::BeginTransfer(Transfer {
            operation: operation.clone(),
            service: desk.origin().ascii(),
            doctor: name(AMELIA),
            destination: desk.file("a.flac"),
            part: desk.file(part),
            person: None,
            begun_at: jiff::Timestamp::now(),
        })
    };
    // On some volumes a file's mark is soon another one.
    let made = || Change::PartMade {
        operation: operation.clone(),
        mark: "made 1".to_owned(),
    };
    let kept = Change::PartKept {
        operation: operation.clone(),
        came: Box::new(PartCame {
            size: CAME,
            sha256: Sha256Digest::of(first),
            copy: ServerCopy::default(),
        }),
    };
    let apart = Change::PartSetApart {
        operation: operation.clone(),
        instead: desk.file("none.part"),
        came_whole: false,
    };
    let checked = Change::PartChecked {
        operation: operation.clone(),
        part: Box::new(CheckedPart {
            name: desk.file("a.flac"),
            numbered: true,
            size: whole.len() as u64,
            sha256: Sha256Digest::of(&whole),
            format: Some(AudioFormat::Flac),
            milliseconds: Some(8_000),
            audio: CheckedAudio {
                state: AudioState::Whole,
                codec: None,
                ends: Vec::new(),
                oddities: Vec::new(),
            },
            completeness: Completeness::Proven(BackupProof::Length),
            copy: ServerCopy::default(),
        }),
    };
    let store = Store::open(desk.folder.path()).unwrap();
    let all = vec![
        begin(FIRST),
        made(),
        kept,
        apart,
        begin(SECOND),
        made(),
        checked,
    ];
    store.apply(all).await.unwrap();
}

#[test]
fn a_recording_that_had_its_name_at_a_kill_is_told_as_saved_and_its_first_part_goes() {
    run(async {
        let desk = at_a_service([]).await;
        killed_once_it_had_its_name(&desk).await;
        let mut desk = desk.restart().await;
        let found = desk.until(|event| match event {
            Event::FoundAtStart(found) => Some(found.clone()),
            Event::KeptParts(all) => {
                assert_eq!(*all, []);
                None
            }
            _ => None,
        });
        let found = found.await;
        assert!(
            matches!(&found[..], [Unfinished::Saved { .. }]),
            "{found:?}"
        );
        let first = desk.file(FIRST);
        until_gone(&mut desk, &first).await;
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
        let all = recorded(&mut desk).await;
        let outcomes: Vec<_> = all.iter().map(|draft| draft.outcome).collect();
        assert_eq!(outcomes, [AuditOutcome::SavedAndChecked]);
    });
}
