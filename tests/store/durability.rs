//! What is on disk when the process or the disk ends.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use audio_housekeeper::domain::{RecordCheck, RecordHead};
use audio_housekeeper::store::{Store, StoreError};

use crate::{draft, entries_of_whole};

/// The folder that a child of this test program works in.
const FOLDER: &str = "AUDIO_HOUSEKEEPER_STORE_TEST_FOLDER";

#[tokio::test]
async fn a_kill_at_any_moment_loses_no_acknowledged_entry_and_breaks_no_chain() {
    let folder = tempfile::tempdir().unwrap();
    for acknowledged in [1_u64, 7, 40, 3] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "durability::appends_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut numbers = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("kept ")?.parse::<u64>().ok());
        let mut last = 0;
        for _ in 0..acknowledged {
            last = numbers
                .next()
                .expect("the child goes on until it is killed");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had said before the kill reached it.
        last = numbers.last().unwrap_or(last);

        let store = Store::open(folder.path()).unwrap();
        let entries = entries_of_whole(&store).await;
        // The one that was under way may have landed unsaid.
        assert!(
            entries == last || entries == last + 1,
            "{entries}, said {last}"
        );
    }
}

#[tokio::test]
#[ignore = "the child of a_kill_at_any_moment_loses_no_acknowledged_entry_and_breaks_no_chain"]
async fn appends_until_it_is_killed() {
    let store = Store::open(&child_folder()).unwrap();
    for number in 0.. {
        let entry = store.append(draft(number)).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {}", entry.number).unwrap();
        out.flush().unwrap();
    }
}

/// A small file system in memory, seen by the child alone: as root directly, otherwise in a user
/// namespace of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_gives_an_error_and_no_entry() {
    let folder = tempfile::tempdir().unwrap();
    let is_root = user_id() == "0";
    let output = Command::new("unshare")
        .arg(if is_root { "-m" } else { "-rm" })
        .args(["sh", "-c"])
        .arg("mount -t tmpfs -o size=400k none \"$1\" && shift && exec \"$@\"")
        .arg("sh")
        .arg(folder.path())
        .arg(env::current_exe().unwrap())
        .args(["--exact", "durability::appends_until_the_disk_is_full"])
        .arg("--ignored")
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that no test has would succeed too.
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(is_empty(folder.path()), "the child had a disk of its own");
}

#[tokio::test]
#[ignore = "the child of a_full_disk_gives_an_error_and_no_entry"]
async fn appends_until_the_disk_is_full() {
    let folder = child_folder();
    let store = Store::open(&folder).unwrap();
    let mut kept = 0;
    let mut last = None;
    let error = loop {
        match store.append(draft(kept)).await {
            Ok(entry) => {
                kept += 1;
                last = Some(RecordHead {
                    number: entry.number,
                    digest: entry.digest(),
                });
            }
            Err(error) => break error,
        }
        assert!(kept < 100_000, "the disk never got full");
    };
    assert_eq!(error, StoreError::DiskFull);
    assert!(kept > 0);
    assert_eq!(store.append(draft(kept)).await, Err(StoreError::DiskFull));
    let whole = RecordCheck {
        head: last,
        ..RecordCheck::default()
    };
    assert_eq!(store.check_record(Vec::new()).await, Ok(whole.clone()));
    drop(store);
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.check_record(Vec::new()).await, Ok(whole));
}

fn child_folder() -> PathBuf {
    env::var_os(FOLDER).expect("run by its parent").into()
}

#[cfg(target_os = "linux")]
fn user_id() -> String {
    let output = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[cfg(target_os = "linux")]
fn is_empty(folder: &std::path::Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}
