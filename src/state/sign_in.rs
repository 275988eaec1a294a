//! Who is signed in: the one sign-in of this window, from the keychain's answer to its end.

use crate::domain::{Account, Failure, Secret, ServiceOrigin, SignInWith};
use crate::engine::{Command, SignedOutBecause};
use crate::state::{Message, Modal, Screen, SideEffect, State, engine};

/// Who is signed in, or why nobody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The keychain is being asked.
    Starting,
    /// Nobody; the sign-in screen stands.
    Out {
        /// Why.
        because: SignedOutBecause,
        /// What comes of the form.
        attempt: Attempt,
    },
    /// Somebody.
    In(Account),
    /// The app's own data can't be opened, for this reason: nothing else can be shown.
    CannotOpen(Failure),
}

/// How somebody came to be signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// By what a person typed just now.
    pub by_hand: bool,
    /// By what the keychain keeps, of a desk that was left locked.
    pub is_locked: bool,
}

/// An attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempt {
    /// It is on its way.
    pub trying: bool,
    /// What was wrong with the last one.
    pub failure: Option<Failure>,
}

impl State {
    /// The attempt to sign in, where a form for that stands.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        let mut modals = self.modals.iter();
        match &self.sign_in {
            SignIn::Out { attempt, .. } => Some(attempt),
            _ => modals.find_map(|modal| match modal {
                Modal::SignInAgain(asked) => Some(&asked.attempt),
                _ => None,
            }),
        }
    }

    fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        let mut modals = self.modals.iter_mut();
        match &mut self.sign_in {
            SignIn::Out { attempt, .. } => Some(attempt),
            _ => modals.find_map(|modal| match modal {
                Modal::SignInAgain(asked) => Some(&mut asked.attempt),
                _ => None,
            }),
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

    /// The service that is to be signed in to. Where the last sign-in has just ended it is that one's.
    #[must_use]
    pub fn service_to_sign_in_to(&self) -> &ServiceOrigin {
        match (&self.sign_in, &self.switching_to) {
            (SignIn::In(account), _) => &account.origin,
            (_, Some(account)) => &account.key.origin,
            _ => &self.settings.service,
        }
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
        let is_password = matches!(with, SignInWith::Password { .. });
        if is_password && self.password_tries.wait(self.now).is_some() {
            return Vec::new();
        }
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
        if let Some(attempt) = self.attempt_mut() {
            *attempt = Attempt {
                trying: true,
                failure: None,
            };
        }
        if !matches!(self.sign_in, SignIn::In(_)) {
            self.settings.service = origin.clone();
        }
        self.settings.signs_in_with_token = matches!(with, SignInWith::Token(_));
        let mut effects = self.save_settings();
        effects.extend(engine(Command::SignIn { origin, with, stay }));
        effects
    }

    /// "Cancel" while somebody signs in.
    pub(super) fn stop_signing_in(&mut self) -> Vec<SideEffect> {
        if self.sign_in == SignIn::Starting && self.can_sign_in_by_hand() {
            self.put_out(SignedOutBecause::NoToken);
            return engine(Command::StopSigningIn);
        }
        match self.attempt_mut() {
            Some(attempt) if attempt.trying => {
                *attempt = Attempt::default();
                engine(Command::StopSigningIn)
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn sign_out(&mut self) -> Vec<SideEffect> {
        self.modals.clear();
        engine(Command::SignOut)
    }

    pub(super) fn signed_in(
        &mut self,
        account: Account,
        goes_on: bool,
        keychain: Option<Failure>,
        opened: Opened,
    ) -> Vec<SideEffect> {
        if opened.by_hand {
            self.password_tries.succeeded();
        }
        let last = self.service.replace(account.origin.clone());
        if let Some(last) = last.filter(|last| *last != account.origin) {
            self.keep_deletes_elsewhere(&last, &account.origin);
            self.messages_are_of(&last);
            self.forget_what_waits(Some(&last));
        }
        let goes_on = goes_on && self.account().is_some();
        self.sign_in = SignIn::In(account);
        self.tell_what_was_held();
        if let Some(failure) = keychain {
            self.tell(Message::Keychain(failure));
        }
        self.forms += 1;
        let mut effects = self.has_switched(opened);
        effects.extend(self.lock_at_sign_in(opened));
        if goes_on {
            effects.extend(self.goes_on());
            return effects;
        }
        self.people += 1;
        self.forget_what_was_shown();
        self.screen = Screen::Recordings;
        effects
    }

    pub(super) fn person_known(&mut self, person: String) {
        if let SignIn::In(account) = &mut self.sign_in {
            account.person = Some(person);
        }
    }

    pub(super) fn sign_in_failed(&mut self, reason: Failure) {
        self.password_tries.failed(&reason, self.now);
        if self.lock.signs_in {
            self.not_unlocked(reason.clone());
        }
        if let Some(attempt) = self.attempt_mut() {
            *attempt = Attempt {
                trying: false,
                failure: Some(reason),
            };
        }
    }

    pub(super) fn signed_out(&mut self, because: SignedOutBecause) -> Vec<SideEffect> {
        if let (SignedOutBecause::SignOut(_), Some(account)) = (&because, self.account()) {
            let key = account.key();
            if let Some(accounts) = &mut self.accounts {
                accounts.retain(|kept| kept.key != key);
            }
        }
        // A token that ends is nothing that the person did: what they were being told stays, and what
        // runs waits for the next sign-in. After a sign-out it stays only where nobody knows yet what
        // a delete did.
        if because == SignedOutBecause::Ended {
            if self.account().is_some() {
                return self.sign_in_has_ended();
            }
        } else {
            self.results.retain(|shown| shown.ending.stays());
            for shown in &mut self.results {
                shown.looking = false;
            }
            let service = self.service.clone();
            self.forget_what_waits(service.as_ref());
        }
        self.unlocked();
        self.messages_are_nobodys();
        if because == SignedOutBecause::Switch {
            self.sign_in = SignIn::Starting;
        } else {
            self.put_out(because);
        }
        self.forget_what_was_shown();
        // The question that they were for is gone.
        self.stop_survey()
    }

    fn put_out(&mut self, because: SignedOutBecause) {
        if because != SignedOutBecause::Ended {
            self.switching_to = None;
        }
        self.forms += 1;
        self.sign_in = SignIn::Out {
            because,
            attempt: Attempt::default(),
        };
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
        self.approval = None;
        self.backing_up_since = None;
        self.set_aside.clear();
        self.kept_parts.clear();
        self.modals.clear();
        self.activity.forget();
    }
}
