use crate::audio::flac::bits::{Bits, Stop};

/// What a FLAC says of itself at its beginning (RFC 9639 section 8.2).
#[derive(Debug, Clone)]
pub(super) struct StreamInfo {
    /// The smallest and greatest block, the last one aside, in samples of each channel.
    pub(super) blocks: (u32, u32),
    /// The smallest and greatest frame in bytes; 0 where not known.
    pub(super) frames: (u32, u32),
    /// Frames a second.
    pub(super) sample_rate: u32,
    /// 1 to 8.
    pub(super) channels: u16,
    /// Bits a sample, 4 to 32.
    pub(super) bits: u32,
    /// Samples of each channel; `None` where not known.
    pub(super) total: Option<u64>,
    /// The digest of the decoded samples; `None` where not known.
    pub(super) md5: Option<[u8; 16]>,
}

impl StreamInfo {
    /// The block's length in bytes.
    pub(super) const LENGTH: u64 = 34;

    /// The smallest block that a stream may state, in samples of each channel.
    const SMALLEST_BLOCK: u32 = 16;

    /// Reads the block's content; `None` where it is too short or states fewer than 4 bits.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let digest = content.get(18..)?.first_chunk::<16>()?;
        let info = Self::fields(&mut Bits::new(content), digest).ok()?;
        (info.bits >= 4).then_some(info)
    }

    /// The greatest block that the stream states, in samples of each channel; `None` where it
    /// states one that is too small for any stream.
    pub(super) fn largest_block(&self) -> Option<u32> {
        let (_, largest) = self.blocks;
        (largest >= Self::SMALLEST_BLOCK).then_some(largest)
    }

    fn fields(bits: &mut Bits<'_>, digest: &[u8; 16]) -> Result<Self, Stop> {
        let mut number = |width| -> Result<u32, Stop> {
            let number = bits.unsigned(width)?;
            u32::try_from(number).map_err(|_| Stop::More)
        };
        Ok(Self {
            blocks: (number(16)?, number(16)?),
            frames: (number(24)?, number(24)?),
            sample_rate: number(20)?,
            channels: u16::try_from(number(3)? + 1).map_err(|_| Stop::More)?,
            bits: number(5)? + 1,
            total: Some(bits.unsigned(36)?).filter(|&total| total > 0),
            md5: Some(*digest).filter(|digest| *digest != [0; 16]),
        })
    }
}
