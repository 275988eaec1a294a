use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use crate::platform::private_files::private_file;
use crate::platform::{DataFolderError, create_private_folder};

/// Holds a data folder for this copy of the app, for as long as it lives.
///
/// It is a lock of the operating system, which ends with the process however that ends; the
/// file that carries it stays and means nothing. Where that could be removed and made anew while it is
/// held, the folder itself is locked too.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
    _folder: Option<File>,
}

impl DataLock {
    /// The file that carries the lock.
    pub const FILE_NAME: &'static str = "lock";

    /// Takes the lock on `folder`, which is made where it is missing. Blocks on the disk, and
    /// never waits for the other copy.
    ///
    /// # Errors
    /// [`DataFolderError::InUse`] where another copy has it; [`DataFolderError::NotUsable`]
    /// where the folder or the file can't be made, or the file system knows no locks.
    pub fn acquire(folder: &Path) -> Result<Self, DataFolderError> {
        create_private_folder(folder).map_err(DataFolderError::NotUsable)?;
        let file = lasting_file(&folder.join(Self::FILE_NAME)).map_err(|error| {
            if is_held(&error) {
                DataFolderError::InUse
            } else {
                DataFolderError::NotUsable(error)
            }
        })?;
        lock(&file)?;
        Ok(Self {
            _file: file,
            _folder: lock_folder(folder)?,
        })
    }
}

fn lock(file: &File) -> Result<(), DataFolderError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => DataFolderError::InUse,
        TryLockError::Error(error) => DataFolderError::NotUsable(error),
    })
}

/// Locks the folder itself. `None` where its file system can't: NFS has no lock of what is not open to be
/// written (`flock(2)`).
#[cfg(unix)]
fn lock_folder(folder: &Path) -> Result<Option<File>, DataFolderError> {
    let opened = File::open(folder).map_err(DataFolderError::NotUsable)?;
    match lock(&opened) {
        Ok(()) => Ok(Some(opened)),
        Err(DataFolderError::NotUsable(error)) => {
            tracing::debug!(%error, "the data folder itself can't be locked");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// On Windows the file can't be removed while it is held.
#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "on Unix another copy may hold it")]
const fn lock_folder(_folder: &Path) -> Result<Option<File>, DataFolderError> {
    Ok(None)
}

#[cfg(unix)]
fn lasting_file(path: &Path) -> io::Result<File> {
    private_file().open(path)
}

/// A file that nobody can remove or rename while it is open.
#[cfg(windows)]
fn lasting_file(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// `FILE_SHARE_READ` and `FILE_SHARE_WRITE`, without `FILE_SHARE_DELETE`.
    const SHARED: u32 = 0x1 | 0x2;
    private_file().share_mode(SHARED).open(path)
}

/// Whether another program holds it open against this use: "sharing violation".
fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error() == Some(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_copy_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("data");
        let first = DataLock::acquire(&place).unwrap();
        assert!(matches!(
            DataLock::acquire(&place),
            Err(DataFolderError::InUse)
        ));
        drop(first);
        assert!(DataLock::acquire(&place).is_ok());
    }

    /// Somebody tidied up, or an old hand thought that the file was what holds.
    #[test]
    fn a_second_copy_is_refused_also_where_the_lock_file_is_gone_or_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(DataLock::FILE_NAME);
        let first = DataLock::acquire(folder.path()).unwrap();
        let removed = std::fs::remove_file(&file);
        assert_eq!(removed.is_err(), cfg!(windows), "{removed:?}");
        for _ in 0..2 {
            let second = DataLock::acquire(folder.path());
            assert!(matches!(second, Err(DataFolderError::InUse)), "{second:?}");
        }
        drop(first);
        assert!(DataLock::acquire(folder.path()).is_ok());
    }

    #[test]
    fn a_folder_that_can_not_be_made_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(matches!(
            DataLock::acquire(&file.join("data")),
            Err(DataFolderError::NotUsable(_))
        ));
    }
}
