//! Where what came in pieces does not fit together, the first part stays until the recording is there
//! whole.

use std::fs;
use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, FailureKind, KeptPart, OperationId, Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobId, JobProgress};
use audio_housekeeper::practice::{Effect, Fault};
use audio_housekeeper::store::Store;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use support::desk::Desk;
use support::recordings::flac;
use support::{AMELIA, name, names_in, run};

use crate::resumes::{desk, on_download, ranges};
use crate::retries::failure_of;

/// How many bytes the first answer brings.
pub const CAME: u64 = 70_000;

pub const FIRST: &str = "a.flac.part";
pub const SECOND: &str = "a.flac (2).part";

pub fn held() -> Vec<u8> {
    flac(8)
}

/// A desk at a service whose first answer is cut, and whose second does not fit behind it; what the third
/// and later ones do.
pub async fn at_a_service(then: impl IntoIterator<Item = Fault>) -> Desk {
    let desk = desk().await;
    desk.service.put(AMELIA, "a.flac", held());
    let cut = on_download(Effect::CutAfter(CAME)).only(1);
    let flipped = on_download(Effect::FlipBit(CAME + 5_000)).only(2);
    desk.service.add_fault(cut);
    desk.service.add_fault(flipped);
    for fault in then {
        desk.service.add_fault(fault);
    }
    desk
}

/// The third answer stalls behind so many bytes, until that is noticed a second later.
pub fn stalls_behind(bytes: u64) -> Fault {
    let duration = Duration::from_mins(1);
    on_download(Effect::StallAfter { bytes, duration }).only(3)
}

/// The third answer is cut behind so many bytes, and the service is gone then.
fn dies_behind(bytes: u64) -> [Fault; 2] {
    let cut = |bytes| on_download(Effect::CutAfter(bytes));
    [cut(bytes).only(3), cut(0).from(4)]
}

/// The names of what there is of the recording.
pub fn there(desk: &Desk) -> Vec<String> {
    let mut names = names_in(desk.folder.path());
    names.retain(|name| name.contains("a.flac") || name.contains("a (damaged)"));
    names
}

/// What the store speaks of: what is not finished, with its part file and how much of it is known, and
/// what is kept. Nothing is to be removed.
pub async fn spoken_of(desk: &Desk) -> (Vec<(OperationId, String, Option<u64>)>, Vec<KeptPart>) {
    let store = Store::open(desk.folder.path()).unwrap();
    let mut unfinished = Vec::new();
    for one in store.unfinished_transfers().await.unwrap() {
        let came = store.part(&one.operation).await.unwrap().came;
        let part = one.part.file_name().unwrap().to_str().unwrap().to_owned();
        unfinished.push((one.operation, part, came.map(|came| came.size)));
    }
    assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
    let kept = store.kept_parts(&desk.origin().ascii()).await;
    (unfinished, kept.unwrap())
}

pub async fn recorded(desk: &mut Desk) -> Vec<AuditDraft> {
    let drafts = desk.record().await.into_iter().map(|entry| entry.draft);
    drafts
        .filter(|draft| draft.action == AuditAction::Download)
        .collect()
}

/// Begins a download and waits until there is a part file beside the first, and something has come into it:
/// so many bytes at most.
async fn until_the_second(desk: &mut Desk, most: u64) -> JobId {
    let id = desk.begin_download(AMELIA, "a.flac").await;
    let mut now = None;
    for _ in 0..4_000 {
        desk.pass_time().await;
        if let Some(all) = desk.engine.changed_progress() {
            now = all.get(&id).cloned();
        }
        match &now {
            Some(JobProgress::WaitingToTryAgain { .. }) => desk.send(Command::TryNow(id)),
            Some(JobProgress::Downloading { received, .. })
                if (1..=most).contains(received) && desk.file(SECOND).exists() =>
            {
                return id;
            }
            _ => {}
        }
    }
    panic!("the second never comes");
}

/// Begins a download and waits until its pieces did not fit, and the next try is waited for.
pub async fn until_the_wait(desk: &mut Desk) -> JobId {
    let id = until_the_wait_of(desk, "a.flac").await;
    assert_eq!(there(desk), [FIRST]);
    id
}

