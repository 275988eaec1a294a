use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::audio::flac::FlacCheck;
use crate::audio::text_damage::TextDamage;
use crate::audio::verdict::{AudioKind, AudioProperties, AudioVerdict, Fault, Part, note};
use crate::audio::wav::WavCheck;
use crate::domain::{AudioFormat, ContentKind, Oddity, OtherRecording};

/// Checks a WAV or FLAC while its bytes arrive: its structure, its sizes against its length, and
/// of a FLAC every frame, checksum and sample.
///
/// Memory does not grow with the file, nor by what the file claims: a WAV needs some hundred
/// bytes, a FLAC one encoded frame and its samples (at most some 10 MiB, where the file really
/// has frames of the format's greatest size).
#[derive(Debug)]
pub struct AudioCheck {
    length: u64,
    kind: Option<AudioKind>,
    oddities: Vec<Oddity>,
    text: TextDamage,
    state: State,
    /// Whether nobody waits for the verdict any more.
    given_up: Arc<AtomicBool>,
}

#[derive(Debug)]
enum State {
    /// The first bytes of the file, or of what follows its tag.
    Beginning(Vec<u8>),
    /// Inside the tag in front: so many of its bytes are left.
    Tag(u64),
    Wav(Box<WavCheck>),
    Flac(Box<FlacCheck>),
    Refused(Fault, Option<AudioProperties>),
}

enum Beginning {
    Wav(Box<WavCheck>, AudioKind),
    Flac,
    OggFlac,
    Tag(u64),
    TakenForText,
    Other(OtherRecording),
    TooShort,
    Nothing,
}

/// The GUIDs that a Sony Wave64 file begins with, its size between them.
const W64_RIFF: &[u8; 16] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0";
const W64_WAVE: &[u8; 16] = b"wave\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";

impl Default for AudioCheck {
    fn default() -> Self {
        Self::new()
    }
}

impl AudioCheck {
    /// A check that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::until(Arc::default())
    }

    /// A check that stops in the middle of a piece once it is given up: a few bytes of a FLAC can
    /// stand for many samples. The verdict then says nothing of the file.
    #[must_use]
    pub fn until(given_up: Arc<AtomicBool>) -> Self {
        Self {
            length: 0,
            kind: None,
            oddities: Vec::new(),
            text: TextDamage::default(),
            state: State::Beginning(Vec::new()),
            given_up,
        }
    }

    /// Takes the next bytes, as many as there are.
    pub fn push(&mut self, bytes: &[u8]) {
        self.text.push(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let before = rest.len();
            rest = self.step(rest);
            self.length = self.length.saturating_add((before - rest.len()) as u64);
        }
    }

    /// Says what the file is, now that no more of it comes.
    #[must_use]
    pub fn finish(mut self) -> AudioVerdict {
        let length = self.length;
        let (properties, outcome) = match std::mem::replace(&mut self.state, State::Tag(0)) {
            State::Beginning(_) if length == 0 => (None, Err(Fault::Empty)),
            State::Beginning(start) => (None, Err(cut_beginning(&start, length))),
            State::Tag(_) => (
                None,
                Err(Fault::Cut {
                    within: Part::Id3,
                    at: length,
                }),
            ),
            State::Refused(fault, properties) => (properties, Err(fault)),
            State::Wav(check) => check.finish(&self.text),
            State::Flac(check) => check.finish(),
        };
        let outcome = outcome.map_err(|fault| self.named(fault));
        let outcome = outcome.map(|mut sound| {
            for oddity in self.oddities.drain(..) {
                note(&mut sound.oddities, oddity);
            }
            sound
        });
        AudioVerdict {
            kind: self.kind,
            properties,
            length,
            outcome,
        }
    }

    /// Calls damage by its cause, where what came shows that: bytes that were taken for text break
    /// every size and checksum.
    fn named(&self, fault: Fault) -> Fault {
        let is_damage = !matches!(
            fault,
            Fault::Empty | Fault::NoAudio | Fault::NotAudio | Fault::OggFlac | Fault::Other(_)
        );
        if is_damage && self.text.shows(None) {
            return Fault::TakenForText;
        }
        fault
    }

    /// Takes some of the bytes, at least one, and returns the others.
    fn step<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let refused = match &mut self.state {
            State::Refused(..) => return &[],
            State::Wav(check) => check
                .push(bytes)
                .map_err(|fault| (fault, check.properties(0))),
            State::Flac(check) => check
                .push(bytes)
                .map_err(|fault| (fault, check.properties())),
            State::Tag(left) => {
                let (tag, rest) = split(bytes, *left);
                *left -= tag.len() as u64;
                if *left == 0 {
                    self.state = State::Beginning(Vec::new());
                }
                return rest;
            }
            State::Beginning(start) => {
                let (first, rest) = split(bytes, 1);
                start.extend_from_slice(first);
                let place = self.length.saturating_add(1);
                let found = beginning(start);
                self.begin(found, place);
                return rest;
            }
        };
        if let Err((fault, properties)) = refused {
            self.state = State::Refused(fault, properties);
        }
        &[]
    }

    fn begin(&mut self, found: Beginning, place: u64) {
        let tagged = self.oddities.contains(&Oddity::Id3InFront);
        self.state = match found {
            Beginning::TooShort => return,
            Beginning::Flac => {
                self.kind = Some(AudioKind::Flac);
                State::Flac(Box::new(FlacCheck::new(place, self.given_up.clone())))
            }
            Beginning::Wav(check, kind) => {
                self.kind = Some(kind);
                State::Wav(check)
            }
            Beginning::OggFlac if !tagged => {
                self.kind = Some(AudioKind::OggFlac);
                State::Refused(Fault::OggFlac, None)
            }
            Beginning::TakenForText if !tagged => {
                self.kind = Some(AudioKind::Wav);
                State::Refused(Fault::TakenForText, None)
            }
            Beginning::Other(other) => State::Refused(Fault::Other(other), None),
            Beginning::Nothing if tagged => {
                // What an ID3 tag stands in front of, if not of a FLAC.
                State::Refused(Fault::Other(OtherRecording::Mp3), None)
            }
            Beginning::Tag(length) if !tagged => {
                note(&mut self.oddities, Oddity::Id3InFront);
                match length {
                    0 => State::Beginning(Vec::new()),
                    length => State::Tag(length),
                }
            }
            _ => State::Refused(Fault::NotAudio, None),
        };
    }
}

