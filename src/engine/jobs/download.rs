//! Fetching recordings, and making backups of them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::api::Download;
use crate::domain::{
    AuditAction, AuditOutcome, Backup, Completeness, DoctorName, Failure, FailureKind, NextTry,
    OperationId, ServerCopy, ServerKnowledge, Sha256Digest,
};
use crate::engine::facts::{about, answer_of};
use crate::engine::jobs::replacing::{Agreed, agreed};
use crate::engine::jobs::{kept, set_aside};
use crate::engine::ledger::StoreLedger;
use crate::engine::looking::{begin_download, wait_for_sign_in};
use crate::engine::retry::Budget;
use crate::engine::saved::{in_record, proof_in_words};
use crate::engine::ticket::JobTicket;
use crate::engine::tries::{self, Tries};
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{Destination, JobEnding, JobFailure, JobProgress};
use crate::store::{Change, DoctorFact};
use crate::transfer::{
    self, Aside, FirstVolume, NotSaved, Partial, Progress, PromotedFile, SaveRequest, Step, Stop,
    TakenUp, TransferError,
};

/// A file that was saved, and the backup that it is, if it is one.
pub struct Fetched {
    pub saved: PromotedFile,
    pub copy: ServerCopy,
    /// When the server showed that copy: a long time ago, after a long download.
    pub seen_at: Timestamp,
    pub backup: Option<Backup>,
}

