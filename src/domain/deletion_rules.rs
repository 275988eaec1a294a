use std::collections::BTreeSet;

use crate::domain::{BackupComparison, Confirmation, DeletionChoice};

/// What this computer asks of a delete beyond what every delete needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionRules {
    rules: BTreeSet<DeletionRule>,
    time_to_stop: u8,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletionRule {
    /// The person's password before each delete.
    Password,
    /// A second person before everything is deleted.
    TwoPeople,
    /// Everything is never deleted at once.
    NeverAll,
    /// A backup of the very copy that is deleted, so nothing that is not known here.
    Backup,
}

/// A change of what is asked of a delete, whatever else is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleChange {
    /// A rule holds from now on, or no longer.
    Rule(DeletionRule, bool),
    /// How long a delete of one doctor's recordings can be stopped, in seconds: one of
    /// [`DeletionRules::TIMES_TO_STOP`].
    TimeToStop(u8),
}

impl DeletionRule {
    /// Each, in the order in which people read them.
    pub const ALL: [Self; 4] = [
        Self::Password,
        Self::TwoPeople,
        Self::NeverAll,
        Self::Backup,
    ];

    /// Whether it asks for a password.
    #[must_use]
    pub const fn asks_for_a_password(self) -> bool {
        matches!(self, Self::Password | Self::TwoPeople)
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoPeople => "two-people",
            Self::NeverAll => "never-all",
            Self::Backup => "backup",
        }
    }
}

impl Default for DeletionRules {
    fn default() -> Self {
        Self {
            rules: BTreeSet::new(),
            time_to_stop: Self::USUAL_TIME_TO_STOP,
        }
    }
}

impl DeletionRules {
    /// How long a delete of one doctor's recordings can be stopped unless something else is chosen, in
    /// seconds.
    pub const USUAL_TIME_TO_STOP: u8 = 8;

    /// What is offered for it, in seconds.
    pub const TIMES_TO_STOP: [u8; 5] = [5, Self::USUAL_TIME_TO_STOP, 15, 30, 60];

    /// Whether a rule holds.
    #[must_use]
    pub fn has(&self, rule: DeletionRule) -> bool {
        self.rules.contains(&rule)
    }

    /// How long a delete of one doctor's recordings can be stopped, in seconds.
    #[must_use]
    pub const fn time_to_stop(&self) -> u8 {
        self.time_to_stop
    }

    /// The same after a change.
    #[must_use]
    pub fn after(&self, change: RuleChange) -> Self {
        let mut changed = self.clone();
        match change {
            RuleChange::Rule(rule, true) => {
                changed.rules.insert(rule);
            }
            RuleChange::Rule(rule, false) => {
                changed.rules.remove(&rule);
            }
            RuleChange::TimeToStop(seconds) if Self::TIMES_TO_STOP.contains(&seconds) => {
                changed.time_to_stop = seconds;
            }
            RuleChange::TimeToStop(_) => {}
        }
        changed
    }

    /// The same with a rule.
    #[must_use]
    pub fn with(&self, rule: DeletionRule) -> Self {
        self.after(RuleChange::Rule(rule, true))
    }

    /// The same with another time to stop, of [`Self::TIMES_TO_STOP`].
    #[must_use]
    pub fn with_time_to_stop(&self, seconds: u8) -> Self {
        self.after(RuleChange::TimeToStop(seconds))
    }

    /// Whether `next` asks for less of a delete in anything.
    #[must_use]
    pub fn are_loosened_by(&self, next: &Self) -> bool {
        !self.rules.is_subset(&next.rules) || next.time_to_stop < self.time_to_stop
    }

