use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{
    AccountKey, ActFilter, Approval, DeletionPlan, DoctorName, OperationId, RecordCheck,
    RuleChange, Secret, ServiceOrigin, SignInWith,
};
use crate::settings::Settings;

/// What the window asks of the engine.
#[derive(Debug)]
pub enum Command {
    /// Try a token, or have one given for a name and a password, and keep it where the person wants it.
    SignIn {
        /// The service.
        origin: ServiceOrigin,
        /// The token, or the name and the password.
        with: SignInWith,
        /// Keep the token in the keychain.
        stay: bool,
    },
    /// Give up the sign-in that is under way.
    StopSigningIn,
    /// Go on as another account, by what the keychain keeps for it, or have somebody else sign in; stop what
    /// runs. What the keychain keeps for who was signed in stays there.
    SwitchAccount(Option<AccountKey>),
    /// The desk is left: ask for the password before any account is gone on with.
    LockAccounts,
    /// Forget the token, here and in the keychain, and stop what runs.
    SignOut,
    /// Ask what the server has for one doctor.
    Check(DoctorName),
    /// Ask for each of these doctors.
    CheckAll(Vec<DoctorName>),
    /// Look at each of these doctors, and at their backups, for the question whether everything is
    /// to be deleted.
    SurveyAll(Vec<DoctorName>),
    /// Ask what the server has, so that the save dialog can open with the right name.
    PrepareDownload {
        /// The doctor.
        doctor: DoctorName,
        /// What the file is for.
        purpose: SavePurpose,
    },
    /// Fetch a recording to a place that the person chose.
    Download {
        /// The doctor.
        doctor: DoctorName,
        /// The place.
        destination: Destination,
        /// Whether what can be no backup is kept all the same.
        as_it_is: bool,
    },
    /// Fetch a recording to compare it with its backup, and keep nothing of it.
    Compare(DoctorName),
    /// Save what was set aside to a place that the person chose.
    KeepSetAside {
        /// Whose it is.
        doctor: DoctorName,
        /// The download that brought it.
        operation: OperationId,
        /// The place.
        destination: Destination,
    },
    /// Remove what was set aside by this download.
    DiscardSetAside(OperationId),
    /// Go on with a download, behind what is kept of it.
    GoOn {
        /// Whose recording it is.
        doctor: DoctorName,
        /// The download.
        operation: OperationId,
    },
    /// Remove what is kept of this download.
    DiscardPart(OperationId),
    /// Check these doctors, then back up those that have no good backup.
    CheckAndBackUp {
        /// The doctors.
        doctors: Vec<DoctorName>,
        /// The folder that the files go to.
        folder: PathBuf,
        /// A backup that can't be compared is one to be made anew unless it was made since.
        fetched_since: Timestamp,
    },
    /// Look at the server afresh before a delete is confirmed.
    SurveyDeletion(DoctorName),
    /// Carry out a confirmed deletion.
    Delete {
        /// What was confirmed.
        plan: Box<DeletionPlan>,
        /// What the rules ask for before.
        approval: Approval,
    },
    /// Give up the delete whose password is being checked.
    StopApproving,
    /// Find out whether this is the password of who is signed in.
    CheckPassword(Secret),
    /// Change what is asked of a delete; for less, with the password.
    ChangeRule(RuleChange, Option<Secret>),
    /// Cancel a job; a delete only before it is sent.
    Cancel(JobId),
    /// End a download so that what came is kept, to be gone on with later.
    Pause(JobId),
    /// The answer to [`Event::LastCall`](super::Event::LastCall): all input is taken in, and no Stop
    /// was in it.
    NoStop(JobId),
    /// Begin a job's next try now, where it waits for one.
    TryNow(JobId),
    /// Look what became of a delete whose outcome is not known.
    LookAgain {
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
        /// The delete.
        operation: OperationId,
    },
    /// Take a name off the list of doctors.
    Forget(DoctorName),
    /// Open the file manager at a file.
    ShowInFolder(PathBuf),
    /// Find out what a folder is that recordings go to or lie in.
    LookAtPlace(PathBuf),
    /// Read acts of the audit record, newest first. What was asked before is answered no more.
    LoadActivity(Box<ActivityQuestion>),
    /// Check the audit record.
    CheckRecord,
    /// A person has seen what is wrong with the audit record, this.
    RecordSeen(Box<RecordCheck>),
    /// Keep the settings.
    SaveSettings(Settings),
}

/// Names one job for as long as the app runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What the window asks of the audit record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityQuestion {
    /// By what the answer is known.
    pub number: u64,
    /// Which acts.
    pub filter: ActFilter,
    /// Only those that began before the one of this number.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// Where a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The file.
    pub path: PathBuf,
    /// Whether a file was there when the person chose the place and so agreed to replace it.
    pub replace: bool,
    /// What the file was known by that the person agreed to replace although it is a backup, after
    /// being told whose.
    pub even_a_backup: Option<String>,
}

/// What a file is fetched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavePurpose {
    /// For itself.
    Download,
    /// For itself, although it can be no backup.
    KeepAsItIs,
    /// To keep what was set aside by this download.
    KeepSetAside(OperationId),
    /// To back it up before it is deleted.
    BackUpThenDelete,
}
