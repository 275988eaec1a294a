//! The delete of everything.

use std::future::ready;
use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use crate::api::DeletionOfAll;
use crate::domain::{DoctorTally, Failure, FailureKind};
use crate::engine::DeletionReport;
use crate::engine::credentials::SignIn;
use crate::engine::jobs::delete::job::{DeleteJob, NotGone};

/// Deletes every doctor's recordings. `tally` is of the doctors listed here, as it was confirmed.
pub async fn delete(job: &DeleteJob<'_>, tally: &DoctorTally) -> DeletionReport {
    let waiting = match job.begin_waiting().await {
        Ok(waiting) => waiting,
        Err(report) => return report,
    };
    // Nothing is looked at before, so nothing is old after a hold.
    let look = |_sign_in: Arc<SignIn>| ready(Ok(plan_text(tally))).boxed();
    let intent = |plan| job.intent(plan);
    let resources = &job.workspace.resources;
    let of = resources.waits.of_all(&resources.rules());
    let sign_in = match job.until_it_may_go(waiting, of, &look, &intent).await {
        Ok(sign_in) => sign_in,
        Err(NotGone::Said(report)) => return report,
        Err(NotGone::Because(not_sent)) => return job.not_sent(not_sent).await,
    };
    let api = sign_in.api();
    let request = || api.delete_all();
    let meaning = |deletion| match deletion {
        DeletionOfAll::Accepted => ("200", None),
        DeletionOfAll::Failed => {
            let mut failure = Failure::new(FailureKind::ServiceTrouble, Timestamp::now(), "");
            failure.details.status = Some(500);
            failure.details.call = Some("DELETE /api/delete-all".into());
            ("500", Some(failure))
        }
    };
    let answer = job.send(&sign_in, request, meaning).await;
    job.conclude(answer).await
}

/// The plan as the record keeps it, in words.
fn plan_text(tally: &DoctorTally) -> String {
    format!(
        "delete every recording of every doctor; {} doctors listed here: {} with recordings, {} \
         without, {} not checked; {} backed up and the same, {} backed up and not compared, {} not \
         backed up",
        tally.total(),
        tally.with_recordings,
        tally.without,
        tally.not_checked.len(),
        tally.backed_up,
        tally.cannot_compare,
        tally.not_backed_up.len(),
    )
}
