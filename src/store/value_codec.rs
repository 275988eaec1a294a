//! How values of the trade stand in columns.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use crate::domain::{
    AudioFormat, AudioState, BackupProof, CheckedAudio, Codec, Completeness, DoctorName, EndProof,
    Oddity, ServerCopy, Sha256Digest, Unfit, code_of, of_code,
};
use crate::store::StoreError;

/// A path as TEXT where it is Unicode; otherwise as a BLOB of what the system really has: its
/// bytes on Unix, its UTF-16 code units, low byte first, on Windows. Nothing is lost either way.
pub(super) fn path_to_column(path: &Path) -> Value {
    path.to_str().map_or_else(
        || Value::Blob(native_bytes(path)),
        |text| Value::Text(text.to_owned()),
    )
}

pub(super) fn path_from_column(value: Value) -> Result<PathBuf, StoreError> {
    match value {
        Value::Text(text) => Ok(PathBuf::from(text)),
        Value::Blob(bytes) => native_path(bytes),
        _ => Err(unreadable()),
    }
}

#[cfg(unix)]
fn native_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "on Windows not every BLOB is a path"
)]
fn native_path(bytes: Vec<u8>) -> Result<PathBuf, StoreError> {
    let text: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    Ok(text.into())
}

#[cfg(windows)]
fn native_bytes(path: &Path) -> Vec<u8> {
    std::os::windows::ffi::OsStrExt::encode_wide(path.as_os_str())
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[cfg(windows)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "on Unix the bytes become the path"
)]
fn native_path(bytes: Vec<u8>) -> Result<PathBuf, StoreError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let units: Vec<u16> = pairs.iter().copied().map(u16::from_le_bytes).collect();
    let text: std::ffi::OsString = std::os::windows::ffi::OsStringExt::from_wide(&units);
    Ok(text.into())
}

/// Reads back what [`Timestamp`]'s `Display` wrote: RFC 3339 in UTC, to the nanosecond.
pub(super) fn time_from_column(text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|_| unreadable())
}

pub(super) fn name_from_column(text: &str) -> Result<DoctorName, StoreError> {
    DoctorName::parse(text).map_err(|_| unreadable())
}

/// `SQLite`'s integers end at 2^63 - 1, and so do files.
pub(super) fn count_to_column(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::Failed("a number beyond 2^63 - 1".into()))
}

pub(super) fn count_from_column(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| unreadable())
}

pub(super) fn unreadable() -> StoreError {
    StoreError::Damaged("an unreadable value".into())
}

/// [`ServerCopy`] as JSON.
#[derive(Serialize, Deserialize)]
struct CopyColumn {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// Not `last_modified`: under that name earlier versions kept any, however fresh it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfit: Option<String>,
}

pub(super) fn copy_to_column(copy: &ServerCopy) -> Result<String, StoreError> {
    serde_json::to_string(&CopyColumn {
        format: copy.format.map(|format| format.extension().to_owned()),
        length: copy.length,
        etag: copy.etag.clone(),
        modified_before: copy.last_modified.clone(),
        digest: copy.digest.map(|digest| digest.to_string()),
        file_name: copy.file_name.clone(),
        unfit: copy.unfit.map(|unfit| unfit.code().to_owned()),
    })
    .map_err(|_| StoreError::Failed("a value that JSON can't hold".into()))
}

pub(super) fn copy_from_column(text: &str) -> Result<ServerCopy, StoreError> {
    let column: CopyColumn = serde_json::from_str(text).map_err(|_| unreadable())?;
    let digest: Option<Result<Sha256Digest, _>> = column.digest.map(|text| text.parse());
    Ok(ServerCopy {
        format: match column.format {
            Some(text) => Some(AudioFormat::from_extension(&text).ok_or_else(unreadable)?),
            None => None,
        },
        length: column.length,
        etag: column.etag,
        last_modified: column.modified_before,
        digest: digest.transpose().map_err(|_| unreadable())?,
        file_name: column.file_name,
        unfit: match column.unfit {
            Some(code) => Some(Unfit::from_code(&code).ok_or_else(unreadable)?),
            None => None,
        },
    })
}

/// [`CheckedAudio`] as JSON.
#[derive(Serialize, Deserialize)]
struct AudioColumn {
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    codec: Option<String>,
    ends: Vec<String>,
    oddities: Vec<String>,
}

