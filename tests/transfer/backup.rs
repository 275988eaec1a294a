//! Only what was read back from disk gets its name, and only that is a backup.

use std::fs;
use std::path::Path;

use audio_housekeeper::domain::{BackupProof, FailureKind, ServerCopy, Sha256Digest};
use audio_housekeeper::transfer::{
    Progress, Saved, TransferEnd, TransferError, save, verify_backup,
};
use tokio_util::sync::CancellationToken;

use crate::server::{flac, wav};
use crate::{
    Book, announced, folder, kind_of, names_in, of_length, recording, replacing, request, saved,
};

/// Saves over a file that is there, and does something as soon as the part file is to be read
/// back.
async fn disturbed(
    copy: ServerCopy,
    folder: &Path,
    disturb: impl Fn(&Path, &CancellationToken) + Send + Sync,
) -> (Result<Saved, TransferError>, TransferEnd) {
    let path = folder.join("a.wav");
    fs::write(&path, "the file from before").unwrap();
    let (book, cancel) = (Book::default(), CancellationToken::new());
    let saving = save(
        recording(copy, &wav()),
        replacing(&path),
        &book,
        |progress| {
            if progress == Progress::ReadingBack {
                disturb(&folder.join("a.wav.part"), &cancel);
            }
        },
        cancel.clone(),
    );
    let result = saving.await;
    assert_eq!(names_in(folder), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"the file from before");
    (result, book.ends.into_inner().unwrap()[0])
}

#[tokio::test]
async fn what_reads_back_otherwise_never_gets_its_name_and_leaves_the_old_file() {
    let mut flipped = wav();
    flipped[20_000] ^= 1;
    let longer = [wav(), vec![0]].concat();
    let shorter = wav()[..32_000].to_vec();
    let another = flac();
    for bytes in [flipped, longer, shorter, another, Vec::new()] {
        for copy in [of_length(wav().len()), ServerCopy::default()] {
            let folder = folder();
            let (result, end) = disturbed(copy, folder.path(), |part, _| {
                fs::write(part, &bytes).unwrap();
            })
            .await;
            let path = folder.path().join("a.wav");
            assert_eq!(kind_of(result), FailureKind::ReadBackDiffers { path });
            assert_eq!(end, TransferEnd::Discarded);
        }
    }
}

#[tokio::test]
async fn a_part_file_that_is_taken_away_is_said_so_and_leaves_the_old_file() {
    let folder = folder();
    let copy = of_length(wav().len());
    let (result, _) = disturbed(copy, folder.path(), |part, _| {
        fs::remove_file(part).unwrap();
    })
    .await;
    let path = folder.path().join("a.wav");
    assert_eq!(kind_of(result), FailureKind::ReadBackDiffers { path });
}

#[tokio::test]
async fn cancelling_while_it_is_read_back_leaves_no_trace_and_the_old_file_alone() {
    let folder = folder();
    let copy = of_length(wav().len());
    let (result, end) = disturbed(copy, folder.path(), |part, cancel| {
        assert_eq!(fs::read(part).unwrap(), wav());
        cancel.cancel();
    })
    .await;
    assert!(matches!(result, Err(TransferError::Cancelled)));
    assert_eq!(end, TransferEnd::Discarded);
}

#[tokio::test]
async fn a_file_that_reads_back_as_written_is_a_backup() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&wav()), request(&path)).await.unwrap();
    let now = jiff::Timestamp::now();
    let made_from = of_length(wav().len());
    let backup = saved.verified().unwrap().into_backup(now, made_from);
    assert_eq!(backup.path, path);
    assert_eq!(backup.size, saved.size);
    assert_eq!(backup.sha256, Sha256Digest::of(&wav()));
    assert_eq!(Some(backup.format), saved.format);
    assert_eq!(backup.milliseconds, Some(1000));
    assert_eq!(backup.verified_at, now);
    assert_eq!(backup.proof, BackupProof::Length);
    assert_eq!(backup.made_from, of_length(wav().len()));
    let later = verify_backup(&backup.path, backup.size, backup.sha256);
    later.await.unwrap();
}

#[tokio::test]
async fn a_backup_that_was_touched_is_none_any_more() {
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
            kind_of(verify_backup(&path, size, digest).await),
            FailureKind::ReadBackDiffers { path: path.clone() }
        );
    }
}

#[tokio::test]
async fn a_backup_that_is_gone_or_a_folder_now_is_none() {
    let folder = folder();
    let digest = Sha256Digest::of(b"");
    for path in [folder.path().join("gone.wav"), folder.path().to_path_buf()] {
        assert_eq!(
            kind_of(verify_backup(&path, 4096, digest).await),
            FailureKind::ReadBackDiffers { path }
        );
    }
}
