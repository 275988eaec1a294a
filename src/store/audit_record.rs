//! The audit record: entries are only ever appended, and each names the one before it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use crate::domain::{
    AuditDraft, AuditEntry, AuditOutcome, DamagedEntry, GENESIS, OperationId, Sha256Digest,
};
use crate::store::value_codec::{count_from_column, count_to_column};
use crate::store::{Store, StoreError};

/// What a check of the whole audit record found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordVerdict {
    /// Every entry is what was written, after the one that it names.
    Whole {
        /// How many entries there are.
        entries: u64,
        /// The last entry's number and digest; `None` where there is no entry.
        head: Option<(u64, Sha256Digest)>,
    },
    /// Someone changed the record.
    Broken(RecordFault),
}

/// The first place at which the record is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {number}: {kind}")]
pub struct RecordFault {
    /// The number of the entry at fault.
    pub number: u64,
    /// What is wrong with it.
    pub kind: RecordFaultKind,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordFaultKind {
    /// There is none of this number, though later ones are there.
    #[error("it is missing")]
    Missing,
    /// Its text has another digest than the one kept beside it.
    #[error("it was changed")]
    Changed,
    /// It names another digest as that of the entry before it.
    #[error("it does not follow the entry before it")]
    DoesNotFollow,
    /// Its text is in no form that the app writes, or speaks of another number.
    #[error("it is no entry")]
    NoEntry,
}

/// How many entries are checked before other requests get their turn.
const CHECKED_AT_ONCE: u64 = 1_000;

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
    /// [`Store::verify_record`].
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn entries(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Result<AuditEntry, DamagedEntry>>, StoreError> {
        self.writer
            .ask(move |connection| entries(connection, before, limit))
            .await
    }

    /// The last entry's number and digest.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn head(&self) -> Result<Option<(u64, Sha256Digest)>, StoreError> {
        self.writer.ask(|connection| head(connection)).await
    }

    /// Computes every digest anew and follows the chain from the first entry to the last.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read; what was done to it is in the verdict.
    pub async fn verify_record(&self) -> Result<RecordVerdict, StoreError> {
        let mut head = None;
        loop {
            let (before, step) = self
                .writer
                .ask(move |connection| Ok((head, verify_from(connection, head)?)))
                .await?;
            head = match step {
                Err(fault) => return Ok(RecordVerdict::Broken(fault)),
                Ok(reached) if reached == before => {
                    return Ok(RecordVerdict::Whole {
                        entries: reached.map_or(0, |(number, _)| number),
                        head: reached,
                    });
                }
                Ok(reached) => reached,
            };
        }
    }

    /// The entries of one operation, oldest first. Those that someone made unreadable are passed over:
    /// [`Store::verify_record`] names them.
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
    /// Entries that someone made unreadable are passed over: [`Store::verify_record`] names them.
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
    let (last, previous) = head(connection)?.unwrap_or((0, GENESIS));
    let written = AuditEntry {
        number: last + 1,
        previous,
        draft,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let canonical = written.canonical();
    // What can't be read back must not be in the record; and what is returned is what is there.
    let entry = AuditEntry::from_canonical(&canonical)
        .ok_or_else(|| StoreError::Failed("an entry that can't be read back".into()))?;
    connection.execute(
        "INSERT INTO audit (number, canonical, digest) VALUES (?1, ?2, ?3)",
        params![
            count_to_column(entry.number)?,
            canonical,
            Sha256Digest::of(canonical.as_bytes()).as_bytes()
        ],
    )?;
    Ok(entry)
}

fn head(connection: &Connection) -> Result<Option<(u64, Sha256Digest)>, StoreError> {
    let row: Option<(i64, [u8; 32])> = connection
        .query_row(
            "SELECT number, digest FROM audit ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    row.map(|(number, digest)| Ok((count_from_column(number)?, Sha256Digest::from_bytes(digest))))
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
        let number = count_from_column(row.get(0)?).unwrap_or_default();
        let canonical = row.get_ref(1)?.as_str().ok();
        let digest = row.get_ref(2)?.as_blob().ok();
        let entry = canonical
            .and_then(AuditEntry::from_canonical)
            .filter(|entry| entry.number == number)
            .filter(|entry| digest == Some(entry.digest().as_bytes().as_slice()));
        entries.push(entry.ok_or(DamagedEntry { number }));
    }
    Ok(entries)
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

type Head = Option<(u64, Sha256Digest)>;

/// Checks the entries after `head` and says which one it came to.
fn verify_from(
    connection: &Connection,
    mut head: Head,
) -> Result<Result<Head, RecordFault>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT number, canonical, digest FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let from = head.map_or(i64::MIN, |(number, _)| {
        i64::try_from(number).unwrap_or(i64::MAX)
    });
    let mut rows = statement.query((from, count_to_column(CHECKED_AT_ONCE)?))?;
    while let Some(row) = rows.next()? {
        let found: i64 = row.get(0)?;
        match verify_row(
            head,
            found,
            row.get_ref(1)?.as_bytes(),
            row.get_ref(2)?.as_bytes(),
        ) {
            Ok(next) => head = Some(next),
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(head))
}

fn verify_row(
    head: Head,
    found: i64,
    canonical: Result<&[u8], rusqlite::types::FromSqlError>,
    digest: Result<&[u8], rusqlite::types::FromSqlError>,
) -> Result<(u64, Sha256Digest), RecordFault> {
    let (last, previous) = head.unwrap_or((0, GENESIS));
    let number = last + 1;
    let fault = |kind| RecordFault { number, kind };
    match u64::try_from(found) {
        Ok(found) if found == number => {}
        Ok(found) if found > number => return Err(fault(RecordFaultKind::Missing)),
        // A number below 1: inserted before the first.
        _ => {
            return Err(RecordFault {
                number: 0,
                kind: RecordFaultKind::NoEntry,
            });
        }
    }
    let canonical = canonical.map_err(|_| fault(RecordFaultKind::NoEntry))?;
    let computed = Sha256Digest::of(canonical);
    if digest.ok() != Some(computed.as_bytes().as_slice()) {
        return Err(fault(RecordFaultKind::Changed));
    }
    let entry = std::str::from_utf8(canonical)
        .ok()
        .and_then(AuditEntry::from_canonical)
        .filter(|entry| entry.number == number)
        .ok_or_else(|| fault(RecordFaultKind::NoEntry))?;
    if entry.previous != previous {
        return Err(fault(RecordFaultKind::DoesNotFollow));
    }
    Ok((number, computed))
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
