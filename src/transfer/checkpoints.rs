//! What has come and is flushed is written down, so that it can be gone on with after a cut-off, and what
//! comes waits for that.

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use crate::domain::{OperationId, PartCame, ServerCopy};
use crate::transfer::Ledger;
use crate::transfer::arriving::Came;

/// How many bytes may have come that are not yet written down. After a cut-off they come again.
const MOST_AHEAD: u64 = 4 * 1024 * 1024;

/// No piece of a body is larger, in bytes: the connection's largest are of some 400 KiB.
const LARGEST_PIECE: u64 = 512 * 1024;

/// What has come and is flushed, on its way to the ledger.
pub(super) struct Checkpoints {
    flushed: UnboundedReceiver<Came>,
    recorded: watch::Sender<u64>,
}

/// How far what comes may be ahead of what is written down.
pub(super) struct Bound {
    recorded: watch::Receiver<u64>,
}

impl Checkpoints {
    /// Of what is told through `flushed`, and what holds back that which comes meanwhile. Nothing is
    /// written down so far.
    pub(super) fn of(flushed: UnboundedReceiver<Came>) -> (Self, Bound) {
        let (sender, recorded) = watch::channel(0);
        let checkpoints = Self {
            flushed,
            recorded: sender,
        };
        (checkpoints, Bound { recorded })
    }

    /// Has the ledger know what has come and is flushed, as long as more of it may come.
    pub(super) async fn remember(
        mut self,
        copy: &ServerCopy,
        operation: &OperationId,
        ledger: &dyn Ledger,
    ) {
        while let Some(mut came) = self.flushed.recv().await {
            while let Ok(newer) = self.flushed.try_recv() {
                came = newer;
            }
            let came = PartCame {
                size: came.size,
                sha256: came.sha256,
                copy: copy.clone(),
            };
            let size = came.size;
            if let Err(error) = ledger.kept(operation, came).await {
                // The recording is wanted all the same: what comes doesn't wait for such a ledger.
                tracing::warn!(%error, "what came of a recording so far is not written down");
            }
            self.recorded.send_replace(size);
        }
    }
}

impl Bound {
    /// Waits until one more piece may come behind the `received` bytes. `false` where nothing is written
    /// down any more, as the writer has stopped.
    pub(super) async fn admits(&mut self, received: u64) -> bool {
        let is_within = |recorded: &u64| received + LARGEST_PIECE <= recorded + MOST_AHEAD;
        self.recorded.wait_for(is_within).await.is_ok()
    }
}
