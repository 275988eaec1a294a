//! The sample recordings: made from code, the same every time.

mod encode;
mod voice;
mod wav;

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use bytes::Bytes;

pub use encode::SampleError;
pub use wav::SyntheticWav;

use crate::domain::AudioFormat;
use encode::{Shape, encode};

/// A doctor of the samples, with what the service holds under the name, oldest first.
struct SampleDoctor {
    name: &'static str,
    files: &'static [SampleFile],
    /// Whether downloads carry an `ETag` where only some do.
    etag: bool,
}

struct SampleFile {
    name: &'static str,
    shape: Shape,
    seconds: u32,
}

/// One sample recording, encoded when it is first needed.
pub struct Sample {
    /// The doctor that it is under.
    pub doctor: &'static str,
    /// Its name in the service's store.
    pub file_name: &'static str,
    /// Whether downloads carry an `ETag` where only some do.
    pub etag: bool,
    shape: Shape,
    seconds: u32,
    seed: u32,
    encoded: OnceLock<Result<Bytes, SampleError>>,
}

/// All sample recordings, each doctor's oldest first.
pub type SampleSet = Vec<Arc<Sample>>;

const DOCTORS: &[SampleDoctor] = &[
    doctor(
        "Dr. Amelia Smith",
        &[file("2026-11-20 ward round.flac", Shape::Flac16, 720)],
    ),
    doctor(
        "Dr. Jürgen Müller",
        &[file("Befund 0412.wav", Shape::Wav16, 184)],
    ),
    doctor(
        "Dr. Kenji Tanaka 田中",
        &[file("診察.flac", Shape::Flac16, 95)],
    ),
    doctor(
        "Dr. Priya Nair",
        &[file("theatre 3.wav", Shape::Wav24Stereo, 42)],
    ),
    without_etag("Dr. Lucía Fernández", &[file("nota.wav", Shape::Wav16, 5)]),
    doctor(
        "Dr. Siobhán O'Brien",
        &[
            file("letter 1.flac", Shape::Flac16, 31),
            file("letter 2.wav", Shape::Wav16, 12),
            file("letter 3.flac", Shape::Flac16, 64),
        ],
    ),
    without_etag(
        "Smith & Sons Radiology",
        &[file("reading.wav", Shape::Wav16, 27)],
    ),
    doctor("Labor A+B", &[file("Probe.flac", Shape::Flac16, 18)]),
    doctor("Weber, Anna", &[file("Visite.flac", Shape::Flac16, 241)]),
    doctor("Dr. Tomás Ruiz", &[]),
];

const fn doctor(name: &'static str, files: &'static [SampleFile]) -> SampleDoctor {
    SampleDoctor {
        name,
        files,
        etag: true,
    }
}

const fn without_etag(name: &'static str, files: &'static [SampleFile]) -> SampleDoctor {
    SampleDoctor {
        name,
        files,
        etag: false,
    }
}

const fn file(name: &'static str, shape: Shape, seconds: u32) -> SampleFile {
    SampleFile {
        name,
        shape,
        seconds,
    }
}

/// The names of the sample doctors, in the order in which they are best shown; the last one has
/// no recording.
#[must_use]
pub fn sample_doctors() -> impl ExactSizeIterator<Item = &'static str> {
    DOCTORS.iter().map(|doctor| doctor.name)
}

/// The sample recordings, shared by all services that run at the same time.
pub fn sample_set() -> Arc<SampleSet> {
    static LIVING: Mutex<Weak<SampleSet>> = Mutex::new(Weak::new());
    let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
    living.upgrade().unwrap_or_else(|| {
        let files = DOCTORS
            .iter()
            .flat_map(|doctor| doctor.files.iter().map(move |file| (doctor, file)));
        let set: Arc<SampleSet> = Arc::new(
            (1..)
                .zip(files)
                .map(|(seed, (doctor, file))| {
                    Arc::new(Sample {
                        doctor: doctor.name,
                        file_name: file.name,
                        etag: doctor.etag,
                        shape: file.shape,
                        seconds: file.seconds,
                        seed,
                        encoded: OnceLock::new(),
                    })
                })
                .collect(),
        );
        *living = Arc::downgrade(&set);
        set
    })
}

/// Encodes one sample after the other until the last service that wants them has ended.
///
/// Blocks for as long as it takes: for a thread of its own.
pub fn encode_all(set: &Weak<SampleSet>) {
    let mut number = 0;
    while let Some(sample) = set.upgrade().and_then(|set| set.get(number).cloned()) {
        if let Err(error) = sample.bytes() {
            tracing::error!(%error, "a sample recording can't be made");
        }
        number += 1;
    }
}

impl Sample {
    /// How it is stored.
    pub const fn format(&self) -> AudioFormat {
        match self.shape {
            Shape::Flac16 => AudioFormat::Flac,
            Shape::Wav16 | Shape::Wav24Stereo => AudioFormat::Wav,
        }
    }

    /// The whole file. Blocks while it is being encoded, here or on another thread.
    ///
    /// # Errors
    /// [`SampleError`] where the encoder fails.
    pub fn bytes(&self) -> Result<Bytes, SampleError> {
        self.encoded
            .get_or_init(|| encode(self.shape, self.seconds, self.seed))
            .clone()
    }
}
