use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::StoreError;

/// The numbered steps from an empty database to the present form; the number of steps done is
/// kept as `user_version`. A step that was ever released is never edited.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001.sql")];

pub(super) fn open(folder: &Path, file_name: &str) -> Result<Connection, StoreError> {
    create_private_folder(folder)?;
    let path = folder.join(file_name);
    if path.try_exists()? {
        refuse_a_newer_form(&path)?;
        make_private(&path)?;
    } else {
        create_private_file(folder, &path)?;
    }
    let mut connection = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Looks before anything is opened for writing, so that a newer database stays as it is.
///
/// Where there is no log the form's number stands in the file's head (sqlite.org/fileformat2.html
/// section 1.3), and even a connection that can't write would leave files beside it.
fn refuse_a_newer_form(path: &Path) -> Result<(), StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if !Path::new(&log).try_exists()? {
        return read_form(path).and_then(known_form).map(|_| ());
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    form_of(&connection).map(|_| ())
}

fn read_form(path: &Path) -> Result<i64, StoreError> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_LENGTH).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(0);
    }
    let number = head.get(60..64).and_then(|bytes| bytes.try_into().ok());
    match number {
        Some(number) if head.starts_with(MAGIC) => Ok(i32::from_be_bytes(number).into()),
        _ => Err(StoreError::Damaged("this is no database".into())),
    }
}

const HEAD_LENGTH: u64 = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// How many migrations were done, if it is no more than this version knows.
fn form_of(connection: &Connection) -> Result<usize, StoreError> {
    known_form(connection.query_one("PRAGMA user_version", [], |row| row.get(0))?)
}

fn known_form(found: i64) -> Result<usize, StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    usize::try_from(found).map_err(|_| StoreError::Damaged("a form below zero".into()))
}

/// With a write-ahead log, `synchronous=FULL` syncs it at every commit: an entry that was
/// acknowledged outlasts a power cut. A file system that can't have one gets a rollback journal,
/// where the same takes `EXTRA` (sqlite.org/pragma.html, `synchronous`).
fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let mode: String = connection.query_one("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    connection.pragma_update(
        None,
        "synchronous",
        if mode == "wal" { "FULL" } else { "EXTRA" },
    )?;
    // On macOS a plain fsync leaves data in the drive's cache; elsewhere these do nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = form_of(&transaction)?;
    for (number, sql) in (1_i64..).zip(MIGRATIONS).skip(done) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    Ok(transaction.commit()?)
}

fn create_private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// A file that was copied back from elsewhere may have come with wider permissions.
#[cfg(unix)]
fn make_private(path: &Path) -> Result<(), StoreError> {
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    Ok(fs::set_permissions(path, private)?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix the disk may refuse")]
fn make_private(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// `SQLite` gives the files that it puts beside this one the same permissions.
fn create_private_file(folder: &Path, path: &Path) -> Result<(), StoreError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.sync_all()?;
    // SQLite syncs the folder for its journals only: without this a power cut could take the
    // whole file. Windows has no folders that can be opened for that.
    if cfg!(unix) {
        flush_folder(folder)?;
    }
    Ok(())
}

/// Some network and FUSE file systems have no such thing as flushing a folder.
fn flush_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        flushed => flushed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(folder.path(), "a.sqlite3").unwrap();
        let journal: String = connection
            .query_one("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        let synchronous: i64 = connection
            .query_one("PRAGMA synchronous", [], |row| row.get(0))
            .unwrap();
        assert_eq!((journal.as_str(), synchronous), ("wal", 2), "2 is FULL");
    }
}
