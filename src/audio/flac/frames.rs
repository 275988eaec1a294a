use crate::audio::flac::bits::Stop;
use crate::audio::flac::frame::{Frame, FrameDecoder};
use crate::audio::flac::stream_info::StreamInfo;
use crate::audio::verdict::{AudioProperties, Fault, FrameDefect, Sound, note};
use crate::domain::{Codec, EndProof, Oddity};

/// Follows the frames of a FLAC: that each is the next one, and what they come to.
#[derive(Debug)]
pub(super) struct Frames {
    info: StreamInfo,
    decoder: FrameDecoder,
    audio: Option<AudioDigest>,
    count: u64,
    /// Samples of each channel so far.
    samples: u64,
    first: Option<FirstFrame>,
    /// The last block, which may be smaller than the others.
    last_block: u32,
    /// The smallest and greatest block before that.
    blocks: Option<(u32, u32)>,
    /// The smallest and greatest frame in bytes.
    lengths: Option<(u32, u32)>,
    oddities: Vec<Oddity>,
}

/// How the frames are numbered.
#[derive(Debug, Clone, Copy)]
struct FirstFrame {
    fixed: bool,
    number: u64,
    block_size: u32,
}

impl Frames {
    pub(super) fn new(info: StreamInfo) -> Self {
        Self {
            audio: info.md5.map(|_| AudioDigest::default()),
            info,
            decoder: FrameDecoder::default(),
            count: 0,
            samples: 0,
            first: None,
            last_block: 0,
            blocks: None,
            lengths: None,
            oddities: Vec::new(),
        }
    }

    /// What the stream plays, as far as it has come.
    pub(super) fn properties(&self) -> AudioProperties {
        AudioProperties {
            sample_rate: self.info.sample_rate,
            codec: Codec::Flac,
            channels: self.info.channels,
            bits: u16::try_from(self.info.bits).unwrap_or(0),
            frames: Some(self.samples),
        }
    }

    /// Whether all samples are there that the stream states.
    pub(super) fn complete(&self) -> bool {
        self.info.total.is_some_and(|total| self.samples == total)
    }

    /// Whether all is met that the stream states of its end: the number of samples, or their digest
    /// where it states no number. `false` where it states neither.
    pub(super) fn ends_as_stated(&self) -> bool {
        let digest = || self.audio.as_ref().map(AudioDigest::so_far);
        match self.info.total {
            Some(total) => self.samples == total,
            None => self.info.md5.is_some() && digest() == self.info.md5,
        }
    }

    /// Whether the stream states neither a number of samples nor a digest.
    pub(super) const fn states_no_end(&self) -> bool {
        self.info.total.is_none() && self.info.md5.is_none()
    }

    /// How long a frame may well be, in bytes: before so many are there, decoding it is likely to
    /// be done in vain.
    pub(super) fn likely_length(&self) -> usize {
        let largest = match (self.info.frames, self.lengths) {
            ((_, 0), lengths) => lengths.map_or(0, |(_, largest)| largest),
            ((_, stated), _) => stated,
        };
        usize::try_from(largest).unwrap_or(0)
    }

    /// Takes the frame that the bytes begin with, at this place of the file. Returns its length
    /// in bytes, or `None` where it does not end in them.
    pub(super) fn take(&mut self, bytes: &[u8], place: u64) -> Result<Option<usize>, Fault> {
        let wrong = |defect| Fault::Frame {
            frame: self.count,
            at: place,
            defect,
        };
        let frame = match self.decoder.decode(bytes, &self.info) {
            Ok(frame) => frame,
            Err(Stop::More) => return Ok(None),
            Err(Stop::Defect(defect)) => return Err(wrong(defect)),
        };
        let header = frame.header;
        let first = *self.first.get_or_insert(FirstFrame {
            fixed: header.fixed,
            number: header.number,
            block_size: header.block_size,
        });
        if header.fixed != first.fixed {
            return Err(wrong(FrameDefect::Contradiction));
        }
        if header.number.checked_sub(first.number) != first.number_after(self.count, self.samples) {
            return Err(wrong(FrameDefect::Gap));
        }

        let found = self.samples.saturating_add(u64::from(header.block_size));
        if let Some(stated) = self.info.total.filter(|&total| found > total) {
            return Err(Fault::Samples { stated, found });
        }
        if let Some(audio) = &mut self.audio {
            audio.add(&frame);
        }
        let length = frame.length;
        if self.count > 0 {
            self.blocks = Some(widened(self.blocks, self.last_block));
        }
        self.last_block = header.block_size;
        let bytes = u32::try_from(length).unwrap_or(u32::MAX);
        self.lengths = Some(widened(self.lengths, bytes));
        self.samples = found;
        self.count += 1;
        Ok(Some(length))
    }

