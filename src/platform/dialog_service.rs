/// Whether the system has anything that shows file dialogs. Where it has not, asking for one
/// looks as if the person had closed it: the app asks this first, so that it can say so.
///
/// On Linux that is a desktop portal with a file chooser, or `zenity`; Windows and macOS have
/// their own. Blocks while a portal starts: never called on the window's thread.
#[must_use]
pub fn file_dialogs_available() -> bool {
    #[cfg(target_os = "linux")]
    {
        portal_has_file_chooser() || zenity_is_installed()
    }
    #[cfg(not(target_os = "linux"))]
    {
        true
    }
}

/// A portal without a file chooser behind it does not have the interface, nor its version.
#[cfg(target_os = "linux")]
fn portal_has_file_chooser() -> bool {
    let version = || -> zbus::Result<u32> {
        let connection = zbus::blocking::Connection::session()?;
        zbus::blocking::Proxy::new(
            &connection,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.FileChooser",
        )?
        .get_property("version")
    };
    version().is_ok()
}

#[cfg(target_os = "linux")]
fn zenity_is_installed() -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file())
    })
}
