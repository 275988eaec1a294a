use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::pin;

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    AudioFormat, Backup, BackupProof, CheckedPart, Completeness, Remark, ServerCopy, Sha256Digest,
};
use crate::transfer::arriving::RunningHash;
use crate::transfer::error::folder_of;
use crate::transfer::from_disk::{DiskReader, ReadFrom};
use crate::transfer::lost_volume::is_folder_gone;
use crate::transfer::promote::{Wanted, promote, wanted};
use crate::transfer::writer::Written;
use crate::transfer::{FileSeen, Ledger, PromotedFile, SaveRequest, TransferError};

/// What a [`PromotedFile`] holds to show that it was checked, written and flushed before it got its
/// name. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promoted(());

/// A saved file that was checked while it came, and is proven whole. Only
/// [`PromotedFile::verified`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBackup {
    saved: PromotedFile,
    format: AudioFormat,
    proof: BackupProof,
}

impl PromotedFile {
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
            seen: self.saved.seen.map(|seen| seen.to_text()),
            flushed: !self.saved.remarks.contains(&Remark::NotFlushed),
            proof: self.proof,
            made_from,
        }
    }
}

/// A flushed part file that the ledger knows, and the name that it is to get.
pub(super) struct WrittenDown {
    written: Written,
    destination: PathBuf,
    wanted: Wanted,
}

/// Has the ledger know a flushed part file; where something else stands in its place, or it is
/// cancelled, removes it.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`], [`TransferError::Cancelled`], or the disk's or the ledger's.
pub(super) async fn write_down(
    written: Written,
    copy: ServerCopy,
    request: SaveRequest,
    ledger: &dyn Ledger,
    cancel: &CancellationToken,
) -> Result<WrittenDown, TransferError> {
    let (destination, operation) = (request.destination.clone(), request.operation.clone());
    let (named, cancelled) = (destination.clone(), cancel.clone());
    let written = on_reader(&destination, move |unwanted| {
        let given_up = || cancelled.is_cancelled() || unwanted();
        if given_up() {
            return Err(TransferError::Cancelled);
        }
        expect_size(written.path.path(), &named, written.size)?;
        let is_proven = matches!(written.completeness, Completeness::Proven(_));
        let wanted = wanted(&request, written.format, is_proven);
        Ok((written, wanted))
    });
    let (written, wanted) = written.await?;
    let checked = CheckedPart {
        name: wanted.path.clone(),
        numbered: wanted.replaces.is_none(),
        size: written.size,
        sha256: written.sha256,
        format: written.format,
        milliseconds: written.milliseconds,
        audio: written.audio.clone(),
        completeness: written.completeness,
        copy,
    };
    ledger.checked(&operation, checked).await?;
    Ok(WrittenDown {
        written,
        destination,
        wanted,
    })
}

impl WrittenDown {
    /// Gives the part file its name; where it is cancelled, removes it. `held` is called where
    /// another program holds it and is waited for.
    ///
    /// # Errors
    /// [`TransferError::Held`], [`TransferError::Cancelled`], or the disk's.
    pub(super) async fn promote(
        self,
        held: impl Fn(),
        cancel: CancellationToken,
    ) -> Result<PromotedFile, TransferError> {
        let (tell, told) = oneshot::channel();
        let naming = on_reader(&self.destination, move |unwanted| {
            let given_up = || cancel.is_cancelled() || unwanted();
            self.written.promote(self.wanted, tell, &given_up)
        });
        let mut naming = pin!(naming);
        tokio::select! {
            biased;
            named = &mut naming => return named,
            Ok(()) = told => held(),
        }
        naming.await
    }
}

impl Written {
    fn promote(
        self,
        wanted: Wanted,
        held: oneshot::Sender<()>,
        given_up: &dyn Fn() -> bool,
    ) -> Result<PromotedFile, TransferError> {
        let (path, named_to_last) = promote(self.path, wanted, held, given_up)?;
        let not_flushed = (!(self.flushed && named_to_last)).then_some(Remark::NotFlushed);
        let remarks = not_flushed.into_iter().collect();
        Ok(PromotedFile {
            seen: FileSeen::at(&path),
            path,
            size: self.size,
            sha256: self.sha256,
            format: self.format,
            milliseconds: self.milliseconds,
            audio: self.audio,
            completeness: self.completeness,
            remarks,
            promoted: Promoted(()),
        })
    }
}

/// Reads a backup from the disk itself, where that is to be had, and compares its size and digest
/// with what they were when it was made. Tells where it was read from.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`] where it is missing or altered, [`TransferError::Disk`]
/// where it can't be read.
pub async fn verify_backup(
    path: &Path,
    size: u64,
    sha256: Sha256Digest,
) -> Result<ReadFrom, TransferError> {
    let owned = path.to_path_buf();
    on_reader(path, move |unwanted| {
        compare(&owned, size, sha256, unwanted)
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
/// Tells where it was read from.
pub(super) fn compare(
    file: &Path,
    size: u64,
    sha256: Sha256Digest,
    given_up: impl Fn() -> bool,
) -> Result<ReadFrom, TransferError> {
    expect_size(file, file, size)?;
    let unreadable = |error| unreadable(file, file, error);
    let mut reader = DiskReader::open(file).map_err(unreadable)?;
    let mut hash = RunningHash::default();
    loop {
        if given_up() {
            return Err(TransferError::Cancelled);
        }
        match reader.read() {
            Ok([]) => break,
            Ok(bytes) => hash.take(bytes),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    if hash.finish() != (size, sha256) {
        return Err(differs(file, "other contents"));
    }
    Ok(reader.read_from())
}

/// Sees whether a file of that size stands there. Failures name it `named`: a part file's own name
/// means nothing to anyone.
fn expect_size(file: &Path, named: &Path, size: u64) -> Result<(), TransferError> {
    let metadata = std::fs::metadata(file).map_err(|error| unreadable(file, named, error))?;
    if !metadata.is_file() || metadata.len() != size {
        let reason = format!("{} bytes instead of {size}", metadata.len());
        return Err(differs(named, &reason));
    }
    Ok(())
}

fn differs(named: &Path, reason: &str) -> TransferError {
    TransferError::ReadBackDiffers {
        path: named.to_path_buf(),
        reason: reason.to_owned(),
    }
}

fn unreadable(file: &Path, named: &Path, error: io::Error) -> TransferError {
    match error.kind() {
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
        ErrorKind::NotFound => differs(named, "the file is gone"),
        _ => TransferError::in_work(named, "reading back", error),
    }
}
