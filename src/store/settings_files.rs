use rusqlite::Connection;
use rusqlite::types::FromSqlError;

use crate::domain::Sha256Digest;
use crate::store::migration::SETTINGS_FILES;
use crate::store::{Store, StoreError};

/// What is known of the settings file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownSettingsFile {
    /// The digests of what the app may have left there, `None` of no file. Empty where it has left
    /// nothing yet.
    pub digests: Vec<Option<Sha256Digest>>,
    /// What is still to be recorded of one that was not as the app had left it.
    pub to_record: Vec<String>,
}

impl Store {
    /// What is known of the settings file.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn settings_file(&self) -> Result<KnownSettingsFile, StoreError> {
        self.writer
            .ask(|connection| {
                Ok(KnownSettingsFile {
                    digests: digests(connection)?,
                    to_record: to_record(connection)?,
                })
            })
            .await
    }
}

/// A file of this digest is about to be written. Where nothing is known this is not either, until it is
/// there: what is there already would be no longer what the app left.
pub(super) fn begin(connection: &Connection, digest: &Sha256Digest) -> Result<(), StoreError> {
    // Somebody may have taken the table away: that is no reason to keep no settings any more.
    connection.execute_batch(SETTINGS_FILES)?;
    connection.execute(
        "INSERT OR IGNORE INTO settings_files (digest)
         SELECT ?1 WHERE EXISTS (SELECT 1 FROM settings_files)",
        [digest.as_bytes()],
    )?;
    Ok(())
}

/// This is there now, and nothing else is known any more.
pub(super) fn is_there(
    connection: &Connection,
    digest: Option<&Sha256Digest>,
) -> Result<(), StoreError> {
    let digest = digest.map_or(&[][..], |digest| digest.as_bytes());
    connection.execute_batch(SETTINGS_FILES)?;
    let add = "INSERT OR IGNORE INTO settings_files (digest) VALUES (?1)";
    connection.execute(add, [digest])?;
    let others = "DELETE FROM settings_files WHERE digest <> ?1";
    connection.execute(others, [digest])?;
    Ok(())
}

/// Something else than the app has changed it.
pub(super) fn changed(connection: &Connection, note: &str) -> Result<(), StoreError> {
    let keep = "INSERT OR IGNORE INTO settings_changes (note) VALUES (?1)";
    connection.execute(keep, [note])?;
    Ok(())
}

/// That is recorded now.
pub(super) fn recorded(connection: &Connection, note: &str) -> Result<(), StoreError> {
    connection.execute("DELETE FROM settings_changes WHERE note = ?1", [note])?;
    Ok(())
}

fn digests(connection: &Connection) -> Result<Vec<Option<Sha256Digest>>, StoreError> {
    let mut statement = connection.prepare("SELECT digest FROM settings_files ORDER BY rowid")?;
    let digests = statement.query_map([], |row| match row.get_ref(0)?.as_blob()? {
        [] => Ok(None),
        bytes => {
            let bytes = bytes.try_into().map_err(FromSqlError::other)?;
            Ok(Some(Sha256Digest::from_bytes(bytes)))
        }
    })?;
    Ok(digests.collect::<Result<_, _>>()?)
}

fn to_record(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("SELECT note FROM settings_changes ORDER BY rowid")?;
    let notes = statement.query_map([], |row| row.get(0))?;
    Ok(notes.collect::<Result<_, _>>()?)
}
