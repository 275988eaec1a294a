//! What ended, and is told until the person dismisses it.

use jiff::Timestamp;

use crate::domain::{DeletionOutcome, DoctorName};
use crate::engine::{JobEnding, Unfinished};
use crate::state::{SideEffect, State};

/// What the person is told in the tray until they dismiss it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownResult {
    /// For [`Action::Dismiss`](crate::state::Action::Dismiss).
    pub number: u64,
    /// What ended.
    pub ending: ResultKind,
    /// When it came.
    pub at: Timestamp,
    /// A later look at it is under way.
    pub looking: bool,
    /// Since when it has stood on the screen Recordings; `None` while it has not.
    pub seen_since: Option<Timestamp>,
}

/// What ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultKind {
    /// A job of this run.
    Ended(JobEnding),
    /// What an earlier run left.
    FromEarlier(Unfinished),
}

impl State {
    pub(super) fn show_result(&mut self, ending: ResultKind) {
        let number = self.number();
        self.results.insert(
            0,
            ShownResult {
                number,
                ending,
                at: self.now,
                looking: false,
                seen_since: None,
            },
        );
    }

    pub(super) fn found_at_start(&mut self, found: Vec<Unfinished>) {
        for unfinished in found {
            self.show_result(ResultKind::FromEarlier(unfinished));
        }
    }

    pub(super) fn dismiss(&mut self, number: u64) -> Vec<SideEffect> {
        self.results.retain(|result| result.number != number);
        Vec::new()
    }

    pub(super) fn dismiss_all(&mut self, numbers: &[u64]) -> Vec<SideEffect> {
        self.results
            .retain(|result| !numbers.contains(&result.number));
        self.unfolded = false;
        Vec::new()
    }

    pub(super) fn unfold(&mut self, unfolded: bool) -> Vec<SideEffect> {
        self.unfolded = unfolded;
        Vec::new()
    }
}

impl ResultKind {
    /// Whether it tells of a download of this doctor's recording that brought no file.
    pub(super) fn is_failed_download(&self, of: &DoctorName) -> bool {
        matches!(
            self,
            Self::Ended(JobEnding::Download { doctor, result: Err(_) }) if doctor == of
        )
    }

    /// Whether it tells of a delete that did not end in the service's 404, nor was stopped.
    pub(super) fn is_unsettled(&self) -> bool {
        match self {
            Self::Ended(JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. })
            | Self::FromEarlier(Unfinished::Delete { report, .. }) => !matches!(
                report.outcome,
                DeletionOutcome::Gone | DeletionOutcome::Stopped
            ),
            _ => false,
        }
    }
}

/// Whether it tells of a delete of which nothing reached the service, and so nothing of an earlier one.
pub(super) const fn was_not_sent(ending: &JobEnding) -> bool {
    matches!(
        ending,
        JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. }
            if matches!(
                report.outcome,
                DeletionOutcome::Stopped | DeletionOutcome::NotSent
            )
    )
}

/// Whether a job that ended now did the same, to the same doctor, as what is shown.
pub(super) fn is_about_the_same(shown: &ResultKind, ending: &JobEnding) -> bool {
    let ResultKind::Ended(shown) = shown else {
        return false;
    };
    match (shown, ending) {
        (JobEnding::Download { doctor, .. }, JobEnding::Download { doctor: of, .. })
        | (JobEnding::Compare { doctor, .. }, JobEnding::Compare { doctor: of, .. })
        | (JobEnding::Delete { doctor, .. }, JobEnding::Delete { doctor: of, .. }) => doctor == of,
        (JobEnding::CheckAll(_), JobEnding::CheckAll(_))
        | (JobEnding::CheckAndBackUp { .. }, JobEnding::CheckAndBackUp { .. }) => true,
        _ => false,
    }
}
