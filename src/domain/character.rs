//! Characters that do something to the text that they stand in.

/// Whether a character turns the direction of writing (Unicode Standard Annex 9, section 2): with it
/// a text can be made to look like another.
#[must_use]
pub const fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
    )
}

/// Whether a character is a control character, or ends a line.
#[must_use]
pub fn is_control_or_line_break(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}
