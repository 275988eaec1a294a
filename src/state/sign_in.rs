//! Who is signed in: the one sign-in of this window, from the keychain's answer to its end.

use crate::domain::{Account, Failure, Secret, ServiceOrigin, SignInWith};
use crate::engine::{Command, SignedOutBecause};
use crate::state::{Message, Screen, SideEffect, State, engine};

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

impl State {
    /// Who is signed in.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        match &self.sign_in {
            SignIn::In(account) => Some(account),
            _ => None,
        }
    }

    /// The service that the sign-in screen is for. While something waits for a sign-in it is that one's,
    /// and no other can be chosen.
    #[must_use]
    pub fn service_to_sign_in_to(&self) -> &ServiceOrigin {
        let waited_for = self.service.as_ref().filter(|_| !self.jobs.is_empty());
        waited_for.unwrap_or(&self.settings.service)
    }

    pub(super) fn sign_in(
        &mut self,
        address: &str,
        with: SignInWith,
        stay: bool,
    ) -> Vec<SideEffect> {
        let origin = match ServiceOrigin::parse(address) {
            Ok(origin) => origin,
            Err(error) => {
                self.address_error = Some(error);
                return Vec::new();
            }
        };
        self.address_error = None;
        // What is copied often brings white space along, which no token has, nor a name at its ends. A
        // password may.
        let with = match with {
            SignInWith::Token(token) => {
                SignInWith::Token(Secret::new(token.expose().trim().to_owned()))
            }
            SignInWith::Password {
                user_name,
                password,
            } => SignInWith::Password {
                user_name: user_name.trim().to_owned(),
                password,
            },
        };
        if let SignIn::Out {
            trying, failure, ..
        } = &mut self.sign_in
        {
            *trying = true;
            *failure = None;
        }
        self.settings.service = origin.clone();
        self.settings.signs_in_with_token = matches!(with, SignInWith::Token(_));
        let mut effects = self.save_settings();
        effects.extend(engine(Command::SignIn { origin, with, stay }));
        effects
    }

    pub(super) fn sign_out(&mut self) -> Vec<SideEffect> {
        self.modals.clear();
        engine(Command::SignOut)
    }

    pub(super) fn signed_in(&mut self, account: Account, keychain: Option<Failure>) {
        let last = self.service.replace(account.origin.clone());
        if let Some(last) = last.filter(|last| *last != account.origin) {
            self.keep_deletes_elsewhere(&last, &account.origin);
            self.messages_are_of(&last);
            self.forget_what_waits(Some(&last));
        }
        self.forget_what_was_shown();
        self.sign_in = SignIn::In(account);
        self.screen = Screen::Recordings;
        if let Some(failure) = keychain {
            self.tell(Message::Keychain(failure));
        }
    }

    pub(super) fn person_known(&mut self, person: String) {
        if let SignIn::In(account) = &mut self.sign_in {
            account.person = Some(person);
        }
    }

    pub(super) fn sign_in_failed(&mut self, reason: Failure) {
        if let SignIn::Out {
            trying, failure, ..
        } = &mut self.sign_in
        {
            *trying = false;
            *failure = Some(reason);
        }
    }

    pub(super) fn signed_out(&mut self, because: SignedOutBecause) -> Vec<SideEffect> {
        // A token that ends is nothing that the person did: what they were being told stays, and what
        // runs waits for the next sign-in. After a sign-out it stays only where nobody knows yet what
        // a delete did.
        if because != SignedOutBecause::Ended {
            self.results.retain(|shown| shown.ending.stays());
            for shown in &mut self.results {
                shown.looking = false;
            }
            let service = self.service.clone();
            self.forget_what_waits(service.as_ref());
        }
        self.sign_in = SignIn::Out {
            because,
            trying: false,
            failure: None,
        };
        self.forget_what_was_shown();
        // The question that they were for is gone.
        self.stop_survey()
    }

    /// The keychain may still keep the token of a sign-out.
    pub(super) fn token_kept(&mut self, failure: Failure) {
        match &mut self.sign_in {
            SignIn::Out {
                because: SignedOutBecause::SignOut(kept),
                ..
            } => *kept = Some(failure),
            _ => self.tell(Message::Keychain(failure)),
        }
    }

    /// What waits for a sign-in at `service`: what runs there, and where it was to go.
    fn forget_what_waits(&mut self, service: Option<&ServiceOrigin>) {
        self.checking.clear();
        self.destinations.clear();
        self.jobs_are_of(service);
    }

    /// What one person was shown, or was asked.
    fn forget_what_was_shown(&mut self) {
        // A complaint about an address goes with the field that it was typed into.
        self.address_error = None;
        self.doctors.clear();
        self.preparing = None;
        self.pending_backup = None;
        self.backing_up_since = None;
        self.set_aside.clear();
        self.kept_parts.clear();
        self.modals.clear();
        self.activity.forget();
    }
}
