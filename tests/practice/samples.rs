//! The sample recordings: that they are what they say, and the same every time.

use audio_housekeeper::domain::{AudioFormat, Sha256Digest};
use audio_housekeeper::practice::{
    Etags, HeldRecording, PracticeConfig, PracticeService, Recordings, sample_doctors,
};
use flac_codec::decode::{FlacSampleReader, Verified, verify_reader};
use flac_codec::metadata::Metadata;

use crate::raw::{PATIENCE, ask_with, bearer};

async fn samples() -> PracticeService {
    PracticeService::start(PracticeConfig::default())
        .await
        .unwrap()
}

/// Shape and length of a recording, and the samples of its beginning.
struct Sound {
    channels: u32,
    rate: u32,
    bits: u32,
    seconds: u64,
    beginning: Vec<i32>,
}

/// How many samples the beginning has at the most; all of them would take a test build too long.
const BEGINNING: usize = 500_000;

async fn sound_of(recording: &HeldRecording) -> Sound {
    let bytes = recording.bytes().await.unwrap();
    match recording.format() {
        AudioFormat::Wav => wav(&bytes),
        AudioFormat::Flac => {
            assert_eq!(verify_reader(&bytes[..]).unwrap(), Verified::MD5Match);
            let mut reader = FlacSampleReader::new(&bytes[..]).unwrap();
            let (channels, rate, bits, total) = {
                let info = reader.metadata().streaminfo();
                (
                    u32::from(info.channel_count()),
                    info.sample_rate(),
                    info.bits_per_sample(),
                    info.total_samples.unwrap().get(),
                )
            };
            let mut beginning = Vec::new();
            while beginning.len() < BEGINNING {
                let mut piece = [0; 4096];
                let read = reader.read(&mut piece).unwrap();
                if read == 0 {
                    break;
                }
                beginning.extend_from_slice(&piece[..read]);
            }
            Sound {
                channels,
                rate,
                bits,
                seconds: total / u64::from(rate),
                beginning,
            }
        }
    }
}

fn wav(bytes: &[u8]) -> Sound {
    let number = |at: usize, width: usize| {
        let mut four = [0; 4];
        four[..width].copy_from_slice(&bytes[at..at + width]);
        u32::from_le_bytes(four)
    };
    assert_eq!(&bytes[..4], b"RIFF");
    assert_eq!(number(4, 4) as usize, bytes.len() - 8);
    assert_eq!(&bytes[8..16], b"WAVEfmt ");
    assert_eq!((number(16, 4), number(20, 2)), (16, 1));
    assert_eq!(&bytes[36..40], b"data");
    assert_eq!(number(40, 4) as usize, bytes.len() - 44);
    let (channels, rate, bits) = (number(22, 2), number(24, 4), number(34, 2));
    assert_eq!(number(28, 4), rate * channels * bits / 8);
    assert_eq!(number(32, 2), channels * bits / 8);
    let width = (bits / 8) as usize;
    let beginning = bytes[44..]
        .chunks_exact(width)
        .take(BEGINNING)
        .map(|sample| {
            let mut four = [0; 4];
            four[4 - width..].copy_from_slice(sample);
            i32::from_le_bytes(four) >> (32 - bits)
        })
        .collect();
    Sound {
        channels,
        rate,
        bits,
        seconds: (bytes.len() as u64 - 44) / u64::from(rate * channels * bits / 8),
        beginning,
    }
}

#[tokio::test]
async fn the_samples_are_the_doctors_and_shapes_that_people_meet() {
    let service = samples().await;
    let names: Vec<_> = sample_doctors().collect();
    assert!(names.len() >= 9);
    for part in ["ü", "田", "'", "&", "+", ",", "Dr. Amelia Smith"] {
        assert!(names.iter().any(|name| name.contains(part)), "{part}");
    }
    let counts: Vec<_> = names
        .iter()
        .map(|name| service.recordings_of(name).len())
        .collect();
    assert_eq!(counts.iter().filter(|count| **count == 3).count(), 1);
    assert_eq!(counts.last(), Some(&0), "one has none");
    let format = |name: &str| service.recordings_of(name)[0].format();
    assert_eq!(format("Dr. Amelia Smith"), AudioFormat::Flac);
    assert_eq!(format("Dr. Jürgen Müller"), AudioFormat::Wav);

    let mut shapes = Vec::new();
    let mut lengths = Vec::new();
    let mut total = 0;
    for name in names {
        for recording in service.recordings_of(name) {
            total += recording.bytes().await.unwrap().len();
            let sound = sound_of(&recording).await;
            shapes.push((
                recording.format().label(),
                sound.bits,
                sound.rate,
                sound.channels,
            ));
            lengths.push(sound.seconds);
            assert_speech_like(name, &sound);
        }
    }
    for shape in [
        ("WAV", 16, 16_000, 1),
        ("WAV", 24, 48_000, 2),
        ("FLAC", 16, 16_000, 1),
    ] {
        assert!(shapes.contains(&shape), "{shape:?}");
    }
    assert_eq!(lengths.iter().min(), Some(&5));
    assert_eq!(lengths.iter().max(), Some(&720));
    assert!(total < 60_000_000, "{total}");
}

