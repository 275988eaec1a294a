//! What came and can be no backup: it waits until the person keeps it as it is or discards it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditOutcome, DoctorName, Failure, FailureKind, OperationId, SetAside,
};
use crate::engine::jobs::replacing::{agreed, is_one_of};
use crate::engine::ledger::{Rest, StoreLedger};
use crate::engine::resources::store_failure;
use crate::engine::saved::{in_record, proof_in_words};
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::engine::{Destination, Event, JobEnding, JobFailure, JobProgress, SavedFile};
use crate::store::{Change, StoreError};
use crate::transfer::{self, Aside, FirstVolume, SaveRequest, TransferError};

/// What is to be set aside once that is recorded: the entry in the store goes into `changes`.
/// `None` where there is nothing, or the same is set aside already.
pub async fn prepare(
    workspace: &Workspace,
    request: &SaveRequest,
    aside: Option<Aside>,
    changes: &mut Vec<Change>,
) -> Option<(Aside, Box<SetAside>)> {
    let aside = aside?;
    let earlier = workspace
        .resources
        .store
        .set_aside(&workspace.service)
        .await;
    for earlier in earlier.unwrap_or_default() {
        let is_the_same = earlier.doctor == request.doctor && earlier.sha256 == aside.sha256;
        if !is_the_same {
            continue;
        }
        // The new one may have taken the name of an earlier one that is gone.
        match transfer::find_set_aside(&earlier).await {
            Ok(path) if path != aside.part() => return None,
            Ok(_) | Err(TransferError::ReadBackDiffers { .. }) => {
                changes.push(Change::EndSetAside(earlier.operation));
            }
            // On a drive that is away it stays known.
            Err(_) => {}
        }
    }
    let set_aside = Box::new(SetAside {
        operation: request.operation.clone(),
        doctor: request.doctor.clone(),
        path: aside.place(&request.destination),
        part: aside.part().to_path_buf(),
        size: aside.size,
        sha256: aside.sha256,
        format: aside.format,
        unfit: aside.unfit,
        reason: aside.reason.clone(),
        at: Timestamp::now(),
    });
    changes.push(Change::SetAside {
        service: workspace.service.clone(),
        set_aside: set_aside.clone(),
    });
    Some((aside, set_aside))
}

/// Sets aside what [`prepare`] gave, and tells it.
pub async fn finish(workspace: &Workspace, prepared: Option<(Aside, Box<SetAside>)>) {
    let Some((aside, mut set_aside)) = prepared else {
        return;
    };
    if !aside.keep_at(&set_aside.path) {
        // People are told where it really is.
        set_aside.path.clone_from(&set_aside.part);
        let end = Change::EndSetAside(set_aside.operation.clone());
        let service = workspace.service.clone();
        let change = Change::SetAside { service, set_aside };
        if let Err(error) = workspace.resources.store.apply(vec![end, change]).await {
            tracing::warn!(%error, "where something was set aside is not written down");
        }
    }
    tell(workspace).await;
}

/// Tells the window all that is set aside for this service.
pub async fn tell(workspace: &Workspace) {
    match workspace
        .resources
        .store
        .set_aside(&workspace.service)
        .await
    {
        Ok(all) => workspace.tell(Event::SetAside(all)),
        Err(error) => workspace.tell(Event::Failed {
            doctor: None,
            failure: store_failure(&error),
        }),
    }
}

/// Saves what was set aside where the person wants it, and removes it from where it was.
pub async fn keep(
    workspace: Arc<Workspace>,
    doctor: DoctorName,
    operation: OperationId,
    destination: Destination,
    ticket: JobTicket,
) -> JobEnding {
    let result = match known(&workspace, &operation).await {
        Ok(Some(set_aside)) => save(&workspace, &set_aside, destination, &ticket).await,
        Ok(None) => {
            let path = destination.path;
            let failure = Failure::new(
                FailureKind::ReadBackDiffers { path },
                Timestamp::now(),
                "it is no longer set aside",
            );
            Err(JobFailure::Failed(failure))
        }
        Err(error) => Err(JobFailure::Failed(store_failure(&error))),
    };
    tell(&workspace).await;
    JobEnding::Download { doctor, result }
}

