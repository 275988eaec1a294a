use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::domain::{DoctorName, KeptPart, OperationId};
use crate::store::value_codec::{
    name_from_column, path_from_column, path_to_column, time_from_column,
};
use crate::store::{Change, Store, StoreError, parts, parts_apart};

/// A download that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The operation, as the audit record knows it.
    pub operation: OperationId,
    /// The service's key.
    pub service: String,
    /// The doctor.
    pub doctor: DoctorName,
    /// The final path.
    pub destination: PathBuf,
    /// The part file.
    pub part: PathBuf,
    /// Who was signed in, where known.
    pub person: Option<String>,
    /// When it began.
    pub begun_at: Timestamp,
}

impl Store {
    /// Keeps in mind that a download begins.
    ///
    /// # Errors
    /// [`StoreError`], and then it is not kept in mind.
    pub async fn begin_transfer(&self, transfer: Transfer) -> Result<(), StoreError> {
        self.apply(vec![Change::BeginTransfer(transfer)]).await
    }

    /// Keeps in mind that a download has ended, however it did; one that was not known is fine.
    ///
    /// # Errors
    /// [`StoreError`], and then it still counts as unfinished.
    pub async fn end_transfer(&self, operation: &OperationId) -> Result<(), StoreError> {
        self.apply(vec![Change::EndTransfer(operation.clone())])
            .await
    }

    /// The parts of recordings that are kept for a service and wait for the person, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn kept_parts(&self, service: &str) -> Result<Vec<KeptPart>, StoreError> {
        let service = service.to_owned();
        self.writer
            .ask(move |connection| kept(connection, &service))
            .await
    }

    /// Takes what is kept of a download, for one who goes on with it or discards it: nobody else is given
    /// it then. `None` where it is not kept, or was taken.
    ///
    /// # Errors
    /// [`StoreError`], and then it is not taken.
    pub async fn take_kept_part(
        &self,
        service: &str,
        operation: &OperationId,
    ) -> Result<Option<KeptPart>, StoreError> {
        let (service, operation) = (service.to_owned(), operation.clone());
        self.writer
            .ask(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let all = kept(&transaction, &service)?;
                let taken = all.into_iter().find(|one| one.operation == operation);
                if taken.is_some() {
                    set_recorded(&transaction, &operation, false)?;
                }
                transaction.commit()?;
                Ok(taken)
            })
            .await
    }

    /// The downloads that began and of whose end the record says nothing, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn unfinished_transfers(&self) -> Result<Vec<Transfer>, StoreError> {
        self.writer.ask(|connection| unfinished(connection)).await
    }
}

pub(super) fn begin(connection: &Connection, transfer: &Transfer) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO transfers (operation, service, doctor, destination, part, begun_at, person)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (operation) DO UPDATE SET service = excluded.service,
            doctor = excluded.doctor, destination = excluded.destination,
            part = excluded.part, begun_at = excluded.begun_at,
            person = excluded.person, recorded = 0",
        params![
            transfer.operation.as_str(),
            transfer.service,
            transfer.doctor.as_str(),
            path_to_column(&transfer.destination),
            path_to_column(&transfer.part),
            transfer.begun_at.to_string(),
            transfer.person,
        ],
    )?;
    parts::forget(connection, &transfer.operation)
}

/// The record says how a download ended, or does not any more. Where it does and nothing is kept of it, it is
/// over, and its part file is to be removed.
pub(super) fn set_recorded(
    connection: &Connection,
    operation: &OperationId,
    recorded: bool,
) -> Result<(), StoreError> {
    let changed = connection.execute(
        "UPDATE transfers SET recorded = ?2 WHERE operation = ?1 AND EXISTS (
            SELECT 1 FROM parts
            WHERE parts.operation = transfers.operation AND came_sha256 IS NOT NULL
               AND unwanted = 0
         )",
        params![operation.as_str(), recorded],
    )?;
    if recorded && changed == 0 {
        parts_apart::left(connection, operation)?;
        end(connection, operation)?;
    }
    Ok(())
}

fn kept(connection: &Connection, service: &str) -> Result<Vec<KeptPart>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT operation, doctor, destination, part, mark, came_size, came_sha256, came_copy
         FROM transfers JOIN parts USING (operation)
         WHERE service = ?1 AND recorded = 1 AND unwanted = 0 ORDER BY transfers.rowid",
    )?;
    let mut rows = statement.query([service])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(came) = parts::came(row)? else {
            continue;
        };
        all.push(KeptPart {
            operation: OperationId::from_stored(row.get("operation")?),
            doctor: name_from_column(&row.get::<_, String>("doctor")?)?,
            destination: path_from_column(row.get("destination")?)?,
            part: path_from_column(row.get("part")?)?,
            mark: row.get("mark")?,
            came,
        });
    }
    Ok(all)
}

pub(super) fn end(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM transfers WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

fn unfinished(connection: &Connection) -> Result<Vec<Transfer>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT operation, service, doctor, destination, part, begun_at, person
         FROM transfers WHERE recorded = 0 ORDER BY rowid",
    )?;
    let mut rows = statement.query([])?;
    let mut transfers = Vec::new();
    while let Some(row) = rows.next()? {
        transfers.push(Transfer {
            operation: OperationId::from_stored(row.get(0)?),
            service: row.get(1)?,
            doctor: name_from_column(row.get_ref(2)?.as_str().unwrap_or_default())?,
            destination: path_from_column(row.get(3)?)?,
            part: path_from_column(row.get(4)?)?,
            begun_at: time_from_column(row.get_ref(5)?.as_str().unwrap_or_default())?,
            person: row.get(6)?,
        });
    }
    Ok(transfers)
}
