use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{
    Account, Act, ActChoices, CheckedAudio, Completeness, DeletionOutcome, DeletionRules,
    DeletionSurvey, DoctorName, Failure, KeptAccount, KeptPart, KnownDoctor, NewestVersion,
    NextTry, OperationId, Place, Remark, ServiceOrigin, SetAside, UpdateSource,
};
use crate::engine::clock::TimeJump;
use crate::engine::command::{JobId, SavePurpose};
use crate::engine::record_standing::RecordReport;
use crate::transfer::PromotedFile;

/// An event with the sign-in that it belongs to: one of an earlier sign-in is discarded. What came of
/// a delete always belongs to the present one.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Counts the sign-ins; 0 before the first.
    pub generation: u64,
    /// What happened.
    pub event: Event,
}

/// What the engine tells the window.
#[derive(Debug, Clone)]
pub enum Event {
    /// Nobody is signed in.
    SignedOut(SignedOutBecause),
    /// Somebody is.
    SignedIn {
        /// Who, and where.
        account: Account,
        /// Whether it is certain that it is who was signed in there before, and did not sign out.
        goes_on: bool,
        /// Why the keychain keeps no token although it was asked to, or may keep an earlier one.
        keychain: Option<Failure>,
        /// Whether a person signed in just now, and not what the keychain keeps.
        by_hand: bool,
        /// Whether the password is to be asked for before anything is shown: the desk was left locked.
        is_locked: bool,
    },
    /// The service told whose the present sign-in is, which it could not be asked at first.
    PersonKnown(String),
    /// A token was refused, or could not be tried.
    SignInFailed(Failure),
    /// The accounts that can be gone on with by what the keychain keeps, at all services.
    Accounts(Vec<KeptAccount>),
    /// The token of a sign-out is forgotten.
    TokenForgotten,
    /// The token of a sign-out may still be in the keychain, for this reason. It is to be forgotten
    /// before anything is resumed.
    TokenKept(Failure),
    /// Everything known of all doctors.
    Doctors(Vec<KnownDoctor>),
    /// What is known of one doctor now.
    Doctor(Box<KnownDoctor>),
    /// A name was taken off the list.
    Forgotten(DoctorName),
    /// A single check began.
    CheckStarted(DoctorName),
    /// A single check ended; what it found came as [`Event::Doctor`].
    CheckEnded {
        /// The doctor.
        doctor: DoctorName,
        /// Why it failed, if it did.
        failure: Option<Failure>,
    },
    /// What a download would fetch is known: the save dialog can open.
    DownloadReady {
        /// The doctor.
        doctor: DoctorName,
        /// What the file is for.
        purpose: SavePurpose,
        /// The file name to propose.
        file_name: String,
    },
    /// There is nothing to download, or it is not known.
    DownloadNotReady {
        /// The doctor.
        doctor: DoctorName,
        /// Why.
        failure: Failure,
    },
    /// All that is set aside for this service now, oldest first.
    SetAside(Vec<SetAside>),
    /// All parts of recordings that are kept for the service, oldest first.
    KeptParts(Vec<KeptPart>),
    /// The facts for a confirmation.
    Surveyed(Box<DeletionSurvey>),
    /// Whether the password was that of who is signed in: why not, or why that is not known.
    PasswordChecked(Option<Failure>),
    /// What is asked of a delete on this computer.
    DeletionRules(DeletionRules),
    /// That was not changed.
    RulesNotChanged(Failure),
    /// It had been changed by something else than the app, and all that was asked before holds again.
    RulesWereChanged,
    /// The settings had been changed by something else than the app.
    SettingsWereChanged,
    /// What the rules ask for before a delete was not given, or the delete can't begin.
    DeletionNotApproved {
        /// Whose recordings; `None` of everything.
        doctor: Option<DoctorName>,
        /// Why.
        failure: Failure,
    },
    /// A job runs.
    JobStarted {
        /// Its name from now on.
        id: JobId,
        /// What it does.
        kind: JobKind,
    },
    /// A job ended, and what must last of it is on disk.
    JobEnded {
        /// The job.
        id: JobId,
        /// How.
        ending: Box<JobEnding>,
    },
    /// A later look at a delete whose outcome was not known.
    LookedAgain {
        /// The delete.
        operation: OperationId,
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
        /// What was seen now.
        report: DeletionReport,
    },
    /// A later look was not begun.
    NotLookedAgain {
        /// The delete.
        operation: OperationId,
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
        /// Why.
        failure: Failure,
    },
    /// A delete is about to be sent, its intent on disk. It goes once
    /// [`Command::NoStop`](super::Command::NoStop) says that the window has taken in all input and
    /// found no Stop; until then Stop works.
    LastCall {
        /// The job.
        id: JobId,
    },
    /// A delete was not sent after its [`Event::LastCall`], because the sign-in ended, and waits again:
    /// there will be another.
    LastCallOver {
        /// The job.
        id: JobId,
    },
    /// The answer to a [`Event::LastCall`] was not taken: it is still waited for.
    LastCallOpen {
        /// The job.
        id: JobId,
    },
    /// A Cancel, Pause or Stop was not taken: the job runs on.
    NotCancelled {
        /// The job.
        id: JobId,
        /// Why.
        failure: Failure,
    },
    /// The computer slept, or its clock was set: everything known is older than it seemed.
    TimeJumped(TimeJump),
    /// The newest entry of the record is from a time that is still to come, by this computer's
    /// clock.
    ClockBehindRecord,
    /// What an earlier run left unfinished, looked into.
    FoundAtStart(Vec<Unfinished>),
    /// What a folder is that was asked about.
    PlaceSeen {
        /// The folder.
        folder: PathBuf,
        /// What it is; `None` where that could not be found out.
        place: Option<Place>,
    },
    /// Acts of the audit record.
    Activity(Box<ActivityPage>),
    /// The acts that were asked for could not be read.
    ActivityNotRead {
        /// The number of the question.
        question: u64,
        /// Why.
        failure: Failure,
    },
    /// The audit record was checked.
    RecordChecked(Box<RecordReport>),
    /// It could not be checked.
    RecordNotChecked(Failure),
    /// Where it is asked which version is the newest, if somebody has named an address, also one that can't be
    /// used. Comes before anything is asked.
    UpdateSource(UpdateSource),
    /// What is known of which version is the newest.
    NewestVersion(NewestVersion),
    /// Something asked for did not work, and nothing else tells of it.
    Failed {
        /// The doctor it was about.
        doctor: Option<DoctorName>,
        /// Why.
        failure: Failure,
    },
    /// What came of a delete, or of what an earlier run left, or what failed, at another service than
    /// that of the present sign-in, where the same names are other doctors.
    Elsewhere {
        /// That service.
        service: ServiceOrigin,
        /// [`Event::JobEnded`], [`Event::LookedAgain`], [`Event::FoundAtStart`] or [`Event::Failed`].
        event: Box<Event>,
    },
}

