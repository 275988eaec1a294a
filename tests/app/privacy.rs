//! Nobody else who uses the computer can read what the app keeps.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::settings::SettingsFile;
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::Store;
use support::AMELIA;
use support::driver::desk;
use support::recordings::wav;

/// Tells the test that it is run by itself, and the folder to work in.
const FOLDER: &str = "APP_TEST_PRIVATE";

/// Everything in a folder and the folder itself, with permissions.
fn permissions(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mut found = vec![(folder.to_owned(), mode(folder))];
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(permissions(&entry.path()));
        } else if let Ok(metadata) = entry.metadata() {
            // A file that comes and goes, as the database's log does, may be gone by now.
            found.push((entry.path(), metadata.permissions().mode() & 0o777));
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn assert_private(folder: &Path) -> Vec<PathBuf> {
    let found = permissions(folder);
    for (path, mode) in &found {
        let right = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(*mode, right, "{}: {mode:o}", path.display());
    }
    found.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn of_a_whole_session_nothing_is_left_that_others_can_read() {
    if let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) {
        let (data, saved) = (folder.join("data"), folder.join("saved"));
        fs::create_dir(&saved).unwrap();
        let mut driver = desk(&data);
        let stall = Effect::StallAfter {
            bytes: 100_000,
            duration: std::time::Duration::from_mins(1),
        };
        driver.service.put(AMELIA, "b.wav", wav(200_000, 2));
        let fault = Fault::on(Call::Download, stall).only(2);
        driver.service.add_fault(fault);
        driver.download(AMELIA, &saved.join("a.wav"));
        let part = saved.join("a.wav.part");
        driver.wait_until("the part file", |_| part.exists());
        assert_eq!(mode(&part), 0o600);
        driver.click("Cancel");
        driver.wait_until("the end", |state| state.jobs.is_empty());
        driver.service.set_faults(Vec::new());
        driver.back_up(AMELIA, &saved.join("a.wav"));
        assert_eq!(mode(&saved.join("a.wav")), 0o600);
        driver.ask_delete(AMELIA);
        driver.click("Delete, keeping the earlier backup");
        driver.wait_for("Deleted. Nuxera has nothing under this name now.");
        driver.click("Activity");
        driver.settle();
        let settings = data.join(SettingsFile::FILE_NAME);
        driver.wait_until("the settings", |_| settings.exists());
        let while_it_runs = assert_private(&data);
        for file in [settings, data.join(Store::FILE_NAME)] {
            assert!(while_it_runs.contains(&file), "{while_it_runs:?}");
        }
        let mut driver = driver.restart(Mode::Practice);
        driver.wait_for("Practice. Sample recordings only");
        driver.service.put(AMELIA, "c.wav", wav(20_000, 3));
        driver.back_up(AMELIA, &saved.join("practice.wav"));
        driver.close();
        let found = assert_private(&data);
        assert!(found.contains(&data.join("practice")), "{found:?}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = Command::new("timeout")
        // The most careless setting that a person can have.
        .args(["120", "sh", "-c", "umask 000 && exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("privacy::of_a_whole_session_nothing_is_left_that_others_can_read")
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&outcome.stdout);
    assert!(
        outcome.status.success() && output.contains("1 passed"),
        "{output}\n{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
}
