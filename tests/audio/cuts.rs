//! Files that end too early, at every byte.

use crate::made::{self, SPEECH, bare_flac, without_md5, without_total};
use crate::{Grade, grade, in_pieces};

/// How far each beginning of a file is trusted that is shorter than the file.
fn cuts(file: &[u8]) -> impl Iterator<Item = (usize, Grade)> {
    (0..file.len()).map(|length| (length, grade(&file[..length])))
}

#[test]
fn a_cut_wav_that_states_its_sizes_is_never_sound() {
    for (whole, padding) in [
        (made::wav(), 1),
        (made::rf64("RF64"), 1),
        (made::rf64("BW64"), 1),
        (made::w64(), 4),
    ] {
        assert_eq!(grade(&whole), Grade::Proven);
        for (length, grade) in cuts(&whole) {
            // The last bytes only fill up.
            let told = if length + padding < whole.len() {
                Grade::NotSound
            } else {
                Grade::Unusual
            };
            assert_eq!(grade, told, "{length} bytes of {}", whole.len());
        }
    }
}

#[test]
fn a_cut_wav_with_open_sizes_is_never_proven() {
    for open in [0, 0x7fff_f000, u32::MAX] {
        let whole = made::streamed_wav(open);
        assert_eq!(grade(&whole), Grade::Unproven);
        for (length, grade) in cuts(&whole) {
            // Without a whole frame there is no audio.
            let told = if length < 46 {
                Grade::NotSound
            } else {
                Grade::Unproven
            };
            assert_eq!(grade, told, "{length} bytes of {}", whole.len());
        }
    }
}

#[test]
fn a_wav_that_states_only_the_size_of_its_audio_is_not_sound_without_all_of_it() {
    let mut whole = made::wav();
    whole[4..8].fill(0);
    assert_eq!(grade(&whole), Grade::Unusual);
    for (length, grade) in cuts(&whole) {
        // Behind the audio, and with all but the last byte, which only fills up.
        let told = if matches!(length, 84 | 107) {
            Grade::Unusual
        } else {
            Grade::NotSound
        };
        assert_eq!(grade, told, "{length} bytes");
    }
}

#[test]
fn a_cut_flac_with_total_or_digest_is_never_sound() {
    let both = bare_flac(SPEECH);
    for whole in [
        made::flac(SPEECH),
        without_total(both.clone()),
        without_md5(both.clone()),
        both,
    ] {
        assert_eq!(grade(&whole), Grade::Proven);
        for (length, grade) in cuts(&whole) {
            assert_eq!(grade, Grade::NotSound, "{length} bytes of {}", whole.len());
        }
    }
}

#[test]
fn a_cut_flac_with_neither_is_unproven_between_frames_and_not_sound_within() {
    let mut whole = without_total(without_md5(bare_flac(SPEECH)));
    // Nor the sizes of its frames, which tell as well.
    whole[12..18].fill(0);
    assert_eq!(grade(&whole), Grade::Unproven);
    let mut edges = 0;
    for (length, grade) in cuts(&whole) {
        match grade {
            Grade::Unproven => edges += 1,
            grade => assert_eq!(grade, Grade::NotSound, "{length} bytes"),
        }
    }
    // Before each of the four frames but the first: without any there is no audio.
    assert_eq!(edges, SPEECH.frames.div_ceil(usize::from(SPEECH.block)) - 1);
}

#[test]
fn every_flipped_bit_of_a_flac_keeps_it_from_being_proven() {
    let whole = bare_flac(SPEECH);
    let frames = made::metadata_end(&whole);
    let mut unusual = 0;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let grade = grade(&flipped);
        assert_ne!(grade, Grade::Proven, "bit {bit}");
        unusual += u32::from(grade == Grade::Unusual);
        if bit / 8 >= frames {
            assert_eq!(grade, Grade::NotSound, "bit {bit}");
        }
    }
    let bits = whole.len() * 8;
    println!("of {bits} flipped bits {unusual} are slips of a stated size, the others damage");
    // The sizes of blocks and frames, which players do without.
    assert!(unusual <= 80, "{unusual}");
}

#[test]
fn every_flipped_bit_in_a_frame_is_found_without_total_and_digest_too() {
    let whole = without_total(without_md5(bare_flac(SPEECH)));
    for bit in made::metadata_end(&whole) * 8..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(grade(&flipped), Grade::NotSound, "bit {bit}");
    }
}

#[test]
fn the_verdict_does_not_hang_on_the_pieces_that_a_file_comes_in() {
    let flac = bare_flac(SPEECH);
    let mut flipped = flac.clone();
    flipped[200] ^= 1;
    let mut files = vec![
        made::wav(),
        made::streamed_wav(0),
        made::rf64("RF64"),
        made::w64(),
        [b"ID3\x04\0\0\0\0\0\x05tags!".to_vec(), flac.clone()].concat(),
        [&flac[..], b"more"].concat(),
        flac[..150].to_vec(),
        made::flac(made::Shape {
            frames: 9000,
            block: 4096,
            ..SPEECH
        }),
        flac,
        flipped,
        b"<html>".to_vec(),
        Vec::new(),
    ];
    files.extend(made::wav().chunks(60).map(<[u8]>::to_vec));
    for file in files {
        let at_once = in_pieces(&file, usize::MAX);
        for size in [1, 7, 4096] {
            assert_eq!(in_pieces(&file, size), at_once, "pieces of {size}");
        }
    }
}
