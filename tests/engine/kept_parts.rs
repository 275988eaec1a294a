//! What came of a download that was not finished is kept, and gone on with or discarded.

use std::fs;

use audio_housekeeper::domain::{AuditAction, AuditDraft, FailureKind, KeptPart};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobProgress, Unfinished};
use audio_housekeeper::practice::{Call, Effect};
use audio_housekeeper::store::Store;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::resumes::{assert_nothing_is_left, desk, on_download, ranges};
use crate::retries::failure_of;

const CAME: u64 = 70_000;

/// The next list of what is kept that `wanted` takes.
async fn told(desk: &mut Desk, wanted: impl Fn(&[KeptPart]) -> bool) -> Vec<KeptPart> {
    desk.until(|event| match event {
        Event::KeptParts(all) if wanted(all) => Some(all.clone()),
        _ => None,
    })
    .await
}

/// The one part that is kept, as the store has it.
async fn kept(desk: &Desk) -> KeptPart {
    let store = Store::open(desk.folder.path()).unwrap();
    let mut all = store.kept_parts(&desk.origin().ascii()).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn go_on(desk: &Desk, kept: &KeptPart) {
    desk.send(Command::GoOn {
        doctor: name(AMELIA),
        operation: kept.operation.clone(),
    });
}

/// A desk at which a download was given up behind [`CAME`] bytes; nothing goes wrong any more.
async fn given_up() -> Desk {
    let mut desk = desk().await;
    desk.service
        .add_fault(on_download(Effect::CutAfter(CAME)).only(1));
    desk.service
        .add_fault(on_download(Effect::CutAfter(0)).from(2));
    let failure = failure_of(desk.download(AMELIA, "a.wav").await);
    assert!(matches!(
        failure.kind,
        FailureKind::ConnectionDropped { .. }
    ));
    assert_eq!(desk.requests(Call::Download), 5);
    desk.service.set_faults(Vec::new());
    desk
}

/// The record's entries on downloads.
async fn recorded(desk: &mut Desk) -> Vec<AuditDraft> {
    let drafts = desk.record().await.into_iter().map(|entry| entry.draft);
    drafts
        .filter(|draft| draft.action == AuditAction::Download)
        .collect()
}

#[test]
fn what_came_of_a_download_that_is_given_up_is_kept_and_gone_on_with() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        assert_eq!(kept.doctor, name(AMELIA));
        assert_eq!(kept.destination, desk.file("a.wav"));
        assert_eq!(
            (kept.came.size, kept.came.copy.length),
            (CAME, Some(100_000))
        );
        assert_eq!(fs::metadata(&kept.part).unwrap().len(), CAME);
        go_on(&desk, &kept);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(saved.path, desk.file("a.wav"));
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(ranges(&desk).pop().unwrap().unwrap(), "bytes=70000-");
        let words: Vec<_> = recorded(&mut desk)
            .await
            .into_iter()
            .map(|draft| (draft.operation, draft.outcome.code()))
            .collect();
        let both = ["failed", "saved-and-checked"];
        assert_eq!(words, both.map(|word| (kept.operation.clone(), word)));
        fs::remove_file(saved.path).unwrap();
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn it_is_told_at_the_next_start_and_can_be_gone_on_with_there() {
    run(async {
        let desk = given_up().await;
        let kept = kept(&desk).await;
        let mut desk = desk.restart().await;
        assert_eq!(told(&mut desk, |all| !all.is_empty()).await[..], [kept]);
        let kept = self::kept(&desk).await;
        go_on(&desk, &kept);
        told(&mut desk, <[KeptPart]>::is_empty).await;
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(ranges(&desk).pop().unwrap().unwrap(), "bytes=70000-");
    });
}

#[test]
fn what_had_come_when_the_app_ended_is_kept_and_the_record_says_so() {
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        desk.service
            .add_fault(on_download(Effect::CutAfter(CAME)).only(1));
        desk.download_until_it_waits(AMELIA, "a.wav").await;
        let mut desk = desk.restart().await;
        let all = told(&mut desk, |all| !all.is_empty()).await;
        assert_eq!(all[0].came.size, CAME);
        let last = recorded(&mut desk).await.pop().unwrap();
        assert_eq!(last.outcome.code(), "cut-off");
        assert!(last.note.unwrap().contains("70000 bytes are kept"));
        // Said once, and kept until somebody decides.
        let mut desk = desk.restart().await;
        assert_eq!(told(&mut desk, |all| !all.is_empty()).await, all);
        assert_eq!(recorded(&mut desk).await.len(), 1);
        go_on(&desk, &all[0]);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(ranges(&desk).pop().unwrap().unwrap(), "bytes=70000-");
    });
}

