//! What came of a download that was not finished is kept, and gone on with or discarded.

use std::fs;

use audio_housekeeper::domain::{AuditAction, AuditDraft, FailureKind, KeptPart};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobProgress};
use audio_housekeeper::practice::{Call, Effect};
use audio_housekeeper::store::Store;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::resumes::{assert_nothing_is_left, desk, on_download, ranges};
use crate::retries::failure_of;

pub const CAME: u64 = 70_000;

/// The next list of what is kept that `wanted` takes.
pub async fn told(desk: &mut Desk, wanted: impl Fn(&[KeptPart]) -> bool) -> Vec<KeptPart> {
    desk.until(|event| match event {
        Event::KeptParts(all) if wanted(all) => Some(all.clone()),
        _ => None,
    })
    .await
}

/// The one part that is kept, as the store has it.
pub async fn kept(desk: &Desk) -> KeptPart {
    let store = Store::open(desk.folder.path()).unwrap();
    let mut all = store.kept_parts(&desk.origin().ascii()).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

pub fn go_on(desk: &Desk, kept: &KeptPart) {
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
pub async fn recorded(desk: &mut Desk) -> Vec<AuditDraft> {
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
        assert!(
            last.note
                .unwrap()
                .contains("the 70000 bytes that had come are kept")
        );
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
        let id = desk.begin_download(AMELIA, "a.wav").await;
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
        // Taken from the list at once, and gone.
        told(&mut desk, <[KeptPart]>::is_empty).await;
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
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        fs::rename(&kept.part, desk.file("elsewhere")).unwrap();
        fs::write(&kept.part, vec![7; 80_000]).unwrap();
        go_on(&desk, &kept);
        let failure = failure_of(desk.end_of_download().await);
        let path = kept.part.clone();
        assert_eq!(failure.kind, FailureKind::PartGone { path });
        assert_eq!(self::kept(&desk).await, kept, "it can still be discarded");
        let note = recorded(&mut desk).await.pop().unwrap().note;
        assert!(!note.unwrap_or_default().contains("kept"));
        desk.send(Command::DiscardPart(kept.operation.clone()));
        told(&mut desk, <[KeptPart]>::is_empty).await;
        told(&mut desk, <[KeptPart]>::is_empty).await;
        assert_eq!(fs::read(&kept.part).unwrap(), vec![7; 80_000]);
        let last = recorded(&mut desk).await.pop().unwrap();
        assert!(last.note.unwrap().contains("was left alone"));
        let store = Store::open(desk.folder.path()).unwrap();
        assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
    });
}

/// Some volumes give a file another mark from time to time.
#[test]
fn a_part_that_got_another_mark_is_known_by_its_contents() {
    run(async {
        for discards in [false, true] {
            let mut desk = given_up().await;
            let kept = kept(&desk).await;
            let there = fs::read(&kept.part).unwrap();
            fs::rename(&kept.part, desk.file("elsewhere")).unwrap();
            fs::write(&kept.part, there).unwrap();
            if discards {
                desk.send(Command::DiscardPart(kept.operation.clone()));
                told(&mut desk, <[KeptPart]>::is_empty).await;
                told(&mut desk, <[KeptPart]>::is_empty).await;
            } else {
                go_on(&desk, &kept);
                let saved = desk.end_of_download().await.unwrap();
                assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
                assert_eq!(ranges(&desk).pop().unwrap().unwrap(), "bytes=70000-");
                fs::remove_file(saved.path).unwrap();
            }
            assert_nothing_is_left(&desk).await;
        }
    });
}

/// It may be another one's of the same recording, who is further already.
#[test]
fn a_longer_file_that_begins_alike_is_not_taken_for_the_part() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        fs::rename(&kept.part, desk.file("elsewhere")).unwrap();
        let longer = wav(100_000, 1)[..90_000].to_vec();
        fs::write(&kept.part, &longer).unwrap();
        go_on(&desk, &kept);
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::PartGone { .. }));
        assert_eq!(fs::read(&kept.part).unwrap(), longer);
    });
}

#[test]
fn a_person_who_cancels_wants_nothing_of_what_was_kept() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        desk.impatient = false;
        let busy = Effect::status(axum::http::StatusCode::SERVICE_UNAVAILABLE);
        desk.service.add_fault(on_download(busy));
        desk.clock.stop();
        go_on(&desk, &kept);
        let id = desk.begun().await;
        let waits = |now: &JobProgress| matches!(now, JobProgress::WaitingToTryAgain { .. });
        desk.progress(id, waits).await;
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        assert_nothing_is_left(&desk).await;
    });
}

