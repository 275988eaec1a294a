use std::path::Path;

/// Why a file could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowInFolderError {
    /// It is not there (any more).
    #[error("the file is not there")]
    Missing,
    /// The system's file manager could not be asked.
    #[error("no file manager answered: {0}")]
    NoFileManager(#[source] opener::OpenError),
}

/// Opens the system's file manager with `file` chosen. Blocks until it was asked, which can take
/// seconds: never called on the window's thread.
///
/// # Errors
/// [`ShowInFolderError`].
pub fn show_in_folder(file: &Path) -> Result<(), ShowInFolderError> {
    if !file.exists() {
        return Err(ShowInFolderError::Missing);
    }
    opener::reveal(file).map_err(ShowInFolderError::NoFileManager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_is_said_to_be_gone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            show_in_folder(&folder.path().join("gone.wav")),
            Err(ShowInFolderError::Missing)
        ));
    }
}
