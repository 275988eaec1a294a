use std::io;
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};

/// Why the data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// The system names no folder for a program's data (a person without a home).
    #[error("the system names no folder for data")]
    NoPlace,
    /// Another copy of the app uses it.
    #[error("another copy of the app uses this data folder")]
    InUse,
    /// It can't be made or written to.
    #[error("the data folder can't be used: {0}")]
    NotUsable(#[source] io::Error),
}

/// Where the app keeps what it keeps: `chosen`, or the system's place for a program's data on
/// this computer (`~/.local/share/audio-housekeeper`, `%LOCALAPPDATA%\Audio Housekeeper\data`,
/// `~/Library/Application Support/Audio-Housekeeper`). Practice has a folder of its own in it.
/// Nothing is made yet.
///
/// # Errors
/// [`DataFolderError::NoPlace`]; [`DataFolderError::NotUsable`] where `chosen` is relative and
/// there is no current folder.
pub fn data_folder(chosen: Option<&Path>, practice: bool) -> Result<PathBuf, DataFolderError> {
    let folder = match chosen {
        Some(chosen) => std::path::absolute(chosen).map_err(DataFolderError::NotUsable)?,
        None => own_place().ok_or(DataFolderError::NoPlace)?,
    };
    Ok(if practice {
        folder.join("practice")
    } else {
        folder
    })
}

/// Where downloads go until the person chooses: the system's folder for downloads, else that for
/// documents, else the home.
#[must_use]
pub fn downloads_folder() -> Option<PathBuf> {
    let folders = UserDirs::new()?;
    [folders.download_dir(), folders.document_dir()]
        .into_iter()
        .flatten()
        .find(|folder| folder.is_dir())
        .or_else(|| Some(folders.home_dir()))
        .map(Path::to_owned)
}

/// The local folder, where Windows knows two: a record of medical recordings does not roam.
fn own_place() -> Option<PathBuf> {
    // On Linux the name becomes lower case and loses its spaces.
    let name = if cfg!(target_os = "linux") {
        "audio-housekeeper"
    } else {
        "Audio Housekeeper"
    };
    ProjectDirs::from("", "", name).map(|folders| folders.data_local_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_is_kept_apart_and_a_chosen_folder_is_absolute() {
        let real = data_folder(Some(Path::new("somewhere")), false).unwrap();
        let practice = data_folder(Some(Path::new("somewhere")), true).unwrap();
        assert!(real.is_absolute());
        assert_ne!(real, practice);
        assert_eq!(practice, real.join("practice"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_folder_has_the_programs_name() {
        let folder = data_folder(None, false).unwrap();
        assert!(folder.ends_with("audio-housekeeper"), "{folder:?}");
    }
}
