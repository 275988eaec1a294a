use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::domain::{AudioFormat, numbered_file_name};
use crate::transfer::flush::flush_folder;
use crate::transfer::long_path::however_long;
use crate::transfer::{SaveRequest, TransferError};

/// How many files of one name are stepped over.
const MOST: u32 = 1000;

/// Gives a finished part file its name and flushes its folder. Tells the name, and whether flushing
/// was to be had.
///
/// Only the very path that the person agreed to is replaced; anything else gets a number where
/// the name is taken.
pub(super) fn promote(
    mut part: TempPath,
    request: &SaveRequest,
    format: Option<AudioFormat>,
) -> Result<(PathBuf, bool), TransferError> {
    let wanted = format.map_or_else(
        || request.destination.clone(),
        |format| with_extension_of(&request.destination, format),
    );
    if request.replace && wanted == request.destination {
        part.persist(however_long(&wanted))
            .map_err(|error| in_naming(&wanted, error.error))?;
        let flushed = make_last(&wanted)?;
        return Ok((wanted, flushed));
    }
    for number in 1..=MOST {
        let path = numbered(&wanted, number);
        match part.persist_noclobber(however_long(&path)) {
            Ok(()) => {
                let flushed = make_last(&path)?;
                return Ok((path, flushed));
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => part = error.path,
            Err(error) if knows_no_such_move(&error.error) => {
                part = error.path;
                if is_free(&path).map_err(|error| in_naming(&path, error))? {
                    part.persist(however_long(&path))
                        .map_err(|error| in_naming(&path, error.error))?;
                    let flushed = make_last(&path)?;
                    return Ok((path, flushed));
                }
            }
            Err(error) => return Err(in_naming(&path, error.error)),
        }
    }
    Err(TransferError::FileNameRefused {
        path: wanted,
        reason: format!("there are {MOST} files of that name"),
    })
}

/// Whether the file system has neither a rename that replaces nothing nor links to do it by, as
/// some network and FUSE file systems: there the name is looked at before the file is given it.
fn knows_no_such_move(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => true,
        // What Unix says of links where there are none. Windows links nothing to name a file: there
        // it is a refusal.
        io::ErrorKind::PermissionDenied => cfg!(unix),
        _ => false,
    }
}

/// Whether nothing has that name. Only the system's own word for it counts: a name that could not
/// be looked at may be a recording's.
fn is_free(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The same path, ending as a file of this format does: the other format's ending is replaced,
/// any other is kept before it ("Dr. Smith" has no ending).
fn with_extension_of(destination: &Path, format: AudioFormat) -> PathBuf {
    let extension = destination.extension().unwrap_or_default();
    match AudioFormat::from_extension(&extension.to_string_lossy()) {
        Some(named) if named == format => destination.to_path_buf(),
        Some(_) => destination.with_extension(format.extension()),
        None => {
            let mut name = destination.file_name().unwrap_or_default().to_owned();
            name.push(".");
            name.push(format.extension());
            destination.with_file_name(name)
        }
    }
}

fn numbered(wanted: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return wanted.to_path_buf();
    }
    let name = wanted.file_name().map(OsStr::to_string_lossy);
    wanted.with_file_name(numbered_file_name(&name.unwrap_or_default(), number))
}

/// A folder that has come to stand at the name is what "not empty" and "exists" mean here too.
fn in_naming(path: &Path, error: io::Error) -> TransferError {
    if path.is_dir() {
        return TransferError::DestinationIsFolder {
            path: path.to_path_buf(),
        };
    }
    TransferError::in_work(path, "naming the finished file", error)
}

/// Makes the new name last through a power cut, and tells whether that was to be had.
fn make_last(file: &Path) -> Result<bool, TransferError> {
    flush_folder(file).map_err(|error| {
        TransferError::in_work(file, "flushing the folder of the finished file", error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_that_went_before_it_was_flushed_is_said_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stick/a.wav");
        let TransferError::FolderGone { path, .. } = make_last(&file).unwrap_err() else {
            panic!("it was there")
        };
        assert_eq!(path, file);
    }

    #[test]
    fn a_name_that_can_not_be_looked_at_is_not_taken_for_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        assert!(is_free(&path).unwrap());
        std::fs::write(&path, "a recording").unwrap();
        assert!(!is_free(&path).unwrap());
        is_free(Path::new("a\0.wav")).unwrap_err();
        #[cfg(unix)]
        is_free(&path.join("below a file.wav")).unwrap_err();
    }

    #[test]
    fn a_refusal_is_taken_for_a_lack_of_links_only_where_files_are_named_by_links() {
        let refusal = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(knows_no_such_move(&refusal), cfg!(unix));
    }

    #[test]
    fn the_extension_follows_the_content() {
        for (asked, format, made) in [
            ("a.wav", AudioFormat::Wav, "a.wav"),
            ("a.WAV", AudioFormat::Wav, "a.WAV"),
            ("a.wav", AudioFormat::Flac, "a.flac"),
            ("Dr. Smith", AudioFormat::Flac, "Dr. Smith.flac"),
            ("Dr. A 2026-11-23", AudioFormat::Wav, "Dr. A 2026-11-23.wav"),
        ] {
            assert_eq!(
                with_extension_of(Path::new(asked), format),
                Path::new(made),
                "{asked}"
            );
        }
    }
}
