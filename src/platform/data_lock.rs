use std::fs::{File, TryLockError};
use std::path::Path;

use crate::platform::{DataFolderError, create_private_file, create_private_folder};

/// Holds a data folder for this copy of the app, for as long as it lives.
///
/// It is a lock of the operating system, which ends with the process however that ends; the
/// file that carries it stays and means nothing.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
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
        let file = create_private_file(&folder.join(Self::FILE_NAME))
            .map_err(DataFolderError::NotUsable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse),
            Err(TryLockError::Error(error)) => Err(DataFolderError::NotUsable(error)),
        }
    }
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
