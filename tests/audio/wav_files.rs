//! What is said of WAV files of many kinds.

use audio_housekeeper::audio::{AudioKind, Fault, Part};
use audio_housekeeper::domain::{AudioFormat, EndProof, Oddity};

use crate::made::{self, chunk, codec, format, riff, sized, wav_of};
use crate::{Grade, Graded as _, verdict};

fn fmt() -> Vec<u8> {
    chunk("fmt ", &format(8000, 1, 16))
}

#[test]
fn a_wav_says_what_it_plays_and_what_proves_its_end() {
    for (file, kind, frames) in [
        (made::wav(), AudioKind::Wav, 20),
        (made::rf64("RF64"), AudioKind::Rf64, 20),
        (made::rf64("BW64"), AudioKind::Bw64, 20),
        (made::w64(), AudioKind::W64, 18),
    ] {
        let verdict = verdict(&file);
        assert_eq!(verdict.kind, Some(kind));
        assert_eq!(kind.format(), Some(AudioFormat::Wav));
        let properties = verdict.properties.unwrap();
        assert_eq!(properties.sample_rate, 8000);
        assert_eq!(properties.channels, 1);
        assert_eq!(properties.bits, 16);
        assert_eq!(properties.frames, Some(frames));
        assert_eq!(properties.milliseconds(), Some(frames / 8));
        let sound = verdict.outcome.unwrap();
        assert_eq!(sound.proofs, [EndProof::RiffSize, EndProof::DataSize]);
        assert!(sound.oddities.is_empty());
        assert_eq!(verdict.length, file.len() as u64);
    }
}

/// Sound files, and what is unusual about each.
pub fn unusual() -> Vec<(Vec<u8>, &'static [Oddity])> {
    let data = || chunk("data", &[7; 40]);
    let mut uncounted = wav_of(&[fmt(), chunk("data", &[7; 40]), chunk("note", b"odd")]);
    let size = u32::try_from(uncounted.len() - 8 - 1).unwrap();
    uncounted[4..8].copy_from_slice(&size.to_le_bytes());
    let mut unpadded = uncounted.clone();
    unpadded.pop();
    let mut no_padding_between = chunk("note", b"odd");
    no_padding_between.pop();
    let mut odd_frame_size = format(8000, 1, 16);
    odd_frame_size[12] = 3;
    let law = [fmt_of(&codec(7, 8000, 1, 8)), data()];
    vec![
        (made::streamed_wav(0), &[Oddity::OpenSizes][..]),
        (made::streamed_wav(u32::MAX), &[Oddity::OpenSizes]),
        (riff("RIFF", 0, &[fmt(), data()]), &[Oddity::OpenSizes]),
        (
            riff("RIFF", 76, &[fmt(), sized("data", 0, &[7; 40])]),
            &[Oddity::OpenSizes],
        ),
        (riff("RIFF", 50, &[fmt(), data()]), &[Oddity::SizesDisagree]),
        (uncounted, &[Oddity::Padding]),
        (unpadded, &[Oddity::Padding]),
        (
            wav_of(&[no_padding_between, fmt(), data()]),
            &[Oddity::Padding],
        ),
        (
            [wav_of(&[fmt(), data()]), vec![0; 100]].concat(),
            &[Oddity::TrailingBytes],
        ),
        (riff("RIFF", 84, &[fmt(), data()]), &[Oddity::SizesDisagree]),
        (
            riff("RIFF", 76, &[fmt(), sized("data", 41, &[7; 40])]),
            &[Oddity::SizesDisagree],
        ),
        (
            riff("RIFF", 76, &[fmt(), sized("data", 84, &[7; 40])]),
            &[Oddity::SizesDisagree],
        ),
        (
            wav_of(&[fmt_of(&odd_frame_size), data()]),
            &[Oddity::FormatFields, Oddity::PartialFrame],
        ),
        (
            wav_of(&[fmt(), data(), vec![0; 100]]),
            &[Oddity::TrailingBytes],
        ),
        (wav_of(&[fmt(), data(), data()]), &[Oddity::RepeatedChunk]),
        (
            wav_of(&[fmt(), chunk("data", &[7; 41])]),
            &[Oddity::PartialFrame],
        ),
        (wav_of(&[fmt(), chunk("data", &[])]), &[Oddity::NoAudio]),
        (
            wav_of(&[fmt_of(&codec(0x55, 8000, 1, 0)), data()]),
            &[Oddity::UnknownCodec],
        ),
        (wav_of(&law), &[]),
    ]
}

#[test]
fn what_is_unusual_about_a_wav_is_named_and_the_file_is_sound() {
    for (file, oddities) in unusual() {
        let verdict = verdict(&file);
        assert_eq!(verdict.outcome.unwrap().oddities, oddities, "{file:x?}");
    }
}

/// A file whose audio states less than a frame, and the whole this size.
fn of_less_than_a_frame(whole: u32) -> Vec<u8> {
    riff("RIFF", whole, &[fmt(), sized("data", 1, &[7; 40])])
}

#[test]
fn a_size_of_less_than_a_frame_proves_no_end_of_the_audio_behind_it() {
    // Left open, and met right behind the one byte, with its padding and without.
    for whole in [0, u32::MAX, 38, 37] {
        let verdict = verdict(&of_less_than_a_frame(whole));
        assert_eq!(verdict.grade(), Grade::Unproven, "{whole}: {verdict:?}");
        assert_eq!(verdict.properties.unwrap().frames, Some(20));
    }
    let file = of_less_than_a_frame(76);
    let met = verdict(&file);
    assert_eq!(met.grade(), Grade::Unusual);
    assert_eq!(met.outcome.unwrap().proofs, [EndProof::RiffSize]);
    assert_eq!(verdict(&file[..83]).grade(), Grade::NotSound);
}

