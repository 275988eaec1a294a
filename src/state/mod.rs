//! What the window shows: pure data. Actions go in by [`State::update`], the engine's events by
//! [`State::apply`]; nothing here reads a clock, a disk or a network.

mod action;
mod apply;
mod places;
mod shelf;
mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

pub use action::{Action, ConfirmedChoice, Effect, SaveRequest};
pub use shelf::{FoldedTally, Shelf};

// The state is made of these, and a view reads the state without knowing the engine.
pub use crate::engine::{
    CheckAllReport, DeletionReport, JobEnding, JobFailure, JobId, JobKind, JobProgress, SavedFile,
    SignedOutBecause, Unfinished,
};

use crate::domain::{
    Account, AuditEntry, DamagedEntry, DeletionReason, DeletionSurvey, DoctorName, Failure,
    KnownDoctor, OperationId, OriginError, ServiceOrigin, SetAside,
};
use crate::settings::Settings;

/// Everything that the window shows, but for text being typed.
#[derive(Debug)]
pub struct State {
    /// Practice or the real service.
    pub mode: Mode,
    /// What the person chose.
    pub settings: Settings,
    /// Who is signed in, or why nobody is.
    pub sign_in: SignIn,
    /// The screen that is shown while somebody is signed in.
    pub screen: Screen,
    /// The time that relative times are told from; `app` sets it.
    pub now: Timestamp,
    /// The doctors known here, by name.
    pub doctors: Vec<KnownDoctor>,
    /// Doctors who are being checked singly.
    pub checking: BTreeSet<DoctorName>,
    /// The doctor for whom Download… was pressed and whose dialog has not opened yet.
    pub preparing: Option<DoctorName>,
    /// Running jobs, oldest first.
    pub jobs: BTreeMap<JobId, Job>,
    /// Ended jobs whose result is still on show, newest first.
    pub results: Vec<ShownResult>,
    /// What came, can be no backup, and waits for the person to keep or to discard it.
    pub set_aside: Vec<SetAside>,
    /// Whether the folded results are unfolded.
    pub unfolded: bool,
    /// Open modals; the last is on top and the only one that takes input.
    pub modals: Vec<Modal>,
    /// Short messages, newest last.
    pub toasts: Vec<Toast>,
    /// The part of the audit record that was read.
    pub activity: Activity,
    /// What is wrong with the service's address as it was last typed.
    pub address_error: Option<OriginError>,
    generation: u64,
    next_number: u64,
    /// The service of the last sign-in: what is still on show is about its doctors.
    service: Option<ServiceOrigin>,
    pending_backup: Option<PendingBackup>,
    /// When the question was asked that backups are made for, before it is asked again.
    backing_up_since: Option<Timestamp>,
    /// Where each doctor's last download was to go.
    destinations: BTreeMap<DoctorName, (PathBuf, bool)>,
    places: places::Places,
}

/// Practice or the real service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The service inside the app, with samples.
    Practice,
    /// The service at the address in the settings.
    Real,
}

/// Who is signed in, or why nobody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The keychain is being asked.
    Starting,
    /// Nobody; the sign-in screen stands.
    Out {
        /// Why.
        because: SignedOutBecause,
        /// A token is being tried.
        trying: bool,
        /// What was wrong with the last try.
        failure: Option<Failure>,
    },
    /// Somebody.
    In(Account),
    /// The app's own data can't be opened, for this reason: nothing else can be shown.
    CannotOpen(Failure),
}

/// The screens behind the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Home.
    Recordings,
    /// The audit record.
    Activity,
    /// The settings.
    Settings,
}

/// A running job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub progress: JobProgress,
    /// Cancel or Stop was pressed and has not taken effect yet.
    pub cancelling: bool,
    /// Where a delete stands with its last call.
    pub last_call: LastCall,
}

impl Job {
    /// Whether it deletes.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self.kind, JobKind::Delete(_) | JobKind::DeleteAll)
    }

    /// Whether Cancel or Stop can be pressed: once a delete may be on its way, that would be a
    /// promise that can't be kept.
    #[must_use]
    pub const fn can_be_stopped(&self) -> bool {
        !matches!(
            self.progress,
            JobProgress::Deleting | JobProgress::Verifying
        ) && !matches!(self.last_call, LastCall::Answered)
    }
}

/// Where a delete stands with its last call: the engine sends it once it is told that nobody pressed
/// Stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCall {
    /// Nobody has asked.
    NotYet,
    /// The engine waits for the word.
    Open,
    /// The word was given: Stop comes too late.
    Answered,
    /// Stop was pressed, even if the engine could not take it: the word is never given.
    Stopped,
}

/// What the person is told in the tray until they dismiss it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownResult {
    /// For [`Action::Dismiss`].
    pub number: u64,
    /// What ended.
    pub ending: ResultKind,
    /// When it came.
    pub at: Timestamp,
    /// A later look at it is under way.
    pub looking: bool,
    /// Since when it has stood on the screen Recordings; `None` while it has not.
    pub seen_since: Option<Timestamp>,
}

/// What ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultKind {
    /// A job of this run.
    Ended(JobEnding),
    /// What an earlier run left.
    FromEarlier(Unfinished),
}

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
    /// Close while jobs run?
    CloseWhileBusy,
    /// Sign out, although jobs run?
    SignOutWhileBusy,
}

