//! The check of a WAV (RIFF, RF64, BW64 or W64) as its bytes arrive.

mod chunk_chain;
mod end;
mod format;
mod layout;
mod sizes;

use crate::audio::check::split;
use crate::audio::verdict::{AudioKind, AudioProperties, Fault, Part, note};
use crate::audio::wav::chunk_chain::ChunkChain;
use crate::audio::wav::format::WaveFormat;
use crate::audio::wav::layout::{ChunkHeader, Layout, LongSizes};
use crate::domain::Oddity;

/// Walks the chunks of a WAV (RIFF, RF64, BW64 or W64) as they arrive.
#[derive(Debug)]
pub(super) struct WavCheck {
    kind: AudioKind,
    layout: Layout,
    /// Where the next byte stands in the file.
    position: u64,
    /// Where the file states that it ends, if it does.
    stated_end: Option<u64>,
    step: Step,
    format: Option<WaveFormat>,
    /// How many samples (of each channel) the file states.
    fact: Option<u32>,
    sizes: Option<LongSizes>,
    data: Option<Data>,
    /// Where the last chunk ends that is there with all that it states, and how much of that is
    /// its padding.
    met: (u64, u64),
    oddities: Vec<Oddity>,
}

#[derive(Debug)]
enum Step {
    /// In a chunk's header, or before one.
    Header(Vec<u8>),
    /// Behind a chunk of odd size: a byte that may be its padding, and a header.
    Seam(Vec<u8>),
    /// In a chunk of which the first bytes are kept, to be read at its end.
    Keep {
        part: Part,
        kept: Vec<u8>,
        size: u64,
        left: u64,
    },
    /// In a chunk that is passed over, of this name.
    Skip {
        part: Part,
        name: [u8; 4],
        size: u64,
        left: u64,
    },
    /// In audio that may go on to the end of the file.
    OpenData(Option<ChunkChain>),
    /// In the bytes that fill up to the next chunk's place.
    Padding { left: u64, size: u64 },
    /// Behind all chunks: the first bytes there.
    Loose(Vec<u8>),
}

/// Where the audio is.
#[derive(Debug, Clone, Copy)]
struct Data {
    begin: u64,
    /// In bytes; `None` where the file leaves it open.
    size: Option<u64>,
}

/// How much of a chunk is kept: a format needs 40 bytes, the sizes of an RF64 28, and 12 for each
/// further chunk of more than 4 GiB.
const KEPT: usize = 256;

/// A padding byte and a RIFF chunk's header.
const SEAM: usize = 9;

impl WavCheck {
    /// For a file of this kind that begins with this header.
    pub(super) fn new(kind: AudioKind, header: &[u8]) -> Self {
        let layout = Layout::of(kind);
        Self {
            kind,
            layout,
            position: header.len() as u64,
            stated_end: layout.stated_end(header),
            step: Step::Header(Vec::new()),
            format: None,
            fact: None,
            sizes: None,
            data: None,
            met: (header.len() as u64, 0),
            oddities: Vec::new(),
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As soon as they can't be those of a sound file.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (passed, others) = split(rest, self.wanted());
            rest = others;
            self.position = self.position.saturating_add(passed.len() as u64);
            self.take(passed)?;
        }
        Ok(())
    }

