use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::keychain::KeychainError;

/// Calls on threads of their own, that nobody waits for any longer than a limit. One that stands past it is
/// left behind, and while as many stand as may, every further one fails at once.
#[derive(Clone)]
pub(super) struct LimitedCalls {
    /// What their threads are called.
    name: &'static str,
    limit: Duration,
    most_at_once: usize,
    /// Calls that nothing has come of yet.
    running: Arc<AtomicUsize>,
}

impl LimitedCalls {
    pub(super) fn new(name: &'static str, limit: Duration, most_at_once: usize) -> Self {
        Self {
            name,
            limit,
            most_at_once,
            running: Arc::default(),
        }
    }

    /// Begins a call on a thread of its own; `late` gets what comes of `work` when nobody waits any more.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] where too many stand. Nothing was begun then.
    pub(super) fn begin<T: Send + 'static>(
        &self,
        work: impl FnOnce(IsWaitedFor<'_>) -> Result<T, KeychainError> + Send + 'static,
        late: impl FnOnce(Result<T, KeychainError>) + Send + 'static,
    ) -> Result<Begun<T>, KeychainError> {
        let running =
            Running::begin(&self.running, self.most_at_once).ok_or(KeychainError::NoAnswer)?;
        let (answer, answered) = oneshot::channel();
        thread::Builder::new()
            .name(self.name.into())
            .spawn(move || {
                let running = running;
                let result = work(&|| !answer.is_closed());
                if answer.is_closed() {
                    late(result);
                    return;
                }
                // Whoever has the answer may begin the next call at once. Should nobody wait any more from
                // here on, what is done about that late answer is not counted.
                drop(running);
                if let Err(unclaimed) = answer.send(result) {
                    late(unclaimed);
                }
            })
            .map_err(|error| KeychainError::Other(error.kind().to_string()))?;
        let limit = self.limit;
        Ok(Begun { answered, limit })
    }
}

/// Tells a call whether anybody waits for it still.
pub(super) type IsWaitedFor<'call> = &'call dyn Fn() -> bool;

/// A call under way. Once it is dropped, nobody waits for it.
pub(super) struct Begun<T> {
    answered: oneshot::Receiver<Result<T, KeychainError>>,
    limit: Duration,
}

impl<T> Begun<T> {
    /// What comes of it.
    ///
    /// # Errors
    /// [`KeychainError::NoAnswer`] past the limit; otherwise that of the work.
    pub(super) async fn answer(mut self) -> Result<T, KeychainError> {
        match tokio::time::timeout(self.limit, &mut self.answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(KeychainError::Other("a fault of the app".into())),
            Err(_) => {
                // Once closed, an answer has either come or will be known to be late.
                self.answered.close();
                let answer = self.answered.try_recv();
                answer.unwrap_or(Err(KeychainError::NoAnswer))
            }
        }
    }
}

/// Counts a call until something has come of it, a panic included.
struct Running(Arc<AtomicUsize>);

impl Running {
    /// `None` where `most` stand already.
    fn begin(running: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
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
