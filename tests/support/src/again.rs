//! A test that needs a process of its own runs itself again in one.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Tells a test that it runs in a process of its own, and what it was given.
const AGAIN: &str = "AUDIO_HOUSEKEEPER_TEST_AGAIN";

/// What the test was given that runs in a process of its own; nothing in any other.
pub fn given() -> Option<PathBuf> {
    env::var_os(AGAIN).map(PathBuf::from)
}

/// A command that runs the test of this path (`module::name`) again, alone, and gives it something.
pub fn again(test: &str, given: impl Into<PathBuf>) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(arguments(test)).env(AGAIN, given.into());
    command
}

/// Takes the proxies of this computer out of a command's environment.
pub fn without_proxies(mut command: Command) -> Command {
    for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(variable);
        command.env_remove(variable.to_uppercase());
    }
    command
}

fn arguments(test: &str) -> [&str; 4] {
    ["--exact", "--include-ignored", "--nocapture", test]
}

/// Asserts that the test was run, and passed.
pub fn assert_passed(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    // A name that no test has would succeed too.
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}\n{said}\n{errors}",
        output.status
    );
}

/// The folder on which `mount`, a shell command that finds it as `$0`, has mounted something for this
/// test alone; the mount ends with it. `None` where the test, of this path, is not there yet: it was
/// then run again where it is, and has passed.
#[cfg(target_os = "linux")]
pub fn on_its_own_mount(test: &str, mount: &str) -> Option<PathBuf> {
    if let Some(folder) = given() {
        return Some(folder);
    }
    let mut errors = String::new();
    // With a user namespace no rights are needed; where there are none, root can do without.
    for namespaces in [&["--map-root-user", "--mount"][..], &["--mount"]] {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new("unshare")
            .args(namespaces)
            .args(["sh", "-c"])
            .arg(format!(
                "{mount} && echo mounted && exec timeout 120 \"$@\""
            ))
            .arg(folder.path())
            .arg(env::current_exe().unwrap())
            .args(arguments(test))
            .env(AGAIN, folder.path())
            .output()
            .expect("unshare (util-linux) is installed");
        if output.stdout.starts_with(b"mounted") {
            assert_passed(&output);
            return None;
        }
        errors += &String::from_utf8_lossy(&output.stderr);
    }
    panic!("nothing can be mounted here, so this was not tried: {errors}");
}
