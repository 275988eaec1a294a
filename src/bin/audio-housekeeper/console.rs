//! Where a program that was started by hand answers.
//!
//! On Windows the app is built without a console, so that none ever shows beside its window. One
//! that it was started from is joined for an answer; where there is none, as for a shortcut with
//! an argument, the answer is a message box, because nothing is to fail silently.

use std::io::{self, Write};

/// Answers what was asked.
pub fn answer(text: &str) {
    say(text, io::stdout());
}

/// Says what was wrong.
pub fn complain(text: &str) {
    say(text, io::stderr());
}

fn say(text: &str, mut reader: impl Write) {
    if has_a_reader() {
        // One that has gone, as `head` does, has read what it wanted.
        writeln!(reader, "{}", text.trim_end()).ok();
    } else {
        show(text);
    }
}

/// Whether what is printed can reach anybody: a console, a file, another program.
#[cfg(windows)]
fn has_a_reader() -> bool {
    use std::os::windows::io::AsRawHandle as _;
    /// Stands for the console of the process that started this one (`AttachConsole`).
    const OF_THE_PARENT: u32 = u32::MAX;
    // Refused where there is none, and where this process has one, as a debug build does: then the
    // handle tells.
    win32console::console::WinConsole::attach_console(OF_THE_PARENT).is_ok()
        || !std::io::stdout().as_raw_handle().is_null()
}

#[cfg(not(windows))]
const fn has_a_reader() -> bool {
    true
}

fn show(text: &str) {
    rfd::MessageDialog::new()
        .set_title("Audio Housekeeper")
        .set_description(text)
        .show();
}
