//! A download that goes well.

use std::fs;
use std::sync::Mutex;

use audio_housekeeper::domain::{
    AudioFormat, BackupProof, Completeness, FailureKind, ServerCopy, Sha256Digest,
};
use audio_housekeeper::transfer::{Progress, TransferEnd, save};
use tokio_util::sync::CancellationToken;

use crate::server::wav;
use crate::{
    Book, announced, folder, kind_of, names_in, of_length, open_wav, recording, request, saved,
};

#[tokio::test]
async fn a_whole_recording_stands_under_its_name_as_it_was_sent() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&wav()), request(&path)).await.unwrap();
    assert_eq!(saved.path, path);
    assert_eq!(fs::read(&path).unwrap(), wav());
    assert_eq!(saved.size, 32_044);
    assert_eq!(saved.sha256, Sha256Digest::of(&wav()));
    assert_eq!(saved.format, Some(AudioFormat::Wav));
    assert_eq!(saved.milliseconds, Some(1000));
    assert_eq!(
        saved.completeness,
        Completeness::Proven(BackupProof::Length)
    );
    assert_eq!(names_in(folder.path()), ["a.wav"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("a.wav");
    saved(announced(&wav()), request(&path)).await.unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_digest_proves_more_than_a_length() {
    let folder = folder();
    let copy = ServerCopy {
        digest: Some(Sha256Digest::of(&wav())),
        ..of_length(wav().len())
    };
    let saved = saved(
        recording(copy, &wav()),
        request(folder.path().join("a.wav")),
    )
    .await
    .unwrap();
    assert_eq!(
        saved.completeness,
        Completeness::Proven(BackupProof::Digest)
    );
}

#[tokio::test]
async fn where_neither_the_service_nor_the_file_states_an_end_it_is_kept_and_is_no_backup() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let arriving = recording(ServerCopy::default(), &open_wav());
    let saved = saved(arriving, request(&path)).await.unwrap();
    assert_eq!(saved.completeness, Completeness::CannotBeProven);
    assert_eq!(fs::read(&path).unwrap(), open_wav());
    assert_eq!(saved.verified(), None);
}

#[tokio::test]
async fn progress_counts_every_byte_once() {
    let folder = folder();
    let seen = Mutex::new(Vec::new());
    let note = |progress: Progress| seen.lock().unwrap().push(progress);
    let cancel = CancellationToken::new();
    let destination = request(folder.path().join("a.wav"));
    save(
        announced(&wav()),
        destination,
        &Book::default(),
        note,
        cancel,
    )
    .await
    .unwrap();
    let mut seen = seen.into_inner().unwrap();
    assert_eq!(seen.pop(), Some(Progress::ReadingBack));
    let received: Vec<u64> = seen
        .iter()
        .map(|progress| match progress {
            Progress::Receiving { received, total } if *total == Some(32_044) => *received,
            other => panic!("{other:?} was said while bytes arrived"),
        })
        .collect();
    assert!(received.is_sorted_by(|a, b| a < b));
    assert_eq!(received.last(), Some(&32_044));
}

#[tokio::test]
async fn the_ledger_knows_of_it_before_the_disk_does() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let book = Book {
        folder: Some(folder.path().to_path_buf()),
        ..Book::default()
    };
    let cancel = CancellationToken::new();
    save(announced(&wav()), request(&path), &book, |_| {}, cancel)
        .await
        .unwrap();
    let starts = book.starts.into_inner().unwrap();
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].destination, path);
    assert_eq!(starts[0].part, folder.path().join("a.wav.part"));
    assert_eq!(book.ends.into_inner().unwrap(), [TransferEnd::Saved]);
}

#[tokio::test]
async fn a_ledger_that_refuses_keeps_the_disk_untouched() {
    let folder = folder();
    let book = Book {
        refuses: true,
        ..Book::default()
    };
    let destination = request(folder.path().join("a.wav"));
    let cancel = CancellationToken::new();
    let result = save(announced(&wav()), destination, &book, |_| {}, cancel).await;
    assert_eq!(kind_of(result), FailureKind::StoreTrouble);
    assert!(names_in(folder.path()).is_empty());
}
