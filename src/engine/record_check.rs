//! Checks whether the audit record is what the app wrote: when somebody has signed in, and when a person
//! asks for it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AuditAction, AuditDraft, AuditOutcome, AuditWho, KeptHead, RecordCheck};
use crate::engine::Event;
use crate::engine::notice::Notice;
use crate::engine::operation::new_operation;
use crate::engine::record_standing::{Found, RecordReport};
use crate::engine::resources::{Resources, store_failure};
use crate::engine::workspace::Workspace;
use crate::store::StoreError;

/// What comes before anything else is recorded in a run: the record goes on behind the last entry that the
/// keychain knows of, so that where that was cut off no number is used again, and what keeps accidents
/// away from it is put back.
pub async fn prepare(resources: &Resources) {
    if let Some(kept) = resources.record.kept_elsewhere().await
        && let Err(error) = resources.store.go_on_behind(kept.head).await
    {
        tracing::warn!(%error, "the record may use numbers again");
    }
    mend_guards(resources).await;
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

/// Checks the record where that was not done in this run.
pub async fn check_once(workspace: Arc<Workspace>) {
    if !workspace.resources.record.is_checked() {
        check(workspace).await;
    }
}

/// Checks the record, records what is wrong with it where no person has seen that, and tells it.
pub async fn check(workspace: Arc<Workspace>) {
    let resources = &workspace.resources;
    let _checking = resources.record.checking.lock().await;
    let found = match look(resources).await {
        Ok(report) => {
            if !report.check.is_whole() && !report.check.is_seen {
                let draft = finding(&workspace, AuditOutcome::Tampered, &report.check);
                workspace.record(draft, Vec::new()).await;
            }
            Found::Report(Arc::new(report))
        }
        Err(error) => Found::NotRead(store_failure(&error)),
    };
    tell(&workspace, found);
    log_head(resources).await;
}

/// A person has seen what is wrong with the record: that is recorded, and deletes go again.
pub async fn mark_as_seen(workspace: Arc<Workspace>) {
    let resources = &workspace.resources;
    let _checking = resources.record.checking.lock().await;
    // What was found may look otherwise since that itself was recorded.
    let mut report = match look(resources).await {
        Ok(report) => report,
        Err(error) => return tell(&workspace, Found::NotRead(store_failure(&error))),
    };
    if !report.check.is_whole() && !report.check.is_seen {
        let draft = finding(&workspace, AuditOutcome::Seen, &report.check);
        if workspace.record(draft, Vec::new()).await.is_none() {
            return;
        }
        report.check.is_seen = true;
    }
    tell(&workspace, Found::Report(Arc::new(report)));
    keep_head(resources).await;
}

async fn look(resources: &Resources) -> Result<RecordReport, StoreError> {
    let compared_with = resources.record.kept_elsewhere().await;
    let heads = compared_with.iter().map(|kept| kept.head).collect();
    Ok(RecordReport {
        check: resources.store.check_record(heads).await?,
        compared_with,
        checked_at: Timestamp::now(),
    })
}

fn tell(workspace: &Workspace, found: Found) {
    let event = match &found {
        Found::Report(report) => Event::RecordChecked(Box::new((**report).clone())),
        Found::NotRead(failure) => Event::RecordNotChecked(failure.clone()),
        Found::NotChecked => return,
    };
    let resources = &workspace.resources;
    resources.record.found(found);
    // It is about the record of all services, whoever is signed in.
    resources.notify(Notice::Tell(Box::new(event)));
}

fn finding(workspace: &Workspace, outcome: AuditOutcome, check: &RecordCheck) -> AuditDraft {
    let mut draft = draft(&workspace.resources, outcome);
    draft.who.person = workspace.credentials.person();
    draft.note = Some(check.in_words());
    draft
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

/// Keeps the record's last entry in the keychain, while the record is what the app wrote, as far as is
/// known.
pub async fn keep_head(resources: &Resources) {
    let standing = &resources.record;
    let Some(heads) = &standing.heads else { return };
    if !standing.is_trusted() {
        return;
    }
    let head = match resources.store.head().await {
        Ok(Some(head)) => head,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%error, "the record's last entry can't be read"),
    };
    let kept_at = Timestamp::now();
    if let Err(error) = heads.write(KeptHead { head, kept_at }).await {
        tracing::warn!(%error, "the keychain does not keep the record's last entry");
    }
}

/// The same beside whatever else is done.
pub fn keep_head_soon(resources: &Arc<Resources>) {
    let resources = resources.clone();
    tokio::spawn(async move { keep_head(&resources).await });
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
