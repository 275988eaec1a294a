//! A process that is killed in the middle of a download: what is left can be gone on with.
#![cfg(target_os = "linux")]

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, AuditAction, AuditOutcome, KeptPart, ServiceOrigin, Sha256Digest,
};
use audio_housekeeper::engine::{self, Command, Destination, Event, Handle, JobProgress};
use audio_housekeeper::keychain::{MemoryTokens, TokenStore as _};
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig, PracticeService};
use audio_housekeeper::store::Store;
use support::again::{again, given};
use support::desk::{holding_nothing, setup, token};
use support::recordings::{flac, wav};
use support::{AMELIA, name, names_in, run};

/// Where the killed process finds the service, and what it signs in with.
const SERVICE: &str = "AUDIO_HOUSEKEEPER_TEST_SERVICE";
const TOKEN: &str = "AUDIO_HOUSEKEEPER_TEST_TOKEN";

const KILLS: usize = 200;

/// How much is fetched again at most, in bytes.
const AGAIN: u64 = 4 * 1024 * 1024;

/// How large the recording is, in bytes: it takes some tenths of a second.
const SIZE: u32 = 8_000_000;

async fn event<T>(engine: &mut Handle, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        let envelope = engine.wait_for_event().await.unwrap();
        if let Some(found) = wanted(envelope.event) {
            return found;
        }
    }
}

/// Starts as the app does, goes on with what is kept or begins anew, and says so.
#[allow(clippy::print_stderr, reason = "the test that kills it waits for that")]
async fn download_until_killed(folder: &Path) {
    let origin = ServiceOrigin::parse(&env::var(SERVICE).unwrap()).unwrap();
    let tokens = Arc::new(MemoryTokens::default());
    let held = token(&env::var(TOKEN).unwrap());
    tokens
        .write(&AccountKey::unnamed(origin.clone()), &held)
        .unwrap();
    let store = Store::open(folder).unwrap();
    let is_left = !store.unfinished_transfers().await.unwrap().is_empty();
    let mut kept = store.kept_parts(&origin.ascii()).await.unwrap();
    let mut engine = engine::start(setup(&origin, folder, tokens, store, Duration::ZERO));
    event(&mut engine, |event| match event {
        Event::Doctors(_) => Some(()),
        _ => None,
    })
    .await;
    if is_left {
        kept = event(&mut engine, |event| match event {
            Event::KeptParts(all) if !all.is_empty() => Some(all),
            Event::FoundAtStart(_) => Some(Vec::new()),
            _ => None,
        })
        .await;
    }
    let command = match kept.pop() {
        Some(kept) => Command::GoOn {
            doctor: kept.doctor,
            operation: kept.operation,
        },
        None => Command::Download {
            doctor: name(AMELIA),
            destination: Destination {
                path: folder.join("a.wav"),
                replace: false,
                even_a_backup: None,
            },
            as_it_is: false,
        },
    };
    engine.send(command).unwrap();
    eprintln!("going");
    loop {
        let glance = Duration::from_millis(5);
        let seen = tokio::time::timeout(glance, engine.wait_for_event()).await;
        if seen.is_ok_and(|seen| matches!(seen.unwrap().event, Event::JobEnded { .. })) {
            break;
        }
        for (id, now) in engine.changed_progress().unwrap_or_default() {
            if matches!(now, JobProgress::WaitingToTryAgain { .. }) {
                engine.send(Command::TryNow(id)).unwrap();
            }
        }
    }
    engine.close().await;
}

fn start(test: &str, service: &PracticeService, folder: &Path) -> Child {
    let mut child = again(test, folder)
        .env(SERVICE, service.origin())
        .env(TOKEN, service.token().expose())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("going")));
    // It never waits for somebody to read.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

async fn service() -> PracticeService {
    let config = PracticeConfig {
        ranges: true,
        etags: Etags::All,
        ..holding_nothing()
    };
    PracticeService::start(config).await.unwrap()
}

/// What the store speaks of: what is kept to be gone on with, or will be looked into at a start.
async fn spoken_of(folder: &Path, service: &ServiceOrigin) -> (Vec<String>, Option<KeptPart>) {
    let store = Store::open(folder).unwrap();
    let mut kept = store.kept_parts(&service.ascii()).await.unwrap();
    let left = store.unfinished_transfers().await.unwrap();
    assert!(kept.len() + left.len() <= 1, "{kept:?} {left:?}");
    let mut part = kept.pop();
    if let Some(left) = left.first() {
        let known = store.part(&left.operation).await.unwrap();
        part = known.came.map(|came| KeptPart {
            operation: left.operation.clone(),
            doctor: left.doctor.clone(),
            destination: left.destination.clone(),
            part: left.part.clone(),
            mark: known.mark,
            came,
        });
    }
    let parts = left.iter().map(|left| &left.part);
    let parts = parts.chain(part.iter().map(|part| &part.part));
    let name = |part: &std::path::PathBuf| part.file_name().unwrap().to_string_lossy().into_owned();
    (parts.map(name).collect(), part)
}

