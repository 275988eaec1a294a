use std::fs::File;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::transfer::mark::mark;

/// A file as it was when it was looked at: what tells it from any other that has come to stand at
/// its name, and whether it was written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    mark: Option<String>,
    /// In bytes.
    size: u64,
    modified: Option<SystemTime>,
}

impl FileSeen {
    /// Looks at the file; `None` where there is none. Blocks on the disk.
    #[must_use]
    pub fn at(path: &Path) -> Option<Self> {
        let metadata = path.symlink_metadata().ok()?;
        Some(Self {
            mark: File::open(path).and_then(|file| mark(&file)).ok(),
            size: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    /// All of it as a text, equal for the same file that was not written to since.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mark = self.mark.as_deref().unwrap_or("no mark");
        let modified = self
            .modified
            .and_then(|modified| modified.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos());
        format!("{mark}, {} bytes, {modified}", self.size)
    }

    /// Whether it is still as it was.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        Self::at(path).as_ref() == Some(self)
    }
}
