use std::path::Path;

use crate::text::Text;

/// What is said where the app has no window to say it in.
impl Text {
    /// The name on the message's frame.
    #[must_use]
    pub fn start_title(&self) -> String {
        self.say("app-name")
    }

    /// No way of drawing works on this screen.
    #[must_use]
    pub fn start_nothing_draws(&self) -> String {
        self.say("start-nothing-draws")
    }

    /// The way of drawing that was asked for does not work; `option` is what asked for it.
    #[must_use]
    pub fn start_renderer_refused(&self, option: &str) -> String {
        self.say_with("start-renderer-refused", &[("option", option.into())])
    }

    /// There is nothing to show a window on.
    #[must_use]
    pub fn start_no_display(&self) -> String {
        self.say("start-no-display")
    }

    /// The app ended by a fault of its own.
    #[must_use]
    pub fn start_fault(&self) -> String {
        self.say("start-fault")
    }

    /// The window has to be opened by a new process, and none could be started.
    #[must_use]
    pub fn start_not_again(&self) -> String {
        self.say("start-not-again")
    }

    /// Where the log is.
    #[must_use]
    pub fn start_log(&self, folder: &Path) -> String {
        let folder = folder.display().to_string();
        self.say_with("start-log", &[("folder", folder.into())])
    }
}
