//! A backup is what was read back from disk.

use std::fs;

use audio_housekeeper::domain::{BackupProof, FailureKind, Sha256Digest};
use audio_housekeeper::transfer::{read_back, verify_backup};

use crate::server::{flac, wav};
use crate::{announced, folder, kind_of, of_length, request, saved};

#[tokio::test]
async fn a_file_that_reads_back_as_written_is_a_backup() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&wav()), request(&path)).await.unwrap();
    let verified = read_back(&saved).await.unwrap();
    assert_eq!(verified.path(), path);
    assert_eq!(verified.size(), saved.size);
    assert_eq!(verified.sha256(), saved.sha256);
    let now = jiff::Timestamp::now();
    let backup = verified.into_backup(now, of_length(wav().len()));
    assert_eq!(backup.path, path);
    assert_eq!(backup.sha256, Sha256Digest::of(&wav()));
    assert_eq!(backup.format, saved.format);
    assert_eq!(backup.milliseconds, Some(1000));
    assert_eq!(backup.verified_at, now);
    assert_eq!(backup.proof, BackupProof::Length);
    assert_eq!(backup.made_from, of_length(wav().len()));
}

#[tokio::test]
async fn a_file_that_was_touched_is_none() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let whole = wav();
    let mut flipped = whole.clone();
    flipped[20_000] ^= 1;
    let longer = [whole.clone(), vec![0]].concat();
    for bytes in [&flipped[..], &longer, &whole[..32_000], &flac(), b""] {
        fs::write(&path, bytes).unwrap();
        let digest = Sha256Digest::of(&whole);
        let size = whole.len() as u64;
        assert_eq!(
            kind_of(verify_backup(&path, size, digest, BackupProof::Length).await),
            FailureKind::ReadBackDiffers { path: path.clone() }
        );
    }
}

#[tokio::test]
async fn a_file_that_is_gone_or_a_folder_now_is_none() {
    let folder = folder();
    let digest = Sha256Digest::of(b"");
    for path in [folder.path().join("gone.wav"), folder.path().to_path_buf()] {
        assert_eq!(
            kind_of(verify_backup(&path, 4096, digest, BackupProof::Digest).await),
            FailureKind::ReadBackDiffers { path }
        );
    }
}
