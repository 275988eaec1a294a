//! What came and can be no backup: it waits until the person keeps it as it is or discards it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditOutcome, DoctorName, Failure, FailureKind, OperationId, SetAside,
};
use crate::engine::context::{Session, new_operation, store_failure};
use crate::engine::downloads::{in_record, proof_in_words};
use crate::engine::jobs::JobTicket;
use crate::engine::ledger::StoreLedger;
use crate::engine::replacing::agreed;
use crate::engine::{Destination, Event, JobEnding, JobFailure, JobProgress, SavedFile};
use crate::store::{Change, StoreError};
use crate::transfer::{self, Aside, SaveRequest, TransferError};

/// What is to be set aside once that is recorded: the entry in the store goes into `changes`.
/// `None` where there is nothing, or the same is set aside already.
pub async fn prepare(
    session: &Session,
    request: &SaveRequest,
    aside: Option<Aside>,
    changes: &mut Vec<Change>,
) -> Option<(Aside, PathBuf)> {
    let aside = aside?;
    let earlier = session.context.store.set_aside(&session.service).await;
    for earlier in earlier.unwrap_or_default() {
        let is_the_same = earlier.doctor == request.doctor && earlier.sha256 == aside.sha256;
        if !is_the_same {
            continue;
        }
        // The new one may have taken the name of an earlier one that is gone.
        let found = transfer::find_set_aside(&earlier).await;
        if found.is_ok_and(|earlier| earlier != aside.part()) {
            return None;
        }
    }
    let place = aside.place(&request.destination);
    let set_aside = SetAside {
        operation: request.operation.clone(),
        doctor: request.doctor.clone(),
        path: place.clone(),
        part: aside.part().to_path_buf(),
        size: aside.size,
        sha256: aside.sha256,
        format: aside.format,
        unfit: aside.unfit,
        reason: aside.reason.clone(),
        at: Timestamp::now(),
    };
    changes.push(Change::SetAside {
        service: session.service.clone(),
        set_aside: Box::new(set_aside),
    });
    Some((aside, place))
}

/// Sets aside what [`prepare`] gave, and tells it.
pub async fn finish(session: &Session, prepared: Option<(Aside, PathBuf)>) {
    let Some((aside, place)) = prepared else {
        return;
    };
    aside.keep_at(&place);
    tell(session).await;
}

/// Tells the window all that is set aside for this service.
pub async fn tell(session: &Session) {
    match session.context.store.set_aside(&session.service).await {
        Ok(all) => session.tell(Event::SetAside(all)),
        Err(error) => session.tell(Event::Failed {
            doctor: None,
            failure: store_failure(&error),
        }),
    }
}

/// Saves what was set aside where the person wants it, and removes it from where it was.
pub async fn keep(
    session: Arc<Session>,
    doctor: DoctorName,
    operation: OperationId,
    destination: Destination,
    ticket: JobTicket,
) -> JobEnding {
    let result = match known(&session, &operation).await {
        Ok(Some(set_aside)) => save(&session, &set_aside, destination, &ticket).await,
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
    tell(&session).await;
    JobEnding::Download { doctor, result }
}

async fn save(
    session: &Arc<Session>,
    set_aside: &SetAside,
    destination: Destination,
    ticket: &JobTicket,
) -> Result<SavedFile, JobFailure> {
    ticket.report(JobProgress::ReadingBack);
    let operation = new_operation();
    let ledger = StoreLedger::new(session);
    let agreed = agreed(session, &set_aside.doctor, &destination, true, ticket).await;
    let agreed = agreed.map_err(JobFailure::Failed)?;
    let place = destination.path.clone();
    let request = SaveRequest {
        doctor: set_aside.doctor.clone(),
        operation: operation.clone(),
        destination: destination.path,
        replace: agreed.file.clone(),
        replaces_backup: agreed.is_a_backup(),
        came_before: Some(set_aside.sha256),
        as_it_is: true,
    };
    let saving = async {
        let recording = transfer::open_set_aside(set_aside).await?;
        transfer::save(recording, request, &ledger, |_| {}, ticket.cancel.clone()).await
    };
    let result = saving.await;
    if session.context.leaving.is_cancelled() && result.is_err() {
        return Err(JobFailure::Cancelled);
    }
    let (outcome, note) = match &result {
        Ok(saved) => (AuditOutcome::KeptAsItIs, proof_in_words(saved)),
        Err(TransferError::Cancelled) => (AuditOutcome::Stopped, String::new()),
        Err(error) => (AuditOutcome::Failed, error.to_string()),
    };
    let mut draft = session.draft(AuditAction::Download, outcome, operation.clone());
    draft.doctor = Some(set_aside.doctor.clone());
    draft.note = Some(format!("of what was set aside; {note}"));
    draft.backup = result.as_ref().ok().map(in_record);
    let saved = result.as_ref().ok().map(|saved| &saved.path);
    let replaced = saved.map(|saved| agreed.replaced(&place, saved));
    let changes = replaced
        .into_iter()
        .chain(ledger.ended(&operation))
        .collect();
    session.record(draft, changes).await;
    let saved = result.map_err(|error| match error.into_failure(Timestamp::now()) {
        Some(failure) => JobFailure::Failed(failure),
        None => JobFailure::Cancelled,
    })?;
    agreed.tell(session).await;
    forget(session, set_aside).await;
    Ok(saved.into())
}

/// Removes what was set aside, as the person wants.
pub async fn discard(session: Arc<Session>, operation: OperationId) {
    match known(&session, &operation).await {
        Ok(Some(set_aside)) if forget(&session, &set_aside).await => {
            let mut draft =
                session.draft(AuditAction::Download, AuditOutcome::Discarded, operation);
            draft.note = Some(format!(
                "{} bytes, SHA-256 {}",
                set_aside.size, set_aside.sha256
            ));
            draft.doctor = Some(set_aside.doctor);
            session.record(draft, Vec::new()).await;
        }
        Ok(_) => {}
        Err(error) => session.tell(Event::Failed {
            doctor: None,
            failure: store_failure(&error),
        }),
    }
    tell(&session).await;
}

/// Removes the file, then what is known of it: in this order nothing is left of which nothing
/// speaks. Whether both are gone.
async fn forget(session: &Session, set_aside: &SetAside) -> bool {
    let failure = match transfer::remove_set_aside(set_aside).await {
        Ok(()) => {
            let end = Change::EndSetAside(set_aside.operation.clone());
            let applied = session.context.store.apply(vec![end]).await;
            applied.err().map(|error| store_failure(&error))
        }
        Err(error) => error.into_failure(Timestamp::now()),
    };
    let is_gone = failure.is_none();
    if let Some(failure) = failure {
        session.tell(Event::Failed {
            doctor: Some(set_aside.doctor.clone()),
            failure,
        });
    }
    is_gone
}

async fn known(session: &Session, operation: &OperationId) -> Result<Option<SetAside>, StoreError> {
    let all = session.context.store.set_aside(&session.service).await?;
    Ok(all.into_iter().find(|one| one.operation == *operation))
}
