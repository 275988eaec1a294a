//! Which disk is mounted where, and of what kind it is.

use std::path::PathBuf;

use crate::domain::CloudService;

/// One disk at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The folder, or drive, under which it is reached.
    pub point: PathBuf,
    /// What it is.
    pub kind: Mounted,
}

/// What a mounted disk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mounted {
    /// A disk that stays in the computer, as far as is known.
    Usual,
    /// One that can be pulled out.
    Removable,
    /// Another computer's.
    Network,
    /// The computer's memory, which is empty after a restart.
    Memory,
    /// A service's own.
    Cloud(CloudService),
    /// The folder under which GNOME shows servers, phones and cloud services, each by a name
    /// that tells which it is.
    Gnome,
}

impl Mounted {
    /// What the kind of a file system and what is mounted tell, `None` where it is a disk like
    /// any other.
    ///
    /// `options` are those of the file system itself.
    pub fn of(file_system: &str, source: &str, options: &str) -> Option<Self> {
        let kind = file_system.to_ascii_lowercase();
        let kind = kind.strip_prefix("fuse.").unwrap_or(&kind);
        Some(match kind {
            "tmpfs" | "ramfs" => Self::Memory,
            "gvfsd-fuse" => Self::Gnome,
            "google-drive-ocamlfuse" => Self::Cloud(CloudService::GoogleDrive),
            "onedriver" => Self::Cloud(CloudService::OneDrive),
            // Windows' own disks as the Linux inside Windows shows them.
            "9p" if options.contains("aname=drvfs") => return None,
            "9p" | "afpfs" | "afs" | "beegfs" | "ceph" | "cifs" | "coda" | "curlftpfs"
            | "davfs" | "davfs2" | "glusterfs" | "lustre" | "ncpfs" | "nfs" | "nfs3" | "nfs4"
            | "orangefs" | "rclone" | "s3fs" | "smb2" | "smb3" | "smbfs" | "smbnetfs" | "sshfs"
            | "webdav" => Self::Network,
            // davfs2 mounts as plain FUSE, with the address as what is mounted.
            "fuse" if source.contains("://") => Self::Network,
            _ => return None,
        })
    }
}

/// The disks of this computer. Reads what the system knows and asks no disk, so that one that is
/// gone holds nothing up.
#[cfg(target_os = "linux")]
pub fn mounts() -> Vec<Mount> {
    let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let devices = std::path::Path::new("/sys/class/block");
    linux::mounts_in(&String::from_utf8_lossy(&table), |device| {
        linux::is_removable(devices, device)
    })
}

/// The disks of this computer: the kinds by the system's `mount`, what is removable by the
/// volumes' own properties.
#[cfg(target_os = "macos")]
pub fn mounts() -> Vec<Mount> {
    let table = std::process::Command::new("/sbin/mount").output();
    let table = table.map(|output| output.stdout).unwrap_or_default();
    let mut mounts = bsd::mounts_in(&String::from_utf8_lossy(&table));
    mounts.extend(volumes());
    mounts
}

/// The drives of this computer. Those of other computers are known by where they lead.
#[cfg(windows)]
pub fn mounts() -> Vec<Mount> {
    volumes()
}

/// Nothing is known elsewhere.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub fn mounts() -> Vec<Mount> {
    Vec::new()
}

/// The volumes that can be pulled out, and Google's.
#[cfg(any(target_os = "macos", windows))]
fn volumes() -> Vec<Mount> {
    let nothing_more = sysinfo::DiskRefreshKind::nothing();
    let disks = sysinfo::Disks::new_with_refreshed_list_specifics(nothing_more);
    disks
        .iter()
        .flat_map(|disks| disks.iter())
        .filter_map(|disk| {
            let kind = if disk.name() == "Google Drive" {
                Mounted::Cloud(CloudService::GoogleDrive)
            } else if disk.is_removable() {
                Mounted::Removable
            } else {
                return None;
            };
            let point = disk.mount_point().to_owned();
            Some(Mount { point, kind })
        })
        .collect()
}

