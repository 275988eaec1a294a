use rusqlite::{Connection, params};

use crate::domain::{AudioFormat, OperationId, SetAside, Sha256Digest, Unfit};
use crate::store::value_codec::{
    count_from_column, count_to_column, name_from_column, path_from_column, path_to_column,
    time_from_column, unreadable,
};
use crate::store::{Store, StoreError};

impl Store {
    /// What was set aside for a service, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn set_aside(&self, service: &str) -> Result<Vec<SetAside>, StoreError> {
        let service = service.to_owned();
        self.writer
            .ask(move |connection| set_aside(connection, &service))
            .await
    }
}

pub(super) fn begin(
    connection: &Connection,
    service: &str,
    set_aside: &SetAside,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO set_aside (operation, service, doctor, path, part, size, sha256, format,
            unfit, reason, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            set_aside.operation.as_str(),
            service,
            set_aside.doctor.as_str(),
            path_to_column(&set_aside.path),
            path_to_column(&set_aside.part),
            count_to_column(set_aside.size)?,
            set_aside.sha256.as_bytes(),
            set_aside.format.map(AudioFormat::extension),
            set_aside.unfit.code(),
            set_aside.reason,
            set_aside.at.to_string(),
        ],
    )?;
    Ok(())
}

pub(super) fn end(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM set_aside WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

fn set_aside(connection: &Connection, service: &str) -> Result<Vec<SetAside>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT operation, doctor, path, part, size, sha256, format, unfit, reason, at
         FROM set_aside WHERE service = ?1 ORDER BY rowid",
    )?;
    let mut rows = statement.query([service])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let format: Option<String> = row.get("format")?;
        let format = format.map(|word| AudioFormat::from_extension(&word).ok_or_else(unreadable));
        all.push(SetAside {
            operation: OperationId::from_stored(row.get("operation")?),
            doctor: name_from_column(&row.get::<_, String>("doctor")?)?,
            path: path_from_column(row.get("path")?)?,
            part: path_from_column(row.get("part")?)?,
            size: count_from_column(row.get("size")?)?,
            sha256: Sha256Digest::from_bytes(row.get("sha256")?),
            format: format.transpose()?,
            unfit: Unfit::from_code(&row.get::<_, String>("unfit")?).ok_or_else(unreadable)?,
            reason: row.get("reason")?,
            at: time_from_column(&row.get::<_, String>("at")?)?,
        });
    }
    Ok(all)
}
