use std::io::Cursor;

use bytes::Bytes;
use flac_codec::encode::{FlacSampleWriter, Options};

use super::voice::Voice;
use super::wav::{Pcm, header};

/// How a sample is stored.
#[derive(Clone, Copy)]
pub enum Shape {
    /// FLAC, 16 bit, 16 kHz, mono.
    Flac16,
    /// WAV, 16 bit, 16 kHz, mono.
    Wav16,
    /// WAV, 24 bit, 48 kHz, stereo.
    Wav24Stereo,
}

/// A sample that could not be encoded.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the sample can't be encoded: {0}")]
pub struct SampleError(String);

impl From<flac_codec::Error> for SampleError {
    fn from(error: flac_codec::Error) -> Self {
        Self(error.to_string())
    }
}

/// Makes `seconds` of speech in the voice of `seed`, and stores it as `shape`.
pub fn encode(shape: Shape, seconds: u32, seed: u32) -> Result<Bytes, SampleError> {
    match shape {
        Shape::Flac16 => flac(seconds, seed),
        Shape::Wav16 => Ok(wav(seconds, seed, &Pcm::SPEECH, |samples, bytes| {
            bytes.extend(samples.iter().flat_map(|sample| {
                let [_, low, high, _] = sample.to_le_bytes();
                [low, high]
            }));
        })),
        Shape::Wav24Stereo => Ok(wav(seconds, seed, &Pcm::STUDIO, |samples, bytes| {
            bytes.extend(samples.iter().flat_map(|left| {
                let right = left - left / 4;
                [*left, right].into_iter().flat_map(|sample| {
                    let [low, middle, high, _] = sample.to_le_bytes();
                    [low, middle, high]
                })
            }));
        })),
    }
}

fn flac(seconds: u32, seed: u32) -> Result<Bytes, SampleError> {
    let rate = Pcm::SPEECH.rate;
    let total = u64::from(seconds) * u64::from(rate);
    let mut file = Cursor::new(Vec::new());
    let mut writer = FlacSampleWriter::new(&mut file, Options::fast(), rate, 16, 1, Some(total))?;
    let mut samples = Vec::new();
    Voice::new(seed, rate).speak(seconds, |piece| {
        samples.clear();
        samples.extend(piece.iter().map(|sample| sample >> 8));
        writer.write(&samples)
    })?;
    writer.finalize()?;
    Ok(file.into_inner().into())
}

fn wav(seconds: u32, seed: u32, pcm: &Pcm, append: impl Fn(&[i32], &mut Vec<u8>)) -> Bytes {
    let length = u64::from(seconds) * pcm.bytes_a_second();
    let mut file = header(pcm, length);
    file.reserve_exact(usize::try_from(length).unwrap_or(0));
    let spoken: Result<(), std::convert::Infallible> =
        Voice::new(seed, pcm.rate).speak(seconds, |piece| {
            append(piece, &mut file);
            Ok(())
        });
    match spoken {
        Ok(()) => file.into(),
    }
}
