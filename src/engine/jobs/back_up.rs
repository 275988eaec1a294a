//! Making backups of many doctors' recordings.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{DoctorName, DoctorState, Failure, FailureKind, suggested_file_name};
use crate::engine::jobs::attempts::Fetched;
use crate::engine::jobs::check::check_many;
use crate::engine::jobs::fetch::{Fetching, fetch};
use crate::engine::operation::new_operation;
use crate::engine::resources::store_failure;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::engine::{Destination, JobEnding, JobFailure};
use crate::transfer::FirstVolume;

/// Checks doctors, then fetches for each that has a recording and no good backup: one of the very
/// copy, or one that can't be compared and was made since `fetched_since`.
pub async fn check_and_back_up(
    workspace: Arc<Workspace>,
    doctors: Vec<DoctorName>,
    folder: PathBuf,
    fetched_since: Timestamp,
    ticket: JobTicket,
) -> JobEnding {
    let mut checks = check_many(&workspace, doctors.clone(), &ticket).await;
    let (mut backed_up, mut failed) = (Vec::new(), Vec::new());
    // Where the drive goes away in the middle, nothing is saved in the folder that it was mounted on.
    let volume = FirstVolume::default();
    for doctor in doctors {
        if ticket.cancel.is_cancelled() {
            checks.stopped = true;
            break;
        }
        let known = match workspace.known(&doctor).await {
            Ok(known) => known,
            Err(error) => {
                failed.push((doctor, store_failure(&error)));
                continue;
            }
        };
        // Of a doctor that could not be checked just now, nothing is fetched either.
        let Some(copy) = known.server.copy().filter(|_| known.no_answer_at.is_none()) else {
            continue;
        };
        let made = known.backup.as_ref().map(|backup| backup.verified_at);
        let is_good = match known.state() {
            DoctorState::BackedUp => true,
            DoctorState::BackedUpCannotCompare => {
                made.is_some_and(|made| made >= fetched_since && made <= Timestamp::now())
            }
            _ => false,
        };
        if is_good {
            continue;
        }
        let name = suggested_file_name(&doctor, jiff::ZonedDateTime::now().date(), copy.format);
        let fetching = Fetching::new(new_operation(), volume.clone());
        let destination = Destination {
            path: folder.join(name),
            replace: false,
            even_a_backup: None,
        };
        match fetch(&workspace, &doctor, destination, fetching, &ticket).await {
            Ok(Fetched {
                backup: Some(_), ..
            }) => backed_up.push(doctor),
            Ok(Fetched { saved, .. }) => {
                let kind = FailureKind::CompletenessNotProven { path: saved.path };
                failed.push((doctor, Failure::new(kind, Timestamp::now(), "")));
            }
            Err(JobFailure::Failed(failure)) => failed.push((doctor, failure)),
            Err(JobFailure::Cancelled) => checks.stopped = true,
        }
    }
    JobEnding::CheckAndBackUp {
        checks,
        backed_up,
        failed,
    }
}
