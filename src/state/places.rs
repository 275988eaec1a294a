use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::{BackupComparison, DoctorName, KnownDoctor, Place};
use crate::engine::{Command, JobEnding, JobKind, JobProgress, Unfinished};
use crate::state::{Job, ResultKind, ShownResult, SideEffect, State};

/// How many folders of backups are looked at for a delete of everything.
const MOST_LOOKED_AT: usize = 16;

/// What is known of the folders that recordings go to and lie in.
#[derive(Debug, Default)]
pub(super) struct Places {
    seen: BTreeMap<PathBuf, Place>,
    /// Where the running job of a doctor, or of many, saves to.
    going_to: BTreeMap<Option<DoctorName>, PathBuf>,
}

impl State {
    /// What is known of the folder that a file is in, or goes to.
    #[must_use]
    pub fn place_of(&self, file: &Path) -> Option<&Place> {
        self.places.seen.get(file.parent()?)
    }

    /// What is known of the folder that a running job saves to, while it does.
    #[must_use]
    pub fn place_of_job(&self, job: &Job) -> Option<&Place> {
        let saves = match (&job.kind, &job.progress) {
            (JobKind::Delete(_), progress) => matches!(
                progress,
                JobProgress::Downloading { .. }
                    | JobProgress::WaitingToTryAgain { .. }
                    | JobProgress::WaitingForFile { .. }
                    | JobProgress::ReadingBack
            ),
            (kind, _) => matches!(kind, JobKind::Download(_) | JobKind::CheckAndBackUp),
        };
        let folder = self.places.going_to.get(&subject(&job.kind))?;
        self.places.seen.get(folder).filter(|_| saves)
    }

    /// What is known of the folder of the file that a result tells of.
    #[must_use]
    pub fn place_of_result(&self, result: &ShownResult) -> Option<&Place> {
        self.place_of(file_of(&result.ending)?)
    }

    /// How many doctors have a good backup in a folder that is known to lose files.
    #[must_use]
    pub fn backups_that_may_be_lost(&self) -> usize {
        good_backups(&self.doctors, self.now)
            .filter(|path| self.place_of(path).is_some_and(Place::may_lose_files))
            .count()
    }

    /// Remembers where a doctor's recording, or those of many, will be saved, and has the folder
    /// looked at.
    pub(super) fn goes_to(&mut self, doctor: Option<DoctorName>, folder: &Path) -> SideEffect {
        self.places.going_to.insert(doctor, folder.to_owned());
        look_at(folder)
    }

    /// Has the folder of a backup looked at that a delete would rest on.
    pub(super) fn look_at_backup(backup: &BackupComparison) -> Vec<SideEffect> {
        let rests_on = backup.backup().filter(|_| {
            matches!(
                backup,
                BackupComparison::Same(_) | BackupComparison::CannotCompare(_)
            )
        });
        let folder = rests_on.and_then(|backup| backup.path.parent());
        folder.map(look_at).into_iter().collect()
    }

    /// Has the folders of all good backups looked at.
    pub(super) fn look_at_all_backups(&self) -> Vec<SideEffect> {
        let folders: BTreeSet<&Path> = good_backups(&self.doctors, self.now)
            .filter_map(Path::parent)
            .collect();
        folders
            .into_iter()
            .take(MOST_LOOKED_AT)
            .map(look_at)
            .collect()
    }

    pub(super) fn place_seen(&mut self, folder: PathBuf, place: Option<Place>) {
        match place {
            Some(place) => self.places.seen.insert(folder, place),
            // What was seen before may no longer be so.
            None => self.places.seen.remove(&folder),
        };
    }

    pub(super) fn job_saves_no_more(&mut self, kind: &JobKind) {
        // One that only looks saved nothing, while another may go on saving.
        let saved = matches!(
            kind,
            JobKind::Download(_) | JobKind::Delete(_) | JobKind::CheckAndBackUp
        );
        if saved {
            self.places.going_to.remove(&subject(kind));
        }
    }
}

fn subject(kind: &JobKind) -> Option<DoctorName> {
    match kind {
        JobKind::Download(doctor) | JobKind::Delete(doctor) => Some(doctor.clone()),
        JobKind::DeleteAll
        | JobKind::CheckAll
        | JobKind::SurveyAll
        | JobKind::CheckAndBackUp
        | JobKind::Compare(_) => None,
    }
}

fn good_backups(doctors: &[KnownDoctor], now: Timestamp) -> impl Iterator<Item = &Path> {
    doctors.iter().filter_map(move |doctor| {
        let is_good = doctor.is_fresh(now)
            && matches!(
                doctor.compare_backup(doctor.server.copy()?),
                BackupComparison::Same(_) | BackupComparison::CannotCompare(_)
            );
        let backup = doctor.backup.as_ref().filter(|_| is_good)?;
        Some(backup.path.as_path())
    })
}

fn look_at(folder: &Path) -> SideEffect {
    SideEffect::Engine(Command::LookAtPlace(folder.to_owned()))
}

/// The file that a result tells of.
fn file_of(ending: &ResultKind) -> Option<&Path> {
    match ending {
        ResultKind::Ended(JobEnding::Download {
            result: Ok(file), ..
        })
        | ResultKind::FromEarlier(Unfinished::Saved { file, .. }) => Some(&file.path),
        ResultKind::Ended(JobEnding::Delete { backup, .. }) => backup.as_deref(),
        ResultKind::Elsewhere { ending, .. } => file_of(ending),
        ResultKind::Ended(_)
        | ResultKind::FromEarlier(
            Unfinished::Download { .. }
            | Unfinished::Delete { .. }
            | Unfinished::NotLookedInto { .. }
            | Unfinished::NotSent { .. },
        ) => None,
    }
}
