use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{AudioFormat, CheckedAudio, CopyComparison, ServerCopy, Sha256Digest, Unfit};

/// A checked copy of a recording, as it was when it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is kept.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its contents.
    pub sha256: Sha256Digest,
    /// What it is by its content.
    pub format: AudioFormat,
    /// How long it plays, in milliseconds, where that can be told.
    pub milliseconds: Option<u64>,
    /// What was found out about its audio; `None` where it was made by a version that did not look.
    pub audio: Option<CheckedAudio>,
    /// By what its file is known without reading it, as it was when it was checked last; `None` where
    /// that is not known.
    pub seen: Option<String>,
    /// Whether it and its name were flushed to the disk; some shares and drives have no such thing.
    pub flushed: bool,
    /// When it was checked last.
    pub verified_at: Timestamp,
    /// What proves that it is whole.
    pub proof: BackupProof,
    /// The server's copy that it was made from.
    pub made_from: ServerCopy,
}

impl Backup {
    /// How the copy that the server shows stands to this backup: by the server's digest of it, else
    /// by its length, else by what was said of the copy that the backup was made from. A copy of
    /// another length than the file is another one, whatever mark it has.
    #[must_use]
    pub fn compare(&self, now: &ServerCopy) -> CopyComparison {
        match now.digest {
            Some(digest) if digest == self.sha256 => CopyComparison::Same,
            Some(_) => CopyComparison::Changed,
            None if now.length.is_some_and(|length| length != self.size) => CopyComparison::Changed,
            None => now.compare(&self.made_from),
        }
    }

    /// Whether it may be one of the copy that the server shows: nothing says otherwise, and at least
    /// its own length and kind say so.
    #[must_use]
    pub fn may_be_of(&self, now: &ServerCopy) -> bool {
        match self.compare(now) {
            CopyComparison::Same => true,
            CopyComparison::Changed => false,
            CopyComparison::CannotCompare => {
                now.length == Some(self.size) && now.is_of_format(self.format)
            }
        }
    }
}

/// What proved that a backup is all of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupProof {
    /// As many bytes arrived as the service had announced.
    Length,
    /// The contents have the digest that the service had announced (and the length, where it
    /// announced one).
    Digest,
    /// Two answers brought the same bytes.
    SameTwice,
    /// The recording's own totals: it states its end, and ends there.
    OwnTotals,
}

/// Whether a downloaded file is known to be all of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Proven, by this.
    Proven(BackupProof),
    /// Neither the service nor the recording states where it ends: the file is kept, and is no
    /// backup.
    CannotBeProven,
    /// It is kept as the service has it, because the person wanted that, and is no backup.
    AsItIs(Unfit),
}

/// What was found where a backup should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupHealth {
    /// The file is there with its size (or its contents, where they were read back).
    There,
    /// There is no such file.
    Missing,
    /// There is a file, and it is another one.
    Altered,
}
