//! What recorders, gateways and taggers were seen to write, made again: what is expected of each
//! beside what is said of it.

use audio_housekeeper::domain::AudioState::{
    self, Damaged, Empty, NeitherWavNorFlac, NotLookedInto, Open, Unusual, Whole,
};

use crate::destroyed;
use crate::made::{
    self, SPEECH, bare_flac, chunk, codec, format, riff, sized, wav_of, without_md5, without_total,
};
use crate::verdict;

/// Two seconds of speech-like samples at 16 kHz, 16 bits, mono.
pub fn speech() -> Vec<u8> {
    let shape = made::Shape {
        rate: 16_000,
        frames: 32_000,
        ..SPEECH
    };
    let samples = made::samples(shape);
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes()[..2].to_vec())
        .collect()
}

fn fmt() -> Vec<u8> {
    chunk("fmt ", &format(16_000, 1, 16))
}

fn title() -> Vec<u8> {
    chunk("LIST", b"INFOINAM\x0a\0\0\0Dictation\0")
}

/// Only the header's fields are as a writer left them.
pub fn with_sizes(riff_size: u32, data_size: u32) -> Vec<u8> {
    let chunks = [fmt(), sized("data", data_size, &speech())];
    riff("RIFF", riff_size, &chunks)
}

/// A format of more fields than 16 bytes hold.
fn longer_format(tag: u16, rate: u32, bits: u16, block: u16, extension: &[u8]) -> Vec<u8> {
    let mut content = codec(tag, rate, 1, bits);
    content[12..14].copy_from_slice(&block.to_le_bytes());
    content.extend(u16::try_from(extension.len()).unwrap().to_le_bytes());
    content.extend(extension);
    chunk("fmt ", &content)
}

pub fn with_field(mut wav: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    wav[at..at + bytes.len()].copy_from_slice(bytes);
    wav
}

fn id3v1() -> Vec<u8> {
    let mut tag = b"TAGDictation".to_vec();
    tag.resize(128, 0);
    tag
}

