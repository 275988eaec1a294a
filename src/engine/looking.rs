//! GETs: a look that asks what the server has, once more where that may help, and the beginning of a
//! download. What meets the end of a sign-in waits for the next one.

use std::time::Duration;

use crate::api::{Download, Look};
use crate::domain::{DoctorName, Failure, FailureKind, ServerCopy, Unfit};
use crate::engine::jobs::{Asker, JobTicket};
use crate::engine::retry::Budget;
use crate::engine::tries::Tries;
use crate::engine::workspace::{Workspace, not_signed_in};
use crate::engine::{JobFailure, JobProgress};

/// The least wait after an answer that a cache may have kept from before a delete: its `Age` counts
/// whole seconds, so that one of less than a second may well be the service's own.
const AGES: Duration = Duration::from_secs(1);

/// What came of a look.
pub struct Looked {
    /// What the last try found.
    pub result: Result<Look, Failure>,
    /// The record's words for how many tries it took, where it took more than one, and for why an
    /// answer proves nothing.
    pub note: Option<String>,
}

/// Looks at what the server has for a doctor. `oldest` tells how old an answer may be when it is
/// asked for. Where the sign-in ends, it waits for the next one.
pub async fn look(
    workspace: &Workspace,
    doctor: &DoctorName,
    oldest: impl Fn() -> Duration,
    asker: Asker<'_>,
) -> Looked {
    let tries = Tries::new(workspace, Budget::LOOK);
    let all = async {
        let (mut came_empty, mut refused) = (false, None);
        loop {
            let Some(sign_in) = tries.pause(workspace.sign_in(asker)).await else {
                return Err(refused.unwrap_or_else(not_signed_in));
            };
            tries.begin();
            let failure = match sign_in.api.look(doctor, oldest()).await {
                Ok(look) => {
                    workspace.credentials.answered();
                    return Ok(look);
                }
                Err(error) => workspace.noticed(error.failure, &sign_in),
            };
            if failure.needs_sign_in() {
                refused = Some(failure);
                continue;
            }
            // Two whole answers with the same bytes: that is what the service has.
            let is_empty = failure.kind == FailureKind::EmptyRecording { arrived: false };
            if is_empty && came_empty {
                return Ok(Look::Has(ServerCopy {
                    unfit: Some(Unfit::Empty),
                    ..ServerCopy::default()
                }));
            }
            came_empty = is_empty;
            let is_too_old = failure.kind == FailureKind::AnswerTooOld;
            let (failure, wait) = tries.failed(failure)?;
            let least = if is_too_old { AGES } else { Duration::ZERO };
            tokio::select! {
                biased;
                () = asker.given_up() => return Err(failure),
                () = tokio::time::sleep(wait.length.max(least)) => {}
            }
        }
    };
    let result = tries.timed(all).await;
    let too_old = match &result {
        Err(failure) if failure.kind == FailureKind::AnswerTooOld => {
            Some("a cache answered, with what it had kept".to_owned())
        }
        _ => None,
    };
    let notes: Vec<String> = tries.note().into_iter().chain(too_old).collect();
    Looked {
        result,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

/// Begins to fetch a doctor's recording, as one of `tries`. Where the sign-in ends, it waits for the
/// next one.
///
/// # Errors
/// What the service answered, or [`JobFailure::Cancelled`].
pub async fn begin_download(
    workspace: &Workspace,
    doctor: &DoctorName,
    ticket: &JobTicket,
    tries: &Tries,
) -> Result<Download, JobFailure> {
    loop {
        let sign_in = tries.pause(workspace.sign_in(Asker::job(ticket))).await;
        let Some(sign_in) = sign_in else {
            return Err(JobFailure::Cancelled);
        };
        ticket.report(JobProgress::Looking);
        let answer = tokio::select! {
            () = ticket.cancel.cancelled() => return Err(JobFailure::Cancelled),
            answer = sign_in.api.download(doctor, workspace.oldest_answer(doctor)) => answer,
        };
        let failure = match answer {
            Ok(download) => {
                workspace.credentials.answered();
                return Ok(download);
            }
            Err(error) => workspace.noticed(error.failure, &sign_in),
        };
        if !failure.needs_sign_in() {
            return Err(JobFailure::Failed(failure));
        }
    }
}
