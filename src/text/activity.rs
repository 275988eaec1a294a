use crate::domain::{AuditAction, AuditDraft, AuditOutcome, DamagedEntry, DeletionReason};

use super::Text;

impl Text {
    /// What was done.
    #[must_use]
    pub fn audit_action(&self, action: AuditAction) -> String {
        match action {
            AuditAction::SignIn => self.say("action-sign-in"),
            AuditAction::SignOut => self.say("action-sign-out"),
            AuditAction::Check => self.say("action-check"),
            AuditAction::Download => self.say("action-download"),
            AuditAction::Compare => self.say("action-compare"),
            AuditAction::Delete => self.say("action-delete"),
            AuditAction::DeleteAll => self.say("action-delete-all"),
            AuditAction::CheckRecord => self.say("action-check-record"),
            AuditAction::ChangeRules => self.say("action-change-rules"),
            AuditAction::ChangeSettings => self.say("action-change-settings"),
        }
    }

    /// What came of it.
    #[must_use]
    pub fn audit_outcome(&self, entry: &AuditDraft) -> String {
        match entry.outcome {
            AuditOutcome::Intended => self.say("audit-intended"),
            AuditOutcome::Answered => self.say("audit-answered"),
            AuditOutcome::Done if entry.action == AuditAction::SignIn => {
                self.say("audit-signed-in")
            }
            AuditOutcome::Done if entry.action == AuditAction::SignOut => {
                self.say("audit-signed-out")
            }
            AuditOutcome::Done => self.say("audit-done"),
            AuditOutcome::Found => self.say("audit-found"),
            AuditOutcome::NothingThere => self.say("audit-nothing-there"),
            AuditOutcome::SavedAndChecked => self.say("audit-saved-and-checked"),
            AuditOutcome::SavedNotProven => self.say("audit-saved-not-proven"),
            AuditOutcome::KeptAsItIs => self.say("audit-kept-as-it-is"),
            AuditOutcome::Discarded => self.say("audit-discarded"),
            AuditOutcome::Same => self.say("audit-same"),
            AuditOutcome::Differs => self.say("audit-differs"),
            AuditOutcome::Gone if entry.action == AuditAction::DeleteAll => {
                self.say("audit-gone-all")
            }
            AuditOutcome::Gone => self.say("audit-gone"),
            AuditOutcome::StillThere => self.say("audit-still-there"),
            AuditOutcome::NotKnown => self.say("audit-not-known"),
            AuditOutcome::Stopped => self.say("audit-stopped"),
            AuditOutcome::Paused => self.say("audit-paused"),
            AuditOutcome::Tampered => self.say("audit-tampered"),
            AuditOutcome::Seen => self.say("audit-seen"),
            AuditOutcome::PutBack => self.say("audit-put-back"),
            AuditOutcome::SignedOut => self.say("audit-ended-by-sign-out"),
            AuditOutcome::AnotherPerson => self.say("audit-another-person"),
            AuditOutcome::Slept => self.say("audit-slept"),
            AuditOutcome::Failed => self.say("audit-failed"),
            AuditOutcome::CutOff => self.say("audit-cut-off"),
        }
    }

    /// That an entry can't be read.
    #[must_use]
    pub fn damaged_entry(&self, damaged: DamagedEntry) -> String {
        let number = self.number(damaged.number).into();
        self.say_with("activity-damaged", &[("number", number)])
    }

    /// Who it was about.
    #[must_use]
    pub fn audit_subject(&self, entry: &AuditDraft) -> String {
        match (&entry.doctor, entry.action) {
            (Some(doctor), _) => doctor.as_str().to_owned(),
            (None, AuditAction::DeleteAll) => self.say("activity-all-doctors"),
            (None, _) => String::new(),
        }
    }

    /// Why, in the person's language where the record holds one of the reasons offered.
    #[must_use]
    pub fn audit_reason(&self, entry: &AuditDraft) -> String {
        let recorded = entry.reason.as_deref().unwrap_or_default();
        [
            DeletionReason::Transcribed,
            DeletionReason::DoctorsRequest,
            DeletionReason::RecordedByMistake,
        ]
        .iter()
        .find(|offered| offered.record_text() == recorded)
        .map_or_else(|| recorded.to_owned(), |offered| self.reason(offered))
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{AuditAction, AuditDraft, AuditOutcome, AuditWho, OperationId};
    use crate::text::Text;

    #[test]
    fn of_all_doctors_no_more_is_said_than_was_seen() {
        let entry = |action| AuditDraft {
            time: jiff::Timestamp::UNIX_EPOCH,
            action,
            outcome: AuditOutcome::Gone,
            operation: OperationId::from_bytes([1; 16]),
            who: AuditWho::default(),
            doctor: None,
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        };
        let text = Text::new("en");
        let said = |action| text.audit_outcome(&entry(action));
        assert!(!said(AuditAction::Delete).contains("listed here"));
        assert!(said(AuditAction::DeleteAll).ends_with("for the doctors listed here"));
    }
}