/// The name, the file, what is expected, and how many milliseconds it plays.
pub type Row = (&'static str, Vec<u8>, AudioState, Option<u64>);

pub const AUDIO: u32 = 64_000;
pub const EXACT: u32 = 36 + AUDIO;

fn fmt_of(channels: u16, bits: u16) -> Vec<u8> {
    chunk("fmt ", &format(8000, channels, bits))
}

/// GSM 6.10, and a count of samples that overflowed where the size was none.
fn gsm() -> Vec<u8> {
    let format = longer_format(0x31, 8000, 0, 65, &320_u16.to_le_bytes());
    [format, chunk("fact", &0x7627_6140_u32.to_le_bytes())].concat()
}

/// What `SoX` takes for a size, in whole blocks, and that of the whole with it; two seconds.
fn sox_to_a_pipe(name: &'static str, format: Vec<u8>, block: u32, bytes: usize) -> Row {
    let size = 0x7fff_f000 / block * block;
    let riff_size = 4 + u32::try_from(format.len()).unwrap() + 8 + size + size % 2;
    let audio = speech().repeat(2);
    let data = sized("data", size, &audio[..bytes]);
    (
        name,
        riff("RIFF", riff_size, &[format, data]),
        Open,
        Some(2000),
    )
}

/// Writers that can't go back, or were killed before they did.
fn left_open() -> Vec<Row> {
    let crashed = {
        let mut chunks = vec![chunk("JUNK", &[0; 28]), fmt(), chunk("FLLR", &[0; 4008])];
        chunks.push(sized("data", 0, &speech()));
        riff("RIFF", 4088, &chunks)
    };
    let open = |name, wav| (name, wav, Open, Some(2000));
    vec![
        open("killed before it closed, RIFF ends at the audio", crashed),
        open("SoX to a pipe", with_sizes(0x7fff_f024, 0x7fff_f000)),
        sox_to_a_pipe("SoX to a pipe, 24 bits", fmt_of(1, 24), 3, 48_000),
        sox_to_a_pipe("SoX to a pipe, 24 bits, stereo", fmt_of(2, 24), 6, 96_000),
        sox_to_a_pipe("SoX to a pipe, GSM 6.10", gsm(), 65, 3250),
        open("arecord to a pipe", with_sizes(0x7fff_ff24, 0x7fff_ff00)),
        open("GStreamer to a pipe", with_sizes(0x7fff_0024, 0x7fff_0000)),
        open("LAME to a pipe", with_sizes(0x8000_0023, 0x7fff_ffff)),
        open("ffmpeg to a pipe", with_sizes(u32::MAX, u32::MAX)),
        open(
            "all ones less the header",
            with_sizes(u32::MAX, u32::MAX - 36),
        ),
        open("both sizes 0", with_sizes(0, 0)),
        open("RIFF 36, data 0", with_sizes(36, 0)),
        (
            "both sizes open, no audio",
            riff("RIFF", u32::MAX, &[fmt(), sized("data", u32::MAX, &[])]),
            Empty,
            Some(0),
        ),
    ]
}

/// Writers that slip in a size, and all is there.
fn slips() -> Vec<Row> {
    let unusual = |name, wav| (name, wav, Unusual, Some(2000));
    let whole = with_sizes(EXACT, AUDIO);
    let behind = |more: &[u8]| [&whole, more].concat();
    let not_counted = {
        let mut file = wav_of(&[fmt(), chunk("data", &speech()), title()]);
        file[4..8].copy_from_slice(&EXACT.to_le_bytes());
        file
    };
    vec![
        unusual("RIFF is the file's length", with_sizes(EXACT + 8, AUDIO)),
        unusual("RIFF 1 too many", with_sizes(EXACT + 1, AUDIO)),
        unusual("RIFF is the audio's size", with_sizes(AUDIO, AUDIO)),
        unusual("RIFF 0, data exact", with_sizes(0, AUDIO)),
        unusual("RIFF all ones, data exact", with_sizes(u32::MAX, AUDIO)),
        unusual("data all ones, RIFF exact", with_sizes(EXACT, u32::MAX)),
        unusual("data 0, RIFF exact", with_sizes(EXACT, 0)),
        unusual("data is the file's length", with_sizes(EXACT, EXACT + 8)),
        unusual("a chunk that RIFF doesn't count", not_counted),
        unusual("half the bytes a second", {
            with_field(whole.clone(), 28, &16_000_u32.to_le_bytes())
        }),
        unusual("one zero byte behind", behind(&[0])),
        unusual("RIFF is the file's length, one zero byte behind", {
            [with_sizes(EXACT + 8, AUDIO), vec![0]].concat()
        }),
        unusual("an ID3v1 tag behind", behind(&id3v1())),
        unusual(
            "a form's boundary behind",
            behind(b"\r\n--WebKitFormBoundary--\r\n"),
        ),
        unusual("an ID3v2 tag in front", {
            [&b"ID3\x04\0\0\0\0\0\x05tags!"[..], &whole].concat()
        }),
        unusual("the format behind the audio", {
            wav_of(&[chunk("data", &speech()), fmt()])
        }),
        unusual("padded to a block", behind(&[0; 452])),
        unusual("format of 18 bytes that states 16", {
            let format = [fmt(), vec![0, 0]].concat();
            wav_of(&[format, chunk("data", &speech())])
        }),
        (
            "padding that is a letter",
            {
                let mut data = chunk("data", &speech()[..24_003]);
                *data.last_mut().unwrap() = b'Q';
                let format = chunk("fmt ", &format(8000, 1, 24));
                wav_of(&[format, data, title()])
            },
            Unusual,
            Some(1000),
        ),
        (
            "no padding",
            {
                let mut data = chunk("data", &speech()[..24_003]);
                data.pop();
                let format = chunk("fmt ", &format(8000, 1, 24));
                wav_of(&[format, data, title()])
            },
            Unusual,
            Some(1000),
        ),
    ]
}

/// Formats that dictation is full of.
fn formats() -> Vec<Row> {
    let of = |format, audio: &[u8]| wav_of(&[format, chunk("data", audio)]);
    let law = |tag| of(longer_format(tag, 8000, 8, 1, &[]), &speech()[..8000]);
    let extensible = |sub: &[u8]| {
        let more = [
            b"\x10\0\x04\0\0\0",
            sub,
            b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71",
        ]
        .concat();
        of(longer_format(0xfffe, 16_000, 16, 2, &more), &speech())
    };
    vec![
        ("A-law", law(6), Whole, Some(1000)),
        ("mu-law", law(7), Whole, Some(1000)),
        (
            "mu-law, nine samples and a fact",
            wav_of(&[
                longer_format(7, 8000, 8, 1, &[]),
                chunk("fact", &9_u32.to_le_bytes()),
                chunk("data", &[0x76; 9]),
            ]),
            Whole,
            Some(1),
        ),
        (
            "float in a format of 40 bytes",
            of(longer_format(3, 16_000, 32, 4, &[0; 22]), &speech()),
            Whole,
            Some(1000),
        ),
        ("extensible", extensible(b"\x01\0"), Whole, Some(2000)),
        (
            "24 bits in 4 bytes",
            {
                let mut content = codec(1, 16_000, 1, 24);
                content[8..14].copy_from_slice(b"\0\xfa\0\0\x04\0");
                of(chunk("fmt ", &content), &speech())
            },
            Unusual,
            Some(1000),
        ),
        (
            "393,164 bytes of LIST first",
            wav_of(&[
                fmt(),
                chunk("LIST", &[0; 393_164]),
                chunk("data", &speech()),
            ]),
            Whole,
            Some(2000),
        ),
        (
            "no audio, and a title",
            wav_of(&[fmt(), chunk("data", &[]), title()]),
            Empty,
            Some(0),
        ),
    ]
}

/// Codecs whose blocks have many samples each, so that a fact tells how many of the last one count.
fn of_blocks() -> Vec<Row> {
    let gsm = longer_format(0x31, 8000, 0, 65, &320_u16.to_le_bytes());
    let ima = longer_format(0x11, 8000, 4, 256, &505_u16.to_le_bytes());
    let microsoft = longer_format(2, 8000, 4, 256, &500_u16.to_le_bytes());
    let of = |name, format: &[u8], fact: Option<u32>, bytes: usize, milliseconds| {
        let fact = fact.map_or_else(Vec::new, |fact| chunk("fact", &fact.to_le_bytes()));
        let data = chunk("data", &speech()[..bytes]);
        let file = wav_of(&[format.to_vec(), fact, data]);
        (name, file, NotLookedInto, Some(milliseconds))
    };
    vec![
        of(
            "GSM 6.10 with its fact, odd",
            &gsm,
            Some(16_320),
            3315,
            2040,
        ),
        of("GSM 6.10 without a fact", &gsm, None, 3250, 2000),
        of("IMA ADPCM", &ima, None, 2560, 631),
        of(
            "IMA ADPCM, its last block filled up",
            &ima,
            Some(4600),
            2560,
            575,
        ),
        of(
            "IMA ADPCM, a fact of half as many",
            &ima,
            Some(2525),
            2560,
            631,
        ),
        of(
            "IMA ADPCM, less than what is taken for a block",
            &longer_format(0x11, 8000, 4, 4096, &505_u16.to_le_bytes()),
            Some(4600),
            2560,
            575,
        ),
        of(
            "Microsoft's ADPCM, a fact that overflowed",
            &microsoft,
            Some(4_294_957_295),
            2560,
            625,
        ),
    ]
}

fn flacs() -> Vec<Row> {
    let whole = bare_flac(SPEECH);
    let behind = |flac: Vec<u8>, more: &[u8]| [&flac, more].concat();
    let row = |name, flac, state| (name, flac, state, Some(12));
    let empty_blocks = {
        let mut file = whole.clone();
        file[4] = 0;
        file.splice(42..42, *b"\x03\0\0\0\x01\0\0\0\x81\0\0\x05\0\0\0\0\0");
        file
    };
    vec![
        row("a FLAC", whole.clone(), Whole),
        row("empty padding and seek table", empty_blocks, Whole),
        row(
            "an ID3v1 tag behind",
            behind(whole.clone(), &id3v1()),
            Unusual,
        ),
        row("without total", without_total(whole.clone()), Whole),
        row("without MD5", without_md5(whole.clone()), Whole),
        row(
            "without both",
            without_total(without_md5(whole.clone())),
            Open,
        ),
        row(
            "without both, an ID3v1 tag behind",
            without_total(without_md5(behind(whole.clone(), &id3v1()))),
            Open,
        ),
        (
            "more samples stated than there are",
            with_field(whole.clone(), 25, &[200]),
            Damaged,
            None,
        ),
        (
            "no frame, nothing stated",
            without_total(without_md5(whole[..42].to_vec())),
            Empty,
            Some(0),
        ),
    ]
}

fn foreign() -> Vec<Row> {
    let whole = with_sizes(EXACT, AUDIO);
    let row = |name, bytes: &[u8]| (name, bytes.to_vec(), NeitherWavNorFlac, None);
    vec![
        row(
            "a DS2 dictation",
            b"\x07ds2\x02\0\x03\0\x03\x20\x3d\x5a and so on",
        ),
        row(
            "an MP3",
            b"ID3\x04\0\0\0\0\0\x02ab\xff\xfb\x90\x64 and so on........",
        ),
        row(
            "an Ogg",
            b"OggS\0\x02\0\0\0\0\0\0\0\0and so on, and on and on and on",
        ),
        row("a blank before the file", &[b" ", &whole[..]].concat()),
        row("base64", b"UklGRiR3AQBXQVZFZm10IBAAAAABAAEA"),
        row(
            "a web page",
            b"<!doctype html><html><title>Sign in</title></html>",
        ),
        row("an error", br#"{"error":"Something went wrong somewhere"}"#),
        row("a video", b"RIFF\x24\0\0\0AVI LIST and so on and on and on"),
    ]
}

/// All of them.
pub fn rows() -> Vec<Row> {
    [
        left_open(),
        slips(),
        formats(),
        of_blocks(),
        destroyed::rows(),
        flacs(),
        foreign(),
    ]
    .concat()
}

#[test]
fn what_people_s_recorders_write_is_told_from_what_is_destroyed() {
    println!(
        "{:<50} {:<18} {:<18} milliseconds",
        "file", "expected", "seen"
    );
    let mut wrong = Vec::new();
    for (name, file, expected, milliseconds) in rows() {
        let verdict = verdict(&file);
        let seen = verdict.state();
        let plays = verdict.properties.and_then(|audio| audio.milliseconds());
        println!(
            "{name:<50} {:<18} {:<18} {plays:?}",
            format!("{expected:?}"),
            format!("{seen:?}")
        );
        if seen != expected || (milliseconds.is_some() && plays != milliseconds) {
            wrong.push((name, verdict));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
