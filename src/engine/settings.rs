//! Keeping the settings, and noticing where something else than the app has changed them.

use std::fmt::Display;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use crate::domain::{AuditAction, AuditOutcome, Failure, FailureKind, ServiceOrigin, Sha256Digest};
use crate::engine::Event;
use crate::engine::operation::new_operation;
use crate::engine::resources::Resources;
use crate::engine::workspace::Workspace;
use crate::settings::SettingsFile;
use crate::store::Change;

/// Writes the newest settings to their file, unless that was done meanwhile.
pub async fn save(resources: Arc<Resources>, generation: u64) {
    if let Err(failure) = save_newest(&resources).await {
        resources.tell(generation, Event::failed(None, failure));
    }
}

/// The digest is kept before the file and the earlier ones go after it: whatever cuts this off, what is
/// there then is known to be the app's.
async fn save_newest(resources: &Resources) -> Result<(), Failure> {
    let file = resources.settings_file.lock().await;
    // The newest ones, taken while nobody else writes: earlier ones never land on them.
    let newest = resources
        .newest_settings
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(settings) = newest else {
        return Ok(());
    };
    let bytes = SettingsFile::bytes_of(&settings).map_err(not_kept)?;
    let digest = Sha256Digest::of(&bytes);
    let store = &resources.store;
    let begun = store.apply(vec![Change::BeginSettingsFile(digest)]).await;
    begun.map_err(not_kept)?;
    let writing = file.clone();
    let written = tokio::task::spawn_blocking(move || writing.write(&bytes)).await;
    written.map_err(not_kept)?.map_err(not_kept)?;
    let settled = store.apply(vec![Change::SettingsFile(Some(digest))]).await;
    if let Err(error) = settled {
        tracing::warn!(%error, "an earlier settings file still counts as the app's");
    }
    Ok(())
}

fn not_kept(error: impl Display) -> Failure {
    let kind = FailureKind::StoreTrouble;
    Failure::new(kind, Timestamp::now(), error.to_string())
}

/// Looks whether the settings file is as the app left it, and takes it as it is from then on. What is
/// still to be recorded of that.
pub async fn look(resources: &Resources, service: &ServiceOrigin) -> Vec<String> {
    let file = resources.settings_file.lock().await.clone();
    let known = match resources.store.settings_file().await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "it is not known how the app left the settings file");
            return Vec::new();
        }
    };
    let mut to_record = known.to_record;
    let there = match digest_of(file).await {
        Ok(there) => there,
        Err(error) => {
            tracing::warn!(%error, "the settings file could not be looked at");
            return to_record;
        }
    };
    if known.digests == [there] {
        return to_record;
    }
    let mut changes = vec![Change::SettingsFile(there)];
    if !known.digests.is_empty() && !known.digests.contains(&there) {
        let found = there.map_or("no longer there", |_| "not as the app left it");
        let note = format!("{found}; service address then: {}", service.ascii());
        changes.push(Change::SettingsChanged(note.clone()));
        if !to_record.contains(&note) {
            to_record.push(note);
        }
    }
    if let Err(error) = resources.store.apply(changes).await {
        tracing::warn!(%error, "how the settings file is was not kept");
    }
    to_record
}

async fn digest_of(file: SettingsFile) -> Result<Option<Sha256Digest>, String> {
    let looked = tokio::task::spawn_blocking(move || file.digest()).await;
    let looked = looked.map_err(|error| error.to_string())?;
    looked.map_err(|error| error.to_string())
}

/// Records that something else than the app has changed the settings.
pub async fn record(workspace: &Workspace, notes: Vec<String>) {
    for note in notes {
        let outcome = AuditOutcome::Tampered;
        let mut draft = workspace.draft(AuditAction::ChangeSettings, outcome, new_operation());
        draft.note = Some(note.clone());
        let recorded = vec![Change::SettingsChangeRecorded(note)];
        workspace.record(draft, recorded).await;
    }
}
