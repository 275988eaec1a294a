//! Brings an older database up to date, after a copy of it was put aside.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::StoreError;
use crate::store::database::{create_private_file, sync_folder};

/// The step that makes the tables that are derived of the record.
pub(super) const DERIVED: &str = include_str!("migrations/0014.sql");

/// The step that makes the table of what is asked of a delete, where it is missing.
pub(super) const RULES: &str = include_str!("migrations/0016.sql");

/// The step that makes the tables of what is known of the settings file, where they are missing.
pub(super) const SETTINGS_FILES: &str = include_str!("migrations/0017.sql");

/// The numbered steps from an empty database to the present form; the number of steps done is
/// kept as `user_version`. A step that was ever released is never edited.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    DERIVED,
    include_str!("migrations/0015.sql"),
    RULES,
    SETTINGS_FILES,
    include_str!("migrations/0018.sql"),
    include_str!("migrations/0019.sql"),
    include_str!("migrations/0020.sql"),
    include_str!("migrations/0021.sql"),
];

/// Does the steps of `migrations` that are missing, all or none of them.
///
/// A database that holds anything is copied first, beside itself, under a name that says which
/// form it has, which version took it over, and `today`.
///
/// # Errors
/// [`StoreError::Newer`]; [`StoreError::NotBroughtUpToDate`] where the copy can't be made or a
/// step fails, and then the database is what it was.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
    today: Date,
) -> Result<(), StoreError> {
    let done = form_of(connection, migrations.len())?;
    if done == migrations.len() {
        return Ok(());
    }
    let as_it_was = |error: StoreError| StoreError::NotBroughtUpToDate(Box::new(error));
    let tables: i64 =
        connection.query_one("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        put_aside(connection, path, done, today).map_err(as_it_was)?;
    }
    migrate(connection, migrations).map_err(as_it_was)
}

/// How many migrations were done, if it is no more than `known`.
pub(super) fn form_of(connection: &Connection, known: usize) -> Result<usize, StoreError> {
    known_form(
        connection.query_one("PRAGMA user_version", [], |row| row.get(0))?,
        known,
    )
}

/// `found` as a number of migrations, if it is no more than `known`.
pub(super) fn known_form(found: i64, known: usize) -> Result<usize, StoreError> {
    let known = i64::try_from(known).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    usize::try_from(found).map_err(|_| StoreError::Damaged("a form below zero".into()))
}

pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = form_of(&transaction, migrations.len())?;
    for (number, sql) in (1_i64..).zip(migrations).skip(done) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    Ok(transaction.commit()?)
}

/// Copies the whole database, checks the copy, and flushes it to disk. It has its name only then.
fn put_aside(
    connection: &Connection,
    path: &Path,
    form: usize,
    today: Date,
) -> Result<(), StoreError> {
    let copy = name_aside(path, form, today);
    let unfinished = copy.with_extension("sqlite3.part");
    remove_if_there(&unfinished)?;
    let made = fill(connection, &unfinished, form)
        .and_then(|()| Ok(fs::rename(&unfinished, &copy)?))
        .and_then(|()| sync_folder(path));
    if made.is_err()
        && let Err(error) = remove_if_there(&unfinished)
    {
        tracing::warn!(%error, "an unfinished copy of the database could not be removed");
    }
    made
}

fn fill(connection: &Connection, copy: &Path, form: usize) -> Result<(), StoreError> {
    create_private_file(copy)?;
    let name = copy
        .to_str()
        .ok_or_else(|| StoreError::NotWritable("the folder's name is not Unicode".into()))?;
    // An empty file is taken, with the permissions that it has (sqlite.org/lang_vacuum.html).
    connection.execute("VACUUM INTO ?1", [name])?;
    File::options()
        .read(true)
        .write(true)
        .open(copy)?
        .sync_all()?;
    let written = Connection::open_with_flags(
        copy,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let verdict: String = written.query_one("PRAGMA integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" || form_of(&written, form)? != form {
        return Err(StoreError::Damaged(
            "the copy is not what it should be".into(),
        ));
    }
    Ok(())
}

/// `housekeeper form 1 before version 0.1.0, 2026-11-23.sqlite3`
fn name_aside(path: &Path, form: usize, today: Date) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let version = env!("CARGO_PKG_VERSION");
    path.with_file_name(format!(
        "{stem} form {form} before version {version}, {today}.sqlite3"
    ))
}

fn remove_if_there(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
