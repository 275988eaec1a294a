use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{AudioFormat, CheckedPart, OperationId, PartCame, Sha256Digest};
use crate::store::value_codec::{
    audio_from_column, audio_to_column, completeness_from_column, completeness_to_column,
    copy_from_column, copy_to_column, count_from_column, count_to_column, path_from_column,
    path_to_column, unreadable,
};
use crate::store::{Store, StoreError, parts_apart};

/// What is known of the part file of a download that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownPart {
    /// A mark that no other file has; `None` where the file may not have been made.
    pub mark: Option<String>,
    /// What it is, once it is whole and about to get its name.
    pub checked: Option<CheckedPart>,
    /// What of the recording is in it, where it is kept to be gone on with.
    pub came: Option<PartCame>,
    /// What is in it that is not to be gone on with: the file is known by it, as by its mark.
    pub unwanted: Option<PartCame>,
}

impl Store {
    /// What is known of a download's part file.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn part(&self, operation: &OperationId) -> Result<KnownPart, StoreError> {
        let operation = operation.clone();
        self.writer
            .ask(move |connection| part(connection, &operation))
            .await
    }
}

/// A part file is made; what was known of an earlier one of the same download is gone.
pub(super) fn made(
    connection: &Connection,
    operation: &OperationId,
    mark: &str,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT OR REPLACE INTO parts (operation, mark) VALUES (?1, ?2)",
        params![operation.as_str(), mark],
    )?;
    parts_apart::replaced(connection, operation)
}

/// It is whole.
pub(super) fn checked(
    connection: &Connection,
    operation: &OperationId,
    part: &CheckedPart,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO parts (operation, name, numbered, size, sha256, format, milliseconds, audio,
            completeness, copy)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (operation) DO UPDATE SET name = excluded.name,
            numbered = excluded.numbered, size = excluded.size, sha256 = excluded.sha256,
            format = excluded.format, milliseconds = excluded.milliseconds,
            audio = excluded.audio, completeness = excluded.completeness, copy = excluded.copy",
        params![
            operation.as_str(),
            path_to_column(&part.name),
            part.numbered,
            count_to_column(part.size)?,
            part.sha256.as_bytes(),
            part.format.map(AudioFormat::extension),
            part.milliseconds.map(count_to_column).transpose()?,
            audio_to_column(&part.audio)?,
            completeness_to_column(part.completeness),
            copy_to_column(&part.copy)?,
        ],
    )?;
    Ok(())
}

/// What came into it is kept.
pub(super) fn kept(
    connection: &Connection,
    operation: &OperationId,
    came: &PartCame,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO parts (operation, came_size, came_sha256, came_copy) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (operation) DO UPDATE SET came_size = excluded.came_size,
            came_sha256 = excluded.came_sha256, came_copy = excluded.came_copy, unwanted = 0",
        params![
            operation.as_str(),
            count_to_column(came.size)?,
            came.sha256.as_bytes(),
            copy_to_column(&came.copy)?,
        ],
    )?;
    Ok(())
}

/// What came into it is not to be gone on with.
pub(super) fn begun_anew(
    connection: &Connection,
    operation: &OperationId,
    came: Option<&PartCame>,
) -> Result<(), StoreError> {
    if let Some(came) = came {
        kept(connection, operation, came)?;
    }
    connection.execute(
        "UPDATE parts SET unwanted = 1 WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

/// What is kept of the columns of a row, where anything is.
pub(super) fn came(row: &Row) -> Result<Option<PartCame>, StoreError> {
    let Some(sha256) = row.get::<_, Option<[u8; 32]>>("came_sha256")? else {
        return Ok(None);
    };
    Ok(Some(PartCame {
        size: count_from_column(row.get("came_size")?)?,
        sha256: Sha256Digest::from_bytes(sha256),
        copy: copy_from_column(&row.get::<_, String>("came_copy")?)?,
    }))
}

/// A download begins, with a part file that is still to be made.
pub(super) fn forget(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM parts WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

fn part(connection: &Connection, operation: &OperationId) -> Result<KnownPart, StoreError> {
    let mut statement = connection.prepare("SELECT * FROM parts WHERE operation = ?1")?;
    let known = statement.query_row([operation.as_str()], |row| Ok(known(row)));
    known
        .optional()?
        .unwrap_or_else(|| Ok(KnownPart::default()))
}

fn known(row: &Row) -> Result<KnownPart, StoreError> {
    let came = came(row)?;
    let (came, unwanted) = if row.get("unwanted")? {
        (None, came)
    } else {
        (came, None)
    };
    let part = KnownPart {
        mark: row.get("mark")?,
        checked: None,
        came,
        unwanted,
    };
    let Some(sha256) = row.get::<_, Option<[u8; 32]>>("sha256")? else {
        return Ok(part);
    };
    let format: Option<String> = row.get("format")?;
    let format = format.map(|word| AudioFormat::from_extension(&word).ok_or_else(unreadable));
    let milliseconds: Option<i64> = row.get("milliseconds")?;
    let checked = CheckedPart {
        name: path_from_column(row.get("name")?)?,
        numbered: row.get("numbered")?,
        size: count_from_column(row.get("size")?)?,
        sha256: Sha256Digest::from_bytes(sha256),
        format: format.transpose()?,
        milliseconds: milliseconds.map(count_from_column).transpose()?,
        audio: audio_from_column(&row.get::<_, String>("audio")?)?,
        completeness: completeness_from_column(&row.get::<_, String>("completeness")?)?,
        copy: copy_from_column(&row.get::<_, String>("copy")?)?,
    };
    Ok(KnownPart {
        checked: Some(checked),
        ..part
    })
}
