//! GETs: a look that asks what the server has, once more where that may help, and the beginning of a
//! download. What meets the end of a sign-in waits for the next one.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{Download, Look, ResumePoint};
use crate::domain::{DoctorName, Failure, FailureKind, ServerCopy, Unfit};
use crate::engine::credentials::SignIn;
use crate::engine::retry::Budget;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::tries::Tries;
use crate::engine::workspace::{Workspace, joined, not_signed_in};
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
    /// The sign-in of the last try, where there was one.
    pub done_in: Option<Arc<SignIn>>,
    /// The turns of deletes when it began.
    turns: u64,
}

impl Looked {
    /// Whether a delete that may have met the doctor's recording went out or ended since it began.
    pub fn is_overtaken(&self, workspace: &Workspace, doctor: &DoctorName) -> bool {
        workspace.turns_of_deletes(doctor) != self.turns
    }
}

/// Looks at what the server has for a doctor, and once more where a delete overtook that: what a delete
/// met that went out or was under way meanwhile is not what is there now. `oldest` tells how old an
/// answer may be when it is asked for. Where the sign-in ends, it waits for the next one, if `caller`
/// does.
pub async fn look(
    workspace: &Workspace,
    doctor: &DoctorName,
    oldest: impl Fn() -> Duration,
    caller: Caller<'_>,
) -> Looked {
    loop {
        let looked = look_once(workspace, doctor, &oldest, caller).await;
        if !looked.is_overtaken(workspace, doctor) {
            return looked;
        }
    }
}

async fn look_once(
    workspace: &Workspace,
    doctor: &DoctorName,
    oldest: impl Fn() -> Duration,
    caller: Caller<'_>,
) -> Looked {
    let turns = workspace.turns_of_deletes(doctor);
    let tries = Tries::new(workspace, Budget::LOOK);
    let all = async {
        let (mut came_empty, mut refused) = (false, None);
        loop {
            let Some(sign_in) = tries.pause(workspace.sign_in(caller)).await else {
                return Err(refused.unwrap_or_else(not_signed_in));
            };
            tries.begin(&sign_in);
            let failure = match sign_in.api().look(doctor, oldest()).await {
                Ok(look) => {
                    workspace.credentials.answered(doctor);
                    return Ok(look);
                }
                Err(error) => error.failure,
            };
            if failure.needs_sign_in() {
                let is_refused_alone = tokio::select! {
                    () = caller.given_up() => true,
                    alone = workspace.is_refused_alone(doctor, &sign_in) => alone,
                };
                if is_refused_alone || !tries.sign_in_ended() {
                    return Err(failure);
                }
                workspace.credentials.ended_at(doctor);
                refused = Some(workspace.noticed(failure, &sign_in));
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
            let (failure, wait) = tries.failed(failure, false)?;
            let least = if is_too_old { AGES } else { Duration::ZERO };
            tokio::select! {
                biased;
                () = caller.given_up() => return Err(failure),
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
    Looked {
        result,
        note: joined([tries.note(), too_old]),
        done_in: tries.done_in(),
        turns,
    }
}

/// Begins to fetch a doctor's recording, as one of `tries`, or to fetch the rest of it.
///
/// # Errors
/// What the service answered, or [`JobFailure::Cancelled`].
pub async fn begin_download(
    workspace: &Workspace,
    doctor: &DoctorName,
    resume: Option<&ResumePoint>,
    ticket: &JobTicket,
    tries: &Tries,
) -> Result<Download, JobFailure> {
    let sign_in = tries.pause(workspace.sign_in(Caller::job(ticket))).await;
    let Some(sign_in) = sign_in else {
        return Err(JobFailure::Cancelled);
    };
    tries.begin(&sign_in);
    ticket.report(JobProgress::Looking);
    let api = sign_in.api();
    let answer = tokio::select! {
        () = ticket.cancel.cancelled() => return Err(JobFailure::Cancelled),
        answer = api.download(doctor, workspace.oldest_answer(doctor), resume) => answer,
    };
    match answer {
        Ok(download) => {
            workspace.credentials.answered(doctor);
            Ok(download)
        }
        Err(error) => {
            let mut failure = error.failure;
            if failure.needs_sign_in() {
                let is_refused_alone = tokio::select! {
                    () = ticket.cancel.cancelled() => return Err(JobFailure::Cancelled),
                    alone = workspace.is_refused_alone(doctor, &sign_in) => alone,
                };
                if !is_refused_alone && tries.sign_in_ended() {
                    workspace.credentials.ended_at(doctor);
                    failure = workspace.noticed(failure, &sign_in);
                }
            }
            Err(JobFailure::Failed(failure))
        }
    }
}

/// Waits for a sign-in before a try is made again that was refused for want of one.
///
/// # Errors
/// [`JobFailure::Cancelled`].
pub async fn wait_for_sign_in(
    workspace: &Workspace,
    ticket: &JobTicket,
    tries: &Tries,
) -> Result<(), JobFailure> {
    let sign_in = tries.pause(workspace.sign_in(Caller::job(ticket))).await;
    sign_in.map(drop).ok_or(JobFailure::Cancelled)
}
