//! The token in the system's keychain, and the last entry of the audit record.

mod limited_calls;
#[cfg(target_os = "macos")]
mod login_keychain;
mod memory;
mod record_heads;
#[cfg(target_os = "linux")]
mod secret_service;
mod system;
mod time_limited;
mod token_entries;

pub use memory::{MemoryHeads, MemoryTokens};
pub use record_heads::{HeadStore, RecordHeads};
pub use system::SystemKeychain;
pub use time_limited::Keychain;
pub use token_entries::{Entries, EntryName, TokenEntries};

use crate::domain::{AccountKey, KeychainTrouble, Secret};

/// Keeps one token an account. Calls block, and may stand for as long as the system asks the
/// person something: [`Keychain`] makes them on threads of their own, with a time limit.
pub trait TokenStore: Send + Sync {
    /// The token kept for `key`, if there is one.
    ///
    /// # Errors
    /// [`KeychainError`] where the keychain could not be asked.
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError>;

    /// Keeps `token` for `key`, in place of an earlier one.
    ///
    /// # Errors
    /// [`KeychainError`] where it is not kept.
    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError>;

    /// Forgets the token for `key`; none being there is fine.
    ///
    /// # Errors
    /// [`KeychainError`] where it may still be kept.
    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError>;
}

/// Why the keychain could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is none on this computer, or it is not running.
    #[error("no keychain: {0}")]
    None(String),
    /// It is running, and no place in it was ever made to keep anything in.
    #[error("the keychain has no place to keep anything in: {0}")]
    NoPlace(String),
    /// It is locked, or refused: nothing of it was changed.
    #[error("the keychain refused: {0}")]
    Refused(String),
    /// It did not answer in time, or went away while it was asked: whether it did it is not known.
    #[error("the keychain did not answer")]
    NoAnswer,
    /// The token is longer than the platform keeps.
    #[error("the token is too long for this keychain")]
    TooLong,
    /// What it kept of a token was cut off, or is of several: it is no token.
    #[error("the keychain kept a part of the token only")]
    Incomplete,
    /// Anything else.
    #[error("the keychain failed: {0}")]
    Other(String),
}

impl KeychainError {
    /// As people are told it.
    #[must_use]
    pub const fn trouble(&self) -> KeychainTrouble {
        match self {
            Self::None(_) => KeychainTrouble::Missing,
            Self::NoPlace(_) => KeychainTrouble::NoPlace,
            Self::Refused(_) => KeychainTrouble::Refused,
            Self::NoAnswer => KeychainTrouble::NoAnswer,
            Self::TooLong => KeychainTrouble::TooLong,
            Self::Incomplete => KeychainTrouble::Incomplete,
            Self::Other(_) => KeychainTrouble::Fault,
        }
    }
}