impl Event {
    /// The same where somebody has signed in at another service than `service` by now: what came of
    /// a delete, what an earlier run left and what failed is told all the same. `None` of everything
    /// else.
    pub(super) fn elsewhere(self, service: &ServiceOrigin) -> Option<Self> {
        let is_told = match &self {
            Self::JobEnded { ending, .. } => ending.deletes(),
            Self::LookedAgain { .. } | Self::FoundAtStart(_) | Self::Failed { .. } => true,
            _ => false,
        };
        is_told.then(|| Self::Elsewhere {
            service: service.clone(),
            event: Box::new(self),
        })
    }

    /// That something did not work.
    pub(super) const fn failed(doctor: Option<DoctorName>, failure: Failure) -> Self {
        Self::Failed { doctor, failure }
    }
}

/// What is answered to an [`ActivityQuestion`](super::ActivityQuestion).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityPage {
    /// The number of the question.
    pub question: u64,
    /// The acts, newest first.
    pub acts: Vec<Act>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whom and what can be asked for by, where all acts from the newest on were asked for.
    pub choices: Option<ActChoices>,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedOutBecause {
    /// No token is kept for this service.
    NoToken,
    /// The person signed out, now or in an earlier run. The failure says why the keychain may still
    /// keep the token, where that is known.
    SignOut(Option<Failure>),
    /// The service no longer accepts the token.
    Ended,
    /// The keychain could not be read.
    KeychainUnreadable(Failure),
    /// Another account is about to be gone on with.
    Switch,
    /// Somebody else is to sign in.
    SomebodyElse,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// Fetches a recording.
    Download(DoctorName),
    /// Fetches a recording to compare it with its backup.
    Compare(DoctorName),
    /// Deletes a doctor's recordings.
    Delete(DoctorName),
    /// Deletes all recordings.
    DeleteAll,
    /// Checks many doctors.
    CheckAll,
    /// Looks at all doctors while the question stands whether everything is to be deleted.
    SurveyAll,
    /// Checks many doctors and backs up those that need it.
    CheckAndBackUp,
}

