use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::api::ApiError;
use crate::domain::{Failure, FailureKind, Sha256Digest};
use crate::transfer::lost_volume;
use crate::transfer::{Aside, LedgerError};

/// Why a recording was not saved, or a backup not verified. The words hold no path: paths hold
/// names.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The disk is full, or the person's share of it.
    #[error("the disk is full: {source}")]
    DiskFull {
        /// The file being written.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Nothing can be made in the folder.
    #[error("the folder can't be written to: {source}")]
    FolderNotWritable {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The folder is not there.
    #[error("there is no such folder: {source}")]
    FolderMissing {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The folder, or the drive that it is on, went away.
    #[error("the folder is no longer there: {source}")]
    FolderGone {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A folder stands where the file should go.
    #[error("a folder stands where the file should go")]
    DestinationIsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file system does not take the name.
    #[error("the file name is refused: {reason}")]
    FileNameRefused {
        /// The file.
        path: PathBuf,
        /// Why, in the system's words where they are known.
        reason: String,
    },
    /// Any other trouble with the disk.
    #[error("{doing}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// The system's words.
        source: io::Error,
    },
    /// The connection or the service failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Fewer bytes came than were announced.
    #[error("{received} of {total} bytes came")]
    CutShort {
        /// Bytes that came.
        received: u64,
        /// Bytes that were announced.
        total: u64,
    },
    /// More bytes came than were announced, or the contents have another digest.
    #[error("the contents are not the announced ones")]
    Damaged {
        /// Bytes that were announced.
        expected: Option<u64>,
        /// Bytes that came.
        received: u64,
        /// The digest of what came, where all of it was taken in.
        sha256: Option<Sha256Digest>,
    },
    /// What had come and was kept is not there.
    #[error("the part file is not there, or not as it was")]
    PartGone {
        /// The part file.
        path: PathBuf,
    },
    /// The pieces that two answers brought are no whole recording, or not the announced one.
    #[error("what came in pieces does not fit together")]
    PiecesDoNotFit,
    /// What came is nothing to keep: damaged, empty, or neither WAV nor FLAC.
    #[error("what came is not kept: {reason}")]
    Unfit {
        /// What there is to say of it.
        kind: Box<FailureKind>,
        /// The check's own words.
        reason: String,
        /// The digest of what came.
        sha256: Sha256Digest,
        /// The file, where all came that the service has.
        aside: Option<Box<Aside>>,
    },
    /// What stands on disk is not what was written.
    #[error("what stands on disk differs: {reason}")]
    ReadBackDiffers {
        /// The file.
        path: PathBuf,
        /// In what.
        reason: String,
    },
    /// Another program holds the finished part file, so that it can't be given its name.
    #[error("the finished part file is held by another program, and stays: {source}")]
    Held {
        /// The name that it was to have.
        path: PathBuf,
        /// The part file, whole and checked.
        part: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is there, but nothing proves that it is whole: it is no backup.
    #[error("neither the service nor the recording states where it ends")]
    CompletenessNotProven {
        /// The file.
        path: PathBuf,
    },
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The download could not be written down: nothing was saved.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A fault of this program's own.
    #[error("the thread that writes or reads has ended")]
    ThreadLost,
}

impl TransferError {
    /// The failure to show; `None` where the person cancelled.
    #[must_use]
    pub fn into_failure(self, at: Timestamp) -> Option<Failure> {
        let technical = self.to_string();
        let kind = match self {
            Self::Api(error) => return Some(error.failure),
            Self::Cancelled => return None,
            Self::DiskFull { path, .. } => FailureKind::DiskFull { path },
            Self::FolderNotWritable { path, .. } => FailureKind::FolderNotWritable { path },
            Self::FolderMissing { path, .. } => FailureKind::FolderMissing { path },
            Self::FolderGone { path, .. } => FailureKind::FolderGone { path },
            Self::DestinationIsFolder { path } => FailureKind::DestinationIsFolder { path },
            Self::FileNameRefused { path, .. } => FailureKind::FileNameRefused { path },
            Self::Disk { path, .. } => FailureKind::Disk { path },
            Self::CutShort { received, total } => FailureKind::ConnectionDropped {
                received,
                total: Some(total),
            },
            Self::Damaged {
                expected, received, ..
            } => FailureKind::DamagedInTransit { expected, received },
            Self::PiecesDoNotFit => FailureKind::PiecesDoNotFit,
            Self::PartGone { path } => FailureKind::PartGone { path },
            Self::Unfit { kind, .. } => *kind,
            Self::ReadBackDiffers { path, .. } => FailureKind::ReadBackDiffers { path },
            Self::Held { path, part, .. } => FailureKind::FileHeld { path, part },
            Self::CompletenessNotProven { path } => FailureKind::CompletenessNotProven { path },
            Self::Ledger(_) => FailureKind::StoreTrouble,
            Self::ThreadLost => FailureKind::Internal,
        };
        Some(Failure::new(kind, at, technical))
    }

    /// Takes out what came and can be no backup.
    pub fn take_aside(&mut self) -> Option<Aside> {
        match self {
            Self::Unfit { aside, .. } => aside.take().map(|aside| *aside),
            _ => None,
        }
    }

    /// The digest of what came, where all of it came and it is not kept.
    #[must_use]
    pub const fn came(&self) -> Option<Sha256Digest> {
        match self {
            Self::Unfit { sha256, .. } => Some(*sha256),
            _ => None,
        }
    }

    /// The digest of what came, where it is not what was announced. It shows only whether the same
    /// comes again, and never that all arrived: the service itself speaks against that.
    #[must_use]
    pub const fn contradicted(&self) -> Option<Sha256Digest> {
        match self {
            Self::Damaged { sha256, .. } => *sha256,
            _ => None,
        }
    }

    /// Classes what the system said when the part file of `file` was to be made: its own name means nothing
    /// to anyone.
    pub(super) fn in_making(file: &Path, source: io::Error) -> Self {
        let folder = folder_of(file);
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::FolderNotWritable {
                    path: folder,
                    source,
                }
            }
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                // Some file systems say "not found" of a new file in a folder that they have.
                if folder.is_dir() {
                    Self::FolderNotWritable {
                        path: folder,
                        source,
                    }
                } else {
                    Self::FolderMissing {
                        path: folder,
                        source,
                    }
                }
            }
            io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => Self::FileNameRefused {
                path: file.to_path_buf(),
                reason: source.to_string(),
            },
            _ if lost_volume::is_lost(file, &source) => Self::FolderMissing {
                path: folder,
                source,
            },
            _ => Self::in_work(file, "making the part file", source),
        }
    }

    /// Classes what the system said while `doing` something to a file that is there.
    pub(super) fn in_work(file: &Path, doing: &'static str, source: io::Error) -> Self {
        let path = file.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path, source }
            }
            io::ErrorKind::IsADirectory => Self::DestinationIsFolder { path },
            _ if lost_volume::is_lost(file, &source) => Self::FolderGone { path, source },
            io::ErrorKind::InvalidFilename => Self::FileNameRefused {
                path,
                reason: source.to_string(),
            },
            _ => Self::Disk {
                path,
                doing,
                source,
            },
        }
    }
}

/// The folder that a file is in; the current one for a bare name.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
