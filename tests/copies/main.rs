//! Promise 9: one copy of the app a data folder. Where it matters the copies are processes of
//! their own: this program again, as `a_copy`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DoctorName, OperationId,
};
use audio_housekeeper::platform::{DataFolderError, DataLock, Doorbell, Entrance, enter};
use audio_housekeeper::store::Store;
use jiff::Timestamp;
use support::again::{again, given};
use support::run;

const ROUNDS: u8 = 50;

/// A process that enters the folder. It lives until its input ends.
struct Copy(Child);

impl Copy {
    fn start(folder: &Path) -> Self {
        Self::start_at(folder, ":0")
    }

    /// One whose window would open on this X display.
    fn start_at(folder: &Path, display: &str) -> Self {
        let child = again("a_copy", folder)
            .env("DISPLAY", display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// What became of it, as soon as it says so.
    fn says(&mut self) -> String {
        let output = self.0.stdout.take().unwrap();
        let mut lines = BufReader::new(output).lines();
        let word = loop {
            let line = lines.next().expect("the copy said nothing").unwrap();
            if let Some((_, word)) = line.split_once("copy: ") {
                break word.to_owned();
            }
        };
        // What else it prints must find somebody who reads.
        std::thread::spawn(move || lines.count());
        word
    }

    /// Lets it end, and waits until it has.
    fn end(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }
}

#[test]
#[ignore = "the process that the tests start"]
fn a_copy() {
    let folder = given().expect("started by its parent alone");
    let folder = folder.as_path();
    run(async {
        let lock = match enter(folder).await {
            Ok(Entrance::First(lock)) => lock,
            Ok(Entrance::CalledForward) => return println!("copy: called"),
            Err(DataFolderError::InUse) => return println!("copy: in use"),
            Err(error) => panic!("{error}"),
        };
        let bell = Doorbell::listen(folder, &lock).unwrap();
        let hearing = tokio::spawn(bell.hear(|| async { true }));
        let store = Store::open(folder).unwrap();
        store.append(entry()).await.unwrap();
        println!("copy: first");
        let ends = || std::io::stdin().read_to_end(&mut Vec::new());
        tokio::task::spawn_blocking(ends).await.unwrap().unwrap();
        hearing.abort();
        drop(lock);
    });
}

fn entry() -> AuditDraft {
    AuditDraft {
        time: Timestamp::now(),
        action: AuditAction::Check,
        outcome: AuditOutcome::NothingThere,
        operation: OperationId::from_bytes([1; 16]),
        who: AuditWho::default(),
        doctor: Some(DoctorName::parse("Dr. Amelia Smith").unwrap()),
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: None,
    }
}

#[test]
fn of_two_copies_started_at_once_one_writes_and_the_other_calls_it_forward() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut called = 0;
    for round in 1..=ROUNDS {
        let mut copies = [Copy::start(&data), Copy::start(&data)];
        let mut said = copies.each_mut().map(Copy::says);
        said.sort();
        assert_eq!(said[1], "first", "round {round}");
        called += u8::from(said[0] == "called");
        copies.into_iter().for_each(Copy::end);
    }
    // Between the lock and the listening the first may be held up for longer than the other waits.
    assert!(called > ROUNDS / 2, "{called}");
    let check = run(async { Store::open(&data).unwrap().check_record(Vec::new()).await });
    let check = check.unwrap();
    assert!(check.is_whole(), "{check:?}");
    assert_eq!(check.entries(), u64::from(ROUNDS));
}

#[test]
fn a_copy_that_was_killed_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let mut killed = Copy::start(folder.path());
        assert_eq!(killed.says(), "first");
        killed.0.kill().unwrap();
        killed.0.wait().unwrap();
    }
    let mut next = Copy::start(folder.path());
    assert_eq!(next.says(), "first");
    let mut later = Copy::start(folder.path());
    assert_eq!(later.says(), "called");
    later.end();
    next.end();
}

#[cfg(target_os = "linux")]
#[test]
fn a_copy_at_another_screen_is_not_called_forward_and_the_data_is_said_to_be_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Copy::start_at(folder.path(), ":0");
    assert_eq!(first.says(), "first");
    for (display, said) in [(":10", "in use"), ("unix:0.0", "called")] {
        let mut later = Copy::start_at(folder.path(), display);
        assert_eq!(later.says(), said, "{display}");
        later.end();
    }
    first.end();
}

