//! A download goes on where it was cut.

use std::fs;

use audio_housekeeper::domain::{
    Completeness, FailureKind, NextTry, OperationId, PartCame, Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobId, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig, RequestRecord};
use audio_housekeeper::store::Store;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use support::desk::{Desk, holding_nothing};
use support::recordings::{flac, wav};
use support::{AMELIA, run};

use crate::retries::failure_of;

/// A desk at a service that knows ranges and tells copies apart, and somebody who presses Try now.
pub async fn desk() -> Desk {
    let config = PracticeConfig {
        ranges: true,
        etags: Etags::All,
        ..holding_nothing()
    };
    let mut desk = Desk::with(config, std::time::Duration::ZERO).await;
    desk.impatient = true;
    desk
}

pub fn on_download(effect: Effect) -> Fault {
    Fault::on(Call::Download, effect)
}

/// The requests for a recording, oldest first.
fn requests(desk: &Desk) -> Vec<RequestRecord> {
    let requests = desk.service.requests().into_iter();
    requests
        .filter(|request| request.call == Some(Call::Download))
        .collect()
}

/// What each asked for, of those that asked for a part.
pub fn ranges(desk: &Desk) -> Vec<Option<String>> {
    let requests = requests(desk).into_iter();
    requests
        .map(|request| request.header("range").map(ToOwned::to_owned))
        .collect()
}

/// Waits until the store knows what has come of the download that runs.
pub async fn until_something_is_written_down(desk: &mut Desk) -> PartCame {
    for _ in 0..4_000 {
        if let Some((_, Some(came))) = written_down(desk).await {
            return came;
        }
        desk.pass_time().await;
    }
    panic!("nothing is written down");
}

/// The download that runs, and what came of it, as it is written down.
async fn written_down(desk: &Desk) -> Option<(OperationId, Option<PartCame>)> {
    let store = Store::open(desk.folder.path()).unwrap();
    let operation = store.unfinished_transfers().await.unwrap().pop()?.operation;
    let came = store.part(&operation).await.unwrap().came;
    Some((operation, came))
}

pub async fn assert_nothing_is_left(desk: &Desk) {
    let names = support::names_in(desk.folder.path());
    let left: Vec<_> = names.iter().filter(|name| name.contains("a.wav")).collect();
    assert!(left.is_empty(), "{left:?}");
    let store = Store::open(desk.folder.path()).unwrap();
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
}

#[test]
fn a_cut_download_goes_on_behind_what_came() {
    run(async {
        let mut desk = desk().await;
        desk.service
            .add_fault(on_download(Effect::CutAfter(40_000)).only(1));
        desk.service
            .add_fault(on_download(Effect::ResetAfter(30_000)).only(2));
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert!(matches!(saved.completeness, Completeness::Proven(_)));
        let [first, second, third] = &requests(&desk)[..] else {
            panic!("{:?}", ranges(&desk));
        };
        assert_eq!(first.header("range"), None);
        assert_eq!(second.header("range"), Some("bytes=40000-"));
        // A reset takes with it what had not been read.
        let from = third.header("range").unwrap();
        let from = from.strip_prefix("bytes=").unwrap().strip_suffix('-');
        let from: u64 = from.unwrap().parse().unwrap();
        assert!((40_000..=70_000).contains(&from), "{from}");
        assert_eq!(third.bytes_sent, 100_000 - from);
        assert!(second.header("if-range").unwrap().starts_with('"'));
        fs::remove_file(saved.path).unwrap();
        assert_nothing_is_left(&desk).await;
    });
}

/// What the service does about what it is asked for behind the first cut.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Service {
    Resumes,
    IgnoresRanges,
    SendsAnotherRange,
    HasAnotherCopy,
    HasNoMarks,
}