#[test]
fn a_download_killed_anywhere_is_gone_on_with() {
    if let Some(folder) = given() {
        return run(download_until_killed(&folder));
    }
    let test = "kills::a_download_killed_anywhere_is_gone_on_with";
    run(async {
        let service = service().await;
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let whole = wav(SIZE, 1);
        service.put(AMELIA, "a.wav", whole.clone());
        // At 60 MB/s or less.
        for bytes in (0..SIZE.into()).step_by(64 * 1024) {
            let duration = Duration::from_millis(1);
            let stall = Effect::StallAfter { bytes, duration };
            service.add_fault(Fault::on(Call::Download, stall));
        }
        let mut random = fastrand::Rng::with_seed(9);
        let (mut again, mut whole_ones) = (Vec::new(), 0);
        for kill in 0..KILLS {
            let mut child = start(test, &service, folder);
            tokio::time::sleep(Duration::from_millis(random.u64(0..300))).await;
            child.kill().unwrap();
            child.wait().unwrap();
            let (spoken_of, kept) = spoken_of(folder, &origin).await;
            for name in names_in(folder) {
                let path = folder.join(&name);
                if name.contains(".part") {
                    // It is empty while it is tried whether a file can be made there.
                    let is_empty = fs::metadata(&path).unwrap().len() == 0;
                    assert!(is_empty || spoken_of.contains(&name), "kill {kill}: {name}");
                } else if name.contains(".wav") {
                    assert!(fs::read(&path).unwrap() == whole, "kill {kill}: {name}");
                    // The next start may still look for it.
                    if spoken_of.is_empty() {
                        fs::remove_file(path).unwrap();
                        whole_ones += 1;
                    }
                }
            }
            // What stands in a file beyond what is known is fetched again.
            for name in names_in(folder)
                .iter()
                .filter(|name| name.contains(".part"))
            {
                let path = folder.join(name);
                let of_it = kept.iter().find(|kept| kept.part == path);
                let known = of_it.map_or(0, |kept| kept.came.size);
                let beyond = fs::metadata(path).unwrap().len() - known;
                assert!(beyond <= AGAIN, "kill {kill}: {beyond} beyond {known}");
                again.extend(of_it.map(|_| beyond));
            }
        }
        let requests = service.requests().into_iter();
        let ranged = requests.filter(|request| request.header("range").is_some());
        again.sort_unstable();
        eprintln!(
            "{KILLS} kills: {} parts to go on with, {} ranges asked for, {whole_ones} whole files, \
             at most {} bytes to fetch again",
            again.len(),
            ranged.count(),
            again.last().unwrap()
        );
        assert!(again.len() >= KILLS / 20);
        service.set_faults(Vec::new());
        assert!(start(test, &service, folder).wait().unwrap().success());
        let left = names_in(folder).into_iter();
        for name in left.filter(|name| name.contains(".wav")) {
            let is_empty = fs::metadata(folder.join(&name)).unwrap().len() == 0;
            assert!(
                is_empty || fs::read(folder.join(&name)).unwrap() == whole,
                "{name}"
            );
        }
        assert_eq!(spoken_of(folder, &origin).await, (Vec::new(), None));
    });
}

