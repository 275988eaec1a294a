//! The folders that programs copy to a service, as those programs say themselves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::CloudService;
use crate::platform::places::environment::Environment;

/// What Google's program puts at the top of each folder or drive that it shows.
const MARK_OF_GOOGLE: &str = ".shortcut-targets-by-id";

/// A folder, and what copies it.
pub type CloudFolder = (CloudService, PathBuf);

/// The folders that are copied to a service.
pub fn cloud_folders(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let mut folders = one_drive(environment);
    folders.extend(icloud(environment));
    folders.extend(macos_cloud_storage(environment));
    folders.extend(dropbox(environment));
    folders.extend(google_drive(environment));
    folders.extend(nextcloud_and_its_like(environment));
    folders
}

/// Whether one of these folders' own marks stands at a folder or above it.
pub fn marked_cloud(folder: &Path) -> Option<CloudService> {
    folder
        .ancestors()
        .any(|folder| folder.join(MARK_OF_GOOGLE).is_dir())
        .then_some(CloudService::GoogleDrive)
}

/// By the environment and the registry on Windows, which also cover a Desktop and Documents that
/// were moved there, and by the configuration of the client for Linux.
fn one_drive(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let variables = ["OneDrive", "OneDriveConsumer", "OneDriveCommercial"];
    let mut folders: Vec<PathBuf> = variables
        .into_iter()
        .filter_map(|variable| environment.named(variable))
        .collect();
    folders.extend(one_drive_accounts());
    let settings = environment.at_home(".config/onedrive");
    if let Some(settings) = settings.filter(|settings| settings.is_dir()) {
        let named = fs::read_to_string(settings.join("config"))
            .ok()
            .and_then(|text| linux_one_drive_folder(&text));
        let named = named.unwrap_or_else(|| "OneDrive".to_owned());
        // A path from the home, with `~` before it or without, or a whole one.
        folders.extend(environment.at_home(named.trim_start_matches("~/")));
    }
    each(&CloudService::OneDrive, folders)
}

/// Reads `sync_dir = "~/OneDrive"`.
fn linux_one_drive_folder(settings: &str) -> Option<String> {
    settings.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "sync_dir").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What each account's program wrote into the person's part of the registry.
#[cfg(windows)]
fn one_drive_accounts() -> Vec<PathBuf> {
    let accounts = windows_registry::CURRENT_USER.open(r"Software\Microsoft\OneDrive\Accounts");
    let Ok(accounts) = accounts else {
        return Vec::new();
    };
    let names = accounts.keys().into_iter().flatten();
    names
        .filter_map(|name| accounts.open(name).ok()?.get_string("UserFolder").ok())
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .collect()
}

#[cfg(not(windows))]
const fn one_drive_accounts() -> Vec<PathBuf> {
    Vec::new()
}

/// On macOS all of iCloud Drive lies in one folder, and the person's Desktop and Documents are
/// copied too where they stand in it; on Windows it has a folder in the home.
fn icloud(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let mut folders = Vec::new();
    folders.extend(environment.at_home("Library/Mobile Documents"));
    for name in ["Desktop", "Documents"] {
        let copied = format!("Library/Mobile Documents/com~apple~CloudDocs/{name}");
        if environment
            .at_home(&copied)
            .is_some_and(|there| there.exists())
        {
            folders.extend(environment.at_home(name));
        }
    }
    if cfg!(windows) {
        folders.extend(environment.at_home("iCloudDrive"));
    }
    each(&CloudService::ICloud, folders)
}

/// macOS gives each service that works through it a folder here: `OneDrive-Personal`,
/// `GoogleDrive-desk@clinic.example`, `Dropbox`.
fn macos_cloud_storage(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let Some(storage) = environment.at_home("Library/CloudStorage") else {
        return Vec::new();
    };
    let entries = fs::read_dir(storage).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (service_of_folder(&name), entry.path())
        })
        .collect()
}

fn service_of_folder(name: &str) -> CloudService {
    let provider = name.split('-').next().unwrap_or(name);
    match provider.to_ascii_lowercase().as_str() {
        "onedrive" => CloudService::OneDrive,
        "googledrive" => CloudService::GoogleDrive,
        "dropbox" => CloudService::Dropbox,
        "iclouddrive" | "icloud" => CloudService::ICloud,
        "nextcloud" => CloudService::Nextcloud,
        "owncloud" => CloudService::OwnCloud,
        _ => CloudService::Other(provider.to_owned()),
    }
}

