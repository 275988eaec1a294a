//! What a delete did: only the server's own answers to a GET count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::api::Look;
use crate::domain::{
    AuditAction, AuditBackup, AuditDraft, AuditOutcome, Backup, CheckedPart, Completeness,
    DeletionOutcome, DoctorName, Failure, LastDeletion, OperationId, Remark, ServerKnowledge,
};
use crate::engine::checks::about;
use crate::engine::jobs::{Asker, JobTicket};
use crate::engine::left_over::LeftOver;
use crate::engine::looking::{Looked, look};
use crate::engine::notice::Notice;
use crate::engine::resources::store_failure;
use crate::engine::workspace::{Workspace, in_the_sign_in_of, joined};
use crate::engine::{DeletionReport, Event, JobProgress, SavedFile, Unfinished};
use crate::store::{Change, DoctorFact, Transfer, WaitingDelete};
use crate::transfer::{self, Found, TransferError};

/// How many doctors are looked at at once.
const AT_ONCE: usize = 4;

/// After how many looks in a row without an answer no more doctors are looked at.
const MOST_IN_VAIN: usize = 4;

/// For how long what a look finds is recorded and told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum While {
    /// For a delete of this run: it is told even where its sign-in has ended.
    Open,
    /// For one of an earlier run: the next sign-in can look into it as well.
    SignedIn,
}

impl While {
    fn is_over(self, workspace: &Workspace) -> bool {
        workspace.resources.leaving.is_cancelled()
            || (self == Self::SignedIn && workspace.cancel.is_cancelled())
    }

    /// Looks, unless it is over before there is an answer to record.
    async fn look(
        self,
        workspace: &Workspace,
        doctor: &DoctorName,
        ticket: Option<&JobTicket>,
    ) -> Option<Looked> {
        let leaving = &workspace.resources.leaving;
        let asker = Asker::look_until(ticket, leaving);
        let over = async {
            match self {
                Self::Open => workspace.resources.leaving.cancelled().await,
                Self::SignedIn => workspace.cancel.cancelled().await,
            }
        };
        let looked = tokio::select! {
            () = over => return None,
            looked = look(workspace, doctor, || workspace.since_delete(doctor), asker) => looked,
        };
        let refused = looked.result.as_ref().is_err_and(Failure::needs_sign_in);
        let is_left = self == Self::SignedIn && refused;
        (!is_left && !self.is_over(workspace)).then_some(looked)
    }
}

/// Looks at one doctor after a delete, records what was seen, and tells it.
pub async fn conclude(
    workspace: &Workspace,
    doctor: &DoctorName,
    draft: AuditDraft,
    failure: Option<Failure>,
    ticket: Option<&JobTicket>,
) -> DeletionReport {
    let lasts = While::Open;
    let report = conclude_while(lasts, workspace, doctor, draft, failure, ticket).await;
    report.unwrap_or_else(|| left_open(vec![doctor.clone()]))
}

/// `None` where that was left open.
async fn conclude_while(
    lasts: While,
    workspace: &Workspace,
    doctor: &DoctorName,
    mut draft: AuditDraft,
    failure: Option<Failure>,
    ticket: Option<&JobTicket>,
) -> Option<DeletionReport> {
    let looked = lasts.look(workspace, doctor, ticket).await?;
    let (mut outcome, fact, unseen) = seen(looked.result);
    let done_in = looked.done_in;
    let asked_by = ticket.map(|ticket| &ticket.asked_by);
    let another = match (&done_in, asked_by) {
        (Some(done_in), Some(asked_by)) => {
            Some(done_in).filter(|done_in| !done_in.is_by_the_same_person(asked_by))
        }
        _ => None,
    };
    // What somebody else is shown need not be what a delete did that the service refused.
    if another.is_some() && failure.is_some() && outcome == DeletionOutcome::Gone {
        outcome = DeletionOutcome::NotKnown;
    }
    if let (Some(done_in), None) = (&done_in, ticket) {
        draft.who.person = done_in.person();
    }
    let looked_at = another.map(|another| format!("looked at {}", in_the_sign_in_of(another)));
    draft.note = joined([draft.note, looked.note, looked_at]);
    draft.time = Timestamp::now();
    draft.outcome = recorded(outcome);
    let deletion = LastDeletion {
        at: draft.time,
        outcome,
    };
    let changes = vec![
        about(workspace, doctor, fact),
        about(workspace, doctor, DoctorFact::Deletion(deletion)),
    ];
    workspace.record(draft, changes).await;
    workspace.tell_doctor(doctor).await;
    let mut report = DeletionReport {
        outcome,
        failure: failure.or(unseen),
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    };
    report.list(outcome).push(doctor.clone());
    Some(report)
}

