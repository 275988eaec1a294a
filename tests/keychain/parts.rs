//! Tokens that are longer than an entry may be, and entries that the app did not write as it does now.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use audio_housekeeper::domain::{AccountKey, Holder};
use audio_housekeeper::keychain::{Entries, EntryName, KeychainError, TokenEntries, TokenStore};
use zeroize::Zeroizing;

use crate::{account, secret, text};

const ADDRESS: &str = "https://api.nuxera.ai";
const MOST: usize = 128;

/// Entries in memory, none of more than [`MOST`] bytes.
#[derive(Default)]
struct Limited {
    entries: Mutex<HashMap<String, Vec<u8>>>,
    /// How many changes are still made; all of them where that is `None`.
    left: Mutex<Option<usize>>,
    /// The longest name of an entry, in bytes; any where that is `None`.
    longest_name: Option<usize>,
    /// Where a change of this account waits for whoever watches, before it is made and after.
    watched: Option<(String, Barrier)>,
}

impl Limited {
    fn change(&self, account: &str, work: impl FnOnce(&mut HashMap<String, Vec<u8>>)) -> Answer {
        if let Some(left) = &mut *self.left.lock().unwrap() {
            *left = left.checked_sub(1).ok_or_else(killed)?;
        }
        let watched = self.watched.as_ref();
        let watched = watched.filter(|(watched, _)| watched == account);
        let meet = |watched: Option<&(String, Barrier)>| {
            watched.map(|(_, barrier)| barrier.wait());
        };
        meet(watched);
        work(&mut self.entries.lock().unwrap());
        meet(watched);
        Ok(())
    }

    fn with(entries: HashMap<String, Vec<u8>>, left: Option<usize>) -> Self {
        Self {
            entries: Mutex::new(entries),
            left: Mutex::new(left),
            ..Self::default()
        }
    }
}

impl Limited {
    fn takes(&self, name: &EntryName) -> Answer {
        match self.longest_name {
            Some(longest) if name.account.len() > longest => Err(KeychainError::TooLong),
            _ => Ok(()),
        }
    }
}

type Answer = Result<(), KeychainError>;

fn killed() -> KeychainError {
    KeychainError::Other("killed".into())
}

impl Entries for &Limited {
    fn most_bytes(&self) -> Option<NonZeroUsize> {
        NonZeroUsize::new(MOST)
    }

    fn read_entry(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.takes(name)?;
        let entries = self.entries.lock().unwrap();
        Ok(entries.get(&name.account).cloned().map(Zeroizing::new))
    }

    fn write_entry(&self, name: &EntryName, bytes: &[u8]) -> Answer {
        self.takes(name)?;
        if bytes.len() > MOST {
            return Err(KeychainError::TooLong);
        }
        self.change(&name.account, |entries| {
            entries.insert(name.account.clone(), bytes.to_vec());
        })
    }

    fn remove_entry(&self, name: &EntryName) -> Answer {
        self.takes(name)?;
        self.change(&name.account, |entries| {
            entries.remove(&name.account);
        })
    }
}

fn here() -> AccountKey {
    account(ADDRESS)
}

/// A token of so many bytes, all of them of its own, and not all of ASCII.
fn token(length: usize, seed: usize) -> String {
    let mut token = String::new();
    for number in seed.. {
        let piece = format!("{number}\u{e9}");
        if token.len() + piece.len() > length {
            break;
        }
        token.push_str(&piece);
    }
    token.push_str(&"x".repeat(length - token.len()));
    token
}

fn read(keyring: &Limited) -> Result<Option<String>, KeychainError> {
    TokenEntries::new(keyring).read(&here()).map(text)
}

#[test]
fn a_token_that_fits_is_one_plain_entry_and_a_longer_one_lies_in_parts() {
    let keyring = Limited::default();
    let tokens = TokenEntries::new(&keyring);
    for length in [
        1,
        MOST - 1,
        MOST,
        MOST + 1,
        2 * MOST,
        16 * MOST,
        3 * MOST + 5,
    ] {
        let token = token(length, 100);
        tokens.write(&here(), &secret(&token)).unwrap();
        assert_eq!(read(&keyring).unwrap().unwrap(), token);
        let entries = keyring.entries.lock().unwrap().clone();
        if length <= MOST {
            assert_eq!(entries[ADDRESS], token.as_bytes(), "as it was ever kept");
        }
        let parts = if length <= MOST {
            0
        } else {
            length.div_ceil(MOST)
        };
        assert_eq!(entries.len(), 1 + parts, "none is left of a longer one");
    }
    tokens.forget(&here()).unwrap();
    assert!(keyring.entries.lock().unwrap().is_empty());
    assert_eq!(read(&keyring).unwrap(), None);
}

