//! What needs a process of its own: a kill in the middle, a disk that fills up or takes nothing.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use audio_housekeeper::domain::FailureKind;
use audio_housekeeper::transfer::remove_left_over;
use support::again::{again, assert_passed, given, on_its_own_mount};
use support::recordings::second_of_wav;

use crate::{announced, folder, kind_of, names_in, replacing, request, saved, stalling};

#[tokio::test]
async fn a_kill_in_the_middle_leaves_a_part_file_and_the_old_file() {
    if let Some(folder) = given() {
        let path = folder.join("a.wav");
        let never = saved(stalling(&second_of_wav()), replacing(&path)).await;
        panic!("a stalling download ended: {never:?}");
    }
    let folder = folder();
    fs::write(folder.path().join("a.wav"), "before").unwrap();
    let name = "process::a_kill_in_the_middle_leaves_a_part_file_and_the_old_file";
    let mut child = again(name, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let part = folder.path().join("a.wav.part");
    for _ in 0..6000 {
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
    let name = "process::a_disk_that_fills_up_leaves_the_old_file_and_no_part_file";
    let Some(folder) = on_its_own_mount(name, "mount -t tmpfs -o size=1m none \"$0\"") else {
        return;
    };
    let path = folder.join("a.wav");
    fs::write(&path, "before").unwrap();
    let mut large = second_of_wav();
    large.resize(3 << 20, 7);
    let result = saved(announced(&large), replacing(&path)).await;
    assert_eq!(
        kind_of(result),
        FailureKind::DiskFull { path: path.clone() }
    );
    assert_eq!(names_in(&folder), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"before");
    // What fits is saved as ever.
    saved(announced(&second_of_wav()), replacing(&path))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_folder_mounted_read_only_is_said_so() {
    let name = "process::a_folder_mounted_read_only_is_said_so";
    let Some(folder) = on_its_own_mount(name, "mount -t tmpfs -o ro none \"$0\"") else {
        return;
    };
    let result = saved(announced(&second_of_wav()), replacing(folder.join("a.wav"))).await;
    assert_eq!(
        kind_of(result),
        FailureKind::FolderNotWritable { path: folder }
    );
}

/// What the disk gave back just after would come from memory, and prove nothing.
#[tokio::test]
async fn a_download_is_not_read_back() {
    let Some(folder) = given() else {
        // Where nothing else reads.
        let folder = folder();
        let mut alone = again("process::a_download_is_not_read_back", folder.path());
        return assert_passed(&alone.output().unwrap());
    };
    let mut large = second_of_wav();
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
