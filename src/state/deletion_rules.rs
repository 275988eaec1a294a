//! What this computer asks of a delete: changing it, and giving what it asks for.

use crate::domain::{
    DeletionRules, DeletionScope, DoctorName, Failure, FailureKind, RuleChange, Secret,
};
use crate::engine::{Command, JobKind};
use crate::state::{Attempt, Message, Modal, SideEffect, State, engine};

/// What came of what was typed to have a delete carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approving {
    /// Of what.
    pub scope: DeletionScope,
    /// What came of it.
    pub attempt: Attempt,
}

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
        let is_done = |modal: &Modal| {
            matches!(modal, Modal::LoosenRules { change, .. }
            if rules.after(*change) == *rules)
        };
        if self.modals.iter().any(is_done) {
            self.password_tries.succeeded();
        }
        self.modals.retain(|modal| !is_done(modal));
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
    pub(super) fn approval_is_tried(&mut self, scope: DeletionScope) {
        self.approval = Some(Approving {
            scope,
            attempt: Attempt {
                trying: true,
                failure: None,
            },
        });
    }

    /// Whether what was typed to have a delete carried out is being checked.
    #[must_use]
    pub fn is_approving(&self) -> bool {
        let approval = self.approval.as_ref();
        approval.is_some_and(|approving| approving.attempt.trying)
    }

    /// Whether another try of a password may come now.
    pub(super) fn may_try_passwords(&self) -> bool {
        !self.is_approving() && self.password_tries.wait(self.now).is_none()
    }

    /// What came of what was typed into the question on top.
    #[must_use]
    pub fn approval_here(&self) -> Option<&Attempt> {
        let approving = self.approval.as_ref()?;
        let is_here = is_question(self.modals.last()?, &approving.scope);
        is_here.then_some(&approving.attempt)
    }

    /// This question is gone, and with it what was typed into it.
    pub(super) fn stop_approving(&mut self, question: &Modal) -> Vec<SideEffect> {
        let is_its = |approving: &mut Approving| is_question(question, &approving.scope);
        match self.approval.take_if(is_its) {
            Some(Approving { scope, attempt }) if attempt.trying => {
                // It may have begun before this is heard.
                self.given_up = Some(scope);
                engine(Command::StopApproving)
            }
            _ => Vec::new(),
        }
    }

    /// Whether a delete begins whose question was closed meanwhile.
    pub(super) fn was_given_up(&mut self, kind: &JobKind) -> bool {
        self.given_up
            .take_if(|scope| is_delete(kind, scope))
            .is_some()
    }

    /// A job begins: where it is the delete that was approved, its question is answered.
    pub(super) fn is_approved(&mut self, kind: &JobKind) {
        let is_it = |approving: &mut Approving| {
            approving.attempt.trying && is_delete(kind, &approving.scope)
        };
        if let Some(approving) = self.approval.take_if(is_it) {
            self.password_tries.succeeded();
            self.modals
                .retain(|modal| !is_question(modal, &approving.scope));
        }
    }

    /// The question comes back, where it is gone, with why it was not enough.
    pub(super) fn not_approved(
        &mut self,
        doctor: Option<DoctorName>,
        failure: Failure,
    ) -> Vec<SideEffect> {
        self.password_tries.failed(&failure, self.now);
        let scope = doctor
            .clone()
            .map_or(DeletionScope::Everything, DeletionScope::Doctor);
        let was_tried = self
            .approval
            .take_if(|approving| approving.scope == scope)
            .is_some();
        let mut effects = Vec::new();
        let is_of_the_passwords = matches!(
            failure.kind,
            FailureKind::PasswordNotAccepted | FailureKind::SamePerson
        );
        let reopens = is_of_the_passwords && was_tried && self.modals.is_empty();
        if let (Some(doctor), true) = (doctor.clone(), reopens) {
            effects = self.ask_delete(doctor);
        }
        let stands = self.modals.iter().any(|modal| is_question(modal, &scope));
        if stands && was_tried {
            self.approval = Some(Approving {
                scope,
                attempt: Attempt {
                    trying: false,
                    failure: Some(failure),
                },
            });
        } else {
            self.tell(Message::Failed { doctor, failure });
        }
        effects
    }
}

/// Whether this deletes that.
fn is_delete(kind: &JobKind, scope: &DeletionScope) -> bool {
    match (scope, kind) {
        (DeletionScope::Doctor(doctor), JobKind::Delete(of)) => doctor == of,
        (DeletionScope::Everything, JobKind::DeleteAll) => true,
        _ => false,
    }
}

/// Whether this asks for a delete of that.
fn is_question(modal: &Modal, scope: &DeletionScope) -> bool {
    match (modal, scope) {
        (Modal::DeleteOne { doctor, .. }, DeletionScope::Doctor(of)) => doctor == of,
        (Modal::DeleteAll { .. }, DeletionScope::Everything) => true,
        _ => false,
    }
}
