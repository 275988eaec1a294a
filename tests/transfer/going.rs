//! Folders and drives that go away while a recording is being saved. Windows lets nobody take away
//! a folder in which a file is open.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use audio_housekeeper::domain::FailureKind;
use audio_housekeeper::transfer::verify_backup;

use crate::meanwhile::interrupted;
use crate::server::wav;
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

/// A drive that is unplugged: its mount goes, although files on it are open.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_drive_that_is_taken_away_in_the_middle_is_said_with_the_file() {
    use std::process::Command;
    const FOLDER: &str = "TRANSFER_TEST_DRIVE";
    if let Some(drive) = std::env::var_os(FOLDER) {
        let unmount = |drive: &Path| {
            let status = Command::new("umount").arg("-l").arg(drive).status();
            assert!(status.unwrap().success());
        };
        goes(Path::new(&drive), unmount).await;
        assert!(names_in(Path::new(&drive)).is_empty());
        return;
    }
    let name = "going::a_drive_that_is_taken_away_in_the_middle_is_said_with_the_file";
    let mut errors = String::new();
    // With a user namespace no rights are needed; where there are none, root can do without.
    for namespaces in [&["--map-root-user", "--mount"][..], &["--mount"]] {
        let folder = folder();
        let outcome = Command::new("unshare")
            .args(namespaces)
            .args(["sh", "-c"])
            .arg("mount -t tmpfs none \"$0\" && echo mounted && exec timeout 60 \"$@\"")
            .arg(folder.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(FOLDER, folder.path())
            .output()
            .expect("unshare (util-linux) is needed to take a drive away");
        let output = String::from_utf8_lossy(&outcome.stdout);
        errors += &String::from_utf8_lossy(&outcome.stderr);
        if output.starts_with("mounted") {
            assert!(outcome.status.success(), "{output}\n{errors}");
            assert!(output.contains("1 passed"), "it was not run: {output}");
            return;
        }
    }
    panic!("nothing can be mounted here, so this was not tried: {errors}");
}

#[tokio::test]
async fn a_backup_whose_folder_is_gone_is_not_called_altered() {
    let folder = folder();
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let made = saved(announced(&wav()), request(stick.join("a.wav"))).await;
    let made = made.unwrap();
    fs::rename(&stick, folder.path().join("pulled")).unwrap();
    let verified = verify_backup(&made.path, made.size, made.sha256).await;
    assert_eq!(
        kind_of(verified),
        FailureKind::FolderMissing { path: stick }
    );
}
