//! Deleting: backup, wait, a last look, the intent on disk, one DELETE, and what was seen after.

mod confirmed_by;
mod everything;
pub mod grace_period;
mod job;
mod one;
pub mod verify_gone;

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{BackupComparison, Confirmation, DeletionSurvey, DoctorName};
use crate::engine::cancellation::EndedBy;
use crate::engine::jobs::check::check;
use crate::engine::jobs::delete::job::DeleteJob;
use crate::engine::notice::Approved;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::Workspace;
use crate::engine::{Event, JobEnding};

/// Looks at the server and at the backup, for the question that a person answers.
pub async fn survey(workspace: Arc<Workspace>, doctor: DoctorName) {
    let server = check(&workspace, &doctor, Caller::task(&workspace.cancel)).await;
    let checked_at = Timestamp::now();
    let backup = match (&server, workspace.known(&doctor).await) {
        (Ok(Some(copy)), Ok(known)) => known.compare_backup(copy),
        _ => BackupComparison::None,
    };
    workspace.tell(Event::Surveyed(Box::new(DeletionSurvey {
        doctor,
        server,
        checked_at,
        backup,
    })));
}

/// Carries out a confirmed deletion.
pub async fn delete(workspace: Arc<Workspace>, approved: Approved, ticket: JobTicket) -> JobEnding {
    let Approved { plan, by } = approved;
    let watch = workspace.resources.clock.watch();
    let job = DeleteJob {
        workspace: &workspace,
        plan: &plan,
        approved_by: &by,
        ticket: &ticket,
        watch: &watch,
    };
    let work = async {
        let operation = ticket.operation.clone();
        match plan.confirmation() {
            Confirmation::Doctor { survey, choice, .. } => {
                let (report, backup) = one::delete(&job, survey, choice).await;
                JobEnding::Delete {
                    doctor: survey.doctor.clone(),
                    operation,
                    report,
                    backup: backup.map(|backup| backup.path),
                }
            }
            Confirmation::Everything { tally, .. } => {
                let report = everything::delete(&job, tally).await;
                JobEnding::DeleteAll { operation, report }
            }
        }
    };
    tokio::select! {
        ending = work => ending,
        never = watch.keep(|| ticket.cancellation.cancel(EndedBy::Sleep)) => match never {},
    }
}
