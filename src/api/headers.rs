use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{
    AGE, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, HeaderMap, LAST_MODIFIED,
    RETRY_AFTER,
};

use crate::api::said;
use crate::domain::{AudioFormat, ServerCopy, Sha256Digest};

/// The content codings that are registered (iana.org/assignments/http-parameters) but for
/// `identity`, and those that count as two of them (RFC 9110 section 8.4.1).
const CODINGS: [&str; 12] = [
    "aes128gcm",
    "br",
    "compress",
    "dcb",
    "dcz",
    "deflate",
    "exi",
    "gzip",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

/// What the headers of a 200 say of the copy; `length` is what the protocol knows of the body's.
///
/// The caller has refused what is encoded, so both digest fields and the length speak of the audio
/// itself.
pub(super) fn server_copy(
    headers: &HeaderMap,
    length: Option<u64>,
    format: Option<AudioFormat>,
) -> ServerCopy {
    let validator = |name| text(headers, name).and_then(said::validator);
    ServerCopy {
        format,
        length,
        etag: validator(ETAG.as_str()),
        last_modified: validator(LAST_MODIFIED.as_str())
            .filter(|modified| is_old(headers, modified)),
        digest: repr_digest(headers).or_else(|| digest(headers, "content-digest")),
        file_name: headers
            .get(CONTENT_DISPOSITION)
            .and_then(|value| file_name(&String::from_utf8_lossy(value.as_bytes())))
            .and_then(|name| said::file_name(&name)),
        unfit: None,
    }
}

/// The SHA-256 of the whole, whichever part of it comes (RFC 9530 section 3).
pub(super) fn repr_digest(headers: &HeaderMap) -> Option<Sha256Digest> {
    digest(headers, "repr-digest")
}

/// Whether a `Last-Modified` was at least a minute before the answer, by the same clock: only then
/// two copies of one second can't have the same one, and it is not made up for each answer
/// (RFC 9110 section 8.8.2.2).
fn is_old(headers: &HeaderMap, modified: &str) -> bool {
    const MINUTE: SignedDuration = SignedDuration::from_mins(1);
    let answered = text(headers, DATE.as_str()).and_then(date);
    let (Some(answered), Some(modified)) = (answered, date(modified)) else {
        return false;
    };
    answered.duration_since(modified) >= MINUTE
}

/// The type without its parameters, in lower case.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = text(headers, CONTENT_TYPE.as_str())?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    Some(essence.to_ascii_lowercase())
}

/// What the body is, beside the bytes that the type speaks of (RFC 9110 section 8.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Coding {
    /// Those bytes.
    Identity,
    /// Those bytes in a coding that is registered, or in one that can't be read.
    Encoded,
    /// It is said to be in this coding, which nobody registered. Stores replay such words, as
    /// `aws-chunked`, over plain bytes.
    Unregistered(String),
}

impl Coding {
    /// The name that nobody registered.
    pub(super) fn unregistered(self) -> Option<String> {
        match self {
            Self::Unregistered(name) => Some(name),
            Self::Identity | Self::Encoded => None,
        }
    }
}

/// What `Content-Encoding` says of the body.
pub(super) fn coding(headers: &HeaderMap) -> Coding {
    let mut unregistered = None;
    for value in headers.get_all(CONTENT_ENCODING) {
        let Ok(codings) = value.to_str() else {
            return Coding::Encoded;
        };
        for coding in codings.split(',').map(str::trim) {
            let is = |name: &&str| coding.eq_ignore_ascii_case(name);
            if coding.is_empty() || is(&"identity") {
                continue;
            }
            if CODINGS.iter().any(is) {
                return Coding::Encoded;
            }
            unregistered = Some(said::word(coding));
        }
    }
    unregistered.map_or(Coding::Identity, Coding::Unregistered)
}

