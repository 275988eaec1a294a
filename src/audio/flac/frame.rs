use crate::audio::flac::bits::{Bits, Stop};
use crate::audio::flac::checksum::crc16;
use crate::audio::flac::frame_header::{FrameHeader, Stereo};
use crate::audio::flac::stream_info::StreamInfo;
use crate::audio::flac::subframe;
use crate::audio::verdict::FrameDefect;

/// Decodes frames (RFC 9639 section 9), one after the other, into the same memory.
#[derive(Debug, Default)]
pub(super) struct FrameDecoder {
    /// The samples of one channel after the other.
    samples: Vec<i64>,
}

/// A decoded frame.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) header: FrameHeader,
    /// Its length in bytes.
    pub(super) length: usize,
    /// The samples of one channel after the other.
    pub(super) samples: &'a [i64],
}

impl FrameDecoder {
    /// Decodes the frame that the bytes begin with.
    pub(super) fn decode(&mut self, bytes: &[u8], info: &StreamInfo) -> Result<Frame<'_>, Stop> {
        let mut bits = Bits::new(bytes);
        let header = FrameHeader::read(&mut bits, bytes, info)?;
        let block = usize::try_from(header.block_size).unwrap_or(0);
        self.samples.resize(block * usize::from(header.channels), 0);

        for (channel, samples) in self.samples.chunks_exact_mut(block).enumerate() {
            let side = match header.stereo {
                Stereo::Independent => false,
                Stereo::SideRight => channel == 0,
                Stereo::LeftSide | Stereo::MidSide => channel == 1,
            };
            let width = header.bits + u32::from(side);
            subframe::decode(&mut bits, width, samples)
                .map_err(|stop| endless(stop, bytes, &header))?;
        }
        if bits.align().map_err(|stop| endless(stop, bytes, &header))? != 0 {
            return Err(Stop::Defect(FrameDefect::Subframe));
        }
        bits.unsigned(16)?;
        let length = bits.position();
        if crc16(bytes.get(..length).unwrap_or_default()) != 0 {
            return Err(Stop::Defect(FrameDefect::Crc));
        }

        if let Some((first, second)) = self.samples.split_at_mut_checked(block) {
            decorrelate(header.stereo, first, second);
        }
        if !in_range(&self.samples, header.bits) {
            return Err(Stop::Defect(FrameDefect::SampleRange));
        }
        Ok(Frame {
            header,
            length,
            samples: &self.samples,
        })
    }
}

/// A frame that has taken up twice the bytes of its plain samples is not waited for any longer.
fn endless(stop: Stop, bytes: &[u8], header: &FrameHeader) -> Stop {
    let samples = u64::from(header.block_size) * u64::from(header.channels);
    let plain = samples * u64::from(header.bits + 1) / 8;
    if stop == Stop::More && bytes.len() as u64 > 2 * plain + 4096 {
        return Stop::Defect(FrameDefect::Endless);
    }
    stop
}

fn decorrelate(stereo: Stereo, first: &mut [i64], second: &mut [i64]) {
    let pairs = first.iter_mut().zip(second);
    match stereo {
        Stereo::Independent => {}
        Stereo::LeftSide => pairs.for_each(|(left, side)| *side = left.wrapping_sub(*side)),
        Stereo::SideRight => pairs.for_each(|(side, right)| *side = side.wrapping_add(*right)),
        Stereo::MidSide => pairs.for_each(|(mid, side)| {
            // The side's lowest bit is that which halving took from the middle.
            let doubled = mid.wrapping_mul(2) | (*side & 1);
            *mid = doubled.wrapping_add(*side) >> 1;
            *side = doubled.wrapping_sub(*side) >> 1;
        }),
    }
}

fn in_range(samples: &[i64], bits: u32) -> bool {
    // What is left of a number that fits, without its sign, is nothing.
    let beyond = samples
        .iter()
        .fold(0, |all, sample| all | (sample ^ (sample >> 63)));
    beyond >> (bits - 1) == 0
}
