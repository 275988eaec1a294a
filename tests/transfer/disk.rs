//! Disks that refuse.

use std::fs;
use std::path::Path;

use audio_housekeeper::domain::FailureKind;
use audio_housekeeper::transfer::{TransferError, check_destination, remove_left_over};
use support::recordings::second_of_wav;

use crate::{announced, folder, kind_of, names_in, replacing, request, saved};

/// What a download comes to, which the check before it must have foretold.
async fn refused(destination: &Path) -> FailureKind {
    let foretold = kind_of(check_destination(&request(destination)).await);
    let kind = kind_of(saved(announced(&second_of_wav()), request(destination)).await);
    assert_eq!(foretold, kind);
    kind
}

#[tokio::test]
async fn a_good_destination_is_found_good_and_left_as_it_was() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    check_destination(&request(&path)).await.unwrap();
    assert!(names_in(folder.path()).is_empty());
    fs::write(folder.path().join("a.wav.part"), "someone's").unwrap();
    fs::write(&path, "before").unwrap();
    check_destination(&request(&path)).await.unwrap();
    assert_eq!(names_in(folder.path()), ["a.wav", "a.wav.part"]);
}

#[tokio::test]
async fn a_folder_in_the_files_place_is_said_so() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::create_dir(&path).unwrap();
    let expected = FailureKind::DestinationIsFolder { path: path.clone() };
    assert_eq!(refused(&path).await, expected);
    let result = saved(announced(&second_of_wav()), replacing(&path)).await;
    assert_eq!(kind_of(result), expected);
    assert_eq!(names_in(folder.path()), ["a.wav"]);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_said_so() {
    let folder = folder();
    let gone = folder.path().join("gone");
    let expected = FailureKind::FolderMissing { path: gone.clone() };
    assert_eq!(refused(&gone.join("a.wav")).await, expected);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let expected = FailureKind::FolderMissing { path: file.clone() };
    assert_eq!(refused(&file.join("a.wav")).await, expected);
}

#[tokio::test]
async fn a_name_that_is_too_long_is_said_so() {
    let folder = folder();
    let path = folder.path().join("x".repeat(300));
    let kind = refused(&path).await;
    assert!(
        matches!(kind, FailureKind::FileNameRefused { .. }),
        "{kind:?}"
    );
    assert!(names_in(folder.path()).is_empty());
}

/// Not even root makes files there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_takes_no_files_is_said_so() {
    for folder in ["/proc/self", "/sys"] {
        let path = Path::new(folder).to_path_buf();
        let expected = FailureKind::FolderNotWritable { path: path.clone() };
        assert_eq!(refused(&path.join("a.wav")).await, expected);
    }
}

#[tokio::test]
async fn a_left_over_part_file_is_removed_and_nothing_else_is() {
    let folder = folder();
    let part = folder.path().join("a.wav (2).part");
    fs::write(&part, "").unwrap();
    remove_left_over(&part, None).await.unwrap();
    assert!(!part.exists());
    remove_left_over(&part, None).await.unwrap();

    // What has something in it may be somebody else's.
    let other = folder.path().join("a.wav (3).part");
    fs::write(&other, "half").unwrap();
    for mark in [None, Some("made 1")] {
        remove_left_over(&other, mark).await.unwrap_err();
        assert!(other.exists());
    }

    // On a drive that is not there it may be left.
    let away = folder.path().join("stick/a.wav.part");
    let error = remove_left_over(&away, None).await.unwrap_err();
    assert!(matches!(error, TransferError::FolderGone { path, .. } if path == away));

    let file = folder.path().join("a.wav");
    fs::write(&file, "whole").unwrap();
    remove_left_over(&file, None).await.unwrap_err();
    let directory = folder.path().join("b.part");
    fs::create_dir(&directory).unwrap();
    remove_left_over(&directory, None).await.unwrap_err();
    #[cfg(unix)]
    {
        let link = folder.path().join("c.part");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        remove_left_over(&link, None).await.unwrap_err();
        assert!(link.is_symlink());
    }
    assert!(file.exists() && directory.exists());
}
