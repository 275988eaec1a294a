//! What every job is given: the store, the sign-in, the way to tell the window.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::api::{ApiError, Connector, RecordingsApi};
use crate::domain::{
    Account, AuditAction, AuditDraft, AuditEntry, AuditOutcome, AuditWho, DoctorName, Failure,
    FailureKind, KnownDoctor, OperationId, TokenKeeping,
};
use crate::engine::aftermath::LeftOver;
use crate::engine::jobs::{JobBoard, Wake};
use crate::engine::sent_deletes::SentDeletes;
use crate::engine::{Clock, Envelope, Event, Unfinished};
use crate::keychain::Keychain;
use crate::settings::{Settings, SettingsFile};
use crate::store::{Change, Store, StoreError};

/// How long a cache may have kept what is taken for what the service has now. It is told to ask the
/// service itself each time; its `Age` then tells how long the answer was on its way.
const A_MOMENT: Duration = Duration::from_secs(5);

/// How long a confirmed delete waits for Stop.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// For one doctor.
    pub one: Duration,
    /// For all.
    pub all: Duration,
    /// For the window's word that nobody pressed it; without it, nothing is sent.
    pub last_call: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            one: Duration::from_secs(8),
            all: Duration::from_secs(15),
            last_call: Duration::from_mins(1),
        }
    }
}

/// What lasts as long as the engine.
pub struct Context {
    pub store: Store,
    pub connector: Arc<dyn Connector>,
    pub keychain: Keychain,
    /// Held while the file is written.
    pub settings_file: Mutex<SettingsFile>,
    /// What is still to be written to it.
    pub newest_settings: Mutex<Option<Settings>>,
    pub waits: Waits,
    pub clock: Clock,
    pub sent: SentDeletes,
    /// Set when the app ends: what comes of anything from then on is left for the next start to
    /// find out and to name.
    pub leaving: CancellationToken,
    pub os_user: String,
    pub computer: String,
    pub board: JobBoard,
    pub wake: Wake,
    pub events: mpsc::UnboundedSender<Envelope>,
    pub notices: mpsc::UnboundedSender<Notice>,
}

/// What a task tells the engine's own loop.
pub enum Notice {
    /// A token was accepted, or taken on trust because the service could not be asked.
    SignedIn {
        /// Which of the engine's attempts at a sign-in this is; see [`Engine::attempt`].
        ///
        /// [`Engine::attempt`]: crate::engine::run::Engine::attempt
        attempt: u64,
        session: Box<NewSession>,
        /// Why the keychain keeps no token although it was asked to, or may keep an earlier one.
        keychain: Option<Failure>,
        /// Why the service could not be asked whose token it is.
        unasked: Option<Failure>,
        /// Whether a person signed in just now.
        by_hand: bool,
    },
    /// Nobody could be signed in at the start.
    NotSignedIn {
        /// As in [`Notice::SignedIn`].
        attempt: u64,
        because: crate::engine::SignedOutBecause,
        /// What else stood in the way.
        failure: Option<Failure>,
    },
    /// The token is forgotten, or may not be.
    Forgotten(Option<Failure>),
    /// The service no longer accepts the token of this sign-in.
    SignInEnded { generation: u64 },
    /// Something that an earlier run left for `service` is closed, and is to be told.
    FoundAtStart {
        generation: u64,
        service: String,
        found: Box<Unfinished>,
    },
    /// The look into what earlier runs left is over, and `rest` could not be closed.
    LeftOpen { generation: u64, rest: LeftOver },
}

/// A sign-in before the loop has given it its generation.
pub struct NewSession {
    pub api: Arc<dyn RecordingsApi>,
    pub account: Account,
}

/// One sign-in.
pub struct Session {
    pub context: Arc<Context>,
    pub api: Arc<dyn RecordingsApi>,
    pub account: Account,
    /// The key under which the store keeps what belongs to this service.
    pub service: String,
    pub generation: u64,
    /// Set when the sign-in ends.
    pub cancel: CancellationToken,
}

impl Context {
    /// Tells the window something.
    pub fn tell(&self, generation: u64, event: Event) {
        // The window is gone when nobody listens: there is nobody left to tell.
        self.events.send(Envelope { generation, event }).ok();
        (self.wake)(Duration::ZERO);
    }
}

