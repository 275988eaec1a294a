//! Folders and drives that go away in the middle: a stick pulled out, a network drive that ends.

use std::io::{self, ErrorKind};
use std::path::Path;

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