/// The part files of which the store speaks, kept, set apart or left to be looked into or removed. What it knows to be in one
/// is in it.
async fn parts_spoken_of(folder: &Path, service: &ServiceOrigin) -> Vec<PathBuf> {
    let store = Store::open(folder).unwrap();
    let kept = store.kept_parts(&service.ascii()).await.unwrap();
    let mut parts: Vec<_> = kept
        .into_iter()
        .map(|kept| (kept.part, Some(kept.came)))
        .collect();
    for left in store.unfinished_transfers().await.unwrap() {
        let known = store.part(&left.operation).await.unwrap();
        parts.push((left.part, known.came));
        let apart = store.part_apart(&left.operation).await.unwrap();
        parts.extend(apart.map(|apart| (apart.part, apart.came)));
    }
    let unwanted = store.unwanted_parts().await.unwrap().into_iter();
    parts.extend(unwanted.map(|unwanted| (unwanted.part, unwanted.came)));
    for (part, came) in &parts {
        if let (Ok(there), Some(came)) = (fs::read(part), came) {
            let size = usize::try_from(came.size).unwrap();
            assert_eq!(Sha256Digest::of(&there[..size]), came.sha256);
        }
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

/// Asserts that nothing is there of which nothing speaks, and no file that is not whole. How many part files
/// there are with something in them.
async fn assert_nothing_is_orphaned(
    folder: &Path,
    service: &ServiceOrigin,
    whole: &[u8],
    when: &str,
) -> usize {
    let spoken_of = parts_spoken_of(folder, service).await;
    let mut parts = 0;
    for name in names_in(folder) {
        let path = folder.join(&name);
        if name.contains(".part") {
            let is_empty = fs::metadata(&path).unwrap().len() == 0;
            assert!(is_empty || spoken_of.contains(&path), "{when}: {name}");
            parts += usize::from(!is_empty);
        } else if name.contains("a.") {
            assert!(fs::read(&path).unwrap() == whole, "{when}: {name}");
        }
    }
    parts
}

#[test]
fn what_is_fetched_whole_as_its_pieces_did_not_fit_can_be_killed_anywhere_too() {
    if let Some(folder) = given() {
        return run(download_until_killed(&folder));
    }
    let test = "kills::what_is_fetched_whole_as_its_pieces_did_not_fit_can_be_killed_anywhere_too";
    run(async {
        let service = service().await;
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let whole = flac(150);
        let half = whole.len() as u64 / 2;
        service.put(AMELIA, "a.flac", whole.clone());
        let on_download = |number, effect| Fault::on(Call::Download, effect).only(number);
        let mut random = fastrand::Rng::with_seed(11);
        let mut both = 0;
        for kill in 0..KILLS / 5 {
            let folder = tempfile::tempdir().unwrap();
            let folder = folder.path();
            service.set_faults(vec![
                on_download(1, Effect::CutAfter(half)),
                on_download(2, Effect::FlipBit(half + 5_000)),
            ]);
            for bytes in (0..whole.len() as u64).step_by(64 * 1024) {
                let duration = Duration::from_millis(3);
                let stall = Effect::StallAfter { bytes, duration };
                service.add_fault(on_download(3, stall));
            }
            let mut child = start(test, &service, folder);
            if kill % 2 == 0 {
                until_both_are_there(folder, &mut child).await;
                if kill % 4 == 0 {
                    tokio::time::sleep(Duration::from_millis(random.u64(0..100))).await;
                }
            } else {
                tokio::time::sleep(Duration::from_millis(random.u64(0..700))).await;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let when = format!("kill {kill}");
            let parts_then = assert_nothing_is_orphaned(folder, &origin, &whole, &when).await;
            assert!(parts_then <= 2, "{when}: {parts_then} part files");
            both += usize::from(parts_then == 2);
            // The next start speaks of one of them, goes on with it, and removes the other.
            service.set_faults(Vec::new());
            assert!(start(test, &service, folder).wait().unwrap().success());
            let when = format!("the start after {when}");
            let parts = assert_nothing_is_orphaned(folder, &origin, &whole, &when).await;
            assert_eq!(parts, 0, "{when}");
            assert_one_download_was_cut_off(folder, &origin, parts_then == 2, &when).await;
        }
        eprintln!("{} kills, {both} with both parts there", KILLS / 5);
        assert!(both >= 3, "{both}");
    });
}

/// Waits until something has come into the part file beside the first, or the child has ended before that
/// was seen.
async fn until_both_are_there(folder: &Path, child: &mut Child) {
    while child.try_wait().unwrap().is_none() {
        let parts = names_in(folder).into_iter();
        let parts = parts.filter(|name| name.contains(".part"));
        let lengths = parts.map(|name| fs::metadata(folder.join(name)).map_or(0, |it| it.len()));
        if lengths.filter(|length| *length > 0).count() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Asserts that nothing waits for anybody, and that no more than one download was said to be cut off, once;
/// with both parts, the one that was gone on with.
async fn assert_one_download_was_cut_off(
    folder: &Path,
    service: &ServiceOrigin,
    has_both: bool,
    when: &str,
) {
    let store = Store::open(folder).unwrap();
    assert_eq!(store.kept_parts(&service.ascii()).await, Ok(Vec::new()));
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
    let entries = store.entries(None, 100).await.unwrap().into_iter();
    let entries: Vec<_> = entries.map(Result::unwrap).collect();
    let downloads = entries
        .iter()
        .map(|entry| &entry.draft)
        .filter(|draft| draft.action == AuditAction::Download);
    let cut_off: Vec<_> = downloads
        .clone()
        .filter(|draft| draft.outcome == AuditOutcome::CutOff)
        .collect();
    assert!(cut_off.len() <= 1, "{when}: {cut_off:?}");
    if has_both && let [cut_off] = cut_off[..] {
        for draft in downloads {
            assert_eq!(draft.operation, cut_off.operation, "{when}");
        }
    }
}
