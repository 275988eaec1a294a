//! Asking the server what it has, without fetching it.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::api::Look;
use crate::domain::{
    AuditAction, AuditOutcome, Backup, BackupHealth, DoctorName, DoctorState, Failure, FailureKind,
    ServerCopy, ServerKnowledge, suggested_file_name,
};
use crate::engine::context::{Session, new_operation};
use crate::engine::jobs::JobTicket;
use crate::engine::{CheckAllReport, Event, JobProgress, SavePurpose};
use crate::store::{Change, DoctorFact};

/// How many doctors are asked for at once.
const AT_ONCE: usize = 4;

/// Asks for one doctor, and keeps and tells what was found. `Ok(None)` is the service's 404.
pub async fn check(session: &Session, doctor: &DoctorName) -> Result<Option<ServerCopy>, Failure> {
    let looked = session.api.look(doctor).await;
    let now = Timestamp::now();
    let (knowledge, outcome, result) = match looked {
        Ok(Look::Has(copy)) => {
            let knowledge = ServerKnowledge::Has {
                copy: copy.clone(),
                checked_at: now,
            };
            (knowledge, AuditOutcome::Found, Ok(Some(copy)))
        }
        Ok(Look::Nothing) => {
            let knowledge = ServerKnowledge::Nothing { checked_at: now };
            (knowledge, AuditOutcome::NothingThere, Ok(None))
        }
        Err(error) => {
            let knowledge = ServerKnowledge::CouldNotCheck { tried_at: now };
            (knowledge, AuditOutcome::Failed, Err(session.failure(error)))
        }
    };
    let operation = new_operation();
    let mut draft = session.draft(AuditAction::Check, outcome, operation);
    draft.doctor = Some(doctor.clone());
    draft.answer = match &result {
        Ok(Some(_)) => Some("200".into()),
        Ok(None) => Some("404".into()),
        Err(failure) => Some(answer_of(failure)),
    };
    let mut changes = vec![about(session, doctor, DoctorFact::Server(knowledge))];
    changes.extend(health_change(session, doctor).await);
    session.record(draft, changes).await;
    session.tell_doctor(doctor).await;
    result
}

/// The check that a person asked for.
pub async fn check_one(session: Arc<Session>, doctor: DoctorName) {
    session.tell(Event::CheckStarted(doctor.clone()));
    let failure = check(&session, &doctor).await.err();
    session.tell(Event::CheckEnded { doctor, failure });
}

/// The look that precedes the save dialog: it gives the file its name and extension.
pub async fn prepare_download(session: Arc<Session>, doctor: DoctorName, purpose: SavePurpose) {
    let event = match check(&session, &doctor).await {
        Ok(Some(copy)) => {
            let today = jiff::ZonedDateTime::now().date();
            let file_name = suggested_file_name(&doctor, today, copy.format);
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
    session.tell(event);
}

/// Asks for many doctors, a few at once, until all are asked for or the job is cancelled.
pub async fn check_many(
    session: &Arc<Session>,
    doctors: Vec<DoctorName>,
    ticket: &JobTicket,
) -> CheckAllReport {
    let of = doctors.len();
    let mut report = CheckAllReport::default();
    ticket.report(JobProgress::Counting { done: 0, of });
    let mut checks = stream::iter(doctors)
        .map(|doctor| async move {
            if ticket.cancel.is_cancelled() {
                return None;
            }
            let result = check(session, &doctor).await;
            Some((doctor, result))
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
                if !is_backed_up(session, &doctor).await {
                    report.not_backed_up += 1;
                }
            }
            Ok(None) => report.checked += 1,
            Err(_) => report.not_checked += 1,
        }
    }
    report
}

/// Whether the store knows a backup of the doctor's recording that nothing speaks against.
pub async fn is_backed_up(session: &Session, doctor: &DoctorName) -> bool {
    session.known(doctor).await.is_ok_and(|known| {
        matches!(
            known.state(),
            DoctorState::BackedUp | DoctorState::BackedUpCannotCompare
        )
    })
}

/// Looks where all backups should be, and keeps and tells what has changed.
pub async fn look_at_backups(session: &Session) {
    let Ok(doctors) = session.context.store.doctors(&session.service).await else {
        return;
    };
    for doctor in doctors {
        let changes: Vec<Change> = health_change(session, &doctor.name)
            .await
            .into_iter()
            .collect();
        if !changes.is_empty() && session.context.store.apply(changes).await.is_ok() {
            session.tell_doctor(&doctor.name).await;
        }
    }
}

/// The change to the store where a backup's file is no longer as the store has it.
async fn health_change(session: &Session, doctor: &DoctorName) -> Option<Change> {
    let known = session.known(doctor).await.ok()?;
    let health = health_of(known.backup.as_ref()?).await;
    // A file of the right size may still have been found altered when it was read back.
    let keeps = health == BackupHealth::There && known.backup_health == BackupHealth::Altered;
    (health != known.backup_health && !keeps)
        .then(|| about(session, doctor, DoctorFact::BackupHealth(health)))
}

/// What a glance at the file tells; its contents are read back before a delete.
pub async fn health_of(backup: &Backup) -> BackupHealth {
    match tokio::fs::metadata(&backup.path).await {
        Ok(file) if file.is_file() && file.len() == backup.size => BackupHealth::There,
        Ok(_) => BackupHealth::Altered,
        Err(_) => BackupHealth::Missing,
    }
}

/// A change to what is known of a doctor of this service.
pub fn about(session: &Session, doctor: &DoctorName, fact: DoctorFact) -> Change {
    Change::Doctor {
        service: session.service.clone(),
        doctor: doctor.clone(),
        fact,
    }
}

/// What the record says of an answer that was none of the documented ones.
pub fn answer_of(failure: &Failure) -> String {
    failure
        .details
        .status
        .map_or_else(|| "no answer".into(), |status| status.to_string())
}
