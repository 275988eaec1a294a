//! Parts of recordings that came and are kept: they wait until the person goes on with them or discards
//! them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AuditAction, AuditOutcome, KeptPart, OperationId};
use crate::engine::Event;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;
use crate::store::Change;
use crate::transfer::{self, TransferError};

/// Tells the window all that is kept for this service.
pub async fn tell(workspace: &Workspace) {
    // What is read later is told later.
    let _one_at_a_time = workspace.resources.telling.lock().await;
    let store = &workspace.resources.store;
    match store.kept_parts(&workspace.service).await {
        Ok(all) => workspace.tell(Event::KeptParts(all)),
        Err(error) => workspace.tell(Event::failed(None, store_failure(&error))),
    }
}

/// Removes what is kept, as the person wants.
pub async fn discard(workspace: Arc<Workspace>, operation: OperationId) {
    let store = &workspace.resources.store;
    match store.take_kept_part(&workspace.service, &operation).await {
        Ok(Some(kept)) => {
            tell(&workspace).await;
            remove(&workspace, kept).await;
        }
        Ok(None) => {}
        Err(error) => workspace.tell(Event::failed(None, store_failure(&error))),
    }
    tell(&workspace).await;
}

async fn remove(workspace: &Workspace, kept: KeptPart) {
    let operation = kept.operation.clone();
    let removed = transfer::remove_kept(&kept.part, kept.mark.as_deref(), &kept.came).await;
    let may_be_left = matches!(removed, Err(TransferError::FolderGone { .. }));
    let became = match &removed {
        Ok(true) => "the part file was removed",
        Ok(false) => "the part file was no longer there",
        // What has come to stand at its name is not the app's to remove.
        Err(TransferError::FileNameRefused { .. }) => {
            "what is at the part file's name is not known for it, and was left alone"
        }
        // Nobody is to be asked about it for ever: it is removed once its folder is there again.
        Err(TransferError::FolderGone { .. }) => {
            "its folder is not there; the part file may be left"
        }
        Err(_) => "",
    };
    if let Err(error) = removed
        && !matches!(error, TransferError::FileNameRefused { .. })
        && let Some(failure) = error.into_failure(Timestamp::now())
    {
        workspace.tell(Event::failed(Some(kept.doctor.clone()), failure));
    }
    if became.is_empty() {
        let back = Change::TransferRecorded(operation);
        if let Err(error) = workspace.resources.store.apply(vec![back]).await {
            workspace.tell(Event::failed(None, store_failure(&error)));
        }
        return;
    }
    let outcome = AuditOutcome::Discarded;
    let mut draft = workspace.draft(AuditAction::Download, outcome, operation.clone());
    draft.doctor = Some(kept.doctor);
    draft.note = Some(format!("{became}; {} bytes had come", kept.came.size));
    let end = if may_be_left {
        Change::EndTransferPartLeft(operation)
    } else {
        Change::EndTransfer(operation)
    };
    workspace.record(draft, vec![end]).await;
}
