//! Asking the server what it has, without fetching it.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::api::Look;
use crate::domain::{
    AuditAction, AuditOutcome, CopyComparison, DoctorName, DoctorState, Failure, FailureKind,
    KnownDoctor, ServerCopy, ServerKnowledge, Unfit, file_name_as_it_is, suggested_file_name,
};
use crate::engine::backups::see_backup;
use crate::engine::backups::{health_change, health_of};
use crate::engine::facts::{about, answer_of};
use crate::engine::looking::look;
use crate::engine::operation::new_operation;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{CheckAllReport, Event, JobProgress, SavePurpose};
use crate::store::DoctorFact;

/// How many doctors are asked for at once.
const AT_ONCE: usize = 4;

/// Asks for one doctor, and keeps and tells what was found. `Ok(None)` is the service's 404.
pub async fn check(
    workspace: &Workspace,
    doctor: &DoctorName,
    caller: Caller<'_>,
) -> Result<Option<ServerCopy>, Failure> {
    let (looked, now, known, health) = loop {
        let oldest = || workspace.oldest_answer(doctor);
        let looked = look(workspace, doctor, oldest, caller).await;
        let now = Timestamp::now();
        let known = workspace.known(doctor).await.ok();
        let backup = known.as_ref().and_then(|known| known.backup.as_ref());
        // A disk may take its time: a delete is not to overtake the look before it is recorded either.
        let health = match backup {
            Some(backup) => health_of(backup).await,
            None => None,
        };
        if !looked.is_overtaken(workspace, doctor) {
            break (looked, now, known, health);
        }
    };
    // Of what was not asked there is nothing to record.
    if let Err(failure) = &looked.result
        && failure.kind == FailureKind::NotSignedIn
    {
        return Err(failure.clone());
    }
    let (fact, outcome, result) = match looked.result {
        Ok(Look::Has(copy)) => {
            let earlier = known.as_ref().and_then(|known| known.server.copy());
            let copy = with_what_a_download_showed(copy, earlier);
            let knowledge = ServerKnowledge::Has {
                copy: copy.clone(),
                checked_at: now,
            };
            let fact = DoctorFact::Server(knowledge);
            (fact, AuditOutcome::Found, Ok(Some(copy)))
        }
        Ok(Look::Nothing) => {
            let knowledge = ServerKnowledge::Nothing { checked_at: now };
            let fact = DoctorFact::Server(knowledge);
            (fact, AuditOutcome::NothingThere, Ok(None))
        }
        Err(failure) => (
            DoctorFact::NoAnswer(now),
            AuditOutcome::Failed,
            Err(failure),
        ),
    };
    let operation = new_operation();
    let what = (AuditAction::Check, outcome);
    let mut draft = match caller.ticket() {
        Some(ticket) => workspace.draft_of_job(ticket, looked.done_in.as_deref(), what, operation),
        None => workspace.draft(what.0, what.1, operation),
    };
    draft.doctor = Some(doctor.clone());
    draft.note = joined([draft.note, looked.note]);
    draft.answer = match &result {
        Ok(Some(_)) => Some("200".into()),
        Ok(None) => Some("404".into()),
        Err(failure) => Some(answer_of(failure)),
    };
    let mut changes = vec![about(workspace, doctor, fact)];
    if let (Some(known), Some(health)) = (&known, health) {
        changes.extend(health_change(workspace, known, health));
    }
    workspace.record(draft, changes).await;
    workspace.tell_doctor(doctor).await;
    result
}

/// What a look shows, with what a download showed of it before: the first bytes tell nothing of
/// damage, and not everything of emptiness, and the contents' digest holds for the very same copy.
pub fn with_what_a_download_showed(copy: ServerCopy, earlier: Option<&ServerCopy>) -> ServerCopy {
    let shown = earlier.filter(|earlier| copy.may_be(earlier));
    let same = earlier.filter(|earlier| copy.compare(earlier) == CopyComparison::Same);
    ServerCopy {
        unfit: copy.unfit.or(shown.and_then(|earlier| earlier.unfit)),
        digest: copy.digest.or(same.and_then(|earlier| earlier.digest)),
        ..copy
    }
}

