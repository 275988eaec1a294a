//! Which of the two parts is kept that there are where the pieces of a recording did not fit, at the end of a
//! download and by the next start.

use std::fs;

use audio_housekeeper::domain::{
    AuditOutcome, FailureKind, KeptPart, OperationId, PartCame, ServerCopy, Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobProgress};
use audio_housekeeper::practice::Effect;
use audio_housekeeper::store::{Change, Store, Transfer};
use support::desk::Desk;
use support::{AMELIA, name, run};

use crate::pieces::{
    CAME, FIRST, SECOND, at_a_service, held, recorded, spoken_of, there, until_the_wait,
};
use crate::resumes::on_download;

fn operation() -> OperationId {
    OperationId::from_bytes([9; 16])
}

fn begin(desk: &Desk, operation: &OperationId, part: &str) -> Change {
    Change::BeginTransfer(Transfer {
        operation: operation.clone(),
        service: desk.origin().ascii(),
        doctor: name(AMELIA),
        destination: desk.file("a.flac"),
        part: desk.file(part),
        person: None,
        begun_at: jiff::Timestamp::now(),
    })
}

/// A part file as a volume has it that gives it another mark from time to time.
fn made(operation: &OperationId) -> Change {
    Change::PartMade {
        operation: operation.clone(),
        mark: "made 1".to_owned(),
    }
}

fn came(size: usize, etag: &str) -> Change {
    Change::PartKept {
        operation: operation(),
        came: Box::new(PartCame {
            size: size as u64,
            sha256: Sha256Digest::of(&held()[..size]),
            copy: ServerCopy {
                etag: Some(etag.to_owned()),
                ..ServerCopy::default()
            },
        }),
    }
}

/// What a kill leaves: the first part, of so many bytes, set apart, and a second one, of which so many are
/// known.
async fn killed(desk: &Desk, first: usize, came_whole: bool, second: usize, known: Option<Change>) {
    fs::write(desk.file(FIRST), &held()[..first]).unwrap();
    fs::write(desk.file(SECOND), &held()[..second]).unwrap();
    let apart = Change::PartSetApart {
        operation: operation(),
        instead: desk.file("none.part"),
        came_whole,
    };
    let all = [
        begin(desk, &operation(), FIRST),
        made(&operation()),
        came(first, "\"one\""),
        apart,
        begin(desk, &operation(), SECOND),
        made(&operation()),
    ];
    let store = Store::open(desk.folder.path()).unwrap();
    let all = all.into_iter().chain(known).collect();
    store.apply(all).await.unwrap();
}

/// The next start, and the one part that it has kept. What else it said.
async fn started(desk: Desk) -> (Desk, KeptPart, Vec<FailureKind>) {
    let mut desk = desk.restart().await;
    let mut failures = Vec::new();
    let kept = desk.until(|event| match event {
        Event::KeptParts(all) if !all.is_empty() => Some(all.clone()),
        Event::FoundAtStart(found) => panic!("{found:?}"),
        Event::Failed { failure, .. } => {
            failures.push(failure.kind.clone());
            None
        }
        _ => None,
    });
    let mut kept = kept.await;
    assert_eq!(kept.len(), 1);
    let all = recorded(&mut desk).await;
    let outcomes: Vec<_> = all.iter().map(|draft| draft.outcome).collect();
    assert_eq!(outcomes, [AuditOutcome::CutOff]);
    (desk, kept.remove(0), failures)
}

/// Waits until one part file is left, which is this.
async fn until_only(desk: &mut Desk, part: &str) {
    for _ in 0..4_000 {
        if there(desk).len() == 1 {
            break;
        }
        desk.pass_time().await;
    }
    assert_eq!(there(desk), [part]);
    spoken_of(desk).await;
}

