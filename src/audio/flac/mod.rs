//! The check of a FLAC (RFC 9639) as its bytes arrive.
//!
//! A decoder of its own, because those at hand read from a file that is there: none can be fed.
//! Beside that, `flac-codec` takes nearly three times as long as `flac -t`, and computes beyond a
//! number's range where hostile bytes make it; `claxon` refuses samples of 32 bits; `symphonia`
//! lets cuts and flipped bits pass where totals and digest are left out.

mod bits;
mod checksum;
mod comments;
mod frame;
mod frame_header;
mod frames;
mod stream_info;
mod subframe;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::audio::check::split;
use crate::audio::flac::comments::Comments;
use crate::audio::flac::frames::Frames;
use crate::audio::flac::stream_info::StreamInfo;
use crate::audio::verdict::{AudioProperties, Fault, FrameDefect, Part, Sound, note};
use crate::domain::Oddity;

/// Walks the metadata blocks and frames of a FLAC as they arrive.
#[derive(Debug)]
pub(super) struct FlacCheck {
    /// Where the next byte that was not looked at stands in the file.
    position: u64,
    step: Step,
    /// There once the stream info has been read.
    frames: Option<Frames>,
    waiting: Waiting,
    oddities: Vec<Oddity>,
    /// Whether nobody waits for the verdict any more.
    given_up: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Step {
    /// In a metadata block's header, or before one.
    BlockHeader(Vec<u8>),
    /// In the stream info.
    StreamInfo {
        kept: Vec<u8>,
        last: bool,
    },
    /// In any other metadata block: so many of its bytes are left.
    Block {
        left: u64,
        last: bool,
        comments: Option<Comments>,
    },
    Frames,
    /// Behind the last frame: how many bytes stand there, and whether they begin as a tag does.
    Behind {
        count: u64,
        tag: Option<Tag>,
    },
}

/// A tag behind the last frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// `ID3v1`, always 128 bytes long.
    Id3v1,
    /// Any that states its length itself.
    Other,
}

/// Bytes of frames that are not whole.
#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// Before so many are there, decoding is not tried.
    wanted: usize,
}

/// How much is taken at once, in bytes.
const PIECE: u64 = 64 * 1024;

/// How much is waited for at most only because a stream says so, in bytes.
const LIKELY: usize = 256 * 1024;

/// The header of a metadata block, in bytes.
const BLOCK_HEADER: u64 = 4;

impl FlacCheck {
    /// For a stream whose marker ends at this place of the file.
    pub(super) fn new(position: u64, given_up: Arc<AtomicBool>) -> Self {
        Self {
            position,
            step: Step::BlockHeader(Vec::new()),
            frames: None,
            waiting: Waiting::default(),
            oddities: Vec::new(),
            given_up,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As soon as they can't be those of a sound file.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let wanted = match &self.step {
                Step::BlockHeader(header) => BLOCK_HEADER.saturating_sub(header.len() as u64),
                Step::StreamInfo { kept, .. } => {
                    StreamInfo::LENGTH.saturating_sub(kept.len() as u64)
                }
                Step::Block { left, .. } => *left,
                Step::Frames | Step::Behind { .. } => PIECE,
            };
            let (piece, others) = split(rest, wanted.max(1));
            rest = others;
            self.take(piece)?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let count = bytes.len() as u64;
        match &mut self.step {
            Step::Frames => {
                self.waiting.bytes.extend_from_slice(bytes);
                return self.decode(false);
            }
            Step::Behind { count: behind, .. } => *behind = behind.saturating_add(count),
            Step::BlockHeader(header) => {
                header.extend_from_slice(bytes);
                if let Some(header) = header.first_chunk::<4>().copied() {
                    self.position = self.position.saturating_add(BLOCK_HEADER);
                    self.begin_block(header)?;
                }
            }
            Step::StreamInfo { kept, last } => {
                kept.extend_from_slice(bytes);
                if kept.len() as u64 == StreamInfo::LENGTH {
                    let (kept, last) = (std::mem::take(kept), *last);
                    let info = StreamInfo::read(&kept).ok_or(Fault::Malformed {
                        part: Part::StreamInfo,
                        at: self.position,
                    })?;
                    self.frames = Some(Frames::new(info));
                    self.position = self.position.saturating_add(StreamInfo::LENGTH);
                    self.end_block(last);
                }
            }
            Step::Block {
                left,
                last,
                comments,
            } => {
                *left = left.saturating_sub(count);
                self.position = self.position.saturating_add(count);
                if let Some(comments) = comments {
                    comments.push(bytes);
                }
                if *left == 0 {
                    let last = *last;
                    // Where the audio is, the block's own size tells: texts have no part in it.
                    if comments.as_ref().is_some_and(|all| !all.is_whole()) {
                        note(&mut self.oddities, Oddity::Metadata);
                    }
                    self.end_block(last);
                }
            }
        }
        Ok(())
    }

