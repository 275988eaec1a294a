//! The audit record: entries are only ever appended, and each names the one before it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::Deserialize;

use crate::domain::{
    AuditDraft, AuditEntry, AuditOutcome, DamagedEntry, GENESIS, OperationId, RecordHead,
    Sha256Digest,
};
use crate::store::value_codec::{count_from_column, count_to_column};
use crate::store::{Store, StoreError};

impl Store {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`StoreError`], and then there is no entry.
    pub async fn append(&self, draft: AuditDraft) -> Result<AuditEntry, StoreError> {
        self.append_with(draft, Vec::new()).await
    }

    /// Up to `limit` entries with numbers below `before`, or the last ones, newest first. One that
    /// was changed or is no entry is named in its place; what it takes the chain to find is for
    /// [`Store::check_record`].
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn entries(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Result<AuditEntry, DamagedEntry>>, StoreError> {
        self.reader
            .ask(move |connection| entries(connection, before, limit))
            .await
    }

    /// The number and the digest of the last entry that the app wrote.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn head(&self) -> Result<Option<RecordHead>, StoreError> {
        self.writer
            .ask(|connection| head_as_written(connection))
            .await
    }

    /// Whether the record has this very entry.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn has(&self, head: RecordHead) -> Result<bool, StoreError> {
        self.writer
            .ask(move |connection| {
                let canonical: Option<Vec<u8>> = connection
                    .query_row(
                        "SELECT CAST(canonical AS BLOB) FROM audit WHERE number = ?1",
                        [count_to_column(head.number)?],
                        |row| row.get(0),
                    )
                    .optional()?;
                Ok(canonical.is_some_and(|text| Sha256Digest::of(&text) == head.digest))
            })
            .await
    }

    /// Lets the record go on behind this entry, where it is further than what the app wrote last: the
    /// entries up to it count as missing, and their numbers are not used again.
    ///
    /// # Errors
    /// [`StoreError`], and then nothing has changed.
    pub async fn go_on_behind(&self, kept: RecordHead) -> Result<(), StoreError> {
        self.writer
            .ask(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let known = [head(&transaction)?, head_as_written(&transaction)?];
                let known = known.into_iter().flatten().map(|head| head.number).max();
                if known.is_none_or(|known| known < kept.number) {
                    put_head(&transaction, kept)?;
                }
                Ok(transaction.commit()?)
            })
            .await
    }

    /// The entries of one operation, oldest first. Those that someone made unreadable are passed over:
    /// [`Store::check_record`] names them.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn entries_of(&self, operation: &OperationId) -> Result<Vec<AuditEntry>, StoreError> {
        let operation = operation.clone();
        self.writer
            .ask(move |connection| entries_of(connection, &operation))
            .await
    }

    /// The intents of which nothing later says what came of them, oldest first.
    ///
    /// Entries that someone made unreadable are passed over: [`Store::check_record`] names them.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn unfinished_operations(&self) -> Result<Vec<AuditEntry>, StoreError> {
        self.writer
            .ask(|connection| unfinished_operations(connection))
            .await
    }
}

/// Appends inside the caller's transaction, which has to be one that no other can write beside
/// (`BEGIN IMMEDIATE`).
pub(super) fn append(connection: &Connection, draft: AuditDraft) -> Result<AuditEntry, StoreError> {
    let last = head(connection)?;
    // Where somebody cut the end off or added to it, what the app wrote last is gone on with: no number
    // is used again, and the place shows.
    let wrote = head_as_written(connection)?.or(last);
    let numbers = [last, wrote].into_iter().flatten().map(|head| head.number);
    let written = AuditEntry {
        number: numbers.max().unwrap_or(0) + 1,
        previous: wrote.map_or(GENESIS, |wrote| wrote.digest),
        draft,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let canonical = written.canonical();
    // What can't be read back must not be in the record; and what is returned is what is there.
    let entry = AuditEntry::from_canonical(&canonical)
        .ok_or_else(|| StoreError::Failed("an entry that can't be read back".into()))?;
    let (number, digest) = (entry.number, Sha256Digest::of(canonical.as_bytes()));
    connection
        .prepare_cached("INSERT INTO audit (number, canonical, digest) VALUES (?1, ?2, ?3)")?
        .execute(params![
            count_to_column(number)?,
            canonical,
            digest.as_bytes()
        ])?;
    put_head(connection, RecordHead { number, digest })?;
    Ok(entry)
}

fn put_head(connection: &Connection, head: RecordHead) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit_head (one, number, digest) VALUES (1, ?1, ?2)
         ON CONFLICT (one) DO UPDATE SET number = excluded.number, digest = excluded.digest",
    )?;
    statement.execute(params![
        count_to_column(head.number)?,
        head.digest.as_bytes()
    ])?;
    Ok(())
}