/// How far a job is. Latest wins; at most ten a second.
#[derive(Debug, Clone, PartialEq)]
pub enum JobProgress {
    /// Asking the server.
    Looking,
    /// The sign-in has ended: it goes on when somebody signs in again.
    WaitingForSignIn,
    /// Bytes arrive.
    Downloading {
        /// Whose recording, in a job on many.
        doctor: DoctorName,
        /// Bytes so far.
        received: u64,
        /// Bytes announced.
        total: Option<u64>,
        /// Bytes per second of late.
        speed: f64,
        /// Whether it can be gone on with later, behind what has come: the service tells this copy
        /// from any other.
        can_be_paused: bool,
    },
    /// A try failed, and the next one is waited for. [`Command::TryNow`](super::Command::TryNow)
    /// ends the wait.
    WaitingToTryAgain {
        /// Whose recording, in a job on many.
        doctor: DoctorName,
        /// What the last try met, and the earlier ones.
        failure: Box<Failure>,
        /// What is left of the wait.
        left: Duration,
        /// Which try comes next, counted from 1.
        next: u32,
        /// How many there are at most; `None` while the service is out of reach: they are not counted.
        tries: Option<u32>,
        /// What it does with what had come.
        next_try: NextTry,
    },
    /// The recording is there, and another program holds its file: it gets its name when that lets
    /// go.
    WaitingForFile {
        /// Whose recording, in a job on many.
        doctor: DoctorName,
    },
    /// Bytes arrive that are compared with a backup and not kept.
    Comparing {
        /// Whose recording.
        doctor: DoctorName,
        /// Bytes so far.
        received: u64,
        /// Bytes announced.
        total: Option<u64>,
        /// Bytes per second of late.
        speed: f64,
    },
    /// Reading the backup back from disk.
    ReadingBack,
    /// The wait before a delete, which Stop ends.
    Waiting {
        /// What is left of it.
        left: Duration,
        /// All of it.
        of: Duration,
    },
    /// The window has not answered the last call for a while; Stop still works.
    Held,
    /// The delete is on its way: Stop comes too late.
    Deleting,
    /// Looking what the delete did.
    Verifying,
    /// So many of so many doctors are done.
    Counting {
        /// Done.
        done: usize,
        /// All.
        of: usize,
    },
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobEnding {
    /// A download.
    Download {
        /// The doctor.
        doctor: DoctorName,
        /// The file, or why there is none.
        result: Result<SavedFile, JobFailure>,
    },
    /// A comparison by downloading again.
    Compare {
        /// The doctor.
        doctor: DoctorName,
        /// How the backup stands to the server's copy by its contents, or why that is not known.
        result: Result<Box<DeletionSurvey>, JobFailure>,
    },
    /// A deletion for one doctor.
    Delete {
        /// The doctor.
        doctor: DoctorName,
        /// The operation, for [`Command::LookAgain`](super::Command::LookAgain).
        operation: OperationId,
        /// What came of it.
        report: DeletionReport,
        /// The backup that was made or relied on.
        backup: Option<PathBuf>,
    },
    /// A deletion of everything.
    DeleteAll {
        /// The operation.
        operation: OperationId,
        /// What came of it.
        report: DeletionReport,
    },
    /// A check of many doctors, or the looks at all of them for a question.
    CheckAll(CheckAllReport),

    /// A check and backup of many doctors.
    CheckAndBackUp {
        /// What the checks found.
        checks: CheckAllReport,
        /// Doctors backed up now.
        backed_up: Vec<DoctorName>,
        /// Doctors whose backup failed.
        failed: Vec<(DoctorName, Failure)>,
    },
}

impl JobEnding {
    /// Whether it is a delete's.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self, Self::Delete { .. } | Self::DeleteAll { .. })
    }
}

