//! Folders and drives that go away while a recording is being saved. Windows lets nobody take away
//! a folder in which a file is open.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use audio_housekeeper::domain::FailureKind;
use audio_housekeeper::transfer::verify_backup;
use support::again::on_its_own_mount;
use support::recordings::second_of_wav;

use crate::meanwhile::interrupted;
use crate::{announced, folder, kind_of, names_in, request, saved};

/// Saves into a folder that goes away as told, and looks whether that is said with the file.
async fn goes(folder: &Path, away: impl FnOnce(&Path) + Send + 'static) {
    let path = folder.join("a.wav");
    let going = folder.to_owned();
    let result = saved(interrupted(move || away(&going)), request(&path)).await;
    assert_eq!(kind_of(result), FailureKind::FolderGone { path });
}

#[tokio::test]
async fn a_folder_that_is_removed_in_the_middle_is_said_with_the_file() {
    let folder = folder();
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    goes(&stick, |stick| fs::remove_dir_all(stick).unwrap()).await;
    assert!(!stick.exists(), "it was not made anew");
}

#[tokio::test]
async fn a_folder_that_is_renamed_in_the_middle_keeps_no_finished_file() {
    let folder = folder();
    let (stick, elsewhere) = (folder.path().join("stick"), folder.path().join("elsewhere"));
    fs::create_dir(&stick).unwrap();
    let to = elsewhere.clone();
    goes(&stick, move |stick| fs::rename(stick, to).unwrap()).await;
    assert!(!stick.exists());
    assert_eq!(names_in(&elsewhere), ["a.wav.part"]);
}

#[tokio::test]
async fn a_backup_whose_folder_is_gone_is_not_called_altered() {
    let folder = folder();
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let made = saved(announced(&second_of_wav()), request(stick.join("a.wav"))).await;
    let made = made.unwrap();
    fs::rename(&stick, folder.path().join("pulled")).unwrap();
    let verified = verify_backup(&made.path, made.size, made.sha256).await;
    assert_eq!(
        kind_of(verified),
        FailureKind::FolderMissing { path: stick }
    );
}

/// Drives that are unplugged: their mount goes, although files on them are open.
#[cfg(target_os = "linux")]
mod drives {
    use std::path::PathBuf;
    use std::process::Command;

    use audio_housekeeper::domain::{CheckedPart, OperationId};
    use audio_housekeeper::transfer::{
        Ledger, LedgerError, TransferEnd, TransferStart, check_destination, save,
    };
    use futures_util::future::BoxFuture;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::{of_length, recording};

    fn unmount(drive: &Path) {
        let status = Command::new("umount").arg("-l").arg(drive).status();
        assert!(status.unwrap().success());
    }

    #[tokio::test]
    async fn one_that_is_taken_away_in_the_middle_is_said_with_the_file() {
        let name = "going::drives::one_that_is_taken_away_in_the_middle_is_said_with_the_file";
        let Some(drive) = on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
            return;
        };
        goes(&drive, unmount).await;
        assert!(names_in(&drive).is_empty());
    }

    #[tokio::test]
    async fn a_file_of_the_part_files_name_in_the_folder_beneath_is_not_taken_for_it() {
        let name = "going::drives::a_file_of_the_part_files_name_in_the_folder_beneath_is_not_taken_for_it";
        let Some(drive) = on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
            return;
        };
        let away = |drive: &Path| {
            unmount(drive);
            fs::write(drive.join("a.wav.part"), second_of_wav()).unwrap();
        };
        goes(&drive, away).await;
        assert_eq!(names_in(&drive), ["a.wav.part"]);
    }

    /// The folder on which it was mounted is there, and takes files.
    #[tokio::test]
    async fn one_that_goes_before_the_recording_comes_gets_none_in_its_folder() {
        let name =
            "going::drives::one_that_goes_before_the_recording_comes_gets_none_in_its_folder";
        let Some(drive) = on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
            return;
        };
        let request = request(drive.join("a.wav"));
        check_destination(&request).await.unwrap();
        unmount(&drive);
        let path = request.destination.clone();
        let result = saved(announced(&second_of_wav()), request).await;
        assert_eq!(kind_of(result), FailureKind::FolderGone { path });
        assert!(names_in(&drive).is_empty());
    }

    #[tokio::test]
    async fn one_that_goes_between_two_tries_gets_no_later_one_in_its_folder() {
        let name = "going::drives::one_that_goes_between_two_tries_gets_no_later_one_in_its_folder";
        let Some(drive) = on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
            return;
        };
        let request = request(drive.join("a.wav"));
        let cut = recording(of_length(second_of_wav().len()), &second_of_wav()[..2000]);
        let first = kind_of(saved(cut, request.clone()).await);
        assert!(matches!(first, FailureKind::ConnectionDropped { .. }));
        unmount(&drive);
        let path = request.destination.clone();
        let gone = FailureKind::FolderGone { path };
        assert_eq!(kind_of(check_destination(&request).await), gone);
        assert_eq!(
            kind_of(saved(announced(&second_of_wav()), request).await),
            gone
        );
        assert!(names_in(&drive).is_empty());
    }

    /// Takes the drive away when the part file is whole.
    struct Taking(PathBuf);

    impl Ledger for Taking {
        fn begin(&self, _: TransferStart) -> BoxFuture<'_, Result<(), LedgerError>> {
            Box::pin(async { Ok(()) })
        }

        fn made<'a>(
            &'a self,
            _: &'a OperationId,
            _: String,
        ) -> BoxFuture<'a, Result<(), LedgerError>> {
            Box::pin(async { Ok(()) })
        }

        fn checked<'a>(
            &'a self,
            _: &'a OperationId,
            _: CheckedPart,
        ) -> BoxFuture<'a, Result<(), LedgerError>> {
            unmount(&self.0);
            Box::pin(async { Ok(()) })
        }

        fn kept<'a>(
            &'a self,
            _: &'a OperationId,
            _: audio_housekeeper::domain::PartCame,
        ) -> BoxFuture<'a, Result<(), LedgerError>> {
            Box::pin(async { Ok(()) })
        }

        fn begun_anew<'a>(
            &'a self,
            _: &'a OperationId,
            _: Option<audio_housekeeper::domain::PartCame>,
        ) -> BoxFuture<'a, Result<(), LedgerError>> {
            Box::pin(async { Ok(()) })
        }

        fn end<'a>(
            &'a self,
            _: &'a OperationId,
            _: TransferEnd,
        ) -> BoxFuture<'a, Result<(), LedgerError>> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn one_that_goes_before_the_file_has_its_name_is_said_with_the_file() {
        let name =
            "going::drives::one_that_goes_before_the_file_has_its_name_is_said_with_the_file";
        let Some(drive) = on_its_own_mount(name, "mount -t tmpfs none \"$0\"") else {
            return;
        };
        let path = drive.join("a.wav");
        let (ledger, cancel) = (Taking(drive.clone()), CancellationToken::new());
        let result = save(
            announced(&second_of_wav()),
            request(&path),
            &ledger,
            |_| {},
            cancel,
        )
        .await;
        assert_eq!(kind_of(result), FailureKind::FolderGone { path });
        assert!(names_in(&drive).is_empty());
    }
}
