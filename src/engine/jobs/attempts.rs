//! The tries that a recording is fetched in.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::api::Download;
use crate::domain::{
    Backup, Failure, FailureKind, NextTry, ServerCopy, ServerKnowledge, Sha256Digest,
};
use crate::engine::ledger::StoreLedger;
use crate::engine::looking::{begin_download, wait_for_sign_in};
use crate::engine::ticket::JobTicket;
use crate::engine::tries::{self, Tries};
use crate::engine::workspace::Workspace;
use crate::engine::{JobFailure, JobProgress};
use crate::transfer::{
    self, Aside, NotSaved, Partial, Progress, PromotedFile, SaveRequest, Step, Stop, TakenUp,
    TransferError,
};

/// A file that was saved, and the backup that it is, if it is one.
pub struct Fetched {
    pub saved: PromotedFile,
    pub copy: ServerCopy,
    /// When the server showed that copy: a long time ago, after a long download.
    pub seen_at: Timestamp,
    pub backup: Option<Backup>,
    /// How many bytes earlier answers had brought.
    pub from: u64,
}

/// Why nothing was saved, and what was shown of what the server has.
pub struct NotFetched {
    pub failure: JobFailure,
    pub shown: Option<ServerKnowledge>,
    /// What came and can be no backup.
    pub aside: Option<Aside>,
    /// What the next try may go on with.
    pub partial: Option<Partial>,
}

impl From<JobFailure> for NotFetched {
    fn from(failure: JobFailure) -> Self {
        Self {
            failure,
            shown: None,
            aside: None,
            partial: None,
        }
    }
}

/// Tries until it is saved or cancelled, or another try would be of no use.
pub async fn persist(
    workspace: &Arc<Workspace>,
    request: &SaveRequest,
    mut earlier: Option<Partial>,
    ticket: &JobTicket,
    ledger: &StoreLedger,
    tries: &Tries,
) -> Result<Fetched, NotFetched> {
    let mut is_pieced = true;
    loop {
        let request = SaveRequest {
            came_before: tries.came_before(),
            ..request.clone()
        };
        if !workspace.credentials.is_anybody_present() {
            ledger.keep_open(&request).await;
        }
        let result = attempt(workspace, &request, earlier, ticket, ledger, tries).await;
        let mut not_fetched = match result {
            Err(not_fetched) if not_fetched.failure != JobFailure::Cancelled => not_fetched,
            ended => return ended,
        };
        if gives_way(&not_fetched, &request, ledger, tries).await {
            earlier = None;
            continue;
        }
        earlier = not_fetched.partial.take();
        // What did not fit together once is not pieced together again.
        let does_not_fit = matches!(&not_fetched.failure,
            JobFailure::Failed(failure) if failure.kind == FailureKind::PiecesDoNotFit);
        is_pieced &= !does_not_fit;
        if !is_pieced && let Some(partial) = earlier.take() {
            ledger.set_apart(partial, &request, does_not_fit).await;
        }
        let good_for = earlier.as_ref().map_or(0, Partial::good_for);
        tries.came_on(good_for);
        let next = until_the_next(
            workspace,
            &request,
            not_fetched,
            good_for,
            ticket,
            ledger,
            tries,
        );
        if let Err(ended) = next.await {
            return Err(NotFetched {
                partial: earlier,
                ..ended
            });
        }
    }
}

/// Gives up what is set apart where it takes the room, or the name, that the recording needs: whether that is
/// free, and the next try is to be made at once.
async fn gives_way(
    not_fetched: &NotFetched,
    request: &SaveRequest,
    ledger: &StoreLedger,
    tries: &Tries,
) -> bool {
    let JobFailure::Failed(failure) = &not_fetched.failure else {
        return false;
    };
    // A name that is too long may not be without its number.
    let is_in_the_way = matches!(
        failure.kind,
        FailureKind::DiskFull { .. } | FailureKind::FileNameRefused { .. }
    );
    if !is_in_the_way || ledger.has_left_a_part() || !ledger.give_up_apart(request).await {
        return false;
    }
    if matches!(failure.kind, FailureKind::DiskFull { .. }) {
        tries.met(failure.clone());
    }
    true
}

/// Waits for what comes between a try that failed and the next one.
///
/// # Errors
/// [`NotFetched`], where there is no next one, or it is cancelled.
async fn until_the_next(
    workspace: &Arc<Workspace>,
    request: &SaveRequest,
    not_fetched: NotFetched,
    good_for: u64,
    ticket: &JobTicket,
    ledger: &StoreLedger,
    tries: &Tries,
) -> Result<(), NotFetched> {
    // The next try would be written down in the place of the part file that is left.
    let has_left_a_part = ledger.has_left_a_part();
    if !has_left_a_part && tries.takes_the_next_sign_in() {
        ledger.keep_open(request).await;
        return Ok(wait_for_sign_in(workspace, ticket, tries).await?);
    }
    let JobFailure::Failed(failure) = not_fetched.failure else {
        return Err(not_fetched);
    };
    let had_come = tries.has_brought_bytes();
    let failed = if has_left_a_part {
        Err(tries.given_up(failure))
    } else {
        tries.failed(failure, good_for > 0)
    };
    let (failure, wait) = failed.map_err(|failure| NotFetched {
        failure: JobFailure::Failed(failure),
        ..not_fetched
    })?;
    ledger.keep_open(request).await;
    let next_try = if good_for > 0 {
        NextTry::GoesOn { from: good_for }
    } else if had_come {
        NextTry::StartsOver
    } else {
        NextTry::Begins
    };
    let (clock, next) = (&workspace.resources.clock, (&request.doctor, next_try));
    Ok(tries::wait(ticket, clock, next, failure, wait).await?)
}

