//! Closing and signing out, after a question where something would be cut off.

use crate::engine::JobKind;
use crate::state::{Modal, SideEffect, State};

impl State {
    /// Whether closing the window would cut something off.
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
        if !self.has_running_jobs() {
            return vec![SideEffect::CloseWindow];
        }
        if !self.modals.contains(&Modal::CloseWhileBusy) {
            self.modals.push(Modal::CloseWhileBusy);
        }
        Vec::new()
    }

    /// Asks first where jobs run.
    pub(super) fn ask_sign_out(&mut self) -> Vec<SideEffect> {
        if self.has_running_jobs() {
            self.modals.push(Modal::SignOutWhileBusy);
            return Vec::new();
        }
        self.sign_out()
    }
}
