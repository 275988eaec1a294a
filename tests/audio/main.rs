//! What the check says of WAV and FLAC files, whole, cut, damaged and made up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

mod cuts;
mod destroyed;
mod flac_files;
mod flac_program;
mod header_fields;
mod hostile;
mod made;
mod recorders;
mod samples;
mod sox_program;
mod wav_files;

use audio_housekeeper::audio::{AudioCheck, AudioVerdict};
use audio_housekeeper::domain::AudioState;

/// The verdict on a file that arrives in pieces of this size.
fn in_pieces(file: &[u8], size: usize) -> AudioVerdict {
    let mut check = AudioCheck::new();
    for piece in file.chunks(size) {
        check.push(piece);
    }
    check.finish()
}

fn verdict(file: &[u8]) -> AudioVerdict {
    in_pieces(file, usize::MAX)
}

/// How far a file is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Proven,
    Unusual,
    Unproven,
    /// Damaged, empty, or neither WAV nor FLAC.
    NotSound,
}

trait Graded {
    fn grade(&self) -> Grade;
}

impl Graded for AudioVerdict {
    fn grade(&self) -> Grade {
        match self.state() {
            AudioState::Whole => Grade::Proven,
            AudioState::Unusual | AudioState::NotLookedInto => Grade::Unusual,
            AudioState::Open => Grade::Unproven,
            AudioState::Empty | AudioState::Damaged | AudioState::NeitherWavNorFlac => {
                Grade::NotSound
            }
        }
    }
}

fn grade(file: &[u8]) -> Grade {
    verdict(file).grade()
}
