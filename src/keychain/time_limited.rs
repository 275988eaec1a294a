//! A keychain with a time limit on each call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{AccountKey, Secret};
use crate::keychain::limited_calls::LimitedCalls;
use crate::keychain::{KeychainError, TokenStore};

/// A token store that never keeps anyone waiting for longer than a limit.
///
/// Each call runs on a thread of its own. One that stands past the limit is left behind, and
/// while [`Keychain::MOST_AT_ONCE`] of them stand, every further call fails at once.
#[derive(Clone)]
pub struct Keychain {
    shared: Arc<Shared>,
    calls: LimitedCalls,
}

struct Shared {
    store: Arc<dyn TokenStore>,
    /// The number of the last write for each account, so that a late one can tell whether it was
    /// that.
    writes: Mutex<HashMap<AccountKey, u64>>,
    /// What changes the store waits for what changed it before: a late write must not land on a
    /// later one.
    turn: Mutex<()>,
}

impl Keychain {
    /// Long enough for a person to answer the system's own question for the keychain's password.
    pub const USUAL_LIMIT: Duration = Duration::from_mins(1);

    /// How many calls may stand at the same time.
    pub const MOST_AT_ONCE: usize = 4;

    /// Puts `limit` on each call to `store`.
    #[must_use]
    pub fn new(store: Arc<dyn TokenStore>, limit: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                writes: Mutex::default(),
                turn: Mutex::default(),
            }),
            calls: LimitedCalls::new("keychain", limit, Self::MOST_AT_ONCE),
        }
    }

    /// The token kept for `key`, if there is one.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's.
    pub async fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        let key = key.clone();
        self.call(move |shared| shared.store.read(&key), |_, _| ())
            .await
    }

    /// Keeps `token` for `key`, in place of an earlier one.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's. The token is not kept
    /// then: a write that succeeds after its limit is taken back.
    pub async fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        let write = self.shared.begin_write(key);
        let (key, token) = (key.clone(), token.clone());
        let undone = key.clone();
        self.call(
            move |shared| {
                let _turn = shared.turn();
                shared.store.write(&key, &token)
            },
            move |shared, result| {
                let _turn = shared.turn();
                let is_last = shared.last_write(&undone) == Some(write);
                if result.is_ok() && is_last && shared.store.forget(&undone).is_err() {
                    tracing::warn!("a late write to the keychain could not be taken back");
                }
            },
        )
        .await
    }

    /// Forgets the token for `key`; none being there is fine.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's. The token may still be
    /// kept then.
    pub async fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        let key = key.clone();
        let work = move |shared: &Shared| {
            let _turn = shared.turn();
            shared.store.forget(&key)
        };
        self.call(work, |_, _| ()).await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, KeychainError> + Send + 'static,
        late: impl FnOnce(&Shared, Result<T, KeychainError>) + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (shared, shared_late) = (Arc::clone(&self.shared), Arc::clone(&self.shared));
        self.calls
            .call(
                move || work(&shared),
                move |result| late(&shared_late, result),
            )
            .await
    }
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_write(&self, key: &AccountKey) -> u64 {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let last = writes.entry(key.clone()).or_default();
        *last += 1;
        *last
    }

    fn last_write(&self, key: &AccountKey) -> Option<u64> {
        let writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.get(key).copied()
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keychain")
    }
}