/// Why a job has nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobFailure {
    /// The person cancelled it.
    Cancelled,
    /// It failed.
    Failed(Failure),
}

/// A file that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    /// Where.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// How long it plays, in milliseconds, where that can be told.
    pub milliseconds: Option<u64>,
    /// What was found out about its audio.
    pub audio: CheckedAudio,
    /// Whether it is known to be whole.
    pub completeness: Completeness,
    /// What else there is to say of it.
    pub remarks: Vec<Remark>,
}

impl From<PromotedFile> for SavedFile {
    fn from(saved: PromotedFile) -> Self {
        Self {
            path: saved.path,
            size: saved.size,
            milliseconds: saved.milliseconds,
            audio: saved.audio,
            completeness: saved.completeness,
            remarks: saved.remarks,
        }
    }
}

/// What came of a deletion, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionReport {
    /// In one word. For a deletion of everything, [`DeletionOutcome::Gone`] means that every
    /// doctor known here was looked at and has nothing.
    pub outcome: DeletionOutcome,
    /// What failed, where something did.
    pub failure: Option<Failure>,
    /// For a deletion of everything: doctors seen to have nothing now.
    pub gone: Vec<DoctorName>,
    /// Doctors seen to still have a recording.
    pub still_there: Vec<DoctorName>,
    /// Doctors who could not be looked at.
    pub not_known: Vec<DoctorName>,
}

/// What a check of many doctors found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckAllReport {
    /// Doctors asked for and answered.
    pub checked: usize,
    /// Of those, doctors with a recording.
    pub with_recordings: usize,
    /// Of those, doctors without a good backup.
    pub not_backed_up: usize,
    /// Doctors who could not be checked.
    pub not_checked: usize,
    /// Whether the person stopped it.
    pub stopped: bool,
}

/// Something an earlier run left unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfinished {
    /// A download was cut off; its part file is removed.
    Download {
        /// The doctor.
        doctor: DoctorName,
        /// Where it was to go.
        destination: PathBuf,
    },
    /// A recording was saved, and the app ended before it could say so.
    Saved {
        /// The doctor.
        doctor: DoctorName,
        /// The file, which was read back.
        file: SavedFile,
    },
    /// A delete was cut off, and this was found.
    Delete {
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
        /// The delete.
        operation: OperationId,
        /// What was found.
        report: DeletionReport,
        /// Whether entries of the record that came after it are missing or were changed: one of them may
        /// have told what came of it.
        may_be_recorded: bool,
    },
    /// A delete was cut off at a service that nobody has signed in to since: only there can it be
    /// looked into. Told as of that service.
    NotLookedInto {
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
        /// The delete.
        operation: OperationId,
        /// When it was about to be sent.
        at: Timestamp,
    },
    /// A delete was confirmed, and the app ended before it was sent.
    NotSent {
        /// The doctor, or all of them.
        doctor: Option<DoctorName>,
    },
}

impl Unfinished {
    /// The delete, where it is one that may have been sent.
    #[must_use]
    pub const fn delete(&self) -> Option<&OperationId> {
        match self {
            Self::Delete { operation, .. } | Self::NotLookedInto { operation, .. } => {
                Some(operation)
            }
            _ => None,
        }
    }
}
