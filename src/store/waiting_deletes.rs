use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::domain::{DoctorName, OperationId};
use crate::store::value_codec::{name_from_column, time_from_column};
use crate::store::{Store, StoreError};

/// A delete that a person confirmed and that was not sent yet: it backs up first, or waits for
/// Stop. Where the app ends meanwhile, this is how the next start knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDelete {
    /// The operation, as the audit record will know it.
    pub operation: OperationId,
    /// The service's key.
    pub service: String,
    /// The doctor, or all of them.
    pub doctor: Option<DoctorName>,
    /// Who confirmed it, where known.
    pub person: Option<String>,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
}

impl Store {
    /// The deletes that were confirmed and never sent, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn waiting_deletes(&self) -> Result<Vec<WaitingDelete>, StoreError> {
        self.writer.ask(|connection| waiting(connection)).await
    }
}

pub(super) fn begin(connection: &Connection, delete: &WaitingDelete) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO waiting_deletes (operation, service, doctor, person, confirmed_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            delete.operation.as_str(),
            delete.service,
            delete.doctor.as_ref().map(DoctorName::as_str),
            delete.person,
            delete.confirmed_at.to_string(),
        ],
    )?;
    Ok(())
}

pub(super) fn end(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM waiting_deletes WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

fn waiting(connection: &Connection) -> Result<Vec<WaitingDelete>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT operation, service, doctor, confirmed_at, person
         FROM waiting_deletes ORDER BY rowid",
    )?;
    let mut rows = statement.query([])?;
    let mut deletes = Vec::new();
    while let Some(row) = rows.next()? {
        let doctor: Option<String> = row.get(2)?;
        deletes.push(WaitingDelete {
            operation: OperationId::from_stored(row.get(0)?),
            service: row.get(1)?,
            doctor: doctor.as_deref().map(name_from_column).transpose()?,
            confirmed_at: time_from_column(row.get_ref(3)?.as_str().unwrap_or_default())?,
            person: row.get(4)?,
        });
    }
    Ok(deletes)
}
