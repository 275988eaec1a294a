//! What came is looked at before it gets a name.

use audio_housekeeper::domain::{
    BackupProof, Completeness, Damage, FailureKind, OtherRecording, ServerCopy, Sha256Digest,
};
use audio_housekeeper::transfer::SaveRequest;
use support::recordings::{flac, second_of_wav};

use crate::{announced, folder, kind_of, names_in, of_length, open_wav, recording, request, saved};

#[tokio::test]
async fn what_is_no_audio_gets_no_name() {
    let folder = folder();
    let page = [b"<!DOCTYPE html><html>".to_vec(), vec![b' '; 5000]].concat();
    for (bytes, kind) in [
        (&page[..], FailureKind::WebPageInstead),
        (b"<html>", FailureKind::WebPageInstead),
        (br#"{"error":"No audio"}"#, FailureKind::JsonInstead),
        (b"UklGRiR3AQBXQVZF", FailureKind::Base64Instead),
        (b"", FailureKind::EmptyRecording { arrived: true }),
        (
            b"\x07ds2 and something more",
            FailureKind::OtherRecording {
                kind: OtherRecording::Ds2,
                arrived: true,
            },
        ),
        (
            b"\x20RIFF and something more",
            FailureKind::NotAudio { arrived: true },
        ),
        (b"R", FailureKind::NotAudio { arrived: true }),
        (
            b"RIFF\0\0\0\0AVI and something more",
            FailureKind::NotAudio { arrived: true },
        ),
    ] {
        let path = folder.path().join("a.wav");
        assert_eq!(kind_of(saved(announced(bytes), request(&path)).await), kind);
        assert!(names_in(folder.path()).is_empty());
    }
}

#[tokio::test]
async fn another_digest_than_announced_gets_no_name() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    for copy in [ServerCopy::default(), of_length(second_of_wav().len())] {
        let expected = copy.length;
        let copy = ServerCopy {
            digest: Some(Sha256Digest::of(b"something else")),
            ..copy
        };
        assert_eq!(
            kind_of(saved(recording(copy, &second_of_wav()), request(&path)).await),
            FailureKind::DamagedInTransit {
                expected,
                received: 32_044
            }
        );
        assert!(names_in(folder.path()).is_empty());
    }
}

/// A WAV of 64 frames with a title behind, 168 bytes.
fn small_wav() -> Vec<u8> {
    let mut bytes = second_of_wav()[..44 + 96].to_vec();
    bytes[40..44].copy_from_slice(&96_u32.to_le_bytes());
    bytes.extend(b"LIST\x14\0\0\0INFOINAM\x08\0\0\0A title\0");
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// Nothing of a file that is cut becomes a backup: with its length it is known to be cut, and
/// without it the file itself tells, or is kept as what nothing proves.
#[tokio::test]
async fn a_file_cut_at_any_byte_is_no_backup_with_and_without_its_length() {
    let flac = flac(1);
    let mut stated_nothing = flac.clone();
    stated_nothing[21] &= 0xf0;
    stated_nothing[22..42].fill(0);
    let small_open = open_wav()[..100].to_vec();
    let folder = folder();
    for (name, file, states_its_end) in [
        ("WAV", small_wav(), true),
        ("WAV that states no end", small_open, false),
        ("FLAC", flac[..].to_vec(), true),
        ("FLAC without total and MD5", stated_nothing, false),
    ] {
        let (mut kept, mut refused) = (0, 0);
        // Each byte of a header and of the end, and some between.
        let cuts = (0..file.len()).filter(|at| *at < 400 || at % 977 == 0 || at + 50 > file.len());
        for cut in cuts {
            let path = folder.path().join("a.wav");
            let came = &file[..cut];
            let with_length = saved(recording(of_length(file.len()), came), request(&path)).await;
            assert!(with_length.is_err(), "{name}, {cut} bytes of its length");
            match saved(recording(ServerCopy::default(), came), request(&path)).await {
                Ok(saved) => {
                    kept += 1;
                    assert_eq!(saved.verified(), None, "{name}, {cut} bytes");
                    assert!(!states_its_end, "{name}, {cut} bytes");
                    std::fs::remove_file(saved.path).unwrap();
                }
                Err(_) => refused += 1,
            }
            assert!(names_in(folder.path()).is_empty());
        }
        println!("{name}: {refused} cuts refused, {kept} kept and no backup");
        assert!(refused > 0);
    }
}

#[tokio::test]
async fn damage_is_said_to_be_the_server_s_only_after_the_same_bytes_came_twice() {
    let folder = folder();
    let path = folder.path().join("a.flac");
    let mut flipped = flac(1);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for copy in [ServerCopy::default(), of_length(flipped.len())] {
        for (came_before, on_server) in [
            (None, false),
            (Some(Sha256Digest::of(b"something else")), false),
            (Some(Sha256Digest::of(&flipped)), true),
        ] {
            let request = SaveRequest {
                came_before,
                ..request(&path)
            };
            let error = saved(recording(copy.clone(), &flipped), request).await;
            let error = error.unwrap_err();
            assert_eq!(error.came(), Some(Sha256Digest::of(&flipped)));
            let damage = Damage::Altered;
            assert_eq!(
                kind_of::<()>(Err(error)),
                FailureKind::DamagedRecording { damage, on_server }
            );
            assert!(names_in(folder.path()).is_empty());
        }
    }
}

#[tokio::test]
async fn what_came_twice_the_same_is_all_that_the_service_has() {
    let folder = folder();
    let twice = |bytes: &[u8]| SaveRequest {
        came_before: Some(Sha256Digest::of(bytes)),
        ..request(folder.path().join("a.wav"))
    };
    let open = recording(ServerCopy::default(), &open_wav());
    let proof = BackupProof::SameTwice;
    let completeness = saved(open, twice(&open_wav())).await.unwrap().completeness;
    assert_eq!(completeness, Completeness::Proven(proof));

    let header = &open_wav()[..44];
    for (request, arrived) in [
        (request(folder.path().join("b.wav")), false),
        (twice(header), true),
    ] {
        let empty = recording(ServerCopy::default(), header);
        assert_eq!(
            kind_of(saved(empty, request).await),
            FailureKind::EmptyRecording { arrived }
        );
    }
    let neither = b"RIFF\x04\0\0\0AVI LIST";
    for (request, arrived) in [
        (request(folder.path().join("b.wav")), false),
        (twice(neither), true),
    ] {
        let neither = recording(ServerCopy::default(), neither);
        assert_eq!(
            kind_of(saved(neither, request).await),
            FailureKind::NotAudio { arrived }
        );
    }
    assert_eq!(names_in(folder.path()), ["a.wav"]);
}