    /// A metadata block (RFC 9639 section 8.1).
    fn begin_block(&mut self, [first, sizes @ ..]: [u8; 4]) -> Result<(), Fault> {
        let last = first & 0x80 != 0;
        let size = sizes
            .iter()
            .fold(0, |size, byte| (size << 8) | u64::from(*byte));
        let malformed = |part| Fault::Malformed {
            part,
            at: self.position.saturating_sub(BLOCK_HEADER),
        };
        match (first & 0x7f, self.frames.is_some()) {
            (0, false) if size == StreamInfo::LENGTH => {
                self.step = Step::StreamInfo {
                    kept: Vec::new(),
                    last,
                };
                return Ok(());
            }
            (_, false) => return Err(malformed(Part::StreamInfo)),
            (0 | 127, true) => return Err(malformed(Part::Metadata)),
            (SEEK_TABLE, true) if !size.is_multiple_of(SEEK_POINT) => {
                note(&mut self.oddities, Oddity::Metadata);
            }
            _ => {}
        }
        let comments = (first & 0x7f == COMMENTS).then(Comments::default);
        if size > 0 {
            self.step = Step::Block {
                left: size,
                last,
                comments,
            };
        } else {
            if comments.is_some() {
                note(&mut self.oddities, Oddity::Metadata);
            }
            self.end_block(last);
        }
        Ok(())
    }

    fn end_block(&mut self, last: bool) {
        self.step = if last {
            Step::Frames
        } else {
            Step::BlockHeader(Vec::new())
        };
    }

    /// Decodes the frames that are there, and at the end what is left.
    fn decode(&mut self, at_end: bool) -> Result<(), Fault> {
        let Some(frames) = &mut self.frames else {
            return Ok(());
        };
        let Waiting { bytes, wanted } = &mut self.waiting;
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            if (rest.len() < *wanted && !at_end) || self.given_up.load(Ordering::Relaxed) {
                break;
            }
            let taken = if frames.complete() {
                Err(Fault::UnreadBytes { at: self.position })
            } else {
                frames.take(rest, self.position)
            };
            if is_no_frame(&taken) {
                if rest.len() < TAG_MARKER && !at_end {
                    *wanted = TAG_MARKER;
                    break;
                }
                let tag = tag_of(rest);
                let may_end = frames.ends_as_stated() || (frames.states_no_end() && tag.is_some());
                if may_end && !begins_frame(rest) {
                    let count = rest.len() as u64;
                    self.step = Step::Behind { count, tag };
                    bytes.clear();
                    return Ok(());
                }
            }
            if let Some(length) = taken? {
                done += length;
                self.position = self.position.saturating_add(length as u64);
                *wanted = frames.likely_length().min(LIKELY);
            } else if at_end {
                return Err(Fault::Cut {
                    within: Part::Frame,
                    at: self.position.saturating_add(rest.len() as u64),
                });
            } else {
                // Half as many again, so that little is decoded twice.
                *wanted = rest.len() + rest.len() / 2 + 64;
                break;
            }
        }
        bytes.drain(..done);
        Ok(())
    }

    /// Judges the file, now that no more of it comes.
    pub(super) fn finish(mut self) -> (Option<AudioProperties>, Result<Sound, Fault>) {
        let decoded = self.decode(true);
        (self.properties(), decoded.and_then(|()| self.judge()))
    }

    /// What the file plays, as far as it has come.
    pub(super) fn properties(&self) -> Option<AudioProperties> {
        self.frames.as_ref().map(Frames::properties)
    }

    fn judge(self) -> Result<Sound, Fault> {
        let cut = |within, more: usize| Fault::Cut {
            within,
            at: self.position.saturating_add(more as u64),
        };
        match &self.step {
            Step::BlockHeader(header) => return Err(cut(Part::Metadata, header.len())),
            Step::StreamInfo { kept, .. } => return Err(cut(Part::StreamInfo, kept.len())),
            Step::Block { .. } => return Err(cut(Part::Metadata, 0)),
            Step::Frames | Step::Behind { .. } => {}
        }
        let Some(frames) = self.frames else {
            return Err(Fault::Missing(Part::StreamInfo));
        };
        let is_open = frames.states_no_end();
        let mut sound = frames.finish()?;
        if let Step::Behind { count, tag } = self.step {
            let is_tag = tag == Some(Tag::Other) || (tag == Some(Tag::Id3v1) && count == ID3V1);
            if is_open && !is_tag {
                return Err(Fault::UnreadBytes { at: self.position });
            }
            let oddity = if is_tag {
                Oddity::TagBehind
            } else {
                Oddity::TrailingBytes
            };
            note(&mut sound.oddities, oddity);
        }
        for oddity in self.oddities {
            note(&mut sound.oddities, oddity);
        }
        Ok(sound)
    }
}

/// Whether no frame begins there.
const fn is_no_frame(taken: &Result<Option<usize>, Fault>) -> bool {
    matches!(
        taken,
        Err(Fault::UnreadBytes { .. }
            | Fault::Frame {
                defect: FrameDefect::Sync,
                ..
            })
    )
}

/// Whether the bytes begin as a frame does (RFC 9639 section 9.1): more audio than is stated.
fn begins_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xf8 | 0xf9, ..])
}

fn tag_of(bytes: &[u8]) -> Option<Tag> {
    let others = [&b"ID3"[..], b"APETAGEX", b"LYRICSBEGIN"];
    if bytes.starts_with(b"TAG") {
        Some(Tag::Id3v1)
    } else if others.iter().any(|marker| bytes.starts_with(marker)) {
        Some(Tag::Other)
    } else {
        None
    }
}

/// How many bytes tell a tag, at most.
const TAG_MARKER: usize = 11;

/// An `ID3v1` tag, in bytes.
const ID3V1: u64 = 128;

/// The type of a block of Vorbis comments.
const COMMENTS: u8 = 4;

/// The type of a block of seek points.
const SEEK_TABLE: u8 = 3;

/// A seek point, in bytes.
const SEEK_POINT: u64 = 18;
