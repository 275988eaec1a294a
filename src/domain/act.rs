//! The audit record as people read it: an act, which is all that was recorded of one operation.

use icu_normalizer::ComposingNormalizerBorrowed;
use jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};

use crate::domain::{AuditAction, AuditDraft, AuditEntry, AuditOutcome, DamagedEntry, DoctorName};

/// The entries of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The number of its first entry, by which it is known and ordered.
    pub first: u64,
    /// Its entries, oldest first. One that is missing or not what the app wrote is named in its place.
    pub steps: Vec<Result<AuditEntry, DamagedEntry>>,
}

/// Which acts are asked for: those that every part of it fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActFilter {
    /// Words that stand in one of its entries, whatever their case.
    pub text: String,
    /// The doctor that it was about.
    pub doctor: Option<DoctorName>,
    /// What was done.
    pub action: Option<AuditAction>,
    /// What came of it.
    pub outcome: Option<OutcomeGroup>,
    /// Who did it, as [`who_of`] says.
    pub who: Option<String>,
    /// When it began.
    pub period: Period,
}

/// What came of an act, as far as it matters to who looks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutcomeGroup {
    /// What was wanted.
    Done,
    /// Something that a person should look at.
    NeedsALook,
    /// Nothing: it failed, or was stopped.
    NotDone,
}

/// How far back acts are asked for, by the person's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// All of them.
    #[default]
    All,
    /// Since this day began.
    Today,
    /// This day and the six before it.
    SevenDays,
    /// This day and the 29 before it.
    ThirtyDays,
}

/// Whom and what acts can be asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActChoices {
    /// The doctors that the record names.
    pub doctors: Vec<DoctorName>,
    /// Those who did something, as [`who_of`] says.
    pub people: Vec<String>,
}

/// Who did what an entry tells: the person, or the user of the operating system where that is not known.
#[must_use]
pub fn who_of(entry: &AuditDraft) -> &str {
    let who = &entry.who;
    who.person.as_deref().unwrap_or(&who.os_user)
}

impl Act {
    /// Its first entry that is what the app wrote: it says what was done.
    #[must_use]
    pub fn begun(&self) -> Option<&AuditEntry> {
        self.steps.iter().find_map(|step| step.as_ref().ok())
    }

    /// Its last entry that is what the app wrote: it says what came of it.
    #[must_use]
    pub fn ended(&self) -> Option<&AuditEntry> {
        self.steps.iter().rev().find_map(|step| step.as_ref().ok())
    }

    /// The first of its entries that is missing or not what the app wrote.
    #[must_use]
    pub fn damaged(&self) -> Option<DamagedEntry> {
        self.steps
            .iter()
            .find_map(|step| step.as_ref().err().copied())
    }

    /// Whether these words, in lower case, stand in one of its entries.
    #[must_use]
    pub fn holds(&self, words: &str) -> bool {
        let mut entries = self.steps.iter().filter_map(|step| step.as_ref().ok());
        entries.any(|entry| holds(&entry.draft, words))
    }
}

fn holds(entry: &AuditDraft, words: &str) -> bool {
    let texts = [
        entry.doctor.as_ref().map(DoctorName::as_str),
        entry.who.person.as_deref(),
        Some(entry.who.os_user.as_str()),
        Some(entry.who.computer.as_str()),
        entry.reason.as_deref(),
        entry.plan.as_deref(),
        entry.answer.as_deref(),
        entry.note.as_deref(),
        entry.backup.as_ref().map(|backup| backup.path.as_str()),
        Some(entry.operation.as_str()),
    ];
    let digest = entry
        .backup
        .as_ref()
        .map(|backup| backup.sha256.to_string());
    let mut texts = texts.into_iter().flatten().chain(digest.as_deref());
    texts.any(|text| in_lower_case(text).contains(words))
}

/// A text as it is searched: in Unicode NFC, and in lower case as far as each character tells by itself.
#[must_use]
pub fn in_lower_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    text.chars().flat_map(char::to_lowercase).collect()
}

impl ActFilter {
    /// Whether it fits every act.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl OutcomeGroup {
    /// The group of an outcome.
    #[must_use]
    pub const fn of(outcome: AuditOutcome) -> Self {
        match outcome {
            AuditOutcome::Done
            | AuditOutcome::Found
            | AuditOutcome::NothingThere
            | AuditOutcome::SavedAndChecked
            | AuditOutcome::Discarded
            | AuditOutcome::Same
            | AuditOutcome::Gone => Self::Done,
            AuditOutcome::Intended
            | AuditOutcome::Answered
            | AuditOutcome::Tampered
            | AuditOutcome::Seen
            | AuditOutcome::PutBack
            | AuditOutcome::SavedNotProven
            | AuditOutcome::KeptAsItIs
            | AuditOutcome::Differs
            | AuditOutcome::StillThere
            | AuditOutcome::NotKnown => Self::NeedsALook,
            AuditOutcome::Stopped
            | AuditOutcome::Paused
            | AuditOutcome::SignedOut
            | AuditOutcome::AnotherPerson
            | AuditOutcome::Slept
            | AuditOutcome::Failed
            | AuditOutcome::CutOff => Self::NotDone,
        }
    }

    /// The word that the store keeps.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NeedsALook => "needs-a-look",
            Self::NotDone => "not-done",
        }
    }
}

impl Period {
    /// When it begins; `None` where it has no beginning.
    #[must_use]
    pub fn since(self, now: &ZonedDateTime) -> Option<Timestamp> {
        let days_before: i64 = match self {
            Self::All => return None,
            Self::Today => 0,
            Self::SevenDays => 6,
            Self::ThirtyDays => 29,
        };
        let day = now.checked_sub(days_before.days());
        let since = day.and_then(|day| day.start_of_day());
        // At the ends of time no day begins.
        Some(since.map_or_else(
            |_| now.timestamp() - SignedDuration::from_hours(24 * days_before),
            |since| since.timestamp(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_with_a_day_of_the_persons_own_calendar() {
        let now: ZonedDateTime = "2026-11-23T00:30:00+01:00[Europe/Berlin]".parse().unwrap();
        let since = |period: Period| period.since(&now).map(|since| since.to_string());
        assert_eq!(since(Period::All), None);
        assert_eq!(since(Period::Today).unwrap(), "2026-11-22T23:00:00Z");
        assert_eq!(since(Period::SevenDays).unwrap(), "2026-11-16T23:00:00Z");
        // Summer time ended on the way.
        assert_eq!(since(Period::ThirtyDays).unwrap(), "2026-10-24T22:00:00Z");
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(
            in_lower_case("Dr. J\u{dc}RGEN \u{3a3}"),
            "dr. j\u{fc}rgen \u{3c3}"
        );
        assert_eq!(in_lower_case("Ju\u{308}rgen"), "j\u{fc}rgen");
        assert_eq!(in_lower_case("Front DESK"), "front desk");
    }
}
