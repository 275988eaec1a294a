//! The system's theme where the window library does not tell it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::platform::{SystemTheme, watch_system_theme};

const UNKNOWN: u8 = 0;
const LIGHT: u8 = 1;
const DARK: u8 = 2;

/// What was heard last.
pub struct ThemeWatch(Arc<AtomicU8>);

impl ThemeWatch {
    /// Listens for as long as this lives; each change asks for a frame.
    pub fn start(ctx: &egui::Context) -> Self {
        let heard = Arc::new(AtomicU8::new(UNKNOWN));
        let told = Arc::downgrade(&heard);
        let ctx = ctx.clone();
        let listener = move |theme| {
            let Some(told) = told.upgrade() else {
                return false;
            };
            let theme = match theme {
                SystemTheme::Light => LIGHT,
                SystemTheme::Dark => DARK,
            };
            told.store(theme, Ordering::Relaxed);
            ctx.request_repaint();
            true
        };
        if let Err(error) = watch_system_theme(listener) {
            tracing::debug!(%error, "the system's theme can't be watched");
        }
        Self(heard)
    }

    /// The theme, where it is known.
    pub fn now(&self) -> Option<egui::Theme> {
        match self.0.load(Ordering::Relaxed) {
            LIGHT => Some(egui::Theme::Light),
            DARK => Some(egui::Theme::Dark),
            _ => None,
        }
    }
}
