//! Ending a job before its work is done, and why that was.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::domain::AuditOutcome;

/// Who or what ended a job early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The person cancelled or stopped it.
    Person,
    /// The person paused it.
    Pause,
    /// The person signed out, or somebody signed in at another service.
    SignOut,
    /// The sign-in ended, and the next one is not of the person who had asked for it, or it is not
    /// known whose it is.
    AnotherPerson {
        /// Whether it is known.
        known: bool,
    },
    /// The computer slept, or its clock was changed.
    Sleep,
    /// The app is being closed.
    Leaving,
}

impl EndedBy {
    /// The record's word for it.
    pub const fn outcome(self) -> AuditOutcome {
        match self {
            Self::Person => AuditOutcome::Stopped,
            Self::Pause => AuditOutcome::Paused,
            Self::SignOut => AuditOutcome::SignedOut,
            Self::AnotherPerson { .. } => AuditOutcome::AnotherPerson,
            Self::Sleep => AuditOutcome::Slept,
            Self::Leaving => AuditOutcome::CutOff,
        }
    }
}

/// Ends a job early, and keeps the first reason for that.
#[derive(Clone)]
pub struct Cancellation {
    token: CancellationToken,
    ended_by: Arc<OnceLock<EndedBy>>,
}

impl Cancellation {
    /// One for a new job.
    pub fn new() -> Self {
        Self {
            token: CancellationToken::new(),
            ended_by: Arc::default(),
        }
    }

    /// Ends the job.
    pub fn cancel(&self, ended_by: EndedBy) {
        self.ended_by.get_or_init(|| ended_by);
        self.token.cancel();
    }

    /// What tells the job's parts that it is ended.
    pub const fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Whether it is known that the person ended it.
    pub fn is_by_person(&self) -> bool {
        self.ended_by.get() == Some(&EndedBy::Person)
    }

    /// Why it was ended; a person where it was not.
    pub fn ended_by(&self) -> EndedBy {
        self.ended_by.get().copied().unwrap_or(EndedBy::Person)
    }
}
