//! What tells a file from any other that has come to stand at its name, also after a restart.

use std::fs::File;
use std::io;

/// The moment at which the file was made, in nanoseconds, else its number. Where the volume keeps
/// the moment, that counts alone: the number of a file that is gone is soon another one's, and a
/// stick that is plugged in again may give out new ones.
#[cfg(unix)]
pub(super) fn mark(file: &File) -> io::Result<String> {
    use std::os::unix::fs::MetadataExt;
    use std::time::UNIX_EPOCH;
    let metadata = file.metadata()?;
    let made = metadata.created().ok();
    let made = made.and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    Ok(match made.filter(|made| !made.is_zero()) {
        Some(made) => format!("made {}", made.as_nanos()),
        None => format!("inode {}", metadata.ino()),
    })
}

/// The file's number on its volume. The moment at which it was made would be no mark: a file that
/// is made within 15 seconds at the name of one that is gone inherits that
/// (learn.microsoft.com/windows/win32/fileio/file-times).
#[cfg(windows)]
pub(super) fn mark(file: &File) -> io::Result<String> {
    let known = winapi_util::file::information(file)?;
    let (volume, number) = (known.volume_serial_number(), known.file_index());
    Ok(format!("file {volume:x} {number:x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_goes_with_its_file_and_with_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let of = |path| mark(&File::open(path).unwrap()).unwrap();
        std::fs::write(&one, "ours").unwrap();
        let ours = of(&one);
        std::fs::write(&one, "ours, longer").unwrap();
        std::fs::rename(&one, &other).unwrap();
        assert_eq!(of(&other), ours);
        // Gone, and another in its place: it may well have got the same number.
        std::fs::remove_file(&other).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&other, "ours, longer").unwrap();
        assert_ne!(of(&other), ours);
    }
}
