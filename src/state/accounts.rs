//! Whose turn it is at a shared desk: the accounts that stay signed in, and going from one to another.

use crate::domain::{AccountKey, KeptAccount};
use crate::engine::Command;
use crate::state::{Message, Modal, SideEffect, SignIn, State, Toast, engine};

impl State {
    /// The accounts that can be gone on with, but for the present one. From a desk that was left locked
    /// only those that a password guards.
    pub fn other_accounts(&self) -> impl Iterator<Item = &KeptAccount> {
        let present = self.account().map(crate::domain::Account::key);
        let is_locked = self.settings.locked;
        self.accounts.iter().filter(move |kept| {
            Some(&kept.key) != present.as_ref() && (!is_locked || kept.user_name.is_some())
        })
    }

    /// The user name of who is to sign in, where somebody in particular is.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        let going = self.switching_to.as_ref()?;
        going.user_name.as_deref()
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
        let mut effects = Vec::new();
        let key = account.as_ref().map(|account| account.key.clone());
        if let Some(key) = &key {
            self.settings.service = key.origin.clone();
            effects = self.save_settings();
        }
        self.switching_to = account.map(Box::new);
        effects.extend(engine(Command::SwitchAccount(key)));
        effects
    }

    /// Nobody is signed in any more.
    pub(super) fn nobody_goes_on(&mut self) {
        let is_over = |toast: &Toast| matches!(toast.message, Message::GoesOnAs(_));
        self.toasts.retain(|toast| !is_over(toast));
    }

    /// Somebody is signed in. Where that is the account that was picked it is said.
    pub(super) fn has_switched(&mut self, was_starting: bool) {
        if let Some(account) = self.switching_to.take().filter(|_| was_starting) {
            self.tell(Message::GoesOnAs(*account));
        }
    }
}