/// By its `info.json`, which names a `path` for each account
/// (help.dropbox.com/installs/locate-dropbox-folder).
fn dropbox(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let files = [
        environment
            .named("APPDATA")
            .map(|data| data.join("Dropbox/info.json")),
        environment
            .named("LOCALAPPDATA")
            .map(|data| data.join("Dropbox/info.json")),
        environment.at_home(".dropbox/info.json"),
    ];
    let texts = files
        .into_iter()
        .flatten()
        .filter_map(|file| fs::read(file).ok());
    each(
        &CloudService::Dropbox,
        texts.flat_map(|text| dropbox_folders(&text)).collect(),
    )
}

fn dropbox_folders(info: &[u8]) -> Vec<PathBuf> {
    let accounts: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(info).unwrap_or_default();
    accounts
        .values()
        .filter_map(|account| account.get("path")?.as_str().map(PathBuf::from))
        .collect()
}

/// The folders that Google's program offers to copy, where that program is. Its drives are known
/// by their label and its mark.
fn google_drive(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let programs = [
        environment
            .named("LOCALAPPDATA")
            .map(|data| data.join("Google/DriveFS")),
        environment.at_home("Library/Application Support/Google/DriveFS"),
    ];
    if !programs
        .into_iter()
        .flatten()
        .any(|program| program.is_dir())
    {
        return Vec::new();
    }
    let folders = ["My Drive", "Google Drive"];
    let folders = folders
        .into_iter()
        .filter_map(|name| environment.at_home(name));
    each(&CloudService::GoogleDrive, folders.collect())
}

/// By their settings, which are of one form: a `localPath` for each folder.
fn nextcloud_and_its_like(environment: &Environment<'_>) -> Vec<CloudFolder> {
    let mut folders = Vec::new();
    for (service, name, file) in [
        (CloudService::Nextcloud, "Nextcloud", "nextcloud.cfg"),
        (CloudService::OwnCloud, "ownCloud", "owncloud.cfg"),
    ] {
        let places = [
            environment.named("APPDATA"),
            environment.named("XDG_CONFIG_HOME"),
            environment.at_home(".config"),
            environment.at_home("Library/Preferences"),
        ];
        for place in places.into_iter().flatten() {
            let settings = fs::read_to_string(place.join(name).join(file));
            let paths = settings.map(|text| local_paths(&text)).unwrap_or_default();
            folders.extend(each(&service, paths));
        }
    }
    folders
}

