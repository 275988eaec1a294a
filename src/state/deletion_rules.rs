//! What this computer asks of a delete: changing it, and giving what it asks for.

use crate::domain::{DeletionRules, DoctorName, Failure, RuleChange, Secret};
use crate::engine::{Command, JobKind};
use crate::state::{Attempt, Message, Modal, SideEffect, State, engine};

impl State {
    /// Whether who is signed in has a password to give.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.account()
            .is_some_and(|account| account.user_name.is_some())
    }

    pub(super) fn rules_known(&mut self, rules: DeletionRules) {
        self.rules = rules;
        // What was asked to be changed is changed, or nothing of it is left to change.
        let rules = &self.rules;
        self.modals.retain(|modal| match modal {
            Modal::LoosenRules { change, .. } => rules.after(*change) != *rules,
            _ => true,
        });
    }

    /// Changes a rule; who asks for less is asked for the password first.
    pub(super) fn change_rule(&mut self, change: RuleChange) -> Vec<SideEffect> {
        if self.rules.are_loosened_by(&self.rules.after(change)) {
            let attempt = Attempt::default();
            return self.open_modal(Modal::LoosenRules { change, attempt });
        }
        engine(Command::ChangeRule(change, None))
    }

    /// "Change" in that question.
    pub(super) fn loosen_rules(&mut self, password: Secret) -> Vec<SideEffect> {
        if self.password_tries.wait(self.now).is_some() {
            return Vec::new();
        }
        let Some(Modal::LoosenRules { change, attempt }) = self.modals.last_mut() else {
            return Vec::new();
        };
        if attempt.trying {
            return Vec::new();
        }
        *attempt = Attempt {
            trying: true,
            failure: None,
        };
        engine(Command::ChangeRule(*change, Some(password)))
    }

    pub(super) fn rules_not_changed(&mut self, failure: Failure) {
        self.password_tries.failed(&failure, self.now);
        let mut modals = self.modals.iter_mut();
        let asked = modals.find_map(|modal| match modal {
            Modal::LoosenRules { attempt, .. } => Some(attempt),
            _ => None,
        });
        match asked {
            Some(attempt) => {
                *attempt = Attempt {
                    trying: false,
                    failure: Some(failure),
                };
            }
            None => self.tell(Message::Failed {
                doctor: None,
                failure,
            }),
        }
    }

    /// The question for a delete stays until what was typed into it is checked.
    pub(super) fn approval_is_tried(&mut self) {
        self.approval = Some(Attempt {
            trying: true,
            failure: None,
        });
    }

    /// Whether another try of a password may come now.
    pub(super) fn may_try_passwords(&self) -> bool {
        let is_trying = self.approval.as_ref().is_some_and(|tried| tried.trying);
        !is_trying && self.password_tries.wait(self.now).is_none()
    }

    /// A delete begins: its question is answered.
    pub(super) fn is_approved(&mut self, kind: &JobKind) {
        let is_tried = self.approval.take_if(|tried| tried.trying).is_some();
        if !is_tried {
            return;
        }
        self.password_tries.succeeded();
        self.modals.retain(|modal| match (modal, kind) {
            (Modal::DeleteOne { doctor, .. }, JobKind::Delete(of)) => doctor != of,
            (Modal::DeleteAll { .. }, JobKind::DeleteAll) => false,
            _ => true,
        });
    }

    /// The question comes back, where it is gone, with why it was not enough.
    pub(super) fn not_approved(
        &mut self,
        doctor: Option<DoctorName>,
        failure: Failure,
    ) -> Vec<SideEffect> {
        self.password_tries.failed(&failure, self.now);
        let stands = self.modals.iter().any(|modal| match modal {
            Modal::DeleteOne { doctor: of, .. } => Some(of) == doctor.as_ref(),
            Modal::DeleteAll { .. } => doctor.is_none(),
            _ => false,
        });
        let was_tried = self.approval.take().is_some();
        let mut effects = Vec::new();
        match doctor {
            Some(doctor) if was_tried && !stands && self.modals.is_empty() => {
                effects = self.ask_delete(doctor);
            }
            doctor if !stands || !was_tried => {
                self.tell(Message::Failed { doctor, failure });
                return effects;
            }
            _ => {}
        }
        self.approval = Some(Attempt {
            trying: false,
            failure: Some(failure),
        });
        effects
    }
}
