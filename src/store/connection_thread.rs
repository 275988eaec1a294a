use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

type Request = Box<dyn FnOnce(&mut Connection) + Send>;

/// For how long nothing has to be asked before the thread does what can wait.
const PAUSE: Duration = Duration::from_millis(250);

/// A thread that owns a connection, by way of its queue.
#[derive(Clone)]
pub(super) struct ConnectionThread {
    requests: mpsc::Sender<Request>,
}

impl ConnectionThread {
    /// What `can_wait` is done in pauses and at the end, piece by piece: it says whether there is more.
    pub(super) fn start(
        name: &str,
        mut connection: Connection,
        can_wait: fn(&mut Connection) -> bool,
    ) -> Result<Self, StoreError> {
        let (requests, received) = mpsc::channel::<Request>();
        thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                while let Ok(request) = received.recv() {
                    request(&mut connection);
                    do_until_a_pause(&received, &mut connection);
                    while catch_unwind(AssertUnwindSafe(|| can_wait(&mut connection)))
                        .unwrap_or(false)
                    {
                        do_until_a_pause(&received, &mut connection);
                    }
                }
            })
            .map_err(|error| StoreError::Failed(error.kind().to_string()))?;
        Ok(Self { requests })
    }

    /// Has `work` done on the thread, after all that was asked before.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Panicked`] where it panicked, whereupon an open transaction
    /// is rolled back and the thread goes on.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let request: Request = Box::new(move |connection| {
            let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
                .unwrap_or(Err(StoreError::Panicked));
            if answer.send(result).is_err() {
                tracing::debug!("nobody waited for the store's answer");
            }
        });
        self.requests
            .send(request)
            .map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }
}

/// Does what is asked, until nothing is for a while.
fn do_until_a_pause(received: &mpsc::Receiver<Request>, connection: &mut Connection) {
    while let Ok(request) = received.recv_timeout(PAUSE) {
        request(connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_and_the_thread_goes_on_without_what_was_half_done() {
        let thread =
            ConnectionThread::start("store", Connection::open_in_memory().unwrap(), |_| false)
                .unwrap();
        thread
            .ask(|connection| Ok(connection.execute_batch("CREATE TABLE t (x)")?))
            .await
            .unwrap();
        let panicked = thread
            .ask(|connection| -> Result<(), StoreError> {
                let transaction = connection.transaction()?;
                transaction.execute("INSERT INTO t VALUES (1)", [])?;
                panic!("a fault")
            })
            .await;
        assert_eq!(panicked, Err(StoreError::Panicked));
        let rows: i64 = thread
            .ask(|connection| Ok(connection.query_one("SELECT count(*) FROM t", [], |r| r.get(0))?))
            .await
            .unwrap();
        assert_eq!(rows, 0);
    }
}
