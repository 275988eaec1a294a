use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::{AuditAction, AuditEntry, DeletionRules};
use crate::store::migration::RULES;
use crate::store::{Store, StoreError};

/// What this computer asks of a delete, in both places where that stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownRules {
    /// As they are kept, in words.
    pub kept: Option<String>,
    /// As the record's last entry of a change says.
    pub recorded: Option<String>,
}

impl Store {
    /// What this computer asks of a delete.
    ///
    /// # Errors
    /// [`StoreError`] where it can't be read.
    pub async fn deletion_rules(&self) -> Result<KnownRules, StoreError> {
        self.bring_acts_up_to_date().await;
        self.writer
            .ask(|connection| {
                // Somebody may have taken the table away: that is no reason to ask for less.
                let kept = kept(connection).unwrap_or_else(|error| Some(error.to_string()));
                Ok(KnownRules {
                    kept,
                    recorded: recorded(connection)?,
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

/// Empty where the last entry of a change can't be read.
fn recorded(connection: &Connection) -> Result<Option<String>, StoreError> {
    let canonical: Option<Option<String>> = connection
        .query_row(
            "SELECT canonical FROM acts LEFT JOIN audit ON number = first
             WHERE action = ?1 ORDER BY first DESC LIMIT 1",
            [AuditAction::ChangeRules.code()],
            |row| row.get(0),
        )
        .optional()?;
    let plan = |canonical: Option<String>| {
        let entry = AuditEntry::from_canonical(&canonical?)?;
        entry.draft.plan
    };
    Ok(canonical.map(|canonical| plan(canonical).unwrap_or_default()))
}
