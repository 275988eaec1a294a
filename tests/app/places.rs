//! What a person sees of the folder that a recording goes to, and of one that goes away.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use audio_housekeeper::practice::{Call, Effect, Fault};
use serde_json::json;

use crate::desk::{AMELIA, desk, names_in, wav};

const TEMPORARY: &str = "This is a temporary folder. The computer may empty it.";

/// Tells a test that it is run by another one, and the folder to work in.
const FOLDER: &str = "APP_TEST_PLACE";

/// Runs a test of this binary again, by `command` with the folder as `$0` and the test as `$@`.
fn again(name: &str, command: &str, program: &[&str], folder: &Path) -> Result<(), String> {
    let (first, rest) = program.split_first().unwrap();
    let outcome = Command::new(first)
        .args(rest)
        .args(["sh", "-c", command])
        .arg(folder)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("places::{name}"), "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&outcome.stdout);
    let errors = String::from_utf8_lossy(&outcome.stderr);
    if outcome.status.success() && output.contains("1 passed") {
        return Ok(());
    }
    Err(format!("{output}\n{errors}"))
}

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
    if let Some(home) = std::env::var_os(FOLDER).map(PathBuf::from) {
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
    let name = "a_folder_that_dropbox_copies_is_said_while_the_download_runs";
    let command = "HOME=\"$0\" exec \"$@\"";
    again(name, command, &["timeout", "120"], home.path()).unwrap();
}

fn unmount(drive: &Path) {
    let unmounted = Command::new("umount").arg("-l").arg(drive).status();
    assert!(unmounted.unwrap().success());
}

/// Runs a test of this binary again, on a drive.
fn again_on_a_drive(name: &str) {
    let mount = "mount -t tmpfs none \"$0\" && exec timeout 120 \"$@\"";
    let drive = tempfile::tempdir().unwrap();
    // With a user namespace no rights are needed; where there are none, root can do without.
    let tried = [
        &["unshare", "--map-root-user", "--mount"][..],
        &["unshare", "--mount"],
    ]
    .map(|program| again(name, mount, program, drive.path()));
    assert!(tried.iter().any(Result::is_ok), "{tried:?}");
}

#[test]
fn a_drive_that_is_taken_away_is_said_with_the_file_and_another_folder_works() {
    if let Some(drive) = std::env::var_os(FOLDER).map(PathBuf::from) {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = desk(folder.path());
        let stall = Effect::StallAfter {
            bytes: 100_000,
            duration: std::time::Duration::from_secs(2),
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
        return;
    }
    again_on_a_drive("a_drive_that_is_taken_away_is_said_with_the_file_and_another_folder_works");
}

/// The folder on which it was mounted is there, and takes files.
#[test]
fn a_drive_that_goes_while_the_next_try_is_waited_for_gets_nothing_in_its_folder() {
    if let Some(drive) = std::env::var_os(FOLDER).map(PathBuf::from) {
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
        return;
    }
    again_on_a_drive(
        "a_drive_that_goes_while_the_next_try_is_waited_for_gets_nothing_in_its_folder",
    );
}
