//! The recordings that the practice service has.

use audio_housekeeper::domain::AudioFormat;
use audio_housekeeper::practice::{PracticeConfig, PracticeService, sample_doctors};

use crate::{Grade, grade};

#[tokio::test]
async fn the_samples_to_practise_with_are_proven_whole() {
    let service = PracticeService::start(PracticeConfig::default())
        .await
        .unwrap();
    let mut formats = Vec::new();
    for name in sample_doctors() {
        for recording in service.recordings_of(name) {
            let bytes = recording.bytes().await.unwrap();
            // The longest ones would take a test build too long.
            if recording.format() == AudioFormat::Flac && bytes.len() > 2_000_000 {
                continue;
            }
            assert_eq!(grade(&bytes), Grade::Proven, "{name}");
            formats.push(recording.format());
        }
    }
    assert!(formats.contains(&AudioFormat::Wav) && formats.contains(&AudioFormat::Flac));
}
