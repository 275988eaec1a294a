//! Whether the audit record is what the app wrote.

use crate::domain::Failure;
use crate::engine::{Command, RecordReport};
use crate::state::{Screen, SideEffect, State, engine};

/// What is known of the audit record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What the last check found, or why there was none; `None` before the first.
    pub checked: Option<Result<RecordReport, Failure>>,
    /// Whether a person has asked for a check that has not ended.
    pub checking: bool,
}

impl Record {
    /// Whether it is not what the app wrote, and no person has seen that: nothing is deleted meanwhile.
    #[must_use]
    pub fn is_to_be_seen(&self) -> bool {
        matches!(&self.checked, Some(Ok(report))
            if !report.check.is_whole() && !report.check.is_seen)
    }
}

impl State {
    pub(super) fn check_record(&mut self) -> Vec<SideEffect> {
        self.record.checking = true;
        engine(Command::CheckRecord)
    }

    pub(super) fn record_seen(&mut self) -> Vec<SideEffect> {
        self.record.checking = true;
        engine(Command::RecordSeen)
    }

    /// What a check found stands in the record too, which the screen shows.
    pub(super) fn record_checked(
        &mut self,
        checked: Result<RecordReport, Failure>,
    ) -> Vec<SideEffect> {
        let is_whole = checked.as_ref().is_ok_and(|report| report.check.is_whole());
        self.record = Record {
            checked: Some(checked),
            checking: false,
        };
        if !is_whole && self.account().is_some() && self.screen == Screen::Activity {
            return self.load_activity();
        }
        Vec::new()
    }
}
