use crate::domain::{AudioFormat, OtherRecording, Sha256Digest, Unfit};

/// What the service said of the copy that it holds, from the headers of one answer and the first
/// bytes of its body.
///
/// Nothing here is documented by the service but the type: each field is what came, or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerCopy {
    /// From the first bytes, else from `Content-Type`.
    pub format: Option<AudioFormat>,
    /// The audio's length in bytes, from the `Content-Length` of an answer that is not encoded, or
    /// from the `Content-Range` of one with its rest.
    pub length: Option<u64>,
    /// `ETag` as sent, quotes and `W/` included (RFC 9110 section 8.8.3); none that is longer than any
    /// is.
    pub etag: Option<String>,
    /// `Last-Modified` as sent, where it was at least a minute before the answer's `Date`: a later
    /// one may stand for two copies, or be the time of the answer (RFC 9110 section 8.8.2.2).
    pub last_modified: Option<String>,
    /// SHA-256 from `Repr-Digest` or `Content-Digest` (RFC 9530), or of the contents where they were
    /// downloaded to be compared.
    pub digest: Option<Sha256Digest>,
    /// The file name that `Content-Disposition` suggests, in one line of readable length: never to be
    /// used as a path.
    pub file_name: Option<String>,
    /// Why it can be no backup, where its first bytes or a download have shown that.
    pub unfit: Option<Unfit>,
}

/// What can be said of two looks at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyComparison {
    /// The same strong validator or the same digest.
    Same,
    /// A digest, a length, a format, a strong validator or the time of the last change differs.
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

    /// What tells this copy from any other: a strong `ETag`, or, where there is no `ETag` at all, the
    /// `Last-Modified`, which is only kept where it is strong (RFC 9110 sections 8.8.1, 8.8.2.2 and
    /// 13.1.5).
    #[must_use]
    pub fn strong_validator(&self) -> Option<&str> {
        if self.etag.is_some() {
            return self.strong_etag();
        }
        self.last_modified.as_deref()
    }

    /// Compares an earlier look with this one.
    ///
    /// A digest speaks of the contents and outranks all; an equal strong validator outranks what
    /// differs beside it. `Last-Modified` is never taken as proof of sameness: its second is too
    /// coarse, and nothing says that the clock behind it was right.
    #[must_use]
    pub fn compare(&self, earlier: &Self) -> CopyComparison {
        match (self.digest, earlier.digest) {
            (Some(now), Some(earlier)) if now == earlier => return CopyComparison::Same,
            (Some(_), Some(_)) => return CopyComparison::Changed,
            _ => {}
        }
        let (etag, earlier_etag) = (self.strong_etag(), earlier.strong_etag());
        if etag.is_some() && etag == earlier_etag {
            return CopyComparison::Same;
        }
        let differs = differ(self.length, earlier.length)
            || differ(self.kind(), earlier.kind())
            || differ(etag, earlier_etag)
            || differ(
                self.last_modified.as_deref(),
                earlier.last_modified.as_deref(),
            );
        if differs {
            CopyComparison::Changed
        } else {
            CopyComparison::CannotCompare
        }
    }

    /// Whether both looks brought a weak `ETag` (RFC 9110 section 8.8.1), and not the same: a sign
    /// of a change, and no proof of one.
    #[must_use]
    pub fn has_another_weak_etag(&self, earlier: &Self) -> bool {
        fn weak(copy: &ServerCopy) -> Option<&str> {
            let etag = copy.etag.as_deref();
            etag.filter(|_| copy.strong_etag().is_none())
        }
        differ(weak(self), weak(earlier))
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

    /// Whether both are, as far as is known, of the same kind of recording.
    #[must_use]
    pub fn is_of_one_kind_with(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }

    /// Whether it is, as far as is known, a recording of this format.
    #[must_use]
    pub fn is_of_format(&self, format: AudioFormat) -> bool {
        self.kind() == Some(Kind::Kept(format))
    }

    fn kind(&self) -> Option<Kind> {
        match (self.unfit, self.format) {
            (Some(Unfit::Other(other)), _) => Some(Kind::Other(other)),
            (Some(Unfit::Empty), None) => Some(Kind::Nothing),
            (_, format) => format.map(Kind::Kept),
        }
    }
}

/// Whether both are known and not the same.
fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

/// What kind of recording a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One that the service keeps.
    Kept(AudioFormat),
    Other(OtherRecording),
    /// Not one byte.
    Nothing,
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
    fn a_digest_outranks_an_etag_and_an_equal_strong_etag_what_differs_beside_it() {
        let digest = |etag, contents: &[u8]| ServerCopy {
            digest: Some(Sha256Digest::of(contents)),
            ..copy(Some(etag), Some(5))
        };
        let compared = |now: ServerCopy, earlier: ServerCopy| now.compare(&earlier);
        let (same, changed) = (CopyComparison::Same, CopyComparison::Changed);
        let x = || digest("\"a\"", b"x");
        assert_eq!(compared(digest("\"b\"", b"x"), x()), same);
        assert_eq!(compared(digest("\"a\"", b"y"), x()), changed);
        let dated = |date: &str| ServerCopy {
            last_modified: Some(date.into()),
            ..copy(Some("\"a\""), Some(5))
        };
        assert_eq!(compared(dated("Mon"), dated("Tue")), same);
        assert_eq!(compared(copy(Some("\"a\""), Some(6)), dated("Tue")), same);
        let undated = |date: &str| ServerCopy {
            etag: None,
            ..dated(date)
        };
        assert_eq!(compared(undated("Mon"), undated("Tue")), changed);
        let cannot = CopyComparison::CannotCompare;
        assert_eq!(compared(undated("Mon"), undated("Mon")), cannot);
    }

    #[test]
    fn a_strong_validator_is_an_etag_before_a_date_and_never_a_weak_etag() {
        for (etag, date, validator) in [
            (Some("\"a\""), Some("Mon"), Some("\"a\"")),
            (Some("W/\"a\""), Some("Mon"), None),
            (Some("W/\"a\""), None, None),
            (Some("\""), None, None),
            (None, Some("Mon"), Some("Mon")),
            (None, None, None),
        ] {
            let copy = ServerCopy {
                last_modified: date.map(Into::into),
                ..copy(etag, None)
            };
            assert_eq!(copy.strong_validator(), validator);
        }
    }

    #[test]
    fn another_weak_etag_is_a_sign_and_no_proof() {
        let (a, b) = (
            copy(Some("W/\"a\""), Some(5)),
            copy(Some("W/\"b\""), Some(5)),
        );
        assert_eq!(b.compare(&a), CopyComparison::CannotCompare);
        assert!(b.has_another_weak_etag(&a) && !a.has_another_weak_etag(&a));
        let strong = copy(Some("\"b\""), Some(5));
        assert!(!strong.has_another_weak_etag(&a) && !a.has_another_weak_etag(&copy(None, None)));
    }

    #[test]
    fn anything_that_differs_is_a_change() {
        assert_eq!(
            copy(Some("\"a\""), Some(5)).compare(&copy(Some("\"b\""), Some(5))),
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
        let empty = ServerCopy {
            unfit: Some(Unfit::Empty),
            ..copy(None, None)
        };
        for (now, earlier) in [
            (&ds2, &wav),
            (&wav, &ds2),
            (&ds2, &mp3),
            (&wav, &empty),
            (&empty, &wav),
        ] {
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
