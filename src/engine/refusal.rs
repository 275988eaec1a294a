//! What the window is told of a command that was not taken, so that nothing waits for ever.

use jiff::Timestamp;

use crate::domain::{BackupComparison, DeletionSurvey, DoctorName, Failure};
use crate::engine::deletion_rules::not_approved;
use crate::engine::{Command, Event};

impl Command {
    /// The event that ends the wait for what this command would have brought.
    pub fn refused(self, failure: Failure) -> Event {
        let failed = |doctor, failure| Event::Failed { doctor, failure };
        match self {
            Self::SignIn { .. } => Event::SignInFailed(failure),
            Self::PrepareDownload { doctor, .. } => Event::DownloadNotReady { doctor, failure },
            Self::Check(doctor) => Event::CheckEnded {
                doctor,
                failure: Some(failure),
            },
            Self::SurveyDeletion(doctor) => not_surveyed(doctor, failure),
            Self::LoadActivity(question) => Event::ActivityNotRead {
                question: question.number,
                failure,
            },
            Self::CheckRecord | Self::RecordSeen(_) => Event::RecordNotChecked(failure),
            Self::LookAgain { doctor, operation } => Event::NotLookedAgain {
                operation,
                doctor,
                failure,
            },
            Self::LookAtPlace(folder) => Event::PlaceSeen {
                folder,
                place: None,
            },
            Self::NoStop(id) => Event::LastCallOpen { id },
            Self::Cancel(id) | Self::Pause(id) => Event::NotCancelled { id, failure },
            Self::Download { doctor, .. }
            | Self::KeepSetAside { doctor, .. }
            | Self::GoOn { doctor, .. }
            | Self::Compare(doctor)
            | Self::Forget(doctor) => failed(Some(doctor), failure),
            Self::Delete { plan, .. } => not_approved(&plan, failure),
            Self::CheckPassword(_) => Event::PasswordChecked(Some(failure)),
            Self::ChangeRule(..) => Event::RulesNotChanged(failure),
            Self::SignOut
            | Self::SwitchAccount(_)
            | Self::LockAccounts
            | Self::StopSigningIn
            | Self::StopApproving
            | Self::TryNow(_)
            | Self::CheckAll(_)
            | Self::SurveyAll(_)
            | Self::CheckAndBackUp { .. }
            | Self::DiscardSetAside(_)
            | Self::DiscardPart(_)
            | Self::ShowInFolder(_)
            | Self::SaveSettings(_) => failed(None, failure),
        }
    }
}

/// The survey of a deletion that could not be made.
pub fn not_surveyed(doctor: DoctorName, failure: Failure) -> Event {
    Event::Surveyed(Box::new(DeletionSurvey {
        doctor,
        server: Err(failure),
        checked_at: Timestamp::now(),
        backup: BackupComparison::None,
    }))
}