/// Cuts a download at so many points, and asserts that all the same comes of it.
fn cut_anywhere(service: Service, points: usize) {
    let recordings = [flac(2), wav(100_000, 1)];
    run(async {
        let mut desk = desk().await;
        let mut random = fastrand::Rng::with_seed(19);
        for round in 0..points {
            let held = &recordings[round % 2];
            desk.service.put(AMELIA, "a", held.clone());
            let at = random.u64(0..held.len() as u64);
            let mut faults = vec![on_download(Effect::CutAfter(at)).only(1)];
            match service {
                Service::Resumes => {}
                Service::HasAnotherCopy => {
                    // As it was before, with its own mark.
                    let before = flac(1);
                    let mark = HeaderValue::from_static("\"before\"");
                    let at = 1 + at % (before.len() as u64 - 1);
                    faults[0] = on_download(Effect::CutAfter(at)).only(1);
                    faults.push(on_download(Effect::ReplaceBody(before.into())).only(1));
                    faults.push(on_download(Effect::SetHeader(ETAG, mark)).only(1));
                }
                Service::IgnoresRanges => faults.push(on_download(Effect::IgnoreRange)),
                Service::SendsAnotherRange => faults.push(on_download(Effect::WrongRange)),
                Service::HasNoMarks => faults.push(on_download(Effect::OmitHeader(ETAG))),
            }
            desk.service.set_faults(faults);
            let before = requests(&desk).len();
            let saved = desk.download(AMELIA, "a.wav").await.unwrap();
            assert_eq!(fs::read(&saved.path).unwrap(), *held, "cut at {at}");
            fs::remove_file(saved.path).unwrap();
            let asked = &requests(&desk)[before..];
            let sent: u64 = asked.iter().map(|request| request.bytes_sent).sum();
            let all = held.len() as u64;
            let is_ranged = |request: &RequestRecord| request.header("range").is_some();
            let ranged = asked.iter().filter(|request| is_ranged(request)).count();
            match service {
                Service::Resumes => assert_eq!(sent, all, "cut at {at}"),
                Service::HasNoMarks => assert_eq!((ranged, asked.len()), (0, 2), "cut at {at}"),
                _ if at == 0 => {}
                _ => assert_eq!(ranged, 1, "cut at {at}"),
            }
        }
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn cut_anywhere_no_byte_comes_twice() {
    cut_anywhere(Service::Resumes, 200);
}

#[test]
fn cut_anywhere_a_service_that_ignores_ranges_gives_it_all_again() {
    cut_anywhere(Service::IgnoresRanges, 200);
}

#[test]
fn cut_anywhere_a_copy_that_took_its_place_is_fetched_whole() {
    cut_anywhere(Service::HasAnotherCopy, 200);
}

#[test]
fn cut_anywhere_another_range_than_was_asked_for_is_not_used() {
    cut_anywhere(Service::SendsAnotherRange, 40);
}

#[test]
fn cut_anywhere_nothing_is_put_together_of_what_has_no_mark() {
    cut_anywhere(Service::HasNoMarks, 40);
}

#[test]
fn tries_that_get_on_are_not_counted_together() {
    run(async {
        let mut desk = desk().await;
        desk.service.put(AMELIA, "b.wav", wav(1_000_000, 2));
        for number in 1..=9 {
            desk.service
                .add_fault(on_download(Effect::CutAfter(100_000)).only(number));
        }
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(1_000_000, 2));
        assert_eq!(desk.requests(Call::Download), 10);
        assert!(desk.waits.iter().all(|wait| wait.next == 2));
    });
}

#[test]
fn what_ends_it_between_two_tries_leaves_nothing() {
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        let cut = on_download(Effect::CutAfter(70_000));
        desk.service.add_fault(cut.clone().only(1));
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        let part = desk.file("a.wav.part");
        assert_eq!(fs::metadata(&part).unwrap().len(), 70_000);
        desk.send(Command::Cancel(id));
        let ended = desk.end_of_download().await;
        assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
        assert_nothing_is_left(&desk).await;

        // The recording went meanwhile.
        desk.service.set_faults(vec![cut.only(1)]);
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        desk.service.remove(AMELIA);
        desk.send(Command::TryNow(id));
        let failure = failure_of(desk.end_of_download().await);
        assert_eq!(failure.kind, FailureKind::NothingThere);
        assert_nothing_is_left(&desk).await;
    });
}