/// Tells what begins so.
fn beginning(start: &[u8]) -> Beginning {
    for (kind, name) in [
        (AudioKind::Wav, b"RIFF"),
        (AudioKind::Rf64, b"RF64"),
        (AudioKind::Bw64, b"BW64"),
    ] {
        match (begins(start, name), start.get(8..12)) {
            (Begins::With, Some(b"WAVE")) => {
                let check = Box::new(WavCheck::new(kind, start));
                return Beginning::Wav(check, kind);
            }
            (Begins::With, Some(_)) => return otherwise(start),
            (Begins::With | Begins::TooShort, _) => return Beginning::TooShort,
            (Begins::Otherwise, _) => {}
        }
    }
    match (begins(start, W64_RIFF), start.get(24..40)) {
        (Begins::With, Some(wave)) if wave == W64_WAVE => {
            let check = Box::new(WavCheck::new(AudioKind::W64, start));
            return Beginning::Wav(check, AudioKind::W64);
        }
        (Begins::With, Some(_)) => return Beginning::Nothing,
        (Begins::With | Begins::TooShort, _) => return Beginning::TooShort,
        (Begins::Otherwise, _) => {}
    }
    match begins(start, b"fLaC") {
        Begins::With => return Beginning::Flac,
        Begins::TooShort => return Beginning::TooShort,
        Begins::Otherwise => {}
    }
    // The first packet of an Ogg stream begins behind a page header of one segment.
    match (begins(start, b"OggS"), start.get(28..33)) {
        (Begins::With, Some(b"\x7fFLAC")) => return Beginning::OggFlac,
        (Begins::With, Some(_)) => return otherwise(start),
        (Begins::With | Begins::TooShort, _) => return Beginning::TooShort,
        (Begins::Otherwise, _) => {}
    }
    match (begins(start, b"ID3"), start.get(..10)) {
        (Begins::With, Some(header)) => {
            tag_length(header).map_or(Beginning::Nothing, Beginning::Tag)
        }
        (Begins::With | Begins::TooShort, _) => Beginning::TooShort,
        (Begins::Otherwise, _) => otherwise(start),
    }
}

/// Tells what begins so and is neither WAV nor FLAC as they should be.
fn otherwise(start: &[u8]) -> Beginning {
    match ContentKind::sniff(start) {
        ContentKind::OtherRecording(other) => Beginning::Other(other),
        ContentKind::Audio(AudioFormat::Wav) => Beginning::TakenForText,
        _ if start.len() < ContentKind::ENOUGH => Beginning::TooShort,
        _ => Beginning::Nothing,
    }
}

/// What a file is that ends before that is clear.
fn cut_beginning(start: &[u8], length: u64) -> Fault {
    const MARKERS: [&[u8]; 5] = [b"RIFF", b"RF64", b"BW64", b"fLaC", W64_RIFF];
    let is_cut = start.len() <= 12 || start.starts_with(W64_RIFF);
    if is_cut && MARKERS.iter().any(|marker| start.starts_with(marker)) {
        return Fault::Cut {
            within: Part::Beginning,
            at: length,
        };
    }
    Fault::NotAudio
}

/// What follows an `ID3v2` header of 10 bytes (ID3v2.4.0 section 3.1), in bytes.
fn tag_length(header: &[u8]) -> Option<u64> {
    let [_, _, _, _, _, flags, sizes @ ..] = header else {
        return None;
    };
    if sizes.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = sizes
        .iter()
        .fold(0, |size, byte| (size << 7) | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(size + footer)
}

enum Begins {
    With,
    TooShort,
    Otherwise,
}

fn begins(bytes: &[u8], with: &[u8]) -> Begins {
    if bytes.starts_with(with) {
        Begins::With
    } else if with.starts_with(bytes) {
        Begins::TooShort
    } else {
        Begins::Otherwise
    }
}

/// Splits off as many as there are, `at_most` of them.
pub(super) fn split(bytes: &[u8], at_most: u64) -> (&[u8], &[u8]) {
    let at = usize::try_from(at_most).unwrap_or(usize::MAX);
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
