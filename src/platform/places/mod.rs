//! What a folder is as a place for recordings: copied to a service, temporary, on a drive that
//! can be pulled out, or on another computer.

mod clouds;
mod environment;
#[cfg_attr(
    windows,
    allow(
        dead_code,
        reason = "Windows tells of drives in another way than by kinds"
    )
)]
mod mounts;
mod paths;
mod temporary;

use std::path::{Path, PathBuf};

use crate::domain::{CloudService, Drive, Place};
use crate::platform::places::clouds::{CloudFolder, cloud_folders, marked_cloud};
use crate::platform::places::environment::Environment;
use crate::platform::places::mounts::{Mount, Mounted, mounts};
use crate::platform::places::paths::Comparing;
use crate::platform::places::temporary::{is_temporary_by_name, temporary_folders};

/// Finds out what `folder` is. Links and junctions count as what they lead to; a folder that is
/// not there counts as what it would be.
///
/// Blocks on the disk, and for ever where a network drive does not answer: never called on the
/// window's thread, nor waited for without a limit.
#[must_use]
pub fn look_at_place(folder: &Path) -> Place {
    let folder = resolved(folder);
    let mut place = Knowledge::of_this_computer().judge(&folder);
    if place.copied_to.is_none() {
        place.copied_to = marked_cloud(&folder);
    }
    place
}

/// What is known of a computer's folders and disks.
struct Knowledge {
    comparing: Comparing,
    temporary: Vec<PathBuf>,
    clouds: Vec<CloudFolder>,
    mounts: Vec<Mount>,
}

impl Knowledge {
    fn of_this_computer() -> Self {
        let environment = Environment::here();
        // What a program calls its folder may be a link too.
        let temporary = temporary_folders(&environment);
        let temporary = temporary.iter().map(|folder| resolved(folder)).collect();
        let clouds = cloud_folders(&environment).into_iter();
        let clouds = clouds.map(|(service, folder)| (service, resolved(&folder)));
        Self {
            comparing: Comparing::HERE,
            temporary,
            clouds: clouds.collect(),
            mounts: mounts(),
        }
    }

    /// What a resolved folder is.
    fn judge(&self, folder: &Path) -> Place {
        let parts = self.comparing.parts(folder);
        let mounted = self.mount_of(&parts);
        let mut place = Place {
            temporary: self.is_temporary(&parts),
            copied_to: self.cloud_of(&parts),
            drive: Drive::Usual,
        };
        if self.comparing.is_share(&parts) {
            place.drive = Drive::Network;
        }
        match mounted {
            None | Some((Mounted::Usual, _)) => {}
            Some((Mounted::Removable, _)) => place.drive = Drive::Removable,
            Some((Mounted::Network, _)) => place.drive = Drive::Network,
            Some((Mounted::Memory, _)) => place.temporary = true,
            Some((Mounted::Cloud(service), _)) => {
                place.copied_to.get_or_insert_with(|| service.clone());
            }
            Some((Mounted::Gnome, below)) => {
                let shown = parts.get(below).map(String::as_str).unwrap_or_default();
                match shown.split_once(':').map_or(shown, |(kind, _)| kind) {
                    "google-drive" => place.copied_to = Some(CloudService::GoogleDrive),
                    "onedrive" => place.copied_to = Some(CloudService::OneDrive),
                    "mtp" | "gphoto2" | "afc" => place.drive = Drive::Removable,
                    _ => place.drive = Drive::Network,
                }
            }
        }
        place
    }

    fn is_temporary(&self, parts: &[String]) -> bool {
        is_temporary_by_name(parts)
            || self.temporary.iter().any(|folder| {
                let root = self.comparing.parts(folder);
                !root.is_empty() && parts.starts_with(&root)
            })
    }

    /// The innermost of the folders that hold this one.
    fn cloud_of(&self, parts: &[String]) -> Option<CloudService> {
        let holding = self.clouds.iter().filter_map(|(service, folder)| {
            let root = self.comparing.parts(folder);
            let holds = !root.is_empty() && parts.starts_with(&root);
            holds.then_some((root.len(), service))
        });
        let innermost = holding.max_by_key(|(length, _)| *length);
        innermost.map(|(_, service)| service.clone())
    }

    /// The disk that a folder is on, and at which of its parts the disk begins: the longest mount
    /// point counts, and of those at one point the last, which hides the others.
    fn mount_of(&self, parts: &[String]) -> Option<(&Mounted, usize)> {
        let holding = self.mounts.iter().filter_map(|mount| {
            let root = self.comparing.parts(&mount.point);
            parts
                .starts_with(&root)
                .then_some((&mount.kind, root.len()))
        });
        holding.max_by_key(|(_, length)| *length)
    }
}

