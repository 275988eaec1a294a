use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use icu_normalizer::DecomposingNormalizerBorrowed;

use super::content::Content;
use super::range::{AskedRange, asked_range};
use super::recording::{Recording, strong_etag};
use super::reply::Reply;
use crate::domain::AudioFormat;

/// What a download's answer depends on beside the recording.
#[derive(Clone, Copy)]
pub struct Manner {
    /// What becomes of a `Range`.
    pub ranges: Ranges,
    /// Whether the answer carries a strong `ETag`.
    pub etag: bool,
}

/// What becomes of a `Range`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ranges {
    /// The service knows nothing of ranges.
    Unknown,
    /// It is answered.
    Answered,
    /// It is answered with a range that begins at half of where it was to begin.
    Wrong,
    /// The service says that it answers ranges, and answers with the whole.
    Ignored,
}

/// The answer to a download that found a recording.
pub fn audio_answer(
    doctor: &str,
    recording: &Recording,
    content: Content,
    request: &HeaderMap,
    manner: Manner,
) -> Reply {
    let length = content.length();
    let etag = strong_etag(&recording.file_name, &content);
    let asked = match manner.ranges {
        Ranges::Unknown | Ranges::Ignored => AskedRange::Whole,
        Ranges::Answered | Ranges::Wrong => range_of(request, length, &etag),
    };
    let mut reply = match asked {
        AskedRange::Whole => Reply::new(StatusCode::OK, content, 0, length),
        AskedRange::Part { from, to } => {
            let from = match manner.ranges {
                Ranges::Wrong => from / 2,
                _ => from,
            };
            Reply::new(StatusCode::PARTIAL_CONTENT, content, from, to).with(
                header::CONTENT_RANGE,
                value(format!("bytes {from}-{}/{length}", to.saturating_sub(1))),
            )
        }
        AskedRange::Unsatisfiable => Reply::new(StatusCode::RANGE_NOT_SATISFIABLE, content, 0, 0)
            .with(header::CONTENT_RANGE, value(format!("bytes */{length}"))),
    };
    let content_type = match recording.format {
        AudioFormat::Wav => "audio/wav",
        AudioFormat::Flac => "audio/flac",
    };
    reply = reply
        .with(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
        .with(
            header::CONTENT_DISPOSITION,
            value(format!(
                "attachment; filename=\"audio-{}.{}\"",
                folded(doctor),
                recording.format.extension()
            )),
        );
    if manner.ranges != Ranges::Unknown {
        reply = reply.with(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    }
    if manner.etag {
        reply = reply.with(header::ETAG, value(etag));
    }
    reply
}

/// `Range`, unless an `If-Range` names another copy (RFC 9110 section 13.1.5).
fn range_of(request: &HeaderMap, length: u64, etag: &str) -> AskedRange {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    match (text(header::RANGE), text(header::IF_RANGE)) {
        (Some(_), Some(validator)) if validator != etag => AskedRange::Whole,
        (Some(range), _) => asked_range(range, length),
        (None, _) => AskedRange::Whole,
    }
}

/// The name in letters that a plain `filename` parameter can hold (RFC 6266 section 4.3):
/// accents taken off, everything else outside ASCII as `_`.
fn folded(doctor: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd()
        .normalize(doctor)
        .chars()
        .filter(|character| !matches!(character, '\u{300}'..='\u{36f}'))
        .map(|character| match character {
            '"' | '\\' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect()
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_ascii() {
        assert_eq!(folded("Dr. Jürgen \"M\\ü"), "Dr. Jurgen _M_u");
        assert_eq!(folded("Dr. Kenji 田中\n"), "Dr. Kenji ___");
    }
}