/// How long before it was sent an answer was made at most, where a cache on the way answered:
/// the presence of `Age` says that the service itself did not (RFC 9111 section 5.1).
///
/// A cache is told to pass over an `Age` that is no number of seconds, and to take the first of
/// several. Here an answer is to prove something, and that a cache gave it is certain: one that
/// can't be read is as old as can be, and of several the greatest counts.
pub(super) fn age(headers: &HeaderMap) -> Option<Duration> {
    let ages = headers.get_all(AGE).iter().flat_map(|value| {
        let ages = value.to_str().unwrap_or("unreadable").split(',');
        ages.map(|age| {
            let seconds = age.trim();
            let is_number =
                !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = is_number.then(|| seconds.parse().ok()).flatten();
            // Caches round down.
            seconds.map_or(Duration::MAX, |seconds: u64| {
                Duration::from_secs(seconds.saturating_add(1))
            })
        })
    });
    ages.max()
}

/// Whether the type says that it is a page, a message or other text.
pub(super) fn is_text(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|kind| {
        kind.starts_with("text/") || kind.contains("json") || kind.contains("xml")
    })
}

/// The seconds that `Retry-After` asks for, given in seconds or as a date
/// (RFC 9110 section 10.2.3). A date that has passed asks for none.
///
/// A date is taken by the answer's own `Date`, where it has one: the service's clock and this
/// computer's, whose `now` counts otherwise, may be apart.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<u64> {
    let value = text(headers, RETRY_AFTER.as_str())?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let until = date(value)?;
    let now = text(headers, DATE.as_str()).and_then(date).unwrap_or(now);
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
    Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// A date as senders write it today (RFC 9110 section 5.6.7), in whichever zone.
fn date(value: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The SHA-256 member of a digest field (RFC 9530 section 2): `sha-256=:BASE64:`.
fn digest(headers: &HeaderMap, name: &str) -> Option<Sha256Digest> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|member| {
            let (algorithm, value) = member.trim().split_once('=')?;
            if algorithm != "sha-256" {
                return None;
            }
            // Parameters after the value are allowed and mean nothing here (RFC 8941 section 3.2).
            let value = value.split(';').next()?.trim();
            let encoded = value.strip_prefix(':')?.strip_suffix(':')?;
            let bytes: [u8; 32] = STANDARD.decode(encoded).ok()?.try_into().ok()?;
            Some(Sha256Digest::from_bytes(bytes))
        })
}

/// The file name of `Content-Disposition` as sent: `filename*` before `filename` (RFC 6266
/// section 4.3), its percent-encoding left in place.
fn file_name(disposition: &str) -> Option<String> {
    let parameters = parameters(disposition);
    ["filename*", "filename"].iter().find_map(|wanted| {
        parameters
            .iter()
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.clone())
    })
}

/// The parameters after the disposition's type; quoted strings lose their quotes and escapes
/// (RFC 9110 section 5.6.6).
fn parameters(disposition: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = disposition;
    while let Some((_, after)) = rest.split_once(';') {
        let Some((name, value)) = after.split_once('=') else {
            break;
        };
        let (value, remaining) = if let Some(quoted) = value.trim_start().strip_prefix('"') {
            unquoted(quoted)
        } else {
            let end = value.find(';').unwrap_or(value.len());
            let (token, remaining) = value.split_at(end);
            (token.trim().to_owned(), remaining)
        };
        found.push((name.trim().to_ascii_lowercase(), value));
        rest = remaining;
    }
    found
}

