//! Closing and signing out, after a question where something would be cut off.

use std::mem;

use crate::domain::ServiceOrigin;
use crate::engine::{JobId, JobKind};
use crate::state::{Modal, SideEffect, State};

/// A delete that was sent, or may have been, in a sign-in that has ended: what came of it is not known
/// yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentDelete {
    /// Whose recordings.
    pub kind: JobKind,
    /// The service.
    pub service: ServiceOrigin,
}

impl State {
    /// Whether signing out would cut something off.
    #[must_use]
    pub fn has_running_jobs(&self) -> bool {
        let only_looks = |kind: &JobKind| {
            matches!(
                kind,
                JobKind::CheckAll | JobKind::SurveyAll | JobKind::Compare(_)
            )
        };
        self.jobs.values().any(|job| !only_looks(&job.kind))
    }

    pub(super) fn close(&mut self) -> Vec<SideEffect> {
        if !self.has_running_jobs() && self.sent_deletes.is_empty() {
            return vec![SideEffect::CloseWindow];
        }
        // Something else may have come to lie over it.
        self.modals.retain(|modal| *modal != Modal::CloseWhileBusy);
        self.modals.push(Modal::CloseWhileBusy);
        Vec::new()
    }

    /// What a sign-in at `service` began is no longer waited for. A delete that was sent goes on all the
    /// same.
    pub(super) fn jobs_are_of(&mut self, service: Option<&ServiceOrigin>) {
        let jobs = mem::take(&mut self.jobs).into_iter();
        let sent = jobs.filter(|(_, job)| job.deletes() && !job.can_be_stopped());
        self.sent_deletes.extend(sent.filter_map(|(id, job)| {
            let (kind, service) = (job.kind, service?.clone());
            Some((id, SentDelete { kind, service }))
        }));
    }

    /// What came of a delete is known.
    pub(super) fn delete_is_over(&mut self, id: JobId) {
        self.sent_deletes.remove(&id);
    }

    /// Asks first where jobs run.
    pub(super) fn ask_sign_out(&mut self) -> Vec<SideEffect> {
        if self.has_running_jobs() {
            self.modals
                .retain(|modal| *modal != Modal::SignOutWhileBusy);
            self.modals.push(Modal::SignOutWhileBusy);
            return Vec::new();
        }
        self.sign_out()
    }
}
