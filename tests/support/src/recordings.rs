//! Recordings made from code.

use std::io::Cursor;

use flac_codec::encode::{FlacSampleWriter, Options};

/// A WAV of so many bytes, its header of 44 included: 16 kHz, 16 bits, mono. `seed` tells two apart.
pub fn wav(size: u32, seed: u8) -> Vec<u8> {
    let audio = size - 44;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + audio).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(32_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(audio.to_le_bytes());
    bytes.extend((0..audio).map(|at| seed.wrapping_add(at.to_le_bytes()[0])));
    bytes
}

/// A WAV of one second.
pub fn second_of_wav() -> Vec<u8> {
    wav(44 + 32_000, 0)
}

/// A FLAC of so many seconds, 16 kHz, 16 bits, mono.
pub fn flac(seconds: i32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let options = Options::default();
    let mut writer = FlacSampleWriter::new(&mut file, options, 16_000, 16, 1, None).unwrap();
    let samples: Vec<i32> = (0..seconds * 16_000)
        .map(|at| at.wrapping_mul(at) % 9000)
        .collect();
    writer.write(&samples).unwrap();
    writer.finalize().unwrap();
    file.into_inner()
}
