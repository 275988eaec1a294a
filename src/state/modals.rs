//! What stands over the window, asks or tells, and alone takes input.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{
    Act, DeletionSurvey, DoctorName, Failure, KeptAccount, OperationId, RuleChange, SetAside,
};
use crate::engine::SavedFile;
use crate::state::{Attempt, Batch, SideEffect, SignInAgain, State};

/// A question, or something to read, over the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Modal {
    /// Delete one doctor's recordings?
    DeleteOne {
        /// The doctor.
        doctor: DoctorName,
        /// The facts, once the server answered.
        survey: Option<Box<DeletionSurvey>>,
    },
    /// Discard what was set aside?
    Discard(SetAside),
    /// Replace a file that is a backup?
    ReplaceBackup {
        /// Whose recording is to take its place.
        doctor: DoctorName,
        /// The file.
        path: PathBuf,
        /// Whose recording it is a backup of.
        whose: DoctorName,
        /// When it was checked.
        made: Timestamp,
        /// What the file is known by.
        seen: String,
    },
    /// Delete everything?
    DeleteAll {
        /// Only what was looked at since then counts as checked.
        looked_since: Timestamp,
        /// When it was asked first: backups were made for it since.
        asked_at: Timestamp,
        /// Since when its figures stand; `None` while the doctors are looked at.
        shown_at: Option<Timestamp>,
    },
    /// What support would ask for.
    Details {
        /// The doctor it was about.
        doctor: Option<DoctorName>,
        /// The failure.
        failure: Failure,
    },
    /// What was checked of a saved recording.
    Proof {
        /// Whose it is.
        doctor: DoctorName,
        /// What was saved.
        file: Box<SavedFile>,
    },
    /// An act of the audit record, with all that was recorded of it.
    Act(Box<Act>),
    /// After a delete: where the copy is, and what to send to support.
    WrongDoctor {
        /// The doctor.
        doctor: DoctorName,
        /// The act, as the audit record names it.
        operation: OperationId,
        /// When its outcome was recorded.
        at: Timestamp,
        /// The copy here, if there is one.
        backup: Option<PathBuf>,
    },
    /// The sign-in has ended, or ends soon; does who made it go on?
    SignInAgain(SignInAgain),
    /// Ask for less of a delete from now on? The password is asked for.
    LoosenRules {
        /// What.
        change: RuleChange,
        /// What came of the password.
        attempt: Attempt,
    },
    /// Close while jobs run?
    CloseWhileBusy,
    /// Sign out, although jobs run?
    SignOutWhileBusy,
    /// Who is at the desk?
    Accounts,
    /// Go on as this account, or have somebody else sign in, although jobs run?
    SwitchWhileBusy(Option<KeptAccount>),
}

impl Modal {
    /// Whether it asks whether to leave what runs.
    #[must_use]
    pub const fn leaves(&self) -> bool {
        matches!(self, Self::CloseWhileBusy | Self::SignOutWhileBusy)
    }
}

impl State {
    pub(super) fn open_modal(&mut self, modal: Modal) -> Vec<SideEffect> {
        self.modals.push(modal);
        Vec::new()
    }

    /// Closes the one on top.
    pub(super) fn close_modal(&mut self) -> Vec<SideEffect> {
        let mut effects = Vec::new();
        if matches!(self.modals.last(), Some(Modal::SignInAgain(asked)) if !asked.has_ended) {
            effects = self.stop_signing_in();
        }
        // What waits for a sign-in waits for one, or for a sign-out.
        let closes = |modal: &mut Modal| match modal {
            Modal::SignInAgain(asked) => !asked.has_ended,
            // What the password has begun by then can't be taken back.
            Modal::LoosenRules { attempt, .. } => !attempt.trying,
            _ => true,
        };
        effects.extend(match self.modals.pop_if(closes) {
            Some(question @ Modal::DeleteOne { .. }) => self.stop_approving(&question),
            Some(question @ Modal::DeleteAll { .. }) => {
                let mut effects = self.stop_approving(&question);
                effects.extend(self.stop_survey());
                effects
            }
            Some(Modal::SignInAgain(SignInAgain {
                batch: Some(Batch::CheckAndBackUp { .. }),
                ..
            })) => self.folder_chosen(None),
            _ => Vec::new(),
        });
        effects
    }
}
