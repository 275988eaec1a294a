use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::content::Content;
use super::samples::Sample;
use crate::domain::{AudioFormat, Sha256Digest};

/// A file that the service holds under a doctor's name.
pub struct Recording {
    /// Its name in the service's store.
    pub file_name: String,
    /// How it is stored.
    pub format: AudioFormat,
    /// Whether downloads carry an `ETag` where only some do.
    pub etag: bool,
    source: Source,
}

enum Source {
    Ready(Content),
    Sample(Arc<Sample>),
}

/// A file that the practice service holds now, for comparing with what was saved.
#[derive(Clone)]
pub struct HeldRecording {
    recording: Arc<Recording>,
}

impl Recording {
    /// A recording whose bytes are there already; its format is its extension's, WAV for others.
    pub fn ready(file_name: &str, content: Content) -> Self {
        let format = file_name
            .rsplit_once('.')
            .and_then(|(_, extension)| AudioFormat::from_extension(extension))
            .unwrap_or(AudioFormat::Wav);
        Self {
            file_name: file_name.to_owned(),
            format,
            etag: true,
            source: Source::Ready(content),
        }
    }

    /// A sample, encoded or not.
    pub fn sample(sample: &Arc<Sample>) -> Self {
        Self {
            file_name: sample.file_name.to_owned(),
            format: sample.format(),
            etag: sample.etag,
            source: Source::Sample(Arc::clone(sample)),
        }
    }

    /// Its bytes; waits for a sample that is still being encoded.
    ///
    /// # Errors
    /// A sample that could not be encoded.
    pub async fn content(&self) -> io::Result<Content> {
        match &self.source {
            Source::Ready(content) => Ok(content.clone()),
            Source::Sample(sample) => {
                let sample = Arc::clone(sample);
                tokio::task::spawn_blocking(move || sample.bytes())
                    .await
                    .map_err(io::Error::other)?
                    .map(Content::Held)
                    .map_err(io::Error::other)
            }
        }
    }
}

/// A strong validator (RFC 9110 section 8.8.3) of a recording's bytes: from themselves where they
/// are in memory, from what is known of them where they are too many to read first.
pub fn strong_etag(file_name: &str, content: &Content) -> String {
    let digest = match content {
        Content::Held(bytes) => Sha256Digest::of(bytes),
        Content::File {
            length, modified, ..
        } => Sha256Digest::of(format!("{file_name} {length} {modified:?}").as_bytes()),
        Content::Synthetic(wav) => Sha256Digest::of(&wav.length().to_le_bytes()),
    };
    let hex = digest.to_string();
    format!("\"{}\"", hex.get(..32).unwrap_or(&hex))
}

impl HeldRecording {
    /// What the service holds.
    pub const fn new(recording: Arc<Recording>) -> Self {
        Self { recording }
    }

    /// Its name in the service's store; no download tells it.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.recording.file_name
    }

    /// How it is stored.
    #[must_use]
    pub fn format(&self) -> AudioFormat {
        self.recording.format
    }

    /// All its bytes, a synthetic one's too.
    ///
    /// # Errors
    /// What reading the file brings, or a sample that could not be encoded.
    pub async fn bytes(&self) -> io::Result<Bytes> {
        let content = self.recording.content().await?;
        let length = content.length();
        content.read_between(0, length).await
    }
}

impl fmt::Debug for HeldRecording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HeldRecording")
            .field("format", &self.recording.format)
            .finish_non_exhaustive()
    }
}
