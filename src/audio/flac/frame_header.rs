use crate::audio::flac::bits::{Bits, Stop};
use crate::audio::flac::checksum::crc8;
use crate::audio::flac::stream_info::StreamInfo;
use crate::audio::verdict::FrameDefect;

/// A frame's header (RFC 9639 section 9.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameHeader {
    /// Whether blocks are of one size, and numbered by frame; otherwise by their first sample.
    pub(super) fixed: bool,
    /// Samples of each channel: 1 to 65,535.
    pub(super) block_size: u32,
    pub(super) stereo: Stereo,
    pub(super) channels: u16,
    /// Bits a sample.
    pub(super) bits: u32,
    /// The frame's number, or its first sample's.
    pub(super) number: u64,
}

/// How two channels are stored (RFC 9639 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stereo {
    Independent,
    LeftSide,
    SideRight,
    MidSide,
}

const SYNC: Stop = Stop::Defect(FrameDefect::Sync);
const INVALID: Stop = Stop::Defect(FrameDefect::Header);
const CONTRADICTION: Stop = Stop::Defect(FrameDefect::Contradiction);

impl FrameHeader {
    /// Reads the header that a frame begins with, and checks it against the stream's.
    pub(super) fn read(bits: &mut Bits<'_>, frame: &[u8], info: &StreamInfo) -> Result<Self, Stop> {
        if bits.unsigned(8)? != 0xff || bits.unsigned(7)? != 0b111_1100 {
            return Err(SYNC);
        }
        let fixed = bits.unsigned(1)? == 0;
        let block_code = bits.unsigned(4)?;
        let rate_code = bits.unsigned(4)?;
        let channel_code = bits.unsigned(4)?;
        let bits_code = bits.unsigned(3)?;
        if bits.unsigned(1)? != 0 {
            return Err(INVALID);
        }
        let number = coded_number(bits, fixed)?;
        let block_size = block_size(bits, block_code)?;
        let rate = sample_rate(bits, rate_code)?;

        let header = frame.get(..bits.position()).ok_or(Stop::More)?;
        if bits.unsigned(8)? != u64::from(crc8(header)) {
            return Err(Stop::Defect(FrameDefect::HeaderCrc));
        }

        let (channels, stereo) = match channel_code {
            8 => (2, Stereo::LeftSide),
            9 => (2, Stereo::SideRight),
            10 => (2, Stereo::MidSide),
            0..8 => (info.channels, Stereo::Independent),
            _ => return Err(INVALID),
        };
        let independent = stereo == Stereo::Independent;
        let sample_bits = match bits_code {
            0 => info.bits,
            1 => 8,
            2 => 12,
            4 => 16,
            5 => 20,
            6 => 24,
            7 => 32,
            _ => return Err(INVALID),
        };
        if rate.is_some_and(|rate| rate != info.sample_rate)
            || channels != info.channels
            || (independent && channel_code + 1 != u64::from(info.channels))
            || sample_bits != info.bits
            || info.largest_block().is_some_and(|most| block_size > most)
        {
            return Err(CONTRADICTION);
        }
        Ok(Self {
            fixed,
            block_size,
            stereo,
            channels,
            bits: sample_bits,
            number,
        })
    }
}

/// The number that is written like a character of UTF-8, up to 36 bits long.
fn coded_number(bits: &mut Bits<'_>, fixed: bool) -> Result<u64, Stop> {
    let first = bits.unsigned(8)?;
    let ones = (!(first << 56)).leading_zeros();
    let most = if fixed { 6 } else { 7 };
    let following = match ones {
        0 => return Ok(first),
        2..=7 if ones <= most => ones - 1,
        _ => return Err(INVALID),
    };
    let mut number = first & (0x7f >> ones);
    for _ in 0..following {
        let next = bits.unsigned(8)?;
        if next >> 6 != 0b10 {
            return Err(INVALID);
        }
        number = (number << 6) | (next & 0x3f);
    }
    Ok(number)
}

fn block_size(bits: &mut Bits<'_>, code: u64) -> Result<u32, Stop> {
    let size = match code {
        1 => 192,
        2..=5 => 144 << code,
        6 => bits.unsigned(8)? + 1,
        7 => bits.unsigned(16)? + 1,
        8..=15 => 1 << code,
        _ => return Err(INVALID),
    };
    match u32::try_from(size) {
        Ok(size @ 1..=65_535) => Ok(size),
        _ => Err(INVALID),
    }
}

/// The rate in frames a second, where the header states it.
fn sample_rate(bits: &mut Bits<'_>, code: u64) -> Result<Option<u32>, Stop> {
    let rate = match code {
        0 => return Ok(None),
        1 => 88_200,
        2 => 176_400,
        3 => 192_000,
        4 => 8000,
        5 => 16_000,
        6 => 22_050,
        7 => 24_000,
        8 => 32_000,
        9 => 44_100,
        10 => 48_000,
        11 => 96_000,
        12 => bits.unsigned(8)? * 1000,
        13 => bits.unsigned(16)?,
        14 => bits.unsigned(16)? * 10,
        _ => return Err(INVALID),
    };
    u32::try_from(rate).map(Some).map_err(|_| INVALID)
}
