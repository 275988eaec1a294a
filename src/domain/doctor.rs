use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Backup, BackupComparison, BackupHealth, CopyComparison, DeletionOutcome, DoctorName,
    ServerCopy, Unfit,
};

/// A doctor whose name was used on this computer, with what is known and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDoctor {
    /// The name.
    pub name: DoctorName,
    /// What the last look at the server found that got an answer.
    pub server: ServerKnowledge,
    /// When the last look got no answer that can be relied on; `None` where it got one.
    pub no_answer_at: Option<Timestamp>,
    /// The newest backup.
    pub backup: Option<Backup>,
    /// What was found where that backup should be, when last looked.
    pub backup_health: BackupHealth,
    /// The last deletion that was sent for this name.
    pub last_deletion: Option<LastDeletion>,
}

/// What the last look at the server found that got an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerKnowledge {
    /// Nobody has asked.
    NeverChecked,
    /// A recording.
    Has {
        /// What the headers said of it.
        copy: ServerCopy,
        /// When.
        checked_at: Timestamp,
    },
    /// 404: nothing under exactly this name.
    Nothing {
        /// When.
        checked_at: Timestamp,
    },
}

/// A deletion that was sent, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDeletion {
    /// When its outcome was recorded.
    pub at: Timestamp,
    /// What was seen.
    pub outcome: DeletionOutcome,
}

/// The one word on a doctor's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoctorState {
    /// Nobody has asked, or nothing else can be said.
    NotChecked,
    /// The last look got no answer.
    CouldNotCheck,
    /// 404.
    NothingThere,
    /// A recording, and no backup of it.
    NotBackedUp,
    /// What is there can be no backup, and no backup is known to be of it.
    Unfit(Unfit),
    /// A backup of the very copy that the server shows.
    BackedUp,
    /// A backup, and nothing to compare it by.
    BackedUpCannotCompare,
    /// The server shows another copy than the one backed up.
    ChangedSinceBackup,
    /// The backup's file is gone.
    BackupMissing,
    /// The backup's file is another one.
    BackupAltered,
    /// Deleted, and 404 seen after it.
    DeletedNothingThere,
    /// A delete was sent, and what it did is not known.
    DeleteNotConfirmed,
}

/// How the known doctors stand, for a question about all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoctorTally {
    /// Doctors with a recording on the server when last looked.
    pub with_recordings: usize,
    /// Doctors with nothing there when last looked.
    pub without: usize,
    /// Doctors of whom neither is known.
    pub not_checked: Vec<DoctorName>,
    /// Doctors whose recording is backed up and the same.
    pub backed_up: usize,
    /// Doctors whose backup can't be compared.
    pub cannot_compare: usize,
    /// Of those, doctors whose backup was made before the question.
    pub uncompared: usize,
    /// Doctors with a recording and no good backup of it.
    pub not_backed_up: Vec<DoctorName>,
}

impl ServerKnowledge {
    /// When the server answered.
    #[must_use]
    pub const fn checked_at(&self) -> Option<Timestamp> {
        match self {
            Self::NeverChecked => None,
            Self::Has { checked_at: at, .. } | Self::Nothing { checked_at: at } => Some(*at),
        }
    }

    /// The copy that the server had when last looked.
    #[must_use]
    pub const fn copy(&self) -> Option<&ServerCopy> {
        match self {
            Self::Has { copy, .. } => Some(copy),
            _ => None,
        }
    }
}

impl KnownDoctor {
    /// A name of which nothing is known.
    #[must_use]
    pub const fn new(name: DoctorName) -> Self {
        Self {
            name,
            server: ServerKnowledge::NeverChecked,
            no_answer_at: None,
            backup: None,
            backup_health: BackupHealth::There,
            last_deletion: None,
        }
    }

    /// How long what the server had is taken for what it has.
    pub const FRESH_FOR: SignedDuration = SignedDuration::from_hours(24);

    /// When the server was last asked, with or without an answer.
    #[must_use]
    pub fn asked_at(&self) -> Option<Timestamp> {
        self.no_answer_at.or(self.server.checked_at())
    }

