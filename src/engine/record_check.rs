//! Checks whether the audit record is what the app wrote: when somebody has signed in, and when a person
//! asks for it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, Failure, FailureKind, KeptHead, RecordCheck,
    RecordComparison,
};
use crate::engine::Event;
use crate::engine::notice::Notice;
use crate::engine::operation::new_operation;
use crate::engine::record_standing::{Found, RecordReport};
use crate::engine::resources::{Resources, store_failure};
use crate::store::StoreError;

/// What comes before anything else is recorded in a run: the record goes on behind the last entry that the
/// keychain knows of, so that where that was cut off no number is used again, and what keeps accidents
/// away from it is put back.
pub async fn prepare(resources: &Resources) {
    read_kept(resources).await;
    mend_guards(resources).await;
}

/// Asks the keychain for what it keeps once more, where it did not say.
pub async fn read_kept_where_not_read(resources: &Resources) {
    if resources.record.kept() == RecordComparison::NotRead {
        read_kept(resources).await;
    }
}

async fn read_kept(resources: &Resources) {
    if let RecordComparison::With(kept) = resources.record.read_kept().await
        && let Err(error) = resources.store.go_on_behind(kept.head).await
    {
        tracing::warn!(%error, "the record may use numbers again");
    }
}

async fn mend_guards(resources: &Resources) {
    let draft = draft(resources, AuditOutcome::PutBack);
    match resources.store.mend_guards(draft).await {
        Ok(None) => {}
        Ok(Some(entry)) => {
            tracing::warn!(number = entry.number, "the record's triggers were put back");
        }
        Err(error) => tracing::warn!(%error, "the record's triggers were not put back"),
    }
}

/// Checks the record where nothing is known of it yet in this run.
pub async fn check_once(resources: Arc<Resources>, person: Option<String>) {
    let _checking = resources.record.checking.lock().await;
    if !resources.record.is_known() {
        check_and_tell(&resources, person).await;
    }
}

/// Waits until the record is checked, and says why nothing may be deleted, where that is so. Where it could
/// not be read that is tried once more.
pub async fn allows_deletes(
    resources: &Arc<Resources>,
    person: Option<String>,
) -> Result<(), Failure> {
    let record = &resources.record;
    let allowed = record.allows_deletes().await;
    if allowed.is_err() && !record.is_known() {
        check_once(resources.clone(), person).await;
        return record.allows_deletes().await;
    }
    allowed
}

/// Checks the record, as a person asked for it.
pub async fn check(resources: Arc<Resources>, person: Option<String>) {
    let _checking = resources.record.checking.lock().await;
    read_kept(&resources).await;
    check_and_tell(&resources, person).await;
}

/// Checks the record, records what is wrong with it where no person has seen that, and tells it.
async fn check_and_tell(resources: &Resources, person: Option<String>) {
    let _begun = resources.record.begun();
    let found = match look_and_record(resources, person).await {
        Ok(report) => Found::Report(Arc::new(report)),
        Err(error) => Found::NotRead(store_failure(&error)),
    };
    tell(resources, found);
    log_head(resources).await;
}

async fn look_and_record(
    resources: &Resources,
    person: Option<String>,
) -> Result<RecordReport, StoreError> {
    let report = look(resources).await?;
    if report.check.is_whole() || report.check.is_seen {
        return Ok(report);
    }
    record(resources, person, AuditOutcome::Tampered, &report.check).await;
    // What is found may look otherwise behind that entry, and is to be known again.
    look(resources).await
}

/// A person has seen what is wrong with the record, this: that is recorded, and deletes go again. What is
/// found now and was not shown is told anew.
pub async fn mark_as_seen(resources: Arc<Resources>, person: Option<String>, shown: RecordCheck) {
    let _checking = resources.record.checking.lock().await;
    let mut report = match look(&resources).await {
        Ok(report) => report,
        Err(error) => return tell(&resources, Found::NotRead(store_failure(&error))),
    };
    if !report.check.finds_the_same(&shown) {
        return check_and_tell(&resources, person).await;
    }
    if !report.check.is_whole() && !report.check.is_seen {
        let is_recorded = record(&resources, person, AuditOutcome::Seen, &report.check);
        report.check.is_seen = is_recorded.await;
    }
    let is_seen = report.check.is_seen;
    if is_seen {
        resources.record.is_seen_now(&report.check);
    }
    tell(&resources, Found::Report(Arc::new(report)));
    if is_seen {
        let _keeping = resources.record.keeping.lock().await;
        put_head(&resources).await;
    }
}

