use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{OperationId, PartCame};
use crate::store::value_codec::{path_from_column, path_to_column};
use crate::store::{Store, StoreError, parts};

/// A part file of the app's own beside those of the downloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartApart {
    /// Where it is, or was.
    pub part: PathBuf,
    /// A mark that no other file has; `None` where it may not have been made.
    pub mark: Option<String>,
    /// What came into it, where that is known.
    pub came: Option<PartCame>,
    /// Whether that came whole, in one answer.
    pub came_whole: bool,
    /// The download that made it, where that is known.
    pub download: Option<OperationId>,
}

impl Store {
    /// What is set apart of a download, where anything is.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn part_apart(
        &self,
        operation: &OperationId,
    ) -> Result<Option<PartApart>, StoreError> {
        let operation = operation.clone();
        self.writer
            .ask(move |connection| {
                let mut statement =
                    connection.prepare("SELECT * FROM parts_apart WHERE operation = ?1")?;
                let apart = statement.query_row([operation.as_str()], |row| Ok(apart(row)));
                apart.optional()?.transpose()
            })
            .await
    }

    /// The part files that are to be removed. None at whose name a download has one.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn unwanted_parts(&self) -> Result<Vec<PartApart>, StoreError> {
        self.writer.ask(|connection| unwanted(connection)).await
    }
}

/// What is known of a download's part file is set apart. A file that is still to be made takes its place,
/// `instead`.
pub(super) fn set_apart(
    connection: &Connection,
    operation: &OperationId,
    instead: &Path,
    came_whole: bool,
) -> Result<(), StoreError> {
    no_longer_wanted(connection, operation)?;
    let operation = operation.as_str();
    connection.execute(
        "INSERT OR REPLACE INTO parts_apart
            (part, operation, mark, came_size, came_sha256, came_copy, came_whole, download)
         SELECT part, operation, mark, came_size, came_sha256, came_copy, ?2, operation
         FROM transfers JOIN parts USING (operation) WHERE operation = ?1",
        params![operation, came_whole],
    )?;
    connection.execute("DELETE FROM parts WHERE operation = ?1", [operation])?;
    connection.execute(
        "UPDATE transfers SET part = ?2 WHERE operation = ?1",
        params![operation, path_to_column(instead)],
    )?;
    Ok(())
}

/// What is set apart of a download is its part file again, where anything is. The one that it has is to be
/// removed.
pub(super) fn taken_back(
    connection: &Connection,
    operation: &OperationId,
) -> Result<(), StoreError> {
    let is_any = connection
        .prepare("SELECT 1 FROM parts_apart WHERE operation = ?1")?
        .exists([operation.as_str()])?;
    if !is_any {
        return Ok(());
    }
    left(connection, operation)?;
    parts::forget(connection, operation)?;
    let operation = operation.as_str();
    connection.execute(
        "UPDATE transfers SET part = parts_apart.part FROM parts_apart
         WHERE transfers.operation = ?1 AND parts_apart.operation = ?1",
        [operation],
    )?;
    connection.execute(
        "INSERT INTO parts (operation, mark, came_size, came_sha256, came_copy)
         SELECT operation, mark, came_size, came_sha256, came_copy
         FROM parts_apart WHERE operation = ?1",
        [operation],
    )?;
    connection.execute("DELETE FROM parts_apart WHERE operation = ?1", [operation])?;
    Ok(())
}

/// The part file that a download has is to be removed. A file that is set apart is not, where it has the same
/// name: the other was never made then.
pub(super) fn left(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "INSERT OR REPLACE INTO parts_apart (part, mark, came_size, came_sha256, came_copy, download)
         SELECT part, mark, came_size, came_sha256, came_copy, operation
         FROM transfers LEFT JOIN parts USING (operation)
         WHERE operation = ?1
            AND part NOT IN (SELECT part FROM parts_apart WHERE operation IS NOT NULL)",
        [operation.as_str()],
    )?;
    Ok(())
}

/// What is set apart of a download is to be removed.
pub(super) fn no_longer_wanted(
    connection: &Connection,
    operation: &OperationId,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE parts_apart SET operation = NULL WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

/// The part file of this mark that was to be removed is gone.
pub(super) fn gone(
    connection: &Connection,
    part: &Path,
    mark: Option<&str>,
) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM parts_apart WHERE part = ?1 AND mark IS ?2 AND operation IS NULL",
        params![path_to_column(part), mark],
    )?;
    Ok(())
}

/// A download's part file is made: what was at its name before is gone. Another download that has set that
/// apart finds out itself.
pub(super) fn replaced(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM parts_apart
         WHERE part = (SELECT part FROM transfers WHERE operation = ?1)
            AND (operation IS NULL OR operation = ?1)",
        [operation.as_str()],
    )?;
    Ok(())
}

fn unwanted(connection: &Connection) -> Result<Vec<PartApart>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT * FROM parts_apart
         WHERE operation IS NULL AND part NOT IN (SELECT part FROM transfers) ORDER BY rowid",
    )?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(apart(row)?);
    }
    Ok(all)
}

fn apart(row: &Row) -> Result<PartApart, StoreError> {
    Ok(PartApart {
        part: path_from_column(row.get("part")?)?,
        mark: row.get("mark")?,
        came: parts::came(row)?,
        came_whole: row.get("came_whole")?,
        download: row
            .get::<_, Option<String>>("download")?
            .map(OperationId::from_stored),
    })
}
