use std::path::PathBuf;

use crate::domain::{
    AccountKey, ActFilter, Approval, DeletionReason, DoctorName, Failure, OperationId, RuleChange,
    Secret, SignInWith,
};
use crate::engine::{JobId, SavedFile};
use crate::settings::{ThemeChoice, WindowPlace};
use crate::state::{ConfirmedChoice, DestinationRequest, Mode, Screen};

/// What a person did, or a dialog answered.
#[derive(Debug)]
pub enum Action {
    /// Sign in with a pasted token, or a name and a password.
    SignIn {
        /// The address as typed.
        address: String,
        /// The token, or the name and the password.
        with: SignInWith,
        /// "Stay signed in on this computer".
        stay: bool,
    },
    /// "Lock".
    Lock,
    /// "Unlock", with the password.
    Unlock(Secret),
    /// How long nobody has to touch the window before it locks, in minutes, was chosen.
    SetLockAfter(Option<u16>),
    /// "Cancel" while somebody signs in.
    StopSigningIn,
    /// "Sign in again", before that is needed.
    AskToSignIn,
    /// "Begin anyway" in the question whether somebody signs in first.
    BeginAnyway,
    /// "Practise with samples", or back from it.
    Switch(Mode),
    /// "Sign out".
    SignOut,
    /// "Sign out" in the question that jobs made necessary.
    ConfirmSignOut,
    /// Another screen.
    Show(Screen),
    /// "Check".
    Check(DoctorName),
    /// "Check all".
    CheckAll,
    /// "Download…".
    Download(DoctorName),
    /// The save dialog's answer; `None` where it was closed.
    SaveChosen {
        /// What was asked.
        request: DestinationRequest,
        /// The place, and whether a file was there.
        chosen: Option<(PathBuf, bool)>,
    },
    /// "Compare by downloading again".
    Compare(DoctorName),
    /// "Delete…".
    AskDelete(DoctorName),
    /// "Try again" in that question.
    SurveyAgain,
    /// One of the deleting buttons of that question.
    ConfirmDelete {
        /// Which.
        choice: ConfirmedChoice,
        /// The reason, if one was given.
        reason: Option<DeletionReason>,
        /// What the rules ask for.
        approval: Approval,
    },
    /// "Replace it" in the question whether a backup is to be replaced.
    ReplaceBackup,
    /// "Another place…" in that question.
    AnotherPlace,
    /// "Keep it as it is…" in that question.
    KeepAsItIs,
    /// "Keep it as it is…" at what this download had set aside.
    KeepSetAside(OperationId),
    /// Go on with a download of which a part is kept; with all of them, without one.
    GoOn(Option<OperationId>),
    /// Remove what is kept of a download.
    DiscardPart(OperationId),
    /// "Discard…" there.
    AskDiscard(OperationId),
    /// "Discard" in that question.
    Discard,
    /// "Switch account…".
    AskWho,
    /// An account was picked to go on with, or "Someone else…".
    SwitchAccount(Option<AccountKey>),
    /// "Stop and switch".
    ConfirmSwitch,
    /// "Delete all recordings…".
    AskDeleteAll,
    /// "Check and back up first…" in that question.
    CheckAndBackUpFirst,
    /// The folder dialog's answer.
    FolderChosen(Option<PathBuf>),
    /// "Delete all doctors' recordings".
    ConfirmDeleteAll {
        /// What was typed.
        phrase: String,
        /// The reason, if one was given.
        reason: Option<DeletionReason>,
        /// What the rules ask for.
        approval: Approval,
    },
    /// "Cancel" of a download, "Stop" of a delete.
    Cancel(JobId),
    /// "Pause" of a download.
    Pause(JobId),
    /// All input was taken in, and no Stop of this delete was in it.
    NoStop(JobId),
    /// "Try again" at a download that failed.
    TryAgain(DoctorName),
    /// "Try now" of what waits for its next try.
    TryNow(JobId),
    /// "Look again" at a result.
    LookAgain(u64),
    /// "Wrong doctor?" at a result.
    WrongDoctor(u64),
    /// "Show in folder".
    ShowInFolder(PathBuf),
    /// "Details".
    ShowDetails {
        /// The doctor it was about.
        doctor: Option<DoctorName>,
        /// The failure.
        failure: Failure,
    },
    /// "Details" of a saved recording.
    ShowProof {
        /// Whose it is.
        doctor: DoctorName,
        /// What was saved.
        file: Box<SavedFile>,
    },
    /// Text was put on the clipboard.
    Copied,
    /// A result is read.
    Dismiss(u64),
    /// These results are read, all that were counted in one line.
    DismissAll(Vec<u64>),
    /// The folded results are to be seen, or no longer.
    Unfold(bool),
    /// A toast is read.
    DismissToast(u64),
    /// "Forget this name".
    Forget(DoctorName),
    /// Escape, "Cancel" or "Close" of the top modal.
    CloseModal,
    /// "Check record".
    CheckRecord,
    /// "I have seen this" at what is wrong with the record.
    RecordSeen,
    /// More of the audit record.
    LoadMoreActivity,
    /// Other acts of it are wanted.
    FilterActivity(Box<ActFilter>),
    /// The act of this number is to be seen whole.
    ShowAct(u64),
    /// What this computer asks of a delete is to change.
    ChangeRule(RuleChange),
    /// "Change" in the question whether it is to ask for less.
    LoosenRules(Secret),
    /// The theme was chosen.
    SetTheme(ThemeChoice),
    /// The text size was chosen, in per cent.
    SetTextSize(u16),
    /// Whether to be told of newer versions was chosen.
    SetTellsOfNewerVersion(bool),
    /// The address in the settings was changed.
    SetAddress(String),
    /// The window's place is to be kept, as it closes.
    KeepWindowPlace(WindowPlace),
    /// The window is asked to close.
    Close,
    /// "Close anyway".
    ConfirmClose,
}

