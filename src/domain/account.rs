use jiff::Timestamp;

use crate::domain::ServiceOrigin;

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The service that the token belongs to.
    pub origin: ServiceOrigin,
    /// The person's name, where the service told it.
    pub person: Option<String>,
    /// The user name that was signed in with; `None` where that was a token.
    pub user_name: Option<String>,
    /// Where the token is kept.
    pub keeping: TokenKeeping,
    /// When the sign-in is said to end, where that is known.
    pub ends_at: Option<Timestamp>,
}

/// Where the token of this sign-in is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKeeping {
    /// In the system's keychain: found again at the next start.
    Keychain,
    /// In memory: gone when the app is closed, as the person asked.
    Memory,
    /// In memory, because the keychain could not be used.
    MemoryForLackOfKeychain,
    /// The practice service's own token.
    Practice,
}
