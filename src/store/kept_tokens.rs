use rusqlite::Connection;

use crate::domain::ServiceOrigin;
use crate::store::{Store, StoreError};

impl Store {
    /// Whether the keychain was given a token for `origin` that it is not known to have forgotten: where
    /// there is no keychain for the moment, that one is still in it.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn may_keep_token(&self, origin: &ServiceOrigin) -> Result<bool, StoreError> {
        let origin = origin.ascii();
        self.writer
            .ask(move |connection| {
                let kept = "SELECT EXISTS (SELECT 1 FROM kept_tokens WHERE origin = ?1)";
                Ok(connection.query_one(kept, [origin], |row| row.get(0))?)
            })
            .await
    }
}

pub(super) fn begin(connection: &Connection, origin: &ServiceOrigin) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO kept_tokens (origin) VALUES (?1) ON CONFLICT DO NOTHING",
        [origin.ascii()],
    )?;
    Ok(())
}

pub(super) fn end(connection: &Connection, origin: &ServiceOrigin) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM kept_tokens WHERE origin = ?1",
        [origin.ascii()],
    )?;
    Ok(())
}
