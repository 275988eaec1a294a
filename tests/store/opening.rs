use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use audio_housekeeper::store::{Store, StoreError};
use rusqlite::Connection;

use crate::{NEWEST, draft, entries_of_whole, outsider};

fn contents(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn a_database_of_a_newer_version_is_left_alone_byte_for_byte() {
    for journal in ["DELETE", "WAL"] {
        let folder = tempfile::tempdir().unwrap();
        let newer = outsider(folder.path());
        newer.pragma_update(None, "journal_mode", journal).unwrap();
        newer
            .execute_batch("CREATE TABLE to_come (x); PRAGMA user_version = 99;")
            .unwrap();
        drop(newer);
        let before = contents(folder.path());
        assert_eq!(
            Store::open(folder.path()).map(|_| ()),
            Err(StoreError::Newer {
                found: 99,
                known: NEWEST,
            })
        );
        assert!(contents(folder.path()) == before, "{journal}");
    }
}

#[test]
fn a_newer_version_is_seen_also_while_it_stands_only_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let newer = outsider(folder.path());
    newer
        .execute_batch("CREATE TABLE to_come (x); PRAGMA user_version = 99;")
        .unwrap();
    let file = folder.path().join(Store::FILE_NAME);
    let log = folder.path().join(format!("{}-wal", Store::FILE_NAME));
    let before = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    assert!(matches!(
        Store::open(folder.path()),
        Err(StoreError::Newer { found: 99, .. })
    ));
    assert!((fs::read(&file).unwrap(), fs::read(&log).unwrap()) == before);
    drop(newer);
}

#[tokio::test]
async fn an_empty_file_becomes_a_database_and_a_second_start_changes_no_form() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(Store::FILE_NAME), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.append(draft(1)).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let form: i64 = outsider(folder.path())
        .query_one("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(form, NEWEST);
    assert_eq!(entries_of_whole(&store).await, 1);
}

#[test]
fn a_file_that_is_no_database_is_said_so_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join(Store::FILE_NAME),
        "a letter, longer than the head of a database would be. ".repeat(20),
    )
    .unwrap();
    let before = contents(folder.path());
    assert!(matches!(
        Store::open(folder.path()),
        Err(StoreError::Damaged(_))
    ));
    assert!(contents(folder.path()) == before);
}

#[test]
fn a_folder_that_can_not_be_made_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        Store::open(&file.join("data")),
        Err(StoreError::NotWritable(_))
    ));
}

#[test]
fn a_database_that_another_program_holds_is_said_to_be_in_use() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let holder: Connection = outsider(folder.path());
    holder
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
        .unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse)));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(Store::open(&folder).unwrap());
    assert_eq!(mode(&folder), 0o700);
    let copied_back = place.path().join("copied");
    fs::create_dir(&copied_back).unwrap();
    fs::write(copied_back.join(Store::FILE_NAME), "").unwrap();
    for folder in [folder, copied_back] {
        only_the_owner_reads(&folder).await;
    }
}

#[cfg(unix)]
async fn only_the_owner_reads(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = Store::open(folder).unwrap();
    store.append(draft(1)).await.unwrap();
    let mut files: Vec<_> = contents(folder).into_keys().collect();
    files.sort();
    let expected =
        ["", "-shm", "-wal"].map(|end| OsString::from(format!("{}{end}", Store::FILE_NAME)));
    assert_eq!(files, expected);
    for file in files {
        assert_eq!(mode(&folder.join(&file)), 0o600, "{}", file.display());
    }
}