    /// Judges the stream, now that no more frames come.
    pub(super) fn finish(mut self) -> Result<Sound, Fault> {
        let mut proofs = Vec::new();
        if let Some(stated) = self.info.total {
            if self.samples != stated {
                return Err(Fault::Samples {
                    stated,
                    found: self.samples,
                });
            }
            proofs.push(EndProof::TotalSamples);
        }
        if let (Some(stated), Some(audio)) = (self.info.md5, self.audio.take()) {
            if audio.so_far() != stated {
                return Err(Fault::Md5);
            }
            proofs.push(EndProof::Md5);
        }
        if !self.sizes_are_as_stated() {
            note(&mut self.oddities, Oddity::StreamInfo);
        }
        if self.first.is_some_and(|first| first.number != 0) {
            note(&mut self.oddities, Oddity::StartsLate);
        }
        if self.info.sample_rate == 0 {
            note(&mut self.oddities, Oddity::NoSampleRate);
        }
        if self.samples == 0 {
            note(&mut self.oddities, Oddity::NoAudio);
        }
        Ok(Sound {
            proofs,
            oddities: self.oddities,
        })
    }

    /// Whether the sizes in the stream info are those "used in the stream" (RFC 9639 section
    /// 8.2), the last block aside. Encoders state the block size that they aim at, also where
    /// the only block is smaller.
    fn sizes_are_as_stated(&self) -> bool {
        let (smallest, largest) = self.info.blocks;
        let fixed = self.first.is_none_or(|first| first.fixed);
        let blocks = match self.blocks {
            None => self.last_block <= largest && (!fixed || smallest == largest),
            Some((min, max)) => min == smallest && max.max(self.last_block) == largest,
        };
        let frames = self.lengths.is_none_or(|(min, max)| {
            let (smallest, largest) = self.info.frames;
            (smallest == 0 || smallest == min) && (largest == 0 || largest == max)
        });
        smallest >= 16 && smallest <= largest && blocks && frames
    }
}

impl FirstFrame {
    /// How far the numbers have counted after so many frames and samples; `None` where a smaller
    /// block came before others of a stream of equal blocks.
    fn number_after(self, frames: u64, samples: u64) -> Option<u64> {
        if !self.fixed {
            return Some(samples);
        }
        let expected = frames.checked_mul(u64::from(self.block_size))?;
        (expected == samples).then_some(frames)
    }
}

fn widened(range: Option<(u32, u32)>, by: u32) -> (u32, u32) {
    range.map_or((by, by), |(min, max)| (min.min(by), max.max(by)))
}

/// The digest over all samples as they would stand in a file: interleaved, little-endian, each in
/// as few whole bytes as hold it.
#[derive(Default)]
struct AudioDigest {
    context: md5::Context,
    packed: Vec<u8>,
}

impl std::fmt::Debug for AudioDigest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioDigest")
            .finish_non_exhaustive()
    }
}

impl AudioDigest {
    fn add(&mut self, frame: &Frame<'_>) {
        match frame.header.bits {
            0..=8 => self.pack::<1>(frame),
            9..=16 => self.pack::<2>(frame),
            17..=24 => self.pack::<3>(frame),
            _ => self.pack::<4>(frame),
        }
        self.context.consume(&self.packed);
    }

    fn pack<const WIDTH: usize>(&mut self, frame: &Frame<'_>) {
        let channels = usize::from(frame.header.channels);
        let block = frame.samples.len() / channels.max(1);
        self.packed.resize(frame.samples.len() * WIDTH, 0);
        for (channel, samples) in frame.samples.chunks_exact(block.max(1)).enumerate() {
            let places = self.packed.chunks_exact_mut(channels * WIDTH);
            for (place, sample) in places.zip(samples) {
                let bytes = sample.to_le_bytes();
                let slot = place.get_mut(channel * WIDTH..);
                if let (Some(slot), Some(bytes)) = (
                    slot.and_then(|slot| slot.first_chunk_mut::<WIDTH>()),
                    bytes.first_chunk::<WIDTH>(),
                ) {
                    *slot = *bytes;
                }
            }
        }
    }

    fn so_far(&self) -> [u8; 16] {
        self.context.clone().finalize().0
    }
}
