//! What came is looked at before it gets a name.

use audio_housekeeper::domain::{FailureKind, ServerCopy, Sha256Digest};

use crate::server::wav;
use crate::{announced, folder, kind_of, names_in, of_length, recording, request, saved};

#[tokio::test]
async fn what_is_no_audio_gets_no_name() {
    let folder = folder();
    let page = [b"<!DOCTYPE html><html>".to_vec(), vec![b' '; 5000]].concat();
    for (bytes, kind) in [
        (&page[..], FailureKind::WebPageInstead),
        (b"<html>", FailureKind::WebPageInstead),
        (br#"{"error":"No audio"}"#, FailureKind::NotAudio),
        (b"", FailureKind::NotAudio),
        (b"R", FailureKind::NotAudio),
        (b"RIFF\0\0\0\0AVI and something more", FailureKind::NotAudio),
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
    for copy in [ServerCopy::default(), of_length(wav().len())] {
        let expected = copy.length;
        let copy = ServerCopy {
            digest: Some(Sha256Digest::of(b"something else")),
            ..copy
        };
        assert_eq!(
            kind_of(saved(recording(copy, &wav()), request(&path)).await),
            FailureKind::DamagedInTransit {
                expected,
                received: 32_044
            }
        );
        assert!(names_in(folder.path()).is_empty());
    }
}
