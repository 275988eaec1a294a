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
