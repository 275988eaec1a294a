//! What is written down of a download while it runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{CheckedPart, KeptPart, OperationId, PartCame};
use crate::engine::operation::new_operation;
use crate::engine::resources::Resources;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::store::{Change, Transfer};
use crate::transfer::{
    self, Ledger, LedgerError, Partial, SaveRequest, TransferEnd, TransferError, TransferStart,
};

/// The transfers' ledger, kept in the store, for all tries of one download. It is closed with the
/// download's entry in the record.
pub struct StoreLedger {
    resources: Arc<Resources>,
    service: String,
    person: Option<String>,
    /// It is written down.
    begun: AtomicBool,
    /// A part file could not be removed: the next start looks after it.
    part_left: AtomicBool,
    /// The most that came of the recording, where it could not be gone on with. Until the recording is
    /// there whole it is written down as a transfer of its own.
    apart: Mutex<Option<KeptPart>>,
}

impl StoreLedger {
    /// For the tries of one download that a job makes; `is_begun` of one that was written down before.
    pub fn new(workspace: &Workspace, ticket: &JobTicket, is_begun: bool) -> Self {
        Self {
            resources: workspace.resources.clone(),
            service: workspace.service.clone(),
            person: ticket.asked_by.person(),
            begun: AtomicBool::new(is_begun),
            part_left: AtomicBool::new(false),
            apart: Mutex::default(),
        }
    }

    /// Whether a part file could not be removed.
    pub fn has_left_a_part(&self) -> bool {
        self.part_left.load(Ordering::Relaxed)
    }

    /// The change to the store at its end, where there is something to change.
    pub fn ended(&self, operation: &OperationId, is_to_go_on: bool) -> Option<Change> {
        let operation = operation.clone();
        if is_to_go_on {
            return Some(Change::TransferRecorded(operation));
        }
        if self.has_left_a_part() {
            // Nobody wants it: the next start removes it.
            return Some(Change::PartBegunAnew(operation));
        }
        let is_begun = self.begun.load(Ordering::Relaxed);
        is_begun.then_some(Change::EndTransfer(operation))
    }

    /// Sees to it that a download whose next try is waited for is written down, so that it is
    /// named where the app ends meanwhile. There is no part file then, and no file has the name
    /// that stands for it.
    pub async fn keep_open(&self, request: &SaveRequest) {
        if self.begun.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("{}.part", request.operation.as_str());
        let start = TransferStart {
            operation: request.operation.clone(),
            doctor: request.doctor.clone(),
            destination: request.destination.clone(),
            part: request.destination.with_file_name(name),
        };
        if let Err(error) = self.begin(start).await {
            tracing::warn!(%error, "a download that waits for its next try is not written down");
        }
    }

    /// Whether something that came is set apart.
    pub fn has_set_apart(&self) -> bool {
        self.apart().is_some()
    }

    /// Whether more is set apart of the copy that this is of.
    pub fn has_more_apart(&self, partial: &Partial) -> bool {
        self.apart().as_ref().is_some_and(|apart| {
            partial.is_of(&apart.came.copy) && partial.good_for() < apart.came.size
        })
    }

    /// Sets what came apart, as the recording is to be fetched whole: that has a part file and an entry
    /// of its own then. It takes the place of what was set apart before, unless that is more.
    pub async fn set_apart(&self, partial: Partial, request: &SaveRequest) {
        let can_be_gone_on_with = request.checkpoints && partial.good_for() > 0;
        if !can_be_gone_on_with || self.has_more_apart(&partial) {
            return partial.discard(request, self).await;
        }
        let mut kept = partial.as_kept(request);
        if !partial.keep(request, self).await {
            return;
        }
        let to = new_operation();
        let moved = Change::TransferMoved {
            operation: request.operation.clone(),
            to: to.clone(),
        };
        if let Err(error) = self.keep(moved).await {
            tracing::warn!(%error, "what came of a recording is not set apart");
            return Partial::of_earlier(&kept).discard(request, self).await;
        }
        self.begun.store(false, Ordering::Relaxed);
        self.keep_open(request).await;
        self.discard_apart().await;
        kept.operation = to;
        *self.apart() = Some(kept);
    }

    /// Removes what is set apart, if anything is. What can't be removed is for the next start to look after.
    pub async fn discard_apart(&self) {
        let Some(apart) = self.apart().take() else {
            return;
        };
        if let Err(error) = self.begun_anew(&apart.operation).await {
            tracing::warn!(%error, "what was set apart is still written down");
        }
        match transfer::remove_kept(&apart).await {
            // What has come to stand at its name is not the app's to remove.
            Ok(_) | Err(TransferError::FileNameRefused { .. }) => {
                let ended = self.keep(Change::EndTransfer(apart.operation)).await;
                if let Err(error) = ended {
                    tracing::warn!(%error, "what was set apart is still written down");
                }
            }
            Err(error) => tracing::warn!(%error, "what was set apart may not be removed"),
        }
    }

    /// Has what is set apart be what is kept of the download, of which nothing else is. Whether there is
    /// anything.
    pub async fn take_back(&self, operation: &OperationId) -> bool {
        let Some(apart) = self.apart().take() else {
            return false;
        };
        let changes = if self.has_left_a_part() {
            // The other entry is of the part file that is left, for the next start to remove.
            let left = Change::PartBegunAnew(operation.clone());
            vec![left, Change::TransferRecorded(apart.operation)]
        } else {
            let moved = Change::TransferMoved {
                operation: apart.operation,
                to: operation.clone(),
            };
            vec![Change::EndTransfer(operation.clone()), moved]
        };
        if let Err(error) = self.resources.store.apply(changes).await {
            tracing::warn!(%error, "what was set apart is for the next start to speak of");
        }
        true
    }

    fn apart(&self) -> MutexGuard<'_, Option<KeptPart>> {
        self.apart.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, change: Change) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async {
            let kept = self.resources.store.apply(vec![change]).await;
            kept.map_err(|error| LedgerError(error.to_string()))
        })
    }
}

impl Ledger for StoreLedger {
    fn begin(&self, start: TransferStart) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            let transfer = Transfer {
                operation: start.operation,
                service: self.service.clone(),
                doctor: start.doctor,
                destination: start.destination,
                part: start.part,
                person: self.person.clone(),
                begun_at: Timestamp::now(),
            };
            let begun = self.resources.store.begin_transfer(transfer).await;
            begun.map_err(|error| LedgerError(error.to_string()))?;
            self.begun.store(true, Ordering::Relaxed);
            Ok(())
        })
    }

    fn made<'a>(
        &'a self,
        operation: &'a OperationId,
        mark: String,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let operation = operation.clone();
        self.keep(Change::PartMade { operation, mark })
    }

    fn checked<'a>(
        &'a self,
        operation: &'a OperationId,
        checked: CheckedPart,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let (operation, part) = (operation.clone(), Box::new(checked));
        self.keep(Change::PartChecked { operation, part })
    }

    fn kept<'a>(
        &'a self,
        operation: &'a OperationId,
        came: PartCame,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let (operation, came) = (operation.clone(), Box::new(came));
        self.keep(Change::PartKept { operation, came })
    }

    fn begun_anew<'a>(
        &'a self,
        operation: &'a OperationId,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        self.keep(Change::PartBegunAnew(operation.clone()))
    }

    fn end<'a>(
        &'a self,
        _operation: &'a OperationId,
        end: TransferEnd,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        if end == TransferEnd::PartLeft {
            self.part_left.store(true, Ordering::Relaxed);
        }
        Box::pin(std::future::ready(Ok(())))
    }
}
