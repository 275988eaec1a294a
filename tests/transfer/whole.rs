//! A download that goes well.

use std::fs;
use std::sync::Mutex;

use audio_housekeeper::domain::{
    AudioFormat, BackupProof, Completeness, FailureKind, ServerCopy, Sha256Digest,
};
use audio_housekeeper::transfer::{Progress, SaveRequest, Step, TransferEnd, find_named, save};
use support::recordings::{second_of_wav, wav};
use tokio_util::sync::CancellationToken;

use crate::{
    Book, announced, folder, kind_of, names_in, of_length, open_wav, recording, request, saved,
};

#[tokio::test]
async fn a_whole_recording_stands_under_its_name_as_it_was_sent() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    assert_eq!(saved.path, path);
    assert_eq!(fs::read(&path).unwrap(), second_of_wav());
    assert_eq!(saved.size, 32_044);
    assert_eq!(saved.sha256, Sha256Digest::of(&second_of_wav()));
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
    saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_digest_proves_more_than_a_length() {
    let folder = folder();
    let copy = ServerCopy {
        digest: Some(Sha256Digest::of(&second_of_wav())),
        ..of_length(second_of_wav().len())
    };
    let saved = saved(
        recording(copy, &second_of_wav()),
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
    let seen = Mutex::new(Vec::<Progress>::new());
    let note = |step| match step {
        Step::Arriving(progress) => seen.lock().unwrap().push(progress),
        Step::WaitingForFile => panic!("nothing holds the file"),
    };
    let cancel = CancellationToken::new();
    let destination = request(folder.path().join("a.wav"));
    save(
        announced(&second_of_wav()),
        destination,
        &Book::default(),
        note,
        cancel,
    )
    .await
    .unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.iter().all(|progress| progress.total == Some(32_044)));
    let received: Vec<u64> = seen.iter().map(|progress| progress.received).collect();
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
    save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        cancel,
    )
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
    let result = save(
        announced(&second_of_wav()),
        destination,
        &book,
        |_| {},
        cancel,
    )
    .await;
    assert_eq!(kind_of(result), FailureKind::StoreTrouble);
    assert!(names_in(folder.path()).is_empty());
}

#[tokio::test]
async fn what_a_part_file_is_and_becomes_is_written_down_before_it_gets_its_name() {
    let folder = folder();
    let path = folder.path().join("a.flac");
    let book = Book::default();
    let never = CancellationToken::new();
    let saved = save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        never,
    )
    .await;
    let saved = saved.unwrap();
    assert_eq!(book.marks.lock().unwrap().len(), 1);
    let written = book.checked.lock().unwrap().pop().unwrap();
    let (checked, there) = written;
    assert_eq!(there, ["a.flac.part"]);
    assert_eq!((&checked.name, checked.numbered), (&saved.path, true));
    assert_eq!((checked.size, checked.sha256), (saved.size, saved.sha256));
    assert_eq!(checked.copy, of_length(second_of_wav().len()));
    let mark = book.marks.lock().unwrap().pop();
    let part = folder.path().join("a.flac.part");
    let found = find_named(&part, mark.as_deref(), &checked).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.path, found.flushed), (saved.path, true));
    assert_eq!(found.seen, saved.seen);
}

/// A drive that takes no writing any more refuses even who may do anything.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_nobody_may_write_to_is_found_and_flushed() {
    let name = "whole::a_file_that_nobody_may_write_to_is_found_and_flushed";
    let Some(drive) = support::again::on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
        return;
    };
    let (path, part) = (drive.join("a.wav"), drive.join("a.wav.part"));
    let (book, never) = (Book::default(), CancellationToken::new());
    save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        never,
    )
    .await
    .unwrap();
    let (checked, _) = book.checked.lock().unwrap().pop().unwrap();
    let status = std::process::Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&drive)
        .status();
    assert!(status.unwrap().success());
    fs::OpenOptions::new().write(true).open(&path).unwrap_err();
    let found = find_named(&part, None, &checked).await.unwrap().unwrap();
    assert_eq!((found.path, found.flushed), (path, true));
}

