//! Fetching a recording, and what is recorded and known of it then.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditOutcome, Completeness, DoctorName, FailureKind, OperationId, ServerCopy,
    ServerKnowledge,
};
use crate::engine::cancellation::EndedBy;
use crate::engine::facts::{about, answer_of};
use crate::engine::jobs::attempts::{Fetched, NotFetched, keeps_what_came, persist};
use crate::engine::jobs::replacing::{Agreed, agreed};
use crate::engine::jobs::{kept, set_aside};
use crate::engine::ledger::{Rest, StoreLedger};
use crate::engine::retry::Budget;
use crate::engine::saved::{in_record, proof_in_words};
use crate::engine::ticket::JobTicket;
use crate::engine::tries::Tries;
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{Destination, JobFailure};
use crate::store::{Change, DoctorFact};
use crate::transfer::{FirstVolume, Partial, SaveRequest};

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
    let was_kept = earlier.is_some();
    let ledger = StoreLedger::new(workspace, ticket, was_kept);
    let tries = Tries::new(workspace, Budget::DOWNLOAD);
    remember_what_came(workspace, doctor, &tries).await;
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
        checkpoints: keeps,
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
    // A person who cancels wants nothing of it; nor is anything gone on with where all of it came.
    let wants_it =
        keeps && (!is_cancelled || keeps_what_came(ticket)) && !is_settled(&result, shown.as_ref());
    // What was kept and could not be looked for stays known as it was, and nothing is claimed of it.
    let was_kept = was_kept && !ledger.has_ever_set_apart();
    let is_unseen = was_kept && !ledger.has_begun_anew() && could_not_be_seen(&result);
    let partial = partial.filter(|_| !is_unseen);
    let mut rest = keep(partial, wants_it, &request, &ledger).await;
    let kept = kept_in_words(rest);
    if workspace.resources.leaving.is_cancelled() && is_cancelled {
        return result;
    }
    let now = Timestamp::now();
    let (outcome, facts) = learned(&result, shown, &tries, ended_by(ticket, rest), now);
    let facts = facts.into_iter().chain([DoctorFact::Used(now)]);
    let saved = result.as_ref().ok().map(|fetched| &fetched.saved.path);
    let replaced = saved.map(|saved| agreed.replaced(&request.destination, saved));
    let facts = facts.map(|fact| about(workspace, doctor, fact));
    let mut changes: Vec<Change> = replaced.into_iter().chain(facts).collect();
    // Here and not before: a kill until then must leave neither a file nor a download in the
    // middle of its tries of which nothing speaks. Nobody sees a failure while the app ends.
    let is_seen = result.is_ok() || !workspace.resources.leaving.is_cancelled();
    // What was kept before and can't be seen is still to be gone on with.
    let is_known_as_before = was_kept && !ledger.has_begun_anew();
    if rest == Rest::Nothing && is_known_as_before && (is_unseen || ledger.has_left_a_part()) {
        rest = Rest::Part;
    }
    let left = (rest != Rest::Part && ledger.has_left_a_part())
        .then(|| "its part file could not be removed yet".to_owned());
    if is_seen {
        changes.extend(ledger.ended(&operation, rest));
    }
    let aside = aside.filter(|_| is_seen);
    let aside = set_aside::prepare(workspace, &request, aside, &mut changes).await;
    let (done_in, what) = (tries.done_in(), (AuditAction::Download, outcome));
    let mut draft = workspace.draft_of_job(ticket, done_in.as_deref(), what, operation);
    draft.doctor = Some(doctor.clone());
    draft.note = joined([draft.note, tries.note(), proven(&result), kept, left]);
    match &result {
        Ok(fetched) => {
            draft.answer = Some(if fetched.from > 0 { "206" } else { "200" }.into());
            draft.backup = Some(in_record(&fetched.saved));
        }
        Err(JobFailure::Failed(failure)) => draft.answer = Some(answer_of(failure)),
        Err(JobFailure::Cancelled) => {}
    }
    if workspace.record(draft, changes).await.is_some() {
        set_aside::finish(workspace, aside).await;
        // Where the part file could not be looked for, it is not known to be gone.
        if ledger.has_ever_set_apart() && !ledger.has_left_a_part() {
            ledger.remove_unwanted(&request).await;
        }
    }
    if keeps {
        kept::tell(workspace).await;
    }
    agreed.tell(workspace).await;
    workspace.tell_doctor(doctor).await;
    result
}

