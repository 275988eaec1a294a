//! What is inside a WAV or FLAC.

mod check;
mod flac;
mod text_damage;
mod verdict;
mod wav;

pub use check::AudioCheck;
pub use verdict::{AudioKind, AudioProperties, AudioVerdict, Fault, FrameDefect, Part, Sound};
