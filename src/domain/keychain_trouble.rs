/// Why the keychain keeps no token, or could not be asked for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeychainTrouble {
    /// There is none on this computer, or it is not running.
    Missing,
    /// It is running, and no place in it was ever made to keep anything in.
    NoPlace,
    /// It is locked, or its question was dismissed.
    Refused,
    /// It did not answer in time.
    NoAnswer,
    /// The token is longer than it keeps.
    TooLong,
    /// What it kept was a part of a token only.
    Incomplete,
    /// It was given a token, and has none.
    Gone,
    /// Anything else.
    Fault,
}

impl KeychainTrouble {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::Missing,
        Self::NoPlace,
        Self::Refused,
        Self::NoAnswer,
        Self::TooLong,
        Self::Incomplete,
        Self::Gone,
        Self::Fault,
    ];
}