pub(super) fn audio_to_column(audio: &CheckedAudio) -> Result<String, StoreError> {
    fn words<T: PartialEq + Copy>(codes: &[(T, &'static str)], values: &[T]) -> Vec<String> {
        let words = values.iter().map(|value| code_of(codes, *value).to_owned());
        words.collect()
    }
    serde_json::to_string(&AudioColumn {
        state: code_of(&AudioState::CODES, audio.state).to_owned(),
        codec: audio.codec.map(Codec::code),
        ends: words(&EndProof::CODES, &audio.ends),
        oddities: words(&Oddity::CODES, &audio.oddities),
    })
    .map_err(|_| StoreError::Failed("a value that JSON can't hold".into()))
}

pub(super) fn audio_from_column(text: &str) -> Result<CheckedAudio, StoreError> {
    fn values<T: Copy>(codes: &[(T, &str)], words: &[String]) -> Result<Vec<T>, StoreError> {
        let values = words
            .iter()
            .map(|word| of_code(codes, word).ok_or_else(unreadable));
        values.collect()
    }
    let column: AudioColumn = serde_json::from_str(text).map_err(|_| unreadable())?;
    Ok(CheckedAudio {
        state: of_code(&AudioState::CODES, &column.state).ok_or_else(unreadable)?,
        codec: match column.codec {
            Some(code) => Some(Codec::from_code(&code).ok_or_else(unreadable)?),
            None => None,
        },
        ends: values(&EndProof::CODES, &column.ends)?,
        oddities: values(&Oddity::CODES, &column.oddities)?,
    })
}

const PROOFS: [(&str, BackupProof); 4] = [
    ("length", BackupProof::Length),
    ("digest", BackupProof::Digest),
    ("same-twice", BackupProof::SameTwice),
    ("own-totals", BackupProof::OwnTotals),
];

pub(super) const fn proof_to_column(proof: BackupProof) -> &'static str {
    match proof {
        BackupProof::Length => "length",
        BackupProof::Digest => "digest",
        BackupProof::SameTwice => "same-twice",
        BackupProof::OwnTotals => "own-totals",
    }
}

pub(super) fn proof_from_column(word: &str) -> Result<BackupProof, StoreError> {
    let known = PROOFS.iter().find(|(known, _)| *known == word);
    known.map(|(_, proof)| *proof).ok_or_else(unreadable)
}

/// The word for a file of which nothing proves that it is all.
const NOT_PROVEN: &str = "not-proven";

/// Before the word for why a file can be no backup.
const AS_IT_IS: &str = "as-it-is ";

pub(super) fn completeness_to_column(completeness: Completeness) -> String {
    match completeness {
        Completeness::Proven(proof) => proof_to_column(proof).to_owned(),
        Completeness::CannotBeProven => NOT_PROVEN.to_owned(),
        Completeness::AsItIs(unfit) => format!("{AS_IT_IS}{}", unfit.code()),
    }
}

pub(super) fn completeness_from_column(word: &str) -> Result<Completeness, StoreError> {
    if word == NOT_PROVEN {
        return Ok(Completeness::CannotBeProven);
    }
    if let Some(code) = word.strip_prefix(AS_IT_IS) {
        let unfit = Unfit::from_code(code).ok_or_else(unreadable)?;
        return Ok(Completeness::AsItIs(unfit));
    }
    proof_from_column(word).map(Completeness::Proven)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_found_out_about_audio_comes_back_as_it_was() {
        for (state, _) in AudioState::CODES {
            let audio = CheckedAudio {
                state,
                codec: Some(Codec::Other(0x31)),
                ends: EndProof::CODES.map(|(end, _)| end).to_vec(),
                oddities: Oddity::CODES.map(|(oddity, _)| oddity).to_vec(),
            };
            let text = audio_to_column(&audio).unwrap();
            assert!(!text.contains("\"\""), "{text}");
            assert_eq!(audio_from_column(&text), Ok(audio));
        }
    }

    #[test]
    fn a_copy_comes_back_as_it_was() {
        let full = ServerCopy {
            format: Some(AudioFormat::Flac),
            length: Some(u64::MAX),
            etag: Some("W/\"\u{e9}\"".into()),
            last_modified: Some("Mon".into()),
            digest: Some(Sha256Digest::of(b"x")),
            file_name: Some("../a\u{7}.wav".into()),
            unfit: Some(Unfit::Empty),
        };
        for copy in [full, ServerCopy::default()] {
            let text = copy_to_column(&copy).unwrap();
            assert_eq!(copy_from_column(&text), Ok(copy));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_unicode_comes_back_as_it_was() {
        use std::os::unix::ffi::OsStringExt;
        for bytes in [b"/a/\xff\xfe.wav".to_vec(), "/\u{7530}".as_bytes().to_vec()] {
            let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
            assert_eq!(path_from_column(path_to_column(&path)), Ok(path));
        }
    }
}
