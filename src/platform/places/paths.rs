//! Paths as one system or another compares them.

use std::path::Path;

/// How a system tells paths apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparing {
    /// Byte by byte, as on Linux.
    Exactly,
    /// Without regard to case and to how accents are written, as macOS does unless told otherwise.
    AsMacOs,
    /// Without regard to case, with drive letters and shares, as on Windows.
    AsWindows,
}

/// What stands before a share's server, in place of a drive.
const SHARE: &str = "\\\\";

impl Comparing {
    /// How this system does it.
    pub const HERE: Self = if cfg!(windows) {
        Self::AsWindows
    } else if cfg!(target_os = "macos") {
        Self::AsMacOs
    } else {
        Self::Exactly
    };

    /// The names in an absolute path, alike for any two paths that this system takes for one.
    pub fn parts(self, path: &Path) -> Vec<String> {
        let path = path.to_string_lossy();
        match self {
            Self::Exactly => names_in(&path, '/').map(str::to_owned).collect(),
            Self::AsMacOs => {
                let composed = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
                names_in(&composed.normalize(&path), '/')
                    .map(str::to_lowercase)
                    .collect()
            }
            Self::AsWindows => windows_parts(&path),
        }
    }

    /// Whether the parts begin with a server's name in place of a drive.
    pub fn is_share(self, parts: &[String]) -> bool {
        match (self, parts) {
            // The Linux inside Windows shows its files that way, and is no other computer.
            (Self::AsWindows, [share, server, ..]) => {
                share == SHARE && !matches!(server.as_str(), "wsl$" | "wsl.localhost")
            }
            _ => false,
        }
    }
}

/// Knows the forms that Windows itself gives back: `\\?\C:\…`, `\\?\UNC\server\share\…`
/// (learn.microsoft.com/windows/win32/fileio/naming-a-file, "Namespaces").
fn windows_parts(path: &str) -> Vec<String> {
    let path = path.replace('/', "\\").to_lowercase();
    let (is_share, rest) = if let Some(rest) = path.strip_prefix(r"\\?\unc\") {
        (true, rest)
    } else if let Some(rest) = path
        .strip_prefix(r"\\?\")
        .or_else(|| path.strip_prefix(r"\\.\"))
    {
        (false, rest)
    } else if let Some(rest) = path.strip_prefix(r"\\") {
        (true, rest)
    } else {
        (false, path.as_str())
    };
    let share = is_share.then(|| SHARE.to_owned());
    share
        .into_iter()
        .chain(names_in(rest, '\\').map(str::to_owned))
        .collect()
}

fn names_in(path: &str, separator: char) -> impl Iterator<Item = &str> {
    path.split(separator)
        .filter(|name| !name.is_empty() && *name != ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(comparing: Comparing, one: &str, other: &str) -> bool {
        comparing.parts(Path::new(one)) == comparing.parts(Path::new(other))
    }

    #[test]
    fn each_system_tells_paths_apart_in_its_own_way() {
        use Comparing::{AsMacOs, AsWindows, Exactly};
        assert!(!alike(Exactly, "/home/A", "/home/a"));
        assert!(alike(Exactly, "/home//a/./b/", "/home/a/b"));
        assert!(alike(AsMacOs, "/Users/J\u{fc}rg", "/users/Ju\u{308}rg"));
        assert!(alike(AsWindows, r"\\?\C:\Users\Desk", "c:/users/DESK/"));
        assert!(alike(AsWindows, r"\\?\UNC\Files\Rec", r"\\files\rec\"));
        assert!(!alike(AsWindows, r"C:\files\rec", r"\\files\rec"));
    }

    #[test]
    fn a_share_is_known_by_its_server() {
        let is_share = |path: &str| {
            let comparing = Comparing::AsWindows;
            comparing.is_share(&comparing.parts(Path::new(path)))
        };
        assert!(is_share(r"\\server\share\folder"));
        assert!(is_share(r"\\?\UNC\server\share"));
        assert!(is_share(r"\\tsclient\C\Users"));
        assert!(!is_share(r"\\?\C:\folder"));
        assert!(!is_share(r"\\wsl.localhost\Debian\home"));
    }
}
