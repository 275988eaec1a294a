use rusqlite::ErrorCode;

/// Why the store could not do what it was asked; grouped by what can be done about it. No name,
/// path or value is ever in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A newer version of the app wrote the database; it was left as it is.
    #[error("the database has form {found}, this version knows up to {known}")]
    Newer {
        /// The form's number in the file.
        found: i64,
        /// The newest form that this version knows.
        known: i64,
    },
    /// The database has the form of an older version and could not be brought up to date, for the
    /// reason within; it is as it was.
    #[error("the database could not be brought up to date, and is as it was: {0}")]
    NotBroughtUpToDate(#[source] Box<StoreError>),
    /// There is no room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// The folder or the file can't be written to, or not be made.
    #[error("the database can't be written to: {0}")]
    NotWritable(String),
    /// Another program holds the database.
    #[error("the database is in use")]
    InUse,
    /// The file is no database, or holds what the app never wrote.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Anything else that `SQLite` or the disk said.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The writer has ended, which a fault of the app's own must have caused.
    #[error("the writer has ended")]
    Stopped,
    /// A fault of the app's own while carrying out this request; nothing of it was kept.
    #[error("the request failed by a fault of the app")]
    Panicked,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..) => Self::Damaged("an unreadable value".into()),
                _ => Self::Failed("an unexpected answer of SQLite".into()),
            };
        };
        // SQLite's own message may name the file: only its code is passed on.
        let technical = failure.to_string();
        match failure.code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(technical),
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                Self::NotWritable(technical)
            }
            _ => Self::Failed(technical),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::NotWritable(kind.to_string()),
        }
    }
}