async fn save(
    workspace: &Arc<Workspace>,
    set_aside: &SetAside,
    destination: Destination,
    ticket: &JobTicket,
) -> Result<SavedFile, JobFailure> {
    ticket.report(JobProgress::ReadingBack);
    let operation = ticket.operation.clone();
    let ledger = StoreLedger::new(workspace, ticket, false);
    let places = [set_aside.path.clone(), set_aside.part.clone()];
    if is_one_of(&destination.path, places).await {
        // It would be saved over itself, and removed as what was set aside.
        let path = destination.path;
        let kind = FailureKind::FileNameRefused { path };
        let failure = Failure::new(kind, Timestamp::now(), "it is set aside there");
        return Err(JobFailure::Failed(failure));
    }
    let agreed = agreed(workspace, &destination, true, ticket).await?;
    let place = destination.path.clone();
    let request = SaveRequest {
        doctor: set_aside.doctor.clone(),
        operation: operation.clone(),
        destination: destination.path,
        replace: agreed.file.clone(),
        replaces_backup: agreed.is_a_backup(),
        came_before: Some(set_aside.sha256),
        as_it_is: true,
        volume: FirstVolume::default(),
        checkpoints: false,
    };
    let saving = async {
        let recording = transfer::open_set_aside(set_aside).await?;
        transfer::save(recording, request, &ledger, |_| {}, ticket.cancel.clone()).await
    };
    let result = saving.await;
    if workspace.resources.leaving.is_cancelled() && result.is_err() {
        return Err(JobFailure::Cancelled);
    }
    let (outcome, note) = match &result {
        Ok(saved) => (AuditOutcome::KeptAsItIs, proof_in_words(saved)),
        Err(TransferError::Cancelled) => (ticket.cancellation.ended_by().outcome(), String::new()),
        Err(error) => (AuditOutcome::Failed, error.to_string()),
    };
    let mut draft = workspace.draft_of_job(
        ticket,
        None,
        (AuditAction::Download, outcome),
        operation.clone(),
    );
    draft.doctor = Some(set_aside.doctor.clone());
    let went_on = draft
        .note
        .take()
        .map_or(String::new(), |note| format!("{note}; "));
    draft.note = Some(format!("{went_on}of what was set aside; {note}"));
    draft.backup = result.as_ref().ok().map(in_record);
    let saved = result.as_ref().ok().map(|saved| &saved.path);
    let replaced = saved.map(|saved| agreed.replaced(&place, saved));
    let changes = replaced
        .into_iter()
        .chain(ledger.ended(&operation, Rest::Nothing))
        .collect();
    workspace.record(draft, changes).await;
    let saved = result.map_err(|error| match error.into_failure(Timestamp::now()) {
        Some(failure) => JobFailure::Failed(failure),
        None => JobFailure::Cancelled,
    })?;
    agreed.tell(workspace).await;
    let _removed = forget(workspace, set_aside).await;
    Ok(saved.into())
}

/// Removes what was set aside, as the person wants.
pub async fn discard(workspace: Arc<Workspace>, operation: OperationId) {
    match known(&workspace, &operation).await {
        Ok(Some(set_aside)) => {
            if let Some(was_there) = forget(&workspace, &set_aside).await {
                let mut draft =
                    workspace.draft(AuditAction::Download, AuditOutcome::Discarded, operation);
                let SetAside { size, sha256, .. } = set_aside;
                let became = if was_there {
                    "removed"
                } else {
                    "it was no longer there, and nothing was removed"
                };
                draft.note = Some(format!("{became}; {size} bytes, SHA-256 {sha256}"));
                draft.doctor = Some(set_aside.doctor);
                workspace.record(draft, Vec::new()).await;
            }
        }
        Ok(None) => {}
        Err(error) => workspace.tell(Event::Failed {
            doctor: None,
            failure: store_failure(&error),
        }),
    }
    tell(&workspace).await;
}

/// Removes the file, then what is known of it: in this order nothing is left of which nothing
/// speaks. Whether the file was there, where neither is left.
async fn forget(workspace: &Workspace, set_aside: &SetAside) -> Option<bool> {
    let removed = match transfer::remove_set_aside(set_aside).await {
        Ok(was_there) => {
            let end = Change::EndSetAside(set_aside.operation.clone());
            let applied = workspace.resources.store.apply(vec![end]).await;
            applied
                .map(|()| was_there)
                .map_err(|error| Some(store_failure(&error)))
        }
        Err(error) => Err(error.into_failure(Timestamp::now())),
    };
    match removed {
        Ok(was_there) => Some(was_there),
        Err(failure) => {
            if let Some(failure) = failure {
                workspace.tell(Event::Failed {
                    doctor: Some(set_aside.doctor.clone()),
                    failure,
                });
            }
            None
        }
    }
}

async fn known(
    workspace: &Workspace,
    operation: &OperationId,
) -> Result<Option<SetAside>, StoreError> {
    let all = workspace
        .resources
        .store
        .set_aside(&workspace.service)
        .await?;
    Ok(all.into_iter().find(|one| one.operation == *operation))
}
