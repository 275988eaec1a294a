use reqwest::header::{CONTENT_RANGE, HeaderMap};

/// The one range of bytes that an answer says it brings (RFC 9110 section 14.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContentRange {
    /// The place of its first byte in the whole.
    pub first: u64,
    /// The place of its last byte in the whole, at least `first`.
    pub last: u64,
    /// How many bytes the whole has, more than `last`; `None` for `*`, where the sender did not know.
    pub complete: Option<u64>,
}

impl ContentRange {
    /// What `Content-Range` says; `None` where there is none, more than one, another unit, a range
    /// that can't be, or anything else than the grammar has. What is invalid must not be put
    /// together with anything.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(CONTENT_RANGE).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let (unit, range) = value.to_str().ok()?.split_once(' ')?;
        let (positions, complete) = range.split_once('/')?;
        let (first, last) = positions.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let complete = match complete {
            "*" => None,
            complete => Some(number(complete)?),
        };
        // Range units are case-insensitive (RFC 9110 section 14.1).
        let is_valid = unit.eq_ignore_ascii_case("bytes")
            && first <= last
            && complete.is_none_or(|complete| last < complete);
        is_valid.then_some(Self {
            first,
            last,
            complete,
        })
    }
}

/// `1*DIGIT`, without the sign that a Rust number may have.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Option<ContentRange> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_RANGE, HeaderValue::from_bytes(value).unwrap());
        }
        ContentRange::of(&headers)
    }

    fn range(first: u64, last: u64, complete: impl Into<Option<u64>>) -> ContentRange {
        ContentRange {
            first,
            last,
            complete: complete.into(),
        }
    }

    #[test]
    fn one_range_is_read_as_the_grammar_has_it() {
        const MOST: u64 = u64::MAX;
        for (value, found) in [
            ("bytes 5-9/10", Some(range(5, 9, 10))),
            ("BYTES 5-9/10", Some(range(5, 9, 10))),
            ("bytes 0-0/1", Some(range(0, 0, 1))),
            ("bytes 5-9/11", Some(range(5, 9, 11))),
            ("bytes 005-9/0010", Some(range(5, 9, 10))),
            ("bytes 5-9/*", Some(range(5, 9, None))),
            (
                "bytes 0-18446744073709551614/18446744073709551615",
                Some(range(0, MOST - 1, MOST)),
            ),
            ("bytes 0-18446744073709551615/*", Some(range(0, MOST, None))),
            // The whole would have more bytes than are counted here.
            ("bytes 0-18446744073709551615/18446744073709551616", None),
            ("bytes 18446744073709551616-18446744073709551617/*", None),
            // No range at all, or none that can be.
            ("bytes */10", None),
            ("bytes 9-5/10", None),
            ("bytes 5-10/10", None),
            ("bytes 0-0/0", None),
            // Other units, and none.
            ("items 5-9/10", None),
            ("5-9/10", None),
            (" 5-9/10", None),
            // As `Range` has it, and other slips.
            ("bytes=5-9/10", None),
            ("bytes 5-9", None),
            ("bytes 5-/10", None),
            ("bytes -9/10", None),
            ("bytes 5-9/", None),
            ("bytes 5/10", None),
            ("bytes +5-9/10", None),
            ("bytes 5--9/10", None),
            ("bytes 5-9/-10", None),
            ("bytes 0x5-9/10", None),
            ("bytes  5-9/10", None),
            ("bytes 5 - 9/10", None),
            ("bytes 5-9 / 10", None),
            ("bytes\t5-9/10", None),
            ("bytes 5-9/10;", None),
            ("bytes 0-3/10, bytes 5-9/10", None),
            ("bytes 0-3,5-9/10", None),
            ("", None),
        ] {
            assert_eq!(read(&[value.as_bytes()]), found, "{value}");
        }
        assert_eq!(read(&[b"bytes 5-9/\xff"]), None);
    }

    #[test]
    fn none_and_several_are_no_range() {
        let (one, other) = (&b"bytes 5-9/10"[..], &b"bytes 0-9/10"[..]);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[one, other]), None);
        assert_eq!(read(&[one, one]), None);
    }

    proptest! {
        #[test]
        fn what_is_read_can_be(value in "(bytes )?[0-9]{0,3}-?[0-9]{0,3}/?([0-9]{0,3}|\\*)") {
            if let Some(ContentRange { first, last, complete }) = read(&[value.as_bytes()]) {
                prop_assert!(first <= last && complete.is_none_or(|complete| last < complete));
            }
        }
    }
}