/// One try, which goes on with what an earlier one brought.
async fn attempt(
    workspace: &Arc<Workspace>,
    request: &SaveRequest,
    earlier: Option<Partial>,
    ticket: &JobTicket,
    ledger: &StoreLedger,
    tries: &Tries,
) -> Result<Fetched, NotFetched> {
    let not_saved = |error: TransferError| {
        tries.came(error.came());
        tries.contradicted(error.contradicted());
        let failure = error.into_failure(Timestamp::now());
        failure.map_or(JobFailure::Cancelled, JobFailure::Failed)
    };
    let not_fetched = |stopped: Box<NotSaved>| {
        let NotSaved { mut error, partial } = *stopped;
        NotFetched {
            aside: error.take_aside(),
            partial,
            ..not_saved(error).into()
        }
    };
    let keeps = || keeps_what_came(ticket);
    let stop = || Stop {
        cancel: ticket.cancel.clone(),
        keeps: &keeps,
    };
    ticket.report(JobProgress::Looking);
    let taken_up = match earlier {
        Some(partial) => {
            // It is looked at right before it is gone on with.
            if let Err(cancelled) = wait_for_sign_in(workspace, ticket, tries).await {
                return Err(NotFetched {
                    partial: Some(partial),
                    ..cancelled.into()
                });
            }
            let taken_up = partial.take_up(request, ledger, &stop()).await;
            taken_up.map_err(not_fetched)?
        }
        None => None,
    };
    if taken_up.is_none() {
        let checked = transfer::check_destination(request).await;
        checked.map_err(not_saved)?;
    }
    let resume = taken_up.as_ref().and_then(TakenUp::resume_point);
    let answer = begin_download(workspace, &request.doctor, resume.as_ref(), ticket, tries).await;
    let seen_at = Timestamp::now();
    let recording = match answer {
        Ok(Download::Recording(recording)) => recording,
        Ok(Download::Nothing) => {
            if let Some(taken_up) = taken_up {
                taken_up.discard(request, ledger).await;
            }
            let failure = Failure::new(FailureKind::NothingThere, Timestamp::now(), "404");
            return Err(JobFailure::Failed(failure).into());
        }
        Err(failure) => {
            let partial = match taken_up {
                Some(taken_up) => taken_up.let_go(request, ledger).await,
                None => None,
            };
            let not_begun = match failure {
                JobFailure::Failed(failure) => not_begun(failure, request, tries),
                JobFailure::Cancelled => JobFailure::Cancelled.into(),
            };
            return Err(NotFetched {
                partial,
                ..not_begun
            });
        }
    };
    let (copy, from) = (recording.copy.clone(), recording.from);
    let can_be_paused = request.tells_checkpoints_of(&copy);
    let reporter = Mutex::new(ticket.bytes_of(&request.doctor, can_be_paused));
    let steps = |step| match step {
        Step::Arriving(Progress { received, total }) => {
            tries.bytes_came();
            let mut reporter = reporter.lock().unwrap_or_else(PoisonError::into_inner);
            reporter.report(received, total);
        }
        Step::WaitingForFile => {
            let doctor = request.doctor.clone();
            ticket.report(JobProgress::WaitingForFile { doctor });
        }
    };
    let saved = transfer::save_on(taken_up, recording, request.clone(), ledger, steps, stop())
        .await
        .map_err(|stopped| {
            let not_fetched = not_fetched(stopped);
            let shown = shown_by(&not_fetched.failure, &copy, seen_at);
            NotFetched {
                shown,
                ..not_fetched
            }
        })?;
    let backup = saved
        .verified()
        .map(|verified| verified.into_backup(Timestamp::now(), copy.clone()));
    Ok(Fetched {
        saved,
        copy,
        seen_at,
        backup,
        from,
    })
}

/// Whether what came is kept where a download is ended early: it is not the person who cancels it.
pub fn keeps_what_came(ticket: &JobTicket) -> bool {
    !ticket.cancellation.is_by_person()
}

/// A download of which not one byte came. Two whole answers without any show that there are none.
fn not_begun(mut failure: Failure, request: &SaveRequest, tries: &Tries) -> NotFetched {
    if failure.kind != (FailureKind::EmptyRecording { arrived: false }) {
        return JobFailure::Failed(failure).into();
    }
    let nothing = Sha256Digest::of(b"");
    let arrived = request.came_before == Some(nothing);
    tries.came(Some(nothing));
    failure.kind = FailureKind::EmptyRecording { arrived };
    let failure = JobFailure::Failed(failure);
    let shown = shown_by(&failure, &ServerCopy::default(), Timestamp::now());
    NotFetched {
        shown,
        ..failure.into()
    }
}

/// What a failed download has shown of the copy that it fetched, where it has.
fn shown_by(
    failure: &JobFailure,
    copy: &ServerCopy,
    checked_at: Timestamp,
) -> Option<ServerKnowledge> {
    let JobFailure::Failed(failure) = failure else {
        return None;
    };
    let copy = ServerCopy {
        unfit: Some(failure.kind.unfit()?),
        ..copy.clone()
    };
    Some(ServerKnowledge::Has { copy, checked_at })
}