/// Looks at every doctor known here after a delete of everything, and records what was seen.
pub async fn conclude_all(
    workspace: &Arc<Workspace>,
    draft: AuditDraft,
    failure: Option<Failure>,
    ticket: Option<&JobTicket>,
) -> DeletionReport {
    let report = conclude_all_while(While::Open, workspace, draft, failure, ticket).await;
    report.unwrap_or_else(|| left_open(Vec::new()))
}

/// `None` where that was left open.
async fn conclude_all_while(
    lasts: While,
    workspace: &Arc<Workspace>,
    mut draft: AuditDraft,
    failure: Option<Failure>,
    ticket: Option<&JobTicket>,
) -> Option<DeletionReport> {
    let refused = failure
        .as_ref()
        .is_some_and(|failure| failure.details.status.is_some());
    let mut report = DeletionReport {
        outcome: DeletionOutcome::NotKnown,
        failure,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    };
    let doctors = match workspace.resources.store.doctors(&workspace.service).await {
        Ok(doctors) => doctors,
        Err(error) => {
            report.failure = Some(store_failure(&error));
            Vec::new()
        }
    };
    let of = doctors.len();
    // Where nothing answers, looking at each of many doctors would take hours: the rest are then
    // as little known without it.
    let in_vain = &AtomicUsize::new(0);
    let given_up = &AtomicBool::new(false);
    let mut looks = stream::iter(doctors)
        .map(|doctor| async move {
            let had = doctor.server.copy().is_some();
            if in_vain.load(Ordering::Relaxed) >= MOST_IN_VAIN {
                return (doctor.name, had, None);
            }
            let Some(Looked { result: look, .. }) =
                lasts.look(workspace, &doctor.name, ticket).await
            else {
                in_vain.store(MOST_IN_VAIN, Ordering::Relaxed);
                given_up.store(true, Ordering::Relaxed);
                return (doctor.name, had, None);
            };
            match &look {
                Ok(_) => in_vain.store(0, Ordering::Relaxed),
                Err(failure) if failure.needs_sign_in() => {
                    in_vain.store(MOST_IN_VAIN, Ordering::Relaxed);
                }
                Err(_) => {
                    in_vain.fetch_add(1, Ordering::Relaxed);
                }
            }
            (doctor.name, had, Some(look))
        })
        // In the order of the list, which is then also that of the names that are told.
        .buffered(AT_ONCE);
    let mut changes = Vec::new();
    let mut done = 0;
    while let Some((doctor, had, look)) = looks.next().await {
        done += 1;
        if let Some(ticket) = ticket {
            ticket.report(JobProgress::Counting { done, of });
        }
        let mut outcome = DeletionOutcome::NotKnown;
        if let Some(look) = look {
            let (seen, fact, unseen) = seen(look);
            outcome = seen;
            changes.push(about(workspace, &doctor, fact));
            report.failure = report.failure.or(unseen);
        }
        // Of a doctor without a recording nothing was deleted, and nothing is said to be.
        if had || outcome != DeletionOutcome::Gone {
            let at = Timestamp::now();
            let fact = DoctorFact::Deletion(LastDeletion { at, outcome });
            changes.push(about(workspace, &doctor, fact));
        }
        report.list(outcome).push(doctor);
    }
    if given_up.load(Ordering::Relaxed) || lasts.is_over(workspace) {
        return None;
    }
    report.outcome = match report.summary() {
        // The service said that it failed: that nothing is there for the doctors listed here tells
        // nothing of the others.
        DeletionOutcome::Gone if refused => DeletionOutcome::NotKnown,
        seen => seen,
    };
    draft.time = Timestamp::now();
    draft.outcome = recorded(report.outcome);
    draft.note = Some(format!(
        "doctors listed here: {of}; nothing there now: {}; still there: {}; not known: {}; other \
         doctors can't be seen",
        report.gone.len(),
        report.still_there.len(),
        report.not_known.len(),
    ));
    workspace.record(draft, changes).await;
    if let Ok(doctors) = workspace.resources.store.doctors(&workspace.service).await {
        workspace.tell(Event::Doctors(doctors));
    }
    Some(report)
}

