//! Seeing to it that what was written lasts through a power cut, as far as a volume can be asked
//! to. Shares and FUSE file systems often can't.

use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::num::NonZeroU64;
use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::fs::Advice;

/// A way to flush a file or folder.
type Way = fn(&File) -> io::Result<()>;

/// The ways that there are, the most thorough first. On macOS the standard library asks the drive
/// to empty its own buffers too (`F_FULLFSYNC`), which shares and FUSE refuse; a plain `fsync` hands
/// all to the drive.
#[cfg(target_os = "macos")]
const WAYS: &[Way] = &[File::sync_all, |file| Ok(rustix::fs::fsync(file)?)];

#[cfg(not(target_os = "macos"))]
const WAYS: &[Way] = &[File::sync_all];

/// The systems' own numbers for what a volume doesn't have: `EINVAL`, `ENOTTY`, `ENOSYS`,
/// `EOPNOTSUPP`, on macOS `ENOTSUP` too; on Windows "incorrect function" and "not supported".
const NOT_TO_BE_HAD: &[i32] = if cfg!(windows) {
    &[1, 50]
} else if cfg!(target_os = "linux") {
    &[22, 25, 38, 95]
} else {
    &[22, 25, 45, 78, 102]
};

/// Flushes a file or folder; whether that was to be had.
///
/// # Errors
/// The system's, where flushing is to be had and failed.
pub(super) fn flush(file: &File) -> io::Result<bool> {
    flush_by(WAYS, file)
}

/// As [`flush`], of a file that is still being written to: on macOS not out of the drive's own buffers,
/// which would hold the writing up.
///
/// # Errors
/// As [`flush`].
pub(super) fn flush_on_the_way(file: &File) -> io::Result<bool> {
    #[cfg(target_os = "macos")]
    const WAY: Way = |file| Ok(rustix::fs::fsync(file)?);
    #[cfg(not(target_os = "macos"))]
    const WAY: Way = File::sync_data;
    flush_by(&[WAY], file)
}

/// Flushes the folder of a file, so that the file's name lasts; whether that was to be had.
///
/// # Errors
/// As [`flush`].
#[cfg(unix)]
pub(super) fn flush_folder(file: &Path) -> io::Result<bool> {
    flush(&File::open(crate::transfer::error::folder_of(file))?)
}

/// Windows has no such call: NTFS writes names to its journal in order.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix the disk may refuse")]
pub(super) fn flush_folder(_file: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Has the system begin to bring to the disk what was written from `start` on, `length` bytes, and
/// does not wait for it. What goes wrong there is the flush's to tell, as ever.
///
/// Linux would begin after half a minute, or when much of the memory is full of it. There,
/// "not needed" means this too, for what is not on the disk yet (mm/fadvise.c); unlike `fdatasync`,
/// it takes no failure away from the flush.
#[cfg(target_os = "linux")]
pub(super) fn start_writeback(file: &File, start: u64, length: u64) {
    let length = NonZeroU64::new(length);
    if let Err(error) = rustix::fs::fadvise(file, start, length, Advice::DontNeed) {
        tracing::debug!(%error, "the system does not begin to write early");
    }
}

/// macOS and Windows begin by themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn start_writeback(_file: &File, _start: u64, _length: u64) {}

fn flush_by(ways: &[Way], file: &File) -> io::Result<bool> {
    for way in ways {
        match way(file) {
            Ok(()) => return Ok(true),
            Err(error) if is_not_to_be_had(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn is_not_to_be_had(error: &io::Error) -> bool {
    error
        .raw_os_error()
        .is_some_and(|number| NOT_TO_BE_HAD.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: Way = |_| Ok(());
    const FAILING: Way = |_| Err(io::Error::from_raw_os_error(5));

    fn missing(_: &File) -> io::Result<()> {
        Err(io::Error::from_raw_os_error(NOT_TO_BE_HAD[1]))
    }

    #[test]
    fn where_the_most_thorough_way_is_not_to_be_had_the_next_is_taken() {
        let file = tempfile::tempfile().unwrap();
        for (ways, flushed) in [
            (&[THERE, FAILING][..], true),
            (&[missing, THERE], true),
            (&[missing, missing], false),
        ] {
            assert_eq!(flush_by(ways, &file).unwrap(), flushed);
        }
        let error = flush_by(&[missing, FAILING, THERE], &file).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(5));
        assert!(flush(&file).unwrap());
        assert!(flush_on_the_way(&file).unwrap());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_fails_or_is_full_is_no_volume_that_can_not_flush() {
        let said = |number| is_not_to_be_had(&io::Error::from_raw_os_error(number));
        let (einval, enotty, enosys, eopnotsupp) = (22, 25, 38, 95);
        for number in [einval, enotty, enosys, eopnotsupp] {
            assert!(said(number), "{number}");
        }
        let (eio, enospc, edquot, erofs) = (5, 28, 122, 30);
        for number in [eio, enospc, edquot, erofs] {
            assert!(!said(number), "{number}");
        }
    }

    /// The kernel's own folders can't be flushed, and say so as network drives do.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_can_not_be_flushed_is_no_failure() {
        assert!(!flush_folder(Path::new("/proc/self/a.wav")).unwrap());
        assert!(flush_folder(Path::new("/tmp/a.wav")).unwrap());
    }

    /// What has come to the disk need not stay in memory, and is then read from the disk; what has
    /// not stays there.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_written_comes_to_the_disk_before_it_is_flushed() {
        use std::io::{Read, Seek};
        let read_from_disks = || {
            let all = std::fs::read_to_string("/proc/thread-self/io").unwrap();
            let counted = all
                .lines()
                .find_map(|line| line.strip_prefix("read_bytes: "));
            counted.unwrap().parse::<u64>().unwrap()
        };
        let mut file = tempfile::tempfile().unwrap();
        let file_system = rustix::fs::fstatfs(&file).unwrap().f_type;
        if ![0xef53, 0x5846_5342, 0x9123_683e].contains(&file_system) {
            eprintln!("not tried: whether {file_system:#x} reads from a disk is not known");
            return;
        }
        let mut bytes = vec![7; 16 << 20];
        io::Write::write_all(&mut file, &bytes).unwrap();
        let before = read_from_disks();
        for _ in 0..100 {
            start_writeback(&file, 0, 16 << 20);
            std::thread::sleep(std::time::Duration::from_millis(50));
            file.rewind().unwrap();
            file.read_exact(&mut bytes).unwrap();
            if read_from_disks() - before >= 8 << 20 {
                return;
            }
        }
        panic!("it stays in memory alone");
    }
}
