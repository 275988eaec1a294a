//! A drive for one test alone, which it may take away.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::Command;

use crate::folder;

/// Tells a test that it is run by another one, and where the drive is mounted.
const DRIVE: &str = "TRANSFER_TEST_DRIVE";

/// The drive that the test of this path is to work on, an empty one. `None` where it has none yet:
/// it was then run again with one, and has passed.
pub fn drive(name: &str) -> Option<PathBuf> {
    if let Some(drive) = std::env::var_os(DRIVE) {
        return Some(drive.into());
    }
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
            .env(DRIVE, folder.path())
            .output()
            .expect("unshare (util-linux) is needed to take a drive away");
        let output = String::from_utf8_lossy(&outcome.stdout);
        errors += &String::from_utf8_lossy(&outcome.stderr);
        if output.starts_with("mounted") {
            assert!(outcome.status.success(), "{output}\n{errors}");
            assert!(output.contains("1 passed"), "it was not run: {output}");
            return None;
        }
    }
    panic!("nothing can be mounted here, so this was not tried: {errors}");
}
