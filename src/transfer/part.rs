use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use tokio::fs;

use crate::domain::refused_by_windows;
use crate::transfer::error::folder_of;
use crate::transfer::long_path::however_long;
use crate::transfer::{Ledger, SaveRequest, TransferEnd, TransferError, TransferStart};

/// The ending by which people, and the next start, know an unfinished file.
pub(super) const ENDING: &str = ".part";

/// How many part files of one name are stepped over.
const MOST: u32 = 1000;

/// A part file that is removed when dropped.
pub(super) struct PartFile {
    pub(super) file: File,
    pub(super) path: TempPath,
}

impl PartFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Finds out, before anything is fetched, whether a file can be made at `destination`.
///
/// It makes an empty part file and removes it.
///
/// # Errors
/// [`TransferError`], classed as the download's own would be.
pub async fn check_destination(destination: &Path) -> Result<(), TransferError> {
    refuse_no_file(destination).await?;
    for number in 1..=MOST {
        let path = candidate(destination, number)?;
        match make(&path).await {
            Ok(part) => {
                drop(part.file);
                return part
                    .path
                    .close()
                    .map_err(|error| TransferError::in_work(&path, "removing a part file", error));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(TransferError::in_making(&path, error)),
        }
    }
    Err(too_many(destination))
}

/// Removes a part file that an earlier run left.
///
/// One that is gone already is no error, if the folder that it was in is there: on a drive that is
/// not connected it may well be left.
///
/// # Errors
/// [`TransferError::FolderGone`] where it can't be looked for; others where it can't be removed, or
/// is no part file ([`TransferError::FileNameRefused`]): a name without the ending, a folder, a
/// link.
pub async fn remove_left_over(part: &Path) -> Result<(), TransferError> {
    let named_so = part
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(ENDING));
    let metadata = match fs::symlink_metadata(part).await {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = fs::metadata(folder_of(part)).await;
            if folder.is_ok_and(|folder| folder.is_dir()) {
                return Ok(());
            }
            let path = part.to_path_buf();
            let source = error;
            return Err(TransferError::FolderGone { path, source });
        }
        Err(error) => return Err(TransferError::in_work(part, "finding a part file", error)),
    };
    if !named_so || !metadata.is_file() {
        return Err(TransferError::FileNameRefused {
            path: part.to_path_buf(),
            reason: "this is no part file".to_owned(),
        });
    }
    fs::remove_file(part)
        .await
        .map_err(|error| TransferError::in_work(part, "removing a part file", error))
}

/// Makes the part file, after the ledger has it.
pub(super) async fn create(
    request: &SaveRequest,
    ledger: &dyn Ledger,
) -> Result<PartFile, TransferError> {
    let destination = &request.destination;
    refuse_no_file(destination).await?;
    for number in 1..=MOST {
        let path = candidate(destination, number)?;
        if fs::symlink_metadata(&path).await.is_ok() {
            continue;
        }
        ledger
            .begin(TransferStart {
                operation: request.operation.clone(),
                doctor: request.doctor.clone(),
                destination: destination.clone(),
                part: path.clone(),
            })
            .await?;
        let made = make(&path).await;
        if let Err(error) = &made
            && error.kind() == io::ErrorKind::AlreadyExists
        {
            continue;
        }
        if made.is_err()
            && let Err(error) = ledger.end(&request.operation, TransferEnd::Discarded).await
        {
            tracing::warn!(%error, "the end of a transfer could not be written down");
        }
        return made.map_err(|error| TransferError::in_making(&path, error));
    }
    Err(too_many(destination))
}

/// A new file, readable by its owner only; never one that is there, nor through a link.
async fn make(path: &Path) -> io::Result<PartFile> {
    let path = however_long(&std::path::absolute(path)?);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(&path).await?;
    Ok(PartFile {
        path: TempPath::try_from_path(path)?,
        file: file.into_std().await,
    })
}

/// `NAME.part`, `NAME (2).part`, …
fn candidate(destination: &Path, number: u32) -> Result<PathBuf, TransferError> {
    let mut name: OsString = match destination.file_name() {
        Some(name) => name.to_owned(),
        None => {
            return Err(TransferError::FileNameRefused {
                path: destination.to_path_buf(),
                reason: "there is no file name".to_owned(),
            });
        }
    };
    if number > 1 {
        name.push(format!(" ({number})"));
    }
    name.push(ENDING);
    Ok(folder_of(destination).join(name))
}

/// Refuses what can't be a file of that name: a folder, and, on Windows, what would become another
/// file or none.
async fn refuse_no_file(destination: &Path) -> Result<(), TransferError> {
    if cfg!(windows)
        && let Some(refusal) = refused_by_windows(&destination.to_string_lossy())
    {
        return Err(TransferError::FileNameRefused {
            path: destination.to_path_buf(),
            reason: refusal.to_string(),
        });
    }
    let is_folder = fs::metadata(destination)
        .await
        .is_ok_and(|metadata| metadata.is_dir());
    if is_folder {
        return Err(TransferError::DestinationIsFolder {
            path: destination.to_path_buf(),
        });
    }
    Ok(())
}

fn too_many(destination: &Path) -> TransferError {
    TransferError::FileNameRefused {
        path: destination.to_path_buf(),
        reason: format!("there are {MOST} part files of that name"),
    }
}
