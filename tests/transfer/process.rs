//! What needs a process of its own: a kill in the middle, a disk that fills up or takes nothing.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use audio_housekeeper::domain::FailureKind;
use audio_housekeeper::transfer::remove_left_over;

use crate::server::wav;
use crate::{announced, folder, kind_of, names_in, replacing, request, saved, stalling};

/// Tells a test that it is run by another one, and the folder to work in.
const FOLDER: &str = "TRANSFER_TEST_FOLDER";

/// The folder, in a process that another test started.
fn given_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// This test binary, to run one test of it: `process::{name}`.
fn this_test(name: &str) -> [String; 4] {
    let binary = std::env::current_exe().unwrap();
    [
        binary.to_str().unwrap().to_owned(),
        "--exact".to_owned(),
        format!("process::{name}"),
        "--nocapture".to_owned(),
    ]
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_a_part_file_and_the_old_file() {
    if let Some(folder) = given_folder() {
        let path = folder.join("a.wav");
        let never = saved(stalling(&wav()), replacing(&path)).await;
        panic!("a stalling download ended: {never:?}");
    }
    let folder = folder();
    fs::write(folder.path().join("a.wav"), "before").unwrap();
    let name = "a_kill_in_the_middle_leaves_a_part_file_and_the_old_file";
    let [binary, arguments @ ..] = this_test(name);
    let mut child = Command::new(binary)
        .args(arguments)
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let part = folder.path().join("a.wav.part");
    for _ in 0..1000 {
        if part.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names_in(folder.path()), ["a.wav", "a.wav.part"]);
    assert_eq!(fs::read(folder.path().join("a.wav")).unwrap(), b"before");
    remove_left_over(&part, None).await.unwrap();
    assert_eq!(names_in(folder.path()), ["a.wav"]);
}

#[tokio::test]
async fn a_disk_that_fills_up_leaves_the_old_file_and_no_part_file() {
    if let Some(folder) = given_folder() {
        let path = folder.join("a.wav");
        fs::write(&path, "before").unwrap();
        let mut large = wav();
        large.resize(3 << 20, 7);
        let result = saved(announced(&large), replacing(&path)).await;
        assert_eq!(
            kind_of(result),
            FailureKind::DiskFull { path: path.clone() }
        );
        assert_eq!(names_in(&folder), ["a.wav"]);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        // What fits is saved as ever.
        saved(announced(&wav()), replacing(&path)).await.unwrap();
        return;
    }
    let name = "a_disk_that_fills_up_leaves_the_old_file_and_no_part_file";
    in_own_mounts(name, "mount -t tmpfs -o size=1m none \"$0\"");
}

#[tokio::test]
async fn a_folder_mounted_read_only_is_said_so() {
    if let Some(folder) = given_folder() {
        let result = saved(announced(&wav()), replacing(folder.join("a.wav"))).await;
        assert_eq!(
            kind_of(result),
            FailureKind::FolderNotWritable { path: folder }
        );
        return;
    }
    let name = "a_folder_mounted_read_only_is_said_so";
    in_own_mounts(name, "mount -t tmpfs -o ro none \"$0\"");
}

/// What the disk gave back just after would come from memory, and prove nothing.
#[tokio::test]
async fn a_download_is_not_read_back() {
    let name = "a_download_is_not_read_back";
    let Some(folder) = given_folder() else {
        // Where nothing else reads.
        let folder = folder();
        let [binary, arguments @ ..] = this_test(name);
        let mut alone = Command::new(binary);
        alone.args(arguments).env(FOLDER, folder.path());
        let output = alone.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    };
    let mut large = wav();
    large.resize(20 << 20, 7);
    let length = u32::try_from(large.len()).unwrap();
    large[4..8].copy_from_slice(&(length - 8).to_le_bytes());
    large[40..44].copy_from_slice(&(length - 44).to_le_bytes());
    let read = || {
        let all = fs::read_to_string("/proc/self/io").unwrap();
        let counted = all.lines().find_map(|line| line.strip_prefix("rchar: "));
        counted.unwrap().parse::<u64>().unwrap()
    };
    let before = read();
    let path = folder.join("a.wav");
    saved(announced(&large), request(&path)).await.unwrap();
    let read = read() - before;
    assert!(read < 1 << 20, "{read} bytes were read");
    assert_eq!(fs::read(&path).unwrap(), large);
}

/// Runs a test of this binary where `mount`, a shell command, has mounted something on a new
/// folder, which it finds as `$0`. The mount ends with the process.
fn in_own_mounts(name: &str, mount: &str) {
    let mut errors = String::new();
    // With a user namespace no rights are needed; where there are none, root can do without.
    for namespaces in [&["--map-root-user", "--mount"][..], &["--mount"]] {
        let folder = folder();
        let outcome = Command::new("unshare")
            .args(namespaces)
            .args(["sh", "-c"])
            .arg(format!("{mount} && echo mounted && exec \"$@\""))
            .arg(folder.path())
            .args(this_test(name))
            .env(FOLDER, folder.path())
            .output()
            .expect("unshare (util-linux) is needed to try full and read-only disks");
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
