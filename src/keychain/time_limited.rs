//! A keychain with a time limit on each call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{AccountKey, Secret};
use crate::keychain::limited_calls::{Begun, IsWaitedFor, LimitedCalls};
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
    /// The number of the last write for each account that was let in, so that a late one can tell whether
    /// it was that.
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
        let begun = self.begin(move |shared, _| shared.store.read(&key), |_, _| ())?;
        begun.answer().await
    }

    /// Keeps `token` for `key`, in place of an earlier one.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's. The token is not kept
    /// then: a write that succeeds after its limit is taken back.
    pub async fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        let begun = self.begin_write(key, token)?;
        begun.answer().await
    }

    fn begin_write(&self, key: &AccountKey, token: &Secret) -> Result<Begun<()>, KeychainError> {
        // Held until it is certain that it was let in: one that was not takes nothing's place.
        let mut writes = self.shared.writes();
        let write = writes.get(key).map_or(1, |last| last + 1);
        let (key, token) = (key.clone(), token.clone());
        let (written, undone) = (key.clone(), key.clone());
        let begun = self.begin(
            move |shared, is_waited_for| {
                let _turn = shared.turn();
                if shared.last_write(&written) != write {
                    return Err(KeychainError::NoAnswer);
                }
                if !is_waited_for() {
                    // Nor does one stay whose place it was to take.
                    shared.take_back(&written);
                    return Err(KeychainError::NoAnswer);
                }
                shared.store.write(&written, &token)
            },
            move |shared, result| {
                let _turn = shared.turn();
                if result.is_ok() && shared.last_write(&undone) == write {
                    shared.take_back(&undone);
                }
            },
        )?;
        writes.insert(key, write);
        Ok(begun)
    }

    /// Forgets the token for `key`; none being there is fine.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's. The token may still be
    /// kept then.
    pub async fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        let key = key.clone();
        let write = self.shared.last_write(&key);
        let begun = self.begin(
            move |shared, is_waited_for| {
                let _turn = shared.turn();
                if !is_waited_for() && shared.last_write(&key) != write {
                    return Err(KeychainError::NoAnswer);
                }
                shared.store.forget(&key)
            },
            |_, _| (),
        )?;
        begun.answer().await
    }

    fn begin<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared, IsWaitedFor<'_>) -> Result<T, KeychainError> + Send + 'static,
        late: impl FnOnce(&Shared, Result<T, KeychainError>) + Send + 'static,
    ) -> Result<Begun<T>, KeychainError> {
        let (shared, shared_late) = (Arc::clone(&self.shared), Arc::clone(&self.shared));
        self.calls.begin(
            move |is_waited_for| work(&shared, is_waited_for),
            move |result| late(&shared_late, result),
        )
    }
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writes(&self) -> MutexGuard<'_, HashMap<AccountKey, u64>> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the last write for `key` that was let in, 0 where there was none.
    fn last_write(&self, key: &AccountKey) -> u64 {
        self.writes().get(key).copied().unwrap_or_default()
    }

    /// What a write that nobody waits for has left, or would leave, does not stay.
    fn take_back(&self, key: &AccountKey) {
        if self.store.forget(key).is_err() {
            tracing::warn!("a late write to the keychain could not be taken back");
        }
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keychain")
    }
}
