use crate::audio::verdict::{AudioProperties, Oddity};

/// How the samples of a WAV are stored: its `fmt ` chunk.
#[derive(Debug)]
pub(super) struct WaveFormat {
    codec: Codec,
    channels: u16,
    sample_rate: u32,
    bytes_a_second: u32,
    bytes_a_frame: u16,
    bits: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    /// Whole numbers.
    Pcm,
    /// 32 or 64 bits of IEEE 754.
    Float,
    /// A-law or mu-law, 8 bits each.
    Law,
    Other,
}

/// What follows the codec's number in the GUID of an extensible format.
const SUBFORMAT_TAIL: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

impl WaveFormat {
    /// Reads the chunk's content (its first 40 bytes do); `None` where nothing could play that.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let fields = content.first_chunk::<16>()?;
        let [
            t0,
            t1,
            c0,
            c1,
            r0,
            r1,
            r2,
            r3,
            s0,
            s1,
            s2,
            s3,
            f0,
            f1,
            b0,
            b1,
        ] = *fields;
        let tag = match u16::from_le_bytes([t0, t1]) {
            0xfffe => subformat(content),
            tag => Some(tag),
        };
        let format = Self {
            codec: match tag {
                Some(1) => Codec::Pcm,
                Some(3) => Codec::Float,
                Some(6 | 7) => Codec::Law,
                _ => Codec::Other,
            },
            channels: u16::from_le_bytes([c0, c1]),
            sample_rate: u32::from_le_bytes([r0, r1, r2, r3]),
            bytes_a_second: u32::from_le_bytes([s0, s1, s2, s3]),
            bytes_a_frame: u16::from_le_bytes([f0, f1]),
            bits: u16::from_le_bytes([b0, b1]),
        };
        format.can_be_played().then_some(format)
    }

    fn can_be_played(&self) -> bool {
        let bits_fit = match self.codec {
            Codec::Pcm => matches!(self.bits, 1..=64),
            Codec::Float => matches!(self.bits, 32 | 64),
            Codec::Law => self.bits == 8,
            Codec::Other => return self.channels > 0 && self.sample_rate > 0,
        };
        let sample = u32::from(self.bits).div_ceil(8);
        let frame = sample * u32::from(self.channels);
        bits_fit && frame > 0 && frame == u32::from(self.bytes_a_frame) && self.sample_rate > 0
    }

    /// What is unusual about it.
    pub(super) fn oddity(&self) -> Option<Oddity> {
        if self.codec == Codec::Other {
            return Some(Oddity::UnknownCodec);
        }
        let expected = u64::from(self.sample_rate) * u64::from(self.bytes_a_frame);
        (expected != u64::from(self.bytes_a_second)).then_some(Oddity::FormatFields)
    }

    /// Whether so many bytes of audio end with a whole frame.
    pub(super) fn is_whole_frames(&self, bytes: u64) -> bool {
        self.codec == Codec::Other || bytes.is_multiple_of(u64::from(self.bytes_a_frame))
    }

    /// What so many bytes of audio are.
    pub(super) fn properties(&self, bytes: u64) -> AudioProperties {
        let frames = bytes.checked_div(u64::from(self.bytes_a_frame));
        AudioProperties {
            sample_rate: self.sample_rate,
            channels: self.channels,
            bits: self.bits,
            frames: frames.filter(|_| self.codec != Codec::Other),
        }
    }
}

/// The codec of an extensible format; `None` where it is of another family.
fn subformat(content: &[u8]) -> Option<u16> {
    let guid = content.get(24..40)?;
    let (tag, tail) = guid.split_first_chunk::<2>()?;
    (tail == SUBFORMAT_TAIL).then_some(u16::from_le_bytes(*tag))
}
