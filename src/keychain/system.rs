#[cfg(not(target_os = "macos"))]
use std::collections::HashMap;

use keyring_core::Entry;
use keyring_core::Error as StoreError;
use keyring_core::api::CredentialStoreApi;
use zeroize::{Zeroize, Zeroizing};

use crate::domain::{AccountKey, Secret};
use crate::keychain::{HeadStore, KeychainError, TokenStore};

/// The keychain of the operating system: the Secret Service on Linux, the Credential Manager on
/// Windows (on this computer only, so that no token roams), the login keychain on macOS.
///
/// An entry's service is [`SystemKeychain::SERVICE`], its account [`AccountKey::entry`],
/// or the name of the record whose head it holds. Each call connects anew, so a Secret Service that starts late or starts again is found.
/// There is no other place that it falls back to.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

impl SystemKeychain {
    /// What the system's own tools show as the entry's service.
    pub const SERVICE: &'static str = "Audio Housekeeper";
}

impl TokenStore for SystemKeychain {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        match first_of(entry_of(key)?.get_secret(), Entry::get_secret) {
            Ok(bytes) => secret_of(&Zeroizing::new(bytes)).map(Some),
            Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(error_of(error)),
        }
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        write(&entry_of(key)?, token.expose().as_bytes())
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        match entry_of(key)?.delete_credential() {
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

fn entry_of(key: &AccountKey) -> Result<Entry, KeychainError> {
    entry(&key.entry(), &key.label())
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
    let label = format!("{}: {label}", SystemKeychain::SERVICE);
    zbus_secret_service_keyring_store::Store::new()
        .map_err(|error| KeychainError::None(error.to_string()))?
        .build(
            SystemKeychain::SERVICE,
            account,
            Some(&HashMap::from([("label", label.as_str())])),
        )
        .map_err(error_of)
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
    apple_native_keyring_store::keychain::Store::new()
        .map_err(|error| KeychainError::None(error.to_string()))?
        .build(SystemKeychain::SERVICE, account, None)
        .map_err(error_of)
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

fn secret_of(bytes: &Zeroizing<Vec<u8>>) -> Result<Secret, KeychainError> {
    std::str::from_utf8(bytes)
        .map(|text| Secret::new(text.to_owned()))
        .map_err(|_| KeychainError::Other("the entry is no text".into()))
}

/// Some of the lower layer's errors carry what they read, which is wiped and not shown.
fn error_of(error: StoreError) -> KeychainError {
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