/// A first copy in this process, which counts how often it was called.
fn first(folder: &Path) -> (DataLock, tokio::task::JoinHandle<()>, Arc<AtomicUsize>) {
    let lock = DataLock::acquire(folder).unwrap();
    let bell = Doorbell::listen(folder, &lock).unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let hearing = tokio::spawn(bell.hear(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { true }
    }));
    (lock, hearing, calls)
}

fn called(entrance: &Result<Entrance, DataFolderError>) -> bool {
    matches!(entrance, Ok(Entrance::CalledForward))
}

#[test]
fn the_same_folder_in_another_spelling_is_the_same_and_a_long_path_is_no_matter() {
    run(async {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("x".repeat(120)).join("y".repeat(120));
        std::fs::create_dir_all(&folder).unwrap();
        let (_lock, _hearing, calls) = first(&folder);
        let roundabout = folder.join("..").join("y".repeat(120));
        assert!(called(&enter(&roundabout).await));
        #[cfg(unix)]
        {
            let link = place.path().join("link");
            std::os::unix::fs::symlink(&folder, &link).unwrap();
            assert!(called(&enter(&link).await));
        }
        assert!(calls.load(Ordering::Relaxed) >= 1);
    });
}

#[test]
fn real_and_practice_and_another_persons_folder_are_each_their_own() {
    run(async {
        let place = tempfile::tempdir().unwrap();
        let theirs = tempfile::tempdir().unwrap();
        let (_lock, _hearing, calls) = first(place.path());
        for other in [place.path().join("practice"), theirs.path().to_owned()] {
            let entrance = enter(&other).await;
            assert!(matches!(entrance, Ok(Entrance::First(_))), "{entrance:?}");
        }
        assert_eq!(calls.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_copy_that_does_not_answer_leads_to_a_message_and_not_to_a_second_window() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let _deaf = DataLock::acquire(folder.path()).unwrap();
        let begun = Instant::now();
        let entrance = enter(folder.path()).await;
        assert!(
            matches!(entrance, Err(DataFolderError::InUse)),
            "{entrance:?}"
        );
        assert!(begun.elapsed() < Duration::from_mins(1));
    });
}

#[test]
fn a_copy_whose_window_never_comes_leads_to_the_message_too() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let lock = DataLock::acquire(folder.path()).unwrap();
        let bell = Doorbell::listen(folder.path(), &lock).unwrap();
        let _hearing = tokio::spawn(bell.hear(std::future::pending::<bool>));
        let entrance = enter(folder.path()).await;
        assert!(
            matches!(entrance, Err(DataFolderError::InUse)),
            "{entrance:?}"
        );
    });
}

#[test]
fn who_calls_a_copy_that_is_about_to_end_becomes_the_first() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let lock = DataLock::acquire(folder.path()).unwrap();
        let bell = Doorbell::listen(folder.path(), &lock).unwrap();
        // The window is gone: nobody will come forward.
        let hearing = tokio::spawn(bell.hear(|| async { false }));
        let ends = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            hearing.abort();
            hearing.await.unwrap_err();
            drop(lock);
        };
        let (entrance, ()) = tokio::join!(enter(folder.path()), ends);
        assert!(matches!(entrance, Ok(Entrance::First(_))), "{entrance:?}");
    });
}

#[test]
fn many_callers_keep_it_no_busier_than_a_person_who_clicks() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (_lock, _hearing, calls) = first(folder.path());
        let begun = Instant::now();
        let crowd = (0..300).map(|_| {
            let folder = folder.path().to_owned();
            tokio::spawn(async move { enter(&folder).await })
        });
        for caller in crowd.collect::<Vec<_>>() {
            let entrance = caller.await.unwrap();
            assert!(
                called(&entrance) || matches!(entrance, Err(DataFolderError::InUse)),
                "{entrance:?}"
            );
        }
        let most = begun.elapsed().as_millis() / 50 + 1;
        let heard = calls.load(Ordering::Relaxed);
        assert!(heard as u128 <= most, "{heard} of at most {most}");
        // It still hears.
        let entrance = enter(folder.path()).await;
        assert!(called(&entrance), "{entrance:?}");
    });
}
