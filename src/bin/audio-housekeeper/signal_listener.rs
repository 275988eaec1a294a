//! Listens to what reaches the app from outside its window, beside the engine.

use std::future::Future;
use std::io;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use audio_housekeeper::app::AppSignals;
use audio_housekeeper::platform::{self, DataLock, Doorbell};
use tokio::runtime;
use tokio_util::sync::CancellationToken;

/// How long an end in good order may take before the process ends without: longer than the engine
/// and the runtime take together, and less than any system waits.
const LONGEST_END: Duration = Duration::from_secs(10);

/// A thread that listens until this is dropped, which has to be before the runtime ends.
#[derive(Debug)]
pub struct SignalListener {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl SignalListener {
    /// Brings the window to the front when the app is started again on the folder that `lock`
    /// holds.
    pub fn for_another_start(
        runtime: &runtime::Handle,
        folder: &std::path::Path,
        lock: &DataLock,
        signals: AppSignals,
    ) -> io::Result<Self> {
        let doorbell = {
            let _inside = runtime.enter();
            Doorbell::listen(folder, lock)?
        };
        Self::on_a_thread("doorbell", runtime, async move {
            doorbell
                .hear(|| {
                    let signals = signals.clone();
                    async move { signals.come_forward().await }
                })
                .await;
        })
    }

    /// Ends the app in good order when the system ends the session.
    pub fn for_the_end(runtime: &runtime::Handle, signals: AppSignals) -> io::Result<Self> {
        Self::on_a_thread("session-end", runtime, async move {
            match platform::session_ends().await {
                Ok(()) => {
                    tracing::info!("the system asks the app to end");
                    signals.end();
                    tokio::time::sleep(LONGEST_END).await;
                    // Whatever hangs, a kill would come next; the record is safe from both.
                    std::process::exit(1);
                }
                Err(error) => tracing::warn!(kind = %error.kind(), "signals can't be heard"),
            }
        })
    }

    fn on_a_thread(
        name: &str,
        runtime: &runtime::Handle,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let (runtime, stopped) = (runtime.clone(), stop.clone());
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                runtime.block_on(stopped.run_until_cancelled(work));
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for SignalListener {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a listening thread panicked");
        }
    }
}
