//! Deleting: backup, wait, a last look, the intent on disk, one DELETE, and what was seen after.

use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use crate::api::{ApiError, Deletion, DeletionOfAll};
use crate::domain::{
    AudioFormat, AuditAction, AuditBackup, AuditOutcome, Backup, BackupComparison, BackupHealth,
    Confirmation, CopyComparison, DeletionChoice, DeletionPlan, DeletionSurvey, DoctorName,
    Failure, FailureKind, OperationId, Remark, ServerCopy, Unfit,
};
use crate::engine::aftermath::{conclude, conclude_all};
use crate::engine::checks::{answer_of, check, health_of};
use crate::engine::clock::Watch;
use crate::engine::comparing::{compare_and_look, read_back};
use crate::engine::context::{Session, new_operation};
use crate::engine::downloads::fetch;
use crate::engine::jobs::JobTicket;
use crate::engine::waiting::{NotSent, announce, because, begin_waiting, say_not_sent, wait};
use crate::engine::{DeletionReport, Destination, Event, JobEnding, JobProgress};
use crate::transfer::ReadFrom;

/// The record's words where the connection was given up: it may have been sent before.
const CUT_BY_A_SLEEP: &str =
    "given up, as the computer slept or its clock was changed; whether it arrived is not known";

/// Looks at the server and at the backup, for the question that a person answers.
pub async fn survey(session: Arc<Session>, doctor: DoctorName) {
    let server = check(&session, &doctor, &session.cancel).await;
    let checked_at = Timestamp::now();
    let backup = match (&server, session.known(&doctor).await) {
        (Ok(Some(copy)), Ok(known)) => known.compare_backup(copy),
        _ => BackupComparison::None,
    };
    session.tell(Event::Surveyed(Box::new(DeletionSurvey {
        doctor,
        server,
        checked_at,
        backup,
    })));
}

/// Carries out a confirmed deletion.
pub async fn delete(session: Arc<Session>, plan: DeletionPlan, ticket: JobTicket) -> JobEnding {
    let operation = new_operation();
    let watch = session.context.clock.watch();
    let work = carry_out(&session, plan, operation, &ticket, &watch);
    tokio::select! {
        ending = work => ending,
        never = watch.keep(&ticket.cancel) => match never {},
    }
}

async fn carry_out(
    session: &Arc<Session>,
    plan: DeletionPlan,
    operation: OperationId,
    ticket: &JobTicket,
    watch: &Watch,
) -> JobEnding {
    match plan.confirmation() {
        Confirmation::Doctor { survey, choice, .. } => {
            let doctor = survey.doctor.clone();
            let (report, backup) =
                delete_one(session, &plan, survey, choice, &operation, ticket, watch).await;
            let backup = backup.map(|backup| backup.path);
            JobEnding::Delete {
                doctor,
                operation,
                report,
                backup,
            }
        }
        Confirmation::Everything { .. } => {
            let report = delete_all(session, &plan, &operation, ticket, watch).await;
            JobEnding::DeleteAll { operation, report }
        }
    }
}

async fn delete_one(
    session: &Arc<Session>,
    plan: &DeletionPlan,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    operation: &OperationId,
    ticket: &JobTicket,
    watch: &Watch,
) -> (DeletionReport, Option<Backup>) {
    let doctor = &survey.doctor;
    let draft = |outcome| {
        let mut draft = session.draft(AuditAction::Delete, outcome, operation.clone());
        draft.doctor = Some(doctor.clone());
        draft.reason = plan.reason().map(|reason| reason.record_text().to_owned());
        draft
    };
    let waiting = match begin_waiting(session, operation, Some(doctor)).await {
        Ok(waiting) => waiting,
        Err(report) => return (report, None),
    };
    let failed = draft(AuditOutcome::Failed);
    let (backup, read_back) = match backup_for(session, survey, choice, ticket).await {
        Ok(Some((backup, read))) => (Some(backup), Some(said_of_reading(read))),
        Ok(None) => (None, None),
        Err(not_sent) => return (say_not_sent(session, failed, not_sent, watch).await, None),
    };
    let looked = match wait(ticket, session.context.waits.one).await {
        Ok(()) => last_look(session, survey, choice, backup.as_ref(), ticket).await,
        Err(not_sent) => Err(not_sent),
    };
    let plan_text = match looked {
        Ok(plan_text) => plan_text,
        Err(not_sent) => {
            let is_kept = !not_sent.is_about_the_backup();
            let report = say_not_sent(session, failed, not_sent, watch).await;
            return (report, backup.filter(|_| is_kept));
        }
    };
    let mut intent = draft(AuditOutcome::Intended);
    intent.plan = Some(plan_text.clone());
    intent.note = read_back.map(ToOwned::to_owned);
    intent.backup = backup.as_ref().map(|backup| AuditBackup {
        path: backup.path.to_string_lossy().into_owned(),
        size: backup.size,
        sha256: backup.sha256,
    });
    let stopped = draft(AuditOutcome::Stopped);
    let (seen_before, relied_on) = (&plan_text, backup.as_ref());
    let look_again = || {
        async move {
            let seen = last_look(session, survey, choice, relied_on, ticket).await?;
            if seen == *seen_before {
                Ok(())
            } else {
                Err(because(
                    FailureKind::CopyChanged,
                    "the server shows something else than before the window was busy",
                ))
            }
        }
        .boxed()
    };
    let announced = announce(
        session,
        waiting,
        intent,
        stopped,
        ticket,
        watch,
        &look_again,
    );
    if let Err(report) = announced.await {
        return (report, backup);
    }
    session.delete_goes_out(Some(doctor));
    let (answer, failure) = match watch.unless_time_jumps(session.api.delete(doctor)).await {
        Some(Ok(Deletion::Accepted)) => ("200".to_owned(), None),
        Some(Ok(Deletion::NothingThere)) => ("404".to_owned(), None),
        Some(Err(error)) => said_of(session, error),
        None => (CUT_BY_A_SLEEP.to_owned(), None),
    };
    let mut answered = draft(AuditOutcome::Answered);
    answered.answer = Some(answer);
    session.record(answered, Vec::new()).await;
    ticket.report(JobProgress::Verifying);
    let report = conclude(session, doctor, draft(AuditOutcome::NotKnown), failure).await;
    (report, backup)
}

