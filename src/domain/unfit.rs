use crate::domain::{Damage, FailureKind, OtherRecording, code_of, of_code};

/// Why what the service has under a name can be no backup, by its contents. It can be kept as it
/// is, and it can be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unfit {
    /// It is damaged: two answers brought the same bytes.
    Damaged(Damage),
    /// There is no audio in it.
    Empty,
    /// It is a recording of a kind that is neither WAV nor FLAC.
    Other(OtherRecording),
}

impl Unfit {
    /// Those that hold nothing more, each with the word that stands for it in files.
    const CODES: [(Self, &str); 6] = [
        (Self::Empty, "empty"),
        (Self::Damaged(Damage::Incomplete), "damaged-incomplete"),
        (Self::Damaged(Damage::Gap), "damaged-gap"),
        (Self::Damaged(Damage::Altered), "damaged-altered"),
        (
            Self::Damaged(Damage::TakenForText),
            "damaged-taken-for-text",
        ),
        (Self::Damaged(Damage::Unreadable), "damaged-unreadable"),
    ];

    /// The word that stands for it in files: that of another kind is its file name extension.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Other(kind) => kind.extension(),
            known => code_of(&Self::CODES, known),
        }
    }

    /// Reads such a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::CODES, code)
            .or_else(|| OtherRecording::from_extension(code).map(Self::Other))
    }
}

impl FailureKind {
    /// What a download that failed in this way has shown of what the service has, where it has
    /// shown that.
    #[must_use]
    pub const fn unfit(&self) -> Option<Unfit> {
        match self {
            Self::DamagedRecording {
                damage,
                on_server: true,
            } => Some(Unfit::Damaged(*damage)),
            Self::EmptyRecording { arrived: true } => Some(Unfit::Empty),
            Self::OtherRecording {
                kind,
                arrived: true,
            } => Some(Unfit::Other(*kind)),
            _ => None,
        }
    }
}

impl From<Unfit> for FailureKind {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Damaged(damage) => Self::DamagedRecording {
                damage,
                on_server: true,
            },
            Unfit::Empty => Self::EmptyRecording { arrived: true },
            Unfit::Other(kind) => Self::OtherRecording {
                kind,
                arrived: true,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        let others = OtherRecording::ALL.map(Unfit::Other);
        let known = Unfit::CODES.iter().map(|(unfit, _)| *unfit);
        for unfit in known.chain(others) {
            assert_eq!(Unfit::from_code(unfit.code()), Some(unfit));
            assert_eq!(FailureKind::from(unfit).unfit(), Some(unfit));
        }
        assert_eq!(Unfit::from_code("whole"), None);
    }
}