/// Linux's table of mounts, and what it knows of block devices.
#[cfg(any(target_os = "linux", test))]
mod linux {
    use std::fs;
    use std::path::Path;

    use super::{Mount, Mounted, PathBuf};

    /// How many layers (encryption, a volume group) are looked through for the device beneath.
    const MOST_LAYERS: usize = 8;

    /// Reads `/proc/self/mountinfo` (man 5 `proc_pid_mountinfo`): the mount point is the fifth
    /// field; after ` - ` come the file system's kind, what is mounted, and its options.
    pub fn mounts_in(table: &str, is_removable: impl Fn(&str) -> bool) -> Vec<Mount> {
        let mount = |line: &str| {
            let (place, what) = line.split_once(" - ")?;
            let point = unescaped(place.split(' ').nth(4)?);
            let mut what = what.split(' ');
            let file_system = what.next()?;
            let source = unescaped(what.next()?);
            let options = what.next().unwrap_or_default();
            let kind = Mounted::of(file_system, &source, options).unwrap_or_else(|| {
                if source.starts_with("/dev/") && is_removable(&source) {
                    Mounted::Removable
                } else {
                    Mounted::Usual
                }
            });
            Some(Mount {
                point: PathBuf::from(point),
                kind,
            })
        };
        table.lines().filter_map(mount).collect()
    }

    /// Turns `\040` and its like back into what they stand for.
    fn unescaped(field: &str) -> String {
        let mut bytes = Vec::with_capacity(field.len());
        let mut rest = field.as_bytes();
        while let [first, after @ ..] = rest {
            let digits = after
                .get(..3)
                .and_then(|digits| str::from_utf8(digits).ok());
            let escaped = (*first == b'\\')
                .then(|| digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()))
                .flatten();
            if let Some(byte) = escaped {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Whether a block device can be pulled out: it hangs on USB, says so itself, or is a memory
    /// card; an encrypted one is what lies beneath it. `devices` is `/sys/class/block`.
    pub fn is_removable(devices: &Path, device: &str) -> bool {
        // `/dev/mapper/…` and `/dev/disk/…` are links to the device's own name.
        let real = fs::canonicalize(device).unwrap_or_else(|_| PathBuf::from(device));
        real.file_name()
            .is_some_and(|name| is_pluggable(devices, Path::new(name), MOST_LAYERS))
    }

    fn is_pluggable(devices: &Path, name: &Path, layers: usize) -> bool {
        let Ok(entry) = fs::canonicalize(devices.join(name)) else {
            return false;
        };
        let on_usb = entry
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("usb"));
        // A partition's own folder lies in its disk's.
        let says = |file: &str, word: &str| {
            entry.ancestors().take(2).any(|folder| {
                fs::read_to_string(folder.join(file)).is_ok_and(|text| text.trim() == word)
            })
        };
        let beneath = || {
            let slaves = fs::read_dir(entry.join("slaves")).into_iter().flatten();
            let names = slaves.filter_map(|slave| Some(slave.ok()?.file_name()));
            layers > 0
                && names
                    .into_iter()
                    .any(|name| is_pluggable(devices, Path::new(&name), layers - 1))
        };
        on_usb || says("removable", "1") || says("device/type", "SD") || beneath()
    }
}

/// What `mount` prints on macOS: `//desk@server/share on /Volumes/share (smbfs, nodev, nosuid)`.
#[cfg(any(target_os = "macos", test))]
mod bsd {
    use super::{Mount, Mounted, PathBuf};

