//! What is the Secret Service's own, which is Linux' keychain.

use std::collections::HashMap;

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error as StoreError};
use secret_service::Error as ServiceError;
use zbus_secret_service_keyring_store::Store;
use zbus_secret_service_keyring_store::cred::Specifier;

use crate::keychain::{KeychainError, SystemKeychain};

/// How early versions of the app named their entries in what people read.
const EARLY_LABEL: &str = "keyring:";

pub(super) fn entry(account: &str, label: &str) -> Result<Entry, KeychainError> {
    let label = format!("{}: {label}", SystemKeychain::SERVICE);
    Store::new()
        .map_err(|error| KeychainError::None(error.to_string()))?
        .build(
            SystemKeychain::SERVICE,
            account,
            Some(&HashMap::from([("label", label.as_str())])),
        )
        .map_err(|error| KeychainError::Other(error.to_string()))
}

/// Gives an entry that an early version of the app made the name that people read today.
pub(super) fn rename_as_today(entry: &Entry) {
    let Some(entry) = entry.as_any().downcast_ref::<Specifier>() else {
        return;
    };
    let renamed = match entry.get_label() {
        Ok(label) if label.starts_with(EARLY_LABEL) => entry.set_label(&entry.label),
        _ => return,
    };
    if let Err(error) = renamed {
        tracing::warn!(%error, "an entry of the keychain keeps its early name");
    }
}

/// What an error of the Secret Service's own means; `None` where it is none, or means nothing more.
pub(super) fn error_of(error: &StoreError) -> Option<KeychainError> {
    let (StoreError::NoStorageAccess(error) | StoreError::PlatformFailure(error)) = error else {
        return None;
    };
    let said = error.to_string();
    match error.downcast_ref()? {
        ServiceError::NoResult => Some(KeychainError::NoPlace(said)),
        ServiceError::Locked | ServiceError::Prompt => Some(KeychainError::Refused(said)),
        ServiceError::PromptDisconnected => Some(KeychainError::NoAnswer),
        ServiceError::Unavailable => Some(KeychainError::None(said)),
        _ => None,
    }
}
