use std::path::PathBuf;

use crate::domain::{DoctorName, OperationId, ServerCopy, Sha256Digest};

/// A part of a recording that came, and is kept to be gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPart {
    /// The download that brought it.
    pub operation: OperationId,
    /// Whose recording it is.
    pub doctor: DoctorName,
    /// Where the recording is to go.
    pub destination: PathBuf,
    /// The part file.
    pub part: PathBuf,
    /// A mark that no other file has, where the volume gives one.
    pub mark: Option<String>,
    /// What came.
    pub came: PartCame,
}

/// What came of a recording, flushed to the disk where that is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCame {
    /// How many bytes.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256Digest,
    /// What the service said of the copy that they are of: by this it is told whether it is still there.
    pub copy: ServerCopy,
}