#[test]
fn what_became_of_the_part_file_meanwhile_is_noticed() {
    run(async {
        for meddling in ["altered", "cut", "removed", "replaced"] {
            let mut desk = desk().await;
            desk.impatient = false;
            let cut = on_download(Effect::CutAfter(70_000));
            desk.service.add_fault(cut.only(1));
            let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
            let part = desk.file("a.wav.part");
            let mut there = fs::read(&part).unwrap();
            match meddling {
                "altered" => {
                    there[50_000] ^= 1;
                    fs::write(&part, there).unwrap();
                }
                "cut" => fs::File::options()
                    .write(true)
                    .open(&part)
                    .unwrap()
                    .set_len(60_000)
                    .unwrap(),
                "removed" => fs::remove_file(&part).unwrap(),
                _ => {
                    fs::rename(&part, desk.file("elsewhere")).unwrap();
                    fs::write(&part, "somebody's").unwrap();
                }
            }
            desk.send(Command::TryNow(id));
            desk.impatient = true;
            let saved = desk.end_of_download().await.unwrap();
            assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1), "{meddling}");
            assert_eq!(ranges(&desk), [None, None], "{meddling}");
            if meddling == "replaced" {
                assert_eq!(fs::read(&part).unwrap(), b"somebody's");
            }
        }
    });
}

#[test]
fn how_far_it_is_counts_what_had_come_before() {
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        desk.service
            .add_fault(on_download(Effect::CutAfter(70_000)).only(1));
        let stall = Effect::StallAfter {
            bytes: 10_000,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall).only(2));
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        desk.send(Command::TryNow(id));
        desk.progress(id, |now| {
            matches!(
                now,
                JobProgress::Downloading {
                    received: 70_001..,
                    total: Some(100_000),
                    ..
                }
            )
        })
        .await;
        desk.service.end_stalls(Call::Download);
        desk.end_of_download().await.unwrap();
    });
}

/// Each try comes further than the one before, and none can be gone on with.
#[test]
fn bytes_that_come_again_are_no_getting_on() {
    run(async {
        let mut desk = desk().await;
        desk.service.put(AMELIA, "b.wav", wav(4_000_000, 2));
        desk.service.add_fault(on_download(Effect::IgnoreRange));
        for number in 1..=20 {
            let cut = Effect::CutAfter(if number % 2 == 0 {
                3_000_000
            } else {
                1_000_000
            });
            desk.service.add_fault(on_download(cut).only(number));
        }
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        assert!(matches!(
            failure.kind,
            FailureKind::ConnectionDropped { .. }
        ));
        // The second came further than the first; no other than the second.
        assert_eq!(desk.requests(Call::Download), 6);
    });
}

/// Whole, it would be known for what it is; but the connection never lasts for all of it.
#[test]
fn what_does_not_fit_together_is_not_pieced_together_for_ever() {
    run(async {
        let mut desk = desk().await;
        let mut broken = flac(2);
        let middle = broken.len() / 2;
        broken[middle] ^= 1;
        desk.service.put(AMELIA, "b.flac", broken.clone());
        let most = broken.len() as u64 - 100;
        desk.service.add_fault(on_download(Effect::CutAfter(most)));
        failure_of(desk.download(AMELIA, "a.flac").await);
        assert!(desk.requests(Call::Download) <= 8);
        assert_eq!(ranges(&desk).iter().flatten().count(), 1);
        // What came is kept once, for whoever goes on with it.
        let names = support::names_in(desk.folder.path()).into_iter();
        let parts: Vec<_> = names.filter(|name| name.contains(".part")).collect();
        let store = Store::open(desk.folder.path()).unwrap();
        let kept = store.kept_parts(&desk.origin().ascii()).await.unwrap();
        let kept: Vec<_> = kept
            .into_iter()
            .map(|kept| (kept.part, kept.came.size))
            .collect();
        assert_eq!(kept, [(desk.file(&parts[0]), most)]);
        assert_eq!(parts.len(), 1);
    });
}