/// Reads lines such as `0\Folders\1\localPath=/home/desk/Nextcloud/`. Qt writes a letter beyond
/// ASCII as `\xfc`, and doubles a backslash (doc.qt.io/qt-6/qsettings.html, "`IniFormat`").
fn local_paths(settings: &str) -> Vec<PathBuf> {
    settings
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| key.trim().ends_with("\\localPath"))
        .map(|(_, value)| PathBuf::from(unescaped(value.trim().trim_matches('"'))))
        .filter(|path| path.is_absolute())
        .collect()
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        rest = after;
        if let Some(digits) = after.strip_prefix('x') {
            let end = digits
                .find(|digit: char| !digit.is_ascii_hexdigit())
                .unwrap_or(digits.len());
            let (number, after) = digits.split_at(end.min(6));
            let letter = u32::from_str_radix(number, 16)
                .ok()
                .and_then(char::from_u32);
            text.extend(letter);
            rest = after;
        } else if let Some(after) = after.strip_prefix('\\') {
            text.push('\\');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

fn each(service: &CloudService, folders: Vec<PathBuf>) -> Vec<CloudFolder> {
    folders
        .into_iter()
        .map(|folder| (service.clone(), folder))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A home with these files and folders (which end in `/`).
    fn home(contents: &[(&str, &str)]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for (path, text) in contents {
            let place = home.path().join(path);
            if path.ends_with('/') {
                fs::create_dir_all(place).unwrap();
            } else {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, text).unwrap();
            }
        }
        home
    }

    fn found(home: &Path, variables: &[(&str, PathBuf)]) -> Vec<CloudFolder> {
        cloud_folders(&Environment {
            home: Some(home.to_owned()),
            variable: &|wanted| {
                let mut variables = variables.iter();
                let (_, value) = variables.find(|(name, _)| *name == wanted)?;
                Some(value.clone())
            },
        })
    }

    #[test]
    fn one_drive_is_known_by_its_variables_and_its_settings() {
        let place = home(&[(
            ".config/onedrive/config",
            "# x\nsync_dir = \"~/Cloud/One\"\n",
        )]);
        let business = place.path().join("OneDrive - Clinic");
        let variables = [
            ("OneDriveCommercial", business.clone()),
            ("OneDrive", PathBuf::new()),
        ];
        let found = found(place.path(), &variables);
        for folder in [business, place.path().join("Cloud/One")] {
            assert!(
                found.contains(&(CloudService::OneDrive, folder)),
                "{found:?}"
            );
        }
        assert!(found.iter().all(|(_, folder)| folder.is_absolute()));
    }

    #[test]
    fn dropbox_names_a_folder_for_each_account() {
        let path = |name: &str| std::env::temp_dir().join(name);
        let info = serde_json::json!({
            "personal": { "path": path("Dropbox"), "host": 1 },
            "business": { "path": path("Dropbox (Clinic)") },
        });
        let file = "Dropbox/info.json";
        let place = home(&[(file, &info.to_string()), (".dropbox/info.json", "{\"cut")]);
        let data = [("LOCALAPPDATA", place.path().to_owned())];
        let found = found(place.path(), &data);
        for name in ["Dropbox", "Dropbox (Clinic)"] {
            assert!(found.contains(&(CloudService::Dropbox, path(name))));
        }
    }

    #[test]
    fn icloud_has_the_desktop_and_documents_only_where_they_were_put_there() {
        let documents = "Library/Mobile Documents/com~apple~CloudDocs/Documents/";
        let place = home(&[(documents, "")]);
        let found = found(place.path(), &[]);
        let icloud = |name: &str| found.contains(&(CloudService::ICloud, place.path().join(name)));
        assert!(icloud("Library/Mobile Documents") && icloud("Documents"));
        assert!(!icloud("Desktop"));
    }

    #[test]
    fn macos_names_each_service_by_its_folder() {
        let folder = |name: &str| format!("Library/CloudStorage/{name}/");
        let names = ["OneDrive-Clinic", "GoogleDrive-a@b.example", "Box-Box"];
        let folders = names.map(folder);
        let contents = folders.each_ref().map(|path| (path.as_str(), ""));
        let place = home(&contents);
        let mut services: Vec<String> = found(place.path(), &[])
            .into_iter()
            .filter(|(_, path)| path.starts_with(place.path().join("Library/CloudStorage")))
            .map(|(service, _)| service.name().to_owned())
            .collect();
        services.sort();
        assert_eq!(services, ["Box", "Google Drive", "OneDrive"]);
    }

    #[test]
    fn google_drive_is_known_by_its_program_and_its_mark() {
        let place = home(&[
            ("Google/DriveFS/", ""),
            ("G/.shortcut-targets-by-id/", ""),
            ("G/Meine Ablage/Praxis/", ""),
        ]);
        let mirrored = (CloudService::GoogleDrive, place.path().join("My Drive"));
        let data = [("LOCALAPPDATA", place.path().to_owned())];
        assert!(found(place.path(), &data).contains(&mirrored));
        assert!(!found(place.path(), &[]).contains(&mirrored));
        let streamed = place.path().join("G/Meine Ablage/Praxis");
        assert_eq!(marked_cloud(&streamed), Some(CloudService::GoogleDrive));
        assert_eq!(marked_cloud(&place.path().join("Google")), None);
    }

    #[cfg(unix)]
    #[test]
    fn nextcloud_tells_its_folders_in_its_settings() {
        let settings = "[Accounts]\n0\\Folders\\1\\localPath=/home/desk/J\\xfcrgen/\n\
                        0\\Folders\\1\\targetPath=/\n0\\url=https://cloud.example\n\
                        1\\Folders\\2\\localPath=\"/srv/a b\"\n";
        let place = home(&[
            (".config/Nextcloud/nextcloud.cfg", settings),
            (
                ".config/ownCloud/owncloud.cfg",
                "0\\Folders\\1\\localPath=relative\n",
            ),
        ]);
        let found = found(place.path(), &[]);
        for folder in ["/home/desk/J\u{fc}rgen", "/srv/a b"] {
            assert!(
                found.contains(&(CloudService::Nextcloud, folder.into())),
                "{found:?}"
            );
        }
        assert!(
            found
                .iter()
                .all(|(service, _)| *service != CloudService::OwnCloud)
        );
    }

    #[test]
    fn settings_of_windows_are_read_as_they_are_written() {
        assert_eq!(unescaped(r"C:\\Users\\J\xfcrgen"), "C:\\Users\\J\u{fc}rgen");
        assert_eq!(
            unescaped("C:/Users/desk/Nextcloud/"),
            "C:/Users/desk/Nextcloud/"
        );
    }
}
