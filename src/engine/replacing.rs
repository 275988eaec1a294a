//! Replacing a file: only the very one that the person agreed to, and a backup only after a
//! question that says whose it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{DoctorName, Failure, FailureKind};
use crate::engine::Destination;
use crate::engine::checks::check;
use crate::engine::context::{Session, store_failure};
use crate::engine::jobs::JobTicket;
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
        let paths = replaced.map(|backup| backup.path.clone());
        Change::NoBackupsAt(paths.chain([saved.to_path_buf()]).collect())
    }

    /// Whether the file is a backup.
    pub const fn is_a_backup(&self) -> bool {
        !self.backups.is_empty()
    }

    /// Tells the window of the doctors whose backups those were.
    pub async fn tell(&self, session: &Session) {
        let here = |backup: &&KnownBackup| backup.service == session.service;
        for backup in self.backups.iter().filter(here) {
            session.tell_doctor(&backup.doctor).await;
        }
    }
}

/// Finds out what is replaced where the person agreed to that. `as_it_is`: by what may be no
/// backup, which never takes the place of one.
///
/// # Errors
/// [`FailureKind::ReplacesBackup`] where the file is a backup, and that was not agreed to or the
/// service has no such recording any more; why the service could not be asked for that.
pub async fn agreed(
    session: &Arc<Session>,
    doctor: &DoctorName,
    destination: &Destination,
    as_it_is: bool,
    ticket: &JobTicket,
) -> Result<Agreed, Failure> {
    if !destination.replace {
        return Ok(Agreed::default());
    }
    let (file, backups) = found(session, &destination.path).await?;
    let Some(newest) = backups.first().filter(|_| file.is_some()) else {
        let backups = Vec::new();
        return Ok(Agreed { file, backups });
    };
    let only_copy = if newest.service != session.service {
        // That service can't be asked from here.
        true
    } else if newest.doctor == *doctor {
        false
    } else {
        check(session, &newest.doctor, &ticket.cancel)
            .await?
            .is_none()
    };
    if only_copy || as_it_is || !destination.even_a_backup {
        let kind = FailureKind::ReplacesBackup {
            path: destination.path.clone(),
            doctor: newest.doctor.clone(),
            made: newest.verified_at,
            only_copy,
        };
        return Err(Failure::new(kind, Timestamp::now(), "a backup is there"));
    }
    Ok(Agreed { file, backups })
}

/// The file at `path`, and the backups that it is, the newest first.
async fn found(
    session: &Session,
    path: &Path,
) -> Result<(Option<FileSeen>, Vec<KnownBackup>), Failure> {
    let backups = session.context.store.backups().await;
    let backups = backups.map_err(|error| store_failure(&error))?;
    let path = path.to_path_buf();
    let looking = tokio::task::spawn_blocking(move || {
        let file = FileSeen::at(&path);
        let backups = backups.into_iter();
        let there = backups.filter(|backup| is_the_same_file(&backup.path, &path));
        (file, there.collect())
    });
    looking
        .await
        .map_err(|error| Failure::new(FailureKind::Internal, Timestamp::now(), error.to_string()))
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

/// Whether both names lead to one file: links and, where the volume is so, case aside.
fn is_the_same_file(one: &Path, other: &Path) -> bool {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
    };
    let real = |path: &Path| -> Option<PathBuf> { path.canonicalize().ok() };
    one == other
        || (name(one) == name(other) && real(one).is_some_and(|one| Some(one) == real(other)))
}
