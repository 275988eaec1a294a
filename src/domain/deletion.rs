use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Backup, DoctorName, DoctorTally, Failure, ServerCopy};

/// What a deletion is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionScope {
    /// Every file under one name.
    Doctor(DoctorName),
    /// Every file of every doctor.
    Everything,
}

/// The facts that a confirmation shows, found by a fresh look at the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionSurvey {
    /// The doctor.
    pub doctor: DoctorName,
    /// What the server has: a copy, nothing, or no answer.
    pub server: Result<Option<ServerCopy>, Failure>,
    /// When the server was asked.
    pub checked_at: Timestamp,
    /// How the backup stands to that copy.
    pub backup: BackupComparison,
}

/// How a backup stands to the copy that the server shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupComparison {
    /// There is no backup.
    None,
    /// The same strong validator or digest.
    Same(Backup),
    /// Nothing to compare by.
    CannotCompare(Backup),
    /// The server has another copy now.
    Changed(Backup),
    /// The backup's file is gone.
    Missing(Backup),
    /// The backup's file is another one.
    Altered(Backup),
}

/// Why something is deleted, in the person's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionReason {
    /// Transcribed and filed.
    Transcribed,
    /// The doctor asked for it.
    DoctorsRequest,
    /// Recorded by mistake.
    RecordedByMistake,
    /// In the person's own words.
    Other(String),
}

/// Which button was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionChoice {
    /// Delete on the strength of the backup that is there (the same, or one that can't be
    /// compared).
    KeepingBackup,
    /// Delete although there is no backup of this copy.
    WithoutBackup,
    /// Download to this place first, check, read back, then delete.
    BackUpFirst {
        /// Where the backup goes.
        destination: PathBuf,
        /// Whether the person agreed to replace a file that was there.
        replace: bool,
    },
}

/// What the person confirmed: these facts, this button, this reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// One doctor.
    Doctor {
        /// The facts as they were shown.
        survey: Box<DeletionSurvey>,
        /// The button.
        choice: DeletionChoice,
        /// The reason, if one was given.
        reason: Option<DeletionReason>,
    },
    /// All doctors.
    Everything {
        /// The figures as they were shown.
        tally: DoctorTally,
        /// What was typed.
        phrase: String,
        /// When the question was shown.
        shown_at: Timestamp,
        /// The reason, if one was given.
        reason: Option<DeletionReason>,
    },
}

/// A deletion that may be carried out: it exists only where a person confirmed facts that
/// allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionPlan {
    confirmation: Confirmation,
}

/// Why a confirmation makes no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The server showed nothing to delete, or did not answer.
    #[error("nothing is known to be there")]
    NothingToDelete,
    /// The button does not belong to the facts.
    #[error("the choice does not fit what is known")]
    ChoiceDoesNotFit,
    /// The facts were shown too long ago.
    #[error("the facts are too old")]
    TooOld,
    /// The phrase is not [`DeletionPlan::PHRASE`].
    #[error("the phrase was not typed")]
    PhraseMissing,
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionOutcome {
    /// The service answered 404 afterwards.
    Gone,
    /// The service still shows a recording.
    StillThere,
    /// Neither is known.
    NotKnown,
    /// Stopped by the person before anything was sent.
    Stopped,
    /// Not sent, for a reason that is said beside it: nothing was deleted.
    NotSent,
}

impl DeletionPlan {
    /// What is typed to delete everything.
    pub const PHRASE: &'static str = "DELETE ALL";

    /// How long shown facts may be acted on.
    pub const LONGEST_SHOWN: SignedDuration = SignedDuration::from_mins(10);

    /// Makes a plan of a confirmation.
    ///
    /// # Errors
    /// [`PlanError`] where the facts do not allow what was chosen.
    pub fn new(confirmation: Confirmation, now: Timestamp) -> Result<Self, PlanError> {
        let shown_at = match &confirmation {
            Confirmation::Doctor { survey, choice, .. } => {
                if !matches!(survey.server, Ok(Some(_))) {
                    return Err(PlanError::NothingToDelete);
                }
                if !survey.allows(choice) {
                    return Err(PlanError::ChoiceDoesNotFit);
                }
                survey.checked_at
            }
            Confirmation::Everything {
                phrase, shown_at, ..
            } => {
                if phrase.trim() != Self::PHRASE {
                    return Err(PlanError::PhraseMissing);
                }
                *shown_at
            }
        };
        // A clock that was set back makes the age negative: as good as unknown.
        let age = now.duration_since(shown_at);
        if age.is_negative() || age > Self::LONGEST_SHOWN {
            return Err(PlanError::TooOld);
        }
        Ok(Self { confirmation })
    }

