//! Files made from code.

use std::io::Cursor;

use flac_codec::encode::{FlacSampleWriter, Options};

use crate::{Grade, grade};

pub const W64_RIFF: &[u8] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0";
const W64_TAIL: &[u8] = b"\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";

/// A chunk with its padding.
pub fn chunk(name: &str, content: &[u8]) -> Vec<u8> {
    sized(name, u32::try_from(content.len()).unwrap(), content)
}

/// A chunk that states this size.
pub fn sized(name: &str, size: u32, content: &[u8]) -> Vec<u8> {
    let padding = &[0][..content.len() % 2];
    [name.as_bytes(), &size.to_le_bytes(), content, padding].concat()
}

/// The content of a `fmt ` chunk for whole numbers.
pub fn format(rate: u32, channels: u16, bits: u16) -> Vec<u8> {
    codec(1, rate, channels, bits)
}

pub fn codec(tag: u16, rate: u32, channels: u16, bits: u16) -> Vec<u8> {
    let frame = channels * bits.div_ceil(8);
    let mut content = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    content.extend(rate.to_le_bytes());
    content.extend((rate * u32::from(frame)).to_le_bytes());
    content.extend(frame.to_le_bytes());
    content.extend(bits.to_le_bytes());
    content
}

/// A file of these chunks that states this size.
pub fn riff(name: &str, size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [
        name.as_bytes(),
        &size.to_le_bytes(),
        b"WAVE",
        &chunks.concat(),
    ]
    .concat()
}

/// A file of these chunks that states its size.
pub fn wav_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = 4 + chunks.iter().map(Vec::len).sum::<usize>();
    riff("RIFF", u32::try_from(size).unwrap(), chunks)
}

/// 8 kHz, mono, 16 bits, 20 frames, with a chunk of odd length behind.
pub fn wav() -> Vec<u8> {
    wav_of(&[
        chunk("fmt ", &format(8000, 1, 16)),
        chunk("data", &[7; 40]),
        chunk("LIST", b"INFOIART\x03\0\0\0me\0"),
    ])
}

/// As [`wav`], by writers that can't go back.
pub fn streamed_wav(open: u32) -> Vec<u8> {
    let chunks = [
        chunk("fmt ", &format(8000, 1, 16)),
        sized("data", open, &[7; 40]),
    ];
    riff("RIFF", open, &chunks)
}

/// An RF64 or BW64 of 20 frames.
pub fn rf64(name: &str) -> Vec<u8> {
    let rest = [
        chunk("fmt ", &format(8000, 1, 16)),
        sized("data", u32::MAX, &[7; 40]),
        chunk("LIST", b"INFOIART\x03\0\0\0me\0"),
    ];
    let size = 4 + 36 + rest.iter().map(Vec::len).sum::<usize>() as u64;
    let sizes = [size, 40, 20].map(u64::to_le_bytes).concat();
    let first = chunk("ds64", &[sizes, vec![0; 4]].concat());
    riff(name, u32::MAX, &[vec![first], rest.to_vec()].concat())
}

fn w64_chunk(name: &str, content: &[u8]) -> Vec<u8> {
    let size = 24 + content.len() as u64;
    let padding = &[0; 8][..content.len().wrapping_neg() % 8];
    [
        name.as_bytes(),
        W64_TAIL,
        &size.to_le_bytes(),
        content,
        padding,
    ]
    .concat()
}

/// A W64 of 18 frames.
pub fn w64() -> Vec<u8> {
    let chunks = [
        w64_chunk("fmt ", &format(8000, 1, 16)),
        w64_chunk("data", &[7; 36]),
        w64_chunk("fact", &[0; 4]),
    ]
    .concat();
    let size = 40 + chunks.len() as u64;
    let wave = [b"wave", W64_TAIL].concat();
    [W64_RIFF, &size.to_le_bytes(), &wave, &chunks].concat()
}

/// What a test wants of a FLAC.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub rate: u32,
    pub bits: u32,
    pub channels: u8,
    pub frames: usize,
    pub block: u16,
}

pub const SPEECH: Shape = Shape {
    rate: 8000,
    bits: 16,
    channels: 1,
    frames: 100,
    block: 32,
};

/// Samples that are neither silence nor noise.
pub fn samples(shape: Shape) -> Vec<i32> {
    let channels = usize::from(shape.channels);
    let loud = f64::from(1_u32 << (shape.bits - 2));
    let mut noise = 1_u32;
    (0..shape.frames * channels)
        .map(|index| {
            let (time, channel) = ((index / channels) as f64, (index % channels) as f64);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = f64::from(noise >> 16) / 65_536.0 - 0.5;
            let tone = (time * 0.07 * (1.0 + channel * 0.1)).sin();
            whole(loud * (tone + 0.03 * hiss))
        })
        .collect()
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "no sample is larger than its bits"
)]
fn whole(sample: f64) -> i32 {
    sample as i32
}

/// A FLAC with total and digest.
pub fn flac(shape: Shape) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let options = Options::default()
        .block_size(shape.block)
        .unwrap()
        .no_padding()
        .no_seektable();
    let mut writer = FlacSampleWriter::new(
        &mut file,
        options,
        shape.rate,
        shape.bits,
        shape.channels,
        None,
    )
    .unwrap();
    writer.write(&samples(shape)).unwrap();
    writer.finalize().unwrap();
    file.into_inner()
}

/// A FLAC without any metadata but its stream info.
pub fn bare_flac(shape: Shape) -> Vec<u8> {
    let whole = flac(shape);
    let frames = &whole[metadata_end(&whole)..];
    [b"fLaC\x80\0\0\x22", &whole[8..42], frames].concat()
}

/// Where the frames begin.
pub fn metadata_end(flac: &[u8]) -> usize {
    let mut at = 4;
    loop {
        let size = u32::from_be_bytes([0, flac[at + 1], flac[at + 2], flac[at + 3]]);
        let last = flac[at] & 0x80 != 0;
        at += 4 + size as usize;
        if last {
            return at;
        }
    }
}

pub fn without_total(mut flac: Vec<u8>) -> Vec<u8> {
    flac[21] &= 0xf0;
    flac[22..26].fill(0);
    flac
}

pub fn without_md5(mut flac: Vec<u8>) -> Vec<u8> {
    flac[26..42].fill(0);
    flac
}

/// The stream info and each frame of a bare FLAC.
pub fn taken_apart(file: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let open = without_total(without_md5(file.to_vec()));
    let mut frames = Vec::new();
    let begin = metadata_end(file);
    let mut at = begin;
    for end in begin + 1..=file.len() {
        if grade(&open[..end]) != Grade::NotSound {
            frames.push(file[at..end].to_vec());
            at = end;
        }
    }
    (file[..begin].to_vec(), frames)
}

pub fn put_together(info: &[u8], frames: &[Vec<u8>]) -> Vec<u8> {
    [info, &frames.concat()].concat()
}

/// The frame with the checksum that it should have at its end.
pub fn with_checksum(mut frame: Vec<u8>) -> Vec<u8> {
    let end = frame.len() - 2;
    let crc = crc16(&frame[..end]);
    frame[end..].copy_from_slice(&crc.to_be_bytes());
    frame
}

/// The checksum of a FLAC frame's header.
pub fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            (crc << 1) ^ if crc >= 0x80 { 7 } else { 0 }
        })
    })
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            (crc << 1) ^ if crc >= 0x8000 { 0x8005 } else { 0 }
        })
    })
}