    /// All that either asks for.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            rules: self.rules.union(&other.rules).copied().collect(),
            time_to_stop: self.time_to_stop.max(other.time_to_stop),
        }
    }

    /// Whether they let what was confirmed be carried out, once the passwords that they ask for are given.
    #[must_use]
    pub fn allow(&self, confirmation: &Confirmation) -> bool {
        match confirmation {
            Confirmation::Doctor { survey, choice, .. } => {
                !self.has(DeletionRule::Backup) || rests_on_a_backup(choice, &survey.backup)
            }
            Confirmation::Everything { .. } => !self.forbid_all(),
        }
    }

    /// Whether everything may never be deleted at once: of doctors who are not listed here nobody knows
    /// whether there is a backup.
    #[must_use]
    pub fn forbid_all(&self) -> bool {
        self.has(DeletionRule::NeverAll) || self.has(DeletionRule::Backup)
    }

    /// All that can be asked for: where it is not known what is.
    #[must_use]
    pub fn strictest() -> Self {
        Self {
            rules: DeletionRule::ALL.into(),
            time_to_stop: 60,
        }
    }

    /// Whether a password is asked for before this is carried out.
    #[must_use]
    pub fn ask_for_a_password_before(&self, confirmation: &Confirmation) -> bool {
        let is_everything = matches!(confirmation, Confirmation::Everything { .. });
        self.has(DeletionRule::Password) || is_everything && self.has(DeletionRule::TwoPeople)
    }

    /// As the record and the database keep them: `password, backup; 8 s to stop`.
    #[must_use]
    pub fn to_words(&self) -> String {
        let rules: Vec<&str> = self.rules.iter().map(|rule| rule.code()).collect();
        let rules = if rules.is_empty() {
            "none".to_owned()
        } else {
            rules.join(", ")
        };
        format!("{rules}; {} s to stop", self.time_to_stop)
    }

    /// Reads what [`Self::to_words`] wrote; nothing of anything else.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        let (rules, time) = words.split_once("; ")?;
        let time_to_stop = time.strip_suffix(" s to stop")?.parse().ok()?;
        let rule = |code| {
            DeletionRule::ALL
                .into_iter()
                .find(|rule| rule.code() == code)
        };
        let rules = match rules {
            "none" => BTreeSet::new(),
            rules => rules.split(", ").map(rule).collect::<Option<_>>()?,
        };
        let read = Self {
            rules,
            time_to_stop,
        };
        let is_offered = Self::TIMES_TO_STOP.contains(&time_to_stop);
        Some(read).filter(|read| is_offered && read.to_words() == words)
    }
}

/// Whether the copy that is deleted is kept here, or will be before.
const fn rests_on_a_backup(choice: &DeletionChoice, backup: &BackupComparison) -> bool {
    match choice {
        DeletionChoice::BackUpFirst { .. } => true,
        DeletionChoice::KeepingBackup => matches!(backup, BackupComparison::Same(_)),
        DeletionChoice::WithoutBackup => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let mut all = DeletionRules::default();
        assert_eq!(all.to_words(), "none; 8 s to stop");
        for rule in DeletionRule::ALL {
            all = all.with(rule).with_time_to_stop(60);
            assert_eq!(
                DeletionRules::from_words(&all.to_words()),
                Some(all.clone())
            );
        }
        assert_eq!(
            all.to_words(),
            "password, two-people, never-all, backup; 60 s to stop"
        );
        for words in [
            "",
            "none",
            "none; 0 s to stop",
            "none; 9 s to stop",
            "none; 08 s to stop",
            "backup, password; 8 s to stop",
            "backup, backup; 8 s to stop",
            "backup, ; 8 s to stop",
            "nothing; 8 s to stop",
            "none; 8 s to stop; more",
        ] {
            assert_eq!(DeletionRules::from_words(words), None, "{words:?}");
        }
    }

    #[test]
    fn less_of_anything_is_loosening() {
        let none = DeletionRules::default();
        for rule in DeletionRule::ALL {
            let one = none.with(rule);
            assert!(one.are_loosened_by(&none));
            assert!(!none.are_loosened_by(&one));
            assert!(one.are_loosened_by(&none.with_time_to_stop(60)));
            assert_eq!(
                one.and(&none.with_time_to_stop(60)),
                one.with_time_to_stop(60)
            );
        }
        assert!(none.are_loosened_by(&none.with_time_to_stop(5)));
        assert!(!none.are_loosened_by(&none.with_time_to_stop(15)));
        assert!(!none.are_loosened_by(&none));
    }
}
