//! What makes a file a backup, and reading that back before a delete rests on it.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::Command;

use audio_housekeeper::domain::{BackupProof, FailureKind, Sha256Digest};
#[cfg(target_os = "linux")]
use audio_housekeeper::transfer::ReadFrom;
use audio_housekeeper::transfer::verify_backup;
use support::recordings::{flac, second_of_wav};

use crate::meanwhile::interrupted;
use crate::{announced, folder, kind_of, names_in, of_length, replacing, request, saved};

#[tokio::test]
async fn a_part_file_that_is_taken_away_is_said_so_and_leaves_the_old_file() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(&path, "the file from before").unwrap();
    let part = folder.path().join("a.wav.part");
    let taken = interrupted(move || fs::remove_file(part).unwrap());
    let result = saved(taken, replacing(&path)).await;
    let expected = FailureKind::ReadBackDiffers { path: path.clone() };
    assert_eq!(kind_of(result), expected);
    assert_eq!(names_in(folder.path()), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"the file from before");
}

#[tokio::test]
async fn a_file_that_came_whole_is_a_backup_and_reads_back_as_that() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    let now = jiff::Timestamp::now();
    let made_from = of_length(second_of_wav().len());
    let backup = saved.verified().unwrap().into_backup(now, made_from);
    assert_eq!(backup.path, path);
    assert_eq!(backup.size, saved.size);
    assert_eq!(backup.sha256, Sha256Digest::of(&second_of_wav()));
    assert_eq!(Some(backup.format), saved.format);
    assert_eq!(backup.milliseconds, Some(1000));
    assert_eq!(backup.verified_at, now);
    assert_eq!(backup.proof, BackupProof::Length);
    assert_eq!(backup.made_from, of_length(second_of_wav().len()));
    let later = verify_backup(&backup.path, backup.size, backup.sha256);
    later.await.unwrap();
}

#[tokio::test]
async fn a_backup_that_was_touched_is_none_any_more() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let whole = second_of_wav();
    let mut flipped = whole.clone();
    flipped[20_000] ^= 1;
    let longer = [whole.clone(), vec![0]].concat();
    for bytes in [&flipped[..], &longer, &whole[..32_000], &flac(1), b""] {
        fs::write(&path, bytes).unwrap();
        let digest = Sha256Digest::of(&whole);
        let size = whole.len() as u64;
        assert_eq!(
            kind_of(verify_backup(&path, size, digest).await),
            FailureKind::ReadBackDiffers { path: path.clone() }
        );
    }
}

#[tokio::test]
async fn a_backup_that_is_gone_or_a_folder_now_is_none() {
    let folder = folder();
    let digest = Sha256Digest::of(b"");
    for path in [folder.path().join("gone.wav"), folder.path().to_path_buf()] {
        assert_eq!(
            kind_of(verify_backup(&path, 4096, digest).await),
            FailureKind::ReadBackDiffers { path }
        );
    }
}

#[tokio::test]
async fn a_backup_of_any_length_is_read_back_to_its_last_byte() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let (sector, piece) = (4096, 1 << 20);
    for length in [
        0,
        1,
        sector - 1,
        sector,
        sector + 1,
        piece,
        piece + sector,
        piece + 1,
    ] {
        let mut bytes = vec![7; length];
        let digest = Sha256Digest::of(&bytes);
        fs::write(&path, &bytes).unwrap();
        verify_backup(&path, length as u64, digest).await.unwrap();
        let Some(last) = bytes.last_mut() else {
            continue;
        };
        *last ^= 1;
        fs::write(&path, &bytes).unwrap();
        let altered = verify_backup(&path, length as u64, digest).await;
        let expected = FailureKind::ReadBackDiffers { path: path.clone() };
        assert_eq!(kind_of(altered), expected, "{length}");
    }
}

/// Memory holds all of a file that was just written.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_backup_is_read_back_from_the_disk_itself() {
    let folder = folder();
    let told = Command::new("stat")
        .args(["-f", "-c", "%T"])
        .arg(folder.path())
        .output();
    let file_system = String::from_utf8(told.unwrap().stdout).unwrap();
    if !["ext2/ext3", "xfs", "btrfs"].contains(&file_system.trim()) {
        eprintln!("not tried: whether {file_system} reads from a disk is not known");
        return;
    }
    let path = folder.path().join("a.wav");
    let bytes = vec![7; 256 << 20];
    let (size, digest) = (bytes.len() as u64, Sha256Digest::of(&bytes));
    fs::write(&path, bytes).unwrap();
    let before = read_from_disks();
    let read_from = verify_backup(&path, size, digest).await.unwrap();
    let read = read_from_disks() - before;
    assert!(
        read >= size,
        "{read} of {size} bytes were read from the disk"
    );
    assert_eq!(read_from, ReadFrom::Disk);
}

/// How many bytes this process has had the system read from disks (`proc_pid_io(5)`).
#[cfg(target_os = "linux")]
fn read_from_disks() -> u64 {
    let all = fs::read_to_string("/proc/self/io").unwrap();
    let counted = all
        .lines()
        .find_map(|line| line.strip_prefix("read_bytes: "));
    counted.unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_backup_that_memory_may_hold_is_read_as_ever_and_that_is_told() {
    let in_memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let path = in_memory.path().join("a.wav");
    let made = saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    let read_from = verify_backup(&path, made.size, made.sha256).await.unwrap();
    assert_eq!(read_from, ReadFrom::PerhapsMemory);
}
