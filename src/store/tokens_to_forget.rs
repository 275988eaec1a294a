use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::domain::{AccountKey, Holder, OperationId, ServiceOrigin};
use crate::store::value_codec::{time_from_column, unreadable};
use crate::store::{Store, StoreError};

/// A token that the keychain may still keep, although it is to be forgotten. Where the app ends before it is forgotten, this
/// is how the next start knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenToForget {
    /// The operation, as the audit record will know it.
    pub operation: OperationId,
    /// What the token is kept for.
    pub key: AccountKey,
    /// Who signed out, where known.
    pub person: Option<String>,
    /// Whether a person signed out; otherwise one signed in, and an earlier token may have stayed behind.
    pub is_sign_out: bool,
    /// When that was.
    pub asked_at: Timestamp,
}

impl Store {
    /// The tokens that are still to be forgotten, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn tokens_to_forget(&self) -> Result<Vec<TokenToForget>, StoreError> {
        self.writer.ask(|connection| all(connection)).await
    }
}

pub(super) fn begin(connection: &Connection, token: &TokenToForget) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO tokens_to_forget (operation, origin, holder, person, is_sign_out, asked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            token.operation.as_str(),
            token.key.origin.ascii(),
            token.key.holder.to_string(),
            token.person,
            token.is_sign_out,
            token.asked_at.to_string(),
        ],
    )?;
    Ok(())
}

pub(super) fn end(connection: &Connection, operation: &OperationId) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM tokens_to_forget WHERE operation = ?1",
        [operation.as_str()],
    )?;
    Ok(())
}

fn all(connection: &Connection) -> Result<Vec<TokenToForget>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT operation, origin, holder, person, is_sign_out, asked_at FROM tokens_to_forget
         ORDER BY rowid",
    )?;
    let mut rows = statement.query([])?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        let (origin, holder): (String, String) = (row.get(1)?, row.get(2)?);
        tokens.push(TokenToForget {
            operation: OperationId::from_stored(row.get(0)?),
            key: AccountKey {
                origin: ServiceOrigin::parse(&origin).map_err(|_| unreadable())?,
                holder: Holder::from_text(&holder),
            },
            person: row.get(3)?,
            is_sign_out: row.get(4)?,
            asked_at: time_from_column(row.get_ref(5)?.as_str().unwrap_or_default())?,
        });
    }
    Ok(tokens)
}
