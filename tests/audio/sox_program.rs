//! The check held against the `sox` program, as a reader and as a writer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use audio_housekeeper::audio::{AudioKind, AudioVerdict, Fault, FrameDefect, Part};
use audio_housekeeper::domain::AudioState::{self, Damaged, NotLookedInto, Open, Unusual, Whole};
use audio_housekeeper::domain::{Codec, Oddity};
use tempfile::TempDir;

use crate::made;
use crate::{Grade, Graded as _, flac_files, flac_program, header_fields, recorders, verdict};
use crate::{grade, wav_files};

/// What the program makes of a file.
#[derive(Debug)]
struct Answer {
    /// Its warnings and failures. It ends with success where all it has to say is a warning, and
    /// also where the end of a FLAC can't be decoded.
    complaints: Vec<String>,
    /// How many samples it reads, those of all channels together.
    samples: u64,
}

impl Answer {
    fn is_read(&self) -> bool {
        self.complaints.is_empty() && self.samples > 0
    }
}

fn sox(arguments: &[&str]) -> Output {
    Command::new("sox")
        // With warnings, whatever else is set up.
        .arg("-V2")
        .args(arguments)
        .output()
        .expect("sox is installed (script/setup test)")
}

/// What it warns of and fails with. That a sample is too loud to be calculated with says nothing
/// of the file.
fn complaints(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let is_complaint = |line: &&str| line.contains(" WARN ") || line.contains(" FAIL ");
    let mut complaints: Vec<String> = said
        .lines()
        .filter(is_complaint)
        .filter(|line| !line.contains(" clipped "))
        .map(str::to_owned)
        .collect();
    if !output.status.success() {
        complaints.push(output.status.to_string());
    }
    complaints
}

/// Has the program read the whole file, by the kind that its first bytes say.
fn asked(folder: &Path, bytes: &[u8]) -> Answer {
    let file = folder.join("asked");
    std::fs::write(&file, bytes).unwrap();
    let kind = match bytes.get(..4) {
        Some(b"fLaC") => "flac",
        Some(b"riff") => "w64",
        _ => "wav",
    };
    let output = sox(&["--type", kind, file.to_str().unwrap(), "--null", "stat"]);
    let samples = String::from_utf8_lossy(&output.stderr)
        .lines()
        .find_map(|line| line.strip_prefix("Samples read:"))
        .map_or(0, |number| number.trim().parse().unwrap());
    Answer {
        complaints: complaints(&output),
        samples,
    }
}

/// How often the two agreed, and for which reasons they did not.
#[derive(Default)]
struct Tally {
    read: u32,
    refused: u32,
    /// How many files both read to the same number of samples.
    counted: u32,
    apart: BTreeMap<&'static str, u32>,
}

impl Tally {
    /// # Panics
    /// Where the two differ for no known reason.
    fn compare(&mut self, folder: &Path, file: &[u8]) {
        let (verdict, answer) = (verdict(file), asked(folder, file));
        let is_sound = verdict.grade() != Grade::NotSound;
        let reason = match (is_sound, answer.is_read()) {
            (false, false) => {
                self.refused += 1;
                return;
            }
            (true, true) => {
                self.read += 1;
                if samples(&verdict) == Some(answer.samples) {
                    self.counted += 1;
                    return;
                }
                other_count(file, &verdict, &answer)
            }
            (true, false) => lenience(&verdict),
            (false, true) => strictness(file, &verdict),
        };
        let Some(reason) = reason else {
            let begins = &file[..file.len().min(200)];
            panic!("{answer:?}, {verdict:?} of what begins so: {begins:x?}");
        };
        *self.apart.entry(reason).or_default() += 1;
    }

    /// What came of all these files.
    ///
    /// # Panics
    /// Where the two hardly ever agreed, as with a program that refuses everything.
    fn report(&self, what: &str, files: usize) -> String {
        let Self {
            read,
            refused,
            counted,
            apart,
        } = self;
        let mut report = format!(
            "{files} {what}: {read} read by both, {counted} of them to the same number of samples; \
             {refused} refused by both"
        );
        for (reason, count) in apart {
            write!(report, "\n{count:>4} told apart: {reason}").unwrap();
        }
        let many = u32::try_from(files).unwrap() / 6;
        assert!(*counted > many && *refused > many, "{report}");
        report
    }
}

