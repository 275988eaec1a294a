//! Folders and drives that go away in the middle: a stick pulled out, a network drive that ends.

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

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
pub(super) fn went_away(file: &Path, error: &io::Error) -> bool {
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

/// Finds out whether the drive that an open part file is on is still at its place. A file that is
/// open can be written to long after: what its name leads to then is the folder on which the
/// drive was mounted.
///
/// # Errors
/// [`TransferError::FolderGone`].
#[cfg(unix)]
pub(super) fn refuse_a_drive_that_went_away(
    open: &File,
    part: &Path,
    destination: &Path,
) -> Result<(), TransferError> {
    use std::os::unix::fs::MetadataExt;
    let Err(source) = fs::symlink_metadata(part) else {
        return Ok(());
    };
    let drive = open.metadata().map(|file| file.dev());
    let now_there = fs::metadata(folder_of(part)).map(|folder| folder.dev());
    match (drive, now_there) {
        // It is the part file alone that was taken away, which is told when it is to get its name.
        (Ok(drive), Ok(now_there)) if drive == now_there => Ok(()),
        _ => Err(TransferError::FolderGone {
            path: destination.to_path_buf(),
            source,
        }),
    }
}

/// Windows itself fails what is written to a drive that went away.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix a drive may have gone")]
pub(super) fn refuse_a_drive_that_went_away(
    _open: &File,
    _part: &Path,
    _destination: &Path,
) -> Result<(), TransferError> {
    Ok(())
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
        let went = |number| went_away(&file, &io::Error::from_raw_os_error(number));
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
