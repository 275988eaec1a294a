//! The real Secret Service, each time on a session bus and in a home of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use audio_housekeeper::keychain::{HeadStore as _, KeychainError, SystemKeychain, TokenStore};

use crate::session::{ADDRESS, Home, Keyring, UNLOCK, found_by_secret_tool, here, tokens};
use crate::{account, secret, text};

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_real_keyring_keeps_replaces_and_forgets_a_token() {
    Home::new().session(
        &Keyring::Unlocked,
        "secret_service::keeps_replaces_and_forgets",
    );
}

#[test]
#[ignore = "the child of the_real_keyring_keeps_replaces_and_forgets_a_token"]
fn keeps_replaces_and_forgets() {
    let here = here();
    let there = account("http://127.0.0.1:8080");
    assert_eq!(text(tokens().read(&here).unwrap()), None);
    tokens().write(&here, &secret("one")).unwrap();
    assert_eq!(found_by_secret_tool(ADDRESS).as_deref(), Some("one"));
    let shown = Command::new("secret-tool")
        .args(["search", "service", SystemKeychain::SERVICE])
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("label = Audio Housekeeper: api.nuxera.ai"));
    // As long as tokens get, and not of ASCII alone.
    let long = "a.\u{e9}-".repeat(2_000);
    tokens().write(&here, &secret(&long)).unwrap();
    tokens().write(&there, &secret("two")).unwrap();
    assert_eq!(text(tokens().read(&here).unwrap()).unwrap(), long);
    assert_eq!(found_by_secret_tool(ADDRESS).unwrap(), long);
    assert_eq!(
        found_by_secret_tool("http://127.0.0.1:8080").as_deref(),
        Some("two")
    );
    tokens().forget(&here).unwrap();
    tokens().forget(&here).unwrap();
    assert_eq!(text(tokens().read(&here).unwrap()), None);
    assert_eq!(found_by_secret_tool(ADDRESS), None);
    assert_eq!(text(tokens().read(&there).unwrap()).unwrap(), "two");
}

#[test]
fn the_real_keyring_keeps_the_heads_of_records_beside_tokens() {
    Home::new().session(&Keyring::Unlocked, "secret_service::keeps_heads");
}

#[test]
#[ignore = "the child of the_real_keyring_keeps_the_heads_of_records_beside_tokens"]
fn keeps_heads() {
    let (one, other) = ("record 1 on desk", "record 2 on desk");
    tokens().write(&here(), &secret("token")).unwrap();
    assert_eq!(SystemKeychain.read_head(one).unwrap(), None);
    SystemKeychain.write_head(one, "7 x").unwrap();
    SystemKeychain.write_head(one, "8 y").unwrap();
    assert_eq!(SystemKeychain.read_head(one).unwrap().unwrap(), "8 y");
    assert_eq!(SystemKeychain.read_head(other).unwrap(), None);
    assert_eq!(text(tokens().read(&here()).unwrap()).unwrap(), "token");
}

#[test]
fn a_token_is_found_in_the_next_session_and_stands_in_no_file_readably() {
    let home = Home::new();
    home.session(&Keyring::Unlocked, "secret_service::keeps_one");
    let files = files_below(&home.path().join("data"));
    assert!(!files.is_empty(), "the keyring's own file");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let readable = bytes.windows(12).any(|window| window == b"kept-for-you");
        assert!(!readable, "{}", file.display());
    }
    home.session(&Keyring::Unlocked, "secret_service::finds_one");
}

#[test]
#[ignore = "a child of tests of more than one session"]
fn keeps_one() {
    tokens().write(&here(), &secret("kept-for-you")).unwrap();
}

#[test]
#[ignore = "the child of a_token_is_found_in_the_next_session_and_stands_in_no_file_readably"]
fn finds_one() {
    assert_eq!(
        text(tokens().read(&here()).unwrap()).unwrap(),
        "kept-for-you"
    );
}

#[test]
fn no_keyring_is_said_to_be_none_and_one_that_starts_late_is_found() {
    Home::new().session(&Keyring::None, "secret_service::there_is_none_and_then_one");
}

#[test]
#[ignore = "the child of no_keyring_is_said_to_be_none_and_one_that_starts_late_is_found"]
fn there_is_none_and_then_one() {
    let here = here();
    let begun = Instant::now();
    let token = secret("never-shown");
    for error in [
        tokens().read(&here).unwrap_err(),
        tokens().write(&here, &token).unwrap_err(),
        tokens().forget(&here).unwrap_err(),
    ] {
        assert!(matches!(error, KeychainError::None(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("never-shown"));
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(
        Command::new("sh")
            .args(["-c", UNLOCK])
            .status()
            .unwrap()
            .success()
    );
    tokens().write(&here, &token).unwrap();
    assert_eq!(
        found_by_secret_tool(ADDRESS).as_deref(),
        Some("never-shown")
    );
}

#[test]
fn a_locked_keyring_that_nobody_unlocks_gives_no_token_and_no_hang() {
    let home = Home::new();
    home.session(&Keyring::Unlocked, "secret_service::keeps_one");
    home.session(&Keyring::Locked, "secret_service::is_refused");
}

#[test]
#[ignore = "the child of a_locked_keyring_that_nobody_unlocks_gives_no_token_and_no_hang"]
fn is_refused() {
    let begun = Instant::now();
    let here = here();
    let read = tokens().read(&here);
    assert!(matches!(read, Err(KeychainError::Refused(_))), "{read:?}");
    let written = tokens().write(&here, &secret("x"));
    assert!(
        matches!(written, Err(KeychainError::Refused(_))),
        "{written:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}
