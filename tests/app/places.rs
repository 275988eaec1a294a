//! What a person sees of the folder that a recording goes to, and of one that goes away.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use audio_housekeeper::practice::{Call, Effect, Fault};
use serde_json::json;
use support::again::{again, assert_passed, given, on_its_own_mount};
use support::driver::desk;
use support::recordings::wav;
use support::{AMELIA, names_in};

/// Mounts a drive.
const DRIVE: &str = "mount -t tmpfs none \"$0\"";

const TEMPORARY: &str = "This is a temporary folder. The computer may empty it.";

#[test]
fn a_temporary_folder_is_said_beside_the_file_and_before_its_backup_is_relied_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.back_up(AMELIA, &folder.path().join("a.wav"));
    driver.wait_for(TEMPORARY);
    driver.click("Dismiss");
    driver.wait_until_gone(TEMPORARY);
    driver.ask_delete(AMELIA);
    driver.wait_for("Kept in");
    driver.wait_for(TEMPORARY);
    driver.click("Cancel");
    driver.click("Delete all recordings…");
    driver.wait_for("1 backup lies in a temporary folder or on a removable drive.");
}

#[test]
fn a_folder_that_dropbox_copies_is_said_while_the_download_runs() {
    if let Some(home) = given() {
        let mut driver = desk(&home.join("data"));
        let drip = Effect::Drip {
            every: std::time::Duration::from_millis(20),
        };
        driver.service.put(AMELIA, "b.wav", wav(3_000_000, 2));
        driver
            .service
            .add_fault(Fault::on(Call::Download, drip).from(2));
        // A link leads there: what counts is where the file will lie.
        driver.download(AMELIA, &home.join("link/a.wav"));
        driver.wait_for("This folder is copied to Dropbox.");
        assert_eq!(driver.state().jobs.len(), 1, "it was said too late");
        driver.click("Cancel");
        driver.wait_until("the end", |state| state.jobs.is_empty());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let dropbox = home.path().join("Dropbox (Clinic)");
    fs::create_dir(&dropbox).unwrap();
    fs::create_dir(home.path().join(".dropbox")).unwrap();
    let info = json!({ "business": { "path": dropbox } }).to_string();
    fs::write(home.path().join(".dropbox/info.json"), info).unwrap();
    std::os::unix::fs::symlink(&dropbox, home.path().join("link")).unwrap();
    let name = "places::a_folder_that_dropbox_copies_is_said_while_the_download_runs";
    let output = again(name, home.path()).env("HOME", home.path()).output();
    assert_passed(&output.unwrap());
}

fn unmount(drive: &Path) {
    let unmounted = Command::new("umount").arg("-l").arg(drive).status();
    assert!(unmounted.unwrap().success());
}

#[test]
fn a_drive_that_is_taken_away_is_said_with_the_file_and_another_folder_works() {
    let name = "places::a_drive_that_is_taken_away_is_said_with_the_file_and_another_folder_works";
    let Some(drive) = on_its_own_mount(name, DRIVE) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let stall = Effect::StallAfter {
        bytes: 100_000,
        duration: std::time::Duration::from_secs(8),
    };
    driver.service.put(AMELIA, "b.wav", wav(200_000, 2));
    let fault = Fault::on(Call::Download, stall).only(2);
    driver.service.add_fault(fault);
    let file = drive.join("a.wav");
    driver.download(AMELIA, &file);
    let part = drive.join("a.wav.part");
    driver.wait_until("the part file", |_| part.exists());
    unmount(&drive);
    driver.wait_for(&format!(
        "{} could not be finished: its folder is no longer there. The recording on the \
         server is untouched.",
        file.display()
    ));
    assert!(names_in(&drive).is_empty(), "nothing is made in its place");
    assert!(driver.service.holds(AMELIA));
    let good = folder.path().join("good.wav");
    driver.back_up(AMELIA, &good);
    assert_eq!(fs::read(good).unwrap(), wav(200_000, 2));
}

/// The folder on which it was mounted is there, and takes files.
#[test]
fn a_drive_that_goes_while_the_next_try_is_waited_for_gets_nothing_in_its_folder() {
    let name =
        "places::a_drive_that_goes_while_the_next_try_is_waited_for_gets_nothing_in_its_folder";
    let Some(drive) = on_its_own_mount(name, DRIVE) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(AMELIA, "b.wav", wav(200_000, 2));
    let fault = Fault::on(Call::Download, Effect::CutAfter(100_000)).from(2);
    driver.service.add_fault(fault);
    let file = drive.join("a.wav");
    driver.download(AMELIA, &file);
    driver.wait_for("Try now");
    unmount(&drive);
    driver.service.set_faults(Vec::new());
    driver.try_now_until(&format!(
        "{} could not be finished: its folder is no longer there. The recording on the \
         server is untouched.",
        file.display()
    ));
    assert!(names_in(&drive).is_empty(), "nothing is made in its place");
    assert!(driver.service.holds(AMELIA));
}
