//! The screen Activity: the part of the audit record that was read.

use crate::domain::{AuditEntry, DamagedEntry, Failure};
use crate::engine::Command;
use crate::state::{Message, SideEffect, State, engine};

/// The part of the audit record that was read, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    /// The entries.
    pub entries: Vec<Result<AuditEntry, DamagedEntry>>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether they were asked for and have not come yet.
    pub loading: bool,
}

impl State {
    pub(super) fn load_activity(&mut self) -> Vec<SideEffect> {
        self.activity.loading = true;
        engine(Command::LoadActivity { before: None })
    }

    pub(super) fn load_more_activity(&mut self) -> Vec<SideEffect> {
        let before = self.activity.entries.last().map(|entry| match entry {
            Ok(entry) => entry.number,
            Err(damaged) => damaged.number,
        });
        self.activity.loading = true;
        engine(Command::LoadActivity { before })
    }

    pub(super) fn activity_read(
        &mut self,
        entries: Vec<Result<AuditEntry, DamagedEntry>>,
        from_newest: bool,
        more: bool,
    ) {
        if from_newest {
            self.activity.entries.clear();
        }
        self.activity.entries.extend(entries);
        self.activity.more = more;
        self.activity.loading = false;
    }

    pub(super) fn activity_not_read(&mut self, failure: Failure) {
        self.activity.loading = false;
        self.tell(Message::Failed {
            doctor: None,
            failure,
        });
    }
}
