use reqwest::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};

use crate::api::content_range::ContentRange;
use crate::api::headers::{self, Coding};
use crate::domain::ServerCopy;

/// Where a download goes on: behind bytes that came of a copy that a strong validator tells from
/// any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePoint {
    copy: ServerCopy,
    from: u64,
    fields: HeaderMap,
}

impl ResumePoint {
    /// A point behind the first `from` bytes of `copy`; `None` without a strong validator (RFC 9110
    /// section 13.1.5), without a byte, or where nothing is missing: `from` is at or beyond the
    /// copy's length.
    #[must_use]
    pub fn new(copy: ServerCopy, from: u64) -> Option<Self> {
        let validator = HeaderValue::from_str(copy.strong_validator()?).ok()?;
        let range = HeaderValue::try_from(format!("bytes={from}-")).ok()?;
        let is_inside = from > 0 && copy.length.is_none_or(|length| from < length);
        is_inside.then_some(Self {
            copy,
            from,
            fields: HeaderMap::from_iter([(RANGE, range), (IF_RANGE, validator)]),
        })
    }

    /// How many bytes have come.
    #[must_use]
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// The copy that they came of.
    #[must_use]
    pub const fn copy(&self) -> &ServerCopy {
        &self.copy
    }

    /// The fields that ask for the rest of this copy, and for the whole of any other (RFC 9110
    /// section 13.1.5).
    pub(super) const fn fields(&self) -> &HeaderMap {
        &self.fields
    }

    /// The whole recording of which a 206 to [`ResumePoint::fields`] brings all that is missing,
    /// its length included; `length` is what the protocol knows of the 206's own body, in bytes.
    ///
    /// # Errors
    /// Why it is not the rest of this copy, in words for the log. Nothing of it may be put behind
    /// what came.
    pub(super) fn rest(
        &self,
        headers: &HeaderMap,
        length: Option<u64>,
    ) -> Result<ServerCopy, &'static str> {
        let total = self.total(headers, length)?;
        if headers::coding(headers) != Coding::Identity {
            // Only a recording's first bytes show that an unregistered coding is a mere word.
            return Err("it has a Content-Encoding");
        }
        self.refuse_another_copy(headers)?;
        let said = headers::server_copy(headers, Some(total), self.copy.format);
        // Its Content-Digest is the part's (RFC 9530 section 2).
        let digest = headers::repr_digest(headers);
        let earlier = self.copy.digest;
        if matches!((digest, earlier), (Some(now), Some(earlier)) if now != earlier) {
            return Err("its Repr-Digest is another");
        }
        let earlier = self.copy.clone();
        let same_date = !names_another(headers, &LAST_MODIFIED, earlier.last_modified.as_deref());
        // A 206 need not repeat what the first answer said (RFC 9110 section 15.3.7).
        Ok(ServerCopy {
            format: earlier.format,
            length: Some(total),
            etag: said.etag.or(earlier.etag),
            last_modified: said
                .last_modified
                .or_else(|| earlier.last_modified.filter(|_| same_date)),
            digest: digest.or(earlier.digest),
            file_name: said.file_name.or(earlier.file_name),
            unfit: earlier.unfit,
        })
    }

    /// The whole's length in bytes, where the range is all that is missing of it.
    ///
    /// A whole of unknown length (`*`, RFC 9110 section 14.4) won't do: nothing shows then that the
    /// range goes to the end, nor that the service has finished what it sends of.
    fn total(&self, headers: &HeaderMap, length: Option<u64>) -> Result<u64, &'static str> {
        if headers::content_type(headers).is_some_and(|kind| kind.starts_with("multipart/")) {
            return Err("it is in several parts");
        }
        let range = ContentRange::of(headers).ok_or("its Content-Range is missing or invalid")?;
        let total = range
            .complete
            .ok_or("it doesn't say how long the whole is")?;
        if range.first != self.from {
            return Err("it begins elsewhere");
        }
        if range.last.checked_add(1) != Some(total) {
            return Err("it ends before the end");
        }
        if self.copy.length.is_some_and(|length| length != total) {
            return Err("the whole has another length");
        }
        if length.is_some_and(|length| total.checked_sub(length) != Some(self.from)) {
            return Err("its length is not its range's");
        }
        Ok(total)
    }

    /// Parts may be combined where they share a strong validator (RFC 9110 section 15.3.7.3), and
    /// not every service that answers a `Range` looks at `If-Range`.
    ///
    /// A 206 must have the `ETag` that a 200 would have. A date it need not repeat (section 15.3.7);
    /// but without it nothing shows that it is of the same copy.
    fn refuse_another_copy(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let (field, known) = match self.copy.strong_etag() {
            Some(etag) => (&ETAG, Some(etag)),
            None => (&LAST_MODIFIED, self.copy.last_modified.as_deref()),
        };
        if !headers.contains_key(field) {
            return Err("its validator is missing");
        }
        if names_another(headers, field, known) {
            return Err("its validator is another");
        }
        Ok(())
    }
}