/// The same, of a file of this name.
pub async fn until_the_wait_of(desk: &mut Desk, file: &str) -> JobId {
    desk.impatient = false;
    desk.clock.stop();
    let id = desk.begin_download(AMELIA, file).await;
    let waits = |does_fit| {
        move |now: &JobProgress| match now {
            JobProgress::WaitingToTryAgain { failure, .. } => {
                does_fit != (failure.kind == FailureKind::PiecesDoNotFit)
            }
            _ => false,
        }
    };
    desk.progress(id, waits(true)).await;
    desk.send(Command::TryNow(id));
    desk.progress(id, waits(false)).await;
    id
}

/// The same, in the wait where nothing is to come whole.
async fn until_the_second_or_the_wait(desk: &mut Desk, most: u64) -> JobId {
    if most == 0 {
        until_the_wait(desk).await
    } else {
        until_the_second(desk, most).await
    }
}

/// Asserts that as much of the recording as came whole is left, and nothing else; the first part where
/// nothing did.
async fn assert_whole_is_kept(desk: &mut Desk, most: u64) -> KeptPart {
    let (_, kept) = spoken_of(desk).await;
    let size = kept[0].came.size;
    if most == 0 {
        assert_kept(desk, FIRST, CAME).await
    } else {
        assert!((1..=most).contains(&size), "{size}");
        assert_kept(desk, SECOND, size).await
    }
}

/// Asserts that this is all that is left: a part with so many bytes, kept as the download's.
async fn assert_kept(desk: &mut Desk, part: &str, size: u64) -> KeptPart {
    let (unfinished, mut kept) = spoken_of(desk).await;
    assert_eq!(unfinished, []);
    assert_eq!(kept.len(), 1, "{kept:?}");
    let kept = kept.remove(0);
    assert_eq!((&kept.part, kept.came.size), (&desk.file(part), size));
    assert_eq!(there(desk), [part]);
    // What did not fit behind it is cut.
    assert_eq!(
        Sha256Digest::of(&fs::read(&kept.part).unwrap()),
        kept.came.sha256
    );
    let all = recorded(desk).await;
    let [entry] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(entry.operation, kept.operation);
    assert_ne!(entry.outcome, AuditOutcome::CutOff);
    assert!(entry.note.as_ref().unwrap().contains("what came is kept"));
    kept
}

/// Goes on with what is kept, to the end.
async fn goes_on_with(desk: &mut Desk, kept: &KeptPart) {
    desk.service.set_faults(Vec::new());
    desk.send(Command::GoOn {
        doctor: name(AMELIA),
        operation: kept.operation.clone(),
    });
    let saved = desk.end_of_download().await.unwrap();
    assert_eq!(fs::read(&saved.path).unwrap(), held());
    let from = format!("bytes={}-", kept.came.size);
    assert_eq!(ranges(desk).pop().unwrap().unwrap(), from);
    assert_only_the_file(desk).await;
}

async fn assert_only_the_file(desk: &Desk) {
    assert_eq!(there(desk), ["a.flac"]);
    assert_eq!(spoken_of(desk).await, (Vec::new(), Vec::new()));
}

async fn assert_nothing_at_all(desk: &Desk) {
    assert_eq!(there(desk), [""; 0]);
    assert_eq!(spoken_of(desk).await, (Vec::new(), Vec::new()));
}

#[test]
fn the_first_part_stays_until_the_recording_is_there_whole() {
    run(async {
        let mut desk = at_a_service([stalls_behind(20_000)]).await;
        until_the_second(&mut desk, 20_000).await;
        let first = fs::read(desk.file(FIRST)).unwrap();
        let came = usize::try_from(CAME).unwrap();
        assert!(first == held()[..came]);
        let (unfinished, kept) = spoken_of(&desk).await;
        let [(operation, part, None)] = &unfinished[..] else {
            panic!("{unfinished:?}");
        };
        assert_eq!((part.as_str(), &kept[..]), (SECOND, &[][..]));
        let store = Store::open(desk.folder.path()).unwrap();
        let apart = store.part_apart(operation).await.unwrap().unwrap();
        assert_eq!(apart.part, desk.file(FIRST));
        assert_eq!(apart.came.unwrap().size, CAME);
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(saved.path).unwrap(), held());
        assert_only_the_file(&desk).await;
        let all = recorded(&mut desk).await;
        let words: Vec<_> = all
            .iter()
            .map(|draft| (&draft.operation, draft.outcome))
            .collect();
        assert_eq!(words, [(operation, AuditOutcome::SavedAndChecked)]);
        let note = all[0].note.as_deref().unwrap();
        assert!(note.starts_with("tried 4 times"), "{note}");
    });
}

