//! A token in the entries of a keychain: in one where it fits, otherwise in parts.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::domain::{AccountKey, Secret, Sha256Digest};
use crate::keychain::{KeychainError, TokenStore};

/// What a platform's keychain is: bytes under a name. Each call is whole or not at all.
pub trait Entries: Send + Sync {
    /// The most bytes that one entry keeps; `None` where that is more than any token has.
    fn most_bytes(&self) -> Option<NonZeroUsize>;

    /// What the entry holds, if there is one.
    ///
    /// # Errors
    /// [`KeychainError`] where the keychain could not be asked.
    fn read_entry(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Keeps `bytes` in the entry, in place of what it held.
    ///
    /// # Errors
    /// [`KeychainError`] where they are not kept.
    fn write_entry(&self, name: &EntryName, bytes: &[u8]) -> Result<(), KeychainError>;

    /// Removes the entry; none being there is fine.
    ///
    /// # Errors
    /// [`KeychainError`] where it may still be there.
    fn remove_entry(&self, name: &EntryName) -> Result<(), KeychainError>;
}

/// What an entry is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntryName {
    /// Tells it from all others.
    pub account: String,
    /// What people read, where the system shows that.
    pub label: String,
}

impl EntryName {
    /// The longest that an account's entry is called by its own name, in bytes: Windows takes 513
    /// (`CRED_MAX_USERNAME_LENGTH`), those of its parts' included.
    const LONGEST: usize = 400;

    /// That of an account's token.
    #[must_use]
    pub fn of(key: &AccountKey) -> Self {
        let name = Self::in_full(key);
        if name.account.len() <= Self::LONGEST {
            return name;
        }
        let digest = Sha256Digest::of(name.account.as_bytes());
        Self {
            account: format!("SHA-256 {digest}"),
            ..name
        }
    }

    /// As early versions called it, where that was longer.
    fn early(key: &AccountKey) -> Option<Self> {
        let name = Self::in_full(key);
        (name.account.len() > Self::LONGEST).then_some(name)
    }

    fn in_full(key: &AccountKey) -> Self {
        Self {
            account: key.entry(),
            label: key.label(),
        }
    }

    /// That of one part of a token; the first is number 1. An account's begins with a scheme or is a digest,
    /// so that no other entry is called so.
    fn part(&self, number: usize) -> Self {
        Self {
            account: format!("part {number} of {}", self.account),
            label: format!("part {number} of {}", self.label),
        }
    }
}

/// A token store above a platform's entries.
///
/// A token that fits is one plain entry. For a longer one that entry says how many parts there are and what
/// their SHA-256 is together; parts that are not all there, or not all of one token, are never read as one.
/// The entry that names the parts is the first to be written and the last to be removed: whatever is cut
/// off, no part is there without it.
#[derive(Debug)]
pub struct TokenEntries<E> {
    entries: E,
    /// Held while entries change.
    turn: Mutex<()>,
}

/// What is kept under a name.
enum Found {
    Nothing,
    Token(Secret),
    /// A token as another program wrote it, or a person by the system's own means.
    Foreign(Secret),
    /// Parts that are no token.
    Cut,
}

/// How an entry begins that names parts. No token has a line's end in it.
const IN_PARTS: &str = "Audio Housekeeper keeps this in parts\n";

/// More parts than a token in use has: servers take no header of that length.
const MOST_PARTS: usize = 16;

impl<E: Entries> TokenEntries<E> {
    /// Keeps tokens in `entries`.
    pub const fn new(entries: E) -> Self {
        Self {
            entries,
            turn: Mutex::new(()),
        }
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, name: &EntryName) -> Result<Found, KeychainError> {
        let Some(bytes) = self.entries.read_entry(name)? else {
            return Ok(Found::Nothing);
        };
        match bytes.strip_prefix(IN_PARTS.as_bytes()) {
            Some(parts) if self.entries.most_bytes().is_some() => self.together(name, parts),
            _ => plain(&bytes),
        }
    }

    /// The token whose parts are named by `parts`.
    fn together(&self, name: &EntryName, parts: &[u8]) -> Result<Found, KeychainError> {
        let Some((count, digest)) = count_and_digest(parts) else {
            return Ok(Found::Cut);
        };
        let most = self.entries.most_bytes().map_or(0, NonZeroUsize::get);
        // With room for all of it: nothing is left behind where it grew.
        let mut whole = Zeroizing::new(Vec::with_capacity(count * most));
        for number in 1..=count {
            match self.entries.read_entry(&name.part(number))? {
                Some(part) if whole.len() + part.len() <= count * most => whole.extend(&*part),
                _ => return Ok(Found::Cut),
            }
        }
        let token = std::str::from_utf8(&whole).ok();
        let token = token.filter(|_| Sha256Digest::of(&whole) == digest);
        Ok(token.map_or(Found::Cut, |token| {
            Found::Token(Secret::new(token.to_owned()))
        }))
    }

