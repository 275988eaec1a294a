/// How the service stores a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// RIFF WAVE, or its 64-bit relatives RF64 and W64.
    Wav,
    /// Free Lossless Audio Codec (RFC 9639).
    Flac,
}

/// What the first bytes of a body are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentKind {
    /// Audio of a format that the service keeps.
    Audio(AudioFormat),
    /// A web page, as a log-in page of a network would be.
    Html,
    /// A JSON document, as an error would be.
    Json,
    /// Nothing at all.
    Empty,
    /// Anything else.
    Other,
}

impl AudioFormat {
    /// The file name extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
        }
    }

    /// The name that people know it by.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
        }
    }

    /// Reads a `Content-Type`, parameters and case aside.
    ///
    /// `None` for a type that names neither, `application/octet-stream` among them.
    #[must_use]
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some(Self::Wav),
            "audio/flac" | "audio/x-flac" => Some(Self::Flac),
            _ => None,
        }
    }

    /// Reads a file name's or stored text's extension ("wav", "flac"), case aside.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "wav" => Some(Self::Wav),
            "flac" => Some(Self::Flac),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_two_types_is_known() {
        for (text, format) in [
            ("audio/wav", Some(AudioFormat::Wav)),
            ("Audio/X-WAV; rate=16000", Some(AudioFormat::Wav)),
            ("audio/vnd.wave;codec=1", Some(AudioFormat::Wav)),
            ("audio/x-flac", Some(AudioFormat::Flac)),
            ("application/octet-stream", None),
            ("text/html; charset=utf-8", None),
            ("", None),
        ] {
            assert_eq!(AudioFormat::from_content_type(text), format, "{text}");
        }
    }
}