impl Action {
    /// Whether it can come while the window is locked: to unlock it, to leave, or to stop something.
    pub(super) const fn is_for_a_lock(&self) -> bool {
        matches!(
            self,
            Self::Unlock(_)
                | Self::SignOut
                | Self::ConfirmSignOut
                | Self::Cancel(_)
                | Self::NoStop(_)
                | Self::CloseModal
                | Self::KeepWindowPlace(_)
                | Self::Close
                | Self::ConfirmClose
        )
    }

    /// Whether it can come while somebody is asked to sign in again: from that question, from a dialog,
    /// from the window itself, or to stop something.
    pub(super) const fn is_for_signing_in_again(&self) -> bool {
        matches!(
            self,
            Self::SignIn { .. }
                | Self::SignOut
                | Self::Lock
                | Self::StopSigningIn
                | Self::BeginAnyway
                | Self::CloseModal
                | Self::SaveChosen { .. }
                | Self::FolderChosen(_)
                | Self::Cancel(_)
                | Self::Pause(_)
                | Self::NoStop(_)
                | Self::ShowDetails { .. }
                | Self::DismissToast(_)
                | Self::KeepWindowPlace(_)
                | Self::Close
        )
    }

    /// Whether it can come while a modal is open: from the modal, from a dialog, from the window
    /// itself, or to stop something.
    ///
    /// The dimmed backdrop keeps the mouse and the keyboard from what lies behind it; a screen
    /// reader presses there all the same.
    pub(super) const fn is_for_a_modal(&self) -> bool {
        matches!(
            self,
            Self::ConfirmSignOut
                | Self::SaveChosen { .. }
                | Self::SurveyAgain
                | Self::ConfirmDelete { .. }
                | Self::KeepAsItIs
                | Self::ReplaceBackup
                | Self::Discard
                | Self::Lock
                | Self::LoosenRules(_)
                | Self::AnotherPlace
                | Self::Compare(_)
                | Self::CheckAndBackUpFirst
                | Self::FolderChosen(_)
                | Self::ConfirmDeleteAll { .. }
                | Self::Cancel(_)
                | Self::Pause(_)
                | Self::NoStop(_)
                | Self::ShowInFolder(_)
                | Self::ShowDetails { .. }
                | Self::ShowProof { .. }
                | Self::Copied
                | Self::SwitchAccount(_)
                | Self::ConfirmSwitch
                | Self::DismissToast(_)
                | Self::Forget(_)
                | Self::CloseModal
                | Self::KeepWindowPlace(_)
                | Self::Close
                | Self::ConfirmClose
        )
    }
}
