use crate::domain::{
    AudioFormat, AudioState, CheckedAudio, Codec, Damage, EndProof, Oddity, OtherRecording,
};

/// What a file turned out to be, by its content alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioVerdict {
    /// What kind of file it is; `None` where it is neither WAV nor FLAC.
    pub kind: Option<AudioKind>,
    /// What it plays, where that much of it could be read.
    pub properties: Option<AudioProperties>,
    /// Its length in bytes.
    pub length: u64,
    /// Whether it is sound.
    pub outcome: Result<Sound, Fault>,
}

/// A container that audio comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioKind {
    /// RIFF WAVE.
    Wav,
    /// RIFF WAVE with 64-bit sizes (EBU Tech 3306).
    Rf64,
    /// Broadcast Wave 64 (ITU-R BS.2088).
    Bw64,
    /// Sony Wave64.
    W64,
    /// Free Lossless Audio Codec (RFC 9639).
    Flac,
    /// FLAC inside Ogg (RFC 9639 section 10.1); only recognised, never sound here.
    OggFlac,
}

/// What a file plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioProperties {
    /// Frames a second; 0 where a FLAC leaves it out.
    pub sample_rate: u32,
    /// How its samples are encoded.
    pub codec: Codec,
    /// Samples a frame.
    pub channels: u16,
    /// Bits a sample; 0 where the codec inside a WAV has no such thing.
    pub bits: u16,
    /// Frames (one sample for each channel): those that are there, not those that are claimed.
    /// `None` where the codec inside a WAV does not tell.
    pub frames: Option<u64>,
}

/// A file with no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// What proves that the file goes to its end; nothing where nothing does.
    pub proofs: Vec<EndProof>,
    /// What is unusual about it, each named once.
    pub oddities: Vec<Oddity>,
}

/// Why a file is not sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is nothing.
    #[error("there is nothing in it")]
    Empty,
    /// It is neither WAV nor FLAC.
    #[error("it is neither WAV nor FLAC")]
    NotAudio,
    /// It is a recording of another kind.
    #[error("it is a recording of another kind: {}", .0.label())]
    Other(OtherRecording),
    /// It is a WAV that holds no audio.
    #[error("there is no audio in it")]
    NoAudio,
    /// Something took it for text: bytes became several, or lost their highest bit.
    #[error("it was taken for text")]
    TakenForText,
    /// It is FLAC inside Ogg, which nothing here can check.
    #[error("it is FLAC inside Ogg")]
    OggFlac,
    /// It ends too early.
    #[error("it ends at byte {at}, in {within}")]
    Cut {
        /// What it ends in.
        within: Part,
        /// The file's length in bytes.
        at: u64,
    },
    /// It is shorter than it states.
    #[error("it states {stated} bytes and has {length}")]
    Shorter {
        /// The length that it states, in bytes.
        stated: u64,
        /// Its length in bytes.
        length: u64,
    },
    /// The chunk or metadata block at this place is not what the format allows.
    #[error("{part} at byte {at} is not built as it must be")]
    Malformed {
        /// What is malformed.
        part: Part,
        /// Where it begins, in bytes.
        at: u64,
    },
    /// A WAV has none of this.
    #[error("{0} is missing")]
    Missing(Part),
    /// A FLAC frame can't be decoded.
    #[error("frame {frame}, at byte {at}: {defect}")]
    Frame {
        /// The frame, counted from 0.
        frame: u64,
        /// Where it begins, in bytes.
        at: u64,
        /// What is wrong with it.
        defect: FrameDefect,
    },
    /// There are bytes after the last frame of a FLAC.
    #[error("the bytes from {at} on belong to nothing")]
    UnreadBytes {
        /// Where they begin, in bytes.
        at: u64,
    },
    /// A FLAC has another number of samples than it states.
    #[error("it states {stated} samples and has {found}")]
    Samples {
        /// Samples (of each channel) that it states.
        stated: u64,
        /// Samples that are there, or have been found when they became too many.
        found: u64,
    },
    /// The audio of a FLAC has another digest than it states.
    #[error("the audio has another MD5 than it states")]
    Md5,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Part {
    /// What tells the kind of file.
    #[error("the beginning")]
    Beginning,
    /// The tag in front.
    #[error("the ID3 tag")]
    Id3,
    /// A chunk's name and size.
    #[error("a chunk's header")]
    ChunkHeader,
    /// What describes a WAV's samples.
    #[error("the format chunk")]
    Format,
    /// The 64-bit sizes of an RF64.
    #[error("the chunk of sizes")]
    Sizes,
    /// The number of samples that a WAV states.
    #[error("the fact chunk")]
    Fact,
    /// The audio of a WAV.
    #[error("the audio")]
    Data,
    /// Any other chunk.
    #[error("a chunk")]
    Chunk,
    /// The first metadata block of a FLAC.
    #[error("the stream info")]
    StreamInfo,
    /// Any other metadata block of a FLAC.
    #[error("a metadata block")]
    Metadata,
    /// A frame of a FLAC.
    #[error("a frame")]
    Frame,
}

