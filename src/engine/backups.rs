//! The backups' files: whether they are there, and whether they are what was verified.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Backup, BackupHealth, DoctorName, KnownDoctor};
use crate::engine::facts::about;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;
use crate::engine::{Event, JobFailure};
use crate::store::{Change, DoctorFact};
use crate::transfer::{self, FileSeen, ReadFrom, TransferError};

/// How long a disk may take to say that a file is there.
pub const LONGEST_GLANCE: Duration = Duration::from_secs(5);

/// Looks where all backups should be, and keeps and tells what has changed.
pub async fn look_at_backups(workspace: &Workspace) {
    let Ok(doctors) = workspace.resources.store.doctors(&workspace.service).await else {
        return;
    };
    // Each look at a disk that does not answer leaves a thread waiting: one a folder is enough.
    let mut silent = BTreeSet::new();
    for doctor in doctors {
        let Ok(known) = workspace.known(&doctor.name).await else {
            continue;
        };
        let Some(backup) = &known.backup else {
            continue;
        };
        let folder = backup.path.parent().map(Path::to_owned);
        if silent.contains(&folder) {
            continue;
        }
        let Some(health) = health_of(backup).await else {
            silent.insert(folder);
            continue;
        };
        if let Some(change) = health_change(workspace, &known, health)
            && workspace.resources.store.apply(vec![change]).await.is_ok()
        {
            workspace.tell_doctor(&known.name).await;
        }
    }
}

/// The change to the store where a backup's file is no longer as the store has it.
pub fn health_change(
    workspace: &Workspace,
    known: &KnownDoctor,
    health: BackupHealth,
) -> Option<Change> {
    // A file of the right size may still have been found altered when it was read back.
    let keeps = health == BackupHealth::There && known.backup_health == BackupHealth::Altered;
    (health != known.backup_health && !keeps)
        .then(|| about(workspace, &known.name, DoctorFact::BackupHealth(health)))
}

/// What a glance at the file tells; its contents are read back before a delete. `None` where the
/// disk does not answer, as a network share that is gone.
pub async fn health_of(backup: &Backup) -> Option<BackupHealth> {
    health_within(backup, LONGEST_GLANCE).await
}

async fn health_within(backup: &Backup, limit: Duration) -> Option<BackupHealth> {
    let metadata = tokio::fs::metadata(&backup.path);
    let health = match tokio::time::timeout(limit, metadata).await.ok()? {
        Ok(file) if file.is_file() && file.len() == backup.size => BackupHealth::There,
        Ok(_) => BackupHealth::Altered,
        Err(_) => BackupHealth::Missing,
    };
    Some(health)
}

/// Reads a backup back from the disk itself, where that is to be had, and tells whether it was; one
/// that is not what it was is kept in mind as such.
pub async fn read_back(
    workspace: &Workspace,
    doctor: &DoctorName,
    backup: &Backup,
) -> Result<ReadFrom, JobFailure> {
    let read = transfer::verify_backup(&backup.path, backup.size, backup.sha256);
    let error = match read.await {
        Ok(from) => {
            if from == ReadFrom::PerhapsMemory {
                tracing::info!("a backup was read back, perhaps from memory");
            }
            return Ok(from);
        }
        Err(error) => error,
    };
    // A disk that could not be read says nothing of the backup.
    if matches!(error, TransferError::ReadBackDiffers { .. }) {
        let health = match health_of(backup).await {
            Some(BackupHealth::Missing) => BackupHealth::Missing,
            _ => BackupHealth::Altered,
        };
        let change = about(workspace, doctor, DoctorFact::BackupHealth(health));
        if let Err(error) = workspace.resources.store.apply(vec![change]).await {
            workspace.tell(Event::Failed {
                doctor: Some(doctor.clone()),
                failure: store_failure(&error),
            });
        }
    }
    workspace.tell_doctor(doctor).await;
    Err(in_job(error))
}

/// Sees to it that a doctor's backup is the very file that was verified: the same file, not written
/// to since, or else read back.
pub async fn see_backup(workspace: &Workspace, doctor: &DoctorName) {
    let known = workspace.known(doctor).await.ok();
    let Some(backup) = known.and_then(|known| known.backup) else {
        return;
    };
    let path = backup.path.clone();
    let seen = tokio::task::spawn_blocking(move || FileSeen::at(&path)).await;
    let seen = seen.ok().flatten().map(|seen| seen.to_text());
    // What is missing is told by the look's own glance.
    let Some(seen) = seen.filter(|seen| backup.seen.as_ref() != Some(seen)) else {
        return;
    };
    if read_back(workspace, doctor, &backup).await.is_ok() {
        let facts = [
            DoctorFact::BackupHealth(BackupHealth::There),
            DoctorFact::BackupSeen(seen),
        ];
        let changes = facts.map(|fact| about(workspace, doctor, fact)).to_vec();
        if let Err(error) = workspace.resources.store.apply(changes).await {
            tracing::warn!(%error, "what was read back is not kept in mind");
        }
    }
}

/// What a job met on the disk.
pub fn in_job(error: TransferError) -> JobFailure {
    let failure = error.into_failure(Timestamp::now());
    failure.map_or(JobFailure::Cancelled, JobFailure::Failed)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::domain::{AudioFormat, BackupProof, ServerCopy, Sha256Digest};

    #[test]
    fn a_disk_that_does_not_answer_says_nothing_of_a_backup() {
        // The one thread that may wait for disks waits for something else.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (answer, wait) = mpsc::channel::<()>();
        runtime.spawn_blocking(move || wait.recv());
        let backup = Backup {
            path: "/nowhere/a.wav".into(),
            size: 44,
            sha256: Sha256Digest::of(b""),
            format: AudioFormat::Wav,
            milliseconds: None,
            verified_at: Timestamp::UNIX_EPOCH,
            audio: None,
            seen: None,
            flushed: true,
            proof: BackupProof::Length,
            made_from: ServerCopy::default(),
        };
        let glance = |limit| runtime.block_on(health_within(&backup, limit));
        assert_eq!(glance(Duration::from_millis(50)), None);
        drop(answer);
        assert_eq!(glance(LONGEST_GLANCE), Some(BackupHealth::Missing));
    }
}
