//! What an earlier run gave its name, and did not come to say so.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::CheckedPart;
use crate::transfer::flush::{flush, flush_folder};
use crate::transfer::mark::mark;
use crate::transfer::promote::names;
use crate::transfer::verify::{compare, on_reader};
use crate::transfer::{FileSeen, TransferError};

/// A file that had got its name.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// The file as it is there.
    pub seen: Option<FileSeen>,
    /// Whether it and its name are flushed to the disk now.
    pub flushed: bool,
}

/// Looks for the file that a part file became: one of the names that it was to get, with its very
/// contents. `None` where the part file is still there by its own name alone, or there is no such
/// file.
///
/// `part_mark` is what the ledger was told when the part file was made.
///
/// # Errors
/// [`TransferError`] where a file of such a name and size can't be read or flushed.
pub async fn find_named(
    part: &Path,
    part_mark: Option<&str>,
    checked: &CheckedPart,
) -> Result<Option<Found>, TransferError> {
    let (part, part_mark) = (part.to_path_buf(), part_mark.map(ToOwned::to_owned));
    let CheckedPart { size, sha256, .. } = *checked;
    let candidates = candidates(checked, part_mark.as_deref());
    on_reader(&checked.name, move |unwanted| {
        // Where a name is given by a link, both may be there for a moment.
        let unnamed = mark_at(&part);
        let may_be = |path: &PathBuf| unnamed.is_none() || mark_at(path) == unnamed;
        for path in candidates.into_iter().filter(may_be) {
            match compare(&path, size, sha256, unwanted) {
                Ok(_) => return found(path).map(Some),
                Err(TransferError::ReadBackDiffers { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    })
    .await
}

/// The files that it may be, the likeliest first: the one that has its mark, else the last of those
/// in a row, as it got the first number that was free.
fn candidates(checked: &CheckedPart, part_mark: Option<&str>) -> Vec<PathBuf> {
    let is_taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    let mut taken: Vec<PathBuf> = names(&checked.name, checked.numbered)
        .take_while(is_taken)
        .collect();
    taken.reverse();
    taken.sort_by_key(|path| {
        let found = mark_at(path);
        found.is_none() || found.as_deref() != part_mark
    });
    taken
}

/// Whether the app came to flush it before it ended is not known.
fn found(path: PathBuf) -> Result<Found, TransferError> {
    let flushed = flush_file(&path).and_then(|file| Ok(file && flush_folder(&path)?));
    let flushed = flushed.map_err(|error| TransferError::in_work(&path, "flushing", error))?;
    Ok(Found {
        seen: FileSeen::at(&path),
        path,
        flushed,
    })
}

#[cfg(not(windows))]
fn flush_file(path: &Path) -> io::Result<bool> {
    flush(&File::open(path)?)
}

/// Windows flushes only what may be written to. Where nobody may write to the file, or another
/// program lets nobody, it is whole all the same: access is denied, the volume takes no writing,
/// sharing is violated (learn.microsoft.com/windows/win32/debug/system-error-codes).
#[cfg(windows)]
fn flush_file(path: &Path) -> io::Result<bool> {
    let opened = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path);
    match opened {
        Err(error) if matches!(error.raw_os_error(), Some(5 | 19 | 32)) => Ok(false),
        opened => flush(&opened?),
    }
}

fn mark_at(path: &Path) -> Option<String> {
    File::open(path).and_then(|file| mark(&file)).ok()
}