    pub fn mounts_in(table: &str) -> Vec<Mount> {
        let mount = |line: &str| {
            let (what, options) = line.rsplit_once(" (")?;
            let (source, point) = what.split_once(" on ")?;
            let file_system = options.split([',', ')']).next()?.trim();
            let kind = Mounted::of(file_system, source, "").unwrap_or(Mounted::Usual);
            Some(Mount {
                point: PathBuf::from(point),
                kind,
            })
        };
        table.lines().filter_map(mount).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(point: &str, kind: Mounted) -> Mount {
        Mount {
            point: PathBuf::from(point),
            kind,
        }
    }

    #[test]
    fn linux_tells_disks_of_other_computers_memory_and_sticks() {
        let table = "\
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:33 / /mnt/rec\\040ords\\134x rw - nfs4 files:/rec rw,vers=4.2
41 27 0:34 / /mnt/share rw shared:9 master:1 - cifs //files/share rw
42 27 0:35 / /home/desk/ssh rw - fuse.sshfs desk@files:/ rw
43 27 0:36 / /mnt/dav rw - fuse https://dav.example/ rw
44 27 0:37 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs;path=C:
45 27 0:38 / /run rw - tmpfs tmpfs rw
46 27 8:17 / /media/desk/STICK rw - vfat /dev/sdb1 rw
47 27 0:50 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
a line that is cut off";
        assert_eq!(
            linux::mounts_in(table, |device| device == "/dev/sdb1"),
            [
                mount("/", Mounted::Usual),
                mount("/mnt/rec ords\\x", Mounted::Network),
                mount("/mnt/share", Mounted::Network),
                mount("/home/desk/ssh", Mounted::Network),
                mount("/mnt/dav", Mounted::Network),
                mount("/mnt/c", Mounted::Usual),
                mount("/run", Mounted::Memory),
                mount("/media/desk/STICK", Mounted::Removable),
                mount("/run/user/1000/gvfs", Mounted::Gnome),
            ]
        );
    }

    #[test]
    fn macos_tells_disks_of_other_computers() {
        let table = "\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//desk@files.example/Recordings on /Volumes/Rec (old) (smbfs, nodev, nosuid, mounted by desk)
https://dav.example/ on /Volumes/dav (webdav, nodev)
map auto_home on /System/Volumes/Data/home (autofs, automounted)";
        assert_eq!(
            bsd::mounts_in(table),
            [
                mount("/", Mounted::Usual),
                mount("/Volumes/Rec (old)", Mounted::Network),
                mount("/Volumes/dav", Mounted::Network),
                mount("/System/Volumes/Data/home", Mounted::Usual),
            ]
        );
    }

    /// A device tree as the kernel's: a link for each device into a folder that tells where it
    /// hangs.
    #[cfg(unix)]
    #[test]
    fn a_stick_is_known_by_where_it_hangs_also_when_it_is_encrypted() {
        use std::fs;
        let place = tempfile::tempdir().unwrap();
        let (tree, class) = (place.path().join("devices"), place.path().join("block"));
        fs::create_dir(&class).unwrap();
        let device = |name: &str, at: &str| {
            let folder = tree.join(at).join(name);
            fs::create_dir_all(&folder).unwrap();
            std::os::unix::fs::symlink(&folder, class.join(name)).unwrap();
            folder
        };
        device("sda1", "pci0/ata1/block/sda");
        device("sdb1", "pci0/usb1/1-2/block/sdb");
        let card = device("mmcblk0", "pci0/mmc0/block");
        fs::create_dir(card.join("device")).unwrap();
        fs::write(card.join("device/type"), "SD\n").unwrap();
        device("mmcblk0p1", "pci0/mmc0/block/mmcblk0");
        let floppy = device("fd0", "platform/block");
        fs::write(floppy.join("removable"), "1\n").unwrap();
        for (locked, beneath) in [("dm-0", "sda1"), ("dm-1", "sdb1")] {
            let folder = device(locked, "virtual/block");
            fs::create_dir_all(folder.join("slaves").join(beneath)).unwrap();
        }
        let removable: Vec<&str> = ["sda1", "sdb1", "mmcblk0p1", "fd0", "dm-0", "dm-1", "gone"]
            .into_iter()
            .filter(|name| linux::is_removable(&class, &format!("/dev/{name}")))
            .collect();
        assert_eq!(removable, ["sdb1", "mmcblk0p1", "fd0", "dm-1"]);
    }
}
