//! A delete from the plan that a confirmation makes to the moment from which nobody can stop it.

use crate::domain::{Approval, Confirmation, DeletionPlan, Failure, FailureKind, PlanError};
use crate::engine::{Command, JobId};
use crate::state::{Job, Message, Modal, SideEffect, State, engine};

/// Where a delete stands with its last call: the engine sends it once it is told that nobody pressed
/// Stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCall {
    /// Nobody has asked.
    NotYet,
    /// The engine waits for the word.
    Open,
    /// The word was given: Stop comes too late.
    Answered,
    /// Stop was pressed, even if the engine could not take it: the word is never given.
    Stopped,
}

impl State {
    /// The delete that runs; the engine lets no second one run beside it.
    #[must_use]
    pub fn running_delete(&self) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| job.deletes())
            .map(|(id, job)| (*id, job))
    }

    /// The deletes that wait for the word that nobody pressed Stop.
    #[must_use]
    pub fn last_calls(&self) -> Vec<JobId> {
        let open = self.jobs.iter();
        open.filter(|(_, job)| job.last_call == LastCall::Open)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Makes the plan here, where the facts were shown: the engine takes nothing less.
    pub(super) fn plan(
        &mut self,
        confirmation: Confirmation,
        approval: Approval,
    ) -> Vec<SideEffect> {
        let doctor = match &confirmation {
            Confirmation::Doctor { survey, .. } => Some(survey.doctor.clone()),
            Confirmation::Everything { .. } => None,
        };
        match DeletionPlan::new(confirmation, self.now) {
            Ok(plan) => {
                self.given_up = None;
                if self.rules.ask_for_a_password_before(plan.confirmation()) {
                    self.approval_is_tried(plan.scope());
                }
                let plan = Box::new(plan);
                engine(Command::Delete { plan, approval })
            }
            Err(PlanError::PhraseMissing) => Vec::new(),
            Err(error) => {
                self.modals.retain(|modal| match modal {
                    Modal::DeleteOne { doctor: of, .. } => Some(of) != doctor.as_ref(),
                    Modal::DeleteAll { .. } => doctor.is_some(),
                    _ => true,
                });
                let kind = FailureKind::ConfirmationStale;
                let failure = Failure::new(kind, self.now, error.to_string());
                self.tell(Message::Failed { doctor, failure });
                Vec::new()
            }
        }
    }

    /// The engine waits for the word that nobody pressed Stop.
    pub(super) fn last_call(&mut self, id: JobId) -> Vec<SideEffect> {
        if let Some(job) = self.jobs.get_mut(&id) {
            if job.last_call == LastCall::Stopped {
                // The engine could not take the Stop then.
                job.cancelling = true;
                return engine(Command::Cancel(id));
            }
            job.last_call = LastCall::Open;
        }
        Vec::new()
    }

    /// It was not sent after all, and can be stopped again.
    pub(super) fn last_call_over(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get_mut(&id)
            && job.last_call != LastCall::Stopped
        {
            job.last_call = LastCall::NotYet;
        }
    }

    pub(super) fn no_stop(&mut self, id: JobId) -> Vec<SideEffect> {
        match self.jobs.get_mut(&id) {
            Some(job) if job.last_call == LastCall::Open => {
                job.last_call = LastCall::Answered;
                engine(Command::NoStop(id))
            }
            _ => Vec::new(),
        }
    }
}