#[test]
fn a_token_that_is_too_long_for_all_parts_is_refused_and_changes_nothing() {
    let keyring = Limited::default();
    let tokens = TokenEntries::new(&keyring);
    tokens.write(&here(), &secret("short")).unwrap();
    let long = secret(&token(16 * MOST + 1, 100));
    assert_eq!(tokens.write(&here(), &long), Err(KeychainError::TooLong));
    assert_eq!(read(&keyring).unwrap().unwrap(), "short");
    assert_eq!(keyring.entries.lock().unwrap().len(), 1);
}

#[test]
fn a_token_that_looks_like_a_list_of_parts_is_read_as_itself() {
    let keyring = Limited::default();
    let tokens = TokenEntries::new(&keyring);
    tokens.write(&here(), &secret(&token(2 * MOST, 1))).unwrap();
    let list = keyring.entries.lock().unwrap()[ADDRESS].clone();
    let list = String::from_utf8(list).unwrap();
    tokens.write(&here(), &secret(&list)).unwrap();
    assert_eq!(read(&keyring).unwrap().unwrap(), list);
}

#[test]
fn a_kill_between_the_parts_leaves_a_whole_token_or_nothing_at_all() {
    let none = String::new();
    let (small, large) = (token(MOST, 1), token(5 * MOST, 200));
    let (larger, other) = (token(7 * MOST + 1, 300), token(5 * MOST, 900));
    let mut cut = 0;
    for old in [&none, &small, &large] {
        for new in [&none, &small, &large, &larger, &other] {
            let before = Limited::default();
            if !old.is_empty() {
                let tokens = TokenEntries::new(&before);
                tokens.write(&here(), &secret(old)).unwrap();
            }
            for left in 0.. {
                let entries = before.entries.lock().unwrap().clone();
                let keyring = Limited::with(entries, Some(left));
                let tokens = TokenEntries::new(&keyring);
                let changed = if new.is_empty() {
                    tokens.forget(&here())
                } else {
                    tokens.write(&here(), &secret(new))
                };
                *keyring.left.lock().unwrap() = None;
                cut += usize::from(is_cut_or_one_of(&keyring, old, new));
                if changed.is_ok() {
                    break;
                }
            }
        }
    }
    assert!(cut > 20, "{cut}");
}