    /// Whether what is known of the server counts at `now`: the last look got an answer, a day ago
    /// at most. One from a time that is still to come is of a clock that was set since.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.no_answer_at.is_none()
            && self.server.checked_at().is_some_and(|checked| {
                let age = now.duration_since(checked);
                !age.is_negative() && age < Self::FRESH_FOR
            })
    }

    /// Whether the last look got an answer that counts at `now`, and was no earlier than `since`.
    #[must_use]
    pub fn was_seen_since(&self, since: Timestamp, now: Timestamp) -> bool {
        /// What is looked at while something is shown is newer than the time that is shown.
        const AHEAD: SignedDuration = SignedDuration::from_mins(2);
        let checked = self.server.checked_at();
        checked.is_some_and(|checked| checked >= since && checked <= now + AHEAD)
            && self.is_fresh(now.max(checked.unwrap_or(now)))
    }

    /// The backup of the very copy that the server was last seen to have, or of what may be it.
    #[must_use]
    pub fn backup_of_that_copy(&self) -> Option<&Backup> {
        let copy = self.server.copy()?;
        self.backup.as_ref().filter(|backup| backup.may_be_of(copy))
    }

    /// How the backup stands to `copy`, a copy that the server shows.
    #[must_use]
    pub fn compare_backup(&self, copy: &ServerCopy) -> BackupComparison {
        let Some(backup) = self.backup.clone() else {
            return BackupComparison::None;
        };
        match (self.backup_health, backup.compare(copy)) {
            (BackupHealth::Missing, _) => BackupComparison::Missing(backup),
            (BackupHealth::Altered, _) => BackupComparison::Altered(backup),
            (BackupHealth::There, CopyComparison::Same) => BackupComparison::Same(backup),
            (BackupHealth::There, CopyComparison::Changed) => BackupComparison::Changed(backup),
            (BackupHealth::There, CopyComparison::CannotCompare) => {
                BackupComparison::CannotCompare(backup)
            }
        }
    }

    /// The one word for this doctor.
    #[must_use]
    pub fn state(&self) -> DoctorState {
        let deletion = self.last_deletion.map(|deletion| deletion.outcome);
        match &self.server {
            _ if deletion == Some(DeletionOutcome::NotKnown) => DoctorState::DeleteNotConfirmed,
            _ if self.no_answer_at.is_some() => DoctorState::CouldNotCheck,
            ServerKnowledge::NeverChecked => DoctorState::NotChecked,
            ServerKnowledge::Nothing { .. } if deletion == Some(DeletionOutcome::Gone) => {
                DoctorState::DeletedNothingThere
            }
            ServerKnowledge::Nothing { .. } => DoctorState::NothingThere,
            ServerKnowledge::Has { copy, .. } => match (self.compare_backup(copy), copy.unfit) {
                (BackupComparison::Same(_), _) => DoctorState::BackedUp,
                (_, Some(unfit)) => DoctorState::Unfit(unfit),
                (BackupComparison::None, _) => DoctorState::NotBackedUp,
                (BackupComparison::CannotCompare(_), _) => DoctorState::BackedUpCannotCompare,
                (BackupComparison::Changed(_), _) => DoctorState::ChangedSinceBackup,
                (BackupComparison::Missing(_), _) => DoctorState::BackupMissing,
                (BackupComparison::Altered(_), _) => DoctorState::BackupAltered,
            },
        }
    }
}

