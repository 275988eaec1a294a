use std::path::{Path, PathBuf};

use crate::domain::verbatim_for_windows;

/// `path` in the form in which the system renames files however long it is. The standard library
/// sees to that by itself; what renames part files does not.
pub(super) fn however_long(path: &Path) -> PathBuf {
    let verbatim = path
        .to_str()
        .filter(|_| cfg!(windows))
        .and_then(verbatim_for_windows);
    verbatim.map_or_else(|| path.to_path_buf(), PathBuf::from)
}