/// What is known where the app ends before the look: the record keeps the act open, and the next
/// start looks into it.
const fn left_open(not_known: Vec<DoctorName>) -> DeletionReport {
    DeletionReport {
        outcome: DeletionOutcome::NotKnown,
        failure: None,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known,
    }
}

/// The later look that a person asked for.
pub async fn look_again(
    workspace: Arc<Workspace>,
    doctor: Option<DoctorName>,
    operation: OperationId,
) {
    let draft = draft_of_look(&workspace, doctor.as_ref(), &operation, "looked again");
    let report = match &doctor {
        Some(doctor) => conclude(&workspace, doctor, draft, None, None).await,
        None => conclude_all(&workspace, draft, None, None).await,
    };
    workspace.tell(Event::LookedAgain {
        operation,
        doctor,
        report,
    });
}

/// Looks into what an earlier run left unfinished for this service, closes it, and tells it.
///
/// What is closed is told only once: so nothing is any more when the sign-in or the app has ended,
/// and what is left then is for the next sign-in or start.
pub async fn look_into_unfinished(workspace: Arc<Workspace>, left: LeftOver) {
    // Each is told as soon as it is closed: the app may end before the next one is.
    let tell = |found| {
        let notice = Notice::FoundAtStart {
            generation: workspace.generation,
            service: workspace.service.clone(),
            found: Box::new(found),
        };
        workspace.resources.notify(notice);
    };
    let is_over = || While::SignedIn.is_over(&workspace);
    let mut rest = LeftOver::default();
    for transfer in left.transfers {
        if is_over() {
            rest.transfers.push(transfer);
            continue;
        }
        match close_download(&workspace, &transfer).await {
            Some(found) => tell(found),
            None => rest.transfers.push(transfer),
        }
    }
    for delete in left.waiting {
        if is_over() {
            rest.waiting.push(delete);
        } else {
            tell(close_waiting(&workspace, delete).await);
        }
    }
    for intent in left.intents {
        match close_intent(&workspace, &intent.draft).await {
            Some(found) => tell(found),
            None => rest.intents.push(intent),
        }
    }
    let generation = workspace.generation;
    let notice = Notice::LeftOpen { generation, rest };
    workspace.resources.notify(notice);
}

/// `None` where it could not be closed in this sign-in.
async fn close_intent(workspace: &Arc<Workspace>, intent: &AuditDraft) -> Option<Unfinished> {
    if While::SignedIn.is_over(workspace) {
        return None;
    }
    workspace.delete_went_out_earlier(intent.doctor.as_ref());
    let whose = by("confirmed", intent.who.person.as_deref());
    let note = format!("the app had ended before the outcome was known; {whose}");
    let draft = draft_of_look(workspace, intent.doctor.as_ref(), &intent.operation, &note);
    let report = match &intent.doctor {
        Some(doctor) => conclude_while(While::SignedIn, workspace, doctor, draft, None, None).await,
        None => conclude_all_while(While::SignedIn, workspace, draft, None, None).await,
    };
    Some(Unfinished::Delete {
        doctor: intent.doctor.clone(),
        operation: intent.operation.clone(),
        report: report?,
    })
}

fn draft_of_look(
    workspace: &Workspace,
    doctor: Option<&DoctorName>,
    operation: &OperationId,
    note: &str,
) -> AuditDraft {
    let action = if doctor.is_some() {
        AuditAction::Delete
    } else {
        AuditAction::DeleteAll
    };
    let mut draft = workspace.draft(action, AuditOutcome::NotKnown, operation.clone());
    draft.doctor = doctor.cloned();
    draft.note = Some(note.into());
    draft
}

