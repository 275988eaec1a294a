//! Short messages, the toasts.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Account, DoctorName, Failure, ServiceOrigin};
use crate::state::{SideEffect, State};

/// A short message.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// For [`Action::DismissToast`](crate::state::Action::DismissToast).
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
    /// The same at another service than that of the present sign-in.
    FailedElsewhere {
        /// That service.
        service: ServiceOrigin,
        /// The doctor it was about there.
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
    /// This account was switched to.
    GoesOnAs(Account),
    /// Text was put on the clipboard.
    Copied,
    /// The settings could not be read; the usual ones are used.
    SettingsLost,
    /// What is asked of a delete was changed by something else than the app; all that was asked holds again.
    RulesWereChanged,
    /// The settings were changed by something else than the app, among them perhaps the service's address.
    SettingsWereChanged,
    /// The computer's clock was set back while the app ran.
    ClockSetBack,
    /// The computer's clock is behind the newest entry of the record.
    ClockBehindRecord,
}

impl Message {
    fn forget_doctor(&mut self) {
        if let Self::Failed { doctor, .. } | Self::FailedElsewhere { doctor, .. } = self {
            *doctor = None;
        }
    }

    /// Whether it names somebody all the same: a person, a doctor, or a file, whose name may be a doctor's.
    const fn names_somebody(&self) -> bool {
        match self {
            Self::GoesOnAs(_) | Self::NothingThere(_) => true,
            Self::Failed { failure, .. } | Self::FailedElsewhere { failure, .. } => {
                failure.kind.names_a_file()
            }
            _ => false,
        }
    }
}

impl Toast {
    /// Whether it stays until the person takes it away: a failure must not pass unseen.
    #[must_use]
    pub const fn stands_until_dismissed(&self) -> bool {
        matches!(
            self.message,
            Message::Failed { .. }
                | Message::FailedElsewhere { .. }
                | Message::Keychain(_)
                | Message::RulesWereChanged
                | Message::SettingsWereChanged
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
    /// Somebody has signed in at another service: under the same names others are known there.
    pub(super) fn messages_are_of(&mut self, last: &ServiceOrigin) {
        self.toasts
            .retain(|toast| !matches!(toast.message, Message::NothingThere(_)));
        for toast in &mut self.toasts {
            if let Message::Failed {
                doctor: doctor @ Some(_),
                failure,
            } = &toast.message
            {
                toast.message = Message::FailedElsewhere {
                    service: last.clone(),
                    doctor: doctor.clone(),
                    failure: failure.clone(),
                };
            }
        }
    }

    /// Nobody is signed in any more: what stands is there for whoever comes next.
    pub(super) fn messages_are_nobodys(&mut self) {
        self.toasts.retain_mut(|toast| {
            toast.message.forget_doctor();
            !toast.message.names_somebody()
        });
    }

    /// Somebody is signed in.
    pub(super) fn tell_what_was_held(&mut self) {
        for message in std::mem::take(&mut self.held_messages) {
            self.tell(message);
        }
    }

    /// Shows a short message. Where nobody is signed in, what names a doctor or a file waits until somebody is.
    pub fn tell(&mut self, mut message: Message) {
        if self.account().is_none() {
            message.forget_doctor();
            if message.names_somebody() {
                self.held_messages.push(message);
                return;
            }
        }
        let number = self.number();
        self.toasts.push(Toast {
            number,
            message,
            at: self.now,
        });
    }

    /// Sets the time that relative times are told from, and takes away toasts that stood long
    /// enough.
    pub fn tick(&mut self, now: Timestamp) {
        self.now = now;
        self.password_tries.tick(now);
        // Nobody sees them while the window is locked.
        let is_locked = self.locked().is_some();
        self.toasts.retain(|toast| {
            is_locked
                || toast.stands_until_dismissed()
                || now.duration_since(toast.at) < toast.stands_for()
        });
    }

    /// Takes away the messages about a doctor who is asked for anew: what they said is old then,
    /// and piled up they would cover what lies under them.
    pub(super) fn take_back_messages(&mut self, about: &DoctorName) {
        self.toasts.retain(|toast| match &toast.message {
            Message::Failed { doctor, .. } => doctor.as_ref() != Some(about),
            Message::NothingThere(doctor) => doctor != about,
            _ => true,
        });
    }

    pub(super) fn dismiss_toast(&mut self, number: u64) -> Vec<SideEffect> {
        self.toasts.retain(|toast| toast.number != number);
        Vec::new()
    }

    /// Says what did not work; that nobody is signed in any more, the window says itself.
    pub(super) fn tell_failure(&mut self, doctor: Option<DoctorName>, failure: Failure) {
        if failure.needs_sign_in() && self.account().is_none() {
            return;
        }
        self.tell(Message::Failed { doctor, failure });
    }

    pub(super) fn failed(&mut self, doctor: Option<DoctorName>, failure: Failure) {
        self.tell_failure(doctor, failure);
        if self.running_survey().is_none() {
            // The looks were not begun: their figures are what they are.
            self.figures_stand();
        }
    }

    pub(super) fn copied(&mut self) -> Vec<SideEffect> {
        self.tell(Message::Copied);
        Vec::new()
    }
}
