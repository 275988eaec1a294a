//! What is the login keychain's own, which is macOS' keychain.

use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error as StoreError};
use security_framework::base::Error as SystemError;

use crate::keychain::{KeychainError, SystemKeychain};

/// The person closed the keychain's question (`errSecUserCanceled`).
const CANCELLED: i32 = -128;

/// A wrong password, or no leave for this program (`errSecAuthFailed`).
const NO_LEAVE: i32 = -25_293;

/// It is locked, and nobody may be asked (`errSecInteractionNotAllowed`).
const NOBODY_TO_ASK: i32 = -25_308;

pub(super) fn entry(account: &str) -> Result<Entry, KeychainError> {
    Store::new()
        .map_err(|error| KeychainError::None(error.to_string()))?
        .build(SystemKeychain::SERVICE, account, None)
        .map_err(|error| KeychainError::Other(error.to_string()))
}

/// What an error of the keychain's own means; `None` where it is none, or means nothing more.
pub(super) fn error_of(error: &StoreError) -> Option<KeychainError> {
    let StoreError::PlatformFailure(error) = error else {
        return None;
    };
    let error: &SystemError = error.downcast_ref()?;
    match error.code() {
        CANCELLED | NO_LEAVE | NOBODY_TO_ASK => Some(KeychainError::Refused(error.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use apple_native_keyring_store::keychain::decode_error;

    use super::*;

    fn told(code: i32) -> Option<KeychainError> {
        error_of(&decode_error(SystemError::from_code(code)))
    }

    #[test]
    fn a_keychain_that_is_locked_or_whose_question_is_closed_has_refused() {
        for code in [CANCELLED, NO_LEAVE, NOBODY_TO_ASK] {
            assert!(matches!(told(code), Some(KeychainError::Refused(_))));
        }
    }

    #[test]
    fn what_else_it_fails_with_is_told_as_ever() {
        const ALLOCATE: i32 = -108;
        const NOT_FOUND: i32 = -25_300;
        assert_eq!(told(ALLOCATE), None);
        assert_eq!(told(NOT_FOUND), None);
    }
}
