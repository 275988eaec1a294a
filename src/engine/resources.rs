//! What lasts as long as the engine, and is the same for every sign-in.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::api::Connector;
use crate::domain::{AuditWho, DeletionRules, Failure, FailureKind};
use crate::engine::notice::Notice;
use crate::engine::record_standing::RecordStanding;
use crate::engine::sent_deletes::SentDeletes;
use crate::engine::ticket::{JobBoard, Wake};
use crate::engine::waits::Waits;
use crate::engine::{Clock, Envelope, Event};
use crate::keychain::Keychain;
use crate::settings::{Settings, SettingsFile};
use crate::store::{Store, StoreError};

/// What the engine works with, for as long as it runs.
pub struct Resources {
    pub store: Store,
    pub connector: Arc<dyn Connector>,
    pub keychain: Keychain,
    /// What is asked of a delete.
    pub rules: Mutex<DeletionRules>,
    /// Whether that could be read: else all that can be asked for is.
    pub rules_are_known: AtomicBool,
    /// Held while that is changed.
    pub changing_rules: tokio::sync::Mutex<()>,
    /// Whether it is the practice service that is signed in to, at which nothing is kept.
    pub is_practice: bool,
    /// Whether the record is what the app wrote.
    pub record: RecordStanding,
    /// Held while the file is written.
    pub settings_file: tokio::sync::Mutex<SettingsFile>,
    /// What is still to be written to it.
    pub newest_settings: Mutex<Option<Settings>>,
    pub waits: Waits,
    pub clock: Clock,
    pub sent: SentDeletes,
    /// Held while what the keychain keeps is changed: a sign-in that is given up leaves nothing there.
    pub keeping: tokio::sync::Mutex<()>,
    /// Held while sign-outs are recorded whose token is forgotten.
    pub settling: tokio::sync::Mutex<()>,
    /// Set when the app ends: what comes of anything from then on is left for the next start to
    /// find out and to name.
    pub leaving: CancellationToken,
    pub os_user: String,
    pub computer: String,
    pub board: JobBoard,
    /// Held while what is kept is read and told, so that the newest is told last.
    pub telling: tokio::sync::Mutex<()>,
    /// The part files that are being removed.
    pub removing: Mutex<BTreeSet<PathBuf>>,
    pub wake: Wake,
    pub events: mpsc::UnboundedSender<Envelope>,
    pub notices: mpsc::UnboundedSender<Notice>,
}

impl Resources {
    /// Takes settings that are to be written, in place of earlier ones that are not yet.
    pub fn keep_in_mind(&self, settings: Settings) {
        let newest = self.newest_settings.lock();
        *newest.unwrap_or_else(PoisonError::into_inner) = Some(settings);
    }

    /// What is asked of a delete.
    pub fn rules(&self) -> DeletionRules {
        let rules = self.rules.lock();
        rules.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this is asked of a delete.
    pub fn set_rules(&self, rules: DeletionRules) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// Tells the engine's loop something.
    pub fn notify(&self, notice: Notice) {
        // The loop has ended where nobody listens: what it would have done is left as it is.
        self.notices.send(notice).ok();
    }

    /// Who and where, for an entry of the record.
    pub fn who(&self, person: Option<String>, service: String) -> AuditWho {
        AuditWho {
            os_user: self.os_user.clone(),
            person,
            computer: self.computer.clone(),
            service: Some(service),
        }
    }

    /// Tells the window something.
    pub fn tell(&self, generation: u64, event: Event) {
        // The window is gone when nobody listens: there is nobody left to tell.
        self.events.send(Envelope { generation, event }).ok();
        (self.wake)(Duration::ZERO);
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

/// A fault of the app's own, as people are told it.
pub fn internal() -> Failure {
    Failure::new(
        FailureKind::Internal,
        Timestamp::now(),
        "a fault of the app's own",
    )
}
