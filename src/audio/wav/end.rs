use crate::audio::text_damage::TextDamage;
use crate::audio::verdict::{AudioProperties, Fault, Part, Sound, note};
use crate::audio::wav::chunk_chain::ChunkChain;
use crate::audio::wav::layout::is_name_byte;
use crate::audio::wav::sizes::{Rest, Settled, Walked, is_stand_in};
use crate::audio::wav::{SEAM, Step, WavCheck};
use crate::domain::Oddity;

/// An `ID3v1` tag, in bytes.
const ID3V1: u64 = 128;

impl WavCheck {
    /// Judges the file, now that no more of it comes.
    pub(in crate::audio) fn finish(
        mut self,
        text: &TextDamage,
    ) -> (Option<AudioProperties>, Result<Sound, Fault>) {
        let settled = self.settle();
        let audio = settled.as_ref().map_or(0, |settled| settled.audio);
        let properties = self.properties(audio);
        let outcome = settled.and_then(|settled| {
            if text.shows(settled.excess) {
                return Err(Fault::TakenForText);
            }
            Ok(self.sound(settled))
        });
        (properties, outcome)
    }

    fn sound(mut self, settled: Settled) -> Sound {
        for oddity in settled.oddities {
            note(&mut self.oddities, oddity);
        }
        if let Some(format) = &self.format {
            if format.properties(settled.audio, self.fact).frames == Some(0) {
                note(&mut self.oddities, Oddity::NoAudio);
            }
            if !format.is_whole_frames(settled.audio) {
                note(&mut self.oddities, Oddity::PartialFrame);
            }
        }
        Sound {
            proofs: settled.proofs,
            oddities: self.oddities,
        }
    }

    fn settle(&mut self) -> Result<Settled, Fault> {
        let length = self.position;
        let whole = self.stated_end == Some(length);
        let mut rest = Rest::Nothing;
        let mut unpadded = false;
        let mut open = false;
        match &self.step {
            Step::Header(header) if header.is_empty() => {}
            Step::Header(header) => rest = begun(header),
            Step::Seam(seam) => match &seam[..] {
                [] => unpadded = true,
                [padding, header @ ..] => {
                    if *padding != 0 {
                        note(&mut self.oddities, Oddity::Padding);
                    }
                    self.met = (self.met.0.saturating_add(1), 1);
                    if !header.is_empty() {
                        rest = begun(header);
                    }
                }
            },
            Step::Keep { part, .. } => rest = Rest::Chunk(*part),
            Step::Skip {
                part: Part::Data, ..
            } if self.met.0 <= self.data.map_or(0, |data| data.begin) => {
                rest = Rest::Chunk(Part::Data);
            }
            Step::Skip { part, name, .. } => {
                let is_tag = name.starts_with(b"ID3")
                    || (name.starts_with(b"TAG") && length.saturating_sub(self.met.0) == ID3V1);
                rest = if is_tag {
                    Rest::Tag
                } else {
                    Rest::Chunk(*part)
                };
            }
            Step::OpenData(chain) => {
                open = !chain.as_ref().is_some_and(ChunkChain::ends_here);
                self.met = (length, 0);
            }
            Step::Padding { .. } => unpadded = true,
            Step::Loose(first) => rest = loose(first),
        }
        let Some(data) = self.data else {
            return Err(match (rest, whole) {
                (Rest::Chunk(within), _) => Fault::Cut { within, at: length },
                (Rest::Nothing, true) => Fault::NoAudio,
                (Rest::Nothing, false) => Fault::Missing(Part::Data),
                _ => Fault::Cut {
                    within: Part::ChunkHeader,
                    at: length,
                },
            });
        };
        if self.format.is_none() {
            return Err(Fault::Missing(Part::Format));
        }
        if open || data.size.is_none_or(is_stand_in) {
            // A number of samples that was worked out from no size is none.
            self.fact = None;
        }
        let walked = Walked {
            length,
            stated_end: self.stated_end,
            begin: data.begin,
            size: data.size.filter(|_| !open),
            met: self.met.0,
            padding: self.met.1,
            unpadded,
            rest,
        };
        let mut settled = walked.settle()?;
        let no_frame = self
            .properties(settled.audio)
            .is_some_and(|properties| properties.frames == Some(0));
        if no_frame && settled.audio > 0 && (rest == Rest::Loose || walked.is_chunk_by_chance()) {
            // The size that is stated is none, and proves no end; what follows is the audio.
            settled.audio = length.saturating_sub(data.begin);
            settled.proofs = walked.proofs_of_the_whole();
            note(&mut settled.oddities, Oddity::SizesDisagree);
        }
        Ok(settled)
    }
}

/// What a chunk's header would be of which only these bytes are there.
fn begun(header: &[u8]) -> Rest {
    Rest::HeaderBegun(header.iter().take(4).all(|byte| is_name_byte(*byte)))
}

/// What begins so and is no chunk.
fn loose(first: &[u8]) -> Rest {
    let tags = [&b"TAG"[..], b"ID3", b"APETAGEX", b"LYRICSBEGIN"];
    if tags
        .iter()
        .any(|tag| first.starts_with(tag.get(..SEAM).unwrap_or(tag)))
    {
        Rest::Tag
    } else {
        Rest::Loose
    }
}
