//! What reaches the window from outside: another start of the app, the end of the session.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::oneshot;

/// Through this the window is reached from any thread, also before it stands.
#[derive(Clone, Default)]
pub struct AppSignals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    window: OnceLock<egui::Context>,
    is_gone: AtomicBool,
    pending: Mutex<Pending>,
}

/// What was signalled since the window last looked.
#[derive(Default)]
pub(super) struct Pending {
    /// Those who wait for the window to come to the front.
    pub(super) forward: Vec<oneshot::Sender<()>>,
    /// Whether the app is to end, without a question.
    pub(super) end: bool,
}

impl AppSignals {
    /// Has the window come to the front, and waits until it was told to; `false` where it will
    /// not be any more. A window that does not stand yet comes to the front by itself.
    pub async fn come_forward(&self) -> bool {
        let Some(window) = self.0.window.get() else {
            return true;
        };
        let (done, is_done) = oneshot::channel();
        self.change(|pending| {
            // Under the lock: who asks after the last look is told so, and waits for nothing.
            if !self.0.is_gone.load(Ordering::Relaxed) {
                pending.forward.push(done);
            }
        });
        window.request_repaint();
        is_done.await.is_ok()
    }

    /// Has the app end in good order, without asking the person.
    pub fn end(&self) {
        self.change(|pending| pending.end = true);
        if let Some(window) = self.0.window.get() {
            window.request_repaint();
        }
    }

    /// The window stands.
    pub(super) fn stands(&self, window: &egui::Context) {
        self.0
            .window
            .get_or_init(|| window.clone())
            .request_repaint();
    }

    /// The window goes: it comes to the front no more.
    pub(super) fn goes(&self) {
        self.change(|pending| {
            self.0.is_gone.store(true, Ordering::Relaxed);
            pending.forward.clear();
        });
    }

    /// What was signalled, once.
    pub(super) fn take(&self) -> Pending {
        self.change(std::mem::take)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Pending) -> T) -> T {
        let mut pending = self
            .0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut pending)
    }
}
