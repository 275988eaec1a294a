//! What is written down of a download while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{CheckedPart, OperationId, PartCame};
use crate::engine::resources::Resources;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::store::{Change, Transfer};
use crate::transfer::{Ledger, LedgerError, SaveRequest, TransferEnd, TransferStart};

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
