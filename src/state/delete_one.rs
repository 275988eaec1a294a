//! The question whether one doctor's recordings are to be deleted.

use crate::domain::{
    Approval, Confirmation, DeletionChoice, DeletionReason, DeletionRule, DeletionSurvey,
    DoctorName, Failure, FailureKind,
};
use crate::engine::{Command, SavePurpose};
use crate::state::{JobKind, Message, Modal, SideEffect, State, engine};

/// The deleting buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmedChoice {
    /// "Delete", or "Delete, keeping the earlier backup".
    KeepingBackup,
    /// "Delete without backup".
    WithoutBackup,
    /// "Back up, then delete…", or "Back up again, then delete…".
    BackUpFirst,
}

/// A delete that waits for its backup's place.
#[derive(Debug)]
pub(super) struct PendingBackup {
    pub(super) survey: Box<DeletionSurvey>,
    pub(super) reason: Option<DeletionReason>,
    pub(super) approval: Approval,
}

impl State {
    pub(super) fn ask_delete(&mut self, doctor: DoctorName) -> Vec<SideEffect> {
        if self.excludes(&JobKind::Delete(doctor.clone())) {
            let failure = Failure::new(FailureKind::Busy, self.now, "");
            self.tell(Message::Failed {
                doctor: Some(doctor),
                failure,
            });
            return Vec::new();
        }
        self.take_back_messages(&doctor);
        self.approval.take_if(|approving| !approving.attempt.trying);
        self.modals.push(Modal::DeleteOne {
            doctor: doctor.clone(),
            survey: None,
        });
        engine(Command::SurveyDeletion(doctor))
    }

    pub(super) fn survey_again(&mut self) -> Vec<SideEffect> {
        let Some(Modal::DeleteOne { doctor, survey }) = self.modals.last_mut() else {
            return Vec::new();
        };
        *survey = None;
        engine(Command::SurveyDeletion(doctor.clone()))
    }

    pub(super) fn surveyed(&mut self, found: Box<DeletionSurvey>) -> Vec<SideEffect> {
        for modal in &mut self.modals {
            if let Modal::DeleteOne { doctor, survey } = modal
                && *doctor == found.doctor
                && survey.is_none()
            {
                let effects = Self::look_at_backup(&found.backup);
                *survey = Some(found);
                return effects;
            }
        }
        Vec::new()
    }

    pub(super) fn confirm_delete(
        &mut self,
        choice: ConfirmedChoice,
        reason: Option<DeletionReason>,
        approval: Approval,
    ) -> Vec<SideEffect> {
        if choice == ConfirmedChoice::BackUpFirst && self.a_place_is_chosen() {
            return Vec::new();
        }
        let asks_for_a_password = self.rules.has(DeletionRule::Password);
        if asks_for_a_password && !self.may_try_passwords() {
            return Vec::new();
        }
        let Some(Modal::DeleteOne {
            doctor,
            survey: Some(survey),
        }) = self.modals.pop()
        else {
            return Vec::new();
        };
        if asks_for_a_password && choice != ConfirmedChoice::BackUpFirst {
            // It stays until the password is checked.
            let survey = Some(survey.clone());
            self.modals.push(Modal::DeleteOne { doctor, survey });
        }
        let choice = match choice {
            ConfirmedChoice::KeepingBackup => DeletionChoice::KeepingBackup,
            ConfirmedChoice::WithoutBackup => DeletionChoice::WithoutBackup,
            ConfirmedChoice::BackUpFirst => {
                let doctor = survey.doctor.clone();
                self.pending_backup = Some(PendingBackup {
                    survey,
                    reason,
                    approval,
                });
                return self.prepare(doctor, SavePurpose::BackUpThenDelete);
            }
        };
        let confirmation = Confirmation::Doctor {
            survey,
            choice,
            reason,
        };
        self.plan(confirmation, approval)
    }
}
