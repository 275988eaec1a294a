//! Whose turn it is at a shared desk: the accounts that stay signed in, and going from one to another.

use crate::domain::{Account, AccountKey, KeptAccount};
use crate::engine::Command;
use crate::state::sign_in::Opened;
use crate::state::{Message, Modal, Mode, SideEffect, SignIn, State, engine};

impl State {
    /// The accounts that can be gone on with, but for the present one. Of a locked one its password is asked
    /// for, so it has to have one.
    pub fn other_accounts(&self) -> impl Iterator<Item = &KeptAccount> {
        let present = self.account().map(Account::key);
        self.accounts.iter().flatten().filter(move |kept| {
            let can_open = !kept.is_locked || kept.user_name.is_some();
            can_open && Some(&kept.key) != present.as_ref()
        })
    }

    /// Whether any of them can be gone on with without a password.
    #[must_use]
    pub fn has_open_accounts(&self) -> bool {
        self.other_accounts().any(|kept| !kept.is_locked)
    }

    /// Whether somebody who does not want to wait for the keychain can sign in by hand.
    #[must_use]
    pub const fn can_sign_in_by_hand(&self) -> bool {
        self.accounts.is_some()
    }

    /// The user name of who is to sign in, where somebody in particular is.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        let going = self.switching_to.as_ref()?;
        going.user_name.as_deref()
    }

    /// Practice, or back. Nobody watches over the accounts here meanwhile.
    pub(super) fn switch(&mut self, mode: Mode) -> Vec<SideEffect> {
        let mut effects = match mode {
            Mode::Practice => self.lock_accounts(),
            Mode::Real => Vec::new(),
        };
        effects.push(SideEffect::Switch(mode));
        effects
    }

    /// "Switch account…".
    pub(super) fn ask_who(&mut self) -> Vec<SideEffect> {
        if self.account().is_none() {
            return Vec::new();
        }
        self.open_modal(Modal::Accounts)
    }

    /// An account was picked, or `None` for somebody else. Asks first where jobs run.
    pub(super) fn switch_account(&mut self, to: Option<&AccountKey>) -> Vec<SideEffect> {
        let may_come = match (&self.sign_in, self.modals.last()) {
            (SignIn::In(_), Some(Modal::Accounts)) => true,
            (SignIn::Out { attempt, .. }, None) => to.is_some() && !attempt.trying,
            _ => false,
        };
        let account = to.and_then(|to| self.other_accounts().find(|kept| kept.key == *to).cloned());
        if !may_come || account.is_some() != to.is_some() {
            return Vec::new();
        }
        if self.has_running_jobs() {
            self.modals.push(Modal::SwitchWhileBusy(account));
            return Vec::new();
        }
        self.go_on_as(account)
    }

    /// "Stop and switch".
    pub(super) fn confirm_switch(&mut self) -> Vec<SideEffect> {
        match self
            .modals
            .pop_if(|modal| matches!(modal, Modal::SwitchWhileBusy(_)))
        {
            Some(Modal::SwitchWhileBusy(account)) => self.go_on_as(account),
            _ => Vec::new(),
        }
    }

    fn go_on_as(&mut self, account: Option<KeptAccount>) -> Vec<SideEffect> {
        self.modals.clear();
        let key = account.as_ref().map(|account| account.key.clone());
        self.switching_to = account.map(Box::new);
        engine(Command::SwitchAccount(key))
    }

    /// Somebody is signed in. Where that is by what the keychain keeps for who was picked, it is said, and the
    /// next start begins at their service.
    pub(super) fn has_switched(&mut self, opened: Opened) -> Vec<SideEffect> {
        let picked = self.switching_to.take().filter(|_| !opened.by_hand);
        let (Some(_), Some(account)) = (picked, self.account()) else {
            return Vec::new();
        };
        let account = account.clone();
        self.settings.service = account.origin.clone();
        if !opened.is_locked {
            self.tell(Message::GoesOnAs(account));
        }
        self.save_settings()
    }
}
