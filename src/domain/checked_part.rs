use std::path::PathBuf;

use crate::domain::{AudioFormat, CheckedAudio, Completeness, ServerCopy, Sha256Digest};

/// A part file that is whole, checked and flushed, just before it gets its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPart {
    /// The name.
    pub name: PathBuf,
    /// Whether the name gets a number where it is taken.
    pub numbered: bool,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its contents.
    pub sha256: Sha256Digest,
    /// What it is by its content; `None` of what is neither WAV nor FLAC.
    pub format: Option<AudioFormat>,
    /// How long it plays, in milliseconds, where that can be told.
    pub milliseconds: Option<u64>,
    /// What was found out about its audio.
    pub audio: CheckedAudio,
    /// Whether it is known to be all of the recording.
    pub completeness: Completeness,
    /// The server's copy that it was made from.
    pub copy: ServerCopy,
}
