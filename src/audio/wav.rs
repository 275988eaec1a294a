use crate::audio::check::split;
use crate::audio::riff_layout::{ChunkHeader, Layout, LongSizes, is_name_byte};
use crate::audio::verdict::{
    AudioKind, AudioProperties, EndProof, Fault, Oddity, Part, Sound, note,
};
use crate::audio::wave_format::WaveFormat;

/// Walks the chunks of a WAV (RIFF, RF64, BW64 or W64) as they arrive.
#[derive(Debug)]
pub(super) struct WavCheck {
    kind: AudioKind,
    layout: Layout,
    /// Where the next byte stands in the file.
    position: u64,
    /// Where the file states that it ends, if it does and nothing contradicted that.
    stated_end: Option<u64>,
    step: Step,
    format: Option<WaveFormat>,
    sizes: Option<LongSizes>,
    data: Option<Data>,
    oddities: Vec<Oddity>,
}

#[derive(Debug)]
enum Step {
    /// In a chunk's header, or before one.
    Header(Vec<u8>),
    /// In a chunk of which the first bytes are kept, to be read at its end.
    Keep {
        part: Part,
        kept: Vec<u8>,
        size: u64,
        left: u64,
    },
    /// In a chunk that is passed over.
    Skip { part: Part, size: u64, left: u64 },
    /// In audio that goes on as long as the whole does.
    OpenData,
    /// In the bytes that fill up to the next chunk's place.
    Padding { left: u64 },
    /// Behind all chunks.
    Trailing,
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
            sizes: None,
            data: None,
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
            Step::Keep { left, .. } | Step::Skip { left, .. } => *left,
            Step::OpenData => self
                .stated_end
                .map_or(u64::MAX, |end| end.saturating_sub(self.position)),
            Step::Padding { .. } => 1,
            Step::Trailing => u64::MAX,
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
            Step::OpenData => {
                if self.stated_end.is_some_and(|end| self.position >= end) {
                    self.step = Step::Trailing;
                }
            }
            Step::Padding { left } => {
                *left = left.saturating_sub(1);
                let over = *left == 0;
                self.pad(bytes, over);
            }
            Step::Trailing => note(&mut self.oddities, Oddity::TrailingBytes),
        }
        Ok(())
    }

    fn pad(&mut self, byte: &[u8], over: bool) {
        let before = self.position.saturating_sub(1);
        if self.layout == Layout::Riff && byte.iter().all(|byte| is_name_byte(*byte)) {
            // No padding at all: this is a name's first byte.
            note(&mut self.oddities, Oddity::Padding);
            self.position = before;
            self.next_chunk();
            self.position = before.saturating_add(1);
            match &mut self.step {
                Step::Header(header) => header.extend_from_slice(byte),
                _ => note(&mut self.oddities, Oddity::TrailingBytes),
            }
            return;
        }
        if self.stated_end == Some(before) {
            // The padding is there, and the whole's size does not count it.
            note(&mut self.oddities, Oddity::Padding);
            self.stated_end = Some(self.position);
        }
        if over {
            self.next_chunk();
        }
    }

    fn next_chunk(&mut self) {
        let no_room = self
            .stated_end
            .is_some_and(|end| end.saturating_sub(self.position) < self.layout.header_length());
        self.step = if no_room && self.data.is_some() {
            Step::Trailing
        } else {
            Step::Header(Vec::new())
        };
    }

    fn end_chunk(&mut self, size: u64) {
        match self.layout.padding(size) {
            0 => self.next_chunk(),
            left => self.step = Step::Padding { left },
        }
    }

    fn begin_chunk(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Some(header) = self.layout.chunk(bytes) else {
            if self.data.is_some() {
                note(&mut self.oddities, Oddity::TrailingBytes);
                self.step = Step::Trailing;
                return Ok(());
            }
            return Err(Fault::Malformed {
                part: Part::Chunk,
                at: self.position.saturating_sub(bytes.len() as u64),
            });
        };
        if &header.name == b"data" {
            return self.begin_data(&header);
        }
        let long = || self.sizes.as_ref()?.of(header.name);
        let size = match header.size {
            Some(size) => size,
            None => long().ok_or(Fault::Malformed {
                part: Part::Chunk,
                at: self.position.saturating_sub(bytes.len() as u64),
            })?,
        };
        let part = match &header.name {
            b"fmt " if self.format.is_none() => Part::Format,
            b"ds64" if self.sizes.is_none() && self.has_long_sizes() => Part::Sizes,
            b"fmt " | b"ds64" => {
                note(&mut self.oddities, Oddity::RepeatedChunk);
                Part::Chunk
            }
            _ => Part::Chunk,
        };
        self.enter(part, size)
    }

    fn has_long_sizes(&self) -> bool {
        matches!(self.kind, AudioKind::Rf64 | AudioKind::Bw64)
    }

    fn begin_data(&mut self, header: &ChunkHeader) -> Result<(), Fault> {
        if self.format.is_none() {
            return Err(Fault::Missing(Part::Format));
        }
        let stated = header
            .size
            .or_else(|| self.sizes.as_ref().and_then(|sizes| sizes.data));
        // Writers that can't go back leave a 0; so does an empty recording, which ends with it.
        let size = stated.filter(|&size| size > 0 || self.stated_end == Some(self.position));
        if self.data.is_some() {
            note(&mut self.oddities, Oddity::RepeatedChunk);
            return self.enter(Part::Chunk, size.unwrap_or(u64::MAX));
        }
        self.data = Some(Data {
            begin: self.position,
            size,
        });
        if let Some(size) = size {
            self.enter(Part::Data, size)
        } else {
            self.step = Step::OpenData;
            Ok(())
        }
    }

    /// Goes into a chunk's content.
    fn enter(&mut self, part: Part, size: u64) -> Result<(), Fault> {
        let end = self.position.saturating_add(size);
        if self.stated_end.is_some_and(|stated| end > stated) {
            note(&mut self.oddities, Oddity::SizesDisagree);
            self.stated_end = None;
        }
        match part {
            Part::Format | Part::Sizes if size > 0 => {
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
        if part == Part::Sizes {
            let sizes = LongSizes::read(kept).ok_or(malformed)?;
            self.stated_end = self.stated_end.or(sizes.stated_end);
            self.sizes = Some(sizes);
        } else {
            let format = WaveFormat::read(kept).ok_or(malformed)?;
            if let Some(oddity) = format.oddity() {
                note(&mut self.oddities, oddity);
            }
            self.format = Some(format);
        }
        Ok(())
    }

    /// Judges the file, now that no more of it comes.
    pub(super) fn finish(mut self) -> (Option<AudioProperties>, Result<Sound, Fault>) {
        let properties = self.properties();
        let outcome = self.judge();
        (properties, outcome.map(|proofs| self.sound(proofs)))
    }

    fn sound(self, proofs: Vec<EndProof>) -> Sound {
        Sound {
            proofs,
            oddities: self.oddities,
        }
    }

    /// What the file plays, as far as it has come.
    pub(super) fn properties(&self) -> Option<AudioProperties> {
        let format = self.format.as_ref()?;
        let bytes = self.audio_bytes().unwrap_or(0);
        Some(format.properties(bytes))
    }

    /// How much audio is there, in bytes.
    fn audio_bytes(&self) -> Option<u64> {
        let data = self.data?;
        let end = self
            .stated_end
            .map_or(self.position, |end| end.min(self.position));
        let there = match data.size {
            Some(_) => self.position,
            None => end,
        }
        .saturating_sub(data.begin);
        Some(data.size.map_or(there, |size| size.min(there)))
    }

    fn judge(&mut self) -> Result<Vec<EndProof>, Fault> {
        let cut = |within| {
            Err(Fault::Cut {
                within,
                at: self.position,
            })
        };
        match &self.step {
            Step::Header(header) if !header.is_empty() => {
                if self.data.is_none() || header.iter().take(4).all(|byte| is_name_byte(*byte)) {
                    return cut(Part::ChunkHeader);
                }
                note(&mut self.oddities, Oddity::TrailingBytes);
            }
            Step::Keep { part, .. } | Step::Skip { part, .. } => return cut(*part),
            Step::Padding { .. } => note(&mut self.oddities, Oddity::Padding),
            Step::Header(_) | Step::OpenData | Step::Trailing => {}
        }
        if let Some(stated) = self.stated_end.filter(|&end| end > self.position) {
            return Err(Fault::Shorter {
                stated,
                length: self.position,
            });
        }
        let Some(format) = &self.format else {
            return Err(Fault::Missing(Part::Format));
        };
        let (Some(data), Some(bytes)) = (self.data, self.audio_bytes()) else {
            return Err(Fault::Missing(Part::Data));
        };
        if bytes == 0 {
            note(&mut self.oddities, Oddity::NoAudio);
        }
        if !format.is_whole_frames(bytes) {
            note(&mut self.oddities, Oddity::PartialFrame);
        }
        let disagree = self.oddities.contains(&Oddity::SizesDisagree);
        if data.size.is_none() || (self.stated_end.is_none() && !disagree) {
            note(&mut self.oddities, Oddity::OpenSizes);
        }
        let mut proofs = Vec::new();
        if self.stated_end.is_some() {
            proofs.push(EndProof::RiffSize);
        }
        if data.size.is_some() {
            proofs.push(EndProof::DataSize);
        }
        Ok(proofs)
    }
}
