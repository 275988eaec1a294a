use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{AudioFormat, DoctorName, OperationId, Sha256Digest, Unfit};

/// A file that came, can be no backup, and waits for the person to keep it as it is or to discard
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The download that brought it.
    pub operation: OperationId,
    /// Whose recording it is.
    pub doctor: DoctorName,
    /// Where it is, under a name that says what it is.
    pub path: PathBuf,
    /// Where it is where it could not be given that name.
    pub part: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its contents.
    pub sha256: Sha256Digest,
    /// What it is by its content; `None` of what is neither WAV nor FLAC.
    pub format: Option<AudioFormat>,
    /// Why it can be no backup.
    pub unfit: Unfit,
    /// The check's own words.
    pub reason: String,
    /// When it came.
    pub at: Timestamp,
}
