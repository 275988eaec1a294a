use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::store::StoreError;
use crate::store::migration::{MIGRATIONS, bring_up_to_date, form_of, known_form};

pub(super) fn open(folder: &Path, file_name: &str) -> Result<Connection, StoreError> {
    open_with(folder, file_name, MIGRATIONS)
}

fn open_with(
    folder: &Path,
    file_name: &str,
    migrations: &[&str],
) -> Result<Connection, StoreError> {
    create_private_folder(folder)?;
    let path = folder.join(file_name);
    if path.try_exists()? {
        refuse_a_newer_form(&path, migrations.len())?;
        make_private(&path)?;
    } else {
        create_private_file(&path)?;
        // SQLite syncs the folder for its journals only: without this a power cut could take the
        // whole file.
        sync_folder(&path)?;
    }
    let mut connection = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection)?;
    let today = jiff::ZonedDateTime::now().date();
    bring_up_to_date(&mut connection, &path, migrations, today)?;
    Ok(connection)
}

/// A second connection to a database that is open, for nothing but reading. Where it is closed last it
/// brings the log back into the file, as one that can't write could not.
pub(super) fn open_to_read(folder: &Path, file_name: &str) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        folder.join(file_name),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Looks before anything is opened for writing, so that a newer database stays as it is.
///
/// Where there is no log the form's number stands in the file's head (sqlite.org/fileformat2.html
/// section 1.3), and even a connection that can't write would leave files beside it.
fn refuse_a_newer_form(path: &Path, known: usize) -> Result<(), StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if !Path::new(&log).try_exists()? {
        return read_form(path)
            .and_then(|found| known_form(found, known))
            .map(|_| ());
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    form_of(&connection, known).map(|_| ())
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
pub(super) fn create_private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?.sync_all()?)
}

/// Syncs the folder that a file is in, so that the file's name lasts. Windows has no folders that
/// can be opened for that.
pub(super) fn sync_folder(file: &Path) -> Result<(), StoreError> {
    if cfg!(unix)
        && let Some(folder) = file.parent()
    {
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

    /// The names in a folder that say that a copy was put aside.
    fn copies(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("before version"))
            .collect()
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_usable_as_it_was_and_its_copy_there() {
        let folder = tempfile::tempdir().unwrap();
        let first = "CREATE TABLE notes (x); INSERT INTO notes VALUES ('kept');";
        drop(open_with(folder.path(), "a.sqlite3", &[first]).unwrap());
        let fails = "DELETE FROM notes; CREATE TABLE more (x); INSERT INTO nowhere VALUES (1);";
        let steps = [first, "CREATE TABLE halfway (x);", fails];
        for _ in 0..2 {
            let error = open_with(folder.path(), "a.sqlite3", &steps).unwrap_err();
            assert!(
                matches!(error, StoreError::NotBroughtUpToDate(_)),
                "{error}"
            );
            let [copy] = &copies(folder.path())[..] else {
                panic!("{:?}", copies(folder.path()));
            };
            // The version before opens both.
            for file in ["a.sqlite3", copy] {
                let connection = open_with(folder.path(), file, &[first]).unwrap();
                let kept: String = connection
                    .query_one("SELECT x FROM notes", [], |row| row.get(0))
                    .unwrap();
                assert_eq!(kept, "kept");
                let tables: i64 = connection
                    .query_one("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                    .unwrap();
                assert_eq!(tables, 1);
            }
        }
    }

    #[test]
    fn several_steps_are_done_in_their_order_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let steps = [
            "CREATE TABLE notes (x); INSERT INTO notes VALUES (1);",
            "UPDATE notes SET x = x + 1;",
            "UPDATE notes SET x = x * 10;",
        ];
        drop(open_with(folder.path(), "a.sqlite3", &steps[..1]).unwrap());
        for _ in 0..2 {
            let connection = open_with(folder.path(), "a.sqlite3", &steps).unwrap();
            let x: i64 = connection
                .query_one("SELECT x FROM notes", [], |row| row.get(0))
                .unwrap();
            assert_eq!(x, 20);
        }
        assert_eq!(copies(folder.path()).len(), 1);
    }
}