/// Why nothing was saved, and what was shown of what the server has.
struct NotFetched {
    failure: JobFailure,
    shown: Option<ServerKnowledge>,
    /// What came and can be no backup.
    aside: Option<Aside>,
    /// What the next try may go on with.
    partial: Option<Partial>,
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

/// The download that a person asked for.
pub async fn download(
    workspace: Arc<Workspace>,
    doctor: DoctorName,
    destination: Destination,
    as_it_is: bool,
    ticket: JobTicket,
) -> JobEnding {
    let fetching = Fetching {
        as_it_is,
        keeps: true,
        ..Fetching::new(ticket.operation.clone(), FirstVolume::default())
    };
    let fetched = fetch(&workspace, &doctor, destination, fetching, &ticket).await;
    let result = fetched.map(|fetched| fetched.saved.into());
    JobEnding::Download { doctor, result }
}

/// How a recording is fetched.
pub struct Fetching {
    /// The operation that what comes of it is recorded as.
    pub operation: OperationId,
    /// What belongs together shares the volume.
    pub volume: FirstVolume,
    /// Whether what can be no backup is kept all the same.
    pub as_it_is: bool,
    /// What an earlier run of the same operation brought.
    pub earlier: Option<Partial>,
    /// Whether what came is kept where not all of it did, so that it can be gone on with.
    pub keeps: bool,
}

impl Fetching {
    /// All at once, or nothing.
    pub const fn new(operation: OperationId, volume: FirstVolume) -> Self {
        Self {
            operation,
            volume,
            as_it_is: false,
            earlier: None,
            keeps: false,
        }
    }
}

/// Fetches one recording to `destination`, checked, and records what came of it.
pub async fn fetch(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    destination: Destination,
    fetching: Fetching,
    ticket: &JobTicket,
) -> Result<Fetched, JobFailure> {
    let Fetching {
        operation,
        volume,
        as_it_is,
        earlier,
        keeps,
    } = fetching;
    let ledger = StoreLedger::new(workspace, ticket, earlier.is_some());
    let tries = Tries::new(workspace, Budget::DOWNLOAD);
    match workspace
        .resources
        .store
        .came(&workspace.service, doctor)
        .await
    {
        Ok(earlier) => tries.came(earlier),
        // Without it, no more is lost than a proof.
        Err(error) => tracing::warn!(%error, "what came earlier can't be read"),
    }
    let (agreed, refused) = match agreed(workspace, &destination, as_it_is, ticket).await {
        Ok(agreed) => (agreed, None),
        Err(failure) => (Agreed::default(), Some(failure)),
    };
    let request = SaveRequest {
        doctor: doctor.clone(),
        operation: operation.clone(),
        destination: destination.path,
        replace: agreed.file.clone(),
        replaces_backup: agreed.is_a_backup(),
        came_before: None,
        as_it_is,
        volume,
    };
    let fetched = if let Some(failure) = refused {
        Err(NotFetched {
            partial: earlier,
            ..failure.into()
        })
    } else {
        let all = persist(workspace, &request, earlier, ticket, &ledger, &tries);
        // In a box: a delete holds this too, and would grow too large for the stack.
        tries.timed(Box::pin(all)).await
    };
    let (result, shown, aside, partial) = match fetched {
        Ok(fetched) => (Ok(fetched), None, None, None),
        Err(NotFetched {
            failure,
            shown,
            aside,
            partial,
        }) => (Err(failure), shown, aside, partial),
    };
    let is_cancelled = matches!(result, Err(JobFailure::Cancelled));
    // A person who cancels wants nothing of it.
    let keeps = keeps && (!is_cancelled || keeps_what_came(workspace));
    let is_kept = keep(partial, keeps, &request, &ledger).await;
    if workspace.resources.leaving.is_cancelled() && is_cancelled {
        return result;
    }
    let now = Timestamp::now();
    let (outcome, facts) = learned(&result, shown, &tries, ticket, now);
    let facts = facts.into_iter().chain([DoctorFact::Used(now)]);
    let saved = result.as_ref().ok().map(|fetched| &fetched.saved.path);
    let replaced = saved.map(|saved| agreed.replaced(&request.destination, saved));
    let facts = facts.map(|fact| about(workspace, doctor, fact));
    let mut changes: Vec<Change> = replaced.into_iter().chain(facts).collect();
    // Here and not before: a kill until then must leave neither a file nor a download in the
    // middle of its tries of which nothing speaks. Nobody sees a failure while the app ends.
    let is_seen = result.is_ok() || !workspace.resources.leaving.is_cancelled();
    let ended = if is_kept {
        Some(Change::TransferRecorded(operation.clone()))
    } else {
        ledger.ended(&operation)
    };
    changes.extend(ended.filter(|_| is_seen));
    let aside = aside.filter(|_| is_seen);
    let aside = set_aside::prepare(workspace, &request, aside, &mut changes).await;
    let (done_in, what) = (tries.done_in(), (AuditAction::Download, outcome));
    let mut draft = workspace.draft_of_job(ticket, done_in.as_deref(), what, operation);
    draft.doctor = Some(doctor.clone());
    draft.note = joined([draft.note, tries.note(), proven(&result)]);
    match &result {
        Ok(fetched) => {
            draft.answer = Some("200".into());
            draft.backup = Some(in_record(&fetched.saved));
        }
        Err(JobFailure::Failed(failure)) => draft.answer = Some(answer_of(failure)),
        Err(JobFailure::Cancelled) => {}
    }
    if workspace.record(draft, changes).await.is_some() {
        set_aside::finish(workspace, aside).await;
    }
    if is_kept {
        kept::tell(workspace).await;
    }
    agreed.tell(workspace).await;
    workspace.tell_doctor(doctor).await;
    result
}

/// Keeps what came, or removes it; whether it is kept.
async fn keep(
    partial: Option<Partial>,
    keeps: bool,
    request: &SaveRequest,
    ledger: &StoreLedger,
) -> bool {
    match partial {
        Some(partial) if keeps && partial.good_for() > 0 => partial.keep(request, ledger).await,
        Some(partial) => {
            partial.discard(request, ledger).await;
            false
        }
        None => false,
    }
}

/// What came of a download in the record's word, and what is known of the doctor from it.
fn learned(
    result: &Result<Fetched, JobFailure>,
    shown: Option<ServerKnowledge>,
    tries: &Tries,
    ticket: &JobTicket,
    now: Timestamp,
) -> (AuditOutcome, Vec<DoctorFact>) {
    match result {
        Ok(fetched) => {
            let unfit = match fetched.saved.completeness {
                Completeness::AsItIs(unfit) => Some(unfit),
                _ => None,
            };
            let copy = ServerCopy {
                unfit,
                ..fetched.copy.clone()
            };
            let checked_at = fetched.seen_at;
            let seen = DoctorFact::Server(ServerKnowledge::Has { copy, checked_at });
            match (&fetched.backup, unfit) {
                (Some(backup), _) => {
                    let backup = DoctorFact::Backup(backup.clone());
                    (AuditOutcome::SavedAndChecked, vec![seen, backup])
                }
                (None, unfit) => {
                    let outcome = match unfit {
                        None => AuditOutcome::SavedNotProven,
                        Some(_) => AuditOutcome::KeptAsItIs,
                    };
                    (outcome, vec![seen, DoctorFact::Came(fetched.saved.sha256)])
                }
            }
        }
        Err(JobFailure::Cancelled) => (ticket.cancellation.ended_by().outcome(), Vec::new()),
        Err(JobFailure::Failed(failure)) if failure.kind == FailureKind::NothingThere => {
            let seen = ServerKnowledge::Nothing { checked_at: now };
            (AuditOutcome::NothingThere, vec![DoctorFact::Server(seen)])
        }
        Err(JobFailure::Failed(_)) => {
            let came = tries.came_before().map(DoctorFact::Came);
            let facts = came.into_iter().chain(shown.map(DoctorFact::Server));
            (AuditOutcome::Failed, facts.collect())
        }
    }
}

/// The record's words for what was proven of a recording that came, and how; for what came and was
/// not kept, why.
fn proven(result: &Result<Fetched, JobFailure>) -> Option<String> {
    match result {
        Ok(Fetched { saved, .. }) => Some(proof_in_words(saved)),
        Err(JobFailure::Failed(failure)) => match failure.kind {
            FailureKind::DamagedRecording { .. }
            | FailureKind::EmptyRecording { .. }
            | FailureKind::OtherRecording { .. }
            | FailureKind::FileHeld { .. } => Some(failure.details.technical.clone()),
            _ => None,
        },
        Err(JobFailure::Cancelled) => None,
    }
}

/// Tries until it is saved or cancelled, or another try would be of no use.
async fn persist(
    workspace: &Arc<Workspace>,
    request: &SaveRequest,
    mut earlier: Option<Partial>,
    ticket: &JobTicket,
    ledger: &StoreLedger,
    tries: &Tries,
) -> Result<Fetched, NotFetched> {
    loop {
        let request = SaveRequest {
            came_before: tries.came_before(),
            ..request.clone()
        };
        if !workspace.credentials.is_anybody_present() {
            ledger.keep_open(&request).await;
        }
        let before = earlier.as_ref().map_or(0, Partial::good_for);
        let result = attempt(workspace, &request, earlier, ticket, ledger, tries).await;
        let mut not_fetched = match result {
            Err(not_fetched) if not_fetched.failure != JobFailure::Cancelled => not_fetched,
            ended => return ended,
        };
        earlier = not_fetched.partial.take();
        let good_for = earlier.as_ref().map_or(0, Partial::good_for);
        tries.came_on(good_for.saturating_sub(before));
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
    if tries.takes_the_next_sign_in() {
        ledger.keep_open(request).await;
        return Ok(wait_for_sign_in(workspace, ticket, tries).await?);
    }
    let JobFailure::Failed(failure) = not_fetched.failure else {
        return Err(not_fetched);
    };
    // The next try would be written down in the place of the part file that is left.
    let failed = if ledger.has_left_a_part() {
        Err(tries.given_up(failure))
    } else {
        tries.failed(failure)
    };
    let (failure, wait) = failed.map_err(|failure| NotFetched {
        failure: JobFailure::Failed(failure),
        ..not_fetched
    })?;
    ledger.keep_open(request).await;
    let next_try = match failure.kind {
        _ if good_for > 0 => NextTry::GoesOn,
        FailureKind::ConnectionDropped { received: 1.., .. } => NextTry::StartsOver,
        _ => NextTry::Begins,
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
    ticket.report(JobProgress::Looking);
    let taken_up = match earlier {
        Some(partial) => partial.take_up(request, ledger).await.map_err(not_saved)?,
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
        Err(JobFailure::Failed(failure)) => {
            let partial = match taken_up {
                Some(taken_up) => taken_up.let_go().await,
                None => None,
            };
            return Err(NotFetched {
                partial,
                ..not_begun(failure, request, tries)
            });
        }
        Err(JobFailure::Cancelled) => {
            let partial = match taken_up {
                Some(taken_up) => taken_up.let_go().await,
                None => None,
            };
            return Err(NotFetched {
                partial,
                ..JobFailure::Cancelled.into()
            });
        }
    };
    let copy = recording.copy.clone();
    let reporter = Mutex::new(ticket.bytes_of(&request.doctor));
    let doctor = request.doctor.clone();
    let steps = |step| match step {
        Step::Arriving(Progress { received, total }) => {
            tries.bytes_came();
            let mut reporter = reporter.lock().unwrap_or_else(PoisonError::into_inner);
            reporter.report(received, total);
        }
        Step::WaitingForFile => {
            let doctor = doctor.clone();
            ticket.report(JobProgress::WaitingForFile { doctor });
        }
    };
    let stop = Stop {
        cancel: ticket.cancel.clone(),
        keeps: &|| keeps_what_came(workspace),
    };
    let saved = transfer::save_on(taken_up, recording, request.clone(), ledger, steps, stop)
        .await
        .map_err(|stopped| {
            let NotSaved { mut error, partial } = *stopped;
            let aside = error.take_aside();
            let failure = not_saved(error);
            let shown = shown_by(&failure, &copy, seen_at);
            NotFetched {
                failure,
                shown,
                aside,
                partial,
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
    })
}

/// Whether what came is kept where a download is cancelled: it is not the person who cancels it.
fn keeps_what_came(workspace: &Workspace) -> bool {
    workspace.resources.leaving.is_cancelled()
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
