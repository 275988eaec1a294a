//! Paths of Windows that mean something else than they seem to, or are too long for most
//! programs there. All of it works on text, so that it can be tried on any system.

use crate::domain::file_name::{is_device, is_unsafe};

/// Why Windows would not make a file at a path, or would make another than the one that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowsRefusal {
    /// `C:a.wav`: beside whatever folder is current on that drive.
    #[error("a path from a drive's current folder")]
    DriveRelative,
    /// `a.wav:b`: a second, hidden content of `a.wav`.
    #[error("a colon in the name")]
    HiddenContent,
    /// `\\.\COM1`, `CON`, `aux.wav`: no file at all.
    #[error("a device's name")]
    Device,
    /// `a?.wav`: a character that no name may have.
    #[error("a character that names may not have")]
    Character,
    /// `a.wav.`, `a.wav `: the end is cut off silently.
    #[error("a dot or a space at the end of the name")]
    CutOff,
}

/// Why `path` would not become a file of that very name on Windows; `None` where it would.
#[must_use]
pub fn refused_by_windows(path: &str) -> Option<WindowsRefusal> {
    let path = path.replace('/', "\\");
    if path.starts_with(r"\\.\") {
        return Some(WindowsRefusal::Device);
    }
    let plain = path.strip_prefix(r"\\?\").unwrap_or(&path);
    let (drive, rest) = match plain.split_at_checked(2) {
        Some((drive, rest)) if drive.ends_with(':') => (Some(drive), rest),
        _ => (None, plain),
    };
    if drive.is_some() && !rest.starts_with('\\') {
        return Some(WindowsRefusal::DriveRelative);
    }
    if rest.contains(':') {
        return Some(WindowsRefusal::HiddenContent);
    }
    let name = rest.rsplit('\\').next().unwrap_or(rest);
    if is_device(name) {
        Some(WindowsRefusal::Device)
    } else if name.ends_with(['.', ' ']) {
        Some(WindowsRefusal::CutOff)
    } else if name.contains(|character| is_unsafe(character) && !is_harmless_there(character)) {
        Some(WindowsRefusal::Character)
    } else {
        None
    }
}

/// What never stands in a name that the app proposes, but Windows would take from a person.
const fn is_harmless_there(character: char) -> bool {
    !character.is_ascii()
}

/// `path` in the form for which Windows has no limit of 260 characters; `None` where it is short,
/// in that form already, or not absolute and without `.` and `..`.
#[must_use]
pub fn verbatim_for_windows(path: &str) -> Option<String> {
    /// With room left for a number and a part file's ending.
    const LONG: usize = 200;
    let plain = path.replace('/', "\\");
    let has_dots = plain.split('\\').any(|name| matches!(name, "." | ".."));
    if plain.encode_utf16().count() < LONG || has_dots {
        return None;
    }
    if plain.starts_with(r"\\?\") || plain.starts_with(r"\\.\") {
        return None;
    }
    if let Some(share) = plain.strip_prefix(r"\\") {
        return Some(format!(r"\\?\UNC\{share}"));
    }
    let mut start = plain.chars();
    let is_drive = start
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic())
        && (start.next(), start.next()) == (Some(':'), Some('\\'));
    is_drive.then(|| format!(r"\\?\{plain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_windows_would_take_for_something_else_is_refused() {
        use WindowsRefusal::{Character, CutOff, Device, DriveRelative, HiddenContent};
        for (path, refusal) in [
            (r"C:\Recordings\a.wav", None),
            (r"\\server\share\a.wav", None),
            (r"\\?\C:\Recordings\a.wav", None),
            (r"\\?\UNC\server\share\a.wav", None),
            (r"C:\Recordings\Dr. Müller 2026-11-23.flac", None),
            (r"C:\Recordings\محمد.wav", None),
            (r"C:a.wav", Some(DriveRelative)),
            (r"C:", Some(DriveRelative)),
            (r"C:\Recordings\a.wav:hidden", Some(HiddenContent)),
            (r"\\server\share\a.wav:hidden:$DATA", Some(HiddenContent)),
            (r"C:\Recordings\CON", Some(Device)),
            (r"C:\Recordings\aux.wav", Some(Device)),
            (r"C:/Recordings/nul .flac", Some(Device)),
            (r"\\.\COM1", Some(Device)),
            (r"C:\Recordings\a.wav.", Some(CutOff)),
            ("C:\\Recordings\\a.wav ", Some(CutOff)),
            (r"C:\Recordings\a?.wav", Some(Character)),
            ("C:\\Recordings\\a\u{1}.wav", Some(Character)),
        ] {
            assert_eq!(refused_by_windows(path), refusal, "{path}");
        }
    }

    #[test]
    fn a_long_path_is_written_in_the_form_that_has_no_limit() {
        let long = "x".repeat(240);
        let verbatim = |path: String| verbatim_for_windows(&path);
        assert_eq!(
            verbatim(format!(r"C:\{long}\a.wav")),
            Some(format!(r"\\?\C:\{long}\a.wav"))
        );
        assert_eq!(
            verbatim(format!("C:/{long}/a.wav")),
            Some(format!(r"\\?\C:\{long}\a.wav"))
        );
        assert_eq!(
            verbatim(format!(r"\\server\share\{long}\a.wav")),
            Some(format!(r"\\?\UNC\server\share\{long}\a.wav"))
        );
        for kept in [
            r"C:\a.wav".to_owned(),
            format!(r"\\?\C:\{long}"),
            format!(r"C:\{long}\..\a.wav"),
            format!(r"C:{long}"),
            long.clone(),
        ] {
            assert_eq!(verbatim_for_windows(&kept), None, "{kept}");
        }
    }
}