/// Nobody cancelled it.
#[test]
fn what_a_sign_out_ends_is_kept() {
    run(async {
        let mut desk = given_up().await;
        let before = kept(&desk).await;
        let stall = Effect::StallAfter {
            bytes: 10_000,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall));
        go_on(&desk, &before);
        let id = desk.begun().await;
        let has_come = |now: &JobProgress| matches!(now, JobProgress::Downloading { .. });
        desk.progress(id, has_come).await;
        desk.send(Command::SignOut);
        desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
            .await;
        let store = Store::open(desk.folder.path()).unwrap();
        let service = desk.origin().ascii();
        let after = loop {
            if let Some(kept) = store.kept_parts(&service).await.unwrap().pop() {
                break kept;
            }
            desk.pass_time().await;
        };
        assert!(after.came.size > CAME);
        assert_eq!(fs::metadata(&after.part).unwrap().len(), after.came.size);
    });
}

#[test]
fn a_part_that_was_altered_is_fetched_again() {
    run(async {
        let desk = given_up().await;
        let kept = kept(&desk).await;
        let mut there = fs::read(&kept.part).unwrap();
        there[50_000] ^= 1;
        fs::write(&kept.part, there).unwrap();
        let mut desk = desk.restart().await;
        desk.impatient = true;
        told(&mut desk, |all| !all.is_empty()).await;
        go_on(&desk, &kept);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(ranges(&desk).pop().unwrap(), None);
        fs::remove_file(saved.path).unwrap();
        assert_nothing_is_left(&desk).await;
    });
}

/// It may be on a drive that is away: nothing is made in the folder that it was mounted on.
#[test]
fn a_part_that_is_gone_stays_known_until_it_is_discarded() {
    run(async {
        let mut desk = given_up().await;
        let kept = kept(&desk).await;
        fs::remove_file(&kept.part).unwrap();
        for restarts in [false, true] {
            if restarts {
                desk = desk.restart().await;
                told(&mut desk, |all| !all.is_empty()).await;
            }
            go_on(&desk, &kept);
            let failure = failure_of(desk.end_of_download().await);
            let path = kept.part.clone();
            assert_eq!(failure.kind, FailureKind::PartGone { path });
            assert_eq!(self::kept(&desk).await, kept);
        }
        desk.send(Command::DiscardPart(kept.operation.clone()));
        told(&mut desk, <[KeptPart]>::is_empty).await;
        told(&mut desk, <[KeptPart]>::is_empty).await;
        let last = recorded(&mut desk).await.pop().unwrap();
        assert!(last.note.unwrap().contains("was no longer there"));
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn a_part_whose_folder_is_gone_can_be_discarded_and_that_is_said() {
    run(async {
        let mut desk = desk().await;
        let folder = desk.file("Tuesday");
        fs::create_dir(&folder).unwrap();
        desk.service
            .add_fault(on_download(Effect::CutAfter(CAME)).only(1));
        desk.service
            .add_fault(on_download(Effect::CutAfter(0)).from(2));
        failure_of(desk.download(AMELIA, "Tuesday/a.wav").await);
        let kept = kept(&desk).await;
        fs::rename(&folder, desk.file("away")).unwrap();
        go_on(&desk, &kept);
        let failure = failure_of(desk.end_of_download().await);
        assert!(matches!(failure.kind, FailureKind::FolderGone { .. }));
        assert_eq!(self::kept(&desk).await, kept);
        desk.send(Command::DiscardPart(kept.operation.clone()));
        desk.until(|event| matches!(event, Event::Failed { .. }).then_some(()))
            .await;
        told(&mut desk, <[KeptPart]>::is_empty).await;
        let last = recorded(&mut desk).await.pop().unwrap();
        assert!(last.note.unwrap().contains("may be left"));
        let store = Store::open(desk.folder.path()).unwrap();
        assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
        // It is removed once its folder is there again.
        fs::rename(desk.file("away"), &folder).unwrap();
        let mut desk = desk.restart().await;
        for _ in 0..2_000 {
            if !kept.part.exists() {
                break;
            }
            desk.pass_time().await;
        }
        assert!(!kept.part.exists());
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