#[test]
fn the_first_part_is_kept_where_the_service_dies_before_anything_came_whole() {
    run(async {
        let mut desk = at_a_service(dies_behind(0)).await;
        failure_of(desk.download(AMELIA, "a.flac").await);
        let kept = assert_kept(&mut desk, FIRST, CAME).await;
        goes_on_with(&mut desk, &kept).await;
    });
}

/// It may be why the pieces did not fit.
#[test]
fn whatever_came_whole_is_kept_in_the_place_of_the_first_part() {
    run(async {
        for again in [10_000, CAME + 20_000] {
            let mut desk = at_a_service(dies_behind(again)).await;
            failure_of(desk.download(AMELIA, "a.flac").await);
            let kept = assert_kept(&mut desk, SECOND, again).await;
            goes_on_with(&mut desk, &kept).await;
        }
    });
}

#[test]
fn a_first_part_that_is_not_what_the_service_has_is_not_gone_on_with_for_ever() {
    run(async {
        let mut desk = desk().await;
        desk.service.put(AMELIA, "a.flac", held());
        let first = on_download(Effect::FlipBit(5_000)).only(1);
        let cut = on_download(Effect::CutAfter(CAME)).only(1);
        for fault in [first, cut].into_iter().chain(dies_behind(CAME - 10_000)) {
            desk.service.add_fault(fault);
        }
        failure_of(desk.download(AMELIA, "a.flac").await);
        let kept = assert_kept(&mut desk, SECOND, CAME - 10_000).await;
        goes_on_with(&mut desk, &kept).await;
    });
}

/// None of the tries that bring the recording whole is gone on with, and the one counts that brought most.
#[test]
fn of_several_tries_that_is_kept_of_which_most_came() {
    run(async {
        let cut = |number, bytes| on_download(Effect::CutAfter(bytes)).only(number);
        let most = CAME + 30_000;
        let tries = [
            cut(3, CAME + 10_000),
            cut(4, most),
            cut(5, CAME + 20_000),
            on_download(Effect::CutAfter(0)).from(6),
        ];
        let mut desk = at_a_service(tries).await;
        failure_of(desk.download(AMELIA, "a.flac").await);
        assert!(ranges(&desk)[2..].iter().all(Option::is_none));
        // Its name was free again.
        let kept = assert_kept(&mut desk, FIRST, most).await;
        goes_on_with(&mut desk, &kept).await;
    });
}

/// By what it is told from the first, only it can be gone on with.
#[test]
fn of_another_copy_even_less_is_kept_in_its_place() {
    run(async {
        let mark = HeaderValue::from_static("\"another\"");
        let other = [
            on_download(Effect::ReplaceBody(flac(9).into())).only(3),
            on_download(Effect::SetHeader(ETAG, mark)).only(3),
        ];
        let tries = other.into_iter().chain(dies_behind(10_000));
        let mut desk = at_a_service(tries).await;
        failure_of(desk.download(AMELIA, "a.flac").await);
        assert_kept(&mut desk, SECOND, 10_000).await;
    });
}

#[test]
fn a_pause_keeps_what_came_whole_or_else_the_first_part() {
    run(async {
        for again in [0, 10_000] {
            let mut desk = at_a_service([stalls_behind(again)]).await;
            let id = until_the_second_or_the_wait(&mut desk, again).await;
            desk.send(Command::Pause(id));
            let ended = desk.end_of_download().await;
            assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
            let kept = assert_whole_is_kept(&mut desk, again).await;
            let outcome = recorded(&mut desk).await.pop().unwrap().outcome;
            assert_eq!(outcome, AuditOutcome::Paused);
            goes_on_with(&mut desk, &kept).await;
        }
    });
}