/// The last entry that is there.
fn head(connection: &Connection) -> Result<Option<RecordHead>, StoreError> {
    head_by(
        connection,
        "SELECT number, digest FROM audit ORDER BY number DESC LIMIT 1",
    )
}

/// The last entry that the app wrote.
pub(super) fn head_as_written(connection: &Connection) -> Result<Option<RecordHead>, StoreError> {
    head_by(connection, "SELECT number, digest FROM audit_head")
}

fn head_by(connection: &Connection, query: &str) -> Result<Option<RecordHead>, StoreError> {
    let row: Option<(i64, [u8; 32])> = connection
        .prepare_cached(query)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    row.map(|(number, digest)| {
        Ok(RecordHead {
            number: count_from_column(number)?,
            digest: Sha256Digest::from_bytes(digest),
        })
    })
    .transpose()
}

fn entries(
    connection: &Connection,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Result<AuditEntry, DamagedEntry>>, StoreError> {
    let before = before.map_or(Ok(i64::MAX), count_to_column)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection
        .prepare("SELECT number, canonical, digest FROM audit WHERE number < ?1 ORDER BY number DESC LIMIT ?2")?;
    let mut rows = statement.query((before, limit))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry_in(row)?);
    }
    Ok(entries)
}

/// The entry in a row's first three columns: its number, its text, and the digest kept beside it. It is
/// damaged where it is not what the app writes, or where only its number is left.
pub(super) fn entry_in(row: &Row<'_>) -> Result<Result<AuditEntry, DamagedEntry>, StoreError> {
    let number = count_from_column(row.get(0)?).unwrap_or_default();
    let canonical = row.get_ref(1)?.as_str().ok();
    let digest = row.get_ref(2)?.as_blob().ok();
    let entry = canonical
        .and_then(AuditEntry::from_canonical)
        .filter(|entry| entry.number == number)
        .filter(|entry| digest == Some(entry.digest().as_bytes().as_slice()));
    Ok(entry.ok_or(DamagedEntry { number }))
}

fn entries_of(
    connection: &Connection,
    operation: &OperationId,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut statement = connection
        .prepare("SELECT canonical FROM audit WHERE instr(canonical, ?1) > 0 ORDER BY number")?;
    let mut rows = statement.query([operation.as_str()])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let canonical = row.get_ref(0)?.as_str().ok();
        let entry = canonical.and_then(AuditEntry::from_canonical);
        entries.extend(entry.filter(|entry| entry.draft.operation == *operation));
    }
    Ok(entries)
}

fn unfinished_operations(connection: &Connection) -> Result<Vec<AuditEntry>, StoreError> {
    /// As much of an entry as tells whether its operation goes on.
    #[derive(Deserialize)]
    struct Step {
        operation: String,
        outcome: String,
    }
    let mut statement = connection.prepare("SELECT canonical FROM audit ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let Ok(canonical) = row.get_ref(0)?.as_str() else {
            continue;
        };
        let Ok(step) = serde_json::from_str::<Step>(canonical) else {
            continue;
        };
        if step.outcome == AuditOutcome::Intended.code() {
            open.entry(step.operation)
                .or_insert_with(|| canonical.to_owned());
        } else if AuditOutcome::from_code(&step.outcome).is_none_or(AuditOutcome::is_final) {
            open.remove(&step.operation);
        }
    }
    let mut entries: Vec<AuditEntry> = open
        .values()
        .filter_map(|canonical| AuditEntry::from_canonical(canonical))
        .collect();
    entries.sort_by_key(|entry| entry.number);
    Ok(entries)
}