#[test]
fn of_two_parts_of_a_copy_that_both_came_whole_the_larger_one_is_kept() {
    run(async {
        let cases = [
            (90_000, true, "\"one\"", true, FIRST),
            // It may be why the pieces did not fit.
            (90_000, false, "\"one\"", true, SECOND),
            (90_000, true, "\"another\"", true, SECOND),
            (90_000, true, "W/\"one\"", true, SECOND),
            (9_000, true, "\"one\"", true, SECOND),
            // Somebody took it away.
            (90_000, true, "\"one\"", false, SECOND),
        ];
        for (first, came_whole, etag, is_there, expected) in cases {
            let desk = at_a_service([]).await;
            let second = Some(came(10_000, etag));
            killed(&desk, first, came_whole, 10_000, second).await;
            if !is_there {
                fs::remove_file(desk.file(FIRST)).unwrap();
            }
            let (mut desk, kept, failures) = started(desk).await;
            let size = if expected == FIRST { first } else { 10_000 };
            assert_eq!(
                (kept.part, kept.came.size),
                (desk.file(expected), size as u64),
                "{first} {came_whole} {etag} {is_there}"
            );
            assert_eq!(failures, []);
            until_only(&mut desk, expected).await;
        }
    });
}

#[test]
fn it_is_known_of_what_is_set_apart_whether_it_came_whole() {
    run(async {
        let cut = on_download(Effect::CutAfter(CAME + 20_000)).only(3);
        let mut desk = at_a_service([cut]).await;
        let id = until_the_wait(&mut desk).await;
        let store = Store::open(desk.folder.path()).unwrap();
        for came_whole in [false, true] {
            let left = store.unfinished_transfers().await.unwrap();
            let apart = store.part_apart(&left[0].operation).await.unwrap();
            assert_eq!(apart.unwrap().came_whole, came_whole);
            desk.send(Command::TryNow(id));
            if !came_whole {
                desk.progress(id, is_cut_off).await;
            }
        }
        desk.end_of_download().await.unwrap();
    });
}

#[test]
fn a_part_file_that_is_not_known_for_the_app_s_own_is_spoken_of() {
    run(async {
        let desk = at_a_service([]).await;
        killed(&desk, 70_000, false, 10_000, None).await;
        let (mut desk, kept, failures) = started(desk).await;
        assert_eq!(kept.part, desk.file(FIRST));
        let [FailureKind::FileNameRefused { path, .. }] = &failures[..] else {
            panic!("{failures:?}");
        };
        assert_eq!(*path, desk.file(SECOND));
        assert_eq!(there(&desk), [SECOND, FIRST]);
        let note = recorded(&mut desk).await.remove(0).note.unwrap();
        assert!(note.contains("was left alone"), "{note}");
    });
}

