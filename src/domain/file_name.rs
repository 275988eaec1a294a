use jiff::civil::Date;

use crate::domain::{AudioFormat, DoctorName, Unfit, turns_direction};

/// The longest file name in bytes of UTF-8, with room left under the usual 255 for a number, a
/// part file's ending and a second extension.
const LONGEST: usize = 200;

/// The name that the save dialog proposes: `Dr. Amelia Smith 2026-11-23.flac`.
///
/// Without a known format there is no extension: it is added when the content is known.
#[must_use]
pub fn suggested_file_name(doctor: &DoctorName, date: Date, format: Option<AudioFormat>) -> String {
    let date = date.to_string();
    let extension = format
        .map(|format| format!(".{}", format.extension()))
        .unwrap_or_default();
    let room = LONGEST - date.len() - extension.len() - 1;
    let doctor = shortened(&safe_file_name(doctor.as_str()), room)
        .trim_end()
        .to_owned();
    format!("{doctor} {date}{extension}")
}

/// What a file is called that is kept although it can be no backup: `name` with what it is
/// (`Dr. Amelia Smith 2026-11-23 (damaged).wav`), or as its kind is called (`….ds2`).
///
/// `name` is one without an extension, and `format` what it is by its content.
#[must_use]
pub fn file_name_as_it_is(name: &str, unfit: Unfit, format: Option<AudioFormat>) -> String {
    let extension = match (unfit, format) {
        (Unfit::Other(kind), _) => format!(".{}", kind.extension()),
        (_, Some(format)) => format!(".{}", format.extension()),
        (_, None) => String::new(),
    };
    match unfit {
        Unfit::Damaged(_) => format!("{name} (damaged){extension}"),
        Unfit::Empty => format!("{name} (empty){extension}"),
        Unfit::Other(_) => format!("{name}{extension}"),
    }
}

/// `name` as a file name that Windows, macOS and Linux all take, whichever this is.
///
/// Path separators, control and direction-changing characters and those that Windows reserves
/// become `_`; ends are trimmed of dots and spaces; device names get a `_` before them; at most
/// 200 bytes. Never empty.
#[must_use]
pub fn safe_file_name(name: &str) -> String {
    let cleaned: String = name
        .chars()
        .map(|character| if is_unsafe(character) { '_' } else { character })
        .collect();
    let trimmed = cleaned.trim_matches(['.', ' ']);
    // "Dr. Who." loses its last dot, ".hidden" its first: neither end may carry meaning.
    let named = if trimmed.is_empty() { "_" } else { trimmed };
    let named = if is_device(named) {
        format!("_{named}")
    } else {
        named.to_owned()
    };
    shortened(&named, LONGEST)
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// `name` with ` (number)` before its extension: what a second file of that name is called.
#[must_use]
pub fn numbered_file_name(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty() && AudioFormat::from_extension(extension).is_some() =>
        {
            format!("{stem} ({number}).{extension}")
        }
        _ => format!("{name} ({number})"),
    }
}

pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'
        )
        // It can make an extension look like another.
        || turns_direction(character)
        // What nobody sees. The two joiners stay: Persian and Hindi are written with them.
        || matches!(character, '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
        || matches!(character, '\u{e0000}'..='\u{e007f}')
}

/// Whether Windows takes the name for a device, with or without an extension
/// (learn.microsoft.com/windows/win32/fileio/naming-a-file, "Naming Conventions").
pub(super) fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let mut characters = stem.chars();
    let base: String = characters.by_ref().take(3).collect();
    let rest: String = characters.collect();
    match base.as_str() {
        "CON" if rest.is_empty() || rest == "IN$" || rest == "OUT$" => true,
        "PRN" | "AUX" | "NUL" => rest.is_empty(),
        "COM" | "LPT" => {
            let mut number = rest.chars();
            matches!(
                (number.next(), number.next()),
                (Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None)
            )
        }
        _ => false,
    }
}

