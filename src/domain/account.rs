use std::fmt;

use jiff::Timestamp;

use crate::domain::ServiceOrigin;

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The service that the token belongs to.
    pub origin: ServiceOrigin,
    /// Whose account it is there.
    pub holder: Holder,
    /// The person's name, where the service told it.
    pub person: Option<String>,
    /// The user name that was signed in with; `None` where that was a token.
    pub user_name: Option<String>,
    /// Where the token is kept.
    pub keeping: TokenKeeping,
    /// When the sign-in is said to end, where that is known.
    pub ends_at: Option<Timestamp>,
}

impl Account {
    /// What the keychain keeps its token for, where it does.
    #[must_use]
    pub fn key(&self) -> AccountKey {
        AccountKey {
            origin: self.origin.clone(),
            holder: self.holder.clone(),
        }
    }
}

/// What the keychain keeps one token for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// The service.
    pub origin: ServiceOrigin,
    /// Whose account it is there.
    pub holder: Holder,
}

impl AccountKey {
    /// That of whoever has no name: the one entry that earlier versions had for a service.
    #[must_use]
    pub const fn unnamed(origin: ServiceOrigin) -> Self {
        Self {
            origin,
            holder: Holder::Unnamed,
        }
    }

    /// The name of the keychain's entry: the origin, which has no space in it, and behind a space the
    /// holder, where there is one.
    #[must_use]
    pub fn entry(&self) -> String {
        match self.holder {
            Holder::Unnamed => self.origin.ascii(),
            _ => format!("{} {}", self.origin.ascii(), self.holder),
        }
    }

    /// How the keychain's own window names the entry.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.holder {
            Holder::User(name) => format!("{name}, {}", self.origin.label()),
            Holder::Unnamed | Holder::TokenOf(_) => self.origin.label(),
        }
    }
}

/// Whose account it is at a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Nobody said.
    Unnamed,
    /// Signs in with this user name, in small letters: some keychains don't tell them from capitals.
    User(String),
    /// Signs in with a token, and is this person by the service's own count.
    TokenOf(String),
}

/// What a user's text begins with.
const USER: &str = "user ";

/// What the text of a token's holder begins with.
const TOKEN: &str = "token ";

impl Holder {
    /// Reads what [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        match (text.strip_prefix(USER), text.strip_prefix(TOKEN)) {
            (Some(name), _) => Self::User(name.to_owned()),
            (_, Some(id)) => Self::TokenOf(id.to_owned()),
            (None, None) => Self::Unnamed,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => Ok(()),
            Self::User(name) => write!(formatter, "{USER}{name}"),
            Self::TokenOf(id) => write!(formatter, "{TOKEN}{id}"),
        }
    }
}

/// An account whose token the keychain keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAccount {
    /// What it is kept for.
    pub key: AccountKey,
    /// The user name that was signed in with; `None` where that was a token.
    pub user_name: Option<String>,
    /// The person's name, where the service told it.
    pub person: Option<String>,
    /// What tells the person from all others at the service, where it told that.
    pub person_id: Option<String>,
    /// Whether the desk was left locked since: its password is asked for before anything is shown.
    pub is_locked: bool,
}

impl KeptAccount {
    /// One of which nothing is known but what the token is kept for.
    #[must_use]
    pub const fn unknown(key: AccountKey) -> Self {
        Self {
            key,
            user_name: None,
            person: None,
            person_id: None,
            is_locked: false,
        }
    }

    /// Whether nothing is known of whose it is.
    #[must_use]
    pub const fn is_of_nobody_known(&self) -> bool {
        self.user_name.is_none() && self.person.is_none() && self.person_id.is_none()
    }

    /// Whether it is certain that `other` is the same person's.
    #[must_use]
    pub fn is_of_the_same_person(&self, other: &Self) -> bool {
        let small = |name: &Option<String>| name.as_deref().map(str::to_lowercase);
        let is_one_id = self.person_id.is_some() && self.person_id == other.person_id;
        let is_one_name =
            self.user_name.is_some() && small(&self.user_name) == small(&other.user_name);
        self.key.origin == other.key.origin && (is_one_id || is_one_name)
    }
}

/// Where the token of this sign-in is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKeeping {
    /// In the system's keychain: found again at the next start.
    Keychain,
    /// In memory: gone when the app is closed, as the person asked.
    Memory,
    /// In memory, because it could not be kept as the person asked.
    MemoryInstead,
    /// The practice service's own token.
    Practice,
}
