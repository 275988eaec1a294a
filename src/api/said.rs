//! What the service says, as far as it is kept or shown. All of it comes through here: so that
//! nothing of it is longer than any use there is for it, nor hides or turns what it stands beside.

use url::Url;

use crate::domain::{is_control_or_line_break, turns_direction};

/// A person's name or e-mail address, at most 200 characters; `None` where nothing is in it.
pub(super) fn person(name: &str) -> Option<String> {
    readable(name, 200)
}

/// What tells a person from all others, at most 320 bytes: as long as an e-mail address can be (RFC
/// 3696, erratum 1690, before it allowed 254).
pub(super) fn person_id(id: &str) -> Option<&str> {
    let id = id.trim();
    whole(id, 320).filter(|id| !id.is_empty())
}

/// A validator, at most 1,024 bytes. A part of one could stand for two copies.
pub(super) fn validator(field: &str) -> Option<String> {
    whole(field, 1024).map(ToOwned::to_owned)
}

/// A file name, at most 255 characters: no system takes a longer one.
pub(super) fn file_name(name: &str) -> Option<String> {
    readable(name, 255)
}

/// The host of an address, at most 253 characters (RFC 1035 section 2.3.4). Its end tells whose it
/// is, so none is cut.
pub(super) fn host(url: &Url) -> Option<String> {
    whole(url.host_str()?, 253).map(ToOwned::to_owned)
}

/// The name of a type or a coding, at most 60 characters.
pub(super) fn word(word: &str) -> String {
    readable(word, 60).unwrap_or_default()
}

/// The lower layers' words, at most 1,000 characters: some quote what came, as a certificate's names.
pub(super) fn technical(words: &str) -> String {
    readable(words, 1000).unwrap_or_default()
}

/// A text for people: in one line, without what turns its direction, cut where it is too long.
fn readable(said: &str, longest: usize) -> Option<String> {
    let line: String = said
        .chars()
        .filter(|character| !turns_direction(*character))
        .map(|character| match character {
            character if is_control_or_line_break(character) => ' ',
            character => character,
        })
        .collect();
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    if line.chars().nth(longest).is_none() {
        return Some(line.to_owned());
    }
    let kept: String = line.chars().take(longest.saturating_sub(1)).collect();
    Some(format!("{}…", kept.trim_end()))
}

/// All of it or nothing: a part of it would be something else.
fn whole(said: &str, longest: usize) -> Option<&str> {
    (said.len() <= longest).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_for_people_is_one_line_that_reads_as_it_stands() {
        assert_eq!(person("  Ana\r\nLima\t").as_deref(), Some("Ana  Lima"));
        assert_eq!(person("Ana \u{202e}amiL").as_deref(), Some("Ana amiL"));
        assert_eq!(person("\u{202e}\u{7}"), None);
        let long = person(&"ü".repeat(10_000)).unwrap();
        assert_eq!((long.chars().count(), long.ends_with("ü…")), (200, true));
        assert_eq!(person(&"ü".repeat(200)).unwrap(), "ü".repeat(200));
        assert_eq!(technical(&"x\n".repeat(5_000)).chars().count(), 1_000);
    }

    #[test]
    fn what_means_something_as_a_whole_is_never_cut() {
        assert_eq!(validator(&"x".repeat(1_025)), None);
        assert_eq!(validator(&"x".repeat(1_024)).unwrap().len(), 1_024);
        assert_eq!(person_id(&"x".repeat(321)), None);
        assert_eq!(person_id(" \t"), None);
        assert_eq!(person_id(" 7 "), Some("7"));
    }
}