/// Windows flushes only what may be written to.
#[cfg(windows)]
#[tokio::test]
async fn a_file_that_nobody_may_write_to_is_found_and_not_flushed() {
    use std::os::windows::fs::OpenOptionsExt;
    let folder = folder();
    let (path, part) = (
        folder.path().join("a.wav"),
        folder.path().join("a.wav.part"),
    );
    let (book, never) = (Book::default(), CancellationToken::new());
    save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        never,
    )
    .await
    .unwrap();
    let (checked, _) = book.checked.lock().unwrap().pop().unwrap();
    let flushed = async || {
        let found = find_named(&part, None, &checked).await;
        found.unwrap().unwrap().flushed
    };
    let reading = 1;
    let player = fs::OpenOptions::new()
        .read(true)
        .share_mode(reading)
        .open(&path)
        .unwrap();
    assert!(!flushed().await);
    drop(player);
    assert!(flushed().await);
    let set_read_only = |is_read_only| {
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(is_read_only);
        fs::set_permissions(&path, permissions).unwrap();
    };
    set_read_only(true);
    assert!(!flushed().await);
    set_read_only(false);
}

#[tokio::test]
async fn a_part_file_gets_no_name_that_could_not_be_written_down() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(&path, "before").unwrap();
    let book = Book {
        refuses_what_is_checked: true,
        ..Book::default()
    };
    let never = CancellationToken::new();
    let refused = save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        never,
    )
    .await;
    assert_eq!(kind_of(refused), FailureKind::StoreTrouble);
    assert_eq!(names_in(folder.path()), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"before");
}

/// Where a name is given by a link, a kill can leave both; a file of the same contents beside a
/// part file that still waits for its name is another one.
#[cfg(unix)]
#[tokio::test]
async fn a_file_is_found_beside_its_part_file_only_where_both_are_one() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let book = Book::default();
    let never = CancellationToken::new();
    save(
        announced(&second_of_wav()),
        request(&path),
        &book,
        |_| {},
        never,
    )
    .await
    .unwrap();
    let (checked, _) = book.checked.lock().unwrap().pop().unwrap();
    let mark = book.marks.lock().unwrap().pop();
    let part = folder.path().join("a.wav.part");
    fs::hard_link(&path, &part).unwrap();
    let found = find_named(&part, mark.as_deref(), &checked).await;
    assert_eq!(found.unwrap().unwrap().path, path);
    fs::remove_file(&part).unwrap();
    // A file is told from another by when it was made, which some systems know to 10 ms.
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::copy(&path, &part).unwrap();
    let found = find_named(&part, mark.as_deref(), &checked).await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn what_came_is_told_on_the_way_where_it_can_be_gone_on_with() {
    let large = wav(10_000_000, 1);
    let told = async |etag: Option<&str>, checkpoints| {
        let folder = folder();
        let copy = ServerCopy {
            etag: etag.map(Into::into),
            ..of_length(large.len())
        };
        let request = SaveRequest {
            checkpoints,
            ..request(folder.path().join("a.wav"))
        };
        let (book, never) = (Book::default(), CancellationToken::new());
        let saved = save(recording(copy, &large), request, &book, |_| {}, never).await;
        assert_eq!(saved.unwrap().size, 10_000_000);
        let came = book.came.into_inner().unwrap().into_iter();
        came.map(|came| came.unwrap().size).collect::<Vec<_>>()
    };
    let sizes = told(Some("\"1\""), true).await;
    assert!(!sizes.is_empty());
    let is_apart = |sizes: &[u64]| sizes[1] - sizes[0] >= 1_000_000;
    assert!(
        sizes[0] >= 1_000_000 && sizes.windows(2).all(is_apart),
        "{sizes:?}"
    );
    for (etag, checkpoints) in [
        (None, true),
        (Some("W/\"1\""), true),
        (Some("\"1\""), false),
    ] {
        assert_eq!(told(etag, checkpoints).await, [0_u64; 0]);
    }
}
