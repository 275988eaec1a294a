//! What is found after a case: in the folder, in the store and in the record.

use std::collections::BTreeMap;
use std::fs;

use audio_housekeeper::domain::{
    AuditAction, AuditEntry, AuditOutcome, DeletionOutcome, FailureKind, Sha256Digest,
};
use audio_housekeeper::store::Store;
use support::desk::Desk;
use support::names_in;

use crate::faults::play::{file_name, folder};
use crate::faults::{At, Cell, Left, Row, Told};

/// The file that is to be replaced.
pub const OLD: &[u8] = b"what was there before";

/// In what the folder, and what the store says of it, differs.
pub async fn left(desk: &Desk, row: &Row, cell: &Cell) -> Vec<String> {
    let folder = folder(desk, row);
    let names = names_in(&folder);
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    let mut differences = Vec::new();
    let unfinished = store.unfinished_transfers().await.unwrap();
    if !unfinished.is_empty() {
        differences.push(format!("unfinished: {unfinished:?}"));
    }
    let kept = store.kept_parts(&service).await.unwrap();
    let name = file_name(row);
    let contents: Option<(String, &[u8])> = match &cell.left {
        Left::Nothing => None,
        Left::Whole => Some((name.to_owned(), &row.holds)),
        Left::Named(name) => Some(((*name).to_owned(), &row.holds)),
        Left::File(bytes) => Some((name.to_owned(), bytes)),
        Left::OldFile => Some((name.to_owned(), OLD)),
        Left::Part(size) => {
            let size = usize::try_from(*size).unwrap();
            Some((format!("{name}.part"), &row.holds[..size]))
        }
    };
    let aside = cell.aside.iter();
    let aside = aside.map(|(name, bytes)| ((*name).to_owned(), &bytes[..]));
    let theirs = row.place.theirs.iter();
    let theirs = theirs.map(|(name, bytes)| ((*name).to_owned(), *bytes));
    let files = contents.clone().into_iter().chain(aside).chain(theirs);
    let mut expected: Vec<_> = files.collect();
    expected.sort();
    let expected_names: Vec<_> = expected.iter().map(|(name, _)| name.clone()).collect();
    if names != expected_names {
        differences.push(format!("left {names:?}, not {expected_names:?}"));
    }
    for (name, contents) in expected {
        if fs::read(folder.join(&name)).is_ok_and(|bytes| bytes != contents) {
            differences.push(format!("{name} has other contents"));
        }
    }
    let known: Vec<_> = kept
        .into_iter()
        .map(|kept| (kept.part, kept.came.sha256))
        .collect();
    let is_part = matches!(cell.left, Left::Part(_));
    let parts = contents.filter(|_| is_part).into_iter();
    let parts: Vec<_> = parts
        .map(|(name, bytes)| (folder.join(name), Sha256Digest::of(bytes)))
        .collect();
    if known != parts {
        differences.push(format!("kept by the store: {known:?}"));
    }
    let aside = store.set_aside(&service).await.unwrap();
    let aside: Vec<_> = aside
        .into_iter()
        .map(|one| (one.path, one.sha256))
        .collect();
    let expected = cell.aside.iter();
    let expected: Vec<_> = expected
        .map(|(name, bytes)| (folder.join(name), Sha256Digest::of(bytes)))
        .collect();
    if aside != expected {
        differences.push(format!("set aside: {aside:?}"));
    }
    differences
}

/// In what the record differs from what is to be told.
pub async fn recorded(desk: &mut Desk, cell: &Cell) -> Vec<String> {
    let entries = desk.record().await;
    let mut differences = Vec::new();
    let mut operations: BTreeMap<_, Vec<&AuditEntry>> = BTreeMap::new();
    for entry in &entries {
        let operation = &entry.draft.operation;
        operations.entry(operation).or_default().push(entry);
    }
    for entries in operations.values() {
        let words: Vec<_> = entries.iter().map(|entry| entry.draft.outcome).collect();
        let is_sent = words.contains(&AuditOutcome::Answered);
        let intents = words.iter().filter(|word| **word == AuditOutcome::Intended);
        let intends_first = words.first() == Some(&AuditOutcome::Intended);
        if !words.last().unwrap().is_final() || is_sent && !(intends_first && intents.count() == 1)
        {
            differences.push(format!("recorded: {words:?}"));
        }
    }
    let (action, outcome) = in_record(cell);
    let of_action = entries
        .iter()
        .rev()
        .find(|entry| entry.draft.action == action);
    let seen = of_action.map(|entry| entry.draft.outcome);
    if seen != Some(outcome) {
        differences.push(format!("recorded {seen:?}, not {outcome:?}"));
    }
    let sent = entries
        .iter()
        .filter(|entry| entry.draft.outcome == AuditOutcome::Answered)
        .count();
    if sent != cell.deletes {
        differences.push(format!("{sent} DELETEs are recorded"));
    }
    differences
}

/// What the record says last of what was done.
fn in_record(cell: &Cell) -> (AuditAction, AuditOutcome) {
    let action = match cell.at {
        At::SignIn => return (AuditAction::SignIn, AuditOutcome::Done),
        At::Check | At::SaveDialog | At::Survey => AuditAction::Check,
        At::Download | At::Replacing | At::Resumed | At::GoneOn | At::Restarted => {
            AuditAction::Download
        }
        At::Backup | At::LastLook | At::Delete | At::LookAfter => AuditAction::Delete,
        At::DeleteAll | At::LookAfterAll => AuditAction::DeleteAll,
    };
    let outcome = match &cell.told {
        Told::SignedIn => AuditOutcome::Done,
        Told::Found => AuditOutcome::Found,
        // Found, and too empty for a file to be made of it.
        Told::Fails(FailureKind::EmptyRecording { arrived: true }) if cell.at == At::SaveDialog => {
            AuditOutcome::Found
        }
        Told::NothingThere | Told::Fails(FailureKind::NothingThere) => AuditOutcome::NothingThere,
        Told::Saved => AuditOutcome::SavedAndChecked,
        Told::SavedNotProven => AuditOutcome::SavedNotProven,
        Told::Fails(_) | Told::Deletes(DeletionOutcome::NotSent, _) => AuditOutcome::Failed,
        Told::Deletes(DeletionOutcome::Gone, _) => AuditOutcome::Gone,
        Told::Deletes(DeletionOutcome::StillThere, _) => AuditOutcome::StillThere,
        Told::Deletes(DeletionOutcome::NotKnown, _) => AuditOutcome::NotKnown,
        Told::Deletes(DeletionOutcome::Stopped, _) => AuditOutcome::Stopped,
    };
    (action, outcome)
}
