//! Signing in again, over what is shown: where the sign-in has ended, and before it does.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::engine::Command;
use crate::state::{Attempt, Modal, SideEffect, SignIn, State, engine};

/// How long before its end a sign-in is said to end soon.
const SOON: SignedDuration = SignedDuration::from_mins(5);

/// The question for a sign-in that goes on with the one that has ended, or that ends soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInAgain {
    /// The last one has ended: nothing goes on without.
    pub has_ended: bool,
    /// What is begun then.
    pub batch: Option<Batch>,
    /// What comes of it.
    pub attempt: Attempt,
}

/// What may take longer than a sign-in lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Batch {
    /// A look at all doctors.
    CheckAll,
    /// The same, and a backup of each who has none.
    CheckAndBackUp {
        /// Where the files go.
        folder: PathBuf,
        /// A backup that can't be compared is one to be made anew unless it was made since.
        fetched_since: Timestamp,
    },
}

impl State {
    /// When the sign-in ends, where that is soon.
    #[must_use]
    pub fn ends_soon(&self) -> Option<Timestamp> {
        let ends_at = self.account()?.ends_at?;
        let left = ends_at.duration_since(self.now);
        (left.is_positive() && left <= SOON).then_some(ends_at)
    }

    /// How long a batch may take.
    #[must_use]
    pub fn takes(&self, batch: &Batch) -> SignedDuration {
        match batch {
            Batch::CheckAll => self.pace.looks(&self.doctors),
            Batch::CheckAndBackUp { .. } => self.pace.backups(&self.doctors),
        }
    }

    /// Once for all that waits, over what is shown.
    pub(super) fn sign_in_has_ended(&mut self) -> Vec<SideEffect> {
        self.pace.waits();
        if let SignIn::In(account) = &mut self.sign_in {
            account.ends_at = None;
        }
        let mut modals = self.modals.iter_mut();
        let asked = modals.find_map(|modal| match modal {
            Modal::SignInAgain(asked) => Some(asked),
            _ => None,
        });
        match asked {
            Some(asked) => asked.has_ended = true,
            None => self.put_form(true, None),
        }
        Vec::new()
    }

    fn put_form(&mut self, has_ended: bool, batch: Option<Batch>) {
        self.forms += 1;
        self.modals.push(Modal::SignInAgain(SignInAgain {
            has_ended,
            batch,
            attempt: Attempt::default(),
        }));
    }

    /// Asks before the sign-in has ended.
    pub(super) fn ask_to_sign_in_again(&mut self, batch: Option<Batch>) -> Vec<SideEffect> {
        let mut modals = self.modals.iter_mut();
        let asked = modals.find_map(|modal| match modal {
            Modal::SignInAgain(asked) => Some(asked),
            _ => None,
        });
        match asked {
            // There is one form at a time.
            Some(asked) => asked.batch = batch.or(asked.batch.take()),
            None => self.put_form(false, batch),
        }
        Vec::new()
    }

    /// Begins a batch, or says first that the sign-in may end before it does.
    pub(super) fn begin(&mut self, batch: Batch) -> Vec<SideEffect> {
        let ends_at = self.account().and_then(|account| account.ends_at);
        let left = ends_at.map(|ends_at| ends_at.duration_since(self.now));
        // Of one that should be over by now only the service knows.
        let left = left.filter(SignedDuration::is_positive);
        if left.is_some_and(|left| left < self.takes(&batch)) {
            return self.ask_to_sign_in_again(Some(batch));
        }
        self.begin_now(batch)
    }

    /// Begins it whatever is left of the sign-in.
    pub(super) fn begin_now(&mut self, batch: Batch) -> Vec<SideEffect> {
        match batch {
            Batch::CheckAll => engine(Command::CheckAll(self.names())),
            Batch::CheckAndBackUp {
                folder,
                fetched_since,
            } => {
                let mut effects = vec![self.goes_to(None, &folder)];
                effects.extend(engine(Command::CheckAndBackUp {
                    doctors: self.names(),
                    folder,
                    fetched_since,
                }));
                effects
            }
        }
    }

    /// "Begin anyway" in the question.
    pub(super) fn begin_anyway(&mut self) -> Vec<SideEffect> {
        let can_begin = |modal: &mut Modal| matches!(modal, Modal::SignInAgain(asked) if !asked.has_ended && asked.batch.is_some());
        let mut effects = match self.modals.last() {
            Some(Modal::SignInAgain(asked)) if asked.batch.is_some() && !asked.has_ended => {
                self.stop_signing_in()
            }
            _ => Vec::new(),
        };
        if let Some(Modal::SignInAgain(SignInAgain {
            batch: Some(batch), ..
        })) = self.modals.pop_if(can_begin)
        {
            effects.extend(self.begin_now(batch));
        }
        effects
    }

    /// The same person has signed in again: what was asked for begins.
    pub(super) fn goes_on(&mut self) -> Vec<SideEffect> {
        let asked = |modal: &Modal| matches!(modal, Modal::SignInAgain(_));
        let Some(at) = self.modals.iter().position(asked) else {
            return Vec::new();
        };
        match self.modals.remove(at) {
            Modal::SignInAgain(SignInAgain {
                batch: Some(batch), ..
            }) => self.begin_now(batch),
            _ => Vec::new(),
        }
    }
}
