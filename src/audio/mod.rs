//! What is inside a WAV or FLAC.

mod check;
mod flac;
mod header;
mod riff_layout;
mod verdict;
mod wav;
mod wave_format;

pub use check::AudioCheck;
pub use header::{ENOUGH, milliseconds};
pub use verdict::{
    AudioKind, AudioProperties, AudioVerdict, EndProof, Fault, FrameDefect, Grade, Oddity, Part,
    Sound,
};
