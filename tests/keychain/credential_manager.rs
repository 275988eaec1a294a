//! Windows' own Credential Manager, by entries for a service that there is not.

use std::process;

use audio_housekeeper::domain::{AccountKey, Holder};
use audio_housekeeper::keychain::{
    Entries as _, EntryName, KeychainError, SystemKeychain, TokenEntries, TokenStore as _,
};

use crate::{account, secret, text};

/// What Windows calls `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
const MOST: usize = 2_560;

/// One for each run: several may run at the same time.
fn nowhere() -> AccountKey {
    account(&format!("https://keychain-test-{}.invalid", process::id()))
}

fn part(number: usize) -> EntryName {
    let name = EntryName::of(&nowhere());
    EntryName {
        account: format!("part {number} of {}", name.account),
        label: name.label,
    }
}

#[test]
fn the_credential_manager_keeps_tokens_of_every_length_and_forgets_all_parts() {
    let tokens = TokenEntries::new(SystemKeychain);
    for length in [1, MOST, MOST + 1, 3 * MOST, 16 * MOST, 6_000, 40] {
        let token: String = ('a'..='z').cycle().take(length).collect();
        tokens.write(&nowhere(), &secret(&token)).unwrap();
        assert_eq!(text(tokens.read(&nowhere()).unwrap()).unwrap(), token);
        let parts = if length > MOST {
            length.div_ceil(MOST)
        } else {
            0
        };
        for number in 1..=16 {
            let is_there = SystemKeychain.read_entry(&part(number)).unwrap().is_some();
            assert_eq!(is_there, number <= parts, "{number} of {length}");
        }
    }
    let too_long = secret(&"x".repeat(16 * MOST + 1));
    let refused = tokens.write(&nowhere(), &too_long);
    assert_eq!(refused, Err(KeychainError::TooLong));
    tokens
        .write(&nowhere(), &secret(&"y".repeat(9_000)))
        .unwrap();
    SystemKeychain.remove_entry(&part(2)).unwrap();
    assert_eq!(
        tokens.read(&nowhere()).map(text),
        Err(KeychainError::Incomplete)
    );
    assert_eq!(tokens.read(&nowhere()).map(text), Ok(None));
    assert!(SystemKeychain.read_entry(&part(1)).unwrap().is_none());
    tokens.forget(&nowhere()).unwrap();
}

#[test]
fn the_credential_manager_keeps_tokens_of_who_has_a_long_user_name() {
    let tokens = TokenEntries::new(SystemKeychain);
    for length in [380, 480, 5_000] {
        let somebody = AccountKey {
            holder: Holder::User("n".repeat(length)),
            ..nowhere()
        };
        for token in ["x".repeat(40), "y".repeat(16 * MOST)] {
            tokens.write(&somebody, &secret(&token)).unwrap();
            assert_eq!(text(tokens.read(&somebody).unwrap()).unwrap(), token);
            tokens.forget(&somebody).unwrap();
            assert_eq!(text(tokens.read(&somebody).unwrap()), None);
        }
    }
}
