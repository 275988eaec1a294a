use std::path::{Path, PathBuf};

const NAME: &str = "third-party-licences.txt";

/// The list of the licences of the program's parts, where a package put it: on Linux among the
/// documentation, elsewhere beside the program.
#[must_use]
pub fn licences() -> Option<PathBuf> {
    beside(&std::env::current_exe().ok()?)
}

fn beside(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    let list = if cfg!(target_os = "linux") {
        folder
            .parent()?
            .join("share/doc/audio-housekeeper")
            .join(NAME)
    } else {
        folder.join(NAME)
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
        let folder = if cfg!(target_os = "linux") {
            "share/doc/audio-housekeeper"
        } else {
            "bin"
        };
        let list = root.path().join(folder).join(NAME);
        std::fs::create_dir_all(list.parent().unwrap()).unwrap();
        std::fs::write(&list, "MIT").unwrap();
        assert_eq!(beside(&program), Some(list));
    }
}
