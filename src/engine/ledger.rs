//! What is written down of a download while it runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{CheckedPart, OperationId, PartCame, ServerCopy};
use crate::engine::resources::Resources;
use crate::engine::ticket::JobTicket;
use crate::engine::unwanted;
use crate::engine::workspace::Workspace;
use crate::store::{Change, Transfer};
use crate::transfer::{Ledger, LedgerError, Partial, SaveRequest, TransferEnd, TransferStart};

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
    /// What stays until the recording is there whole. In the store it belongs to the same download.
    apart: Mutex<Option<Apart>>,
    /// Something was set apart once.
    has_set_apart: AtomicBool,
}

/// What came and could not be gone on with.
struct Apart {
    copy: ServerCopy,
    size: u64,
    /// It is what the pieces were put behind that did not fit.
    is_pieced: bool,
}

/// What stands in the ledger for a part file that is still to be made: no file has that name.
fn no_part_of(request: &SaveRequest) -> PathBuf {
    let name = format!("{}.part", request.operation.as_str());
    request.destination.with_file_name(name)
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
            has_set_apart: AtomicBool::new(false),
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
    /// named where the app ends meanwhile. There is no part file then.
    pub async fn keep_open(&self, request: &SaveRequest) {
        if self.begun.load(Ordering::Relaxed) {
            return;
        }
        let start = TransferStart {
            operation: request.operation.clone(),
            doctor: request.doctor.clone(),
            destination: request.destination.clone(),
            part: no_part_of(request),
        };
        if let Err(error) = self.begin(start).await {
            tracing::warn!(%error, "a download that waits for its next try is not written down");
        }
    }

    /// Whether something that came is set apart.
    pub fn has_set_apart(&self) -> bool {
        self.apart().is_some()
    }

    /// Whether anything ever was: nothing is left then of what an earlier run kept.
    pub fn has_ever_set_apart(&self) -> bool {
        self.has_set_apart.load(Ordering::Relaxed)
    }

    /// Whether more is set apart that came whole, of the copy that this is of. What is set apart first may
    /// be why the pieces did not fit, however much it is.
    pub fn has_more_apart(&self, partial: &Partial) -> bool {
        self.apart().as_ref().is_some_and(|apart| {
            !apart.is_pieced && partial.is_of(&apart.copy) && partial.good_for() < apart.size
        })
    }

    /// Sets what came apart, as the recording is to be fetched whole. It takes the place of what was set
    /// apart before, unless that is more. `is_pieced` of what the pieces were put behind that did not fit.
    pub async fn set_apart(&self, partial: Partial, request: &SaveRequest, is_pieced: bool) {
        let can_be_gone_on_with = request.checkpoints && partial.good_for() > 0;
        if !can_be_gone_on_with || self.has_more_apart(&partial) {
            return partial.discard(request, self).await;
        }
        let kept = partial.as_kept(request);
        if !partial.keep(request, self).await {
            return;
        }
        let change = Change::PartSetApart {
            operation: request.operation.clone(),
            instead: no_part_of(request),
        };
        if let Err(error) = self.keep(change).await {
            tracing::warn!(%error, "what came of a recording is not set apart");
            return Partial::of_earlier(&kept).discard(request, self).await;
        }
        self.has_set_apart.store(true, Ordering::Relaxed);
        *self.apart() = Some(Apart {
            copy: kept.came.copy,
            size: kept.came.size,
            is_pieced,
        });
        self.remove_unwanted(request).await;
    }

    /// Removes what is set apart, if anything is.
    pub async fn discard_apart(&self, request: &SaveRequest) {
        if self.apart().take().is_none() {
            return;
        }
        let unwanted = Change::PartApartUnwanted(request.operation.clone());
        if let Err(error) = self.keep(unwanted).await {
            // It is to be removed once the download has ended.
            tracing::warn!(%error, "what was set apart is still written down");
        }
        self.remove_unwanted(request).await;
    }

    /// Has what is set apart be what is kept of the download, of which nothing else is. Whether there is
    /// anything.
    pub async fn take_back(&self, request: &SaveRequest) -> bool {
        if self.apart().take().is_none() {
            return false;
        }
        let back = Change::PartTakenBack(request.operation.clone());
        if let Err(error) = self.keep(back).await {
            tracing::warn!(%error, "what was set apart is for the next start to take back");
        }
        // Where the part file could not be looked for, it is not known to be gone.
        if !self.has_left_a_part() {
            self.remove_unwanted(request).await;
        }
        let known = self.resources.store.part(&request.operation).await;
        known.is_ok_and(|known| known.came.is_some())
    }

    /// Removes what is unwanted where the recording is to go.
    async fn remove_unwanted(&self, request: &SaveRequest) {
        unwanted::remove_in(&self.resources.store, &request.destination).await;
    }

    fn apart(&self) -> MutexGuard<'_, Option<Apart>> {
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