/// A short message.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// For [`Action::DismissToast`].
    pub number: u64,
    /// What it says.
    pub message: Message,
    /// When it came.
    pub at: Timestamp,
}

/// What a toast says.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Something did not work.
    Failed {
        /// The doctor it was about.
        doctor: Option<DoctorName>,
        /// Why.
        failure: Failure,
    },
    /// A check found nothing under exactly this name.
    NothingThere(DoctorName),
    /// The keychain does not hold what it was asked to, or may hold what it was asked to forget.
    Keychain(Failure),
    /// The token was forgotten.
    SignedOut,
    /// Text was put on the clipboard.
    Copied,
    /// The settings could not be read; the usual ones are used.
    SettingsLost,
    /// The computer's clock was set back while the app ran.
    ClockSetBack,
    /// The computer's clock is behind the newest entry of the record.
    ClockBehindRecord,
}

/// The part of the audit record that was read, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    /// The entries.
    pub entries: Vec<Result<AuditEntry, DamagedEntry>>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether they were asked for and have not come yet.
    pub loading: bool,
}

/// A delete that waits for its backup's place.
#[derive(Debug, Clone, PartialEq)]
struct PendingBackup {
    survey: Box<DeletionSurvey>,
    reason: Option<DeletionReason>,
}

impl Toast {
    /// Whether it stays until the person takes it away: a failure must not pass unseen.
    #[must_use]
    pub const fn stands_until_dismissed(&self) -> bool {
        matches!(
            self.message,
            Message::Failed { .. }
                | Message::Keychain(_)
                | Message::ClockSetBack
                | Message::ClockBehindRecord
        )
    }

    /// How long it stands otherwise.
    #[must_use]
    pub const fn stands_for(&self) -> SignedDuration {
        SignedDuration::from_secs(8)
    }
}

impl State {
    /// The state of a window that has just opened.
    #[must_use]
    pub fn new(mode: Mode, settings: Settings, now: Timestamp) -> Self {
        Self {
            mode,
            settings,
            sign_in: SignIn::Starting,
            screen: Screen::Recordings,
            now,
            doctors: Vec::new(),
            checking: BTreeSet::new(),
            preparing: None,
            jobs: BTreeMap::new(),
            results: Vec::new(),
            set_aside: Vec::new(),
            unfolded: false,
            modals: Vec::new(),
            toasts: Vec::new(),
            activity: Activity::default(),
            address_error: None,
            generation: 0,
            next_number: 0,
            service: None,
            pending_backup: None,
            backing_up_since: None,
            destinations: BTreeMap::new(),
            places: places::Places::default(),
        }
    }

    /// Who is signed in.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        match &self.sign_in {
            SignIn::In(account) => Some(account),
            _ => None,
        }
    }

    /// What is known of a doctor.
    #[must_use]
    pub fn doctor(&self, name: &DoctorName) -> Option<&KnownDoctor> {
        self.doctors.iter().find(|doctor| &doctor.name == name)
    }

    /// The comparison with a doctor's backup that runs.
    #[must_use]
    pub fn running_comparison(&self, name: &DoctorName) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| matches!(&job.kind, JobKind::Compare(doctor) if doctor == name))
            .map(|(id, job)| (*id, job))
    }

    /// The looks that run for the question whether everything is to be deleted.
    #[must_use]
    pub fn running_survey(&self) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| job.kind == JobKind::SurveyAll && !job.cancelling)
            .map(|(id, job)| (*id, job))
    }

    /// The delete that runs; the engine lets no second one run beside it.
    #[must_use]
    pub fn running_delete(&self) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| job.deletes())
            .map(|(id, job)| (*id, job))
    }

    /// The deletes that wait for the word that nobody pressed Stop.
    #[must_use]
    pub fn last_calls(&self) -> Vec<JobId> {
        let open = self.jobs.iter();
        open.filter(|(_, job)| job.last_call == LastCall::Open)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Whether a job on this doctor, or on all of them, runs: such a doctor can't be deleted.
    #[must_use]
    pub fn is_busy(&self, name: &DoctorName) -> bool {
        self.jobs.values().any(|job| match &job.kind {
            JobKind::Download(doctor) | JobKind::Compare(doctor) | JobKind::Delete(doctor) => {
                doctor == name
            }
            JobKind::DeleteAll | JobKind::CheckAndBackUp => true,
            JobKind::CheckAll | JobKind::SurveyAll => false,
        })
    }

    /// Whether closing the window would cut something off.
    #[must_use]
    pub fn has_running_jobs(&self) -> bool {
        let only_looks = |kind: &JobKind| {
            matches!(
                kind,
                JobKind::CheckAll | JobKind::SurveyAll | JobKind::Compare(_)
            )
        };
        self.jobs.values().any(|job| !only_looks(&job.kind))
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    /// Takes away the messages about a doctor who is asked for anew: what they said is old then,
    /// and piled up they would cover what lies under them.
    fn take_back_messages(&mut self, about: &DoctorName) {
        self.toasts.retain(|toast| match &toast.message {
            Message::Failed { doctor, .. } => doctor.as_ref() != Some(about),
            Message::NothingThere(doctor) => doctor != about,
            _ => true,
        });
    }

    /// Shows a short message.
    pub fn tell(&mut self, message: Message) {
        let number = self.number();
        self.toasts.push(Toast {
            number,
            message,
            at: self.now,
        });
    }
}
