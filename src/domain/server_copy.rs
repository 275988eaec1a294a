use crate::domain::{AudioFormat, OtherRecording, Sha256Digest, Unfit};

/// What the service said of the copy that it holds, from the headers of one answer and the first
/// bytes of its body.
///
/// Nothing here is documented by the service but the type: each field is what came, or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerCopy {
    /// From the first bytes, else from `Content-Type`.
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
    /// Why it can be no backup, where its first bytes or a download have shown that.
    pub unfit: Option<Unfit>,
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
            || differ(self.kind(), earlier.kind())
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

    /// Whether this may be the copy of an `earlier` look: nothing says otherwise, and at least a
    /// length and a kind say so.
    #[must_use]
    pub fn may_be(&self, earlier: &Self) -> bool {
        match self.compare(earlier) {
            CopyComparison::Same => true,
            CopyComparison::Changed => false,
            CopyComparison::CannotCompare => {
                self.length.is_some()
                    && self.length == earlier.length
                    && self.kind().is_some()
                    && self.kind() == earlier.kind()
            }
        }
    }

    fn kind(&self) -> Option<Kind> {
        match self.unfit {
            Some(Unfit::Other(other)) => Some(Kind::Other(other)),
            _ => self.format.map(Kind::Kept),
        }
    }
}

/// What kind of recording a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One that the service keeps.
    Kept(AudioFormat),
    Other(OtherRecording),
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

    #[test]
    fn a_recording_of_another_kind_is_not_the_same_one() {
        let wav = ServerCopy {
            format: Some(AudioFormat::Wav),
            ..copy(None, None)
        };
        let other = |kind| ServerCopy {
            unfit: Some(Unfit::Other(kind)),
            ..copy(None, None)
        };
        let (ds2, mp3) = (other(OtherRecording::Ds2), other(OtherRecording::Mp3));
        for (now, earlier) in [(&ds2, &wav), (&wav, &ds2), (&ds2, &mp3)] {
            assert_eq!(now.compare(earlier), CopyComparison::Changed);
        }
        assert_eq!(ds2.compare(&ds2), CopyComparison::CannotCompare);
    }

    #[test]
    fn what_nothing_compares_may_be_the_same_by_its_length_and_kind() {
        let wav = |length| ServerCopy {
            format: Some(AudioFormat::Wav),
            ..copy(None, length)
        };
        assert!(wav(Some(5)).may_be(&wav(Some(5))));
        assert!(!wav(Some(5)).may_be(&wav(Some(6))));
        assert!(!wav(None).may_be(&wav(None)));
        assert!(!copy(None, Some(5)).may_be(&copy(None, Some(5))));
        let marked = copy(Some("\"a\""), None);
        assert!(marked.may_be(&marked));
    }
}
