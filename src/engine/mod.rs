//! Commands in, events out: the engine owns every job.
//!
//! [`start`] sets it going on the current runtime and gives the window its end. Everything that
//! must last is on disk before its event is sent; nothing that the window does or fails to do
//! decides whether work goes on.

mod activity;
mod backups;
mod cancellation;
mod clock;
mod command;
mod credentials;
mod deletion_rules;
mod doctors;
mod event;
mod event_loop;
mod exclusion;
mod facts;
mod jobs;
mod ledger;
mod left_over;
mod looking;
mod notice;
mod operation;
mod places;
mod record_check;
mod record_standing;
mod recovery;
mod refusal;
mod resources;
mod retry;
mod saved;
mod scheduler;
mod sent_deletes;
mod settings;
mod sign_in;
mod sign_ins;
mod sign_out;
mod ticket;
mod tries;
mod unwanted;
mod version_check;
mod waits;
mod workspace;

use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use clock::{Clock, Reading, TimeJump};
pub use command::{ActivityQuestion, Command, Destination, JobId, SavePurpose};
pub use event::{
    ActivityPage, CheckAllReport, DeletionReport, Envelope, Event, JobEnding, JobFailure, JobKind,
    JobProgress, SavedFile, SignedOutBecause, Unfinished,
};
pub use record_standing::RecordReport;
pub use ticket::{Progress, Wake};
pub use waits::Waits;

use crate::api::Connector;
use crate::domain::{DoctorName, ServiceOrigin, SignInWith, UpdateSource};
use crate::keychain::{Keychain, RecordHeads};
use crate::settings::SettingsFile;
use crate::store::Store;

/// How many commands may wait: more than a person can press while one is taken.
const COMMANDS: usize = 64;

/// What the engine works with.
pub struct Setup {
    /// The record, the doctors, the transfers.
    pub store: Store,
    /// The system's keychain.
    pub keychain: Keychain,
    /// Where the record's last entry is kept apart from it, if anywhere.
    pub heads: Option<RecordHeads>,
    /// Opens the service.
    pub connector: Arc<dyn Connector>,
    /// What happens first.
    pub opening: Opening,
    /// Where the settings are kept.
    pub settings_file: SettingsFile,
    /// Where it is asked which version is the newest; never while somebody practises.
    pub updates: UpdateSource,
    /// Whether the person wants to be told of a newer one.
    pub tells_of_newer_version: bool,
    /// How long a confirmed delete waits.
    pub waits: Waits,
    /// Tells when the computer slept.
    pub clock: Clock,
    /// The user of the operating system, for the record.
    pub os_user: String,
    /// This computer's name, for the record.
    pub computer: String,
    /// Wakes the window after each event.
    pub wake: Wake,
}

/// What happens first.
pub enum Opening {
    /// Look for a token of this service in the keychain.
    Kept(ServiceOrigin),
    /// Open the practice service.
    Practice {
        /// Its address.
        origin: ServiceOrigin,
        /// With what it is opened.
        with: SignInWith,
        /// The names that a learner finds listed.
        names: Vec<DoctorName>,
    },
}

impl Opening {
    /// The service's address as it is in force then.
    const fn origin(&self) -> &ServiceOrigin {
        match self {
            Self::Kept(origin) | Self::Practice { origin, .. } => origin,
        }
    }
}

/// The window's end of the engine.
pub struct Handle {
    commands: Option<mpsc::Sender<Command>>,
    events: mpsc::UnboundedReceiver<Envelope>,
    progress: watch::Receiver<Progress>,
    task: JoinHandle<()>,
}

/// A command that was not taken, because too many wait already or the engine has ended.
#[derive(Debug, thiserror::Error)]
#[error("too much is waiting already")]
pub struct NotTaken(
    /// The command, for [`Command::refused`].
    pub Box<Command>,
);

