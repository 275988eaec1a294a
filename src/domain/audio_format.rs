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
    /// A WAV or FLAC that was put into base64 (RFC 4648), as a gateway for texts would do.
    Base64,
    /// A tag that stands in front of any of them, as of an MP3: only what follows it tells.
    Tagged,
    /// A recording that is neither WAV nor FLAC.
    OtherRecording(OtherRecording),
    /// Nothing at all.
    Empty,
    /// Anything else.
    Other,
}

/// A kind of recording that is told from others and not looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherRecording {
    /// A dictation of the Digital Speech Standard.
    Dss,
    /// Its successor.
    Ds2,
    /// MPEG audio.
    Mp3,
    /// Ogg: Vorbis, Opus, Speex or FLAC.
    Ogg,
    /// MPEG-4 audio.
    M4a,
    /// Adaptive Multi-Rate speech.
    Amr,
    /// Windows Media audio.
    Wma,
    /// Apple's AIFF.
    Aiff,
    /// Apple's CAF.
    Caf,
    /// Sun's AU.
    Au,
    /// `WebM` or Matroska.
    WebM,
}

impl OtherRecording {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Dss,
        Self::Ds2,
        Self::Mp3,
        Self::Ogg,
        Self::M4a,
        Self::Amr,
        Self::Wma,
        Self::Aiff,
        Self::Caf,
        Self::Au,
        Self::WebM,
    ];

    /// The file name extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Dss => "dss",
            Self::Ds2 => "ds2",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::M4a => "m4a",
            Self::Amr => "amr",
            Self::Wma => "wma",
            Self::Aiff => "aiff",
            Self::Caf => "caf",
            Self::Au => "au",
            Self::WebM => "webm",
        }
    }

    /// Reads a file name's or stored text's extension, case aside.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        let is_it = |kind: &Self| kind.extension().eq_ignore_ascii_case(extension);
        Self::ALL.into_iter().find(is_it)
    }

    /// The name that people know it by.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dss => "DSS",
            Self::Ds2 => "DS2",
            Self::Mp3 => "MP3",
            Self::Ogg => "Ogg",
            Self::M4a => "M4A",
            Self::Amr => "AMR",
            Self::Wma => "WMA",
            Self::Aiff => "AIFF",
            Self::Caf => "CAF",
            Self::Au => "AU",
            Self::WebM => "WebM",
        }
    }
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
