//! The delete of one doctor's recordings, and the backup that it rests on.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;

use crate::api::Deletion;
use crate::domain::{
    AudioFormat, AuditBackup, Backup, BackupHealth, CopyComparison, DeletionChoice, DeletionSurvey,
    DoctorName, FailureKind, Remark, ServerCopy, Unfit,
};
use crate::engine::backups;
use crate::engine::backups::health_of;
use crate::engine::credentials::SignIn;
use crate::engine::jobs::check::check;
use crate::engine::jobs::compare::compare_and_look;
use crate::engine::jobs::delete::grace_period::{NotSent, because};
use crate::engine::jobs::delete::job::{DeleteJob, NotGone};
use crate::engine::jobs::fetch::{Fetching, fetch};
use crate::engine::operation::new_operation;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{DeletionReport, Destination, JobProgress};
use crate::transfer::{FirstVolume, ReadFrom};

/// Deletes one doctor's recordings. Gives what came of it, and the backup that was made or relied on.
pub async fn delete(
    job: &DeleteJob<'_>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
) -> (DeletionReport, Option<Backup>) {
    let (workspace, ticket, doctor) = (job.workspace, job.ticket, &survey.doctor);
    let waiting = match job.begin_waiting().await {
        Ok(waiting) => waiting,
        Err(report) => return (report, None),
    };
    let (backup, read_back) = match backup_for(workspace, survey, choice, ticket).await {
        Ok(Some((backup, read_back))) => (Some(backup), Some(Mutex::new(read_back))),
        Ok(None) => (None, None),
        Err(not_sent) => return (job.not_sent(not_sent).await, None),
    };
    let relied_on = backup.as_ref().zip(read_back.as_ref());
    let look = |sign_in: Arc<SignIn>| {
        async move {
            if let Some((backup, read_back)) = relied_on {
                read_back_in(workspace, doctor, backup, read_back, sign_in, ticket).await?;
            }
            let backup = relied_on.map(|(backup, _)| backup);
            last_look(workspace, survey, choice, backup, ticket).await
        }
        .boxed()
    };
    let intent = |plan| {
        let mut intent = job.intent(plan);
        if let Some((backup, read_back)) = relied_on {
            let read_back = read_back.lock().unwrap_or_else(PoisonError::into_inner);
            let read_back = said_of_reading(read_back.from).to_owned();
            intent.note = joined([intent.note, Some(read_back)]);
            intent.backup = Some(AuditBackup {
                path: backup.path.to_string_lossy().into_owned(),
                size: backup.size,
                sha256: backup.sha256,
            });
        }
        intent
    };
    let of = workspace
        .resources
        .waits
        .of_one(&workspace.resources.rules());
    let sign_in = match job.until_it_may_go(waiting, of, &look, &intent).await {
        Ok(sign_in) => sign_in,
        Err(NotGone::Said(report)) => return (report, backup),
        Err(NotGone::Because(not_sent)) => {
            let is_kept = !not_sent.is_about_the_backup();
            let report = job.not_sent(not_sent).await;
            return (report, backup.filter(|_| is_kept));
        }
    };
    let api = sign_in.api();
    let request = || api.delete(doctor);
    let meaning = |deletion| match deletion {
        Deletion::Accepted => ("200", None),
        Deletion::NothingThere => ("404", None),
    };
    let answer = job.send(&sign_in, request, meaning).await;
    (job.conclude(answer).await, backup)
}

/// How a backup was read back that a delete rests on.
struct ReadBack {
    from: ReadFrom,
    /// The sign-in that there was then: hours may lie before the next one.
    signed_in: Arc<SignIn>,
}

/// Reads a backup back once more where another sign-in has begun since it was.
async fn read_back_in(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    backup: &Backup,
    read_back: &Mutex<ReadBack>,
    sign_in: Arc<SignIn>,
    ticket: &JobTicket,
) -> Result<(), NotSent> {
    let lock = || read_back.lock().unwrap_or_else(PoisonError::into_inner);
    if Arc::ptr_eq(&lock().signed_in, &sign_in) {
        return Ok(());
    }
    ticket.report(JobProgress::ReadingBack);
    let from = backups::read_back(workspace, doctor, backup).await?;
    *lock() = ReadBack {
        from,
        signed_in: sign_in,
    };
    Ok(())
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

/// The backup that a delete relies on, made now or before, and how it was read back.
async fn backup_for(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    ticket: &JobTicket,
) -> Result<Option<(Backup, ReadBack)>, NotSent> {
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
            back_up(workspace, survey, destination, *replace, confirmed, ticket).await?
        }
    };
    ticket.report(JobProgress::ReadingBack);
    let signed_in = workspace.credentials.sign_in();
    let from = backups::read_back(workspace, &survey.doctor, &backup).await?;
    Ok(Some((backup, ReadBack { from, signed_in })))
}

/// The last look before a DELETE. Gives the plan as the record keeps it.
async fn last_look(
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    choice: &DeletionChoice,
    backup: Option<&Backup>,
    ticket: &JobTicket,
) -> Result<String, NotSent> {
    let doctor = &survey.doctor;
    let confirmed = confirmed(survey)?;
    // The backup that counts is of the copy that is there now, not of the one shown a while ago.
    ticket.report(JobProgress::Looking);
    let copy = match check(workspace, doctor, Caller::job(ticket)).await {
        Ok(Some(copy)) => copy,
        Ok(None) => return Err(because(FailureKind::NothingThere, "404 before the delete")),
        Err(_) if ticket.cancel.is_cancelled() => return Err(NotSent::Stopped),
        Err(failure) => return Err(NotSent::Because(failure)),
    };
    // What was compared by its contents, or shows too little to be recognised by, is so just before.
    let by_contents = backup.filter(|backup| {
        let shows_too_little =
            backup.compare(&copy) == CopyComparison::CannotCompare && !backup.may_be_of(&copy);
        copy.digest.is_none() && (confirmed.digest.is_some() || shows_too_little)
    });
    let copy = match by_contents {
        Some(backup) => {
            let operation = new_operation();
            compare_and_look(workspace, doctor, copy, backup, operation, ticket).await?
        }
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
            "the server shows another copy",
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
    workspace: &Arc<Workspace>,
    survey: &DeletionSurvey,
    path: PathBuf,
    replace: bool,
    confirmed: &ServerCopy,
    ticket: &JobTicket,
) -> Result<Backup, NotSent> {
    let fetched = fetch(
        workspace,
        &survey.doctor,
        Destination {
            path,
            replace,
            even_a_backup: None,
        },
        Fetching::new(new_operation(), FirstVolume::default()),
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
