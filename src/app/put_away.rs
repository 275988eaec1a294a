//! What is put away once the window is gone.

use std::sync::{Arc, Mutex, PoisonError};

use crate::app::Running;

/// The engine of a window that has closed, until it has put its things away.
#[derive(Clone, Default)]
pub struct PutAwayLater(Arc<Mutex<Option<Running>>>);

impl PutAwayLater {
    pub(super) fn take_over(&self, running: Running) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// Whether something is still to be put away.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.is_some()
    }

    /// Waits until everything is put away: three seconds at most. To be called once there is no window.
    pub fn put_away(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            running.put_away();
        }
    }
}

impl Running {
    /// Waits until the engine has ended.
    pub(super) fn put_away(self) {
        pollster::block_on(self.engine.close());
    }
}