#[test]
fn what_arrives_when_the_app_ends_is_kept_as_far_as_it_came() {
    run(async {
        let mut desk = desk().await;
        let stall = Effect::StallAfter {
            bytes: CAME,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall).only(1));
        desk.ask_download(AMELIA, "a.wav");
        let id = desk
            .until(|event| match event {
                Event::JobStarted { id, .. } => Some(*id),
                _ => None,
            })
            .await;
        let has_come = |now: &JobProgress| matches!(now, JobProgress::Downloading { .. });
        desk.progress(id, has_come).await;
        let mut desk = desk.restart().await;
        let all = told(&mut desk, |all| !all.is_empty()).await;
        let [kept] = &all[..] else {
            panic!("{all:?}");
        };
        assert!(kept.came.size <= CAME);
        go_on(&desk, kept);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1));
        let from = format!("bytes={}-", kept.came.size);
        assert_eq!(ranges(&desk).pop().unwrap().unwrap(), from);
    });
}

#[test]
fn what_is_discarded_is_gone_and_recorded() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        desk.send(Command::DiscardPart(kept.operation.clone()));
        told(&mut desk, <[KeptPart]>::is_empty).await;
        assert_nothing_is_left(&desk).await;
        let last = recorded(&mut desk).await.pop().unwrap();
        assert_eq!(last.outcome.code(), "discarded");
        assert_eq!(last.operation, kept.operation);
        let note = last.note.unwrap();
        assert_eq!(note, "the part file was removed; 70000 bytes had come");
        // Nothing is left to go on with.
        go_on(&desk, &kept);
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
    });
}

#[test]
fn somebody_s_file_in_its_place_is_left_alone() {
    run(async {
        for discards in [true, false] {
            let mut desk = given_up().await;
            let kept = kept(&desk).await;
            fs::rename(&kept.part, desk.file("elsewhere")).unwrap();
            fs::write(&kept.part, vec![7; 80_000]).unwrap();
            if discards {
                desk.send(Command::DiscardPart(kept.operation.clone()));
                told(&mut desk, <[KeptPart]>::is_empty).await;
            } else {
                go_on(&desk, &kept);
                let saved = desk.end_of_download().await.unwrap();
                assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1));
                assert_eq!(ranges(&desk).pop().unwrap(), None);
            }
            assert_eq!(fs::read(&kept.part).unwrap(), vec![7; 80_000]);
        }
    });
}

#[test]
fn a_part_that_was_altered_or_is_gone_is_fetched_again() {
    run(async {
        for gone in [true, false] {
            let desk = given_up().await;
            let kept = kept(&desk).await;
            if gone {
                fs::remove_file(&kept.part).unwrap();
            } else {
                let mut there = fs::read(&kept.part).unwrap();
                there[50_000] ^= 1;
                fs::write(&kept.part, there).unwrap();
            }
            let mut desk = desk.restart().await;
            desk.impatient = true;
            told(&mut desk, |all| !all.is_empty()).await;
            go_on(&desk, &kept);
            let saved = desk.end_of_download().await.unwrap();
            assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
            assert_eq!(ranges(&desk).pop().unwrap(), None);
            fs::remove_file(saved.path).unwrap();
            assert_nothing_is_left(&desk).await;
        }
    });
}

#[test]
fn a_part_of_a_copy_that_is_no_longer_there_is_not_used() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        desk.service.put(AMELIA, "b.wav", wav(100_000, 2));
        go_on(&desk, &kept);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 2));
    });
}

#[test]
fn without_a_mark_nothing_is_kept() {
    run(async {
        let mut desk = Desk::new().await;
        desk.impatient = true;
        desk.service
            .add_fault(on_download(Effect::CutAfter(CAME)).from(1));
        failure_of(desk.download(AMELIA, "a.wav").await);
        assert_nothing_is_left(&desk).await;
        let mut desk = desk.restart().await;
        assert_eq!(told(&mut desk, |_| true).await, []);
    });
}

#[test]
fn a_download_that_was_killed_without_anything_kept_is_named_as_ever() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        fs::remove_file(&kept.part).unwrap();
        // As a kill leaves it, that comes before the record.
        let change = audio_housekeeper::store::Change::TransferGoesOn(kept.operation.clone());
        let store = Store::open(desk.folder.path()).unwrap();
        store.apply(vec![change]).await.unwrap();
        drop(store);
        desk = desk.restart().await;
        let found = desk
            .until(|event| match event {
                Event::FoundAtStart(found) => Some(found.clone()),
                _ => None,
            })
            .await;
        assert!(matches!(found[..], [Unfinished::Download { .. }]));
        assert_nothing_is_left(&desk).await;
    });
}

/// Of what can't be seen nobody knows that it is gone.
#[cfg(target_os = "linux")]
#[test]
fn a_part_on_a_drive_that_was_taken_away_stays_known_where_the_download_is_cancelled() {
    let test = "kept_parts::a_part_on_a_drive_that_was_taken_away_stays_known_where_the_download_is_cancelled";
    let mount = "mount -t tmpfs none \"$0\"";
    let Some(drive) = support::again::on_its_own_mount(test, mount) else {
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
        let unmounted = std::process::Command::new("umount")
            .arg("-l")
            .arg(&drive)
            .status();
        assert!(unmounted.unwrap().success());
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        let store = Store::open(desk.folder.path()).unwrap();
        let left = store.unfinished_transfers().await.unwrap();
        assert_eq!(left[0].part, drive.join("a.wav.part"));
    });
}
