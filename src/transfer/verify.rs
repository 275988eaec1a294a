use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    AudioFormat, Backup, BackupProof, CheckedPart, Completeness, Remark, ServerCopy, Sha256Digest,
};
use crate::transfer::error::folder_of;
use crate::transfer::gone::is_folder_gone;
use crate::transfer::promote::{promote, wanted};
use crate::transfer::writer::{RunningHash, Written};
use crate::transfer::{Ledger, SaveRequest, Saved, TransferError};

/// How much is read at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// What a [`Saved`] holds to show that its bytes were read back. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadBack(());

/// A saved file that was read back from disk, is what came, and is proven whole. Only
/// [`Saved::verified`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBackup {
    saved: Saved,
    format: AudioFormat,
    proof: BackupProof,
}

impl Saved {
    /// The backup that it is; `None` where nothing proves that it is whole.
    #[must_use]
    pub fn verified(&self) -> Option<VerifiedBackup> {
        match (self.completeness, self.format) {
            (Completeness::Proven(proof), Some(format)) => Some(VerifiedBackup {
                saved: self.clone(),
                format,
                proof,
            }),
            _ => None,
        }
    }
}

impl VerifiedBackup {
    /// What is kept of it, with when it was verified and which copy it was made from.
    #[must_use]
    pub fn into_backup(self, verified_at: Timestamp, made_from: ServerCopy) -> Backup {
        Backup {
            path: self.saved.path,
            size: self.saved.size,
            sha256: self.saved.sha256,
            format: self.format,
            milliseconds: self.saved.milliseconds,
            audio: Some(self.saved.audio),
            verified_at,
            proof: self.proof,
            made_from,
        }
    }
}

/// Reads a flushed part file back, has the ledger know it, and gives it its name, where it is what
/// was written; otherwise, or where it is cancelled, removes it.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`], [`TransferError::Cancelled`], or the disk's or the ledger's.
pub(super) async fn read_back_and_promote(
    written: Written,
    copy: ServerCopy,
    request: SaveRequest,
    ledger: &dyn Ledger,
    cancel: CancellationToken,
) -> Result<Saved, TransferError> {
    let (destination, operation) = (request.destination.clone(), request.operation.clone());
    let (named, cancelled) = (destination.clone(), cancel.clone());
    let written = on_reader(&destination, move |unwanted| {
        let given_up = || cancelled.is_cancelled() || unwanted();
        let Written {
            path, size, sha256, ..
        } = &written;
        compare(path.path(), &named, *size, *sha256, given_up)?;
        let is_proven = matches!(written.completeness, Completeness::Proven(_));
        let wanted = wanted(&request, written.format, is_proven);
        Ok((written, wanted))
    });
    let (written, (name, replace)) = written.await?;
    let wanted = (name.clone(), replace);
    let checked = CheckedPart {
        name,
        numbered: !replace,
        size: written.size,
        sha256: written.sha256,
        format: written.format,
        milliseconds: written.milliseconds,
        audio: written.audio.clone(),
        completeness: written.completeness,
        copy,
    };
    ledger.checked(&operation, checked).await?;
    on_reader(&destination, move |unwanted| {
        let given_up = || cancel.is_cancelled() || unwanted();
        let Written {
            path,
            size,
            sha256,
            format,
            milliseconds,
            audio,
            completeness,
            flushed,
        } = written;
        let (path, named_to_last) = promote(path, wanted, &given_up)?;
        let not_flushed = (!(flushed && named_to_last)).then_some(Remark::NotFlushed);
        let remarks = not_flushed.into_iter().collect();
        Ok(Saved {
            path,
            size,
            sha256,
            format,
            milliseconds,
            audio,
            completeness,
            remarks,
            read_back: ReadBack(()),
        })
    })
    .await
}

/// Reads a backup from disk and compares its size and digest with what they were when it was
/// made.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`] where it is missing or altered, [`TransferError::Disk`]
/// where it can't be read.
pub async fn verify_backup(
    path: &Path,
    size: u64,
    sha256: Sha256Digest,
) -> Result<(), TransferError> {
    let owned = path.to_path_buf();
    on_reader(path, move |unwanted| {
        compare(&owned, &owned, size, sha256, unwanted)
    })
    .await
}

/// Does `work` on a thread of its own. What `work` is given tells whether nobody waits for it any
/// more.
pub(super) async fn on_reader<T: Send + 'static>(
    file: &Path,
    work: impl FnOnce(&dyn Fn() -> bool) -> Result<T, TransferError> + Send + 'static,
) -> Result<T, TransferError> {
    let (report, outcome) = oneshot::channel();
    std::thread::Builder::new()
        .name("backup-reader".to_owned())
        .spawn(move || {
            let done = work(&|| report.is_closed());
            if report.send(done).is_err() {
                tracing::debug!("nobody waits for a file's check any more");
            }
        })
        .map_err(|error| TransferError::in_work(file, "starting to read", error))?;
    outcome.await.unwrap_or(Err(TransferError::ThreadLost))
}

/// Compares what stands in `file` with what it should be, unless it is given up before the end.
/// Failures name it `named`: a part file's own name means nothing to anyone.
pub(super) fn compare(
    file: &Path,
    named: &Path,
    size: u64,
    sha256: Sha256Digest,
    given_up: impl Fn() -> bool,
) -> Result<(), TransferError> {
    let differs = |reason: String| TransferError::ReadBackDiffers {
        path: named.to_path_buf(),
        reason,
    };
    let unreadable = |error: io::Error| match error.kind() {
        ErrorKind::NotFound if is_folder_gone(file) && file == named => {
            TransferError::FolderMissing {
                path: folder_of(file),
                source: error,
            }
        }
        ErrorKind::NotFound if is_folder_gone(file) => TransferError::FolderGone {
            path: named.to_path_buf(),
            source: error,
        },
        ErrorKind::NotFound => differs("the file is gone".to_owned()),
        _ => TransferError::in_work(named, "reading back", error),
    };
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() != size {
        return Err(differs(format!(
            "{} bytes instead of {size}",
            metadata.len()
        )));
    }
    let mut opened = File::open(file).map_err(unreadable)?;
    let mut hash = RunningHash::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        if given_up() {
            return Err(TransferError::Cancelled);
        }
        let read = match opened.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        hash.take(buffer.get(..read).unwrap_or_default());
    }
    if hash.finish() != (size, sha256) {
        return Err(differs("other contents".to_owned()));
    }
    Ok(())
}