/// The text up to the closing quote, and what follows it.
fn unquoted(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return (value, characters.as_str()),
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_digest_counts_only_as_sha_256_of_32_bytes() {
        let abc = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        for (value, known) in [
            (format!("sha-256=:{abc}:"), true),
            (format!("sha-512=:AAAA:, sha-256=:{abc}:"), true),
            (format!("sha-256={abc}"), false),
            ("sha-256=:AAAA:".to_owned(), false),
            ("sha-256=:!:".to_owned(), false),
        ] {
            let found = digest(&headers("repr-digest", &value), "repr-digest");
            assert_eq!(found, known.then(|| Sha256Digest::of(b"abc")), "{value}");
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-23T14:00:00.5Z".parse().unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Mon, 23 Nov 2026 14:01:00 GMT", Some(60)),
            ("Mon, 23 Nov 2026 13:00:00 GMT", Some(0)),
            ("Mon, 23 Nov 2026 15:01:00 +0100", Some(60)),
            ("-1", None),
            ("soon", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(
                retry_after(&headers("retry-after", value), now),
                seconds,
                "{value}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn a_last_modified_counts_only_where_it_is_a_minute_older_than_the_answer() {
        let modified = "Mon, 23 Nov 2026 14:00:00 GMT";
        for (answered, counts) in [
            ("Mon, 23 Nov 2026 14:01:00 GMT", true),
            ("Mon, 23 Nov 2026 14:00:59 GMT", false),
            (modified, false),
            ("Mon, 23 Nov 2026 13:00:00 GMT", false),
            ("today", false),
            ("", false),
        ] {
            let mut both = headers("last-modified", modified);
            if !answered.is_empty() {
                both.insert(DATE, answered.parse().unwrap());
            }
            let kept = server_copy(&both, None, None).last_modified;
            assert_eq!(kept.is_some(), counts, "{answered}");
        }
    }

    #[test]
    fn a_retry_after_date_is_taken_by_the_service_s_own_clock() {
        let here = "2026-11-23T09:30:00Z".parse().unwrap();
        for (own_date, seconds) in [
            ("Mon, 23 Nov 2026 14:00:00 GMT", 60),
            ("Mon, 23 Nov 2026 15:00:00 +0100", 60),
            ("Mon, 23 Nov 2026 14:02:00 GMT", 0),
            ("today", 4 * 3600 + 31 * 60),
        ] {
            let mut both = headers("retry-after", "Mon, 23 Nov 2026 14:01:00 GMT");
            both.insert(DATE, own_date.parse().unwrap());
            assert_eq!(retry_after(&both, here), Some(seconds), "{own_date}");
        }
    }

    #[test]
    fn the_suggested_file_name_is_taken_as_sent() {
        for (value, name) in [
            (
                "attachment; filename=\"audio-Dr. A.wav\"",
                Some("audio-Dr. A.wav"),
            ),
            ("attachment; filename=a.wav; size=3", Some("a.wav")),
            (
                "attachment; filename=\"a;b\\\".wav\"; filename*=UTF-8''%C3%BC.wav",
                Some("UTF-8''%C3%BC.wav"),
            ),
            (
                "attachment; filename=\"../../etc/passwd\"",
                Some("../../etc/passwd"),
            ),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("", None),
        ] {
            assert_eq!(file_name(value).as_deref(), name, "{value}");
        }
    }

    #[test]
    fn only_identity_and_what_nobody_registered_are_no_coding() {
        let unregistered = |name: &str| Coding::Unregistered(name.to_owned());
        for (value, found) in [
            ("gzip", Coding::Encoded),
            ("X-GZIP", Coding::Encoded),
            ("identity", Coding::Identity),
            ("identity, br", Coding::Encoded),
            ("aws-chunked,zstd", Coding::Encoded),
            ("", Coding::Identity),
            ("aws-chunked", unregistered("aws-chunked")),
            ("identity, utf-8", unregistered("utf-8")),
        ] {
            assert_eq!(coding(&headers("content-encoding", value)), found);
        }
        let unreadable = b"aws-\xff".as_slice().try_into().unwrap();
        let unreadable = HeaderMap::from_iter([(CONTENT_ENCODING, unreadable)]);
        assert_eq!(coding(&unreadable), Coding::Encoded);
    }

    #[test]
    fn an_age_counts_at_its_longest_and_as_endless_where_it_can_not_be_read() {
        let at_most = |seconds| Some(Duration::from_secs(seconds));
        for (value, found) in [
            ("0", at_most(1)),
            ("600", at_most(601)),
            (" 7 ", at_most(8)),
            ("5, 600", at_most(601)),
            ("18446744073709551615", at_most(u64::MAX)),
            ("99999999999999999999999", Some(Duration::MAX)),
            ("5, soon", Some(Duration::MAX)),
            ("-1", Some(Duration::MAX)),
            ("+1", Some(Duration::MAX)),
            ("1.5", Some(Duration::MAX)),
            ("", Some(Duration::MAX)),
        ] {
            assert_eq!(age(&headers("age", value)), found, "{value}");
        }
        assert_eq!(age(&HeaderMap::new()), None);
    }

    proptest! {
        #[test]
        fn no_disposition_makes_it_panic(value in ".{0,80}") {
            let _name = file_name(&value);
        }
    }
}
