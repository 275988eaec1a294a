//! The bodies of the answers, to the letter: the delete calls end with a full stop, the download
//! does not.

/// A download without a name.
pub const NO_NAME: &str = r#"{"error":"Doctor name is required"}"#;

/// A download of a doctor who has nothing.
pub const NOTHING_TO_DOWNLOAD: &str = r#"{"error":"No audio file found for this doctor"}"#;

/// A delete without a name.
pub const DELETE_WITHOUT_NAME: &str = r#"{"error":"Doctor name is required."}"#;

/// A delete of a doctor who has nothing.
pub const NOTHING_TO_DELETE: &str = r#"{"error":"No audio file found for this doctor."}"#;

/// A delete that was done.
pub const DELETED: &str = r#"{"message":"File(s) deleted successfully."}"#;

/// A delete of everything that was done.
pub const ALL_DELETED: &str = r#"{"message":"All files deleted successfully."}"#;

/// A delete of everything that failed.
pub const FAILED_TO_DELETE: &str = r#"{"error":"Failed to delete files."}"#;

/// A call without a good token.
pub const UNAUTHENTICATED: &str =
    r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#;

/// A sign-in that is refused.
pub const WRONG_PASSWORD: &str =
    r#"{"error":"Authentication failed","message":"Invalid username or password"}"#;

/// A wrong method; not documented.
pub const METHOD_NOT_ALLOWED: &str = r#"{"error":"Method not allowed"}"#;

/// A request that names another host; not documented.
pub const NOT_THIS_HOST: &str = r#"{"error":"This service answers by its own address only"}"#;

/// A request that a page of another origin began; not documented.
pub const STRANGE_ORIGIN: &str = r#"{"error":"This service answers no page of another origin"}"#;

/// A path that is none of the API's; not documented.
pub const NOT_FOUND: &str = r#"{"error":"Not found"}"#;