/// `None` where its part file is, or may be, still there: then it is not closed.
async fn close_download(workspace: &Workspace, left: &Transfer) -> Option<Unfinished> {
    let part = match workspace.resources.store.part(&left.operation).await {
        Ok(part) => part,
        Err(error) => return not_closed(workspace, left, Some(store_failure(&error))),
    };
    let mark = part.mark.as_deref();
    let mut saved = None;
    if let Some(checked) = part.checked {
        match transfer::find_named(&left.part, mark, &checked).await {
            Ok(found) => saved = found.map(|found| (found, checked)),
            Err(error) => {
                return not_closed(workspace, left, error.into_failure(Timestamp::now()));
            }
        }
    }
    let mut note = "no part file is left";
    if let Err(error) = transfer::remove_left_over(&left.part, mark).await {
        let is_another = matches!(error, TransferError::FileNameRefused { .. });
        let failure = error.into_failure(Timestamp::now());
        // What has come to stand at its name is not the app's to remove.
        if !is_another {
            return not_closed(workspace, left, failure);
        }
        if saved.is_none() {
            not_closed(workspace, left, failure);
        }
        note = "something else is at its part file's name, and was left alone";
    }
    if let Some((found, checked)) = saved {
        return Some(close_saved(workspace, left, checked, found).await);
    }
    let mut draft = workspace.draft(
        AuditAction::Download,
        AuditOutcome::CutOff,
        left.operation.clone(),
    );
    draft.doctor = Some(left.doctor.clone());
    draft.note = Some(format!(
        "the app had ended in the middle; {note}; {}",
        by("begun", left.person.as_deref())
    ));
    workspace
        .record(draft, vec![Change::EndTransfer(left.operation.clone())])
        .await;
    Some(Unfinished::Download {
        doctor: left.doctor.clone(),
        destination: left.destination.clone(),
    })
}

/// Says why a download is not closed.
fn not_closed(
    workspace: &Workspace,
    left: &Transfer,
    failure: Option<Failure>,
) -> Option<Unfinished> {
    if let Some(failure) = failure {
        workspace.tell(Event::Failed {
            doctor: Some(left.doctor.clone()),
            failure,
        });
    }
    None
}

/// Records a file that had its name when the app ended, and was read back now.
async fn close_saved(
    workspace: &Workspace,
    left: &Transfer,
    checked: CheckedPart,
    found: Found,
) -> Unfinished {
    let path = found.path;
    let doctor = &left.doctor;
    let (outcome, proof) = match checked.completeness {
        Completeness::Proven(proof) => (AuditOutcome::SavedAndChecked, Some(proof)),
        Completeness::CannotBeProven => (AuditOutcome::SavedNotProven, None),
        Completeness::AsItIs(_) => (AuditOutcome::KeptAsItIs, None),
    };
    let mut draft = workspace.draft(AuditAction::Download, outcome, left.operation.clone());
    draft.doctor = Some(doctor.clone());
    draft.answer = Some("200".into());
    draft.backup = Some(AuditBackup {
        path: path.to_string_lossy().into_owned(),
        size: checked.size,
        sha256: checked.sha256,
    });
    let remarks: Vec<Remark> = (!found.flushed)
        .then_some(Remark::NotFlushed)
        .into_iter()
        .collect();
    let ended = "the app had ended just after it was saved; read back now".to_owned();
    let notes = [ended, format!("audio: {}", checked.audio)];
    let notes = notes
        .into_iter()
        .chain(remarks.iter().map(ToString::to_string));
    let begun = by("begun", left.person.as_deref());
    draft.note = Some(notes.chain([begun]).collect::<Vec<_>>().join("; "));
    // One that was made since is the newer one.
    let known = workspace.known(doctor).await.ok();
    let newest = known.and_then(|known| known.backup);
    let is_newest = newest.is_none_or(|newest| newest.verified_at < left.begun_at);
    let fact = match (proof, checked.format) {
        (Some(_), Some(_)) if !is_newest => None,
        (Some(proof), Some(format)) => Some(DoctorFact::Backup(Backup {
            path: path.clone(),
            size: checked.size,
            sha256: checked.sha256,
            format,
            milliseconds: checked.milliseconds,
            audio: Some(checked.audio.clone()),
            verified_at: draft.time,
            seen: found.seen.map(|seen| seen.to_text()),
            flushed: found.flushed,
            proof,
            made_from: checked.copy,
        })),
        _ => Some(DoctorFact::Came(checked.sha256)),
    };
    let fact = fact.map(|fact| about(workspace, doctor, fact));
    let end = Change::EndTransfer(left.operation.clone());
    let changes = fact.into_iter().chain([end]).collect();
    workspace.record(draft, changes).await;
    workspace.tell_doctor(doctor).await;
    Unfinished::Saved {
        doctor: doctor.clone(),
        file: SavedFile {
            path,
            size: checked.size,
            milliseconds: checked.milliseconds,
            audio: checked.audio,
            completeness: checked.completeness,
            remarks,
        },
    }
}

