use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::api::{ApiError, Recording, RecordingBody};
use crate::domain::{
    AudioFormat, Failure, FailureKind, ServerCopy, SetAside, Sha256Digest, Unfit,
    file_name_as_it_is,
};
use crate::transfer::part::{ENDING, OwnPart};
use crate::transfer::{TransferError, verify_backup};

/// How many files of one name are stepped over.
const MOST: u32 = 1000;

/// How much is read at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// All of what the service has, flushed to disk, that can be no backup. It is removed when dropped.
#[derive(Debug)]
pub struct Aside {
    pub(super) path: OwnPart,
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
}

impl Aside {
    /// Where it is.
    #[must_use]
    pub fn part(&self) -> &Path {
        self.path.path()
    }

    /// Where it is to be kept, beside the `destination` that it was not saved to: under a name that
    /// says what it is, and that it is no finished file.
    #[must_use]
    pub fn place(&self, destination: &Path) -> PathBuf {
        let named = destination.extension().unwrap_or_default();
        let has_format = AudioFormat::from_extension(&named.to_string_lossy()).is_some();
        let name = if has_format {
            destination.file_stem()
        } else {
            destination.file_name()
        };
        let name = name.unwrap_or_default().to_string_lossy();
        let numbered = |number: u32| {
            let name = match number {
                1 => name.to_string(),
                _ => format!("{name} ({number})"),
            };
            let name = file_name_as_it_is(&name, self.unfit, self.format);
            destination.with_file_name(format!("{name}{ENDING}"))
        };
        let is_free = |path: &PathBuf| path.symlink_metadata().is_err();
        (1..=MOST)
            .map(numbered)
            .find(is_free)
            .unwrap_or_else(|| self.part().to_path_buf())
    }

    /// Keeps it at `place`, or, where that can't be, where it is. Whether it is at `place`.
    #[must_use]
    pub fn keep_at(self, place: &Path) -> bool {
        let mut part = self.path;
        let named = part.give_name(place, false);
        if let Err(error) = &named {
            tracing::warn!(%error, "what was set aside keeps its part file's name");
            part.keep();
        }
        named.is_ok()
    }
}

/// What was set aside, to be saved as any recording is.
///
/// # Errors
/// [`TransferError`]: it is gone, altered, or can't be read.
pub async fn open_set_aside(set_aside: &SetAside) -> Result<Recording, TransferError> {
    let path = find_set_aside(set_aside).await?;
    let opened = File::open(&path).await;
    let file = opened
        .map_err(|error| TransferError::in_work(&path, "opening what was set aside", error))?;
    Ok(Recording {
        copy: ServerCopy {
            format: set_aside.format,
            length: Some(set_aside.size),
            digest: Some(set_aside.sha256),
            ..ServerCopy::default()
        },
        coding: None,
        from: 0,
        body: Box::new(FileBody { path, file }),
    })
}

/// Removes what was set aside. One that is gone, or in whose place something else stands, is no
/// error, if the folder that it was in is there. Whether it was there and is removed.
///
/// # Errors
/// [`TransferError`] where it can't be looked for or removed.
pub async fn remove_set_aside(set_aside: &SetAside) -> Result<bool, TransferError> {
    let path = match find_set_aside(set_aside).await {
        Ok(path) => path,
        Err(TransferError::ReadBackDiffers { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let removed = tokio::fs::remove_file(&path).await;
    removed
        .map(|()| true)
        .map_err(|error| TransferError::in_work(&path, "removing what was set aside", error))
}

/// Where what was set aside is now: the file of its very contents.
///
/// # Errors
/// [`TransferError::ReadBackDiffers`] where it is gone or altered; others where it can't be read.
pub async fn find_set_aside(set_aside: &SetAside) -> Result<PathBuf, TransferError> {
    let SetAside { size, sha256, .. } = set_aside;
    let Err(not_there) = verify_backup(&set_aside.path, *size, *sha256).await else {
        return Ok(set_aside.path.clone());
    };
    match verify_backup(&set_aside.part, *size, *sha256).await {
        Ok(_) => Ok(set_aside.part.clone()),
        Err(_) => Err(not_there),
    }
}

/// A file's bytes, as those of a recording that arrives.
struct FileBody {
    path: PathBuf,
    file: File,
}

impl RecordingBody for FileBody {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        Box::pin(async {
            let mut buffer = vec![0; BUFFER];
            match self.file.read(&mut buffer).await {
                Ok(0) => Ok(None),
                Ok(read) => {
                    buffer.truncate(read);
                    Ok(Some(buffer.into()))
                }
                Err(error) => {
                    let path = self.path.clone();
                    let kind = FailureKind::Disk { path };
                    Err(ApiError {
                        failure: Failure::new(kind, Timestamp::now(), error.to_string()),
                        may_have_reached: false,
                    })
                }
            }
        })
    }
}
