use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::{AccountKey, Secret};
use crate::keychain::{HeadStore, KeychainError, TokenStore};

/// Keeps tokens for as long as it lives: for practice, and for tests.
#[derive(Debug, Default)]
pub struct MemoryTokens {
    tokens: Mutex<HashMap<AccountKey, Secret>>,
}

impl MemoryTokens {
    /// The accounts that it keeps a token for.
    #[must_use]
    pub fn keys(&self) -> Vec<AccountKey> {
        self.with(|tokens| tokens.keys().cloned().collect())
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<AccountKey, Secret>) -> T) -> T {
        work(&mut self.tokens.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TokenStore for MemoryTokens {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        Ok(self.with(|tokens| tokens.get(key).cloned()))
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.with(|tokens| tokens.insert(key.clone(), token.clone()));
        Ok(())
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.with(|tokens| tokens.remove(key));
        Ok(())
    }
}

/// Keeps the heads of records for as long as it lives: for tests.
#[derive(Debug, Default)]
pub struct MemoryHeads {
    heads: Mutex<HashMap<String, String>>,
    is_locked: AtomicBool,
}

impl MemoryHeads {
    /// Refuses from here on, or no longer.
    pub fn lock(&self, is_locked: bool) {
        self.is_locked.store(is_locked, Ordering::Relaxed);
    }

    fn refuse_while_locked(&self) -> Result<(), KeychainError> {
        if self.is_locked.load(Ordering::Relaxed) {
            return Err(KeychainError::Refused("locked".to_owned()));
        }
        Ok(())
    }
}

impl HeadStore for MemoryHeads {
    fn read_head(&self, record: &str) -> Result<Option<String>, KeychainError> {
        self.refuse_while_locked()?;
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(heads.get(record).cloned())
    }

    fn write_head(&self, record: &str, head: &str) -> Result<(), KeychainError> {
        self.refuse_while_locked()?;
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.insert(record.to_owned(), head.to_owned());
        Ok(())
    }
}
