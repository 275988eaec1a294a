//! Replacing a file: only the very one that the person agreed to, and a backup only after a
//! question that says whose it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{CopyComparison, Failure, FailureKind};
use crate::engine::backups::LONGEST_GLANCE;
use crate::engine::jobs::check::check;
use crate::engine::resources::store_failure;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::Workspace;
use crate::engine::{Destination, JobFailure};
use crate::store::{Change, KnownBackup};
use crate::transfer::FileSeen;

/// What a download may replace.
#[derive(Default)]
pub struct Agreed {
    /// The file that was there when the download began.
    pub file: Option<FileSeen>,
    /// The backups that the file is, by the record.
    backups: Vec<KnownBackup>,
}

impl Agreed {
    /// The change that a file at `saved` makes to the backups that are known: what it has replaced
    /// is none any more.
    pub fn replaced(&self, destination: &Path, saved: &Path) -> Change {
        let replaced = self.backups.iter().filter(|_| saved == destination);
        let paths = replaced.map(|known| known.backup.path.clone());
        Change::NoBackupsAt(paths.chain([saved.to_path_buf()]).collect())
    }

    /// Whether the file is a backup.
    pub const fn is_a_backup(&self) -> bool {
        !self.backups.is_empty()
    }

    /// Tells the window of the doctors whose backups those were.
    pub async fn tell(&self, workspace: &Workspace) {
        let here = |backup: &&KnownBackup| backup.service == workspace.service;
        for backup in self.backups.iter().filter(here) {
            workspace.tell_doctor(&backup.doctor).await;
        }
    }
}

/// Finds out what is replaced where the person agreed to that. `as_it_is`: by what may be no
/// backup, which never takes the place of one.
///
/// # Errors
/// [`FailureKind::ReplacesBackup`] where the file is a backup, and that was not agreed to or the
/// service has no such recording any more; why that could not be found out; that it is cancelled.
pub async fn agreed(
    workspace: &Arc<Workspace>,
    destination: &Destination,
    as_it_is: bool,
    ticket: &JobTicket,
) -> Result<Agreed, JobFailure> {
    if !destination.replace {
        return Ok(Agreed::default());
    }
    let (file, backups) = tokio::select! {
        () = ticket.cancel.cancelled() => return Err(JobFailure::Cancelled),
        found = found(workspace, &destination.path) => found.map_err(JobFailure::Failed)?,
    };
    let (Some(newest), Some(seen)) = (backups.first(), &file) else {
        let backups = Vec::new();
        return Ok(Agreed { file, backups });
    };
    let only_copy = is_only_copy(workspace, newest, ticket).await?;
    let seen = seen.to_text();
    if only_copy || as_it_is || destination.even_a_backup.as_ref() != Some(&seen) {
        let kind = FailureKind::ReplacesBackup {
            path: destination.path.clone(),
            doctor: newest.doctor.clone(),
            made: newest.backup.verified_at,
            only_copy,
            may_replace: Some(seen).filter(|_| !only_copy && !as_it_is),
        };
        let failure = Failure::new(kind, Timestamp::now(), "a backup is there");
        return Err(JobFailure::Failed(failure));
    }
    Ok(Agreed { file, backups })
}

/// Whether the service has the recording no more that the backup was made of, or that can't be asked
/// for from here.
async fn is_only_copy(
    workspace: &Arc<Workspace>,
    of: &KnownBackup,
    ticket: &JobTicket,
) -> Result<bool, JobFailure> {
    if of.service != workspace.service {
        return Ok(true);
    }
    match check(workspace, &of.doctor, Caller::job(ticket)).await {
        Ok(Some(copy)) => Ok(of.backup.compare(&copy) == CopyComparison::Changed),
        Ok(None) => Ok(true),
        Err(_) if ticket.cancel.is_cancelled() => Err(JobFailure::Cancelled),
        Err(failure) => Err(JobFailure::Failed(failure)),
    }
}

/// The file at `path`, and the backups that it is, the newest first.
async fn found(
    workspace: &Workspace,
    path: &Path,
) -> Result<(Option<FileSeen>, Vec<KnownBackup>), Failure> {
    let backups = workspace.resources.store.backups().await;
    let backups = backups.map_err(|error| store_failure(&error))?;
    let (path, named) = (path.to_path_buf(), path.to_path_buf());
    let looking = tokio::task::spawn_blocking(move || {
        let file = FileSeen::at(&path);
        let backups = backups.into_iter();
        let there = backups.filter(|known| is_the_same_file(&known.backup.path, &path));
        (file, there.collect())
    });
    match tokio::time::timeout(LONGEST_GLANCE, looking).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => {
            let kind = FailureKind::Internal;
            Err(Failure::new(kind, Timestamp::now(), error.to_string()))
        }
        // A drive that is away may hold a backup of that name: what is not known is not replaced.
        Err(_) => {
            let kind = FailureKind::Disk { path: named };
            Err(Failure::new(
                kind,
                Timestamp::now(),
                "the disk did not answer",
            ))
        }
    }
}

/// Whether `path` leads to one of the files at `places`.
pub async fn is_one_of(path: &Path, places: [PathBuf; 2]) -> bool {
    let path = path.to_path_buf();
    let looking = tokio::task::spawn_blocking(move || {
        places.iter().any(|place| is_the_same_file(place, &path))
    });
    // What could not be looked at may well be one of them.
    looking.await.unwrap_or(true)
}

/// Whether both names are of one file: case, where the volume is so, and links on the way to it aside.
/// A link by the name itself is replaced, and not what it leads to.
fn is_the_same_file(one: &Path, other: &Path) -> bool {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
    };
    let folder = |path: &Path| path.parent().and_then(|folder| folder.canonicalize().ok());
    one == other
        || (name(one) == name(other)
            && folder(one).is_some_and(|one| Some(one) == folder(other))
            && FileSeen::at(one) == FileSeen::at(other))
}
