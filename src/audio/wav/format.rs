use crate::audio::verdict::AudioProperties;
use crate::domain::Codec;

/// How the samples of a WAV are stored: its `fmt ` chunk.
#[derive(Debug)]
pub(super) struct WaveFormat {
    codec: Codec,
    channels: u16,
    sample_rate: u32,
    /// 0 where the codec has blocks of another kind.
    bytes_a_frame: u32,
    bytes_a_block: u16,
    samples_a_block: Option<u16>,
    bits: u16,
    is_consistent: bool,
}

/// The fields of the chunk (RFC 2361; `WAVEFORMATEX`).
struct Fields {
    tag: u16,
    channels: u16,
    sample_rate: u32,
    bytes_a_second: u32,
    bytes_a_block: u16,
    bits: u16,
}

/// What follows the codec's number in the GUID of an extensible format.
const SUBFORMAT_TAIL: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

/// The number of a format whose codec stands in its extension.
const EXTENSIBLE: u16 = 0xfffe;

/// Codecs whose extension begins with how many samples (of each channel) a block has: Microsoft's
/// and IMA's ADPCM, GSM 6.10.
const WITH_SAMPLES_A_BLOCK: [u16; 3] = [0x02, 0x11, 0x31];

/// More samples (of each channel) than these codecs have in a byte: GSM has five.
const SAMPLES_A_BYTE: u64 = 8;

impl WaveFormat {
    /// Reads the chunk's content (its first 40 bytes do); `None` where nothing could play that.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let fields = Fields::read(content)?;
        let codec = match fields.tag {
            EXTENSIBLE => subformat(content).map_or(Codec::Other(EXTENSIBLE), codec_of),
            tag => codec_of(tag),
        };
        let samples_a_block = WITH_SAMPLES_A_BLOCK
            .contains(&fields.tag)
            .then(|| u16_at(content, 18))
            .flatten()
            .filter(|samples| *samples > 0);
        let (bytes_a_frame, is_consistent) = match codec {
            Codec::Other(_) => (0, fields.channels > 0 && fields.sample_rate > 0),
            _ => fields.frame(codec)?,
        };
        Some(Self {
            codec,
            channels: fields.channels,
            sample_rate: fields.sample_rate,
            bytes_a_frame,
            bytes_a_block: fields.bytes_a_block,
            samples_a_block,
            bits: fields.bits,
            is_consistent,
        })
    }

    /// Whether its fields fit together.
    pub(super) const fn is_consistent(&self) -> bool {
        self.is_consistent
    }

    /// Whether the codec is one that is looked into.
    pub(super) const fn is_looked_into(&self) -> bool {
        !matches!(self.codec, Codec::Other(_))
    }

    /// Whether so many bytes of audio end with a whole frame.
    pub(super) fn is_whole_frames(&self, bytes: u64) -> bool {
        self.bytes_a_frame == 0 || bytes.is_multiple_of(u64::from(self.bytes_a_frame))
    }

    /// What so many bytes of audio are. `fact` is how many samples (of each channel) the file
    /// states, which counts where the codec doesn't tell and its blocks allow it.
    pub(super) fn properties(&self, bytes: u64, fact: Option<u32>) -> AudioProperties {
        let frames = match bytes.checked_div(u64::from(self.bytes_a_frame)) {
            Some(frames) => Some(frames),
            None if bytes == 0 => Some(0),
            None => fact
                .filter(|fact| !matches!(*fact, 0 | u32::MAX))
                .map(u64::from)
                .filter(|fact| self.is_near_blocks(*fact, bytes))
                .or_else(|| self.by_blocks(bytes)),
        };
        AudioProperties {
            sample_rate: self.sample_rate,
            codec: self.codec,
            channels: self.channels,
            bits: self.bits,
            frames,
        }
    }

    /// Whether so many samples (of each channel) can be what the blocks are, of which the last one
    /// may be filled up or a short one. Some writers state a number that overflowed, or for two
    /// channels half of theirs (`libsndfile` in a W64 of ADPCM). Where there is no whole block, the
    /// blocks may be smaller than stated: they hold no more than so many bytes can, or one block.
    fn is_near_blocks(&self, samples: u64, bytes: u64) -> bool {
        let block = u64::from(self.samples_a_block.unwrap_or(0));
        self.by_blocks(bytes).is_none_or(|blocks| match blocks {
            0 => samples <= block.max(bytes.saturating_mul(SAMPLES_A_BYTE)),
            blocks => blocks.abs_diff(samples) <= block,
        })
    }

    /// How many samples (of each channel) the whole blocks in so many bytes are.
    fn by_blocks(&self, bytes: u64) -> Option<u64> {
        let blocks = bytes.checked_div(u64::from(self.bytes_a_block))?;
        blocks.checked_mul(u64::from(self.samples_a_block?))
    }
}

impl Fields {
    /// `None` where there are fewer than the 14 bytes of the oldest form, which has no bits.
    fn read(content: &[u8]) -> Option<Self> {
        Some(Self {
            tag: u16_at(content, 0)?,
            channels: u16_at(content, 2)?,
            sample_rate: u32_at(content, 4)?,
            bytes_a_second: u32_at(content, 8)?,
            bytes_a_block: u16_at(content, 12)?,
            bits: u16_at(content, 14).unwrap_or(0),
        })
    }

    /// How many bytes a frame has, and whether all fields agree on that; `None` where none tells.
    fn frame(&self, codec: Codec) -> Option<(u32, bool)> {
        let bits_fit = match codec {
            Codec::Float => matches!(self.bits, 32 | 64),
            Codec::ALaw | Codec::MuLaw => self.bits == 8,
            _ => matches!(self.bits, 8 | 16 | 24 | 32 | 64),
        };
        let sample = match codec {
            // Some say how many bits the samples have when they are decoded.
            Codec::ALaw | Codec::MuLaw => 1,
            _ => u32::from(self.bits.div_ceil(8)),
        };
        let by_bits = sample * u32::from(self.channels);
        let by_block = u32::from(self.bytes_a_block);
        let is_rate_of = |frame: u32| {
            let expected = u64::from(self.sample_rate) * u64::from(frame);
            self.sample_rate > 0 && expected == u64::from(self.bytes_a_second)
        };
        // A sample may have a larger place than it needs.
        let is_roomy = by_bits > 0
            && by_block > by_bits
            && by_block.is_multiple_of(u32::from(self.channels.max(1)))
            && by_block <= 8 * u32::from(self.channels);
        let frame = match (by_bits, by_block) {
            (0, block) => block,
            (bits, 0) => bits,
            (bits, block) if bits != block && bits_fit && !is_roomy && !is_rate_of(block) => bits,
            (_, block) => block,
        };
        let is_consistent = bits_fit && by_bits == by_block && is_rate_of(frame);
        (frame > 0).then_some((frame, is_consistent))
    }
}

const fn codec_of(tag: u16) -> Codec {
    match tag {
        1 => Codec::Pcm,
        3 => Codec::Float,
        6 => Codec::ALaw,
        7 => Codec::MuLaw,
        tag => Codec::Other(tag),
    }
}

/// The codec of an extensible format; `None` where it is of another family.
fn subformat(content: &[u8]) -> Option<u16> {
    let guid = content.get(24..40)?;
    let (tag, tail) = guid.split_first_chunk::<2>()?;
    (tail == SUBFORMAT_TAIL).then_some(u16::from_le_bytes(*tag))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let number = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*number))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*number))
}
