use crate::domain::{Act, AuditEntry, OutcomeGroup, Period};

use super::Text;

impl Text {
    /// What an act was, and whom it was about.
    #[must_use]
    pub fn act_title(&self, act: &Act) -> String {
        let Some(begun) = act.begun() else {
            return act
                .damaged()
                .map_or_else(String::new, |damaged| self.damaged_entry(damaged));
        };
        let action = self.audit_action(begun.draft.action);
        let subject = self.audit_subject(&begun.draft);
        if subject.is_empty() {
            return action;
        }
        self.say_with(
            "act-title",
            &[("action", action.into()), ("subject", subject.into())],
        )
    }

    /// What holds for all of an act, by its first entry: names and values.
    #[must_use]
    pub fn act_facts(&self, begun: &AuditEntry) -> Vec<(String, String)> {
        let draft = &begun.draft;
        let who = &draft.who;
        let facts = [
            (self.say("act-reason"), Some(self.audit_reason(draft))),
            (self.say("act-person"), who.person.clone()),
            (self.say("act-os-user"), Some(who.os_user.clone())),
            (self.say("act-computer"), Some(who.computer.clone())),
            (self.say("act-service"), who.service.clone()),
            (
                self.say("act-operation"),
                Some(draft.operation.as_str().to_owned()),
            ),
        ];
        said(facts)
    }

    /// The number of an entry, and when it was written.
    #[must_use]
    pub fn entry_and_time(&self, entry: &AuditEntry) -> String {
        let number = self.number(entry.number).into();
        let when = self.when_for_support(entry.draft.time).into();
        self.say_with("act-entry", &[("number", number), ("when", when)])
    }

    /// What an entry says beside its outcome: names and values. Who did it is said again where that is
    /// somebody else than `begun` says.
    #[must_use]
    pub fn entry_facts(
        &self,
        entry: &AuditEntry,
        begun: Option<&AuditEntry>,
    ) -> Vec<(String, String)> {
        let draft = &entry.draft;
        let who = &draft.who;
        let first = begun.map(|begun| &begun.draft.who);
        let other_person = first.is_some_and(|first| first.person != who.person);
        let other_user = first.is_some_and(|first| first.os_user != who.os_user);
        let other_computer = first.is_some_and(|first| first.computer != who.computer);
        let other = |is_other: bool, text: &str| is_other.then(|| text.to_owned());
        let person = who.person.clone().filter(|_| other_person);
        let backup = draft.backup.as_ref();
        let facts = [
            (self.say("act-person"), person),
            (self.say("act-os-user"), other(other_user, &who.os_user)),
            (
                self.say("act-computer"),
                other(other_computer, &who.computer),
            ),
            (self.say("act-plan"), draft.plan.clone()),
            (self.say("act-answer"), draft.answer.clone()),
            (self.say("act-note"), draft.note.clone()),
            (
                self.say("act-backup"),
                backup.map(|backup| backup.path.clone()),
            ),
            (
                self.say("act-backup-size"),
                backup.map(|backup| self.size_in_full(backup.size)),
            ),
            (
                self.say("act-backup-sha256"),
                backup.map(|backup| backup.sha256.to_string()),
            ),
            (self.say("act-app"), Some(entry.app_version.clone())),
            (self.say("act-digest"), Some(entry.digest().to_string())),
            (self.say("act-previous"), Some(entry.previous.to_string())),
        ];
        said(facts)
    }

    /// What came of acts, as a group of outcomes.
    #[must_use]
    pub fn outcome_group(&self, group: OutcomeGroup) -> String {
        match group {
            OutcomeGroup::Done => self.say("outcome-done"),
            OutcomeGroup::NeedsALook => self.say("outcome-needs-a-look"),
            OutcomeGroup::NotDone => self.say("outcome-not-done"),
        }
    }

    /// How far back.
    #[must_use]
    pub fn period(&self, period: Period) -> String {
        match period {
            Period::All => self.say("activity-all"),
            Period::Today => self.say("period-today"),
            Period::SevenDays => self.say("period-7-days"),
            Period::ThirtyDays => self.say("period-30-days"),
        }
    }

    /// `18.4 MB (18,400,000 bytes)`
    fn size_in_full(&self, bytes: u64) -> String {
        let size = self.size(bytes).into();
        let bytes = self.number(bytes).into();
        self.say_with("act-size", &[("size", size), ("bytes", bytes)])
    }
}

/// Those that have a value.
fn said<const COUNT: usize>(facts: [(String, Option<String>); COUNT]) -> Vec<(String, String)> {
    let facts = facts.into_iter().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some((name, value))
    });
    facts.collect()
}
