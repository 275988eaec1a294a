use crate::domain::{DoctorName, turns_direction};

/// A character that can't be seen, or can't be told from one that is usual. Pasting brings them along,
/// and to the service they make another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnusualCharacter {
    /// A space at which no line ends.
    NoBreakSpace,
    /// A space of another width than the usual one.
    OtherSpace,
    /// What marks a place between two letters, and takes none.
    ZeroWidth,
    /// What marks where a word may be divided.
    SoftHyphen,
    /// What marks the beginning of a text.
    ByteOrderMark,
    /// What turns the direction of writing.
    DirectionMark,
    /// A hyphen at which no line ends, or another one that looks like the usual one.
    OtherHyphen,
    /// Anything else that can't be seen.
    Invisible,
}

impl DoctorName {
    /// What the name holds that is unusual, each kind once.
    #[must_use]
    pub fn unusual_characters(&self) -> Vec<UnusualCharacter> {
        spell_plainly(self.as_str()).1
    }

    /// The name as a person would type it that reads the same; `None` where it has nothing unusual, or
    /// nothing else.
    #[must_use]
    pub fn plain_spelling(&self) -> Option<Self> {
        let (plain, unusual) = spell_plainly(self.as_str());
        if unusual.is_empty() {
            return None;
        }
        // What stood between two spaces, or was one of them, leaves one.
        let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
        Self::parse(&words.join(" ")).ok()
    }
}

/// The text with what is usual in the place of what is unusual, and what that was.
fn spell_plainly(text: &str) -> (String, Vec<UnusualCharacter>) {
    let mut plain = String::with_capacity(text.len());
    let mut found = Vec::new();
    for character in text.chars() {
        let Some(unusual) = unusual(character, plain.chars().next_back()) else {
            plain.push(character);
            continue;
        };
        if !found.contains(&unusual) {
            found.push(unusual);
        }
        match unusual {
            UnusualCharacter::NoBreakSpace | UnusualCharacter::OtherSpace => plain.push(' '),
            UnusualCharacter::OtherHyphen => plain.push('-'),
            _ => {}
        }
    }
    (plain, found)
}

/// What is unusual about a character behind `before`.
fn unusual(character: char, before: Option<char>) -> Option<UnusualCharacter> {
    let follows = |first: char| before.is_some_and(|before| before >= first);
    match character {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => Some(UnusualCharacter::NoBreakSpace),
        // Chinese and Japanese names are written with it.
        '\u{3000}' if follows('\u{2e80}') => None,
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => {
            Some(UnusualCharacter::OtherSpace)
        }
        // From Persian to Japanese, scripts are written with these; those before Hebrew are not.
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
            if follows('\u{590}') =>
        {
            None
        }
        '\u{200b}'..='\u{200d}' | '\u{2060}' => Some(UnusualCharacter::ZeroWidth),
        '\u{ad}' => Some(UnusualCharacter::SoftHyphen),
        '\u{feff}' => Some(UnusualCharacter::ByteOrderMark),
        '\u{2010}' | '\u{2011}' => Some(UnusualCharacter::OtherHyphen),
        character if turns_direction(character) => Some(UnusualCharacter::DirectionMark),
        character => is_invisible(character).then_some(UnusualCharacter::Invisible),
    }
}

/// The others that are drawn as nothing (Unicode's `Default_Ignorable_Code_Point`, and what is as
/// empty).
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2061}'..='\u{2065}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::UnusualCharacter::{
        ByteOrderMark, DirectionMark, Invisible, NoBreakSpace, OtherHyphen, OtherSpace, SoftHyphen,
        ZeroWidth,
    };
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_found_and_the_plain_spelling_is_what_a_person_would_type() {
        let plain = "Dr. Anna-Maria Smith";
        for (pasted, unusual) in [
            ("Dr.\u{a0}Anna-Maria Smith", NoBreakSpace),
            ("Dr.\u{202f}Anna-Maria Smith", NoBreakSpace),
            ("Dr. \u{a0}Anna-Maria Smith", NoBreakSpace),
            ("Dr.\u{2009}Anna-Maria Smith", OtherSpace),
            ("Dr.\u{3000}Anna-Maria Smith", OtherSpace),
            ("Dr. Anna-Maria\u{200b} Smith", ZeroWidth),
            ("Dr. Anna-Maria Smith\u{200b}", ZeroWidth),
            ("Dr. \u{200b} Anna-Maria Smith", ZeroWidth),
            ("Dr. Anna\u{200d}-Maria Smith", ZeroWidth),
            ("Dr. Anna-Ma\u{ad}ria Smith", SoftHyphen),
            ("\u{feff}Dr. Anna-Maria Smith", ByteOrderMark),
            ("Dr. Anna-Maria \u{200e}Smith", DirectionMark),
            ("Dr. Anna-Maria \u{202e}Smith", DirectionMark),
            ("Dr. Anna\u{2011}Maria Smith", OtherHyphen),
            ("Dr. Anna-Maria Smith\u{e0041}", Invisible),
        ] {
            let name = DoctorName::parse(pasted).unwrap();
            assert_eq!(name.unusual_characters(), [unusual], "{pasted:?}");
            let spelled = name.plain_spelling().unwrap();
            assert_eq!(spelled.as_str(), plain, "{pasted:?}");
            assert_ne!(spelled, name, "{pasted:?}");
        }
    }

    #[test]
    fn names_that_people_type_are_usual_in_every_script() {
        for usual in [
            "Dr. Amelia Smith",
            "Dr.  Smith",
            "Jürgen O'Neil-Müller, M.D.",
            "田中\u{3000}太郎",
            "葛\u{e0100}城",
            "\u{645}\u{6cc}\u{200c}\u{631}",
            "\u{915}\u{94d}\u{200d}\u{937}",
        ] {
            let name = DoctorName::parse(usual).unwrap();
            assert_eq!(name.unusual_characters(), [], "{usual}");
            assert_eq!(name.plain_spelling(), None, "{usual}");
        }
    }

    #[test]
    fn a_name_of_nothing_else_has_no_plain_spelling() {
        let name = DoctorName::parse("\u{200b}").unwrap();
        assert_eq!(name.unusual_characters(), [ZeroWidth]);
        assert_eq!(name.plain_spelling(), None);
        let both = DoctorName::parse("a\u{a0}b\u{ad}c\u{a0}d").unwrap();
        assert_eq!(both.unusual_characters(), [NoBreakSpace, SoftHyphen]);
    }

    proptest! {
        #[test]
        fn nothing_is_unusual_in_a_plain_spelling(
            text in "[a-b \u{a0}\u{ad}\u{200b}-\u{200f}\u{2011}\u{3000}\u{feff}田ک]{1,12}"
        ) {
            if let Some(plain) = DoctorName::parse(&text).ok().and_then(|name| name.plain_spelling()) {
                prop_assert_eq!(plain.unusual_characters(), []);
            }
        }
    }
}