/// What is wrong with a FLAC frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FrameDefect {
    /// No frame begins where one has to.
    #[error("no frame begins here")]
    Sync,
    /// The header holds what the format reserves or forbids.
    #[error("the header is not a valid one")]
    Header,
    /// The header's checksum is wrong.
    #[error("the header's CRC-8 is wrong")]
    HeaderCrc,
    /// Rate, channels or bits are not those of the stream, the block is larger than its greatest,
    /// or the blocks' sizes are now numbered in the other way.
    #[error("the header contradicts the stream info")]
    Contradiction,
    /// The frame's number is not the one that follows.
    #[error("audio is missing before it")]
    Gap,
    /// The encoded samples break a rule of the format.
    #[error("its audio is not validly encoded")]
    Subframe,
    /// A sample is larger than the stream's bits allow.
    #[error("a sample is out of range")]
    SampleRange,
    /// The frame's checksum is wrong.
    #[error("its CRC-16 is wrong")]
    Crc,
    /// The frame is larger than any encoder makes one of its block size.
    #[error("it does not end")]
    Endless,
}

impl AudioVerdict {
    /// Whether its audio holds together, in a word.
    #[must_use]
    pub fn state(&self) -> AudioState {
        let sound = match &self.outcome {
            Err(fault) => return fault.state(),
            Ok(sound) => sound,
        };
        let looked_into = self
            .properties
            .is_none_or(|properties| !matches!(properties.codec, Codec::Other(_)));
        if sound.oddities.contains(&Oddity::NoAudio) {
            AudioState::Empty
        } else if sound.proofs.is_empty() {
            AudioState::Open
        } else if !looked_into {
            AudioState::NotLookedInto
        } else if sound.oddities.is_empty() {
            AudioState::Whole
        } else {
            AudioState::Unusual
        }
    }

    /// What was found out about its audio, to be kept.
    #[must_use]
    pub fn checked(&self) -> CheckedAudio {
        let sound = self.outcome.as_ref().ok();
        CheckedAudio {
            state: self.state(),
            codec: self.properties.map(|properties| properties.codec),
            ends: sound.map_or_else(Vec::new, |sound| sound.proofs.clone()),
            oddities: sound.map_or_else(Vec::new, |sound| sound.oddities.clone()),
        }
    }

    /// Whether its own totals prove where it ends.
    #[must_use]
    pub fn ends_as_stated(&self) -> bool {
        matches!(&self.outcome, Ok(sound) if !sound.proofs.is_empty())
    }
}

impl Fault {
    fn state(&self) -> AudioState {
        match self {
            Self::Empty | Self::NoAudio => AudioState::Empty,
            Self::NotAudio | Self::OggFlac | Self::Other(_) => AudioState::NeitherWavNorFlac,
            _ => AudioState::Damaged,
        }
    }

    /// In what way the recording is damaged, where it is.
    #[must_use]
    pub const fn damage(&self) -> Damage {
        match self {
            Self::Cut { .. } | Self::Shorter { .. } => Damage::Incomplete,
            Self::Samples { stated, found } if *found < *stated => Damage::Incomplete,
            Self::Frame {
                defect: FrameDefect::Gap,
                ..
            }
            | Self::Samples { .. } => Damage::Gap,
            Self::Frame {
                defect: FrameDefect::Crc | FrameDefect::HeaderCrc,
                ..
            }
            | Self::Md5 => Damage::Altered,
            Self::TakenForText => Damage::TakenForText,
            _ => Damage::Unreadable,
        }
    }
}

impl AudioKind {
    /// The format that it belongs to; `None` for what the service does not keep.
    #[must_use]
    pub const fn format(self) -> Option<AudioFormat> {
        match self {
            Self::Wav | Self::Rf64 | Self::Bw64 | Self::W64 => Some(AudioFormat::Wav),
            Self::Flac => Some(AudioFormat::Flac),
            Self::OggFlac => None,
        }
    }
}

impl AudioProperties {
    /// How long it plays, in milliseconds.
    #[must_use]
    pub fn milliseconds(&self) -> Option<u64> {
        let thousandfold = u128::from(self.frames?) * 1000;
        let milliseconds = thousandfold.checked_div(u128::from(self.sample_rate))?;
        u64::try_from(milliseconds).ok()
    }
}

/// Names an oddity, once.
pub(super) fn note(oddities: &mut Vec<Oddity>, oddity: Oddity) {
    if !oddities.contains(&oddity) {
        oddities.push(oddity);
    }
}
