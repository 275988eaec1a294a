use crate::domain::AudioState;

/// What was found out about the audio of a recording while it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedAudio {
    /// Whether it holds together, in a word.
    pub state: AudioState,
    /// How its samples are encoded, where that could be read.
    pub codec: Option<Codec>,
    /// What of its own figures proves where it ends.
    pub ends: Vec<EndProof>,
    /// What is unusual about it, each named once.
    pub oddities: Vec<Oddity>,
}

/// How samples are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Whole numbers.
    Pcm,
    /// 32 or 64 bits of IEEE 754.
    Float,
    /// A-law (ITU-T G.711), 8 bits each.
    ALaw,
    /// Mu-law (ITU-T G.711), 8 bits each.
    MuLaw,
    /// Free Lossless Audio Codec.
    Flac,
    /// Any other inside a WAV, with its number in the registry of RFC 2361; 0 where it has none.
    Other(u16),
}

/// What of a format proves that a file goes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndProof {
    /// The size that a WAV states for all of itself.
    RiffSize,
    /// The size that a WAV states for its audio.
    DataSize,
    /// The number of samples that a FLAC states.
    TotalSamples,
    /// The MD5 digest of its audio that a FLAC states.
    Md5,
}

/// Something that a usual file does not have, and that takes nothing from the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Oddity {
    /// A size was left open (0, all ones or another number that stands for none), as writers do
    /// that can't go back.
    OpenSizes,
    /// One of the sizes of a WAV is met exactly, and another is not.
    SizesDisagree,
    /// The padding after a chunk is missing, not counted or not 0.
    Padding,
    /// There are bytes after the last chunk or frame.
    TrailingBytes,
    /// A tag stands after the last chunk or frame (ID3, APE, Lyrics3).
    TagBehind,
    /// The audio in a WAV is of a codec that is not looked into.
    UnknownCodec,
    /// The fields that describe a WAV's samples do not fit together, in a way that leaves no
    /// doubt about how to play it.
    FormatFields,
    /// The audio in a WAV does not end with a whole frame.
    PartialFrame,
    /// There is a second chunk of audio, or of what describes it.
    RepeatedChunk,
    /// An `ID3v2` tag stands in front.
    Id3InFront,
    /// The block or frame sizes that a FLAC states are not those of its frames.
    StreamInfo,
    /// A metadata block of a FLAC is not built as its type demands.
    Metadata,
    /// A FLAC's first frame is not numbered 0.
    StartsLate,
    /// A FLAC leaves its sample rate out.
    NoSampleRate,
    /// There is no audio in it.
    NoAudio,
}

impl AudioState {
    /// Each with the word that stands for it in files.
    pub const CODES: [(Self, &str); 7] = [
        (Self::Whole, "whole"),
        (Self::Unusual, "unusual"),
        (Self::Open, "open"),
        (Self::NotLookedInto, "not-looked-into"),
        (Self::Empty, "empty"),
        (Self::Damaged, "damaged"),
        (Self::NeitherWavNorFlac, "neither-wav-nor-flac"),
    ];
}

impl EndProof {
    /// Each with the word that stands for it in files.
    pub const CODES: [(Self, &str); 4] = [
        (Self::RiffSize, "riff-size"),
        (Self::DataSize, "data-size"),
        (Self::TotalSamples, "total-samples"),
        (Self::Md5, "md5"),
    ];
}

impl Oddity {
    /// Each with the word that stands for it in files.
    pub const CODES: [(Self, &str); 15] = [
        (Self::OpenSizes, "open-sizes"),
        (Self::SizesDisagree, "sizes-disagree"),
        (Self::Padding, "padding"),
        (Self::TrailingBytes, "trailing-bytes"),
        (Self::TagBehind, "tag-behind"),
        (Self::UnknownCodec, "unknown-codec"),
        (Self::FormatFields, "format-fields"),
        (Self::PartialFrame, "partial-frame"),
        (Self::RepeatedChunk, "repeated-chunk"),
        (Self::Id3InFront, "id3-in-front"),
        (Self::StreamInfo, "stream-info"),
        (Self::Metadata, "metadata"),
        (Self::StartsLate, "starts-late"),
        (Self::NoSampleRate, "no-sample-rate"),
        (Self::NoAudio, "no-audio"),
    ];
}

impl Codec {
    /// Those that have no number, each with the word that stands for it in files.
    pub const CODES: [(Self, &str); 5] = [
        (Self::Pcm, "pcm"),
        (Self::Float, "float"),
        (Self::ALaw, "a-law"),
        (Self::MuLaw, "mu-law"),
        (Self::Flac, "flac"),
    ];

    /// The word that stands for it in files: `wave-31` for the number 31h.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Other(number) => format!("wave-{number:x}"),
            known => code_of(&Self::CODES, known).to_owned(),
        }
    }

    /// Reads such a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.strip_prefix("wave-") {
            Some(number) => u16::from_str_radix(number, 16).ok().map(Self::Other),
            None => of_code(&Self::CODES, code),
        }
    }
}

/// The word that stands for a value; empty for one that has none.
#[must_use]
pub fn code_of<T: PartialEq + Copy>(codes: &[(T, &'static str)], value: T) -> &'static str {
    let known = codes.iter().find(|(known, _)| *known == value);
    known.map_or("", |(_, code)| code)
}

/// The value that a word stands for.
#[must_use]
pub fn of_code<T: Copy>(codes: &[(T, &str)], code: &str) -> Option<T> {
    let known = codes.iter().find(|(_, known)| *known == code);
    known.map(|(value, _)| *value)
}

impl std::fmt::Display for CheckedAudio {
    /// In the words of files: `unusual, pcm, ends by data-size, sizes-disagree`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(code_of(&AudioState::CODES, self.state))?;
        if let Some(codec) = self.codec {
            write!(formatter, ", {}", codec.code())?;
        }
        for end in &self.ends {
            write!(formatter, ", ends by {}", code_of(&EndProof::CODES, *end))?;
        }
        for oddity in &self.oddities {
            write!(formatter, ", {}", code_of(&Oddity::CODES, *oddity))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_checked_is_said_in_words_of_its_own() {
        let checked = CheckedAudio {
            state: AudioState::Unusual,
            codec: Some(Codec::Other(0x31)),
            ends: vec![EndProof::DataSize],
            oddities: vec![Oddity::SizesDisagree, Oddity::TagBehind],
        };
        assert_eq!(
            checked.to_string(),
            "unusual, wave-31, ends by data-size, sizes-disagree, tag-behind"
        );
    }

    #[test]
    fn every_codec_s_word_is_read_back() {
        let known = Codec::CODES.iter().map(|(codec, _)| *codec);
        for codec in known.chain([Codec::Other(0), Codec::Other(0xffff)]) {
            assert_eq!(Codec::from_code(&codec.code()), Some(codec));
        }
        assert_eq!(Codec::from_code("wave-"), None);
        assert_eq!(Codec::from_code("opus"), None);
    }
}
