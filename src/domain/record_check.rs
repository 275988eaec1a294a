use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::domain::Sha256Digest;

/// The number and the digest of the audit record's last entry at some time. Kept elsewhere, it shows a
/// record that was cut off or written anew since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHead {
    /// The entry's number.
    pub number: u64,
    /// The entry's digest.
    pub digest: Sha256Digest,
}

/// A head that is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptHead {
    /// The head.
    pub head: RecordHead,
    /// When it was the record's.
    pub kept_at: Timestamp,
}

/// Entries in a row that are not what the app wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordFault {
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// What is wrong with them.
    pub kind: RecordFaultKind,
}

/// What is wrong with entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordFaultKind {
    /// There are none of these numbers, though later ones are or were there.
    Missing,
    /// The text has another digest than the one kept beside it, or the digest is another than the app
    /// wrote.
    Changed,
    /// It names another digest as that of the entry before it: that one, or both, were changed.
    DoesNotFollow,
    /// The text is in no form that the app writes, or speaks of another number.
    NoEntry,
    /// The app did not write them.
    NotWritten,
    /// The last of them is another one than was kept elsewhere: it, or one before it, was changed.
    NotAsKept,
}

/// What a check of the whole audit record found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordCheck {
    /// The last entry; `None` where there is none.
    pub head: Option<RecordHead>,
    /// What is wrong within the record, by number; no more than [`RecordCheck::MOST_FAULTS`].
    pub faults: Vec<RecordFault>,
    /// How many more faults there are.
    pub more_faults: u64,
    /// The digest of all of these, by which they are known again; `None` where there are none.
    pub findings: Option<Sha256Digest>,
    /// The heads kept elsewhere that the record does not fit, each with what that says of it.
    pub unfitting: Vec<(RecordHead, RecordFault)>,
    /// Whether a person has seen all of this. What doesn't fit a head that was kept elsewhere is never
    /// seen by what the record itself says.
    pub is_seen: bool,
}

/// What the record was compared with beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordComparison {
    /// With this.
    With(KeptHead),
    /// Nothing is kept elsewhere.
    NothingKept,
    /// It could not be found out what is kept elsewhere.
    NotRead,
}

impl RecordComparison {
    /// What it was compared with.
    #[must_use]
    pub const fn head(&self) -> Option<RecordHead> {
        match self {
            Self::With(kept) => Some(kept.head),
            Self::NothingKept | Self::NotRead => None,
        }
    }
}

impl RecordCheck {
    /// How many faults are named one by one.
    pub const MOST_FAULTS: usize = 100;

    /// Whether every entry is what the app wrote, as far as can be told.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.findings.is_none() && self.unfitting.is_empty()
    }

    /// How many entries there are, those among them that are missing between others.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.head.map_or(0, |head| head.number)
    }

    /// All that is wrong and named, by number.
    pub fn all_faults(&self) -> impl Iterator<Item = RecordFault> {
        let unfitting = self.unfitting.iter().map(|(_, fault)| fault);
        self.faults.iter().chain(unfitting).copied()
    }

    /// The record's own words for what was found.
    #[must_use]
    pub fn in_words(&self) -> String {
        let faults = self.all_faults().map(|fault| fault.to_string());
        let more = (self.more_faults > 0).then(|| format!("and {} more", self.more_faults));
        let heads = self.unfitting.iter();
        let heads = heads.map(|(head, _)| format!("kept elsewhere: {head}"));
        let mark = self.findings.map(mark_of_findings);
        let words: Vec<String> = faults.chain(more).chain(heads).chain(mark).collect();
        words.join("; ")
    }

    /// Whether words of the record, of a finding that was seen, speak of all that is wrong within the
    /// record now.
    #[must_use]
    pub fn findings_are_in(&self, seen: &str) -> bool {
        self.findings
            .is_none_or(|findings| seen.contains(&mark_of_findings(findings)))
    }

    /// Whether the same is wrong in both.
    #[must_use]
    pub fn finds_the_same(&self, other: &Self) -> bool {
        self.findings == other.findings && self.unfitting == other.unfitting
    }
}

fn mark_of_findings(findings: Sha256Digest) -> String {
    format!("findings {findings}")
}

impl RecordHead {
    /// A number that no record comes to.
    const MOST: u64 = 1 << 53;
}

impl fmt::Display for RecordHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.number, self.digest)
    }
}

/// A text that is no number and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is a number and a digest")]
pub struct ParseHeadError;

impl FromStr for RecordHead {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, ParseHeadError> {
        let (number, digest) = text.split_once(' ').ok_or(ParseHeadError)?;
        let number: u64 = number.parse().map_err(|_| ParseHeadError)?;
        // No record gets there, and none could go on behind it.
        if number > Self::MOST {
            return Err(ParseHeadError);
        }
        Ok(Self {
            number,
            digest: digest.parse().map_err(|_| ParseHeadError)?,
        })
    }
}

impl fmt::Display for KeptHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.head, self.kept_at)
    }
}

impl FromStr for KeptHead {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, ParseHeadError> {
        let (head, kept_at) = text.rsplit_once(' ').ok_or(ParseHeadError)?;
        Ok(Self {
            head: head.parse()?,
            kept_at: kept_at.parse().map_err(|_| ParseHeadError)?,
        })
    }
}

impl fmt::Display for RecordFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(formatter, "entry {}: {}", self.last, self.kind)
        } else {
            let Self { first, last, kind } = self;
            write!(formatter, "entries {first} to {last}: {kind}")
        }
    }
}

impl fmt::Display for RecordFaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::DoesNotFollow => "does not follow the entry before",
            Self::NoEntry => "no entry",
            Self::NotWritten => "not written by the app",
            Self::NotAsKept => "not as kept elsewhere",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(number: u64) -> RecordHead {
        RecordHead {
            number,
            digest: Sha256Digest::of(b"x"),
        }
    }

    #[test]
    fn a_head_is_read_back_as_it_was() {
        assert_eq!(head(7).to_string().parse(), Ok(head(7)));
        let absurd = head(i64::MAX.cast_unsigned()).to_string();
        for text in ["", "7", "7 x", "x 7", &absurd] {
            assert_eq!(text.parse::<RecordHead>(), Err(ParseHeadError));
        }
        let kept = KeptHead {
            head: head(7),
            kept_at: "2026-11-23T14:02:11.5Z".parse().unwrap(),
        };
        assert_eq!(kept.to_string().parse(), Ok(kept));
        assert_eq!(head(7).to_string().parse::<KeptHead>(), Err(ParseHeadError));
    }

    #[test]
    fn what_was_seen_is_known_again_and_nothing_else() {
        let fault = |number, kind| RecordFault {
            first: number,
            last: number,
            kind,
        };
        let check = RecordCheck {
            head: Some(head(9)),
            faults: vec![fault(2, RecordFaultKind::Changed)],
            more_faults: 3,
            findings: Some(Sha256Digest::of(b"all of them")),
            unfitting: vec![(head(8), fault(8, RecordFaultKind::NotAsKept))],
            is_seen: false,
        };
        let words = check.in_words();
        let begins =
            "entry 2: changed; entry 8: not as kept elsewhere; and 3 more; kept elsewhere: 8 ";
        assert!(words.starts_with(begins), "{words}");
        assert!(check.findings_are_in(&words) && check.finds_the_same(&check));
        let others = RecordCheck {
            findings: Some(Sha256Digest::of(b"others")),
            ..check.clone()
        };
        assert!(!others.findings_are_in(&words) && !others.finds_the_same(&check));
    }
}