/// The copy that a confirmation was given for.
fn confirmed(survey: &DeletionSurvey) -> Result<&ServerCopy, NotSent> {
    match &survey.server {
        Ok(Some(confirmed)) => Ok(confirmed),
        _ => Err(because(
            FailureKind::ConfirmationStale,
            "nothing was seen to delete",
        )),
    }
}

/// The record's words for where a backup was read back from.
const fn said_of_reading(from: ReadFrom) -> &'static str {
    match from {
        ReadFrom::Disk => "the backup was read back from the disk",
        ReadFrom::PerhapsMemory => "the backup was read back, perhaps from memory",
    }
}

/// The backup that a delete relies on, made now or before, and where it was read back from.
async fn backup_for(
    session: &Arc<Session>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    ticket: &JobTicket,
) -> Result<Option<(Backup, ReadFrom)>, NotSent> {
    let confirmed = confirmed(survey)?;
    let backup = match choice {
        DeletionChoice::WithoutBackup => return Ok(None),
        DeletionChoice::KeepingBackup => {
            let backup = survey.backup.backup().cloned();
            let Some(backup) = backup else {
                return Err(because(
                    FailureKind::ConfirmationStale,
                    "there is no backup",
                ));
            };
            backup
        }
        DeletionChoice::BackUpFirst {
            destination,
            replace,
        } => {
            let destination = destination.clone();
            back_up(session, survey, destination, *replace, confirmed, ticket).await?
        }
    };
    ticket.report(JobProgress::ReadingBack);
    let read = read_back(session, &survey.doctor, &backup).await?;
    Ok(Some((backup, read)))
}

/// The last look before a DELETE. Gives the plan as the record keeps it.
async fn last_look(
    session: &Arc<Session>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    backup: Option<&Backup>,
    ticket: &JobTicket,
) -> Result<String, NotSent> {
    let doctor = &survey.doctor;
    let confirmed = confirmed(survey)?;
    // The backup that counts is of the copy that is there now, not of the one shown a while ago.
    ticket.report(JobProgress::Looking);
    let copy = match check(session, doctor, &ticket.cancel).await {
        Ok(Some(copy)) => copy,
        Ok(None) => return Err(because(FailureKind::NothingThere, "404 before the delete")),
        Err(_) if ticket.cancel.is_cancelled() => return Err(NotSent::Stopped),
        Err(failure) => return Err(NotSent::Because(failure)),
    };
    // What was compared by its contents, and can't be recognised by anything else, is so again.
    let by_contents = backup.filter(|_| confirmed.digest.is_some() && copy.digest.is_none());
    let copy = match by_contents {
        Some(backup) => compare_and_look(session, doctor, copy, backup, ticket).await?,
        None => copy,
    };
    if copy.unfit != confirmed.unfit {
        return Err(because(
            FailureKind::CopyChanged,
            "what is there can be a backup and could not, or the other way round",
        ));
    }
    let may_be_backed_up = |backup: &Backup| backup.may_be_of(&copy);
    if copy.compare(confirmed) == CopyComparison::Changed || !backup.is_none_or(may_be_backed_up) {
        return Err(because(
            FailureKind::CopyChanged,
            "the server shows another copy, or not enough to tell",
        ));
    }
    if let Some(backup) = backup {
        let path = backup.path.clone();
        match health_of(backup).await {
            Some(BackupHealth::There) => {}
            Some(BackupHealth::Missing | BackupHealth::Altered) => {
                return Err(because(
                    FailureKind::ReadBackDiffers { path },
                    "the backup went or changed during the wait",
                ));
            }
            None => {
                return Err(because(
                    FailureKind::Disk { path },
                    "the disk did not answer",
                ));
            }
        }
    }
    Ok(plan_text(choice, &copy, backup, by_contents.is_some()))
}

