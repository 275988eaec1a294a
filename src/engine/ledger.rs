//! What is written down of a download while it runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{CheckedPart, KeptPart, OperationId, PartCame};
use crate::engine::resources::Resources;
use crate::engine::ticket::JobTicket;
use crate::engine::unwanted;
use crate::engine::workspace::Workspace;
use crate::store::{Change, Transfer};
use crate::transfer::{
    Ledger, LedgerError, Partial, SaveRequest, TransferEnd, TransferStart, is_there,
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
    /// What stays until the recording is there whole. In the store it belongs to the same download.
    apart: Mutex<Option<Apart>>,
    /// Something was set apart once.
    has_set_apart: AtomicBool,
    /// What came is not to be gone on with, as the store knows.
    has_begun_anew: AtomicBool,
}

/// What came and could not be gone on with.
struct Apart {
    kept: KeptPart,
    /// It is what the pieces were put behind that did not fit.
    is_pieced: bool,
}

/// What is kept of a download at its end, to be gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// Its part file.
    Part,
    /// What is set apart.
    Apart {
        /// How many bytes came, and are kept if it is there.
        size: u64,
        /// Whether it was seen there.
        is_there: bool,
    },
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
            has_begun_anew: AtomicBool::new(false),
        }
    }

    /// Whether a part file could not be removed.
    pub fn has_left_a_part(&self) -> bool {
        self.part_left.load(Ordering::Relaxed)
    }

    /// Whether what came was written anew, or is to be removed.
    pub fn has_begun_anew(&self) -> bool {
        self.has_begun_anew.load(Ordering::Relaxed)
    }

    /// The changes to the store at its end, where there is something to change.
    pub fn ended(&self, operation: &OperationId, rest: Rest) -> Vec<Change> {
        let operation = operation.clone();
        match rest {
            Rest::Part => vec![Change::TransferRecorded(operation)],
            Rest::Apart { .. } => vec![
                Change::PartTakenBack(operation.clone()),
                Change::TransferRecorded(operation),
            ],
            Rest::Nothing if self.has_left_a_part() => {
                vec![Change::EndTransferPartLeft(operation)]
            }
            Rest::Nothing if self.begun.load(Ordering::Relaxed) => {
                vec![Change::EndTransfer(operation)]
            }
            Rest::Nothing => Vec::new(),
        }
    }

    /// Sees to it that a download whose next try is waited for is written down, so that it is
    /// named where the app ends meanwhile. One that ever had a part file is already.
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

    /// Whether anything was ever set apart: nothing is left then of what an earlier run kept.
    pub fn has_ever_set_apart(&self) -> bool {
        self.has_set_apart.load(Ordering::Relaxed)
    }

    /// Whether more is set apart that came whole, of the copy that this is of, and is there. What is set apart
    /// first may be why the pieces did not fit, however much it is.
    pub async fn has_more_apart(&self, partial: &Partial) -> bool {
        let is_more = self.apart().as_ref().is_some_and(|apart| {
            let came = &apart.kept.came;
            !apart.is_pieced && partial.is_of(&came.copy) && partial.good_for() < came.size
        });
        is_more && matches!(self.apart_now().await, Rest::Apart { is_there: true, .. })
    }

    /// Sets what came apart, as the recording is to be fetched whole. It takes the place of what was set
    /// apart before, unless that is more. `is_pieced` of what the pieces were put behind that did not fit.
    pub async fn set_apart(&self, partial: Partial, request: &SaveRequest, is_pieced: bool) {
        let can_be_gone_on_with = request.checkpoints && partial.good_for() > 0;
        if !can_be_gone_on_with || self.has_more_apart(&partial).await {
            return partial.discard(request, self).await;
        }
        let kept = partial.as_kept(request);
        if !partial.keep(request, self).await {
            return;
        }
        let change = Change::PartSetApart {
            operation: request.operation.clone(),
            instead: no_part_of(request),
            came_whole: !is_pieced,
        };
        if let Err(error) = self.keep(change).await {
            tracing::warn!(%error, "what came of a recording is not set apart");
            return Partial::of_earlier(&kept).discard(request, self).await;
        }
        self.has_set_apart.store(true, Ordering::Relaxed);
        *self.apart() = Some(Apart { kept, is_pieced });
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

    /// Removes what is set apart, if anything is, for the room or the name that it takes. Whether that is
    /// free now: what can't be removed stays set apart.
    pub async fn give_up_apart(&self, request: &SaveRequest) -> bool {
        let kept = self.apart().as_ref().map(|apart| apart.kept.clone());
        let Some(KeptPart {
            part, mark, came, ..
        }) = kept
        else {
            return false;
        };
        match unwanted::remove_file(&part, mark.as_deref(), Some(&came)).await {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                tracing::warn!(%error, "what was set apart can't be removed");
                return false;
            }
        }
        *self.apart() = None;
        let unwanted = Change::PartApartUnwanted(request.operation.clone());
        let gone = Change::UnwantedPartGone { part, mark };
        if let Err(error) = self.keep_all(vec![unwanted, gone]).await {
            tracing::warn!(%error, "what was set apart is still written down");
        }
        true
    }

    /// What is set apart as what is kept of the download, of which nothing else is. It is taken back with the
    /// entry of the end in the record, and else by the next start.
    pub async fn rest_apart(&self, operation: &OperationId) -> Rest {
        self.forget_what_is_not_apart(operation).await;
        self.apart_now().await
    }

    /// What was set apart is gone where another file, of this download or of another, took its name.
    async fn forget_what_is_not_apart(&self, operation: &OperationId) {
        let is_any_apart = self.apart().is_some();
        if is_any_apart && let Ok(None) = self.resources.store.part_apart(operation).await {
            *self.apart() = None;
        }
    }

    async fn apart_now(&self) -> Rest {
        let kept = self.apart().as_ref().map(|apart| apart.kept.clone());
        match kept {
            Some(kept) => Rest::Apart {
                size: kept.came.size,
                is_there: is_there(&kept.part, kept.mark.as_deref(), &kept.came).await,
            },
            None => Rest::Nothing,
        }
    }

    /// Removes what is unwanted where the recording is to go.
    pub async fn remove_unwanted(&self, request: &SaveRequest) {
        unwanted::remove_in(&self.resources, &request.destination).await;
    }

    fn apart(&self) -> MutexGuard<'_, Option<Apart>> {
        self.apart.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, change: Change) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.keep_all(vec![change])
    }

    fn keep_all(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async {
            let kept = self.resources.store.apply(changes).await;
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
            let resources = &self.resources;
            let _no_other = unwanted::none_at(&resources.removing, &transfer.part).await;
            let begun = resources.store.begin_transfer(transfer).await;
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
        let of = operation.clone();
        let made = Change::PartMade {
            operation: of,
            mark,
        };
        Box::pin(async move {
            self.keep(made).await?;
            self.forget_what_is_not_apart(operation).await;
            Ok(())
        })
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
        Box::pin(async move {
            self.keep(Change::PartKept { operation, came }).await?;
            self.has_begun_anew.store(false, Ordering::Relaxed);
            Ok(())
        })
    }

    fn begun_anew<'a>(
        &'a self,
        operation: &'a OperationId,
        came: Option<PartCame>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let (operation, came) = (operation.clone(), came.map(Box::new));
        Box::pin(async move {
            self.keep(Change::PartBegunAnew { operation, came }).await?;
            self.has_begun_anew.store(true, Ordering::Relaxed);
            Ok(())
        })
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