/// What earlier downloads brought that was not kept is as if the tries had brought it.
async fn remember_what_came(workspace: &Workspace, doctor: &DoctorName, tries: &Tries) {
    let store = &workspace.resources.store;
    match store.came(&workspace.service, doctor).await {
        Ok(earlier) => tries.came(earlier),
        // Without it, no more is lost than a proof.
        Err(error) => tracing::warn!(%error, "what came earlier can't be read"),
    }
}

/// Whether what had come could not be looked for, or was not there.
fn could_not_be_seen(result: &Result<Fetched, JobFailure>) -> bool {
    matches!(result, Err(JobFailure::Failed(failure)) if matches!(
        failure.kind,
        FailureKind::PartGone { .. } | FailureKind::FolderGone { .. }
    ))
}

/// Whether all came that the service has, or it has nothing.
fn is_settled(result: &Result<Fetched, JobFailure>, shown: Option<&ServerKnowledge>) -> bool {
    match result {
        Ok(_) => true,
        Err(JobFailure::Failed(failure)) => {
            let kind = &failure.kind;
            let is_told = matches!(
                kind,
                FailureKind::NothingThere | FailureKind::FileHeld { .. }
            );
            is_told || shown.is_some()
        }
        Err(JobFailure::Cancelled) => false,
    }
}

/// Keeps what came, or removes it; what is kept. What is set apart is kept in place of what came
/// last only where nothing of that can be gone on with, or more is set apart that came whole.
async fn keep(
    partial: Option<Partial>,
    keeps: bool,
    request: &SaveRequest,
    ledger: &StoreLedger,
) -> Rest {
    let mut is_last_kept = false;
    if let Some(partial) = partial {
        let is_good = keeps && partial.good_for() > 0;
        if is_good && !ledger.has_more_apart(&partial).await {
            is_last_kept = partial.keep(request, ledger).await;
        } else {
            partial.discard(request, ledger).await;
        }
    }
    if keeps && !is_last_kept {
        return ledger.rest_apart(&request.operation).await;
    }
    ledger.discard_apart(request).await;
    if is_last_kept {
        Rest::Part
    } else {
        Rest::Nothing
    }
}

/// The record's words for what is kept.
fn kept_in_words(rest: Rest) -> Option<String> {
    match rest {
        Rest::Nothing => None,
        Rest::Part | Rest::Apart { is_there: true, .. } => Some("what came is kept".to_owned()),
        Rest::Apart { size, .. } => Some(format!(
            "the {size} bytes that had come are kept if they are there"
        )),
    }
}

/// Why it was ended early: what is not kept was not paused.
fn ended_by(ticket: &JobTicket, rest: Rest) -> EndedBy {
    match ticket.cancellation.ended_by() {
        EndedBy::Pause if rest == Rest::Nothing => EndedBy::Person,
        ended_by => ended_by,
    }
}

/// What came of a download in the record's word, and what is known of the doctor from it.
fn learned(
    result: &Result<Fetched, JobFailure>,
    shown: Option<ServerKnowledge>,
    tries: &Tries,
    ended_by: EndedBy,
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
        Err(JobFailure::Cancelled) => (ended_by.outcome(), Vec::new()),
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
        Ok(Fetched { saved, from, .. }) => {
            let pieces = format!("the first {from} bytes came before; ");
            let pieces = if *from > 0 { pieces } else { String::new() };
            Some(format!("{pieces}{}", proof_in_words(saved)))
        }
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