/// The path without links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in path.ancestors() {
        if let Ok(real) = there.canonicalize() {
            let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
            return real.join(rest);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computer(comparing: Comparing) -> Knowledge {
        Knowledge {
            comparing,
            temporary: Vec::new(),
            clouds: Vec::new(),
            mounts: Vec::new(),
        }
    }

    fn mount(point: &str, kind: Mounted) -> Mount {
        Mount {
            point: point.into(),
            kind,
        }
    }

    #[test]
    fn a_windows_desk_is_known_in_every_way_that_a_path_is_written() {
        let mut desk = computer(Comparing::AsWindows);
        desk.temporary = vec![r"C:\Users\Desk\AppData\Local\Temp".into()];
        desk.clouds = vec![(
            CloudService::OneDrive,
            r"\\?\C:\Users\Desk\OneDrive - Clinic".into(),
        )];
        desk.mounts = vec![
            mount(r"C:\", Mounted::Usual),
            mount(r"E:\", Mounted::Removable),
            mount(r"G:\", Mounted::Cloud(CloudService::GoogleDrive)),
        ];
        let is = |path: &str| desk.judge(Path::new(path));
        let copied = |service| Place {
            copied_to: Some(service),
            ..Place::default()
        };
        let temporary = Place {
            temporary: true,
            ..Place::default()
        };
        let on = |drive| Place {
            drive,
            ..Place::default()
        };
        for (path, place) in [
            (
                r"C:\Users\desk\onedrive - clinic\Desktop",
                copied(CloudService::OneDrive),
            ),
            (r"C:\Users\Desk\OneDrive - Clinic 2", Place::default()),
            (r"\\?\C:\users\desk\appdata\local\temp\x", temporary.clone()),
            (
                r"C:\Users\Desk\AppData\Local\Microsoft\Windows\INetCache\IE",
                temporary,
            ),
            (r"\\?\UNC\server\share\Recordings", on(Drive::Network)),
            (r"\\server\share", on(Drive::Network)),
            (r"e:\Recordings", on(Drive::Removable)),
            (r"G:\My Drive\Recordings", copied(CloudService::GoogleDrive)),
            (r"C:\Users\Desk\Documents", Place::default()),
            (r"D:\Recordings", Place::default()),
        ] {
            assert_eq!(is(path), place, "{path}");
        }
    }

    #[test]
    fn of_nested_disks_and_folders_the_innermost_counts() {
        let mut desk = computer(Comparing::Exactly);
        desk.clouds = vec![
            (CloudService::Dropbox, "/home/desk/Dropbox".into()),
            (CloudService::Nextcloud, "/home/desk/Dropbox/Next".into()),
        ];
        desk.mounts = vec![
            mount("/srv/net/stick", Mounted::Removable),
            mount("/", Mounted::Usual),
            mount("/srv/net", Mounted::Usual),
            mount("/srv/net", Mounted::Network),
            mount("/run/user/1/gvfs", Mounted::Gnome),
        ];
        let is = |path: &str| desk.judge(Path::new(path));
        assert_eq!(is("/srv/net/a").drive, Drive::Network);
        assert_eq!(is("/srv/network").drive, Drive::Usual);
        assert_eq!(is("/srv/net/stick/a").drive, Drive::Removable);
        let service = |path: &str| is(path).copied_to;
        assert_eq!(
            service("/home/desk/Dropbox/Next/a"),
            Some(CloudService::Nextcloud)
        );
        assert_eq!(
            service("/home/desk/Dropbox/Nexus"),
            Some(CloudService::Dropbox)
        );
        let google = "/run/user/1/gvfs/google-drive:host=gmail.com,user=desk/abc";
        assert_eq!(service(google), Some(CloudService::GoogleDrive));
        let share = "/run/user/1/gvfs/smb-share:server=files,share=rec";
        assert_eq!(is(share).drive, Drive::Network);
        assert_eq!(
            is("/run/user/1/gvfs/mtp:host=phone").drive,
            Drive::Removable
        );
    }

    #[test]
    fn the_computers_own_folder_for_what_is_temporary_is_known_through_links_too() {
        let folder = tempfile::tempdir().unwrap();
        assert!(look_at_place(folder.path()).temporary);
        assert!(look_at_place(&folder.path().join("to/come")).temporary);
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&manifest, &link).unwrap();
            assert_eq!(look_at_place(&link), look_at_place(&manifest));
        }
        assert_eq!(look_at_place(&manifest).copied_to, None);
    }
}
