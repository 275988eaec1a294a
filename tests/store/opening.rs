use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use audio_housekeeper::store::{RecordVerdict, Store, StoreError};
use rusqlite::Connection;

use crate::{draft, outsider};

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
                known: 2,
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
    assert_eq!(form, 2);
    assert!(matches!(
        store.verify_record().await,
        Ok(RecordVerdict::Whole { entries: 1, .. })
    ));
}

/// A database as the first version made it, with one entry in its record.
async fn first_versions(folder: &Path) {
    drop(Store::open(folder).unwrap());
    let path = folder.join(Store::FILE_NAME);
    fs::remove_file(&path).unwrap();
    let first = outsider(folder);
    first
        .execute_batch(include_str!("../../src/store/migrations/0001.sql"))
        .unwrap();
    first.pragma_update(None, "user_version", 1).unwrap();
    // What that version wrote of an entry is what this one writes.
    let elsewhere = tempfile::tempdir().unwrap();
    let store = Store::open(elsewhere.path()).unwrap();
    store.append(draft(1)).await.unwrap();
    let (canonical, digest): (String, Vec<u8>) = outsider(elsewhere.path())
        .query_one("SELECT canonical, digest FROM audit", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    first
        .execute(
            "INSERT INTO audit (number, canonical, digest) VALUES (1, ?1, ?2)",
            (canonical, digest),
        )
        .unwrap();
}

fn copies(folder: &Path) -> Vec<std::path::PathBuf> {
    contents(folder)
        .into_keys()
        .filter(|name| name.to_string_lossy().contains("before version"))
        .map(|name| folder.join(name))
        .collect()
}

fn form(file: &Path) -> i64 {
    Connection::open(file)
        .unwrap()
        .query_one("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn a_database_of_an_older_version_is_brought_up_to_date_after_a_copy_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    first_versions(folder.path()).await;
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.waiting_deletes().await, Ok(Vec::new()));
    assert!(matches!(
        store.verify_record().await,
        Ok(RecordVerdict::Whole { entries: 1, .. })
    ));
    store.append(draft(2)).await.unwrap();
    drop(store);
    assert_eq!(form(&folder.path().join(Store::FILE_NAME)), 2);
    let [copy] = &copies(folder.path())[..] else {
        panic!("{:?}", copies(folder.path()));
    };
    let today = jiff::ZonedDateTime::now().date();
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("housekeeper form 1 before version {version}, {today}.sqlite3");
    assert_eq!(copy.file_name().unwrap(), &*name);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(copy).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
    // The copy is what was there, and a whole record by itself.
    assert_eq!(form(copy), 1);
    let as_it_was = tempfile::tempdir().unwrap();
    fs::copy(copy, as_it_was.path().join(Store::FILE_NAME)).unwrap();
    let earlier = Store::open(as_it_was.path()).unwrap();
    assert!(matches!(
        earlier.verify_record().await,
        Ok(RecordVerdict::Whole { entries: 1, .. })
    ));
}

#[tokio::test]
async fn a_new_database_and_one_that_is_up_to_date_are_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..3 {
        let store = Store::open(folder.path()).unwrap();
        store.append(draft(number)).await.unwrap();
    }
    assert!(copies(folder.path()).is_empty());
}

#[tokio::test]
async fn without_room_for_the_copy_the_older_database_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    first_versions(folder.path()).await;
    // A folder stands where the copy is to be written: the same as no room, for all the rest.
    let today = jiff::ZonedDateTime::now().date();
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("housekeeper form 1 before version {version}, {today}.sqlite3");
    let in_the_way = folder.path().join(name + ".part");
    fs::create_dir(&in_the_way).unwrap();
    for _ in 0..2 {
        let refused = Store::open(folder.path()).map(|_| ());
        assert!(
            matches!(refused, Err(StoreError::NotBroughtUpToDate(_))),
            "{refused:?}"
        );
        assert_eq!(form(&folder.path().join(Store::FILE_NAME)), 1);
    }
    fs::remove_dir(in_the_way).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(
        store.verify_record().await,
        Ok(RecordVerdict::Whole { entries: 1, .. })
    ));
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
