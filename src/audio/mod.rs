//! What is inside a WAV or FLAC.

mod header;

pub use header::{ENOUGH, milliseconds};
