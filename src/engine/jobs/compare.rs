//! Comparing by downloading again: a recording is fetched, held against its backup, and not kept.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::api::Download;
use crate::domain::{
    AuditAction, AuditBackup, AuditOutcome, Backup, BackupHealth, CopyComparison, DeletionSurvey,
    DoctorName, Failure, FailureKind, NextTry, OperationId, ServerCopy, ServerKnowledge,
};
use crate::engine::backups::{in_job, read_back};
use crate::engine::facts::{about, answer_of};
use crate::engine::jobs::check::{check, with_what_a_download_showed};
use crate::engine::looking::{begin_download, wait_for_sign_in};
use crate::engine::resources::store_failure;
use crate::engine::retry::Budget;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::tries::{self, Tries};
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{JobEnding, JobFailure, JobProgress};
use crate::store::DoctorFact;
use crate::transfer::{self, Progress};

/// The comparison that a person asked for.
pub async fn compare(
    workspace: Arc<Workspace>,
    doctor: DoctorName,
    ticket: JobTicket,
) -> JobEnding {
    let result = compared(&workspace, &doctor, &ticket).await;
    JobEnding::Compare {
        doctor,
        result: result.map(Box::new),
    }
}

async fn compared(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    ticket: &JobTicket,
) -> Result<DeletionSurvey, JobFailure> {
    let failed = |failure| JobFailure::Failed(failure);
    let known = workspace.known(doctor).await;
    let known = known.map_err(|error| failed(store_failure(&error)))?;
    let Some(backup) = known.backup.clone() else {
        let kind = FailureKind::ConfirmationStale;
        let failure = Failure::new(kind, Timestamp::now(), "there is no backup");
        return Err(failed(failure));
    };
    ticket.report(JobProgress::ReadingBack);
    read_back(workspace, doctor, &backup).await?;
    let before = known.server.copy().cloned().unwrap_or_default();
    let copy = {
        let operation = ticket.operation.clone();
        compare_and_look(workspace, doctor, before, &backup, operation, ticket).await?
    };
    // It was read back just now, whatever a glance had shown before.
    let known = crate::domain::KnownDoctor {
        backup_health: BackupHealth::There,
        ..known
    };
    Ok(DeletionSurvey {
        doctor: doctor.clone(),
        backup: known.compare_backup(&copy),
        server: Ok(Some(copy)),
        checked_at: Timestamp::now(),
    })
}

/// Compares by downloading again, and looks once more: a download may take hours, and the server may
/// have got another recording meanwhile. `before` is what it showed before.
pub async fn compare_and_look(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    before: ServerCopy,
    backup: &Backup,
    operation: OperationId,
    ticket: &JobTicket,
) -> Result<ServerCopy, JobFailure> {
    let compared = download_and_compare(workspace, doctor, backup, operation, ticket).await?;
    ticket.report(JobProgress::Looking);
    let failed = |kind, why| JobFailure::Failed(Failure::new(kind, Timestamp::now(), why));
    let after = match check(workspace, doctor, Caller::job(ticket)).await {
        Ok(Some(after)) => after,
        Ok(None) => return Err(failed(FailureKind::NothingThere, "404")),
        Err(_) if ticket.cancel.is_cancelled() => return Err(JobFailure::Cancelled),
        Err(failure) => return Err(JobFailure::Failed(failure)),
    };
    let shown = |copy: &ServerCopy| ServerCopy {
        digest: None,
        ..copy.clone()
    };
    let marks_nothing = shown(&compared).compare(&shown(&before)) == CopyComparison::Changed;
    let is_another = if marks_nothing {
        // Each answer is marked anew: only what else it says tells anything.
        after.length != compared.length || !after.is_of_one_kind_with(&compared)
    } else {
        shown(&after).compare(&shown(&compared)) == CopyComparison::Changed
    };
    if is_another {
        let why = "the server shows another copy since the comparison";
        return Err(failed(FailureKind::CopyChanged, why));
    }
    Ok(compared)
}