/// How many samples the file has, those of all channels together.
fn samples(verdict: &AudioVerdict) -> Option<u64> {
    let properties = verdict.properties?;
    Some(properties.frames? * u64::from(properties.channels))
}

/// What is unusual about a WAV that is kept and that the program does not read through, and why.
const LENIENCE: [(Oddity, &str); 6] = [
    (
        Oddity::UnknownCodec,
        "kept: a codec that one of the two decodes at most",
    ),
    (
        Oddity::Id3InFront,
        "kept: a tag stands in front, which the program does not pass over in a WAV",
    ),
    (
        Oddity::FormatFields,
        "kept: a slip in what describes the samples, which the program does not put right",
    ),
    (
        Oddity::OpenSizes,
        "kept: the program takes a size that stands for none at its word",
    ),
    (
        Oddity::SizesDisagree,
        "kept: the program goes by the audio's size alone, and the whole's is met",
    ),
    (
        Oddity::Padding,
        "kept: the program counts on the padding that a chunk lacks",
    ),
];

/// Why a file is kept that the program does not read through without a word.
fn lenience(verdict: &AudioVerdict) -> Option<&'static str> {
    let sound = verdict.outcome.as_ref().ok()?;
    let properties = verdict.properties?;
    if verdict.kind == Some(AudioKind::Bw64) {
        return Some("kept: the program does not know BW64");
    }
    let has = |oddity: &Oddity| sound.oddities.contains(oddity);
    if verdict.kind == Some(AudioKind::Flac) {
        let behind = [Oddity::TrailingBytes, Oddity::TagBehind];
        return if matches!(properties.bits, 8 | 16 | 24 | 32) {
            let is_behind = behind.iter().any(has);
            is_behind.then_some("kept: what is disliked stands behind audio that is decoded")
        } else {
            Some("kept: the program decodes no FLAC of such bits a sample")
        };
    }
    let (_, reason) = LENIENCE.iter().find(|(oddity, _)| has(oddity))?;
    Some(reason)
}

/// Why a file is refused that the program reads through without a word.
fn strictness(file: &[u8], verdict: &AudioVerdict) -> Option<&'static str> {
    let fault = verdict.outcome.as_ref().err()?;
    let whole_states_more = || {
        let size = file.get(4..8)?.first_chunk::<4>()?;
        Some(u64::from(u32::from_le_bytes(*size)) + 8 > file.len() as u64)
    };
    match (verdict.kind?, fault) {
        (AudioKind::Flac, Fault::Md5 | Fault::Samples { .. }) => {
            Some("refused: the program holds what it decodes against neither total nor digest")
        }
        (
            AudioKind::Flac,
            Fault::Frame {
                defect: FrameDefect::Gap,
                ..
            },
        ) => Some("refused: the program does not follow the numbers of the frames"),
        (
            AudioKind::Flac,
            Fault::Malformed {
                part: Part::Metadata,
                ..
            },
        ) => Some("refused: the program passes over metadata that the format forbids"),
        (AudioKind::W64, Fault::Shorter { .. } | Fault::Cut { .. }) => {
            Some("refused: the program plays a W64 to its end, whatever it states")
        }
        (_, Fault::TakenForText) => {
            Some("refused: the program plays noise where the header survives that it is text")
        }
        (
            _,
            Fault::Cut {
                within: Part::Chunk | Part::ChunkHeader,
                ..
            },
        ) => Some("refused: the program looks no further than the audio"),
        (_, Fault::Shorter { .. }) if whole_states_more()? => {
            Some("refused: the program does not look at the whole's size")
        }
        (_, Fault::Shorter { stated, length }) if stated - length == 1 => {
            Some("refused: the program does not miss a part of a sample")
        }
        _ => None,
    }
}

