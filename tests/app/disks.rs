//! What a person sees of a place that takes no file.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use support::again::on_its_own_mount;
use support::driver::{Driver, desk};
use support::recordings::wav;
use support::{AMELIA, names_in};

/// The doctor and the sentence are said, the service still has the recording, and the same
/// download works at a good place.
fn refused(driver: &mut Driver, path: &Path, said: &str, good: &Path) {
    driver.download(AMELIA, path);
    driver.wait_for(said);
    driver.settle();
    assert!(!driver.shows("Saved and checked"));
    assert!(driver.state().jobs.is_empty() && driver.state().preparing.is_none());
    assert_eq!(driver.state().results.len(), 1);
    let copied = driver.copied_details();
    let token = driver.service.token();
    assert!(!copied.contains(token.expose()), "{copied}");
    assert!(!copied.contains("Amelia"), "{copied}");
    assert!(driver.service.holds(AMELIA));
    driver.back_up(AMELIA, good);
    driver.wait_until_gone(said);
    assert_eq!(fs::read(good).unwrap(), wav(20_000, 1));
}

#[test]
fn a_folder_that_takes_no_files_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let said = "Nothing can be saved in /proc/self. The recording on the server is untouched.";
    let good = folder.path().join("good.wav");
    refused(&mut driver, Path::new("/proc/self/a.wav"), said, &good);
}

#[test]
fn a_folder_in_the_file_s_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    fs::create_dir(&path).unwrap();
    let mut driver = desk(folder.path());
    let said = format!(
        "{} is a folder, so no file can be saved there.",
        path.display()
    );
    refused(&mut driver, &path, &said, &folder.path().join("good.wav"));
    assert!(names_in(&path).is_empty());
}

#[test]
fn a_folder_that_went_while_the_dialog_stood_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("stick");
    let mut driver = desk(folder.path());
    let said = format!("The folder {} is not there.", gone.display());
    let path = gone.join("a.wav");
    refused(&mut driver, &path, &said, &folder.path().join("good.wav"));
    assert!(!gone.exists(), "it was not made");
}

#[test]
fn a_backup_that_can_t_be_saved_stops_the_delete_that_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.dialogs.answer_next(Some("/proc/self/a.wav".into()));
    driver.click("Back up, then delete…");
    driver.wait_for("Nothing was sent, and nothing was deleted.");
    driver.wait_for("Nothing can be saved in /proc/self.");
    assert_eq!(driver.count(audio_housekeeper::practice::Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
}

#[test]
fn a_full_disk_is_said_and_leaves_the_old_file_alone() {
    let name = "disks::a_full_disk_is_said_and_leaves_the_old_file_alone";
    let Some(disk) = on_its_own_mount(name, "mount -t tmpfs -o size=1m none \"$0\"") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let file = disk.join("a.wav");
    fs::write(&file, "before").unwrap();
    driver.service.put(AMELIA, "b.wav", wav(3_000_000, 2));
    driver.download(AMELIA, &file);
    driver.wait_for(&format!("There is no room left for {}.", file.display()));
    driver.settle();
    assert!(!driver.shows("Saved and checked"));
    assert_eq!(names_in(&disk), ["a.wav"]);
    assert_eq!(fs::read(&file).unwrap(), b"before");
    assert!(driver.service.holds(AMELIA));
    driver.back_up(AMELIA, &folder.path().join("good.wav"));
}

#[test]
fn a_folder_mounted_read_only_is_said_in_the_window() {
    let name = "disks::a_folder_mounted_read_only_is_said_in_the_window";
    let Some(disk) = on_its_own_mount(name, "mount -t tmpfs -o ro none \"$0\"") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let said = format!("Nothing can be saved in {}.", disk.display());
    let good = folder.path().join("good.wav");
    refused(&mut driver, &disk.join("a.wav"), &said, &good);
}