    /// How many bytes the step takes at most, and at least one.
    fn wanted(&self) -> u64 {
        match &self.step {
            Step::Header(header) => self
                .layout
                .header_length()
                .saturating_sub(header.len() as u64),
            Step::Seam(seam) => SEAM.saturating_sub(seam.len()) as u64,
            Step::Keep { left, .. } | Step::Skip { left, .. } | Step::Padding { left, .. } => *left,
            Step::OpenData(_) | Step::Loose(_) => u64::MAX,
        }
        .max(1)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let count = bytes.len() as u64;
        match &mut self.step {
            Step::Header(header) => {
                header.extend_from_slice(bytes);
                if header.len() as u64 == self.layout.header_length() {
                    let header = std::mem::take(header);
                    self.begin_chunk(&header)?;
                }
            }
            Step::Seam(seam) => {
                seam.extend_from_slice(bytes);
                if let Ok(seam) = <[u8; SEAM]>::try_from(&seam[..]) {
                    self.cross(seam)?;
                }
            }
            Step::Keep {
                part,
                kept,
                size,
                left,
            } => {
                let room = KEPT.saturating_sub(kept.len());
                kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                *left = left.saturating_sub(count);
                if *left == 0 {
                    let (part, size, kept) = (*part, *size, std::mem::take(kept));
                    self.read(part, size, &kept)?;
                    self.end_chunk(size);
                }
            }
            Step::Skip { size, left, .. } => {
                *left = left.saturating_sub(count);
                if *left == 0 {
                    let size = *size;
                    self.end_chunk(size);
                }
            }
            Step::OpenData(chain) => {
                if let Some(chain) = chain {
                    chain.push(bytes);
                }
            }
            Step::Padding { left, size } => {
                *left = left.saturating_sub(count);
                if *left == 0 {
                    self.met = (self.position, self.layout.padding(*size));
                    self.step = Step::Header(Vec::new());
                }
            }
            Step::Loose(first) => {
                let room = SEAM.saturating_sub(first.len());
                first.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
        }
        Ok(())
    }

    fn end_chunk(&mut self, size: u64) {
        self.met = (self.position, 0);
        self.step = match (self.layout.padding(size), self.layout) {
            (0, _) => Step::Header(Vec::new()),
            (_, Layout::Riff) => Step::Seam(Vec::new()),
            (left, Layout::W64) => Step::Padding { left, size },
        };
    }

    /// Goes on behind a chunk of odd size, with its padding (of any value) or without it.
    fn cross(&mut self, seam: [u8; SEAM]) -> Result<(), Fault> {
        let [padding, .., last] = seam;
        let (with, without) = (seam.get(1..), seam.get(..8));
        let header = |bytes: Option<&[u8]>| self.layout.chunk(bytes?);
        let fits = |chunk: Option<ChunkHeader>, position: u64| {
            chunk.is_some_and(|chunk| {
                let end = chunk.size.map(|size| position.saturating_add(size));
                end.is_none() || end <= self.stated_end
            })
        };
        let unpadded = !fits(header(with), self.position)
            && (fits(header(without), self.position.saturating_sub(1)) || header(with).is_none())
            && header(without).is_some();
        if unpadded {
            note(&mut self.oddities, Oddity::Padding);
            self.position = self.position.saturating_sub(1);
            self.begin_chunk(without.unwrap_or_default())?;
            self.position = self.position.saturating_add(1);
            return self.take(&[last]);
        }
        if padding != 0 {
            note(&mut self.oddities, Oddity::Padding);
        }
        self.met = (self.met.0.saturating_add(1), 1);
        self.begin_chunk(with.unwrap_or_default())
    }

    fn begin_chunk(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let malformed = Fault::Malformed {
            part: Part::Chunk,
            at: self.position.saturating_sub(bytes.len() as u64),
        };
        let Some(header) = self.layout.chunk(bytes) else {
            if self.data.is_some() {
                self.step = Step::Loose(bytes.to_vec());
                return Ok(());
            }
            // A format whose own size leaves out the size of its (empty) extension.
            if let Some(header) = bytes.strip_prefix(&[0, 0])
                && self.format.is_some()
                && (header.starts_with(b"data") || header.starts_with(b"fact"))
            {
                note(&mut self.oddities, Oddity::FormatFields);
                self.step = Step::Header(header.to_vec());
                return Ok(());
            }
            return Err(malformed);
        };
        if &header.name == b"data" {
            self.begin_data(&header);
            return Ok(());
        }
        let long = || self.sizes.as_ref()?.of(header.name);
        let Some(size) = header.size.or_else(long) else {
            if self.data.is_some() {
                self.step = Step::Loose(bytes.to_vec());
                return Ok(());
            }
            return Err(malformed);
        };
        let part = match &header.name {
            b"fmt " if self.format.is_none() => Part::Format,
            b"ds64" if self.sizes.is_none() && self.has_long_sizes() => Part::Sizes,
            b"fact" if self.fact.is_none() => Part::Fact,
            b"fmt " | b"ds64" => {
                note(&mut self.oddities, Oddity::RepeatedChunk);
                Part::Chunk
            }
            _ => Part::Chunk,
        };
        self.enter(part, header.name, size)
    }

    fn has_long_sizes(&self) -> bool {
        matches!(self.kind, AudioKind::Rf64 | AudioKind::Bw64)
    }

    fn begin_data(&mut self, header: &ChunkHeader) {
        let size = header
            .size
            .or_else(|| self.sizes.as_ref().and_then(|sizes| sizes.data));
        if self.data.is_some() {
            note(&mut self.oddities, Oddity::RepeatedChunk);
        } else {
            self.data = Some(Data {
                begin: self.position,
                size,
            });
        }
        self.step = match size {
            Some(0) => Step::OpenData(Some(ChunkChain::new(self.layout))),
            None => Step::OpenData(None),
            Some(size) => Step::Skip {
                part: Part::Data,
                name: header.name,
                size,
                left: size,
            },
        };
    }

    /// Goes into a chunk's content.
    fn enter(&mut self, part: Part, name: [u8; 4], size: u64) -> Result<(), Fault> {
        match part {
            Part::Format | Part::Sizes | Part::Fact if size > 0 => {
                self.step = Step::Keep {
                    part,
                    kept: Vec::new(),
                    size,
                    left: size,
                };
            }
            Part::Format | Part::Sizes => self.read(part, 0, &[])?,
            _ if size > 0 => {
                self.step = Step::Skip {
                    part,
                    name,
                    size,
                    left: size,
                };
            }
            _ => self.end_chunk(0),
        }
        Ok(())
    }

    /// Reads a chunk that was kept.
    fn read(&mut self, part: Part, size: u64, kept: &[u8]) -> Result<(), Fault> {
        let malformed = Fault::Malformed {
            part,
            at: self.position.saturating_sub(size),
        };
        match part {
            Part::Sizes => {
                let sizes = LongSizes::read(kept).ok_or(malformed)?;
                self.stated_end = self.stated_end.or(sizes.stated_end);
                self.sizes = Some(sizes);
            }
            Part::Fact => {
                let samples = kept.first_chunk::<4>();
                self.fact = samples.map(|samples| u32::from_le_bytes(*samples));
            }
            _ => {
                let format = WaveFormat::read(kept).ok_or(malformed)?;
                // What describes the audio has to stand before it.
                if !format.is_consistent() || self.data.is_some() {
                    note(&mut self.oddities, Oddity::FormatFields);
                }
                if !format.is_looked_into() {
                    note(&mut self.oddities, Oddity::UnknownCodec);
                }
                self.format = Some(format);
            }
        }
        Ok(())
    }

    /// What the file plays, with so many bytes of audio.
    pub(super) fn properties(&self, audio: u64) -> Option<AudioProperties> {
        Some(self.format.as_ref()?.properties(audio, self.fact))
    }
}
