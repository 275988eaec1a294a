//! Parts of recordings that came and are kept: they wait until the person goes on with them or discards
//! them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AuditAction, AuditOutcome, KeptPart, OperationId};
use crate::engine::Event;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;
use crate::store::{Change, StoreError};
use crate::transfer::{self, TransferError};

/// Tells the window all that is kept for this service.
pub async fn tell(workspace: &Workspace) {
    let store = &workspace.resources.store;
    match store.kept_parts(&workspace.service).await {
        Ok(all) => workspace.tell(Event::KeptParts(all)),
        Err(error) => workspace.tell(Event::failed(None, store_failure(&error))),
    }
}

/// What is kept, which nobody else goes on with then.
///
/// # Errors
/// [`StoreError`] where that can't be read or written down.
pub async fn take_up(
    workspace: &Workspace,
    operation: &OperationId,
) -> Result<Option<KeptPart>, StoreError> {
    let kept = known(workspace, operation).await?;
    if kept.is_some() {
        let goes_on = Change::TransferGoesOn(operation.clone());
        workspace.resources.store.apply(vec![goes_on]).await?;
    }
    Ok(kept)
}

/// Removes what is kept, as the person wants.
pub async fn discard(workspace: Arc<Workspace>, operation: OperationId) {
    let kept = match known(&workspace, &operation).await {
        Ok(kept) => kept,
        Err(error) => {
            workspace.tell(Event::failed(None, store_failure(&error)));
            None
        }
    };
    if let Some(kept) = kept {
        let became = match transfer::remove_left_over(&kept.part, kept.mark.as_deref()).await {
            Ok(()) => Ok("the part file was removed"),
            // What has come to stand at its name is not the app's to remove.
            Err(TransferError::FileNameRefused { .. }) => {
                Ok("something else is at the part file's name, and was left alone")
            }
            Err(error) => Err(error.into_failure(Timestamp::now())),
        };
        match became {
            Ok(became) => {
                let outcome = AuditOutcome::Discarded;
                let mut draft = workspace.draft(AuditAction::Download, outcome, operation.clone());
                draft.doctor = Some(kept.doctor);
                draft.note = Some(format!("{became}; {} bytes had come", kept.came.size));
                let end = Change::EndTransfer(operation);
                workspace.record(draft, vec![end]).await;
            }
            Err(failure) => {
                let doctor = Some(kept.doctor);
                if let Some(failure) = failure {
                    workspace.tell(Event::failed(doctor, failure));
                }
            }
        }
    }
    tell(&workspace).await;
}

async fn known(
    workspace: &Workspace,
    operation: &OperationId,
) -> Result<Option<KeptPart>, StoreError> {
    let store = &workspace.resources.store;
    let all = store.kept_parts(&workspace.service).await?;
    Ok(all.into_iter().find(|one| one.operation == *operation))
}
