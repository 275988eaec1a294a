//! The triggers that keep accidents away from the record, put back where somebody took them away.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{AuditDraft, AuditEntry};
use crate::store::migration::{MIGRATIONS, migrate};
use crate::store::{Store, StoreError, audit_record};

/// How much of a foreign trigger's name is recorded, in characters.
const NAME: usize = 60;

impl Store {
    /// Puts back what is missing or was changed of the triggers that this version makes, takes away
    /// others, and records that by `draft`. `None` where they are as they should be.
    ///
    /// # Errors
    /// [`StoreError`], and then nothing of it was done.
    pub async fn mend_guards(&self, draft: AuditDraft) -> Result<Option<AuditEntry>, StoreError> {
        self.writer
            .ask(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let Some(words) = mend(&transaction)? else {
                    return Ok(None);
                };
                let note = Some(words);
                let entry = audit_record::append(&transaction, AuditDraft { note, ..draft })?;
                transaction.commit()?;
                Ok(Some(entry))
            })
            .await
    }
}

/// Says what was done.
fn mend(connection: &Connection) -> Result<Option<String>, StoreError> {
    let expected = {
        let mut model = Connection::open_in_memory()?;
        migrate(&mut model, MIGRATIONS)?;
        triggers(&model)?
    };
    let found = triggers(connection)?;
    let mut words = Vec::new();
    for (name, _) in found
        .iter()
        .filter(|(name, _)| !expected.contains_key(*name))
    {
        drop_trigger(connection, name)?;
        let shown: String = name.chars().take(NAME).collect();
        words.push(format!("taken away: {shown}"));
    }
    for (name, sql) in &expected {
        let how = match found.get(name) {
            Some(there) if there == sql => continue,
            Some(_) => {
                drop_trigger(connection, name)?;
                "put back as it was"
            }
            None => "put back",
        };
        connection.execute_batch(sql)?;
        words.push(format!("{how}: {name}"));
    }
    Ok((!words.is_empty()).then(|| words.join("; ")))
}

/// Their names, each with the text that made it.
fn triggers(connection: &Connection) -> Result<BTreeMap<String, String>, StoreError> {
    let mut statement =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn drop_trigger(connection: &Connection, name: &str) -> Result<(), StoreError> {
    let quoted = name.replace('"', "\"\"");
    Ok(connection.execute_batch(&format!("DROP TRIGGER \"{quoted}\""))?)
}