/// Whether any value of a field is not the one that is known.
fn names_another(headers: &HeaderMap, name: &HeaderName, known: Option<&str>) -> bool {
    known.is_some_and(|known| headers.get_all(name).iter().any(|value| value != known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: &str = "Mon, 23 Nov 2026 13:00:00 GMT";

    fn copy(etag: Option<&str>, last_modified: Option<&str>, length: Option<u64>) -> ServerCopy {
        ServerCopy {
            etag: etag.map(Into::into),
            last_modified: last_modified.map(Into::into),
            length,
            ..ServerCopy::default()
        }
    }

    #[test]
    fn a_point_has_a_strong_validator_and_lies_inside_the_copy() {
        for (etag, date, validator) in [
            (Some("\"a\""), None, Some("\"a\"")),
            (Some("\"a\""), Some(MONDAY), Some("\"a\"")),
            (Some("W/\"a\""), Some(MONDAY), None),
            (None, Some(MONDAY), Some(MONDAY)),
            (Some("W/\"a\""), None, None),
            (Some("\"a\nb\""), None, None),
            (None, None, None),
        ] {
            let point = ResumePoint::new(copy(etag, date, Some(10)), 5);
            let sent = point
                .as_ref()
                .map(|point| point.fields()[IF_RANGE].as_bytes());
            assert_eq!(sent, validator.map(str::as_bytes), "{etag:?}, {date:?}");
        }
        for (length, from, is_inside) in [
            (Some(10), 0, false),
            (Some(10), 1, true),
            (Some(10), 9, true),
            (Some(10), 10, false),
            (Some(10), 11, false),
            (None, 0, false),
            (None, u64::MAX, true),
        ] {
            let point = ResumePoint::new(copy(Some("\"a\""), None, length), from);
            assert_eq!(point.is_some(), is_inside, "{from} of {length:?}");
            if let Some(point) = point {
                assert_eq!((point.from(), point.copy().length), (from, length));
                assert_eq!(point.fields()[RANGE], format!("bytes={from}-"));
            }
        }
    }

    #[test]
    fn the_greatest_numbers_do_not_make_it_panic() {
        let point = |from| ResumePoint::new(copy(Some("\"a\""), None, None), from).unwrap();
        for (from, range, length, is_rest) in [
            (
                u64::MAX - 1,
                "bytes 18446744073709551614-18446744073709551614/18446744073709551615",
                1,
                true,
            ),
            (
                u64::MAX,
                "bytes 18446744073709551615-18446744073709551615/*",
                1,
                false,
            ),
            (
                1,
                "bytes 1-18446744073709551614/18446744073709551615",
                u64::MAX,
                false,
            ),
            (
                1,
                "bytes 1-18446744073709551614/18446744073709551615",
                u64::MAX - 1,
                true,
            ),
        ] {
            let headers = HeaderMap::from_iter([
                (ETAG, HeaderValue::from_static("\"a\"")),
                (
                    reqwest::header::CONTENT_RANGE,
                    HeaderValue::from_static(range),
                ),
            ]);
            assert_eq!(
                point(from).rest(&headers, Some(length)).is_ok(),
                is_rest,
                "{range}"
            );
        }
    }
}