async fn back_up(
    session: &Arc<Session>,
    survey: &DeletionSurvey,
    path: std::path::PathBuf,
    replace: bool,
    confirmed: &ServerCopy,
    ticket: &JobTicket,
) -> Result<Backup, NotSent> {
    let fetched = fetch(
        session,
        &survey.doctor,
        Destination {
            path,
            replace,
            even_a_backup: None,
        },
        false,
        ticket,
    )
    .await?;
    let copy = ServerCopy {
        digest: Some(fetched.saved.sha256),
        ..fetched.copy.clone()
    };
    if copy.compare(confirmed) == CopyComparison::Changed {
        return Err(because(
            FailureKind::CopyChanged,
            "the copy changed before its backup",
        ));
    }
    fetched.backup.ok_or_else(|| {
        let path = fetched.saved.path.clone();
        because(
            FailureKind::CompletenessNotProven { path },
            "no length and no digest",
        )
    })
}

async fn delete_all(
    session: &Arc<Session>,
    plan: &DeletionPlan,
    operation: &OperationId,
    ticket: &JobTicket,
    watch: &Watch,
) -> DeletionReport {
    let draft = |outcome| {
        let mut draft = session.draft(AuditAction::DeleteAll, outcome, operation.clone());
        draft.reason = plan.reason().map(|reason| reason.record_text().to_owned());
        draft
    };
    let waiting = match begin_waiting(session, operation, None).await {
        Ok(waiting) => waiting,
        Err(report) => return report,
    };
    if let Err(not_sent) = wait(ticket, session.context.waits.all).await {
        return say_not_sent(session, draft(AuditOutcome::Failed), not_sent, watch).await;
    }
    let mut intent = draft(AuditOutcome::Intended);
    if let Confirmation::Everything { tally, .. } = plan.confirmation() {
        intent.plan = Some(format!(
            "delete every recording of every doctor; {} doctors listed here: {} with recordings, \
             {} without, {} not checked; {} backed up and the same, {} backed up and not \
             compared, {} not backed up",
            tally.total(),
            tally.with_recordings,
            tally.without,
            tally.not_checked.len(),
            tally.backed_up,
            tally.cannot_compare,
            tally.not_backed_up.len(),
        ));
    }
    let stopped = draft(AuditOutcome::Stopped);
    // Nothing was looked at before, so nothing is old after a hold.
    let look_again = || std::future::ready(Ok(())).boxed();
    let announced = announce(
        session,
        waiting,
        intent,
        stopped,
        ticket,
        watch,
        &look_again,
    );
    if let Err(report) = announced.await {
        return report;
    }
    session.delete_goes_out(None);
    let (answer, failure) = match watch.unless_time_jumps(session.api.delete_all()).await {
        Some(Ok(DeletionOfAll::Accepted)) => ("200".to_owned(), None),
        Some(Ok(DeletionOfAll::Failed)) => {
            let mut failure = Failure::new(FailureKind::ServiceTrouble, Timestamp::now(), "");
            failure.details.status = Some(500);
            failure.details.call = Some("DELETE /api/delete-all".into());
            ("500".to_owned(), Some(failure))
        }
        Some(Err(error)) => said_of(session, error),
        None => (CUT_BY_A_SLEEP.to_owned(), None),
    };
    let mut answered = draft(AuditOutcome::Answered);
    answered.answer = Some(answer);
    session.record(answered, Vec::new()).await;
    ticket.report(JobProgress::Verifying);
    conclude_all(
        session,
        draft(AuditOutcome::NotKnown),
        failure,
        Some(ticket),
    )
    .await
}

fn said_of(session: &Session, error: ApiError) -> (String, Option<Failure>) {
    let reached = error.may_have_reached;
    let failure = session.failure(error);
    let answer = if reached {
        answer_of(&failure)
    } else {
        "not reached".to_owned()
    };
    (answer, Some(failure))
}

/// The plan as the record keeps it, in words.
fn plan_text(
    choice: &DeletionChoice,
    copy: &ServerCopy,
    backup: Option<&Backup>,
    by_contents: bool,
) -> String {
    let format = match (copy.unfit, copy.format) {
        (Some(Unfit::Other(kind)), _) => format!("{}, neither WAV nor FLAC", kind.label()),
        (unfit, format) => {
            let format = format.map_or("format not told", AudioFormat::label);
            let unfit = unfit.map_or(String::new(), |unfit| format!(" ({})", unfit.code()));
            format!("{format}{unfit}")
        }
    };
    let length = copy
        .length
        .map_or("length not told".into(), |length| format!("{length} bytes"));
    let how = match (choice, backup.map(|backup| backup.compare(copy))) {
        (_, None) => "without backup",
        (_, Some(CopyComparison::Same)) if by_contents => {
            "backed up; the same contents as the server's, downloaded again just before"
        }
        (_, Some(CopyComparison::Same)) => "backed up; the same copy as the server's",
        (DeletionChoice::BackUpFirst { .. }, _) => "backed up just before; contents not compared",
        _ => "an earlier backup is kept; contents not compared",
    };
    let flushed = match backup {
        Some(Backup { flushed: false, .. }) => format!("; backup {}", Remark::NotFlushed),
        _ => String::new(),
    };
    format!("delete every file under this name; on the server: {format}, {length}; {how}{flushed}")
}
