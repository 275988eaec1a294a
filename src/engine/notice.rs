use std::sync::Arc;

use crate::domain::{DeletionPlan, Failure, ServiceOrigin, Version};
use crate::engine::credentials::SignIn;
use crate::engine::left_over::LeftOver;
use crate::engine::{Event, JobEnding, JobId, SignedOutBecause};

/// What a task tells the engine's own loop.
pub enum Notice {
    /// A token was accepted, or taken on trust because the service could not be asked.
    SignedIn {
        /// Which of the engine's attempts at a sign-in this is; see [`Engine::attempt`].
        ///
        /// [`Engine::attempt`]: crate::engine::event_loop::Engine::attempt
        attempt: u64,
        sign_in: Box<SignIn>,
        /// Why the keychain keeps no token although it was asked to, or may keep an earlier one.
        keychain: Option<Failure>,
        /// Why the service could not be asked whose token it is.
        unasked: Option<Failure>,
        /// How it began.
        begun: Begun,
        /// Whether its password is asked for before anything is shown.
        is_locked: bool,
    },
    /// Nobody could be signed in at the start.
    NotSignedIn {
        /// As in [`Notice::SignedIn`].
        attempt: u64,
        because: SignedOutBecause,
        /// What else stood in the way.
        failure: Option<Failure>,
    },
    /// A sign-in by a person failed.
    SignInFailed {
        /// As in [`Notice::SignedIn`].
        attempt: u64,
        failure: Failure,
    },
    /// Something is to be told, whoever is signed in.
    Tell(Box<Event>),
    /// A job has ended.
    Ended(Box<Ended>),
    /// The token is forgotten, or may not be.
    Forgotten(Option<Failure>),
    /// The service no longer accepts the token of this sign-in.
    SignInEnded { generation: u64 },
    /// Something that was begun in a workspace has come to its end, and is to be told.
    TellOf {
        begun_at: BegunAt,
        event: Box<Event>,
    },
    /// What the rules ask for before a delete was given.
    DeleteApproved {
        /// Which of the engine's approvals this is.
        number: u64,
        /// The sign-in that it was asked for in.
        asked_by: Arc<SignIn>,
        approved: Box<Approved>,
    },
    /// What came of asking which version is the newest.
    NewestVersion {
        /// The question's number.
        number: u64,
        answer: Option<Version>,
    },
    /// The look into what earlier runs left is over, and `rest` could not be closed.
    LeftOpen { generation: u64, rest: LeftOver },
}

/// How a sign-in began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// By what the keychain keeps, when the app started.
    AtTheStart,
    /// A person signed in just now.
    ByHand,
    /// By what the keychain keeps, in place of that of this person.
    Switched { before: Option<String> },
}

/// A job that has ended.
pub struct Ended {
    pub id: JobId,
    pub ending: Box<JobEnding>,
    pub begun_at: BegunAt,
}

/// The service at which something was begun: somebody may have signed in at another since.
#[derive(Debug, Clone)]
pub struct BegunAt {
    /// The key under which the store keeps what belongs to it.
    pub service: String,
    /// As people know it.
    pub origin: ServiceOrigin,
}

/// A delete that was confirmed, with who approved it, in the record's words.
pub struct Approved {
    pub plan: DeletionPlan,
    pub by: String,
}