/// The check that a person asked for.
pub async fn check_one(workspace: Arc<Workspace>, doctor: DoctorName) {
    workspace.tell(Event::CheckStarted(doctor.clone()));
    let failure = check(&workspace, &doctor, Caller::task(&workspace.cancel))
        .await
        .err();
    workspace.tell(Event::CheckEnded { doctor, failure });
}

/// The look that precedes the save dialog: it gives the file its name and extension.
pub async fn prepare_download(workspace: Arc<Workspace>, doctor: DoctorName, purpose: SavePurpose) {
    let event = match check(&workspace, &doctor, Caller::task(&workspace.cancel)).await {
        Ok(Some(ServerCopy {
            unfit: Some(Unfit::Empty),
            length: Some(0),
            ..
        })) => {
            let kind = FailureKind::EmptyRecording { arrived: true };
            let failure = Failure::new(kind, Timestamp::now(), "0 bytes");
            Event::DownloadNotReady { doctor, failure }
        }
        Ok(Some(copy)) => {
            let today = jiff::ZonedDateTime::now().date();
            let file_name = match (&purpose, copy.unfit) {
                (SavePurpose::KeepAsItIs, Some(unfit)) => {
                    let name = suggested_file_name(&doctor, today, None);
                    file_name_as_it_is(&name, unfit, copy.format)
                }
                _ => suggested_file_name(&doctor, today, copy.format),
            };
            Event::DownloadReady {
                doctor,
                purpose,
                file_name,
            }
        }
        Ok(None) => {
            let failure = Failure::new(FailureKind::NothingThere, Timestamp::now(), "404");
            Event::DownloadNotReady { doctor, failure }
        }
        Err(failure) => Event::DownloadNotReady { doctor, failure },
    };
    workspace.tell(event);
}

/// Asks for many doctors, a few at once, until all are asked for or the job is cancelled.
pub async fn check_many(
    workspace: &Arc<Workspace>,
    doctors: Vec<DoctorName>,
    ticket: &JobTicket,
) -> CheckAllReport {
    look_at_many(workspace, doctors, ticket, false).await
}

/// As [`check_many`]; before each, its backup is seen to be the very file that was verified.
pub async fn survey_many(
    workspace: &Arc<Workspace>,
    doctors: Vec<DoctorName>,
    ticket: &JobTicket,
) -> CheckAllReport {
    look_at_many(workspace, doctors, ticket, true).await
}

async fn look_at_many(
    workspace: &Arc<Workspace>,
    doctors: Vec<DoctorName>,
    ticket: &JobTicket,
    with_files: bool,
) -> CheckAllReport {
    let of = doctors.len();
    let mut report = CheckAllReport::default();
    ticket.report(JobProgress::Counting { done: 0, of });
    let mut checks = stream::iter(doctors)
        .map(|doctor| async move {
            if ticket.cancel.is_cancelled() {
                return None;
            }
            if !with_files {
                let result = check(workspace, &doctor, Caller::job(ticket)).await;
                return Some((doctor, result));
            }
            let both = async {
                // In this order: the look is what makes it count.
                see_backup(workspace, &doctor).await;
                check(workspace, &doctor, Caller::job(ticket)).await
            };
            // The question that it is for waits for no answer that may never come.
            tokio::select! {
                () = ticket.cancel.cancelled() => None,
                result = both => Some((doctor.clone(), result)),
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut done = 0;
    while let Some(checked) = checks.next().await {
        let Some((doctor, result)) = checked else {
            report.stopped = true;
            continue;
        };
        done += 1;
        ticket.report(JobProgress::Counting { done, of });
        match result {
            Ok(Some(_)) => {
                report.checked += 1;
                report.with_recordings += 1;
                let known = workspace.known(&doctor).await;
                if !known.is_ok_and(|known| is_backed_up(&known)) {
                    report.not_backed_up += 1;
                }
            }
            Ok(None) => report.checked += 1,
            Err(_) => {
                report.not_checked += 1;
                report.stopped |= ticket.cancel.is_cancelled();
            }
        }
    }
    report
}

/// Whether there is a backup of the doctor's recording that nothing speaks against.
pub fn is_backed_up(known: &KnownDoctor) -> bool {
    matches!(
        known.state(),
        DoctorState::BackedUp | DoctorState::BackedUpCannotCompare
    )
}
