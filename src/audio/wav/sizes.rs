use crate::audio::verdict::{Fault, Part, note};
use crate::domain::{EndProof, Oddity};

/// What walking the chunks of a WAV came to.
#[derive(Debug)]
pub(super) struct Walked {
    /// The file's length in bytes.
    pub(super) length: u64,
    /// Where the file states that it ends.
    pub(super) stated_end: Option<u64>,
    /// Where the audio begins.
    pub(super) begin: u64,
    /// How much audio the file states, in bytes; `None` where it leaves that open.
    pub(super) size: Option<u64>,
    /// Where the last chunk ends that is there with all that it states.
    pub(super) met: u64,
    /// How much of that is the last chunk's padding, in bytes.
    pub(super) padding: u64,
    /// Whether the last chunk's padding is missing.
    pub(super) unpadded: bool,
    /// What stands behind that chunk.
    pub(super) rest: Rest,
}

/// What stands behind the last chunk that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    /// A chunk that states more than is there.
    Chunk(Part),
    /// Too few bytes for a chunk's header; whether they could begin one.
    HeaderBegun(bool),
    /// Bytes that are no chunk.
    Loose,
    /// A tag of a kind that players know.
    Tag,
}

/// What the sizes of a WAV prove.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// How much audio there is, in bytes.
    pub(super) audio: u64,
    pub(super) proofs: Vec<EndProof>,
    pub(super) oddities: Vec<Oddity>,
    /// By how many bytes the file is longer than it states, where it states a length.
    pub(super) excess: Option<u64>,
}

/// The largest slip of a size: writers count the 8 bytes of a header that is not to be counted.
/// No chunk fits into them, so that nothing can have been there.
const SLIP: u64 = 8;

/// More bytes than this that belong to nothing may be audio that no size was brought up to date
/// for.
const LOOSE: u64 = 4096;

impl Walked {
    /// Holds the sizes that the file states against its length.
    ///
    /// # Errors
    /// Where the file states more than is there.
    pub(super) fn settle(&self) -> Result<Settled, Fault> {
        match self.size {
            Some(size) if self.audio_end(size) > self.length => self.cut_audio(size),
            // A stand-in that happens to be met, and goes on.
            Some(size) if is_stand_in(size) && self.rest != Rest::Nothing => self.open(),
            Some(size) => self.met(size),
            None => self.open(),
        }
    }

    fn audio_end(&self, size: u64) -> u64 {
        self.begin.saturating_add(size)
    }

    /// Where the whole ends, where the file states that in earnest.
    fn end(&self) -> Option<u64> {
        self.stated_end
            .filter(|end| *end == self.length || !is_stand_in(end.saturating_sub(8)))
    }

    /// Whether the file ends where it states.
    fn ends_as_stated(&self) -> bool {
        self.end() == Some(self.length)
    }

    /// Whether what stands right behind the audio's stated end may be more of it that looks like a
    /// chunk: its first bytes are printable, and the size that follows them goes beyond the file.
    pub(super) fn is_chunk_by_chance(&self) -> bool {
        let audio_end = self.size.map(|size| self.audio_end(size));
        let met = self.met.saturating_sub(self.padding);
        self.rest == Rest::Chunk(Part::Chunk) && audio_end == Some(met)
    }

    /// What proves the end of audio that goes on to the end of the file.
    pub(super) fn proofs_of_the_whole(&self) -> Vec<EndProof> {
        if self.ends_as_stated() {
            vec![EndProof::RiffSize]
        } else {
            Vec::new()
        }
    }

    fn shorter(&self, stated: u64) -> Fault {
        Fault::Shorter {
            stated,
            length: self.length,
        }
    }

    /// The audio goes on to the end of the file.
    fn open(&self) -> Result<Settled, Fault> {
        // What takes one size for none works the other out from it.
        let is_worked_out = self.size.is_some_and(is_stand_in);
        let end = match self.end().filter(|end| *end > self.length) {
            Some(_) if is_worked_out => None,
            Some(stated) => return Err(self.shorter(stated)),
            None => self.end(),
        };
        let beyond = end.filter(|end| *end > self.begin);
        Ok(Settled {
            audio: self.length.saturating_sub(self.begin),
            proofs: self.proofs_of_the_whole(),
            oddities: vec![Oddity::OpenSizes],
            excess: beyond.map(|end| self.length.saturating_sub(end)),
        })
    }

