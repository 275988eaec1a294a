//! A WAV of which one number in the header is another.

use std::collections::BTreeMap;

use audio_housekeeper::domain::AudioState;

use crate::made::{chunk, format, wav_of};
use crate::verdict;

/// The number's name, its place, and its bytes.
const FIELDS: [(&str, usize, usize); 9] = [
    ("the whole's size", 4, 4),
    ("the format's size", 16, 4),
    ("the codec", 20, 2),
    ("the channels", 22, 2),
    ("the frames a second", 24, 4),
    ("the bytes a second", 28, 4),
    ("the bytes a frame", 32, 2),
    ("the bits", 34, 2),
    ("the audio's size", 40, 4),
];

/// Whether the audio can't be found with this number: what follows the format is looked for where
/// the format's size says. (15 and its padding come out where 16 does.)
fn is_lost(field: &str, value: u32) -> bool {
    field == "the format's size" && value != 15
}

/// A field's name, the number that it has now, and the file.
pub type Changed = (&'static str, u32, Vec<u8>);

/// The file as it was, and each that has one other number.
pub fn files() -> (Vec<u8>, Vec<Changed>) {
    let samples: Vec<u8> = (0..4000_u32)
        .map(|at| at.wrapping_mul(77).to_le_bytes()[0])
        .collect();
    let whole = wav_of(&[chunk("fmt ", &format(8000, 1, 16)), chunk("data", &samples)]);
    let mut changed = Vec::new();
    for (field, at, width) in FIELDS {
        let mut bytes = [0; 4];
        bytes[..width].copy_from_slice(&whole[at..at + width]);
        let itself = u32::from_le_bytes(bytes);
        for value in [0, 1, u32::MAX, itself.wrapping_sub(1), itself + 1] {
            let mut file = whole.clone();
            file[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
            if file != whole {
                changed.push((field, value, file));
            }
        }
    }
    (whole, changed)
}

#[test]
fn a_wav_with_another_number_in_its_header_is_never_whole_and_a_slip_is_never_damage() {
    let (whole, changed) = files();
    assert_eq!(verdict(&whole).state(), AudioState::Whole);
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (field, value, file) in changed {
        let verdict = verdict(&file);
        let state = verdict.state();
        println!("{field:<20} {value:>10}: {state:?}, {:?}", verdict.outcome);
        assert_ne!(state, AudioState::Whole, "{field} {value}: {verdict:?}");
        let is_damaged = state == AudioState::Damaged;
        assert_eq!(
            is_damaged,
            is_lost(field, value),
            "{field} {value}: {verdict:?}"
        );
        *seen.entry(format!("{state:?}")).or_default() += 1;
    }
    println!("{seen:?}");
}
