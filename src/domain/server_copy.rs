use crate::domain::{AudioFormat, Sha256Digest};

/// What the service said of the copy that it holds, from the headers of one answer.
///
/// Nothing here is documented by the service but the type: each field is what came, or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerCopy {
    /// From `Content-Type`.
    pub format: Option<AudioFormat>,
    /// The audio's length in bytes, where `Content-Length` counts the audio itself (no
    /// `Content-Encoding`).
    pub length: Option<u64>,
    /// `ETag` as sent, quotes and `W/` included (RFC 9110 section 8.8.3).
    pub etag: Option<String>,
    /// `Last-Modified` as sent.
    pub last_modified: Option<String>,
    /// SHA-256 from `Repr-Digest` or `Content-Digest` (RFC 9530).
    pub digest: Option<Sha256Digest>,
    /// The file name that `Content-Disposition` suggests, as sent: never to be used as a path.
    pub file_name: Option<String>,
}

/// What can be said of two looks at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyComparison {
    /// The same strong validator or the same digest.
    Same,
    /// A digest, a strong validator, a length or a format differs.
    Changed,
    /// Nothing differs, and nothing proves that they are the same.
    CannotCompare,
}

impl ServerCopy {
    /// The `ETag`, if it is a strong one (RFC 9110 section 8.8.1).
    #[must_use]
    pub fn strong_etag(&self) -> Option<&str> {
        self.etag
            .as_deref()
            .filter(|etag| etag.starts_with('"') && etag.ends_with('"') && etag.len() >= 2)
    }

    /// Compares an earlier look with this one.
    ///
    /// A digest outranks a validator, because it speaks of the contents; a differing length or
    /// format is a change whatever the rest says. `Last-Modified` is never taken as proof of
    /// sameness: its second is too coarse, and nothing says that the clock behind it was right.
    #[must_use]
    pub fn compare(&self, earlier: &Self) -> CopyComparison {
        fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        let differs = differ(self.digest, earlier.digest)
            || differ(self.length, earlier.length)
            || differ(self.format, earlier.format)
            || differ(self.strong_etag(), earlier.strong_etag())
            || differ(
                self.last_modified.as_deref(),
                earlier.last_modified.as_deref(),
            );
        if differs {
            CopyComparison::Changed
        } else if (self.digest.is_some() && self.digest == earlier.digest)
            || (self.strong_etag().is_some() && self.strong_etag() == earlier.strong_etag())
        {
            CopyComparison::Same
        } else {
            CopyComparison::CannotCompare
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(etag: Option<&str>, length: Option<u64>) -> ServerCopy {
        ServerCopy {
            etag: etag.map(Into::into),
            length,
            ..ServerCopy::default()
        }
    }

    #[test]
    fn only_a_strong_validator_or_a_digest_proves_sameness() {
        let strong = copy(Some("\"a\""), Some(5));
        assert_eq!(strong.compare(&strong), CopyComparison::Same);
        let weak = copy(Some("W/\"a\""), Some(5));
        assert_eq!(weak.compare(&weak), CopyComparison::CannotCompare);
        let bare = copy(None, Some(5));
        assert_eq!(bare.compare(&bare), CopyComparison::CannotCompare);
        let digest = ServerCopy {
            digest: Some(Sha256Digest::of(b"x")),
            ..bare.clone()
        };
        assert_eq!(digest.compare(&digest), CopyComparison::Same);
    }

    #[test]
    fn anything_that_differs_is_a_change() {
        assert_eq!(
            copy(Some("\"a\""), Some(5)).compare(&copy(Some("\"b\""), Some(5))),
            CopyComparison::Changed
        );
        assert_eq!(
            copy(Some("\"a\""), Some(6)).compare(&copy(Some("\"a\""), Some(5))),
            CopyComparison::Changed
        );
        assert_eq!(
            copy(None, Some(6)).compare(&copy(None, Some(5))),
            CopyComparison::Changed
        );
        assert_eq!(
            copy(None, None).compare(&copy(None, Some(5))),
            CopyComparison::CannotCompare
        );
    }
}
