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
use crate::engine::jobs::set_aside;
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
    self, Aside, FirstVolume, NotSaved, Partial, Progress, PromotedFile, SaveRequest, Step,
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
    let operation = (ticket.operation.clone(), FirstVolume::default());
    let result = fetch(
        &workspace,
        &doctor,
        destination,
        as_it_is,
        operation,
        &ticket,
    )
    .await
    .map(|fetched| fetched.saved.into());
    JobEnding::Download { doctor, result }
}

/// Fetches one recording to `destination`, checked, and records what came of it as `operation`. What belongs
/// together shares the volume. With `as_it_is`,
/// what can be no backup is kept all the same.
pub async fn fetch(
    workspace: &Arc<Workspace>,
    doctor: &DoctorName,
    destination: Destination,
    as_it_is: bool,
    (operation, volume): (OperationId, FirstVolume),
    ticket: &JobTicket,
) -> Result<Fetched, JobFailure> {
    let ledger = StoreLedger::new(workspace, ticket);
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
        Err(failure.into())
    } else {
        let all = persist(workspace, &request, ticket, &ledger, &tries);
        // In a box: a delete holds this too, and would grow too large for the stack.
        tries.timed(Box::pin(all)).await
    };
    let (result, shown, aside) = match fetched {
        Ok(fetched) => (Ok(fetched), None, None),
        Err(NotFetched {
            failure,
            shown,
            aside,
            ..
        }) => (Err(failure), shown, aside),
    };
    if workspace.resources.leaving.is_cancelled() && matches!(result, Err(JobFailure::Cancelled)) {
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
    changes.extend(ledger.ended(&operation).filter(|_| is_seen));
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
    agreed.tell(workspace).await;
    workspace.tell_doctor(doctor).await;
    result
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
    ticket: &JobTicket,
    ledger: &StoreLedger,
    tries: &Tries,
) -> Result<Fetched, NotFetched> {
    let mut earlier: Option<Partial> = None;
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
            if let Some(earlier) = earlier {
                earlier.discard(&request, ledger).await;
            }
            return Err(ended);
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
            if let Some(taken_up) = taken_up {
                taken_up.discard(request, ledger).await;
            }
            return Err(JobFailure::Cancelled.into());
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
    let (request, cancel) = (request.clone(), ticket.cancel.clone());
    let saved = transfer::save_on(taken_up, recording, request, ledger, steps, cancel)
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
