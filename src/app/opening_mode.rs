//! A mode being opened, on a thread that may wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use poll_promise::Promise;

use crate::app::{Launcher, Opened, Running};
use crate::domain::{Failure, FailureKind};
use crate::engine::Wake;
use crate::state::Mode;

/// A mode being opened. It may begin before there is a window: disk and keychain then answer
/// while the window is made.
pub struct OpeningMode {
    pub(super) launcher: Arc<dyn Launcher>,
    pub(super) mode: Mode,
    promise: Option<Promise<Result<Opened, Failure>>>,
    window: Arc<OnceLock<egui::Context>>,
}

impl OpeningMode {
    /// Begins.
    #[must_use]
    pub fn begin(launcher: Arc<dyn Launcher>, mode: Mode) -> Self {
        Self::after(None, launcher, mode)
    }

    /// Begins once an earlier mode has put its things away.
    pub(super) fn after(earlier: Option<Running>, launcher: Arc<dyn Launcher>, mode: Mode) -> Self {
        let (sender, promise) = Promise::new();
        let window: Arc<OnceLock<egui::Context>> = Arc::default();
        let wake: Wake = {
            let window = window.clone();
            Arc::new(move |within| {
                if let Some(window) = window.get() {
                    window.request_repaint_after(within);
                }
            })
        };
        let opens = launcher.clone();
        std::thread::spawn(move || {
            if let Some(earlier) = earlier {
                earlier.put_away();
            }
            let told = wake.clone();
            // A promise that is never fulfilled would leave the window waiting for ever.
            let opened = catch_unwind(AssertUnwindSafe(|| opens.open(mode, wake)));
            sender.send(opened.unwrap_or_else(|_| {
                let technical = "the launcher panicked";
                Err(Failure::new(
                    FailureKind::Internal,
                    Timestamp::now(),
                    technical,
                ))
            }));
            told(Duration::ZERO);
        });
        Self {
            launcher,
            mode,
            promise: Some(promise),
            window,
        }
    }

    /// Has the window woken by what happens from now on, and once for what has happened.
    pub(super) fn wake(&self, window: &egui::Context) {
        self.window.get_or_init(|| window.clone()).request_repaint();
    }

    /// What was opened, once it is; it is given once.
    pub(super) fn poll(&mut self) -> Option<Result<Opened, Failure>> {
        match self.promise.take()?.try_take() {
            Ok(opened) => Some(opened),
            Err(promise) => {
                self.promise = Some(promise);
                None
            }
        }
    }
}