/// The longest beginning of `text` that has at most `bytes` bytes and ends between characters.
fn shortened(text: &str, bytes: usize) -> &str {
    let end = text.floor_char_boundary(bytes);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(name: &str) -> String {
        let doctor = DoctorName::parse(name).unwrap();
        suggested_file_name(
            &doctor,
            jiff::civil::date(2026, 11, 23),
            Some(AudioFormat::Flac),
        )
    }

    #[test]
    fn the_proposal_is_doctor_date_and_extension() {
        assert_eq!(
            suggested("Dr. Amelia Smith"),
            "Dr. Amelia Smith 2026-11-23.flac"
        );
        assert_eq!(suggested("田中"), "田中 2026-11-23.flac");
        assert_eq!(suggested("a/../b"), "a_.._b 2026-11-23.flac");
        assert_eq!(suggested("Dr. A."), "Dr. A 2026-11-23.flac");
    }

    #[test]
    fn hostile_names_become_harmless() {
        for (hostile, safe) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\x", "C__x"),
            ("CON", "_CON"),
            ("aux.wav", "_aux.wav"),
            ("com1.flac", "_com1.flac"),
            ("COM0", "_COM0"),
            ("LPT\u{b2}.x.wav", "_LPT\u{b2}.x.wav"),
            ("nul .txt", "_nul .txt"),
            ("conout$", "_conout$"),
            ("CONRAD", "CONRAD"),
            ("C:", "C_"),
            ("a.wav:secret", "a.wav_secret"),
            ("\\\\server\\share", "__server_share"),
            ("a\u{200b}b\u{e0041}c", "a_b_c"),
            ("a\u{61c}b", "a_b"),
            ("a\u{7f}b\u{9f}c", "a_b_c"),
            (
                "\u{645}\u{6cc}\u{200c}\u{631}",
                "\u{645}\u{6cc}\u{200c}\u{631}",
            ),
            ("a \t", "a _"),
            ("~", "~"),
            ("COM10", "COM10"),
            ("a\u{202e}vaw.exe", "a_vaw.exe"),
            ("a\nb", "a_b"),
            ("...", "_"),
            ("x. . ", "x"),
        ] {
            assert_eq!(safe_file_name(hostile), safe, "{hostile:?}");
        }
        assert!(safe_file_name(&"田".repeat(4000)).len() <= LONGEST);
        assert!(suggested(&"田".repeat(200)).len() <= LONGEST);
        assert!(suggested(&"田".repeat(200)).ends_with(" 2026-11-23.flac"));
    }

    #[test]
    fn what_can_be_no_backup_says_so_in_its_name() {
        use crate::domain::{Damage, OtherRecording};
        let name = |unfit, format| file_name_as_it_is("Dr. A 2026-11-23", unfit, format);
        let damaged = Unfit::Damaged(Damage::Gap);
        let ds2 = Unfit::Other(OtherRecording::Ds2);
        let wav = Some(AudioFormat::Wav);
        assert_eq!(name(damaged, wav), "Dr. A 2026-11-23 (damaged).wav");
        assert_eq!(name(Unfit::Empty, None), "Dr. A 2026-11-23 (empty)");
        assert_eq!(name(ds2, None), "Dr. A 2026-11-23.ds2");
    }

    proptest::proptest! {
        #[test]
        fn any_name_becomes_one_that_every_system_takes(name in "\\PC{0,300}|[.  a-cCONUX1$:/\\\\\u{202e}]{0,12}") {
            let safe = safe_file_name(&name);
            proptest::prop_assert!(!safe.is_empty() && safe.len() <= LONGEST);
            proptest::prop_assert!(!safe.contains(is_unsafe) && !is_device(&safe));
            proptest::prop_assert!(!safe.starts_with(['.', ' ']) && !safe.ends_with(['.', ' ']));
            proptest::prop_assert_eq!(safe_file_name(&safe), safe);
        }
    }

    #[test]
    fn a_second_file_is_numbered_before_its_extension() {
        assert_eq!(
            numbered_file_name("Dr. A 2026-11-23.wav", 2),
            "Dr. A 2026-11-23 (2).wav"
        );
        assert_eq!(numbered_file_name("Dr. A", 3), "Dr. A (3)");
    }
}
