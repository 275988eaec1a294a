use bytes::Bytes;

use super::voice::Voice;

/// The bytes of the smallest WAV that holds a sample.
const SMALLEST_WAV: u64 = 46;

/// The longest file whose sizes fit into the 32 bits of a RIFF header.
const LONGEST_RIFF: u64 = 8 + u32::MAX as u64;

/// How long the block is that a synthetic recording repeats, in seconds of speech.
const BLOCK_SECONDS: u32 = 8;

/// How PCM samples are laid out.
pub struct Pcm {
    /// How many channels, interleaved.
    pub channels: u16,
    /// Samples a second of each channel.
    pub rate: u32,
    /// Bits of a sample, a multiple of 8.
    pub bits: u16,
}

/// A WAV of a given size, made while it is read: a header and one block over and over.
#[derive(Clone)]
pub struct SyntheticWav {
    length: u64,
    header: Bytes,
    block: Bytes,
}

impl Pcm {
    /// 16 bit, 16 kHz, mono.
    pub const SPEECH: Self = Self {
        channels: 1,
        rate: 16_000,
        bits: 16,
    };
    /// 24 bit, 48 kHz, stereo.
    pub const STUDIO: Self = Self {
        channels: 2,
        rate: 48_000,
        bits: 24,
    };

    const fn frame(&self) -> u16 {
        self.channels * self.bits / 8
    }

    /// How many bytes a second takes.
    pub fn bytes_a_second(&self) -> u64 {
        u64::from(self.rate) * u64::from(self.frame())
    }
}

/// The header of a WAV with `data` bytes of samples, an even number: RIFF, and RF64 (EBU Tech
/// 3306) where RIFF's 32 bits don't suffice.
pub fn header(pcm: &Pcm, data: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(riff) = u32::try_from(data + 36) {
        bytes.extend(b"RIFF");
        bytes.extend(riff.to_le_bytes());
        bytes.extend(b"WAVE");
    } else {
        bytes.extend(b"RF64\xff\xff\xff\xffWAVEds64");
        bytes.extend(28_u32.to_le_bytes());
        bytes.extend((data + 72).to_le_bytes());
        bytes.extend(data.to_le_bytes());
        bytes.extend((data / u64::from(pcm.frame())).to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
    }
    bytes.extend(b"fmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(pcm.channels.to_le_bytes());
    bytes.extend(pcm.rate.to_le_bytes());
    bytes.extend((pcm.rate * u32::from(pcm.frame())).to_le_bytes());
    bytes.extend(pcm.frame().to_le_bytes());
    bytes.extend(pcm.bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(u32::try_from(data).unwrap_or(u32::MAX).to_le_bytes());
    bytes
}

impl SyntheticWav {
    /// A WAV of `length` bytes, `None` where no WAV has that many: an odd number, or too few.
    pub fn new(length: u64) -> Option<Self> {
        if length < SMALLEST_WAV || length % 2 == 1 {
            return None;
        }
        let header_length = if length <= LONGEST_RIFF { 44 } else { 80 };
        let mut block = Vec::new();
        let spoken: Result<(), std::convert::Infallible> =
            Voice::new(0, Pcm::SPEECH.rate).speak(BLOCK_SECONDS, |piece| {
                block.extend(piece.iter().flat_map(|sample| {
                    let [_, low, high, _] = sample.to_le_bytes();
                    [low, high]
                }));
                Ok(())
            });
        match spoken {
            Ok(()) => Some(Self {
                length,
                header: header(&Pcm::SPEECH, length - header_length).into(),
                block: block.into(),
            }),
        }
    }

    /// How many bytes the file has.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Up to `most` bytes from `at`; empty only at the end.
    pub fn read(&self, at: u64, most: u64) -> Bytes {
        let most = most.min(self.length.saturating_sub(at));
        let header = self.header.len() as u64;
        let (source, offset) = if at < header {
            (&self.header, at)
        } else {
            (&self.block, (at - header) % (self.block.len() as u64))
        };
        let offset = usize::try_from(offset).unwrap_or(0).min(source.len());
        let end = usize::try_from(most)
            .unwrap_or(usize::MAX)
            .saturating_add(offset)
            .min(source.len());
        source.slice(offset..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8], at: usize) -> u64 {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    #[test]
    fn past_four_gibibytes_the_header_is_rf64() {
        let last_riff = SyntheticWav::new(LONGEST_RIFF - 1).unwrap();
        assert_eq!(&last_riff.read(0, 4)[..], b"RIFF");
        let length = 5 << 30;
        let wav = SyntheticWav::new(length).unwrap();
        let header = wav.read(0, 80);
        assert_eq!(header.len(), 80);
        assert_eq!(&header[..4], b"RF64");
        assert_eq!(number(&header, 20), length - 8);
        assert_eq!(number(&header, 28), length - 80);
        assert_eq!(number(&header, 36), (length - 80) / 2);
        assert_eq!(&header[72..76], b"data");
        assert_eq!(wav.read(length - 1, 9).len(), 1);
        assert!(wav.read(length, 9).is_empty());
    }

    #[test]
    fn no_wav_has_an_odd_number_of_bytes_or_no_sample() {
        assert!(SyntheticWav::new(1001).is_none());
        assert!(SyntheticWav::new(44).is_none());
        assert!(SyntheticWav::new(46).is_some());
    }
}
