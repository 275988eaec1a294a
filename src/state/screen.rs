//! The screens behind the sign-in.

use crate::state::{SideEffect, State};

/// The screens behind the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Home.
    Recordings,
    /// The audit record.
    Activity,
    /// The settings.
    Settings,
}

impl State {
    pub(super) fn show(&mut self, screen: Screen) -> Vec<SideEffect> {
        self.screen = screen;
        if screen == Screen::Activity {
            return self.load_activity();
        }
        Vec::new()
    }
}
