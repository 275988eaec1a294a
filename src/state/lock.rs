//! The lock of a desk that nobody sits at: what is shown is covered, what runs goes on.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Failure, Secret, SignInWith, TokenKeeping};
use crate::engine::Command;
use crate::settings::Settings;
use crate::state::sign_in::Opened;
use crate::state::{Action, Attempt, Modal, SideEffect, SignIn, State, engine};

/// How long it is waited until accounts are to be locked that were not.
const ONCE_MORE: SignedDuration = SignedDuration::from_mins(1);

/// Whether the window is locked, and since when nobody has touched it.
#[derive(Debug, Default)]
pub struct Lock {
    /// What came of the password, while it is locked.
    pub(super) locked: Option<Attempt>,
    /// The password that was typed there signs in anew, as the sign-in has ended.
    pub(super) signs_in: bool,
    pub(super) touched_at: Option<Timestamp>,
    /// When the accounts were last to be locked.
    asked_at: Option<Timestamp>,
}

impl State {
    /// What came of the password that unlocks the window; nothing where it is not locked.
    #[must_use]
    pub const fn locked(&self) -> Option<&Attempt> {
        self.lock.locked.as_ref()
    }

    /// Whether the window can be locked: only where a password unlocks it.
    #[must_use]
    pub fn can_lock(&self) -> bool {
        self.has_password()
    }

    /// Somebody moved the mouse or pressed a key.
    pub const fn touched(&mut self) {
        self.lock.touched_at = Some(self.now);
    }

    /// Locks the window where nobody has touched it for long.
    pub fn lock_when_idle(&mut self) -> Vec<SideEffect> {
        if self.locked().is_some() {
            return self.lock_once_more();
        }
        let touched_at = *self.lock.touched_at.get_or_insert(self.now);
        let idle = self.now.duration_since(touched_at);
        if idle.is_negative() {
            // The clock was set back.
            self.touched();
        }
        let minutes = self.settings.lock_after;
        let limit = minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
        if limit.is_none_or(|limit| idle < limit) {
            return Vec::new();
        }
        if self.can_lock() {
            return self.lock_now();
        }
        // Nothing is covered; what other people have here asks for their passwords all the same.
        self.touched();
        if self.has_open_accounts() {
            return self.lock_accounts();
        }
        Vec::new()
    }

    /// "Lock", or it was time for that. It outlasts the app: of every account that the keychain keeps the
    /// password is asked for from now on.
    pub(super) fn lock_now(&mut self) -> Vec<SideEffect> {
        if !self.can_lock() || self.lock.locked.is_some() {
            return Vec::new();
        }
        self.lock.locked = Some(Attempt::default());
        self.lock_accounts()
    }

    /// Has each account ask for its password, also at the next start.
    pub(super) fn lock_accounts(&mut self) -> Vec<SideEffect> {
        self.lock.asked_at = Some(self.now);
        engine(Command::LockAccounts)
    }

    /// The same where it is not so although the window is locked: the disk was full, or a sign-in that was under
    /// way came to its end.
    fn lock_once_more(&mut self) -> Vec<SideEffect> {
        let is_open = self.accounts.iter().flatten().any(|kept| !kept.is_locked);
        let asked_at = self.lock.asked_at;
        let is_due = asked_at.is_none_or(|asked_at| {
            let since = self.now.duration_since(asked_at);
            since.is_negative() || since >= ONCE_MORE
        });
        if is_open && is_due {
            return self.lock_accounts();
        }
        Vec::new()
    }

    /// Somebody is signed in: by what was typed behind the lock that opens it, by anything else it does not.
    pub(super) fn lock_at_sign_in(&mut self, opened: Opened) -> Vec<SideEffect> {
        let stays = match self.locked() {
            Some(_) => !(opened.by_hand && self.lock.signs_in),
            None => opened.is_locked,
        };
        if !stays {
            self.unlocked();
            return Vec::new();
        }
        self.lock.locked.get_or_insert_default();
        // One that was under way when it was locked has opened its account.
        self.lock_accounts()
    }

    /// How long nobody has to touch the window before it locks, in minutes, of
    /// [`Settings::LOCK_TIMES`]; never without.
    pub(super) fn set_lock_after(&mut self, minutes: Option<u16>) -> Vec<SideEffect> {
        if minutes.is_none_or(|minutes| Settings::LOCK_TIMES.contains(&minutes)) {
            self.settings.lock_after = minutes;
        }
        self.save_settings()
    }

    /// "Unlock": the password is tried by a sign-in call. Where the sign-in has ended that is the sign-in.
    pub(super) fn unlock(&mut self, password: Secret) -> Vec<SideEffect> {
        let is_trying = self.locked().is_none_or(|tried| tried.trying);
        if is_trying || self.password_tries.wait(self.now).is_some() {
            return Vec::new();
        }
        let SignIn::In(account) = &self.sign_in else {
            return Vec::new();
        };
        let Some(user_name) = account.user_name.clone() else {
            return Vec::new();
        };
        let (address, keeping) = (account.origin.ascii(), account.keeping);
        self.lock.locked = Some(Attempt {
            trying: true,
            failure: None,
        });
        let has_ended =
            |modal: &Modal| matches!(modal, Modal::SignInAgain(asked) if asked.has_ended);
        self.lock.signs_in = self.modals.iter().any(has_ended);
        if !self.lock.signs_in {
            return engine(Command::CheckPassword(password));
        }
        let with = SignInWith::Password {
            user_name,
            password,
        };
        self.sign_in(&address, with, keeping != TokenKeeping::Memory)
    }

    pub(super) fn password_checked(&mut self, failure: Option<Failure>) -> Vec<SideEffect> {
        match failure {
            None => {
                self.password_tries.succeeded();
                let is_asked = self.locked().is_some_and(|tried| tried.trying);
                if is_asked && !self.lock.signs_in {
                    self.unlocked();
                }
                Vec::new()
            }
            Some(failure) => {
                self.password_tries.failed(&failure, self.now);
                self.not_unlocked(failure);
                Vec::new()
            }
        }
    }

    /// There is nothing to cover any more.
    pub(super) fn unlocked(&mut self) {
        self.lock.locked = None;
        self.lock.signs_in = false;
        self.touched();
    }

    pub(super) fn not_unlocked(&mut self, failure: Failure) {
        if let Some(locked) = &mut self.lock.locked {
            *locked = Attempt {
                trying: false,
                failure: Some(failure),
            };
        }
    }

    /// What an action comes to while the window is locked; nothing where it may not come.
    pub(super) fn while_locked(&self, action: Action) -> Option<Action> {
        let leaves = self.modals.last().is_some_and(Modal::leaves);
        match action {
            // Whoever answers a dialog may be somebody else.
            Action::SaveChosen { request, .. } => Some(Action::SaveChosen {
                request,
                chosen: None,
            }),
            Action::FolderChosen(_) => Some(Action::FolderChosen(None)),
            Action::CloseModal | Action::ConfirmClose | Action::ConfirmSignOut if !leaves => None,
            action if action.is_for_a_lock() => Some(action),
            _ => None,
        }
    }
}