    /// What was confirmed.
    #[must_use]
    pub const fn confirmation(&self) -> &Confirmation {
        &self.confirmation
    }

    /// What it is about.
    #[must_use]
    pub fn scope(&self) -> DeletionScope {
        match &self.confirmation {
            Confirmation::Doctor { survey, .. } => DeletionScope::Doctor(survey.doctor.clone()),
            Confirmation::Everything { .. } => DeletionScope::Everything,
        }
    }

    /// The reason, if one was given.
    #[must_use]
    pub const fn reason(&self) -> Option<&DeletionReason> {
        match &self.confirmation {
            Confirmation::Doctor { reason, .. } | Confirmation::Everything { reason, .. } => {
                reason.as_ref()
            }
        }
    }
}

impl DeletionSurvey {
    /// Whether `choice` is one that a person may make of these facts.
    #[must_use]
    pub const fn allows(&self, choice: &DeletionChoice) -> bool {
        let unfit = matches!(&self.server, Ok(Some(copy)) if copy.unfit.is_some());
        match choice {
            DeletionChoice::BackUpFirst { .. } => true,
            DeletionChoice::KeepingBackup => match self.backup {
                BackupComparison::Same(_) => true,
                BackupComparison::CannotCompare(_) => !unfit,
                _ => false,
            },
            DeletionChoice::WithoutBackup => match self.backup {
                BackupComparison::Same(_) => false,
                BackupComparison::CannotCompare(_) => unfit,
                _ => true,
            },
        }
    }
}

impl BackupComparison {
    /// The backup, in whatever state.
    #[must_use]
    pub const fn backup(&self) -> Option<&Backup> {
        match self {
            Self::None => None,
            Self::Same(backup)
            | Self::CannotCompare(backup)
            | Self::Changed(backup)
            | Self::Missing(backup)
            | Self::Altered(backup) => Some(backup),
        }
    }
}

impl DeletionReason {
    /// The reason as the record keeps it.
    #[must_use]
    pub fn record_text(&self) -> &str {
        match self {
            Self::Transcribed => "transcribed and filed",
            Self::DoctorsRequest => "doctor's request",
            Self::RecordedByMistake => "recorded by mistake",
            Self::Other(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(server: Option<ServerCopy>, backup: BackupComparison) -> DeletionSurvey {
        DeletionSurvey {
            doctor: DoctorName::parse("Dr. A").unwrap(),
            server: Ok(server),
            checked_at: Timestamp::UNIX_EPOCH,
            backup,
        }
    }

    fn plan(survey: DeletionSurvey, choice: DeletionChoice, age: i64) -> Result<(), PlanError> {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(age);
        DeletionPlan::new(
            Confirmation::Doctor {
                survey: Box::new(survey),
                choice,
                reason: None,
            },
            now,
        )
        .map(drop)
    }

    #[test]
    fn a_plan_needs_a_recording_that_was_seen_a_moment_ago() {
        let there = || survey(Some(ServerCopy::default()), BackupComparison::None);
        assert_eq!(plan(there(), DeletionChoice::WithoutBackup, 5), Ok(()));
        assert_eq!(
            plan(there(), DeletionChoice::WithoutBackup, 601),
            Err(PlanError::TooOld)
        );
        assert_eq!(
            plan(there(), DeletionChoice::WithoutBackup, -1),
            Err(PlanError::TooOld)
        );
        assert_eq!(
            plan(
                survey(None, BackupComparison::None),
                DeletionChoice::WithoutBackup,
                5
            ),
            Err(PlanError::NothingToDelete)
        );
    }

    #[test]
    fn keeping_a_backup_needs_a_backup() {
        let there = survey(Some(ServerCopy::default()), BackupComparison::None);
        assert_eq!(
            plan(there, DeletionChoice::KeepingBackup, 5),
            Err(PlanError::ChoiceDoesNotFit)
        );
    }

    #[test]
    fn deleting_everything_needs_the_phrase() {
        let confirm = |phrase: &str| {
            DeletionPlan::new(
                Confirmation::Everything {
                    tally: DoctorTally::default(),
                    phrase: phrase.into(),
                    shown_at: Timestamp::UNIX_EPOCH,
                    reason: None,
                },
                Timestamp::UNIX_EPOCH,
            )
            .map(drop)
        };
        assert_eq!(confirm("DELETE AL"), Err(PlanError::PhraseMissing));
        assert_eq!(confirm("delete all"), Err(PlanError::PhraseMissing));
        assert_eq!(confirm("DELETE ALL"), Ok(()));
    }
}
