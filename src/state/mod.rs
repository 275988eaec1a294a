//! What the window shows: pure data. Actions go in by [`State::update`], the engine's events by
//! [`State::apply`]; nothing here reads a clock, a disk or a network.
//!
//! Those two only say who does it. What an action and an event do to one subject stands in that
//! subject's file.

mod about;
mod accounts;
mod action;
mod activity;
mod apply;
mod delete_all;
mod delete_one;
mod deletion_rules;
mod doctors;
mod downloads;
mod jobs;
mod kept;
mod leaving;
mod lock;
mod look_again;
mod messages;
mod modals;
mod pace;
mod password_tries;
mod places;
mod record;
mod replace_backup;
mod results;
mod running_delete;
mod screen;
mod set_aside;
mod settings;
mod shelf;
mod side_effect;
mod sign_in;
mod sign_in_again;
mod update;
mod version_check;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;

pub use about::About;
pub use action::Action;
pub use activity::Activity;
pub use delete_one::ConfirmedChoice;
pub use deletion_rules::Approving;
pub use downloads::DestinationRequest;
pub use jobs::Job;
pub use leaving::SentDelete;
pub use messages::{Message, Toast};
pub use modals::Modal;
pub use pace::Pace;
pub use password_tries::PasswordTries;
pub use record::Record;
pub use results::{ResultKind, ShownResult};
pub use running_delete::LastCall;
pub use screen::Screen;
pub use shelf::{FoldedTally, Shelf};
pub use side_effect::SideEffect;
pub use sign_in::{Attempt, SignIn};
pub use sign_in_again::{Batch, SignInAgain};
pub use version_check::VersionCheck;

// The state is made of these, and a view reads the state without knowing the engine.
pub use crate::engine::{
    CheckAllReport, DeletionReport, JobEnding, JobFailure, JobId, JobKind, JobProgress,
    RecordReport, SavedFile, SignedOutBecause, Unfinished,
};

use side_effect::engine;

use crate::domain::{
    DeletionRules, DeletionScope, DoctorName, KeptAccount, KeptPart, KnownDoctor, OriginError,
    ServiceOrigin, SetAside,
};
use crate::settings::Settings;

/// Everything that the window shows, but for text being typed.
#[derive(Debug)]
pub struct State {
    /// Practice or the real service.
    pub mode: Mode,
    /// What the app is and runs on.
    pub about: About,
    /// What is known of newer versions.
    pub version_check: VersionCheck,
    /// What the person chose.
    pub settings: Settings,
    /// Who is signed in, or why nobody is.
    pub sign_in: SignIn,
    /// The accounts that can be gone on with by what the keychain keeps, once that is known.
    pub accounts: Option<Vec<KeptAccount>>,
    /// Whose sign-in is waited for, where another account was picked.
    switching_to: Option<Box<KeptAccount>>,
    /// The screen that is shown while somebody is signed in.
    pub screen: Screen,
    /// The time that relative times are told from; `app` sets it.
    pub now: Timestamp,
    /// The doctors known here, in the order of their names whatever the case.
    pub doctors: Vec<KnownDoctor>,
    /// Doctors who are being checked singly.
    pub checking: BTreeSet<DoctorName>,
    /// The doctor for whom Download… was pressed and whose dialog has not opened yet.
    pub preparing: Option<DoctorName>,
    /// Running jobs, oldest first.
    pub jobs: BTreeMap<JobId, Job>,
    /// Deletes of sign-ins that have ended, of which nobody knows yet what they did.
    pub sent_deletes: BTreeMap<JobId, SentDelete>,
    /// Ended jobs whose result is still on show, newest first.
    pub results: Vec<ShownResult>,
    /// What came, can be no backup, and waits for the person to keep or to discard it.
    pub set_aside: Vec<SetAside>,
    /// The parts of recordings that are kept to be gone on with, oldest first.
    pub kept_parts: Vec<KeptPart>,
    /// Whether the folded results are unfolded.
    pub unfolded: bool,
    /// Open modals; the last is on top and the only one that takes input.
    pub modals: Vec<Modal>,
    /// Short messages, newest last.
    pub toasts: Vec<Toast>,
    /// Those for whoever signs in.
    held_messages: Vec<Message>,
    /// The part of the audit record that was read.
    pub activity: Activity,
    /// Whether the audit record is what the app wrote.
    pub record: Record,
    /// What this computer asks of a delete.
    pub rules: DeletionRules,
    /// What came of what was typed to have a delete carried out, while that is asked.
    pub approval: Option<Approving>,
    /// A delete that was given up while it was being approved.
    given_up: Option<DeletionScope>,
    lock: lock::Lock,
    /// How long looks and downloads take.
    pub pace: Pace,
    /// The wrong passwords that were typed.
    pub password_tries: PasswordTries,
    /// What is wrong with the service's address as it was last typed.
    pub address_error: Option<OriginError>,
    /// How many forms to sign in have stood: what is typed is typed into one of them.
    forms: u64,
    /// How many people have signed in one after another.
    people: u64,
    generation: u64,
    next_number: u64,
    /// How many actions and events were taken in.
    changes: u64,
    /// The service of the last sign-in: what is still on show is about its doctors.
    service: Option<ServiceOrigin>,
    pending_backup: Option<delete_one::PendingBackup>,
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

impl State {
    /// The state of a window that has just opened.
    #[must_use]
    pub fn new(mode: Mode, settings: Settings, now: Timestamp) -> Self {
        Self {
            mode,
            about: About::default(),
            version_check: VersionCheck::default(),
            settings,
            sign_in: SignIn::Starting,
            accounts: None,
            switching_to: None,
            screen: Screen::Recordings,
            now,
            doctors: Vec::new(),
            checking: BTreeSet::new(),
            preparing: None,
            jobs: BTreeMap::new(),
            sent_deletes: BTreeMap::new(),
            results: Vec::new(),
            set_aside: Vec::new(),
            kept_parts: Vec::new(),
            unfolded: false,
            modals: Vec::new(),
            toasts: Vec::new(),
            held_messages: Vec::new(),
            activity: Activity::default(),
            record: Record::default(),
            rules: DeletionRules::default(),
            approval: None,
            given_up: None,
            lock: lock::Lock::default(),
            pace: Pace::default(),
            password_tries: PasswordTries::default(),
            address_error: None,
            forms: 0,
            people: 0,
            generation: 0,
            next_number: 0,
            changes: 0,
            service: None,
            pending_backup: None,
            backing_up_since: None,
            destinations: BTreeMap::new(),
            places: places::Places::default(),
        }
    }

    /// How many actions and events were taken in: what was worked out of the state holds while this
    /// stays the same, but for the time.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Which form to sign in stands, or stood last.
    #[must_use]
    pub const fn form(&self) -> u64 {
        self.forms
    }

    /// The how manieth person is signed in, or was last.
    #[must_use]
    pub const fn person(&self) -> u64 {
        self.people
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}
