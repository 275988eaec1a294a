#[cfg(target_os = "windows")]
use std::collections::HashMap;
use std::num::NonZeroUsize;

use keyring_core::Entry;
use keyring_core::Error as StoreError;
#[cfg(target_os = "windows")]
use keyring_core::api::CredentialStoreApi;
use zeroize::{Zeroize, Zeroizing};

#[cfg(target_os = "macos")]
use crate::keychain::login_keychain;
#[cfg(target_os = "linux")]
use crate::keychain::secret_service;
use crate::keychain::{Entries, EntryName, HeadStore, KeychainError};

/// The keychain of the operating system: the Secret Service on Linux, the Credential Manager on
/// Windows (on this computer only, so that no token roams), the login keychain on macOS.
///
/// An entry's service is [`SystemKeychain::SERVICE`], its account that of the token or a part of it, or the
/// name of the record whose head it holds. Each call connects anew, so a Secret Service that starts late or
/// starts again is found.
/// There is no other place that it falls back to.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

impl SystemKeychain {
    /// What the system's own tools show as the entry's service.
    pub const SERVICE: &'static str = "Audio Housekeeper";
}

impl Entries for SystemKeychain {
    fn most_bytes(&self) -> Option<NonZeroUsize> {
        // CRED_MAX_CREDENTIAL_BLOB_SIZE, 5 * 512. The others keep megabytes.
        cfg!(target_os = "windows")
            .then(|| NonZeroUsize::new(2_560))
            .flatten()
    }

    fn read_entry(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let entry = entry(&name.account, &name.label)?;
        match first_of(entry.get_secret(), Entry::get_secret) {
            Ok(bytes) => {
                #[cfg(target_os = "linux")]
                secret_service::rename_as_today(&entry);
                Ok(Some(Zeroizing::new(bytes)))
            }
            Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(error_of(error)),
        }
    }

    fn write_entry(&self, name: &EntryName, bytes: &[u8]) -> Result<(), KeychainError> {
        write(&entry(&name.account, &name.label)?, bytes)
    }

    fn remove_entry(&self, name: &EntryName) -> Result<(), KeychainError> {
        match entry(&name.account, &name.label)?.delete_credential() {
            Ok(()) | Err(StoreError::NoEntry) => Ok(()),
            Err(StoreError::Ambiguous(entries)) => delete_all(&entries),
            Err(error) => Err(error_of(error)),
        }
    }
}

impl HeadStore for SystemKeychain {
    fn read_head(&self, record: &str) -> Result<Option<String>, KeychainError> {
        match first_of(entry(record, record)?.get_secret(), Entry::get_secret) {
            Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
            Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(error_of(error)),
        }
    }

    fn write_head(&self, record: &str, head: &str) -> Result<(), KeychainError> {
        write(&entry(record, record)?, head.as_bytes())
    }
}

fn write(entry: &Entry, bytes: &[u8]) -> Result<(), KeychainError> {
    match entry.set_secret(bytes) {
        Err(StoreError::Ambiguous(entries)) => {
            delete_all(&entries)?;
            entry.set_secret(bytes).map_err(error_of)
        }
        result => result.map_err(error_of),
    }
}

#[cfg(target_os = "linux")]
fn entry(account: &str, label: &str) -> Result<Entry, KeychainError> {
    secret_service::entry(account, label)
}

#[cfg(target_os = "windows")]
fn entry(account: &str, _: &str) -> Result<Entry, KeychainError> {
    windows_native_keyring_store::Store::new()
        .map_err(|error| KeychainError::None(error.to_string()))?
        .build(
            SystemKeychain::SERVICE,
            account,
            Some(&HashMap::from([("persistence", "Local")])),
        )
        .map_err(error_of)
}

#[cfg(target_os = "macos")]
fn entry(account: &str, _: &str) -> Result<Entry, KeychainError> {
    login_keychain::entry(account)
}

/// A Secret Service may hold several entries of one name, in different collections: any of them
/// may be the one, and a wrong one shows itself at the service.
fn first_of<T>(
    result: Result<T, StoreError>,
    ask: impl Fn(&Entry) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match result {
        Err(StoreError::Ambiguous(entries)) => {
            entries.first().map_or(Err(StoreError::NoEntry), ask)
        }
        other => other,
    }
}

fn delete_all(entries: &[Entry]) -> Result<(), KeychainError> {
    entries
        .iter()
        .try_for_each(|entry| match entry.delete_credential() {
            Ok(()) | Err(StoreError::NoEntry) => Ok(()),
            Err(error) => Err(error_of(error)),
        })
}

/// Some of the lower layer's errors carry what they read, which is wiped and not shown.
fn error_of(error: StoreError) -> KeychainError {
    #[cfg(target_os = "linux")]
    if let Some(error) = secret_service::error_of(&error) {
        return error;
    }
    #[cfg(target_os = "macos")]
    if let Some(error) = login_keychain::error_of(&error) {
        return error;
    }
    match error {
        StoreError::NoStorageAccess(error) => KeychainError::Refused(error.to_string()),
        StoreError::TooLong(..) => KeychainError::TooLong,
        StoreError::BadEncoding(mut bytes) | StoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeychainError::Other("the entry is not readable".into())
        }
        StoreError::Ambiguous(_) => KeychainError::Other("several entries of one name".into()),
        error => KeychainError::Other(error.to_string()),
    }
}
