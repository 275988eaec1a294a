use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::KeptHead;
use crate::keychain::KeychainError;
use crate::keychain::limited_calls::{IsWaitedFor, LimitedCalls};

/// Keeps one text a record: what its last entry was, apart from the record itself. Calls block, as those
/// of a [`TokenStore`](crate::keychain::TokenStore) do.
pub trait HeadStore: Send + Sync {
    /// What is kept for `record`, if anything is.
    ///
    /// # Errors
    /// [`KeychainError`] where the keychain could not be asked.
    fn read_head(&self, record: &str) -> Result<Option<String>, KeychainError>;

    /// Keeps `head` for `record`, in place of an earlier one.
    ///
    /// # Errors
    /// [`KeychainError`] where it is not kept.
    fn write_head(&self, record: &str, head: &str) -> Result<(), KeychainError>;
}

/// The head of one record, kept in a store that never keeps anyone waiting for longer than a limit. While
/// [`RecordHeads::MOST_AT_ONCE`] calls stand, every further one fails at once.
#[derive(Clone)]
pub struct RecordHeads {
    store: Arc<dyn HeadStore>,
    record: Arc<str>,
    calls: LimitedCalls,
    /// Each call waits for those before it.
    turn: Arc<Mutex<()>>,
}

impl RecordHeads {
    /// Long enough for a keychain that is at hand. One that asks for its password first is asked again for
    /// the token, and waited for.
    pub const USUAL_LIMIT: Duration = Duration::from_secs(10);

    /// How many calls may stand at the same time.
    pub const MOST_AT_ONCE: usize = 2;

    /// Keeps the head of the record that `store` knows by this name.
    #[must_use]
    pub fn new(store: Arc<dyn HeadStore>, record: &str, limit: Duration) -> Self {
        Self {
            store,
            record: record.into(),
            calls: LimitedCalls::new("keychain-heads", limit, Self::MOST_AT_ONCE),
            turn: Arc::default(),
        }
    }

    /// What is kept, if anything is. What can't be read as a head is none.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's.
    pub async fn read(&self) -> Result<Option<KeptHead>, KeychainError> {
        let text = self.call(|store, record| store.read_head(record)).await?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// Keeps a head.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise the store's. It may be kept later then.
    pub async fn write(&self, head: KeptHead) -> Result<(), KeychainError> {
        self.call(move |store, record| store.write_head(record, &head.to_string()))
            .await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn HeadStore, &str) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let heads = self.clone();
        let work = move |_: IsWaitedFor<'_>| {
            let _turn = heads.turn.lock().unwrap_or_else(PoisonError::into_inner);
            work(&*heads.store, &heads.record)
        };
        let begun = self.calls.begin(work, |_| {
            tracing::warn!("the keychain answered late about the record's head");
        })?;
        begun.answer().await
    }
}
