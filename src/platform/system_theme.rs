use std::io;

/// Which of the two looks the system asks programs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemTheme {
    /// Dark on light, or no preference.
    Light,
    /// Light on dark.
    Dark,
}

/// Tells `listener` the system's theme now and whenever it changes, on a thread of its own, for
/// as long as the listener returns `true`.
///
/// Only Linux needs this: there the window library does not know the theme, and it comes from
/// the desktop portal's setting `org.freedesktop.appearance color-scheme`. Without a portal the
/// listener hears nothing. On Windows and macOS the window itself tells, and this does nothing.
///
/// # Errors
/// Where no thread can be started.
#[cfg(target_os = "linux")]
pub fn watch_system_theme(
    listener: impl FnMut(SystemTheme) -> bool + Send + 'static,
) -> io::Result<()> {
    std::thread::Builder::new()
        .name("system theme".into())
        .spawn(move || {
            if let Err(error) = portal::watch(listener) {
                tracing::debug!(%error, "the desktop portal tells no theme");
            }
        })
        .map(|_| ())
}

/// Does nothing: the window itself tells.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn watch_system_theme(_: impl FnMut(SystemTheme) -> bool + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// The portal's Settings interface
/// (flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html).
#[cfg(target_os = "linux")]
mod portal {
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    use super::SystemTheme;

    const NAMESPACE: &str = "org.freedesktop.appearance";
    const KEY: &str = "color-scheme";

    pub(super) fn watch(mut listener: impl FnMut(SystemTheme) -> bool) -> zbus::Result<()> {
        let connection = Connection::session()?;
        let proxy = Proxy::new(
            &connection,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        // Listening begins before the first look, so that no change falls between the two.
        let changes = proxy.receive_signal("SettingChanged")?;
        // `Read` wraps the value in one variant more than its successor, which old portals lack.
        let now: OwnedValue = proxy.call("Read", &(NAMESPACE, KEY))?;
        if !listener(theme_of(&now)) {
            return Ok(());
        }
        for change in changes {
            let body = change.body();
            let (namespace, key, value): (&str, &str, Value<'_>) = body.deserialize()?;
            if (namespace, key) == (NAMESPACE, KEY) && !listener(theme_of(&value)) {
                break;
            }
        }
        Ok(())
    }

    /// 0 is no preference, 1 dark, 2 light; anything else counts as no preference.
    pub(super) fn theme_of(value: &Value<'_>) -> SystemTheme {
        match value {
            Value::Value(inner) => theme_of(inner),
            Value::U32(1) => SystemTheme::Dark,
            _ => SystemTheme::Light,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_a_wish_for_dark_is_dark() {
            let wrapped = Value::Value(Box::new(Value::U32(1)));
            assert_eq!(theme_of(&wrapped), SystemTheme::Dark);
            assert_eq!(theme_of(&Value::U32(1)), SystemTheme::Dark);
            assert_eq!(theme_of(&Value::U32(0)), SystemTheme::Light);
            assert_eq!(theme_of(&Value::U32(2)), SystemTheme::Light);
            assert_eq!(theme_of(&Value::U32(9)), SystemTheme::Light);
        }
    }
}
