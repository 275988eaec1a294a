use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::{AuditAction, DeletionRules};
use crate::store::audit_record::entry_in;
use crate::store::migration::RULES;
use crate::store::{Store, StoreError};

/// What this computer asks of a delete, in both places where that stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownRules {
    /// As they are kept, in words.
    pub kept: Option<String>,
    /// As the record's last entry of a change says that is what the app wrote.
    pub recorded: Option<String>,
    /// Whether an entry of a later change is not what the app wrote.
    pub is_damaged: bool,
}

impl Store {
    /// What this computer asks of a delete.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn deletion_rules(&self) -> Result<KnownRules, StoreError> {
        self.writer
            .ask(|connection| {
                let transaction = connection.transaction()?;
                // Somebody may have taken the table away: that is no reason to ask for less.
                let kept = kept(&transaction).unwrap_or_else(|error| Some(error.to_string()));
                let (recorded, is_damaged) = recorded(&transaction)?;
                Ok(KnownRules {
                    kept,
                    recorded,
                    is_damaged,
                })
            })
            .await
    }
}

pub(super) fn keep(connection: &Connection, rules: &DeletionRules) -> Result<(), StoreError> {
    connection.execute_batch(RULES)?;
    connection.execute(
        "INSERT OR REPLACE INTO deletion_rules (one, words) VALUES (1, ?1)",
        [rules.to_words()],
    )?;
    Ok(())
}

fn kept(connection: &Connection) -> Result<Option<String>, StoreError> {
    let words = "SELECT words FROM deletion_rules";
    Ok(connection
        .query_row(words, [], |row| row.get(0))
        .optional()?)
}

/// The words of the last change, from the record itself and nothing that is derived of it; whether a later
/// one is not what the app wrote.
fn recorded(connection: &Connection) -> Result<(Option<String>, bool), StoreError> {
    let mut statement = connection.prepare(
        "SELECT number, canonical, digest FROM audit
         WHERE instr(CAST(canonical AS BLOB), CAST(?1 AS BLOB)) > 0 ORDER BY number DESC",
    )?;
    let says = format!("\"{}\"", AuditAction::ChangeRules.code());
    let mut rows = statement.query([says])?;
    let mut is_damaged = false;
    while let Some(row) = rows.next()? {
        match entry_in(row)? {
            Ok(entry) if entry.draft.action == AuditAction::ChangeRules => {
                return Ok((entry.draft.plan, is_damaged));
            }
            Ok(_) => {}
            Err(_) => is_damaged = true,
        }
    }
    Ok((None, is_damaged))
}
