use std::io;

/// How the system asks programs to look; each that changes is told by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemLook {
    /// Light or dark.
    Theme(SystemTheme),
    /// How much apart things have to stand.
    Contrast(SystemContrast),
}

/// Which of the two looks the system asks programs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemTheme {
    /// Dark on light, or no preference.
    Light,
    /// Light on dark.
    Dark,
}

/// How much text and edges are to stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemContrast {
    /// As usual, or no preference.
    Usual,
    /// More than usual.
    High,
}

/// Tells `listener` the system's look now and whenever it changes, on a thread of its own, for as
/// long as the listener returns `true`.
///
/// On Linux both come from the desktop portal, from `color-scheme` and `contrast` of
/// `org.freedesktop.appearance`; without a portal the listener hears nothing. On Windows and
/// macOS the window itself tells the theme, and only the contrast is told here: it is looked at
/// every two seconds, in the registry (`HKCU\Control Panel\Accessibility\HighContrast`) and in
/// "Increase contrast" of the accessibility settings.
///
/// # Errors
/// Where no thread can be started.
pub fn watch_system_look(
    listener: impl FnMut(SystemLook) -> bool + Send + 'static,
) -> io::Result<()> {
    std::thread::Builder::new()
        .name("system look".into())
        .spawn(move || system::watch(listener))
        .map(|_| ())
}

/// The portal's Settings interface
/// (flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html).
#[cfg(target_os = "linux")]
mod system {
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    use super::{SystemContrast, SystemLook, SystemTheme};

    const NAMESPACE: &str = "org.freedesktop.appearance";
    const THEME: &str = "color-scheme";
    const CONTRAST: &str = "contrast";

    pub(super) fn watch(listener: impl FnMut(SystemLook) -> bool) {
        if let Err(error) = listen(listener) {
            tracing::debug!(%error, "the desktop portal tells no look");
        }
    }

    fn listen(mut listener: impl FnMut(SystemLook) -> bool) -> zbus::Result<()> {
        let connection = Connection::session()?;
        let proxy = Proxy::new(
            &connection,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        // Listening begins before the first look, so that no change falls between the two.
        let changes = proxy.receive_signal("SettingChanged")?;
        let mut knows_any = false;
        for key in [THEME, CONTRAST] {
            // `Read` wraps the value in one variant more than its successor, which old portals
            // lack; and a portal need not know each key.
            let now: zbus::Result<OwnedValue> = proxy.call("Read", &(NAMESPACE, key));
            let known = now.ok().and_then(|value| look_of(key, &value));
            knows_any |= known.is_some();
            if known.is_some_and(|look| !listener(look)) {
                return Ok(());
            }
        }
        if !knows_any {
            return Ok(());
        }
        for change in changes {
            let body = change.body();
            let (namespace, key, value): (&str, &str, Value<'_>) = body.deserialize()?;
            if namespace == NAMESPACE
                && let Some(look) = look_of(key, &value)
                && !listener(look)
            {
                break;
            }
        }
        Ok(())
    }

    /// Of themes, 0 is no preference, 1 dark, 2 light; of contrasts, 0 is no preference, 1 high.
    /// Anything else counts as no preference.
    fn look_of(key: &str, value: &Value<'_>) -> Option<SystemLook> {
        match (key, value) {
            (_, Value::Value(inner)) => look_of(key, inner),
            (THEME, Value::U32(1)) => Some(SystemLook::Theme(SystemTheme::Dark)),
            (THEME, _) => Some(SystemLook::Theme(SystemTheme::Light)),
            (CONTRAST, Value::U32(1)) => Some(SystemLook::Contrast(SystemContrast::High)),
            (CONTRAST, _) => Some(SystemLook::Contrast(SystemContrast::Usual)),
            _ => None,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_a_wish_for_dark_is_dark() {
            let theme = |value: &Value<'_>| look_of(THEME, value);
            let dark = Some(SystemLook::Theme(SystemTheme::Dark));
            let light = Some(SystemLook::Theme(SystemTheme::Light));
            let wrapped = Value::Value(Box::new(Value::U32(1)));
            assert_eq!(theme(&wrapped), dark);
            assert_eq!(theme(&Value::U32(1)), dark);
            for other in [0, 2, 9] {
                assert_eq!(theme(&Value::U32(other)), light);
            }
        }

        #[test]
        fn only_a_wish_for_high_contrast_is_one() {
            let contrast = |value: u32| look_of(CONTRAST, &Value::U32(value));
            let high = Some(SystemLook::Contrast(SystemContrast::High));
            let usual = Some(SystemLook::Contrast(SystemContrast::Usual));
            assert_eq!(contrast(1), high);
            for other in [0, 2] {
                assert_eq!(contrast(other), usual);
            }
            assert_eq!(look_of("accent-color", &Value::U32(1)), None);
        }
    }
}

/// Neither system tells a thread without a window of its own when this changes.
#[cfg(not(target_os = "linux"))]
mod system {
    use std::time::Duration;

    use super::{SystemContrast, SystemLook};

    const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

    pub(super) fn watch(mut listener: impl FnMut(SystemLook) -> bool) {
        let mut told = None;
        loop {
            let now = if is_high() {
                SystemContrast::High
            } else {
                SystemContrast::Usual
            };
            if told != Some(now) {
                told = Some(now);
                if !listener(SystemLook::Contrast(now)) {
                    return;
                }
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// `HCF_HIGHCONTRASTON` of `HIGHCONTRASTW.dwFlags`
    /// (learn.microsoft.com/windows/win32/api/winuser/ns-winuser-highcontrastw).
    #[cfg(target_os = "windows")]
    fn is_high() -> bool {
        const IS_ON: u32 = 1;
        windows_registry::CURRENT_USER
            .open(r"Control Panel\Accessibility\HighContrast")
            .and_then(|key| key.get_string("Flags"))
            .ok()
            .and_then(|flags| flags.trim().parse::<u32>().ok())
            .is_some_and(|flags| flags & IS_ON != 0)
    }

    #[cfg(target_os = "macos")]
    fn is_high() -> bool {
        objc2_app_kit::NSWorkspace::sharedWorkspace().accessibilityDisplayShouldIncreaseContrast()
    }

    #[cfg(not(any(target_os = "windows", target_os = "macos")))]
    fn is_high() -> bool {
        false
    }
}