/// Why the program reads another number of samples than the file is said to have.
fn other_count(file: &[u8], verdict: &AudioVerdict, answer: &Answer) -> Option<&'static str> {
    /// Where the audio begins in a W64 without chunks between its format and its audio.
    const W64_AUDIO: usize = 104;
    let sound = verdict.outcome.as_ref().ok()?;
    let properties = verdict.properties?;
    if sound.oddities.contains(&Oddity::FormatFields) {
        return Some("counted otherwise: the fields of the format contradict each other");
    }
    let to_the_end = || {
        let bytes = file.len().checked_sub(W64_AUDIO)? as u64;
        bytes.checked_div(u64::from(properties.bits.div_ceil(8)))
    };
    if matches!(properties.codec, Codec::Other(_)) {
        return (samples(verdict)? < answer.samples)
            .then_some("counted otherwise: the program plays the last block to its end");
    }
    if verdict.kind == Some(AudioKind::W64) && to_the_end() == Some(answer.samples) {
        return Some("counted otherwise: the program plays all of a W64 that is behind its format");
    }
    None
}

/// Cut at one byte of so many, and with bits flipped all over its header and a little beyond.
fn damaged(whole: &[u8], one_of: usize) -> Vec<Vec<u8>> {
    const HEADERS: usize = 120;
    let cuts = (0..=whole.len()).step_by(one_of);
    let mut files: Vec<Vec<u8>> = cuts.map(|length| whole[..length].to_vec()).collect();
    // An odd step, so that each place in a byte comes by.
    for bit in (0..whole.len().min(HEADERS) * 8).step_by(5 * one_of) {
        let mut flipped = whole.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        files.push(flipped);
    }
    files
}

#[test]
fn what_the_program_reads_of_a_wav_is_sound_and_what_it_does_not_is_not_but_for_a_known_reason() {
    let folder = TempDir::new().unwrap();
    let (_, changed) = header_fields::files();
    let mut files = vec![wav_files::extensible(), made::rf64("BW64")];
    files.extend(recorders::rows().into_iter().map(|(_, file, ..)| file));
    files.extend(changed.into_iter().map(|(.., file)| file));
    files.extend(wav_files::unusual().into_iter().map(|(file, _)| file));
    files.extend(wav_files::faulty().into_iter().map(|(file, _)| file));
    let mut without_its_size = made::wav();
    without_its_size[4..8].fill(0);
    for (whole, one_of) in [
        (made::wav(), 1),
        (made::rf64("RF64"), 3),
        (made::w64(), 1),
        (made::streamed_wav(0), 3),
        (made::streamed_wav(0x7fff_f000), 3),
        (made::streamed_wav(u32::MAX), 3),
        (without_its_size, 3),
    ] {
        files.extend(damaged(&whole, one_of));
    }
    let mut tally = Tally::default();
    for file in &files {
        tally.compare(folder.path(), file);
    }
    println!("{}", tally.report("WAV and other files", files.len()));
}

#[test]
fn what_the_program_reads_of_a_flac_is_sound_and_what_it_does_not_is_not_but_for_a_known_reason() {
    let folder = TempDir::new().unwrap();
    let shapes = flac_files::of_every_width().chain(flac_files::of_every_notation());
    let mut files: Vec<Vec<u8>> = shapes.map(made::flac).collect();
    // 3 shares no divisor with the four kinds of damage that take turns.
    files.extend(flac_program::damaged().into_iter().step_by(3));
    files.extend(flac_files::with_gaps().into_iter().map(|(file, _)| file));
    files.extend(flac_files::with_other_totals().map(|(file, _)| file));
    files.extend(
        flac_files::with_more_behind()
            .into_iter()
            .map(|(file, _)| file),
    );
    files.extend(
        flac_files::with_metadata()
            .into_iter()
            .map(|(file, _)| file),
    );
    files.extend(flac_files::with_odd_comments());
    files.push(flac_files::numbered_by_samples());
    let mut tally = Tally::default();
    for file in &files {
        tally.compare(folder.path(), file);
    }
    println!("{}", tally.report("FLAC files", files.len()));
}

