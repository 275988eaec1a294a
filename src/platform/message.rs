/// Shows a message where there is no window of the app's, and waits until the person has closed
/// it; says whether anything was shown. Called on the main thread, as macOS demands.
///
/// Windows and macOS have a box for it. Linux has not: it is `zenity` (GNOME and most others) or
/// `kdialog` (KDE), else a notification, which is not waited for, else `xmessage`.
#[must_use]
pub fn show_message(title: &str, text: &str) -> bool {
    #[cfg(target_os = "linux")]
    {
        linux::show(title, text)
    }
    #[cfg(not(target_os = "linux"))]
    {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title(title)
            .set_description(text)
            .show();
        true
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::process::{Command, Stdio};

    use zbus::zvariant::Value;

    pub(super) fn show(title: &str, text: &str) -> bool {
        let zenity = ["--error", "--no-markup", "--width=480", "--title", title];
        let kdialog = ["--title", title, "--error", text];
        let xmessage = ["-center", "-buttons", "OK:0", "-title", title];
        shows("zenity", &[&zenity[..], &["--text", text]].concat())
            || shows("kdialog", &kdialog)
            || notify(title, text).is_ok()
            // It breaks no lines by itself.
            || shows("xmessage", &[&xmessage[..], &[&in_lines(text, 72)]].concat())
    }

    /// Whether a program showed the message; both closing it and its button count.
    fn shows(program: &str, arguments: &[&str]) -> bool {
        let ended = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ended.is_ok_and(|status| matches!(status.code(), Some(0 | 1)))
    }

    /// The Notify call of specifications.freedesktop.org/notification-spec: of urgency 2
    /// (critical) and without an end, so that it stays until it is seen.
    fn notify(title: &str, text: &str) -> zbus::Result<()> {
        let connection = zbus::blocking::Connection::session()?;
        let hints = HashMap::from([("urgency", Value::U8(2))]);
        let (program, replaces, never_ends) = ("Audio Housekeeper", 0_u32, 0_i32);
        let actions: [&str; 0] = [];
        connection.call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.Notifications"),
            "Notify",
            &(
                program,
                replaces,
                "dialog-error",
                title,
                text,
                actions.as_slice(),
                hints,
                never_ends,
            ),
        )?;
        Ok(())
    }

    /// Breaks lines between words, at a number of characters.
    fn in_lines(text: &str, width: usize) -> String {
        let mut lines = String::with_capacity(text.len() + 8);
        let mut column = 0;
        for (number, line) in text.lines().enumerate() {
            if number > 0 {
                lines.push('\n');
                column = 0;
            }
            for word in line.split(' ') {
                let length = word.chars().count();
                if column > 0 && column + 1 + length > width {
                    lines.push('\n');
                    column = 0;
                } else if column > 0 {
                    lines.push(' ');
                    column += 1;
                }
                lines.push_str(word);
                column += length;
            }
        }
        lines
    }

    #[cfg(test)]
    mod tests {
        use super::in_lines;

        #[test]
        fn lines_break_between_words_and_paragraphs_stay() {
            assert_eq!(in_lines("one two three", 7), "one two\nthree");
            assert_eq!(in_lines("one\n\ntwo", 7), "one\n\ntwo");
            assert_eq!(in_lines("longer-than-that", 7), "longer-than-that");
        }
    }
}