impl DoctorTally {
    /// Counts `doctors` by what a look since `looked_since` found of them; a backup made since
    /// `fetched_since` is one that nothing more can be done for.
    #[must_use]
    pub fn of<'a>(
        doctors: impl IntoIterator<Item = &'a KnownDoctor>,
        looked_since: Timestamp,
        fetched_since: Timestamp,
        now: Timestamp,
    ) -> Self {
        let mut tally = Self::default();
        for doctor in doctors {
            match &doctor.server {
                _ if !doctor.was_seen_since(looked_since, now) => {
                    tally.not_checked.push(doctor.name.clone());
                }
                ServerKnowledge::Nothing { .. } => tally.without += 1,
                ServerKnowledge::Has { copy, .. } => {
                    tally.with_recordings += 1;
                    match doctor.compare_backup(copy) {
                        BackupComparison::Same(_) => tally.backed_up += 1,
                        BackupComparison::CannotCompare(backup) if copy.unfit.is_none() => {
                            tally.cannot_compare += 1;
                            tally.uncompared += usize::from(backup.verified_at < fetched_since);
                        }
                        _ => tally.not_backed_up.push(doctor.name.clone()),
                    }
                }
                ServerKnowledge::NeverChecked => tally.not_checked.push(doctor.name.clone()),
            }
        }
        tally
    }

    /// How many doctors were counted.
    #[must_use]
    pub fn total(&self) -> usize {
        self.with_recordings + self.without + self.not_checked.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AudioFormat, BackupProof, Sha256Digest};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn doctor(server: ServerKnowledge) -> KnownDoctor {
        KnownDoctor {
            server,
            ..KnownDoctor::new(DoctorName::parse("Dr. A").unwrap())
        }
    }

    fn has(length: u64, hours_ago: i64) -> ServerKnowledge {
        ServerKnowledge::Has {
            copy: copy(length),
            checked_at: NOW - SignedDuration::from_hours(hours_ago),
        }
    }

    fn copy(length: u64) -> ServerCopy {
        ServerCopy {
            format: Some(AudioFormat::Wav),
            length: Some(length),
            ..ServerCopy::default()
        }
    }

    fn backup_of(made_from: ServerCopy) -> Backup {
        Backup {
            path: "/a.wav".into(),
            size: made_from.length.unwrap_or_default(),
            sha256: Sha256Digest::of(b""),
            format: AudioFormat::Wav,
            milliseconds: Some(42_000),
            audio: None,
            verified_at: NOW,
            seen: None,
            flushed: true,
            proof: BackupProof::Length,
            made_from,
        }
    }

    #[test]
    fn only_what_was_seen_since_the_question_counts_as_checked() {
        let nothing = |hours_ago| ServerKnowledge::Nothing {
            checked_at: NOW - SignedDuration::from_hours(hours_ago),
        };
        let silent = KnownDoctor {
            no_answer_at: Some(NOW),
            ..doctor(has(5, 1))
        };
        let doctors = [
            doctor(has(5, 2)),
            doctor(nothing(2)),
            doctor(has(5, 3)),
            doctor(nothing(3)),
            doctor(ServerKnowledge::NeverChecked),
            silent,
            // Of a clock that was set back since.
            doctor(has(5, -1)),
        ];
        let since = NOW - SignedDuration::from_hours(2);
        let tally = DoctorTally::of(&doctors, since, since, NOW);
        assert_eq!((tally.with_recordings, tally.without), (1, 1));
        assert_eq!(tally.not_checked.len(), 5);
        assert_eq!(tally.not_backed_up.len(), 1);
        assert_eq!(tally.total(), doctors.len());
        // A question that stands over the weekend.
        let later = NOW + SignedDuration::from_hours(48);
        let tally = DoctorTally::of(&doctors, since, since, later);
        assert_eq!(tally.not_checked.len(), doctors.len());
    }

    #[test]
    fn a_backup_that_can_t_be_compared_is_one_to_do_again_until_it_was_made_since_the_question() {
        let known = KnownDoctor {
            backup: Some(backup_of(copy(5))),
            ..doctor(has(5, 0))
        };
        let later = NOW + SignedDuration::from_secs(1);
        for (fetched_since, uncompared) in [(NOW, 0), (later, 1)] {
            let tally = DoctorTally::of([&known], NOW, fetched_since, NOW);
            assert_eq!((tally.cannot_compare, tally.uncompared), (1, uncompared));
        }
    }

    #[test]
    fn what_is_older_than_a_day_or_got_no_answer_is_not_fresh() {
        let silent = KnownDoctor {
            no_answer_at: Some(NOW),
            ..doctor(has(5, 1))
        };
        for (known, is_fresh) in [
            (doctor(has(5, 23)), true),
            (doctor(has(5, 24)), false),
            // Of a clock that was set back since.
            (doctor(has(5, -1)), false),
            (doctor(ServerKnowledge::NeverChecked), false),
            (silent, false),
        ] {
            assert_eq!(known.is_fresh(NOW), is_fresh, "{known:?}");
        }
    }

    #[test]
    fn a_backup_of_another_copy_says_nothing_of_this_one() {
        let mut known = doctor(has(5, 1));
        known.backup = Some(backup_of(copy(5)));
        assert!(known.backup_of_that_copy().is_some());
        known.backup = Some(backup_of(copy(6)));
        assert_eq!(known.backup_of_that_copy(), None);
        known.server = ServerKnowledge::NeverChecked;
        assert_eq!(known.backup_of_that_copy(), None);
    }
}