#[test]
fn a_service_that_refuses_ranges_is_asked_without_one() {
    run(async {
        for status in [400, 403, 405, 412, 413, 501] {
            let mut desk = desk().await;
            desk.service
                .add_fault(on_download(Effect::CutAfter(70_000)).only(1));
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            desk.service
                .add_fault(on_download(Effect::status(status)).only(2));
            let saved = desk.download(AMELIA, "a.wav").await.unwrap();
            assert_eq!(fs::read(saved.path).unwrap(), wav(100_000, 1));
            assert_eq!(desk.requests(Call::Download), 3, "{status}");
        }
    });
}

#[test]
fn the_record_tells_that_a_recording_came_in_pieces() {
    run(async {
        let mut desk = desk().await;
        desk.service
            .add_fault(on_download(Effect::CutAfter(70_000)).only(1));
        desk.download(AMELIA, "a.wav").await.unwrap();
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.answer.as_deref(), Some("206"));
        let note = entry.note.unwrap();
        assert!(
            note.contains("the first 70000 bytes came before; "),
            "{note}"
        );
    });
}

#[test]
fn what_came_is_written_down_on_the_way_and_forgotten_where_it_is_begun_anew() {
    run(async {
        let mut desk = desk().await;
        let recordings = [wav(5_000_000, 2), wav(5_000_000, 3)];
        desk.service.put(AMELIA, "b.wav", recordings[0].clone());
        // A second in which what came can be flushed.
        let stall = Effect::StallAfter {
            bytes: 4_500_000,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall).only(1));
        // Before as much has come as is written down at once.
        let cut = on_download(Effect::CutAfter(500_000));
        desk.service.add_fault(cut.only(2));
        desk.impatient = false;
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        let came = until_something_is_written_down(&mut desk).await;
        let size = usize::try_from(came.size).unwrap();
        assert_eq!(came.sha256, Sha256Digest::of(&recordings[0][..size]));
        // Another copy has taken its place: what came of it takes the place of what had come.
        desk.service.put(AMELIA, "b.wav", recordings[1].clone());
        desk.send(Command::TryNow(id));
        let again = |now: &JobProgress| {
            matches!(now, JobProgress::WaitingToTryAgain { next_try: NextTry::GoesOn { from }, .. }
                if *from == 500_000)
        };
        desk.progress(id, again).await;
        assert_eq!(written_down(&desk).await.unwrap().1, None);
        desk.impatient = true;
        let saved = desk.end_of_download().await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), recordings[1]);
        fs::remove_file(saved.path).unwrap();
        assert_nothing_is_left(&desk).await;
    });
}

/// A kill in the middle would leave it to be looked into: nobody wants it.
#[test]
fn what_came_of_one_that_is_cancelled_is_forgotten_where_it_can_not_be_removed() {
    run(async {
        for waits in [true, false] {
            let mut desk = desk().await;
            desk.impatient = false;
            let id = until_it_stalls(&mut desk, waits).await;
            fs::rename(desk.file("a.wav.part"), desk.file("aside")).unwrap();
            fs::create_dir(desk.file("a.wav.part")).unwrap();
            desk.send(Command::Cancel(id));
            let ended = desk.end_of_download().await;
            assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
            assert_eq!(written_down(&desk).await, None);
            let store = Store::open(desk.folder.path()).unwrap();
            let unwanted = store.unwanted_parts().await.unwrap();
            assert_eq!(unwanted[0].part, desk.file("a.wav.part"));
        }
    });
}

