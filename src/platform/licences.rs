use std::path::{Path, PathBuf};

const NAME: &str = "third-party-licences.txt";

/// Where the list is, from the folder on that the program's own is in.
const PLACE: &str = if cfg!(target_os = "linux") {
    "share/doc/audio-housekeeper"
} else {
    "Resources"
};

/// The list of the licences of the program's parts, where a package put it: on Linux among the
/// documentation, on macOS among the app's resources, on Windows beside the program.
#[must_use]
pub fn licences() -> Option<PathBuf> {
    beside(&std::env::current_exe().ok()?)
}

fn beside(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    let list = if cfg!(windows) {
        folder.join(NAME)
    } else {
        folder.parent()?.join(PLACE).join(NAME)
    };
    list.is_file().then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_found_only_where_it_is() {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("bin").join("audio-housekeeper");
        assert_eq!(beside(&program), None);
        let folder = if cfg!(windows) { "bin" } else { PLACE };
        let list = root.path().join(folder).join(NAME);
        std::fs::create_dir_all(list.parent().unwrap()).unwrap();
        std::fs::write(&list, "MIT").unwrap();
        assert_eq!(beside(&program), Some(list));
    }
}