async fn close_waiting(workspace: &Workspace, left: WaitingDelete) -> Unfinished {
    let action = match left.doctor {
        Some(_) => AuditAction::Delete,
        None => AuditAction::DeleteAll,
    };
    let mut draft = workspace.draft(action, AuditOutcome::CutOff, left.operation.clone());
    draft.doctor.clone_from(&left.doctor);
    let note = "the app had ended before it was sent; nothing was sent";
    draft.note = Some(format!(
        "{note}; {}",
        by("confirmed", left.person.as_deref())
    ));
    workspace
        .record(draft, vec![Change::EndWaiting(left.operation.clone())])
        .await;
    if left.person.is_some() && left.person == workspace.credentials.person() {
        return Unfinished::NotSent {
            doctor: left.doctor,
        };
    }
    // What somebody else decided is told, and not offered to be done.
    Unfinished::Delete {
        doctor: left.doctor,
        operation: left.operation,
        report: DeletionReport {
            outcome: DeletionOutcome::NotSent,
            ..left_open(Vec::new())
        },
    }
}

/// Whose an act of an earlier run was: the entry's own person is who is signed in now.
fn by(done: &str, person: Option<&str>) -> String {
    match person {
        Some(person) => format!("{done} by {person}"),
        None => format!("not known by whom it was {done}"),
    }
}

/// What one look after a delete means.
fn seen(look: Result<Look, Failure>) -> (DeletionOutcome, DoctorFact, Option<Failure>) {
    let now = Timestamp::now();
    match look {
        Ok(Look::Nothing) => {
            let seen = ServerKnowledge::Nothing { checked_at: now };
            (DeletionOutcome::Gone, DoctorFact::Server(seen), None)
        }
        Ok(Look::Has(copy)) => {
            let seen = ServerKnowledge::Has {
                copy,
                checked_at: now,
            };
            (DeletionOutcome::StillThere, DoctorFact::Server(seen), None)
        }
        Err(failure) => (
            DeletionOutcome::NotKnown,
            DoctorFact::NoAnswer(now),
            Some(failure),
        ),
    }
}

const fn recorded(outcome: DeletionOutcome) -> AuditOutcome {
    match outcome {
        DeletionOutcome::Gone => AuditOutcome::Gone,
        DeletionOutcome::StillThere => AuditOutcome::StillThere,
        DeletionOutcome::NotKnown => AuditOutcome::NotKnown,
        DeletionOutcome::Stopped => AuditOutcome::Stopped,
        DeletionOutcome::NotSent => AuditOutcome::Failed,
    }
}

impl DeletionReport {
    fn list(&mut self, outcome: DeletionOutcome) -> &mut Vec<DoctorName> {
        match outcome {
            DeletionOutcome::Gone => &mut self.gone,
            DeletionOutcome::StillThere => &mut self.still_there,
            _ => &mut self.not_known,
        }
    }

    /// All of a deletion of everything in one word: the worst that was seen.
    fn summary(&self) -> DeletionOutcome {
        if !self.still_there.is_empty() {
            DeletionOutcome::StillThere
        } else if !self.not_known.is_empty() || self.gone.is_empty() {
            DeletionOutcome::NotKnown
        } else {
            DeletionOutcome::Gone
        }
    }
}