/// What the next start finds: a token, or what it removes; both with all parts.
fn is_cut_or_one_of(keyring: &Limited, old: &str, new: &str) -> bool {
    let tokens = TokenEntries::new(keyring);
    match read(keyring) {
        Ok(found) => {
            let found = found.unwrap_or_default();
            assert!(found == old || found == new, "neither of the two: {found}");
            tokens.forget(&here()).unwrap();
            assert!(keyring.entries.lock().unwrap().is_empty(), "a part stays");
            false
        }
        Err(KeychainError::Incomplete) => {
            assert!(keyring.entries.lock().unwrap().is_empty(), "a part stays");
            assert_eq!(read(keyring).unwrap(), None);
            true
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn parts_that_are_altered_missing_or_of_two_tokens_are_never_read_as_a_token() {
    let kept = |seed| {
        let keyring = Limited::default();
        let token = secret(&token(3 * MOST, seed));
        TokenEntries::new(&keyring).write(&here(), &token).unwrap();
        keyring.entries.into_inner().unwrap()
    };
    let (one, other) = (kept(100), kept(5_000));
    let mut spoilt = Vec::new();
    for account in one.keys() {
        let mut mixed = one.clone();
        mixed.insert(account.clone(), other[account].clone());
        spoilt.push(mixed);
        let mut shorter = one.clone();
        shorter.get_mut(account).unwrap().pop();
        spoilt.push(shorter);
        if account != ADDRESS {
            let mut missing = one.clone();
            missing.remove(account);
            spoilt.push(missing);
        }
    }
    assert_eq!(spoilt.len(), 11);
    for entries in spoilt {
        let keyring = Limited::with(entries, None);
        assert_eq!(read(&keyring), Err(KeychainError::Incomplete));
        assert!(keyring.entries.lock().unwrap().is_empty());
    }
}

#[test]
fn a_read_in_the_middle_of_a_write_waits_for_its_end_and_harms_nothing() {
    let watched = format!("part 2 of {ADDRESS}");
    let keyring = Limited {
        watched: Some((watched, Barrier::new(2))),
        ..Limited::default()
    };
    let keyring: &'static Limited = Box::leak(Box::new(keyring));
    let tokens = Arc::new(TokenEntries::new(keyring));
    let new = token(3 * MOST, 100);
    let writing = {
        let (tokens, new) = (tokens.clone(), secret(&new));
        thread::spawn(move || tokens.write(&here(), &new))
    };
    let barrier = &keyring.watched.as_ref().unwrap().1;
    // The second part is about to be written: what is there is no token yet.
    barrier.wait();
    let reading = {
        let tokens = tokens.clone();
        thread::spawn(move || tokens.read(&here()))
    };
    thread::sleep(std::time::Duration::from_millis(50));
    assert!(!reading.is_finished());
    barrier.wait();
    writing.join().unwrap().unwrap();
    assert_eq!(text(reading.join().unwrap().unwrap()).unwrap(), new);
}

#[test]
fn what_windows_own_means_wrote_is_read_and_written_anew_as_the_app_does() {
    let utf16 = |token: &str| -> Vec<u8> {
        let units = token.encode_utf16().flat_map(u16::to_le_bytes);
        units.collect()
    };
    // The second is longer than an entry in the app's own form.
    for token in ["from-IT".to_owned(), format!("a{}", "\u{4e2d}".repeat(60))] {
        let entries = HashMap::from([(ADDRESS.to_owned(), utf16(&token))]);
        let keyring = Limited::with(entries.clone(), None);
        assert_eq!(read(&keyring).unwrap().unwrap(), token);
        assert_eq!(read(&keyring).unwrap().unwrap(), token);
        let now = keyring.entries.lock().unwrap()[ADDRESS].clone();
        assert!(!now.contains(&0), "as it was");
        // Where it can't be written anew, it is used as it is.
        let keyring = Limited::with(entries, Some(0));
        assert_eq!(read(&keyring).unwrap().unwrap(), token);
    }
}

#[test]
fn an_entry_that_holds_no_text_is_no_token_and_shows_nothing_of_itself() {
    for bytes in [
        &b"\xff\xfesecret"[..],
        b"se\0cret",
        b"s\0\0\0",
        b"\0\xd8s\0",
    ] {
        let entries = HashMap::from([(ADDRESS.to_owned(), bytes.to_vec())]);
        let keyring = Limited::with(entries.clone(), None);
        let error = read(&keyring).unwrap_err();
        assert!(matches!(error, KeychainError::Other(_)), "{error:?}");
        assert!(!format!("{error:?}").contains("secret"));
        assert_eq!(*keyring.entries.lock().unwrap(), entries, "left alone");
    }
    let empty = HashMap::from([(ADDRESS.to_owned(), Vec::new())]);
    assert_eq!(read(&Limited::with(empty, None)).unwrap(), None);
}

/// Somebody whose user name is so many bytes long.
fn somebody(length: usize, end: char) -> AccountKey {
    let name = format!("{}{end}", "n".repeat(length - end.len_utf8()));
    AccountKey {
        holder: Holder::User(name),
        ..here()
    }
}

#[test]
fn a_sign_in_is_kept_and_forgotten_however_long_its_user_name_is() {
    let keyring = Limited {
        // CRED_MAX_USERNAME_LENGTH.
        longest_name: Some(513),
        ..Limited::default()
    };
    let tokens = TokenEntries::new(&keyring);
    for length in [1, 300, 370, 380, 490, 500, 510, 5_000] {
        for token in [token(MOST, 100), token(16 * MOST, 100)] {
            let (one, other) = (somebody(length, 'a'), somebody(length, 'b'));
            assert_eq!(tokens.read(&one).map(text).unwrap(), None);
            tokens.write(&one, &secret(&token)).unwrap();
            tokens.write(&other, &secret("of another")).unwrap();
            assert_eq!(tokens.read(&one).map(text).unwrap().unwrap(), token);
            tokens.forget(&other).unwrap();
            assert_eq!(tokens.read(&one).map(text).unwrap().unwrap(), token);
            tokens.forget(&one).unwrap();
            let left = keyring.entries.lock().unwrap();
            assert!(left.is_empty(), "{length}: {:?}", left.keys());
        }
    }
}

#[test]
fn what_was_kept_under_a_long_name_itself_is_read_replaced_and_forgotten() {
    let long = somebody(450, 'a');
    let kept = || {
        let entries = HashMap::from([(long.entry(), b"early".to_vec())]);
        Limited::with(entries, None)
    };
    let keyring = kept();
    let tokens = TokenEntries::new(&keyring);
    assert_eq!(tokens.read(&long).map(text).unwrap().unwrap(), "early");
    tokens.write(&long, &secret("new")).unwrap();
    assert_eq!(tokens.read(&long).map(text).unwrap().unwrap(), "new");
    assert!(!keyring.entries.lock().unwrap().contains_key(&long.entry()));
    let keyring = kept();
    TokenEntries::new(&keyring).forget(&long).unwrap();
    assert!(keyring.entries.lock().unwrap().is_empty());
}
