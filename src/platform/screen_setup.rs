/// What tells one screen set-up of this computer from another as far as drawing goes, in a word
/// or a few: the kind of session, the host that shows the window, marks of a remote session.
/// Known before there is a window.
#[must_use]
pub fn screen_setup() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if cfg!(windows) {
        windows(variable)
    } else if cfg!(target_os = "macos") {
        // A shared screen is drawn by the same computer.
        "macos".to_owned()
    } else {
        unix(variable)
    }
}

/// `SESSIONNAME` is `Console`, or `RDP-Tcp#12` and the like, with a number that changes.
fn windows(variable: impl Fn(&str) -> Option<String>) -> String {
    let session = variable("SESSIONNAME").unwrap_or_default();
    let kind = session.split('#').next().unwrap_or_default();
    format!("windows {}", kind.to_ascii_lowercase())
        .trim_end()
        .to_owned()
}

fn unix(variable: impl Fn(&str) -> Option<String>) -> String {
    let wayland = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .any(|name| variable(name).is_some());
    let mut setup = if wayland {
        "wayland".to_owned()
    } else {
        // "host:display.screen"; a local one has no host, or the word "unix".
        let display = variable("DISPLAY").unwrap_or_default();
        match display.rsplit_once(':').map(|(host, _)| host) {
            None | Some("" | "unix") => "x11".to_owned(),
            Some(host) => format!("x11 {}", host.to_ascii_lowercase()),
        }
    };
    for (mark, name) in [
        (" xrdp", "XRDP_SESSION"),
        (" vnc", "VNCDESKTOP"),
        (" x2go", "X2GO_SESSION"),
    ] {
        if variable(name).is_some() {
            setup.push_str(mark);
        }
    }
    setup
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among<'a>(variables: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted)?;
            Some(found.1.to_owned())
        }
    }

    #[test]
    fn a_remote_session_is_another_set_up_than_the_desk() {
        for (variables, setup) in [
            (&[("DISPLAY", ":0")] as &[_], "x11"),
            (&[("DISPLAY", ":1.0")], "x11"),
            (&[("DISPLAY", "unix:0")], "x11"),
            (&[("DISPLAY", "localhost:10.0")], "x11 localhost"),
            (&[("DISPLAY", "Terminal7:0")], "x11 terminal7"),
            (&[("DISPLAY", "[::1]:0")], "x11 [::1]"),
            (&[("DISPLAY", ":10"), ("XRDP_SESSION", "1")], "x11 xrdp"),
            (
                &[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")],
                "wayland",
            ),
        ] {
            assert_eq!(unix(among(variables)), setup);
        }
    }

    #[test]
    fn a_windows_session_is_known_without_its_number() {
        for (name, setup) in [
            ("Console", "windows console"),
            ("RDP-Tcp#3", "windows rdp-tcp"),
            ("RDP-Tcp#77", "windows rdp-tcp"),
            ("ICA-CGP#1", "windows ica-cgp"),
        ] {
            assert_eq!(windows(among(&[("SESSIONNAME", name)])), setup);
        }
        assert_eq!(windows(among(&[])), "windows");
    }
}