async fn look(resources: &Resources) -> Result<RecordReport, StoreError> {
    let compared_with = resources.record.kept();
    let heads = compared_with.head().into_iter().collect();
    let mut check = resources.store.check_record(heads).await?;
    // Anybody can add an entry that says so: while it is not known what the keychain vouches for, only what
    // a person has seen in this run counts.
    let may_be_said = compared_with != RecordComparison::NotRead;
    check.is_seen = check.is_seen && may_be_said || resources.record.was_seen(&check);
    Ok(RecordReport {
        check,
        compared_with,
        checked_at: Timestamp::now(),
    })
}

fn tell(resources: &Resources, found: Found) {
    let event = match &found {
        Found::Report(report) => Event::RecordChecked(Box::new((**report).clone())),
        Found::NotRead(failure) => Event::RecordNotChecked(failure.clone()),
        Found::NotChecked => return,
    };
    resources.record.found(found);
    // It is about the record of all services, whoever is signed in.
    resources.notify(Notice::Tell(Box::new(event)));
}

/// Records what was found, or that a person has seen it; whether that worked.
async fn record(
    resources: &Resources,
    person: Option<String>,
    outcome: AuditOutcome,
    check: &RecordCheck,
) -> bool {
    let mut draft = draft(resources, outcome);
    draft.who.person = person;
    draft.note = Some(check.in_words());
    let recorded = resources.store.append(draft).await;
    if let Err(error) = &recorded {
        let kind = FailureKind::NotRecorded;
        let failure = Failure::new(kind, Timestamp::now(), error.to_string());
        let event = Event::failed(None, failure);
        resources.notify(Notice::Tell(Box::new(event)));
    }
    recorded.is_ok()
}

/// An entry about the record, which is that of all services.
fn draft(resources: &Resources, outcome: AuditOutcome) -> AuditDraft {
    AuditDraft {
        time: Timestamp::now(),
        action: AuditAction::CheckRecord,
        outcome,
        operation: new_operation(),
        who: AuditWho {
            os_user: resources.os_user.clone(),
            computer: resources.computer.clone(),
            ..AuditWho::default()
        },
        doctor: None,
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: None,
    }
}

/// Keeps the record's last entry in the keychain, beside whatever else is done.
pub fn keep_head_soon(resources: &Arc<Resources>) {
    let resources = resources.clone();
    tokio::spawn(async move {
        let record = &resources.record;
        let keeping = record.keeping.lock().await;
        if !record.is_trusted() {
            return;
        }
        // What could not be compared may be all that shows what was done to the record.
        let is_there = match record.kept() {
            RecordComparison::NotRead => return,
            RecordComparison::NothingKept => Ok(true),
            RecordComparison::With(kept) if record.is_known_not_to_fit(kept.head) => Ok(true),
            RecordComparison::With(kept) => resources.store.has(kept.head).await,
        };
        match is_there {
            Ok(true) => put_head(&resources).await,
            Ok(false) => {
                drop(keeping);
                check(resources.clone(), None).await;
            }
            Err(error) => tracing::warn!(%error, "the record can't be read"),
        }
    });
}

/// Keeps the last entry that the app wrote in the keychain.
async fn put_head(resources: &Resources) {
    let head = match resources.store.head().await {
        Ok(Some(head)) => head,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%error, "the record's last entry can't be read"),
    };
    let kept_at = Timestamp::now();
    if let Err(error) = resources.record.keep(KeptHead { head, kept_at }).await {
        tracing::warn!(%error, "the keychain does not keep the record's last entry");
    }
}

/// Tells the log of the record's last entry, once a day.
pub async fn log_head(resources: &Resources) {
    if !resources
        .record
        .is_new_in_log(jiff::ZonedDateTime::now().date())
    {
        return;
    }
    match resources.store.head().await {
        Ok(Some(head)) => {
            tracing::info!(number = head.number, digest = %head.digest, "the record's last entry");
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the record's last entry can't be read"),
    }
}
