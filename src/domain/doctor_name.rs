use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::is_control_or_line_break;

/// The name under which the service keeps a doctor's recordings.
///
/// Unicode NFC, ends trimmed, inner spaces and case as typed, 1 to 200 characters, no control
/// characters. "Dr.Smith" and "Dr. Smith" are two doctors to the service, so nothing else is
/// changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DoctorName(String);

/// Why a text can't be a doctor's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoctorNameError {
    /// Nothing, or nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More characters (Unicode scalar values after normalisation) than the service is asked for.
    #[error(
        "the name has {characters} characters, more than {}",
        DoctorName::MAX_CHARACTERS
    )]
    TooLong {
        /// How many there are.
        characters: usize,
    },
    /// A control character or a line break.
    #[error("the name has a control character")]
    ControlCharacter,
}

impl DoctorName {
    /// The longest name, in Unicode scalar values.
    pub const MAX_CHARACTERS: usize = 200;

    /// Takes what a person typed.
    ///
    /// # Errors
    /// [`DoctorNameError`] says which rule the text breaks.
    pub fn parse(typed: &str) -> Result<Self, DoctorNameError> {
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Err(DoctorNameError::Empty);
        }
        if trimmed.chars().any(is_control_or_line_break) {
            return Err(DoctorNameError::ControlCharacter);
        }
        let name = ComposingNormalizerBorrowed::new_nfc().normalize(trimmed);
        let characters = name.chars().count();
        if characters > Self::MAX_CHARACTERS {
            return Err(DoctorNameError::TooLong { characters });
        }
        Ok(Self(name.into_owned()))
    }

    /// The name as it travels, before percent-encoding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DoctorName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Names are personal: `Debug`, which ends up in logs and panics, does not show them.
impl fmt::Debug for DoctorName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DoctorName[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_trimmed_and_the_inside_is_left_alone() {
        let name = DoctorName::parse("  Dr.  smith \t").unwrap();
        assert_eq!(name.as_str(), "Dr.  smith");
        assert_ne!(
            DoctorName::parse("Dr.Smith").unwrap(),
            DoctorName::parse("Dr. Smith").unwrap()
        );
    }

    #[test]
    fn two_ways_to_type_an_umlaut_are_one_name() {
        assert_eq!(
            DoctorName::parse("Ju\u{308}rgen").unwrap(),
            DoctorName::parse("J\u{fc}rgen").unwrap()
        );
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        assert_eq!(DoctorName::parse(" \t "), Err(DoctorNameError::Empty));
        assert_eq!(
            DoctorName::parse("a\nb"),
            Err(DoctorNameError::ControlCharacter)
        );
        assert_eq!(
            DoctorName::parse("a\u{7}b"),
            Err(DoctorNameError::ControlCharacter)
        );
        assert_eq!(
            DoctorName::parse("a\u{2028}b"),
            Err(DoctorNameError::ControlCharacter)
        );
        assert_eq!(
            DoctorName::parse(&"x".repeat(201)),
            Err(DoctorNameError::TooLong { characters: 201 })
        );
        assert!(DoctorName::parse(&"\u{7530}".repeat(200)).is_ok());
    }

    #[test]
    fn debug_never_shows_a_name() {
        let name = DoctorName::parse("Dr. Amelia Smith").unwrap();
        assert!(!format!("{name:?}").contains("Amelia"));
    }
}