/// Loud and quiet parts follow each other as in speech, and nothing is clipped.
fn assert_speech_like(name: &str, sound: &Sound) {
    let full = f64::from(1 << (sound.bits - 1));
    let window = (sound.rate * sound.channels / 50) as usize;
    let peaks: Vec<f64> = sound
        .beginning
        .chunks(window)
        .map(|window| {
            let peak = window.iter().map(|sample| sample.abs()).max().unwrap();
            f64::from(peak) / full
        })
        .collect();
    let quiet = peaks.iter().filter(|peak| **peak < 0.01).count() * 100 / peaks.len();
    let loudest = peaks.iter().copied().fold(0.0, f64::max);
    assert!((10..60).contains(&quiet), "{name}: {quiet} % are quiet");
    assert!((0.3..0.95).contains(&loudest), "{name}: {loudest}");
}

#[tokio::test]
async fn the_samples_are_the_same_every_time_and_everywhere() {
    let service = samples().await;
    for (doctor, digest) in [
        (
            "Dr. Lucía Fernández",
            "220c722666256e731dbd99d58e4e45918ed6a5bac25bc686aeb0cf87d72d6c5d",
        ),
        (
            "Dr. Jürgen Müller",
            "7539dc5a598617f45ec231e7fddd77cbe822e782df5744b5aa92769ba50312aa",
        ),
        (
            "Dr. Priya Nair",
            "5f05720fb5e7d0c1bd6e5f5ea486b0539baa70ba4b6a2183cf949018f427f51e",
        ),
    ] {
        let bytes = service.recordings_of(doctor)[0].bytes().await.unwrap();
        assert_eq!(Sha256Digest::of(&bytes).to_string(), digest, "{doctor}");
    }
}

#[tokio::test]
async fn some_samples_can_be_compared_and_some_can_not() {
    let service = PracticeService::start(PracticeConfig {
        etags: Etags::SomeSamples,
        token: Some(audio_housekeeper::domain::Secret::new(
            crate::raw::TOKEN.to_owned(),
        )),
        ..PracticeConfig::default()
    })
    .await
    .unwrap();
    for (name, comparable) in [
        ("Dr.%20Luc%C3%ADa%20Fern%C3%A1ndez", false),
        ("Smith%20%26%20Sons%20Radiology", false),
        ("Labor%20A%2BB", true),
    ] {
        let answer = ask_with(
            &service,
            "GET",
            &format!("/api/download?doctorName={name}"),
            &bearer(),
            PATIENCE,
        )
        .await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("etag").is_some(), comparable, "{name}");
    }
}

#[tokio::test]
async fn a_synthetic_recording_stands_under_every_name_until_it_is_deleted() {
    let service = PracticeService::start(PracticeConfig {
        recordings: Recordings::Synthetic(1_000_000),
        token: Some(audio_housekeeper::domain::Secret::new(
            crate::raw::TOKEN.to_owned(),
        )),
        ..PracticeConfig::default()
    })
    .await
    .unwrap();
    let answer = crate::raw::ask(&service, "GET", "/api/download?doctorName=Anyone").await;
    assert_eq!(answer.length(), Some(1_000_000));
    let sound = wav(answer.body());
    assert_eq!((sound.rate, sound.bits, sound.channels), (16_000, 16, 1));
    assert_eq!(
        service.recordings_of("Anyone")[0].bytes().await.unwrap(),
        answer.body()
    );
    crate::raw::ask(&service, "DELETE", "/api/delete?doctorName=Anyone").await;
    assert!(!service.holds("Anyone") && service.holds("Someone"));
    crate::raw::ask(&service, "DELETE", "/api/delete-all").await;
    assert!(!service.holds("Someone"));
}
