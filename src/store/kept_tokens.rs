use rusqlite::{Connection, OptionalExtension as _};

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

    /// The user name that the token which is kept for `origin` was given for, where that is known.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn kept_user_name(
        &self,
        origin: &ServiceOrigin,
    ) -> Result<Option<String>, StoreError> {
        let origin = origin.ascii();
        self.writer
            .ask(move |connection| {
                let kept = "SELECT user_name FROM kept_tokens WHERE origin = ?1";
                let name = connection.query_row(kept, [origin], |row| row.get(0));
                Ok(name.optional()?.flatten())
            })
            .await
    }
}

pub(super) fn begin(
    connection: &Connection,
    origin: &ServiceOrigin,
    user_name: Option<&str>,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO kept_tokens (origin, user_name) VALUES (?1, ?2)
         ON CONFLICT (origin) DO UPDATE SET user_name = excluded.user_name",
        (origin.ascii(), user_name),
    )?;
    Ok(())
}

pub(super) fn forget_user_name(
    connection: &Connection,
    origin: &ServiceOrigin,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE kept_tokens SET user_name = NULL WHERE origin = ?1",
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
