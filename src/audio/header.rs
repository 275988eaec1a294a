use crate::domain::{AudioFormat, ContentKind};

/// How many of a file's first bytes hold its header, unless something uncommonly large stands
/// before the audio.
pub const ENOUGH: usize = 64 * 1024;

/// Reads how long a recording plays, in milliseconds, from the file's first bytes
/// ([`ENOUGH`] of them) and its length in bytes.
///
/// `None` where the header does not say it, or is none.
#[must_use]
pub fn milliseconds(first_bytes: &[u8], file_length: u64) -> Option<u64> {
    match ContentKind::sniff(first_bytes) {
        ContentKind::Audio(AudioFormat::Flac) => of_flac(first_bytes),
        ContentKind::Audio(AudioFormat::Wav) if first_bytes.starts_with(b"riff") => {
            of_w64(first_bytes, file_length)
        }
        ContentKind::Audio(AudioFormat::Wav) => of_wav(first_bytes, file_length),
        _ => None,
    }
}

/// The STREAMINFO block (RFC 9639 section 8.2).
fn of_flac(bytes: &[u8]) -> Option<u64> {
    let block_type = bytes.get(4)? & 0x7f;
    if block_type != 0 {
        return None;
    }
    // 20 bits of sample rate, 8 of channels and depth, 36 of samples.
    let fields = u64::from_be_bytes(array(bytes, 18)?);
    let rate = fields >> 44;
    let samples = fields & 0xf_ffff_ffff;
    if samples == 0 {
        return None;
    }
    samples.checked_mul(1000)?.checked_div(rate)
}

/// The `fmt ` and `data` chunks of a RIFF file, and the `ds64` of an RF64 (EBU Tech 3306).
fn of_wav(bytes: &[u8], file_length: u64) -> Option<u64> {
    let mut bytes_a_second = None;
    let mut long_size = None;
    let mut position = 12;
    loop {
        let id: [u8; 4] = array(bytes, position)?;
        let size = u32::from_le_bytes(array(bytes, position + 4)?);
        let content = position + 8;
        match &id {
            b"fmt " => bytes_a_second = Some(u32::from_le_bytes(array(bytes, content + 8)?)),
            b"ds64" => long_size = Some(u64::from_le_bytes(array(bytes, content + 8)?)),
            b"data" => {
                let stated = match size {
                    u32::MAX => long_size,
                    // Left open by a recorder that could not go back to fill it in.
                    0 => None,
                    size => Some(u64::from(size)),
                };
                return play_time(stated, content, file_length, bytes_a_second?);
            }
            _ => {}
        }
        // Chunks begin at even places.
        let padded = usize::try_from(size).ok()?.checked_add(1)? & !1;
        position = content.checked_add(padded)?;
    }
}

/// The same chunks of a Sony Wave64 file: GUIDs for names, 64-bit sizes that count their own
/// 24 bytes, places that are multiples of 8.
fn of_w64(bytes: &[u8], file_length: u64) -> Option<u64> {
    let mut bytes_a_second = None;
    let mut position: usize = 40;
    loop {
        let id: [u8; 4] = array(bytes, position)?;
        let size = u64::from_le_bytes(array(bytes, position.checked_add(16)?)?);
        let content = position.checked_add(24)?;
        match &id {
            b"fmt " => bytes_a_second = Some(u32::from_le_bytes(array(bytes, content + 8)?)),
            b"data" => {
                let stated = size.checked_sub(24).filter(|&size| size > 0);
                return play_time(stated, content, file_length, bytes_a_second?);
            }
            _ => {}
        }
        let padded = usize::try_from(size.max(24)).ok()?.checked_add(7)? & !7;
        position = position.checked_add(padded)?;
    }
}

/// No more than the file has can be played, whatever the header states.
fn play_time(
    stated: Option<u64>,
    audio_begins: usize,
    file_length: u64,
    bytes_a_second: u32,
) -> Option<u64> {
    let there = file_length.checked_sub(u64::try_from(audio_begins).ok()?)?;
    let audio = stated.map_or(there, |stated| stated.min(there));
    audio
        .checked_mul(1000)?
        .checked_div(u64::from(bytes_a_second))
}

fn array<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
    bytes.get(from..from.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wav(data_size: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
        bytes.extend(b"LIST\x03\0\0\0abc\0");
        bytes.extend(b"fmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(16_000_u32.to_le_bytes());
        bytes.extend(32_000_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend(data_size.to_le_bytes());
        bytes
    }

    #[test]
    fn a_wav_plays_as_long_as_its_data_chunk() {
        let header = wav(48_000);
        let length = header.len() as u64 + 48_000;
        assert_eq!(milliseconds(&header, length), Some(1500));
    }

    #[test]
    fn a_wav_without_a_data_size_plays_to_the_end_of_the_file() {
        for open in [0, u32::MAX] {
            let header = wav(open);
            let length = header.len() as u64 + 64_000;
            assert_eq!(milliseconds(&header, length), Some(2000));
        }
    }

    #[test]
    fn a_wav_that_states_more_than_it_has_plays_what_it_has() {
        let header = wav(320_000);
        let length = header.len() as u64 + 32_000;
        assert_eq!(milliseconds(&header, length), Some(1000));
    }

    #[test]
    fn an_rf64_states_its_size_in_64_bits() {
        let mut bytes = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(6_400_000_000_u64.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(wav(u32::MAX).split_off(24));
        let length = bytes.len() as u64 + 6_400_000_000;
        assert_eq!(milliseconds(&bytes, length), Some(200_000_000));
    }

    #[test]
    fn a_w64_states_its_size_in_64_bits() {
        let mut bytes = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0".to_vec();
        bytes.extend([0; 24]);
        bytes.extend([&b"fmt "[..], &[0; 12]].concat());
        bytes.extend(40_u64.to_le_bytes());
        bytes.extend(wav(0).split_off(32).split_at(16).0);
        bytes.extend([&b"data"[..], &[0; 12]].concat());
        bytes.extend((24_u64 + 32_000).to_le_bytes());
        let length = bytes.len() as u64 + 32_000;
        assert_eq!(milliseconds(&bytes, length), Some(1000));
    }

    #[test]
    fn a_flac_plays_as_many_samples_as_its_stream_info_states() {
        let flac = |samples: u64| {
            let mut bytes = b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0".to_vec();
            bytes.extend(((16_000_u64 << 44) | (15 << 36) | samples).to_be_bytes());
            bytes
        };
        assert_eq!(milliseconds(&flac(40_000), 1), Some(2500));
        assert_eq!(milliseconds(&flac(0), 1), None);
    }

    #[test]
    fn nothing_is_said_of_what_is_no_audio() {
        assert_eq!(milliseconds(b"<html>", 6), None);
        assert_eq!(milliseconds(b"RIFF\0\0\0\0WAVE", 12), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            start in prop_oneof![
                Just(b"RIFF\0\0\0\0WAVE".to_vec()),
                Just(b"RF64\0\0\0\0WAVEds64".to_vec()),
                Just(wav(7)),
                Just(b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0".to_vec()),
                Just(b"fLaC\0\0\0\x22".to_vec()),
            ],
            rest in proptest::collection::vec(any::<u8>(), 0..200),
            length in any::<u64>(),
        ) {
            let _milliseconds = milliseconds(&[start, rest].concat(), length);
        }
    }
}
