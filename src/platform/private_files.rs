//! Folders and files that other people of this computer can't read.
//!
//! On Unix by their permissions. On Windows they are in the person's profile, which the system
//! keeps to that person, administrators and itself by an access list that is inherited; a folder
//! chosen elsewhere has whatever access list its place has.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes `folder` and what is missing above it, on Unix with permissions 0700. One that is there
/// is left as it is: it may be a place that the person chose and shares on purpose.
///
/// # Errors
/// What the disk said.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens `path` for reading and writing, and makes it where it is missing, on Unix with
/// permissions 0600. What is in it stays.
///
/// # Errors
/// What the disk said.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    private_file().open(path)
}

/// How such a file is opened.
pub(super) fn private_file() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nobody_else_can_look() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a").join("b");
        create_private_folder(&folder).unwrap();
        let file = folder.join("f");
        create_private_file(&file).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&place.path().join("a")), 0o700);
        assert_eq!(mode(&file), 0o600);
    }
}
