//! A database of an older version: a copy is put aside, and then all steps are done or none.

use std::fs;
use std::path::{Path, PathBuf};

use audio_housekeeper::domain::{
    AuditAction, AuditBackup, AuditDraft, BackupProof, ServerKnowledge, Sha256Digest,
};
use audio_housekeeper::store::{Store, StoreError};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::{NEWEST, draft, entries_of_whole, outsider};

/// A database as the first version made it, with one entry in its record.
async fn first_versions(folder: &Path) {
    let first = older_versions(
        folder,
        &[include_str!("../../src/store/migrations/0001.sql")],
    );
    first
        .execute_batch(
            "INSERT INTO doctors (service, name, last_used) VALUES ('s', 'Dr. A', '');
             INSERT INTO backups (service, name, path, size, sha256, format, verified_at, proof,
                 made_from)
             VALUES ('s', 'Dr. A', '/a.wav', 5, zeroblob(32), 'wav', '2026-11-23T14:00:00Z',
                 'length', '{}');
             INSERT INTO doctors (service, name, last_used, server, server_asked_at)
             VALUES ('s', 'Dr. B', '', 'could-not-check', '2026-11-23T14:00:00Z');",
        )
        .unwrap();
    for entry in written([draft(1)]).await {
        first
            .execute(
                "INSERT INTO audit (number, canonical, digest) VALUES (1, ?1, ?2)",
                entry,
            )
            .unwrap();
    }
}

/// An empty database as the first `migrations` made it.
fn older_versions(folder: &Path, migrations: &[&str]) -> Connection {
    drop(Store::open(folder).unwrap());
    fs::remove_file(folder.join(Store::FILE_NAME)).unwrap();
    let older = outsider(folder);
    for (number, sql) in (1_i64..).zip(migrations) {
        older.execute_batch(sql).unwrap();
        older.pragma_update(None, "user_version", number).unwrap();
    }
    older
}

/// What this version writes of an entry, and its digest: what the older ones wrote.
async fn written(drafts: impl IntoIterator<Item = AuditDraft>) -> Vec<(String, Vec<u8>)> {
    let elsewhere = tempfile::tempdir().unwrap();
    let store = Store::open(elsewhere.path()).unwrap();
    for draft in drafts {
        store.append(draft).await.unwrap();
    }
    let record = outsider(elsewhere.path());
    let mut all = record
        .prepare("SELECT canonical, digest FROM audit ORDER BY number")
        .unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

fn copies(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("before version"))
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
    assert_eq!(entries_of_whole(&store).await, 1);
    store.append(draft(2)).await.unwrap();
    drop(store);
    assert_eq!(form(&folder.path().join(Store::FILE_NAME)), NEWEST);
    let known = Store::open(folder.path())
        .unwrap()
        .doctors("s")
        .await
        .unwrap();
    let backup = known[0].backup.as_ref().unwrap();
    assert_eq!((backup.size, backup.proof), (5, BackupProof::Length));
    let silent = Some("2026-11-23T14:00:00Z".parse().unwrap());
    assert_eq!(known[1].no_answer_at, silent);
    assert_eq!(known[1].server, ServerKnowledge::NeverChecked);
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
    assert_eq!(entries_of_whole(&earlier).await, 1);
}

/// The first eight forms.
const FORM_8: [&str; 8] = [
    include_str!("../../src/store/migrations/0001.sql"),
    include_str!("../../src/store/migrations/0002.sql"),
    include_str!("../../src/store/migrations/0003.sql"),
    include_str!("../../src/store/migrations/0004.sql"),
    include_str!("../../src/store/migrations/0005.sql"),
    include_str!("../../src/store/migrations/0006.sql"),
    include_str!("../../src/store/migrations/0007.sql"),
    include_str!("../../src/store/migrations/0008.sql"),
];

/// The entry of a download, or another act's, with a note about the backup in `path`.
fn noted(number: u64, action: AuditAction, path: &str, contents: &str, note: &str) -> AuditDraft {
    AuditDraft {
        action,
        backup: Some(AuditBackup {
            path: path.into(),
            size: 5,
            sha256: Sha256Digest::of(contents.as_bytes()),
        }),
        note: Some(note.into()),
        ..draft(number)
    }
}

