use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts a call for as long as its thread lives, a panic in it included.
pub(super) struct Running(Arc<AtomicUsize>);

impl Running {
    /// `None` where `most` stand already.
    pub(super) fn begin(running: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        running
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |running| {
                (running < most).then_some(running + 1)
            })
            .ok()
            .map(|_| Self(Arc::clone(running)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
