//! The question whether everything is to be deleted: its looks, its figures, and the backups that
//! are made for it first.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{Approval, Confirmation, DeletionReason, DoctorTally};
use crate::engine::{Command, JobId, JobKind};
use crate::state::{Batch, Job, Modal, SideEffect, State, engine};

impl State {
    /// The looks that run for the question whether everything is to be deleted.
    #[must_use]
    pub fn running_survey(&self) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| job.kind == JobKind::SurveyAll && !job.cancelling)
            .map(|(id, job)| (*id, job))
    }

    /// Asks whether everything is to be deleted, and looks at every doctor while the question
    /// stands. `asked_at`: when it was asked first.
    pub(super) fn ask_delete_all(&mut self, asked_at: Timestamp) -> Vec<SideEffect> {
        self.approval.take_if(|approving| !approving.attempt.trying);
        let nobody = self.doctors.is_empty();
        self.modals.push(Modal::DeleteAll {
            looked_since: self.now,
            asked_at,
            shown_at: nobody.then_some(self.now),
        });
        let mut effects = self.look_at_all_backups();
        if !nobody {
            effects.extend(engine(Command::SurveyAll(self.names())));
        }
        effects
    }

    /// From now on the figures of the question stand whether everything is to be deleted.
    pub(super) fn figures_stand(&mut self) {
        for modal in &mut self.modals {
            if let Modal::DeleteAll { shown_at, .. } = modal {
                shown_at.get_or_insert(self.now);
            }
        }
    }

    pub(super) fn confirm_delete_all(
        &mut self,
        phrase: String,
        reason: Option<DeletionReason>,
        approval: Approval,
    ) -> Vec<SideEffect> {
        // The figures that are confirmed are those that stand.
        if self.running_survey().is_some() {
            return Vec::new();
        }
        let stands = |modal: &mut Modal| {
            matches!(
                modal,
                Modal::DeleteAll {
                    shown_at: Some(_),
                    ..
                }
            )
        };
        let Some(asked) = self.modals.pop_if(stands) else {
            return Vec::new();
        };
        let Modal::DeleteAll {
            looked_since,
            asked_at,
            shown_at: Some(shown_at),
        } = asked
        else {
            return Vec::new();
        };
        let confirmation = Confirmation::Everything {
            tally: DoctorTally::of(&self.doctors, looked_since, asked_at, self.now),
            phrase,
            shown_at,
            reason,
        };
        if self.rules.ask_for_a_password_before(&confirmation) {
            // It stays until the passwords are checked.
            self.modals.push(asked);
            if !self.may_try_passwords() {
                return Vec::new();
            }
        }
        self.plan(confirmation, approval)
    }

    pub(super) fn back_up_first(&mut self) -> Vec<SideEffect> {
        if self.is_approving() {
            return Vec::new();
        }
        let Some(Modal::DeleteAll { asked_at, .. }) = self
            .modals
            .pop_if(|modal| matches!(modal, Modal::DeleteAll { .. }))
        else {
            return Vec::new();
        };
        self.backing_up_since = Some(asked_at);
        let mut effects = self.stop_survey();
        effects.push(SideEffect::FolderDialog {
            folder: self.settings.download_folder.clone(),
        });
        effects
    }

    /// Backs up into the folder; without one, the question comes back.
    pub(super) fn folder_chosen(&mut self, folder: Option<PathBuf>) -> Vec<SideEffect> {
        let Some(asked_at) = self.backing_up_since else {
            return Vec::new();
        };
        let Some(folder) = folder else {
            self.backing_up_since = None;
            if !self.modals.is_empty() {
                return Vec::new();
            }
            return self.ask_delete_all(asked_at);
        };
        self.begin(Batch::CheckAndBackUp {
            folder,
            fetched_since: asked_at,
        })
    }

    /// Ends the looks of a question that stands no more.
    pub(super) fn stop_survey(&mut self) -> Vec<SideEffect> {
        match self.running_survey().map(|(id, _)| id) {
            Some(id) => self.cancel(id),
            None => Vec::new(),
        }
    }
}
