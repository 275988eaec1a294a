use std::path::{Path, PathBuf};

/// Which screen of this person a process is at, where they can have several at once: the display
/// on Unix, the session on Windows. What comes of it only tells one from another.
pub fn this_screen() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if cfg!(windows) {
        windows(&std::env::temp_dir())
    } else if cfg!(target_os = "macos") {
        // Everybody has one desktop, whoever looks at it from afar.
        String::new()
    } else {
        unix(variable)
    }
}

/// The number of the session. Where a person can have several, Windows gives each a folder for
/// temporary files that has the session's number for its name, and sets it for all programs.
/// `SESSIONNAME` is no use: it changes when the person connects to the same session again.
fn windows(temporary: &Path) -> String {
    let name = temporary.file_name().and_then(|name| name.to_str());
    name.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or_default()
        .to_owned()
}

/// The display that the window opens on. A window library that can have Wayland takes it.
fn unix(variable: impl Fn(&str) -> Option<String>) -> String {
    if let Some(wayland) = variable("WAYLAND_DISPLAY") {
        // A name in the folder for what lives as long as the session, or a whole path.
        let folder = variable("XDG_RUNTIME_DIR").unwrap_or_default();
        return PathBuf::from(folder).join(wayland).display().to_string();
    }
    if variable("WAYLAND_SOCKET").is_some() {
        return "wayland".to_owned();
    }
    // "host:display.screen"; a local one has no host, or the word "unix".
    let display = variable("DISPLAY").unwrap_or_default();
    let Some((host, numbers)) = display.rsplit_once(':') else {
        return display;
    };
    let number = numbers.split('.').next().unwrap_or_default();
    let host = if host == "unix" { "" } else { host };
    format!("{}:{number}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(variables: &[(&str, &str)]) -> String {
        unix(|wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted)?;
            Some(found.1.to_owned())
        })
    }

    #[test]
    fn a_display_is_the_same_however_it_is_spelled() {
        for spelled in [":0.0", "unix:0", "unix:0.0"] {
            assert_eq!(at(&[("DISPLAY", spelled)]), at(&[("DISPLAY", ":0")]));
        }
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/1000");
        let name = ("WAYLAND_DISPLAY", "wayland-0");
        let path = ("WAYLAND_DISPLAY", "/run/user/1000/wayland-0");
        assert_eq!(at(&[runtime, name]), at(&[runtime, path]));
        // What X programs get beside it says nothing of the window.
        assert_eq!(
            at(&[runtime, name]),
            at(&[runtime, name, ("DISPLAY", ":0")])
        );
    }

    #[test]
    fn a_second_session_of_the_same_person_is_another_screen() {
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/1000");
        let screens = [
            at(&[]),
            at(&[("DISPLAY", ":0")]),
            at(&[("DISPLAY", ":10.0")]),
            at(&[("DISPLAY", "localhost:10.0")]),
            at(&[("DISPLAY", "[::1]:10.0")]),
            at(&[runtime, ("WAYLAND_DISPLAY", "wayland-0")]),
            at(&[runtime, ("WAYLAND_DISPLAY", "wayland-1")]),
            at(&[("WAYLAND_SOCKET", "7")]),
        ];
        let different = std::collections::BTreeSet::from(screens.clone());
        assert_eq!(different.len(), screens.len(), "{screens:?}");
    }

    #[test]
    fn a_windows_session_is_told_by_its_folder_for_temporary_files() {
        assert_eq!(windows(Path::new("/Users/anna/AppData/Local/Temp/3")), "3");
        assert_eq!(windows(Path::new("/Users/anna/AppData/Local/Temp")), "");
        assert_eq!(windows(Path::new("/")), "");
    }
}
