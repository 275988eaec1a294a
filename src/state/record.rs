//! Whether the audit record is what the app wrote.

use crate::domain::Failure;
use crate::engine::{Command, RecordReport};
use crate::state::{SideEffect, State, engine};

/// What is known of the audit record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What the last check found; `None` before the first.
    pub report: Option<RecordReport>,
    /// Why there was no check since, where one was asked for.
    pub failure: Option<Failure>,
    /// Whether a person has asked for a check that has not ended.
    pub checking: bool,
}

impl Record {
    /// Whether it is not what the app wrote, and no person has seen that: nothing is deleted meanwhile.
    #[must_use]
    pub fn is_to_be_seen(&self) -> bool {
        let report = self.report.as_ref();
        report.is_some_and(|report| !report.check.is_whole() && !report.check.is_seen)
    }

    /// Whether it could not be checked at all: nothing is deleted meanwhile.
    #[must_use]
    pub const fn could_not_be_checked(&self) -> bool {
        self.report.is_none() && self.failure.is_some()
    }
}

impl State {
    pub(super) fn check_record(&mut self) -> Vec<SideEffect> {
        self.record.checking = true;
        engine(Command::CheckRecord)
    }

    pub(super) fn record_seen(&mut self) -> Vec<SideEffect> {
        let Some(report) = &self.record.report else {
            return Vec::new();
        };
        let shown = Box::new(report.check.clone());
        self.record.checking = true;
        engine(Command::RecordSeen(shown))
    }

    pub(super) fn record_checked(&mut self, report: RecordReport) {
        self.record = Record {
            report: Some(report),
            failure: None,
            checking: false,
        };
    }

    /// What was found before still counts.
    pub(super) fn record_not_checked(&mut self, failure: Failure) {
        self.record.failure = Some(failure);
        self.record.checking = false;
    }
}
