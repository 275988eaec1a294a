use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::{AccountKey, Holder, KeptAccount, ServiceOrigin};
use crate::store::value_codec::unreadable;
use crate::store::{Store, StoreError};

const COLUMNS: &str = "origin, holder, user_name, person, person_id, is_locked";

impl Store {
    /// Whether the keychain was given a token for `key` that it is not known to have forgotten: where
    /// there is no keychain for the moment, that one is still in it.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn may_keep_token(&self, key: &AccountKey) -> Result<bool, StoreError> {
        Ok(self.kept_account(key).await?.is_some())
    }

    /// What is known of the account that the keychain was given a token for.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn kept_account(&self, key: &AccountKey) -> Result<Option<KeptAccount>, StoreError> {
        let key = key.clone();
        self.writer
            .ask(move |connection| {
                let found = connection.query_row(
                    &format!(
                        "SELECT {COLUMNS} FROM kept_accounts WHERE origin = ?1 AND holder = ?2"
                    ),
                    names(&key),
                    |row| Ok(account(row)),
                );
                found.optional()?.transpose()
            })
            .await
    }

    /// The accounts whose tokens the keychain keeps, and is not to forget, in the order of their names.
    ///
    /// # Errors
    /// [`StoreError`] where they can't be read.
    pub async fn kept_accounts(&self) -> Result<Vec<KeptAccount>, StoreError> {
        self.writer
            .ask(|connection| {
                let mut statement = connection.prepare(&format!(
                    "SELECT {COLUMNS} FROM kept_accounts AS kept WHERE NOT EXISTS (
                         SELECT 1 FROM tokens_to_forget AS owed
                         WHERE owed.origin = kept.origin AND owed.holder = kept.holder)
                     ORDER BY coalesce(person, user_name, '') COLLATE NOCASE, origin, holder"
                ))?;
                let mut rows = statement.query([])?;
                let mut accounts = Vec::new();
                while let Some(row) = rows.next()? {
                    accounts.push(account(row)?);
                }
                Ok(accounts)
            })
            .await
    }

    /// Whom the keychain signs in to `origin` at a start: who was signed in last. Where nothing is known of
    /// any account there, it may keep a token all the same, for nobody in particular.
    ///
    /// # Errors
    /// [`StoreError`] where that can't be read.
    pub async fn account_to_resume(
        &self,
        origin: &ServiceOrigin,
    ) -> Result<Option<AccountKey>, StoreError> {
        let origin = origin.clone();
        self.writer
            .ask(move |connection| {
                let first = connection.query_row(
                    "SELECT holder, is_present FROM kept_accounts WHERE origin = ?1
                     ORDER BY is_present DESC",
                    [origin.ascii()],
                    |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)),
                );
                Ok(match first.optional()? {
                    None => Some(AccountKey::unnamed(origin)),
                    Some((_, false)) => None,
                    Some((holder, true)) => Some(AccountKey {
                        origin,
                        holder: Holder::from_text(&holder),
                    }),
                })
            })
            .await
    }
}

/// The keychain was given a token for this account, which somebody signed in by hand; no other is signed in.
pub(super) fn begin(connection: &Connection, account: &KeptAccount) -> Result<(), StoreError> {
    go_on(connection, account)?;
    unlock(connection, &account.key)
}

/// What the keychain keeps for this account is gone on with; no other is signed in.
pub(super) fn go_on(connection: &Connection, account: &KeptAccount) -> Result<(), StoreError> {
    nobody_is_present(connection)?;
    let (origin, holder) = names(&account.key);
    connection.execute(
        "INSERT INTO kept_accounts (origin, holder, user_name, person, person_id, is_present)
         VALUES (?1, ?2, ?3, ?4, ?5, 1)
         ON CONFLICT (origin, holder) DO UPDATE SET
             user_name = coalesce(excluded.user_name, user_name),
             person = coalesce(excluded.person, person),
             person_id = coalesce(excluded.person_id, person_id),
             is_present = 1",
        params![
            origin,
            holder,
            account.user_name,
            account.person,
            account.person_id,
        ],
    )?;
    Ok(())
}

/// Nobody is signed in by what the keychain keeps.
pub(super) fn nobody_is_present(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE kept_accounts SET is_present = 0", [])?;
    Ok(())
}

/// The password is asked for before any account is gone on with but this one.
pub(super) fn lock(connection: &Connection, but: Option<&AccountKey>) -> Result<(), StoreError> {
    let (origin, holder) = but.map(names).unzip();
    connection.execute(
        "UPDATE kept_accounts SET is_locked = 1 WHERE origin IS NOT ?1 OR holder IS NOT ?2",
        params![origin, holder],
    )?;
    Ok(())
}

/// This account's password was typed.
pub(super) fn unlock(connection: &Connection, key: &AccountKey) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE kept_accounts SET is_locked = 0 WHERE origin = ?1 AND holder = ?2",
        names(key),
    )?;
    Ok(())
}

/// Whose the token is that it keeps is not known.
pub(super) fn forget_whose(connection: &Connection, key: &AccountKey) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE kept_accounts SET user_name = NULL, person = NULL, person_id = NULL
         WHERE origin = ?1 AND holder = ?2",
        names(key),
    )?;
    Ok(())
}

pub(super) fn end(connection: &Connection, key: &AccountKey) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM kept_accounts WHERE origin = ?1 AND holder = ?2",
        names(key),
    )?;
    Ok(())
}

fn names(key: &AccountKey) -> (String, String) {
    (key.origin.ascii(), key.holder.to_string())
}

fn account(row: &Row<'_>) -> Result<KeptAccount, StoreError> {
    let (origin, holder): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(KeptAccount {
        key: AccountKey {
            origin: ServiceOrigin::parse(&origin).map_err(|_| unreadable())?,
            holder: Holder::from_text(&holder),
        },
        user_name: row.get(2)?,
        person: row.get(3)?,
        person_id: row.get(4)?,
        is_locked: row.get(5)?,
    })
}