#[test]
fn audio_that_looks_like_a_chunk_behind_a_size_of_less_than_a_frame_is_audio() {
    let data = sized("data", 1, &b"A".repeat(50_000));
    let file = wav_of(&[fmt(), data.clone()]);
    let met = verdict(&file);
    assert_eq!(met.properties.as_ref().unwrap().frames, Some(25_000));
    assert_eq!(met.grade(), Grade::Unusual);
    let sound = met.outcome.unwrap();
    assert_eq!(sound.proofs, [EndProof::RiffSize]);
    assert!(sound.oddities.contains(&Oddity::SizesDisagree));
    assert!(!sound.oddities.contains(&Oddity::NoAudio));
    // Without a size of the whole that fits, nothing proves an end.
    for whole in [38, 37] {
        let verdict = verdict(&riff("RIFF", whole, &[fmt(), data.clone()]));
        assert_eq!(verdict.grade(), Grade::Unproven, "{whole}: {verdict:?}");
        assert_eq!(verdict.properties.unwrap().frames, Some(25_000));
    }
    assert_eq!(verdict(&file[..50_000]).grade(), Grade::NotSound);
    // What is a chunk, whole, or further behind, is none of it.
    let note = || chunk("note", b"made up");
    for more in [vec![note()], vec![note(), sized("note", 100, b"cut")]] {
        let file = wav_of(&[vec![fmt(), chunk("data", &[7])], more].concat());
        let verdict = verdict(&file);
        assert_eq!(verdict.properties.unwrap().frames, Some(0));
        assert!(verdict.outcome.unwrap().oddities.contains(&Oddity::NoAudio));
    }
}

#[test]
fn a_number_of_samples_makes_no_audio_of_less_than_a_block() {
    // GSM 6.10: 320 samples in 65 bytes.
    let mut gsm = codec(0x31, 8000, 1, 0);
    gsm[12..14].copy_from_slice(&65_u16.to_le_bytes());
    gsm.extend([2, 0, 64, 1]);
    let of = |fact: u32, size| {
        let fact = chunk("fact", &fact.to_le_bytes());
        wav_of(&[fmt_of(&gsm), fact, sized("data", size, &[7; 3250])])
    };
    for size in [1, 64] {
        let verdict = verdict(&of(16_000, size));
        assert_eq!(verdict.properties.unwrap().frames, Some(16_000), "{size}");
        assert_eq!(verdict.outcome.unwrap().proofs, [EndProof::RiffSize]);
    }
    let short = wav_of(&[
        fmt_of(&gsm),
        chunk("fact", &300_u32.to_le_bytes()),
        chunk("data", &[7; 61]),
    ]);
    assert_eq!(verdict(&short).properties.unwrap().frames, Some(300));
}

fn fmt_of(content: &[u8]) -> Vec<u8> {
    chunk("fmt ", content)
}

pub fn extensible() -> Vec<u8> {
    let mut content = codec(0xfffe, 48_000, 2, 24);
    content.extend(b"\x16\0\x18\0\x03\0\0\0");
    content.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    wav_of(&[fmt_of(&content), chunk("data", &[0; 60])])
}

#[test]
fn extensible_formats_are_read_by_what_they_extend() {
    let verdict = verdict(&extensible());
    assert_eq!(verdict.grade(), Grade::Proven);
    assert_eq!(verdict.properties.unwrap().frames, Some(10));
}

/// Files that are not sound, and why.
pub fn faulty() -> Vec<(Vec<u8>, Fault)> {
    let data = || chunk("data", &[7; 40]);
    vec![
        (
            riff("RIFF", 200, &[fmt(), data()]),
            Fault::Shorter {
                stated: 208,
                length: 84,
            },
        ),
        (
            riff("RIFF", 85, &[fmt(), data()]),
            Fault::Shorter {
                stated: 93,
                length: 84,
            },
        ),
        (
            riff("RIFF", 76, &[fmt(), sized("data", 60, &[7; 40])]),
            Fault::Shorter {
                stated: 104,
                length: 84,
            },
        ),
        (
            riff("RIFF", 0, &[fmt(), sized("data", 41, &[7; 40])]),
            Fault::Shorter {
                stated: 85,
                length: 84,
            },
        ),
        (wav_of(&[data()]), Fault::Missing(Part::Format)),
        (wav_of(&[fmt()]), Fault::NoAudio),
        (riff("RIFF", 0, &[fmt()]), Fault::Missing(Part::Data)),
        (
            wav_of(&[fmt_of(&[0; 10]), data()]),
            Fault::Malformed {
                part: Part::Format,
                at: 20,
            },
        ),
        (
            wav_of(&[chunk("\0\0\x01\x7f", &[1; 4]), fmt(), data()]),
            Fault::Malformed {
                part: Part::Chunk,
                at: 12,
            },
        ),
        (b"RIFF\x04\0\0\0AVI LIST".to_vec(), Fault::NotAudio),
        (b"<!doctype html>".to_vec(), Fault::NotAudio),
        (b"{\"error\":\"x\"}".to_vec(), Fault::NotAudio),
        (Vec::new(), Fault::Empty),
    ]
}

#[test]
fn a_wav_that_lies_or_lacks_something_is_not_sound() {
    for (file, fault) in faulty() {
        assert_eq!(verdict(&file).outcome, Err(fault), "{file:x?}");
    }
}