/// What the next start tells of a download that the app ended in the middle of.
async fn found_at_the_next_start(desk: Desk) -> (Desk, Vec<KeptPart>) {
    let mut desk = desk.restart().await;
    let kept = desk.until(|event| match event {
        Event::KeptParts(all) if !all.is_empty() => Some(all.clone()),
        Event::FoundAtStart(found) => panic!("{found:?}"),
        _ => None,
    });
    let kept = kept.await;
    // What else is there goes meanwhile.
    for _ in 0..4_000 {
        if there(&desk).len() == 1 {
            break;
        }
        desk.pass_time().await;
    }
    assert_eq!(spoken_of(&desk).await, (Vec::new(), kept.clone()));
    let all = recorded(&mut desk).await;
    let outcomes: Vec<_> = all.iter().map(|draft| draft.outcome).collect();
    assert_eq!(outcomes, [AuditOutcome::CutOff]);
    (desk, kept)
}

#[test]
fn the_end_of_the_app_keeps_what_came_whole_or_else_the_first_part() {
    run(async {
        for again in [0, 10_000] {
            let mut desk = at_a_service([stalls_behind(again)]).await;
            until_the_second_or_the_wait(&mut desk, again).await;
            let (desk, kept) = found_at_the_next_start(desk).await;
            let [kept] = &kept[..] else {
                panic!("{kept:?}");
            };
            let part = if again == 0 { FIRST } else { SECOND };
            assert_eq!(there(&desk), [part]);
            assert_eq!(kept.part, desk.file(part));
            assert!(kept.came.size <= CAME);
        }
    });
}

#[test]
fn a_person_who_cancels_wants_neither() {
    run(async {
        let mut desk = at_a_service([stalls_behind(10_000)]).await;
        let id = until_the_second(&mut desk, 10_000).await;
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        assert_nothing_at_all(&desk).await;
    });
}

#[test]
fn neither_is_kept_of_a_recording_that_is_no_longer_there() {
    run(async {
        let mut desk = at_a_service([]).await;
        let id = until_the_wait(&mut desk).await;
        desk.service.remove(AMELIA);
        desk.send(Command::TryNow(id));
        let failure = failure_of(desk.end_of_download().await);
        assert_eq!(failure.kind, FailureKind::NothingThere);
        assert_nothing_at_all(&desk).await;
    });
}

/// It is told as damaged, and set aside: there is nothing to go on with.
#[test]
fn the_first_part_goes_where_the_whole_turns_out_to_be_damaged() {
    run(async {
        let flipped = on_download(Effect::FlipBit(CAME + 5_000)).from(3);
        let mut desk = at_a_service([flipped]).await;
        let failure = failure_of(desk.download(AMELIA, "a.flac").await);
        assert!(matches!(
            failure.kind,
            FailureKind::DamagedRecording {
                on_server: true,
                ..
            }
        ));
        assert_eq!(there(&desk), ["a (damaged).flac.part"]);
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
    });
}

/// Somebody's file has come to stand at its name.
#[test]
fn what_stands_in_the_first_part_s_place_is_left_alone() {
    run(async {
        let mut desk = at_a_service([stalls_behind(20_000)]).await;
        until_the_second(&mut desk, 20_000).await;
        fs::rename(desk.file(FIRST), desk.file("elsewhere")).unwrap();
        fs::write(desk.file(FIRST), "somebody's").unwrap();
        desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(desk.file(FIRST)).unwrap(), b"somebody's");
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
    });
}

#[test]
fn a_name_that_is_too_long_with_a_number_is_good_enough() {
    run(async {
        let mut desk = at_a_service([]).await;
        // With `.part` it is as long as a name may be.
        let name = format!("{}.flac", "a".repeat(245));
        let saved = desk.download(AMELIA, &name).await.unwrap();
        assert_eq!(saved.path, desk.file(&name));
        let mut names = names_in(desk.folder.path());
        names.retain(|name| name.starts_with("aaa"));
        assert_eq!(names, [name]);
        assert_eq!(spoken_of(&desk).await, (Vec::new(), Vec::new()));
    });
}