    /// The audio states more than is there.
    fn cut_audio(&self, size: u64) -> Result<Settled, Fault> {
        if is_stand_in(size) {
            return self.open();
        }
        let end = self.audio_end(size);
        let is_slip = end.saturating_sub(self.length) <= SLIP
            // The file's size in the audio's place.
            || size == self.length
            || size.saturating_add(8) == self.length;
        if !(self.ends_as_stated() && is_slip) {
            return Err(self.shorter(end));
        }
        Ok(Settled {
            audio: self.length.saturating_sub(self.begin),
            proofs: vec![EndProof::RiffSize],
            oddities: vec![Oddity::SizesDisagree],
            excess: Some(0),
        })
    }

    /// All of the audio is there that is stated.
    fn met(&self, size: u64) -> Result<Settled, Fault> {
        let mut settled = Settled {
            audio: size,
            ..Settled::default()
        };
        let oddities = &mut settled.oddities;
        if self.unpadded {
            note(oddities, Oddity::Padding);
        }
        let mut whole = self.ends_as_stated();
        match self.end() {
            None => note(oddities, Oddity::OpenSizes),
            Some(end) if end > self.length => {
                let over = end - self.length;
                if let Rest::Chunk(part) = self.rest {
                    return Err(self.cut(part));
                }
                let is_slip = matches!(self.rest, Rest::Nothing | Rest::HeaderBegun(false));
                if !is_slip || over > SLIP {
                    return Err(self.shorter(end));
                }
                whole = self.unpadded && over == 1;
                if !whole {
                    note(oddities, Oddity::SizesDisagree);
                }
            }
            Some(end) if end < self.met => {
                // The padding is there, and the whole's size does not count it.
                whole = end.saturating_add(self.padding) == self.length;
                note(
                    oddities,
                    if whole {
                        Oddity::Padding
                    } else {
                        Oddity::SizesDisagree
                    },
                );
            }
            Some(end) => whole = whole || end == self.met,
        }
        self.note_rest(oddities)?;
        settled.proofs.push(EndProof::DataSize);
        if whole {
            settled.proofs.insert(0, EndProof::RiffSize);
        }
        let loose = self.length.saturating_sub(self.met);
        if loose > LOOSE && self.rest != Rest::Tag && !self.ends_as_stated() {
            settled.proofs.clear();
        }
        settled.excess = Some(match self.end() {
            Some(end) if end >= self.begin => self.length.saturating_sub(end),
            _ => loose,
        });
        Ok(settled)
    }

    /// Names what stands behind the last chunk.
    fn note_rest(&self, oddities: &mut Vec<Oddity>) -> Result<(), Fault> {
        // What stands behind the whole's end belongs to nothing, whatever it looks like.
        let inside = self.end().is_none_or(|end| end > self.met) && !self.ends_as_stated();
        match self.rest {
            Rest::Nothing => {}
            Rest::Tag => note(oddities, Oddity::TagBehind),
            Rest::Chunk(part) if inside => return Err(self.cut(part)),
            Rest::HeaderBegun(true) if inside => return Err(self.cut(Part::ChunkHeader)),
            Rest::Chunk(_) | Rest::HeaderBegun(_) | Rest::Loose => {
                note(oddities, Oddity::TrailingBytes);
            }
        }
        Ok(())
    }

    const fn cut(&self, within: Part) -> Fault {
        Fault::Cut {
            within,
            at: self.length,
        }
    }
}

/// Whether a size stands for none: 0, the largest numbers of 32 bits with and without sign, and
/// what writers take for them when they write to a pipe (`SoX` and `MPlayer` 7FFFF000, `arecord`
/// 7FFFFF00, `GStreamer` 7FFF0000), each with or without the header that they add or take off.
/// `SoX` rounds its own down to whole blocks (`wavwritehdr` in its `wav.c`): 7FFFEFFF with 24
/// bits, 7FFFEFC2 with GSM.
pub(super) const fn is_stand_in(size: u64) -> bool {
    matches!(
        size,
        0 | 0x7fff_0000..=0x8000_0100
            | 0xffff_0000..=0xffff_0100
            | 0xffff_f000..=0xffff_f100
            | 0xffff_fe00..=0xffff_ffff
    )
}