/// A kind of file that the program writes: its settings, for one channel or two; how many samples
/// of each it is given; how many it then states; what is expected of a file, and of what it writes
/// to a pipe.
type Written = (&'static str, u64, u64, AudioState, AudioState);

const WRITTEN: [Written; 26] = [
    ("wav -b 8", 4001, 4001, Whole, Open),
    ("wav -b 16", 4001, 4001, Whole, Open),
    ("wav -b 24", 4001, 4001, Whole, Open),
    ("wav -b 32", 4001, 4001, Whole, Open),
    ("wavpcm -b 24", 4001, 4001, Whole, Open),
    ("wav -e floating-point -b 32", 4001, 4001, Whole, Open),
    ("wav -e floating-point -b 64", 4001, 4001, Whole, Open),
    ("wav -e a-law", 4001, 4001, Whole, Open),
    ("wav -e mu-law", 4001, 4001, Whole, Open),
    ("wav -e ima-adpcm", 4001, 4001, NotLookedInto, Open),
    ("wav -e ms-adpcm", 4001, 4001, NotLookedInto, Open),
    ("wav -e gsm-full-rate", 4001, 4001, NotLookedInto, Open),
    // To a pipe it writes the header of a W64 anew in the middle of the audio, and again at the end.
    ("w64 -b 8", 4000, 4000, Whole, Damaged),
    // The last chunk is not padded.
    ("w64 -b 16", 4001, 4001, Unusual, Damaged),
    ("w64 -b 24", 4000, 4000, Whole, Damaged),
    ("w64 -b 32", 4000, 4000, Whole, Damaged),
    ("w64 -e floating-point -b 32", 4000, 4000, Whole, Damaged),
    ("w64 -e floating-point -b 64", 4000, 4000, Whole, Damaged),
    ("w64 -e a-law", 4000, 4000, Whole, Damaged),
    ("w64 -e mu-law", 4000, 4000, Whole, Damaged),
    // Whole blocks are stated, of Microsoft's kind by their number alone.
    ("w64 -e ima-adpcm", 4001, 4040, NotLookedInto, Damaged),
    ("w64 -e ms-adpcm", 4001, 4500, NotLookedInto, Damaged),
    ("flac -b 8", 4001, 4001, Whole, Open),
    ("flac -b 16", 4001, 4001, Whole, Open),
    ("flac -b 24 -C 0", 4001, 4001, Whole, Open),
    ("flac -b 24 -C 8", 4001, 4001, Whole, Open),
];

/// Has the program write a tone: to the file with this path, or to a pipe by the name of `-`.
fn written(settings: &str, channels: &str, frames: u64, to: &str) -> Output {
    let length = format!("{frames}s");
    let mut arguments = vec!["-r", "8000", "-c", channels, "--null", "--type"];
    arguments.extend(settings.split(' '));
    arguments.extend([to, "synth", &length, "sine", "440", "vol", "0.5"]);
    let output = sox(&arguments);
    assert!(output.status.success(), "{settings}: {output:?}");
    output
}

#[test]
fn what_the_program_writes_is_what_its_writer_can_know_of_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("written");
    let mut tally = Tally::default();
    let mut files = 0;
    let mut compare = |file: &[u8]| {
        files += 1;
        tally.compare(folder.path(), file);
    };
    for (settings, given, stated, of_a_file, of_a_pipe) in WRITTEN {
        for channels in ["1", "2"] {
            let output = written(settings, channels, given, path.to_str().unwrap());
            assert!(complaints(&output).is_empty(), "{output:?}");
            let file = std::fs::read(&path).unwrap();
            let seen = verdict(&file);
            assert_eq!(seen.state(), of_a_file, "{settings} {channels}: {seen:?}");
            let properties = seen.properties.unwrap();
            assert_eq!(properties.frames, Some(stated), "{settings} {channels}");
            compare(&file);
            for length in [file.len() * 9 / 10, file.len() / 2, 60, 44] {
                let cut = &file[..length];
                assert_eq!(grade(cut), Grade::NotSound, "{settings} to {length}");
                compare(cut);
            }

            let piped = written(settings, channels, given, "-").stdout;
            let seen = verdict(&piped);
            assert_eq!(seen.state(), of_a_pipe, "{settings} to a pipe: {seen:?}");
            if of_a_pipe == Open {
                compare(&piped);
                let cut = &piped[..piped.len() * 9 / 10];
                assert!(!verdict(cut).ends_as_stated(), "{settings} to a pipe");
                compare(cut);
            }
        }
    }
    let what = "files that the program wrote, whole and cut";
    println!("{}", tally.report(what, files));
}
