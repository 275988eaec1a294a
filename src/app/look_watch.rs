//! The system's look where the window library does not tell it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::platform::{SystemContrast, SystemLook, SystemTheme, watch_system_look};
use crate::ui::theme::Contrast;

const UNKNOWN: u8 = 0;
const LIGHT: u8 = 1;
const DARK: u8 = 2;

/// What was heard last.
#[derive(Default)]
pub struct LookWatch(Arc<Heard>);

#[derive(Default)]
struct Heard {
    theme: AtomicU8,
    high_contrast: AtomicBool,
}

impl LookWatch {
    /// Listens for as long as this lives; each change asks for a frame.
    pub fn start(ctx: &egui::Context) -> Self {
        let watch = Self::default();
        let told = Arc::downgrade(&watch.0);
        let ctx = ctx.clone();
        let listener = move |look| {
            let Some(told) = told.upgrade() else {
                return false;
            };
            match look {
                SystemLook::Theme(theme) => {
                    let theme = match theme {
                        SystemTheme::Light => LIGHT,
                        SystemTheme::Dark => DARK,
                    };
                    told.theme.store(theme, Ordering::Relaxed);
                }
                SystemLook::Contrast(contrast) => {
                    let high = contrast == SystemContrast::High;
                    told.high_contrast.store(high, Ordering::Relaxed);
                }
            }
            ctx.request_repaint();
            true
        };
        if let Err(error) = watch_system_look(listener) {
            tracing::debug!(%error, "the system's look can't be watched");
        }
        watch
    }

    /// The theme, where it is known.
    pub fn theme(&self) -> Option<egui::Theme> {
        match self.0.theme.load(Ordering::Relaxed) {
            UNKNOWN => None,
            DARK => Some(egui::Theme::Dark),
            _ => Some(egui::Theme::Light),
        }
    }

    /// How much text and edges are to stand out.
    pub fn contrast(&self) -> Contrast {
        if self.0.high_contrast.load(Ordering::Relaxed) {
            Contrast::High
        } else {
            Contrast::Usual
        }
    }
}
