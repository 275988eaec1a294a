//! What a person reads on the keychain's bad days.

use std::sync::Arc;

use audio_housekeeper::domain::{AccountKey, Secret};
use audio_housekeeper::keychain::{KeychainError, TokenStore};

use support::driver::{Driver, Stage};

/// Answers so when it is to keep a token, and holds none.
struct KeepsNothing(KeychainError);

impl TokenStore for KeepsNothing {
    fn read(&self, _: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        Ok(None)
    }

    fn write(&self, _: &AccountKey, _: &Secret) -> Result<(), KeychainError> {
        Err(self.0.clone())
    }

    fn forget(&self, _: &AccountKey) -> Result<(), KeychainError> {
        Ok(())
    }
}

#[test]
fn a_token_that_is_not_kept_is_told_with_why_how_long_it_holds_and_what_to_do() {
    for (error, why, advice) in [
        (
            KeychainError::None("x".into()),
            "No keychain is running on this computer.",
            "ask IT to set one up",
        ),
        (
            KeychainError::NoPlace("x".into()),
            "keychain has no keyring yet to keep anything in.",
            "choose +, then Password keyring",
        ),
        (
            KeychainError::Refused("x".into()),
            "keychain is locked, or its question was closed.",
            "type the one that you start this computer with.",
        ),
        (
            KeychainError::TooLong,
            "Your sign-in is longer than what this computer's keychain keeps.",
            "Ask IT about it.",
        ),
        (
            KeychainError::Other("x".into()),
            "keychain can't be used just now.",
            "If it stays so, tell IT.",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage {
            tokens: Arc::new(KeepsNothing(error)),
            ..Stage::empty(folder.path())
        };
        let mut driver = Driver::open(stage);
        driver.sign_in();
        driver.wait_for(why);
        assert!(driver.shows("you stay signed in until the app is closed"));
        assert!(driver.shows(advice), "{advice}");
        driver.click("Dismiss");
        driver.click("Settings");
        driver.wait_for("you stay signed in only until the app is closed");
        driver.click("Sign out");
        driver.wait_for("Access token");
        assert!(!driver.shows("may still hold"), "nothing was ever kept");
    }
}