    fn put(&self, name: &EntryName, token: &Secret) -> Result<(), KeychainError> {
        let bytes = token.expose().as_bytes();
        let Some(most) = self.entries.most_bytes() else {
            return self.entries.write_entry(name, bytes);
        };
        if bytes.len() <= most.get() && !bytes.starts_with(IN_PARTS.as_bytes()) {
            self.remove_parts(name, 1)?;
            return self.entries.write_entry(name, bytes);
        }
        let parts = bytes.chunks(most.get());
        let count = parts.len();
        if count > MOST_PARTS {
            return Err(KeychainError::TooLong);
        }
        let named = format!("{IN_PARTS}{count} {}", Sha256Digest::of(bytes));
        self.entries.write_entry(name, named.as_bytes())?;
        self.remove_parts(name, count + 1)?;
        for (number, part) in (1..).zip(parts) {
            self.entries.write_entry(&name.part(number), part)?;
        }
        Ok(())
    }

    fn remove(&self, name: &EntryName) -> Result<(), KeychainError> {
        if self.entries.most_bytes().is_some() {
            self.remove_parts(name, 1)?;
        }
        self.entries.remove_entry(name)
    }

    fn remove_parts(&self, name: &EntryName, first: usize) -> Result<(), KeychainError> {
        (first..=MOST_PARTS).try_for_each(|number| self.entries.remove_entry(&name.part(number)))
    }

    fn remove_early(&self, key: &AccountKey) -> Result<(), KeychainError> {
        let Some(name) = EntryName::early(key) else {
            return Ok(());
        };
        let parts = (1..=MOST_PARTS).map(|number| name.part(number));
        let parts = parts.filter(|_| self.entries.most_bytes().is_some());
        let mut names = parts.chain([name.clone()]);
        names.try_for_each(|name| match self.entries.remove_entry(&name) {
            // Of a name that it doesn't take it has none.
            Err(KeychainError::TooLong) => Ok(()),
            result => result,
        })
    }

    fn read_named(&self, name: &EntryName) -> Result<Option<Secret>, KeychainError> {
        match self.look(name)? {
            Found::Nothing => return Ok(None),
            Found::Token(token) => return Ok(Some(token)),
            Found::Foreign(_) | Found::Cut => {}
        }
        // It may be in the middle of a write.
        let _turn = self.turn();
        match self.look(name)? {
            Found::Nothing => Ok(None),
            Found::Token(token) => Ok(Some(token)),
            Found::Foreign(token) => {
                if let Err(error) = self.put(name, &token) {
                    tracing::warn!(%error, "a token stays in the keychain in another's form");
                }
                Ok(Some(token))
            }
            Found::Cut => {
                if let Err(error) = self.remove(name) {
                    tracing::warn!(%error, "parts of a token stay in the keychain");
                }
                Err(KeychainError::Incomplete)
            }
        }
    }
}

impl<E: Entries> TokenStore for TokenEntries<E> {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        let found = self.read_named(&EntryName::of(key))?;
        let early = EntryName::early(key).filter(|_| found.is_none());
        match early.map(|name| self.read_named(&name)) {
            None | Some(Err(KeychainError::TooLong)) => Ok(found),
            Some(early) => early,
        }
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        let _turn = self.turn();
        self.put(&EntryName::of(key), token)?;
        self.remove_early(key)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        let _turn = self.turn();
        self.remove(&EntryName::of(key))?;
        self.remove_early(key)
    }
}

fn count_and_digest(parts: &[u8]) -> Option<(usize, Sha256Digest)> {
    let (count, digest) = std::str::from_utf8(parts).ok()?.split_once(' ')?;
    let count = count.parse().ok()?;
    let is_possible = (1..=MOST_PARTS).contains(&count);
    Some((count, digest.parse().ok()?)).filter(|_| is_possible)
}

/// An entry that is no list of parts. What Windows' own means write is UTF-16, little-endian.
fn plain(bytes: &[u8]) -> Result<Found, KeychainError> {
    if bytes.is_empty() {
        return Ok(Found::Nothing);
    }
    if !bytes.contains(&0) {
        let token = std::str::from_utf8(bytes).map_err(|_| not_text())?;
        return Ok(Found::Token(Secret::new(token.to_owned())));
    }
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return Err(not_text());
    };
    let mut token = Zeroizing::new(String::with_capacity(3 * pairs.len()));
    for character in char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))) {
        token.push(character.map_err(|_| not_text())?);
    }
    if token.contains('\0') {
        return Err(not_text());
    }
    Ok(Found::Foreign(Secret::new(token.as_str().to_owned())))
}

fn not_text() -> KeychainError {
    KeychainError::Other("the entry is no text".into())
}
