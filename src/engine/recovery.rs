//! What an earlier run left: open intents, deletes that waited, downloads that were cut off.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditBackup, AuditEntry, AuditOutcome, Backup, CheckedPart, Completeness,
    DeletionOutcome, Failure, PartCame, Remark,
};
use crate::engine::facts::about;
use crate::engine::jobs::delete::verify_gone::{
    Answer, While, conclude_while, draft_of_look, left_open,
};
use crate::engine::jobs::kept;
use crate::engine::left_over::LeftOver;
use crate::engine::notice::Notice;
use crate::engine::resources::store_failure;
use crate::engine::unwanted;
use crate::engine::workspace::Workspace;
use crate::engine::{DeletionReport, Event, SavedFile, Unfinished};
use crate::store::{Change, DoctorFact, PartApart, Transfer, WaitingDelete};
use crate::transfer::{self, Found, TransferError};

/// Looks into what an earlier run left unfinished for this service, closes it, and tells it.
///
/// What is closed is told only once: so nothing is any more when the sign-in or the app has ended,
/// and what is left then is for the next sign-in or start.
pub async fn look_into_unfinished(workspace: Arc<Workspace>, left: LeftOver) {
    // Each is told as soon as it is closed: the app may end before the next one is.
    let tell = |found| workspace.tell_end(Event::FoundAtStart(vec![found]));
    let is_over = || While::SignedIn.is_over(&workspace);
    let mut rest = LeftOver::default();
    for transfer in left.transfers {
        if is_over() {
            rest.transfers.push(transfer);
            continue;
        }
        match close_download(&workspace, &transfer).await {
            Some(Closed::As(found)) => tell(*found),
            Some(Closed::Kept) => kept::tell(&workspace).await,
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
        match close_intent(&workspace, &intent).await {
            Some(found) => tell(found),
            None => rest.intents.push(intent),
        }
    }
    let generation = workspace.generation;
    let notice = Notice::LeftOpen { generation, rest };
    workspace.resources.notify(notice);
}

/// `None` where it could not be closed in this sign-in.
async fn close_intent(workspace: &Arc<Workspace>, entry: &AuditEntry) -> Option<Unfinished> {
    let may_be_recorded = tokio::select! {
        () = workspace.cancel.cancelled() => return None,
        () = workspace.resources.leaving.cancelled() => return None,
        report = workspace.resources.record.report() => {
            report.is_some_and(|report| {
                let check = &report.check;
                check.more_faults > 0 || check.all_faults().any(|fault| fault.last > entry.number)
            })
        }
    };
    if While::SignedIn.is_over(workspace) {
        return None;
    }
    let intent = &entry.draft;
    workspace.delete_went_out_earlier(intent.doctor.as_ref());
    let whose = by("confirmed", intent.who.person.as_deref());
    let why = if may_be_recorded {
        "what came of it may be in entries that are missing or were changed"
    } else {
        "the app had ended before the outcome was known"
    };
    let note = format!("{why}; {whose}");
    let draft = draft_of_look(workspace, intent.doctor.as_ref(), &intent.operation, &note);
    let lasts = While::SignedIn;
    let report = conclude_while(lasts, workspace, draft, Answer::default(), None).await;
    Some(Unfinished::Delete {
        doctor: intent.doctor.clone(),
        operation: intent.operation.clone(),
        report: report?,
        may_be_recorded,
    })
}

/// How a download of an earlier run was closed.
enum Closed {
    As(Box<Unfinished>),
    /// It can be gone on with.
    Kept,
}

/// `None` where its part file is, or may be, still there and can't be gone on with: then it is not
/// closed.
async fn close_download(workspace: &Workspace, left: &Transfer) -> Option<Closed> {
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
    if saved.is_none() {
        let apart = match workspace.resources.store.part_apart(&left.operation).await {
            Ok(apart) => apart,
            Err(error) => return not_closed(workspace, left, Some(store_failure(&error))),
        };
        if let Some(apart) = to_take_back(apart, part.came.as_ref()).await {
            let came = part.came.as_ref().or(part.unwanted.as_ref());
            return Some(close_taken_back(workspace, left, (mark, came), &apart).await);
        }
        if let Some(came) = part.came {
            // What is set apart was only to stay until so much of it came again.
            let unwanted = Change::PartApartUnwanted(left.operation.clone());
            return Some(close_kept(workspace, left, &came, vec![unwanted], "").await);
        }
    }
    let mut note = "no part file is left";
    if let Err(error) = unwanted::remove_file(&left.part, mark, part.unwanted.as_ref()).await {
        let is_another = matches!(error, TransferError::FileNameRefused { .. });
        let failure = error.into_failure(Timestamp::now());
        // What has come to stand at its name is not the app's to remove.
        if !is_another {
            return not_closed(workspace, left, failure);
        }
        if saved.is_none() {
            not_closed(workspace, left, failure);
        }
        note = "what is at its part file's name is not known for it, and was left alone";
    }
    if let Some((found, checked)) = saved {
        let saved = close_saved(workspace, left, checked, found).await;
        unwanted::remove_in(&workspace.resources, &left.destination).await;
        return Some(Closed::As(Box::new(saved)));
    }
    let ended = Change::EndTransfer(left.operation.clone());
    record_cut_off(workspace, left, note, vec![ended]).await;
    Some(Closed::As(Box::new(Unfinished::Download {
        doctor: left.doctor.clone(),
        destination: left.destination.clone(),
    })))
}

/// What came of what is set apart, where that is to be gone on with: in place of what came since, where it came
/// whole as well, of the same copy, and is more.
async fn to_take_back(apart: Option<PartApart>, since: Option<&PartCame>) -> Option<PartCame> {
    let PartApart {
        part,
        mark,
        came,
        came_whole,
        ..
    } = apart?;
    let came = came?;
    let Some(since) = since else {
        return Some(came);
    };
    let validator = came.copy.strong_validator();
    let is_of_it = validator.is_some() && validator == since.copy.strong_validator();
    let is_more = came_whole && is_of_it && came.size > since.size;
    // The other is removed for it.
    let is_taken = is_more && transfer::is_there(&part, mark.as_deref(), &came).await;
    is_taken.then_some(came)
}

/// Removes the part file, known by its mark and what came into it, and has what is set apart in its place.
async fn close_taken_back(
    workspace: &Workspace,
    left: &Transfer,
    (mark, came): (Option<&str>, Option<&PartCame>),
    apart: &PartCame,
) -> Closed {
    let mut beside = "";
    let mut changes = vec![Change::PartTakenBack(left.operation.clone())];
    // What can't be removed now is removed later.
    if let Err(error) = unwanted::remove_file(&left.part, mark, came).await
        && matches!(error, TransferError::FileNameRefused { .. })
    {
        not_closed(workspace, left, error.into_failure(Timestamp::now()));
        beside = "; what is at the name of the part file beside them is not known for it, and was left alone";
        changes.push(Change::UnwantedPartGone {
            part: left.part.clone(),
            mark: mark.map(ToOwned::to_owned),
        });
    }
    close_kept(workspace, left, apart, changes, beside).await
}

/// Records that the app had ended in the middle of a download of which this came and is kept.
async fn close_kept(
    workspace: &Workspace,
    left: &Transfer,
    came: &PartCame,
    mut changes: Vec<Change>,
    beside: &str,
) -> Closed {
    // Whether it is still there shows when somebody goes on with it.
    let note = format!(
        "the {} bytes that had come are kept if they are there{beside}",
        came.size
    );
    changes.push(Change::TransferRecorded(left.operation.clone()));
    record_cut_off(workspace, left, &note, changes).await;
    unwanted::remove_in(&workspace.resources, &left.destination).await;
    Closed::Kept
}

/// Records that the app had ended in the middle of a download.
async fn record_cut_off(workspace: &Workspace, left: &Transfer, note: &str, changes: Vec<Change>) {
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
    workspace.record(draft, changes).await;
}

/// Says why a download is not closed.
fn not_closed(workspace: &Workspace, left: &Transfer, failure: Option<Failure>) -> Option<Closed> {
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
        may_be_recorded: false,
    }
}

/// Whose an operation of an earlier run was: the entry's own person is who is signed in now.
fn by(done: &str, person: Option<&str>) -> String {
    match person {
        Some(person) => format!("{done} by {person}"),
        None => format!("not known by whom it was {done}"),
    }
}