#[tokio::test]
async fn a_backup_counts_as_flushed_but_where_the_record_says_otherwise() {
    use AuditAction::{Delete, Download};
    const NOT: &str = "arrival proven by the length; audio: whole; not flushed to the disk";
    let folder = tempfile::tempdir().unwrap();
    let older = older_versions(folder.path(), &FORM_8);
    let drafts = [
        noted(1, Download, "/not.wav", "not", NOT),
        noted(2, Download, "/as it is.wav", "flushed", "audio: whole"),
        noted(3, Delete, "/deleted.wav", "deleted", NOT),
        noted(4, Download, "/replaced.wav", "replaced", NOT),
        noted(5, Download, "/\u{fffd}.wav", "not Unicode", NOT),
        // A person's own words say nothing of the disk.
        AuditDraft {
            reason: Some("not flushed to the disk".into()),
            ..noted(6, Download, "/reason.wav", "reason", "audio: whole")
        },
        draft(7),
    ];
    let entries = written(drafts).await.into_iter();
    // Somebody has damaged the record.
    let damaged = [
        "{\"note\":\"not flushed to the disk",
        "[\"not flushed to the disk\"]",
    ];
    let damaged = damaged.map(|text| (text.to_owned(), vec![0; 32]));
    for (number, (canonical, digest)) in (1..).zip(entries.chain(damaged)) {
        older
            .execute(
                "INSERT INTO audit (number, canonical, digest) VALUES (?1, ?2, ?3)",
                (number, canonical, digest),
            )
            .unwrap();
    }
    let text = |path: &str| Value::Text(path.to_owned());
    let blob = |path: &[u8]| Value::Blob(path.to_vec());
    let expected = [
        (text("/not.wav"), "not", false),
        (text("/as it is.wav"), "flushed", true),
        (text("/deleted.wav"), "deleted", true),
        (text("/replaced.wav"), "what came later", true),
        (text("/elsewhere.wav"), "not", true),
        (text("/reason.wav"), "reason", true),
        (blob(b"/\xff.wav"), "not Unicode", false),
        (blob(b"/\xff.wav"), "flushed", true),
    ];
    older
        .execute_batch("INSERT INTO doctors (service, name, last_used) VALUES ('s', 'Dr. A', '')")
        .unwrap();
    for (path, contents, _) in &expected {
        older
            .execute(
                "INSERT INTO backups (service, name, path, size, sha256, format, verified_at,
                     proof, made_from)
                 VALUES ('s', 'Dr. A', ?1, 5, ?2, 'wav', '2026-11-23T14:00:00Z', 'length', '{}')",
                (path, Sha256Digest::of(contents.as_bytes()).as_bytes()),
            )
            .unwrap();
    }
    drop(older);
    drop(Store::open(folder.path()).unwrap());
    let newer = outsider(folder.path());
    let mut all = newer
        .prepare("SELECT path, flushed FROM backups ORDER BY number")
        .unwrap();
    let found = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let found: Vec<(Value, bool)> = found.unwrap().map(Result::unwrap).collect();
    let expected: Vec<_> = expected.map(|(path, _, flushed)| (path, flushed)).into();
    assert_eq!(found, expected);
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
    assert_eq!(entries_of_whole(&store).await, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_it_says_so_and_leaves_the_older_database_as_it_is() {
    let name = "migration::a_full_disk_stops_it_says_so_and_leaves_the_older_database_as_it_is";
    let mount = "mount -t tmpfs -o size=1m none \"$0\"";
    if let Some(folder) = support::again::on_its_own_mount(name, mount) {
        on_a_full_disk(&folder);
    }
}

/// The database takes more than half of the disk.
#[cfg(target_os = "linux")]
fn on_a_full_disk(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(first_versions(folder));
    let filled = outsider(folder);
    filled
        .execute_batch(
            "PRAGMA journal_mode = OFF; CREATE TABLE filling (x);
             INSERT INTO filling VALUES (zeroblob(600000));",
        )
        .unwrap();
    drop(filled);
    let file = folder.join(Store::FILE_NAME);
    for _ in 0..2 {
        let refused = Store::open(folder).map(|_| ());
        let full = StoreError::NotBroughtUpToDate(Box::new(StoreError::DiskFull));
        assert_eq!(refused, Err(full));
        assert_eq!(form(&file), 1);
        // Nothing unfinished takes up what room there is.
        let left: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, [Store::FILE_NAME]);
    }
    let roomy = tempfile::tempdir_in("/tmp").unwrap();
    fs::copy(&file, roomy.path().join(Store::FILE_NAME)).unwrap();
    let store = Store::open(roomy.path()).unwrap();
    assert_eq!(runtime.block_on(entries_of_whole(&store)), 1);
    assert_eq!(copies(roomy.path()).len(), 1);
}