#[test]
fn what_can_not_be_taken_back_at_the_end_is_taken_back_by_the_next_start() {
    run(async {
        let mut desk = at_a_service([]).await;
        let id = until_the_wait(&mut desk).await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let refuse = "CREATE TRIGGER refused BEFORE DELETE ON parts_apart
            WHEN OLD.operation IS NOT NULL BEGIN SELECT RAISE(ABORT, ''); END";
        database.execute_batch(refuse).unwrap();
        desk.send(Command::Pause(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        database.execute_batch("DROP TRIGGER refused").unwrap();
        let (mut desk, kept, _) = started(desk).await;
        assert_eq!((kept.part, kept.came.size), (desk.file(FIRST), CAME));
        until_only(&mut desk, FIRST).await;
    });
}

#[test]
fn what_is_set_apart_is_not_said_to_be_kept_where_it_is_not_there() {
    run(async {
        let mut desk = at_a_service([]).await;
        let id = until_the_wait(&mut desk).await;
        fs::remove_file(desk.file(FIRST)).unwrap();
        desk.send(Command::Pause(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        let note = recorded(&mut desk).await.remove(0).note.unwrap();
        assert!(!note.contains("what came is kept"), "{note}");
        assert!(
            note.ends_with("the 70000 bytes that had come are kept if they are there"),
            "{note}"
        );
        let (unfinished, kept) = spoken_of(&desk).await;
        assert_eq!((unfinished, kept.len()), (Vec::new(), 1));
    });
}

#[test]
fn what_came_last_is_kept_where_somebody_took_away_what_is_set_apart() {
    run(async {
        let cut = |bytes| on_download(Effect::CutAfter(bytes));
        let cuts = [
            cut(CAME + 20_000).only(3),
            cut(10_000).only(4),
            cut(0).from(5),
        ];
        let mut desk = at_a_service(cuts).await;
        let id = until_the_wait(&mut desk).await;
        desk.send(Command::TryNow(id));
        desk.progress(id, is_cut_off).await;
        assert_eq!(there(&desk), [SECOND]);
        fs::remove_file(desk.file(SECOND)).unwrap();
        desk.impatient = true;
        desk.send(Command::TryNow(id));
        desk.end_of_download().await.unwrap_err();
        let (_, kept) = spoken_of(&desk).await;
        let kept: Vec<_> = kept.iter().map(|one| (&one.part, one.came.size)).collect();
        assert_eq!(kept, [(&desk.file(FIRST), 10_000)]);
    });
}

/// Its name is another file's then, of which nothing can be gone on with.
#[test]
fn nothing_is_said_to_be_kept_where_the_next_try_took_the_name_of_what_was_set_apart() {
    run(async {
        let faults = [
            on_download(Effect::FlipBit(CAME + 5_000)).only(3),
            on_download(Effect::CutAfter(0)).from(4),
        ];
        let mut desk = at_a_service(faults).await;
        let id = until_the_wait(&mut desk).await;
        fs::remove_file(desk.file(FIRST)).unwrap();
        desk.impatient = true;
        desk.send(Command::TryNow(id));
        desk.end_of_download().await.unwrap_err();
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
        let mut desk = desk.restart().await;
        desk.until(|event| match event {
            Event::FoundAtStart(found) => panic!("{found:?}"),
            Event::KeptParts(all) => all.is_empty().then_some(()),
            _ => None,
        })
        .await;
        let all = recorded(&mut desk).await;
        let [entry] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(entry.outcome, AuditOutcome::Failed);
        let note = entry.note.as_deref().unwrap();
        assert!(!note.contains("kept"), "{note}");
        assert_eq!(there(&desk), [""; 0]);
    });
}

fn is_cut_off(now: &JobProgress) -> bool {
    matches!(now, JobProgress::WaitingToTryAgain { failure, .. }
        if matches!(failure.kind, FailureKind::ConnectionDropped { .. }))
}

/// Before anything is known of the file that the download makes.
#[test]
fn what_a_download_makes_at_the_name_of_one_that_is_to_be_removed_stays() {
    run(async {
        let desk = at_a_service([]).await;
        // It takes a while to know it by its contents.
        let large = vec![0; 150_000_000];
        fs::write(desk.file("large.part"), &large).unwrap();
        let came = Change::PartKept {
            operation: operation(),
            came: Box::new(PartCame {
                size: large.len() as u64,
                sha256: Sha256Digest::of(&large),
                copy: ServerCopy::default(),
            }),
        };
        let [other, new] = [[8; 16], [7; 16]].map(OperationId::from_bytes);
        let all = vec![
            begin(&desk, &operation(), "large.part"),
            made(&operation()),
            came,
            Change::EndTransferPartLeft(operation()),
            begin(&desk, &other, FIRST),
            Change::EndTransferPartLeft(other),
        ];
        let store = Store::open(desk.folder.path()).unwrap();
        store.apply(all).await.unwrap();
        let mut desk = desk.restart().await;
        // What an earlier run left is read by then.
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        store.apply(vec![begin(&desk, &new, FIRST)]).await.unwrap();
        fs::write(desk.file(FIRST), "").unwrap();
        for _ in 0..4_000 {
            if !desk.file("large.part").exists() {
                break;
            }
            desk.pass_time().await;
        }
        // The next one is looked at right after it.
        for _ in 0..20 {
            desk.pass_time().await;
        }
        assert!(desk.file(FIRST).exists());
    });
}