impl Session {
    /// The key under which the store keeps what belongs to an account's service.
    ///
    /// The practice service has another port each time, and is one and the same all the same.
    pub fn service_key(account: &Account) -> String {
        match account.keeping {
            TokenKeeping::Practice => "practice".to_owned(),
            _ => account.origin.ascii(),
        }
    }

    /// Tells the window something of this sign-in.
    pub fn tell(&self, event: Event) {
        self.context.tell(self.generation, event);
    }

    /// Turns an API error into what a person is told, and ends the sign-in where it says so.
    pub fn failure(&self, error: ApiError) -> Failure {
        self.noticed(error.failure)
    }

    /// Ends the sign-in where `failure` says that its token is no longer accepted.
    pub fn noticed(&self, failure: Failure) -> Failure {
        if failure.needs_sign_in() {
            let generation = self.generation;
            self.context
                .notices
                .send(Notice::SignInEnded { generation })
                .ok();
        }
        failure
    }

    /// A delete is about to go out.
    pub fn delete_goes_out(&self, doctor: Option<&DoctorName>) {
        let now = self.context.clock.steady();
        self.context.sent.note(&self.service, doctor, now);
    }

    /// A delete went out in an earlier run. No reading of the clock is left from then, but that it
    /// was before this run.
    pub fn delete_went_out_earlier(&self, doctor: Option<&DoctorName>) {
        let before = Duration::ZERO;
        self.context.sent.note(&self.service, doctor, before);
    }

    /// How long before now an answer may have been made that says what the service has for a
    /// doctor: a moment, and no longer than since the last delete that may have met it.
    pub fn oldest_answer(&self, doctor: &DoctorName) -> Duration {
        self.since_delete(doctor).min(A_MOMENT)
    }

    /// How long ago the last delete went out that may have met a doctor's recording: an answer that
    /// is younger shows what it did. As good as endless where none has.
    pub fn since_delete(&self, doctor: &DoctorName) -> Duration {
        let sent = self.context.sent.last(&self.service, doctor);
        sent.map_or(Duration::MAX, |sent| {
            self.context.clock.steady().saturating_sub(sent)
        })
    }

    /// An entry of the audit record, as far as the sign-in knows it.
    pub fn draft(
        &self,
        action: AuditAction,
        outcome: AuditOutcome,
        operation: OperationId,
    ) -> AuditDraft {
        AuditDraft {
            time: Timestamp::now(),
            action,
            outcome,
            operation,
            who: AuditWho {
                os_user: self.context.os_user.clone(),
                person: self.account.person.clone(),
                computer: self.context.computer.clone(),
                service: Some(self.service.clone()),
            },
            doctor: None,
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        }
    }

    /// Records an entry and what it changes, in one step; says it where that does not work.
    pub async fn record(&self, draft: AuditDraft, changes: Vec<Change>) -> Option<AuditEntry> {
        let doctor = draft.doctor.clone();
        match self.context.store.append_with(draft, changes).await {
            Ok(entry) => Some(entry),
            Err(error) => {
                self.tell(Event::Failed {
                    doctor,
                    failure: store_failure(&error),
                });
                None
            }
        }
    }

    /// Tells the window what is known of a doctor now.
    pub async fn tell_doctor(&self, doctor: &DoctorName) {
        match self.known(doctor).await {
            Ok(known) => self.tell(Event::Doctor(Box::new(known))),
            Err(error) => self.tell(Event::Failed {
                doctor: Some(doctor.clone()),
                failure: store_failure(&error),
            }),
        }
    }

    /// What is known of a doctor; nothing at all is an answer too.
    pub async fn known(&self, doctor: &DoctorName) -> Result<KnownDoctor, StoreError> {
        let known = self.context.store.doctor(&self.service, doctor).await?;
        Ok(known.unwrap_or_else(|| KnownDoctor::new(doctor.clone())))
    }
}

/// A store's error as people are told it.
pub fn store_failure(error: &StoreError) -> Failure {
    Failure::new(
        FailureKind::StoreTrouble,
        Timestamp::now(),
        error.to_string(),
    )
}

/// A new name for an act.
pub fn new_operation() -> OperationId {
    let mut bytes = [0; 16];
    if rand::fill(&mut bytes).is_err() {
        // The name need only be new, and the time in nanoseconds is new on this computer.
        bytes = Timestamp::now().as_nanosecond().to_be_bytes();
    }
    OperationId::from_bytes(bytes)
}