/// Begins a download that stalls behind 4.5 MB, with the clock stopped, until something of it is written
/// down, or until it waits for its next try too.
pub async fn until_it_stalls(desk: &mut Desk, waits: bool) -> JobId {
    desk.service.put(AMELIA, "b.wav", wav(5_000_000, 2));
    let stall = Effect::StallAfter {
        bytes: 4_500_000,
        duration: std::time::Duration::from_mins(1),
    };
    desk.service.add_fault(on_download(stall).only(1));
    desk.clock.stop();
    let id = desk.begin_download(AMELIA, "a.wav").await;
    until_something_is_written_down(desk).await;
    if waits {
        desk.progress(id, |now| {
            matches!(now, JobProgress::WaitingToTryAgain { .. })
        })
        .await;
    }
    id
}

/// The person wants nothing of it, at the next start neither.
#[test]
fn one_that_is_cancelled_just_before_the_app_ends_is_not_offered_again() {
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        let id = until_it_stalls(&mut desk, true).await;
        desk.send(Command::Cancel(id));
        let desk = desk.restart().await;
        let store = Store::open(desk.folder.path()).unwrap();
        let kept = store.kept_parts(&desk.origin().ascii()).await;
        assert_eq!(kept.unwrap(), []);
        assert!(!desk.file("a.wav.part").exists());
    });
}

/// A network that goes, and comes again long after five tries.
#[test]
fn a_service_that_is_out_of_reach_for_a_while_is_gone_on_with() {
    run(async {
        let mut desk = desk().await;
        desk.service
            .add_fault(on_download(Effect::CutAfter(70_000)).only(1));
        for number in 2..=20 {
            let lost = on_download(Effect::LoseBeforeActing);
            desk.service.add_fault(lost.only(number));
        }
        // Each wait stands until it was seen.
        desk.clock.stop();
        desk.ask_download(AMELIA, "a.wav");
        let saved = desk.downloaded().await.unwrap();
        assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
        assert_eq!(desk.requests(Call::Download), 21);
        assert_eq!(ranges(&desk).pop().unwrap().unwrap(), "bytes=70000-");
        assert_eq!(desk.waits[0].tries, Some(5));
        assert!(desk.waits[1..].iter().all(|wait| wait.tries.is_none()));
        let note = desk.record().await.pop().unwrap().draft.note.unwrap();
        assert!(note.starts_with("tried 21 times"), "{note}");
    });
}

/// Without anything to go on with it is as for any other call.
#[test]
fn a_service_that_is_out_of_reach_from_the_start_is_given_up() {
    run(async {
        let mut desk = desk().await;
        desk.service
            .add_fault(on_download(Effect::LoseBeforeActing));
        desk.clock.stop();
        desk.ask_download(AMELIA, "a.wav");
        failure_of(desk.downloaded().await);
        assert_eq!(desk.waits.len(), 4);
        assert!(desk.waits.iter().all(|wait| wait.tries == Some(5)));
        assert_nothing_is_left(&desk).await;
    });
}

/// What was kept open when the one was cut may be as dead.
#[test]
fn what_is_gone_on_with_comes_over_a_new_connection() {
    run(async {
        let mut desk = desk().await;
        // Two answers of nothing at once leave two connections open.
        let slow = Effect::StallBeforeHead(std::time::Duration::from_mins(1));
        desk.service.add_fault(on_download(slow).only(1));
        desk.service
            .add_fault(on_download(Effect::CutAfter(70_000)).only(3));
        desk.send(Command::Check(support::name("Dr. Nobody")));
        while desk.requests(Call::Download) == 0 {
            desk.pass_time().await;
        }
        desk.send(Command::Check(support::name("Dr. No-one")));
        for _ in 0..2 {
            desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
                .await;
            desk.service.end_stalls(Call::Download);
        }
        // By then both are kept.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        desk.download(AMELIA, "a.wav").await.unwrap();
        let asked = requests(&desk);
        let connections: Vec<_> = asked.iter().map(|request| request.connection).collect();
        let [one, other, cut, gone_on] = connections[..] else {
            panic!("{connections:?}");
        };
        assert!(one != other && [one, other].contains(&cut));
        assert!(![one, other].contains(&gone_on));
    });
}
