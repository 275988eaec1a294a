//! Reading a file from the disk itself, and not from memory that happens to hold it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where the bytes of a file came from when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFrom {
    /// The disk itself.
    Disk,
    /// Memory may have held some of them: the volume is none of this computer's disks, or its
    /// system tells nobody.
    PerhapsMemory,
}

/// What places, lengths and the buffer itself are whole multiples of, in bytes, where a disk is
/// read past the memory: the largest sector that disks have.
const SECTOR: usize = 4096;

/// How much is read at once, in bytes.
const BUFFER: usize = 256 * SECTOR;

/// A file that is read from its start to its end.
pub(super) struct DiskReader {
    path: PathBuf,
    file: File,
    from: ReadFrom,
    buffer: Vec<u8>,
    /// Where in the buffer a sector may begin.
    aligned: usize,
    has_begun: bool,
    has_ended: bool,
}

impl DiskReader {
    /// Opens it to be read from the disk itself, or as any file where that is not to be had.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (file, from) = match system::open(path) {
            Some(opened) => opened,
            None => (File::open(path)?, ReadFrom::PerhapsMemory),
        };
        Ok(Self::of(path, file, from))
    }

    /// Opens it to be read as any file.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn by_way_of_memory(path: &Path) -> io::Result<Self> {
        Ok(Self::of(path, File::open(path)?, ReadFrom::PerhapsMemory))
    }

    fn of(path: &Path, file: File, from: ReadFrom) -> Self {
        let buffer = vec![0; BUFFER + SECTOR];
        let aligned = buffer.as_ptr().align_offset(SECTOR);
        Self {
            path: path.to_path_buf(),
            file,
            from,
            buffer,
            aligned,
            has_begun: false,
            has_ended: false,
        }
    }

    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// The system's. It can be asked again.
    pub(super) fn read(&mut self) -> io::Result<&[u8]> {
        if self.has_ended {
            return Ok(&[]);
        }
        let room = self.aligned..self.aligned + BUFFER;
        let room = self.buffer.get_mut(room).unwrap_or_default();
        let read = match self.file.read(room) {
            // A volume may refuse only when it is to read.
            Err(error) if !self.has_begun && system::refuses_to_pass_memory_by(&error) => {
                self.file = File::open(&self.path)?;
                self.from = ReadFrom::PerhapsMemory;
                self.file.read(room)?
            }
            read => read?,
        };
        self.has_begun = true;
        // Past a part of a sector, which only the end is, a disk refuses to be read.
        let is_last = self.from == ReadFrom::Disk && read % SECTOR != 0;
        self.has_ended = read == 0 || is_last;
        Ok(room.get(..read).unwrap_or_default())
    }

    /// Where what was read came from.
    pub(super) fn read_from(&self) -> ReadFrom {
        self.from
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use rustix::fs::{Advice, FsWord, Mode, OFlags, fadvise, fstatfs, open as open_file};

    use super::ReadFrom;

    /// The file systems that lie on a disk of this computer (statfs(2), linux/magic.h): ext2 to
    /// ext4, XFS, Btrfs, F2FS, FAT, exFAT, NTFS. Of tmpfs, of network and FUSE file systems nobody
    /// knows where they read from.
    const ON_DISKS: [FsWord; 7] = [
        0xef53,
        0x5846_5342,
        0x9123_683e,
        0xf2f5_2010,
        0x4d44,
        0x2011_bab0,
        0x7366_746e,
    ];

    /// `None` where it is to be opened as any file, or can't be opened at all.
    pub(super) fn open(path: &Path) -> Option<(File, ReadFrom)> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        // Some read by way of the memory all the same, such as what is compressed: so nothing is
        // to be left there, which only what is flushed lets happen.
        let plain = File::open(path).ok()?;
        if !ON_DISKS.contains(&fstatfs(&plain).ok()?.f_type) {
            return None;
        }
        plain.sync_all().ok()?;
        fadvise(&plain, 0, None, Advice::DontNeed).ok()?;
        let file = open_file(path, flags | OFlags::DIRECT, Mode::empty()).ok()?;
        Some((file.into(), ReadFrom::Disk))
    }

    /// `EINVAL` (open(2), `O_DIRECT`).
    pub(super) fn refuses_to_pass_memory_by(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::InvalidInput
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::windows::fs::OpenOptionsExt as _;
    use std::path::{Component, Path, Prefix};

    use super::ReadFrom;

    /// learn.microsoft.com/windows/win32/fileio/file-buffering
    const FILE_FLAG_NO_BUFFERING: u32 = 0x2000_0000;

    /// `None` where it is to be opened as any file, or can't be opened at all.
    pub(super) fn open(path: &Path) -> Option<(File, ReadFrom)> {
        // The whole path of a share has no drive's letter, also where a letter was given to it.
        let whole = path.canonicalize().ok()?;
        let Some(Component::Prefix(prefix)) = whole.components().next() else {
            return None;
        };
        if !matches!(prefix.kind(), Prefix::VerbatimDisk(_)) {
            return None;
        }
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(FILE_FLAG_NO_BUFFERING);
        Some((options.open(path).ok()?, ReadFrom::Disk))
    }

    /// "The parameter is incorrect" (`ERROR_INVALID_PARAMETER`).
    pub(super) fn refuses_to_pass_memory_by(error: &io::Error) -> bool {
        error.raw_os_error() == Some(87)
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use rustix::fs::fcntl_nocache;

    use super::ReadFrom;

    /// `F_NOCACHE` leaves nothing in memory, but takes what is there already (fcntl(2)), and nobody
    /// is told. `None` where it can't be opened or asked for that.
    pub(super) fn open(path: &Path) -> Option<(File, ReadFrom)> {
        let file = File::open(path).ok()?;
        fcntl_nocache(&file, true).ok()?;
        Some((file, ReadFrom::PerhapsMemory))
    }

    /// It is not refused.
    pub(super) fn refuses_to_pass_memory_by(_error: &io::Error) -> bool {
        false
    }
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use super::ReadFrom;

    pub(super) fn open(_path: &Path) -> Option<(File, ReadFrom)> {
        None
    }

    pub(super) fn refuses_to_pass_memory_by(_error: &io::Error) -> bool {
        false
    }
}
