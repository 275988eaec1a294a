//! Folders and drives that go away in the middle: a stick pulled out, a network drive that ends.

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::transfer::TransferError;
use crate::transfer::error::folder_of;

/// Windows' own numbers for a drive or a share that went away
/// (learn.microsoft.com/windows/win32/debug/system-error-codes): not ready, unexpected network
/// error, no such share, network path not found, device no longer there, network name deleted,
/// no such device, media gone, device not connected.
#[cfg(windows)]
const NUMBERS: &[i32] = &[21, 53, 55, 59, 64, 67, 433, 1112, 1167];

/// Unix' own: no such device or address, no such device, and those that a network file system
/// gives when its server does not answer any more (`ENXIO`, `ENODEV`; `EHOSTDOWN` on Linux and
/// macOS).
#[cfg(unix)]
const NUMBERS: &[i32] = &[6, 19, if cfg!(target_os = "linux") { 112 } else { 64 }];

#[cfg(not(any(unix, windows)))]
const NUMBERS: &[i32] = &[];

/// Whether what the system said of `file`, which was there before, means that its folder or
/// drive has gone.
pub(super) fn is_lost(file: &Path, error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StaleNetworkFileHandle
            | ErrorKind::NotConnected
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::TimedOut
    ) || error
        .raw_os_error()
        .is_some_and(|number| NUMBERS.contains(&number))
        // A drive that is pulled out can also show as a disk that does not read or write.
        || is_folder_gone(file)
}

/// Whether the folder of `file` is no longer there.
pub(super) fn is_folder_gone(file: &Path) -> bool {
    !folder_of(file).is_dir()
}

/// The volume on which a download made its first part file; its clones are one.
///
/// Where a drive goes away, the folder on which it was mounted may well be there, and takes files:
/// a later part file of the same download has to be on the same volume.
#[derive(Debug, Clone, Default)]
pub struct FirstVolume(Arc<OnceLock<u64>>);

impl FirstVolume {
    /// Takes an open part file's volume for the first one, or compares it with that. The file's own
    /// and not its folder's: a drive may be mounted only when something on it is opened.
    ///
    /// # Errors
    /// [`TransferError::FolderGone`] where it is another one.
    pub(super) fn expect(&self, part: &File, destination: &Path) -> Result<(), TransferError> {
        match volume(part) {
            Ok(volume) if *self.0.get_or_init(|| volume) != volume => {
                Err(TransferError::FolderGone {
                    path: destination.to_path_buf(),
                    source: io::Error::other("another volume is in its place"),
                })
            }
            Ok(_) => Ok(()),
            Err(error) => {
                // Not every volume says which one it is.
                tracing::debug!(%error, "the volume of a part file is not known");
                Ok(())
            }
        }
    }
}

/// What tells the volume of an open file from any other.
#[cfg(unix)]
pub(super) fn volume(file: &File) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.dev())
}

/// What tells the volume of an open file from any other, as far as it has a number.
#[cfg(windows)]
pub(super) fn volume(file: &File) -> io::Result<u64> {
    Ok(winapi_util::file::information(file)?.volume_serial_number())
}

/// Finds out whether the drive that an open part file is on is still at its place. A file that is
/// open can be written to long after: what its name leads to then is the folder on which the
/// drive was mounted.
///
/// # Errors
/// [`TransferError::FolderGone`].
pub(super) fn refuse_lost(
    open: &File,
    part: &Path,
    destination: &Path,
) -> Result<(), TransferError> {
    match volume(open) {
        Ok(made_on) if is_another_volume_at(part, made_on) => Err(TransferError::FolderGone {
            path: destination.to_path_buf(),
            source: io::Error::other("the part file's name leads elsewhere"),
        }),
        _ => Ok(()),
    }
}

/// Whether the name of a part file leads to another volume than the one on which it was made. Where
/// it is the part file alone that was taken away, that is told when it is to get its name.
#[cfg(unix)]
pub(super) fn is_another_volume_at(part: &Path, made_on: u64) -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_it = |found: io::Result<fs::Metadata>| found.is_ok_and(|found| found.dev() == made_on);
    !is_it(fs::symlink_metadata(part)) && !is_it(fs::metadata(folder_of(part)))
}

/// Windows itself fails what is done to a file on a drive that went away.
#[cfg(not(unix))]
pub(super) const fn is_another_volume_at(_part: &Path, _made_on: u64) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// What the kernel says of a stick that is pulled out, and of the drives of servers that went
    /// away, while the folder still seems to be there.
    #[test]
    fn the_systems_words_for_a_drive_that_went_away_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.wav");
        let went = |number| is_lost(&file, &io::Error::from_raw_os_error(number));
        let (enxio, enodev, enotconn, etimedout, ehostdown, estale) = (6, 19, 107, 110, 112, 116);
        for number in [enxio, enodev, enotconn, etimedout, ehostdown, estale] {
            assert!(went(number), "{number}");
        }
        let (eio, eacces, enospc) = (5, 13, 28);
        for number in [eio, eacces, enospc] {
            assert!(!went(number), "{number}");
        }
        drop(folder);
        assert!(went(eio), "a disk that fails because it is gone");
    }
}