/// Downloads a doctor's recording and gives the copy with the digest of its contents, by which it
/// is or is not the backup's; records what was found.
async fn download_and_compare(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    backup: &Backup,
    operation: OperationId,
    ticket: &JobTicket,
) -> Result<ServerCopy, JobFailure> {
    let tries = Tries::new(workspace, Budget::DOWNLOAD);
    let all = async {
        loop {
            let failure = match attempt(workspace, doctor, backup, ticket, &tries).await {
                Err(JobFailure::Failed(failure)) => failure,
                ended => return ended,
            };
            if tries.takes_the_next_sign_in() {
                wait_for_sign_in(workspace, ticket, &tries).await?;
                continue;
            }
            let (failure, wait) = tries.failed(failure, false).map_err(JobFailure::Failed)?;
            let clock = &workspace.resources.clock;
            let next = (doctor, NextTry::Begins);
            tries::wait(ticket, clock, next, failure, wait).await?;
        }
    };
    let result = tries.timed(all).await;
    if workspace.resources.leaving.is_cancelled() && matches!(result, Err(JobFailure::Cancelled)) {
        return Err(JobFailure::Cancelled);
    }
    let (outcome, answer) = match &result {
        Ok((copy, _)) if copy.digest == Some(backup.sha256) => (AuditOutcome::Same, "200".into()),
        Ok(_) => (AuditOutcome::Differs, "200".into()),
        Err(JobFailure::Cancelled) => (ticket.cancellation.ended_by().outcome(), String::new()),
        Err(JobFailure::Failed(failure)) => (AuditOutcome::Failed, answer_of(failure)),
    };
    let mut draft = {
        let done_in = tries.done_in();
        let what = (AuditAction::Compare, outcome);
        workspace.draft_of_job(ticket, done_in.as_deref(), what, operation)
    };
    draft.doctor = Some(doctor.clone());
    draft.answer = Some(answer).filter(|answer| !answer.is_empty());
    draft.note = joined([draft.note, tries.note()]);
    draft.backup = Some(AuditBackup {
        path: backup.path.to_string_lossy().into_owned(),
        size: backup.size,
        sha256: backup.sha256,
    });
    let seen = result
        .as_ref()
        .ok()
        .map(|(copy, seen_at)| ServerKnowledge::Has {
            copy: copy.clone(),
            checked_at: *seen_at,
        });
    let changes = seen.map(|seen| about(workspace, doctor, DoctorFact::Server(seen)));
    workspace.record(draft, changes.into_iter().collect()).await;
    workspace.tell_doctor(doctor).await;
    result.map(|(copy, _)| copy)
}

async fn attempt(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    backup: &Backup,
    ticket: &JobTicket,
    tries: &Tries,
) -> Result<(ServerCopy, Timestamp), JobFailure> {
    let answer = begin_download(workspace, doctor, None, ticket, tries).await?;
    let seen_at = Timestamp::now();
    let recording = match answer {
        Download::Recording(recording) => recording,
        Download::Nothing => {
            let failure = Failure::new(FailureKind::NothingThere, Timestamp::now(), "404");
            return Err(JobFailure::Failed(failure));
        }
    };
    let copy = recording.copy.clone();
    let reporter = Mutex::new(ticket.compared_bytes_of(doctor));
    let progress = |Progress { received, total }| {
        tries.bytes_came();
        let mut reporter = reporter.lock().unwrap_or_else(PoisonError::into_inner);
        reporter.report(received, total);
    };
    let contents = transfer::digest_of(recording, progress, ticket.cancel.clone()).await;
    let contents = contents.map_err(in_job)?;
    // Of other contents that may not be all there is, nothing follows until they come again.
    let came_before = tries.came_before() == Some(contents.sha256);
    tries.came(Some(contents.sha256));
    if contents.sha256 != backup.sha256 && !contents.arrived && !came_before {
        let kind = FailureKind::DamagedInTransit {
            expected: None,
            received: contents.size,
        };
        let failure = Failure::new(kind, Timestamp::now(), "nothing shows that all came");
        return Err(JobFailure::Failed(failure));
    }
    let copy = ServerCopy {
        digest: Some(contents.sha256),
        ..copy
    };
    let known = workspace.known(doctor).await.ok();
    let earlier = known.as_ref().and_then(|known| known.server.copy());
    let copy = with_what_a_download_showed(copy, earlier);
    Ok((copy, seen_at))
}