/// Sets the engine going on the current runtime.
#[must_use]
pub fn start(setup: Setup) -> Handle {
    let (commands, commands_in) = mpsc::channel(COMMANDS);
    let (events, events_out) = mpsc::unbounded_channel();
    let (notices, notices_in) = mpsc::unbounded_channel();
    let (board, progress) = ticket::JobBoard::new(setup.wake.clone());
    let is_practice = matches!(setup.opening, Opening::Practice { .. });
    let updates = if is_practice {
        UpdateSource::Nowhere
    } else {
        setup.updates
    };
    let version_check = version_check::VersionCheck::new(
        updates,
        setup.tells_of_newer_version,
        setup.clock.clone(),
    );
    let resources = Arc::new(resources::Resources {
        rules: Mutex::default(),
        rules_are_known: false.into(),
        changing_rules: tokio::sync::Mutex::default(),
        is_practice,
        telling: tokio::sync::Mutex::default(),
        removing: Mutex::default(),
        store: setup.store,
        connector: setup.connector,
        keychain: setup.keychain,
        record: record_standing::RecordStanding::new(setup.heads),
        settings_file: tokio::sync::Mutex::new(setup.settings_file),
        newest_settings: Mutex::default(),
        waits: setup.waits,
        clock: setup.clock,
        sent: sent_deletes::SentDeletes::default(),
        settling: tokio::sync::Mutex::default(),
        keeping: tokio::sync::Mutex::default(),
        leaving: CancellationToken::new(),
        os_user: setup.os_user,
        computer: setup.computer,
        board,
        wake: setup.wake,
        events,
        notices,
    });
    let scheduler = scheduler::Scheduler::new(resources.board.clone());
    let mut engine = event_loop::Engine {
        resources: resources.clone(),
        commands: commands_in,
        notices: notices_in,
        known_names: Vec::new(),
        left_over: left_over::LeftOver::default(),
        workspace: None,
        service: None,
        generation: 0,
        attempt: sign_in::OPENING,
        approval: 0,
        approving: CancellationToken::new(),
        signing_in: CancellationToken::new(),
        rules_to_put_back: None,
        opened_at: setup.opening.origin().clone(),
        settings_to_record: Vec::new(),
        activity: CancellationToken::new(),
        version_check,
        scheduler,
    };
    let nobody = Event::SignedOut(SignedOutBecause::NoToken);
    match setup.opening {
        Opening::Kept(origin) => engine.scheduler.spawn(
            nobody,
            sign_in::resume(resources, origin, engine.signing_in.clone()),
        ),
        Opening::Practice {
            origin,
            with,
            names,
        } => {
            engine.known_names = names;
            engine
                .scheduler
                .spawn(nobody, sign_in::practise(resources, origin, with));
        }
    }
    let task = tokio::spawn(engine.run());
    Handle {
        commands: Some(commands),
        events: events_out,
        progress,
        task,
    }
}

impl Handle {
    /// Asks the engine for something.
    ///
    /// # Errors
    /// [`NotTaken`], and then nothing came of it: the person is told.
    pub fn send(&self, command: Command) -> Result<(), NotTaken> {
        let Some(commands) = &self.commands else {
            return Err(NotTaken(Box::new(command)));
        };
        commands
            .try_send(command)
            .map_err(|error| NotTaken(Box::new(error.into_inner())))
    }

    /// The next thing that happened, if there is one.
    pub fn next_event(&mut self) -> Option<Envelope> {
        self.events.try_recv().ok()
    }

    /// The next thing that happens; `None` when the engine has ended.
    pub async fn wait_for_event(&mut self) -> Option<Envelope> {
        self.events.recv().await
    }

    /// How far the jobs are, if that has changed since the last time.
    pub fn changed_progress(&mut self) -> Option<Progress> {
        match self.progress.has_changed() {
            Ok(true) => Some(self.progress.borrow_and_update().clone()),
            _ => None,
        }
    }

    /// Lets the engine end: jobs are cancelled and put their things away, for three seconds at
    /// most. What is cut off stays open in the store, as after a kill, and the next start names
    /// it: what comes of it here nobody would see. To be awaited on a thread that may wait.
    pub async fn close(mut self) {
        self.commands = None;
        if let Err(error) = self.task.await {
            tracing::error!(task = %error.id(), "the engine panicked");
        }
    }
}
