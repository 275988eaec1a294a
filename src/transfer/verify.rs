use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::audio;
use crate::domain::{AudioFormat, Backup, BackupProof, Completeness, ServerCopy, Sha256Digest};
use crate::transfer::writer::Contents;
use crate::transfer::{Saved, TransferError};

/// How much is read at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// A backup that was read back from disk and is what it should be. Only the verifier makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBackup {
    path: PathBuf,
    size: u64,
    sha256: Sha256Digest,
    format: AudioFormat,
    milliseconds: Option<u64>,
    proof: BackupProof,
}

impl VerifiedBackup {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The digest of its contents, as they were read back.
    #[must_use]
    pub const fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// What is kept of it, with when it was verified and which copy it was made from.
    #[must_use]
    pub fn into_backup(self, verified_at: Timestamp, made_from: ServerCopy) -> Backup {
        Backup {
            path: self.path,
            size: self.size,
            sha256: self.sha256,
            format: self.format,
            milliseconds: self.milliseconds,
            verified_at,
            proof: self.proof,
            made_from,
        }
    }
}

/// Reads a file that was just saved back from disk.
///
/// # Errors
/// [`TransferError::CompletenessNotProven`] where nothing proves that it is whole, else as
/// [`verify_backup`].
pub async fn read_back(saved: &Saved) -> Result<VerifiedBackup, TransferError> {
    match saved.completeness {
        Completeness::Proven(proof) => {
            verify_backup(&saved.path, saved.size, saved.sha256, proof).await
        }
        Completeness::CannotBeProven => Err(TransferError::CompletenessNotProven {
            path: saved.path.clone(),
        }),
    }
}

/// Reads a backup from disk and compares its size and digest with what they were when `proof`
/// showed it to be whole.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`] where it is missing or altered, [`TransferError::Disk`]
/// where it can't be read.
pub async fn verify_backup(
    path: &Path,
    size: u64,
    sha256: Sha256Digest,
    proof: BackupProof,
) -> Result<VerifiedBackup, TransferError> {
    let owned = path.to_path_buf();
    let (report, outcome) = oneshot::channel();
    std::thread::Builder::new()
        .name("backup-reader".to_owned())
        .spawn(move || {
            if report.send(compare(owned, size, sha256, proof)).is_err() {
                tracing::debug!("nobody waits for a backup's check any more");
            }
        })
        .map_err(|error| TransferError::in_work(path, "starting to read", error))?;
    outcome.await.unwrap_or(Err(TransferError::ThreadLost))
}

fn compare(
    path: PathBuf,
    size: u64,
    sha256: Sha256Digest,
    proof: BackupProof,
) -> Result<VerifiedBackup, TransferError> {
    let differs = |reason: String| TransferError::ReadBackDiffers {
        path: path.clone(),
        reason,
    };
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => differs("the file is gone".to_owned()),
        _ => TransferError::in_work(&path, "reading back", error),
    };
    let metadata = std::fs::metadata(&path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() != size {
        return Err(differs(format!(
            "{} bytes instead of {size}",
            metadata.len()
        )));
    }
    let mut file = File::open(&path).map_err(unreadable)?;
    let mut contents = Contents::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        contents
            .take(buffer.get(..read).unwrap_or_default())
            .map_err(|error| differs(error.to_string()))?;
    }
    let format = contents
        .format()
        .map_err(|error| differs(error.to_string()))?;
    let milliseconds = audio::milliseconds(&contents.start, contents.size);
    let read = contents.size;
    let found = contents.digest();
    if read != size || found != sha256 {
        return Err(differs("other contents".to_owned()));
    }
    Ok(VerifiedBackup {
        path,
        size,
        sha256,
        format,
        milliseconds,
        proof,
    })
}
