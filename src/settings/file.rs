use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::{ServiceOrigin, Sha256Digest};
use crate::settings::{Settings, ThemeChoice, WindowPlace};

/// The file that holds the settings. Its calls block on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    path: PathBuf,
}

/// Why settings could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file could not be read: everything stands as it is offered first.
    #[error("the settings can't be read: {0}")]
    NotReadable(#[source] io::Error),
    /// The file is no JSON object. It was put aside under this name, if that could be done, and
    /// everything stands as it is offered first.
    #[error("the settings are damaged")]
    Damaged {
        /// Where the file is now.
        put_aside: Option<PathBuf>,
    },
    /// The settings were not kept: the file is as it was.
    #[error("the settings can't be kept: {0}")]
    NotWritable(#[source] io::Error),
}

impl SettingsFile {
    /// The file's name in the data folder.
    pub const FILE_NAME: &'static str = "settings.json";

    /// The file in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join(Self::FILE_NAME),
        }
    }

    /// Reads the settings. A missing file is a first start; a value that is missing or not
    /// offered stands as it is offered first, for itself alone.
    #[must_use]
    pub fn load(&self) -> (Settings, Option<SettingsError>) {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return (Settings::default(), None);
            }
            Err(error) => {
                return (Settings::default(), Some(SettingsError::NotReadable(error)));
            }
        };
        if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&bytes) {
            return (settings_of(members), None);
        }
        let aside = self.path.with_added_extension("damaged");
        let put_aside = fs::rename(&self.path, &aside).ok().map(|()| aside);
        (
            Settings::default(),
            Some(SettingsError::Damaged { put_aside }),
        )
    }

    /// The settings as [`Self::write`] takes them. A download folder whose path is not Unicode is not
    /// kept.
    ///
    /// # Errors
    /// [`SettingsError::NotWritable`].
    pub fn bytes_of(settings: &Settings) -> Result<Vec<u8>, SettingsError> {
        let bytes = serde_json::to_vec_pretty(&Wire::of(settings));
        let mut bytes = bytes.map_err(|error| SettingsError::NotWritable(error.into()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Keeps settings in place of the earlier ones: wholly, or not at all, also when the power fails.
    ///
    /// # Errors
    /// [`SettingsError::NotWritable`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), SettingsError> {
        self.replace(bytes).map_err(SettingsError::NotWritable)
    }

    /// The digest of what is there; `None` where no file is.
    ///
    /// # Errors
    /// [`SettingsError::NotReadable`].
    pub fn digest(&self) -> Result<Option<Sha256Digest>, SettingsError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(Sha256Digest::of(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SettingsError::NotReadable(error)),
        }
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        // On Unix a temporary file has permissions 0600, and keeps them under its final name.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        if cfg!(unix) {
            flush_folder(folder)?;
        }
        Ok(())
    }
}

/// Makes a new name last through a power cut. Some network and FUSE file systems have no such
/// thing as flushing a folder.
fn flush_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        flushed => flushed,
    }
}

/// The settings as the file has them.
#[derive(Serialize)]
struct Wire<'a> {
    service: String,
    signs_in_with_token: bool,
    /// 0 for never.
    lock_after: u16,
    tells_of_newer_version: bool,
    theme: &'static str,
    text_size: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    download_folder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WireWindow>,
}

#[derive(Serialize, Deserialize)]
struct WireWindow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<[f32; 2]>,
    size: [f32; 2],
    #[serde(default)]
    maximised: bool,
}

impl<'a> Wire<'a> {
    fn of(settings: &'a Settings) -> Self {
        Self {
            service: settings.service.ascii(),
            signs_in_with_token: settings.signs_in_with_token,
            lock_after: settings.lock_after.unwrap_or_default(),
            tells_of_newer_version: settings.tells_of_newer_version,
            theme: theme_word(settings.theme),
            text_size: settings.text_size,
            download_folder: settings.download_folder.as_deref().and_then(Path::to_str),
            window: settings.window.map(|window| WireWindow {
                position: window.position,
                size: window.size,
                maximised: window.maximised,
            }),
        }
    }
}

fn settings_of(mut members: Map<String, Value>) -> Settings {
    let offered = Settings::default();
    Settings {
        service: take::<String>(&mut members, "service")
            .and_then(|text| ServiceOrigin::parse(&text).ok())
            .unwrap_or(offered.service),
        signs_in_with_token: take(&mut members, "signs_in_with_token")
            .unwrap_or(offered.signs_in_with_token),
        lock_after: match take::<u16>(&mut members, "lock_after") {
            Some(0) => None,
            minutes => minutes
                .filter(|minutes| Settings::LOCK_TIMES.contains(minutes))
                .or(offered.lock_after),
        },
        tells_of_newer_version: take(&mut members, "tells_of_newer_version")
            .unwrap_or(offered.tells_of_newer_version),
        theme: take::<String>(&mut members, "theme")
            .and_then(|word| theme_of(&word))
            .unwrap_or(offered.theme),
        text_size: take(&mut members, "text_size")
            .filter(|size| Settings::TEXT_SIZES.contains(size))
            .unwrap_or(offered.text_size),
        download_folder: take::<PathBuf>(&mut members, "download_folder")
            .filter(|folder| folder.is_absolute()),
        window: take(&mut members, "window").as_ref().and_then(window_of),
    }
}

fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Option<T> {
    serde_json::from_value(members.remove(name)?).ok()
}

/// A size that no screen has is dropped with all of it, a place that no desk has by itself.
fn window_of(wire: &WireWindow) -> Option<WindowPlace> {
    let is_size = |length: f32| (100.0..=30_000.0).contains(&length);
    let is_place = |edge: f32| (-60_000.0..=60_000.0).contains(&edge);
    wire.size.into_iter().all(is_size).then_some(WindowPlace {
        position: wire
            .position
            .filter(|position| position.iter().copied().all(is_place)),
        size: wire.size,
        maximised: wire.maximised,
    })
}

const fn theme_word(theme: ThemeChoice) -> &'static str {
    match theme {
        ThemeChoice::System => "system",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    }
}

fn theme_of(word: &str) -> Option<ThemeChoice> {
    [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark]
        .into_iter()
        .find(|theme| theme_word(*theme) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, SettingsFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        (folder, file)
    }

    fn save(file: &SettingsFile, settings: &Settings) -> Result<(), SettingsError> {
        file.write(&SettingsFile::bytes_of(settings)?)
    }

    fn chosen() -> Settings {
        Settings {
            service: ServiceOrigin::parse("https://clinic.example:8443").unwrap(),
            signs_in_with_token: true,
            lock_after: None,
            tells_of_newer_version: true,
            theme: ThemeChoice::Dark,
            text_size: 150,
            download_folder: Some(std::env::temp_dir().join("J\u{fc}rgen")),
            window: Some(WindowPlace {
                position: Some([-5.0, 10.5]),
                size: [1120.0, 760.0],
                maximised: true,
            }),
        }
    }

    #[test]
    fn a_first_start_has_what_is_offered_first() {
        let (_folder, file) = place();
        let (settings, error) = file.load();
        assert_eq!(settings, Settings::default());
        assert!(error.is_none());
        assert_eq!(settings.service.ascii(), ServiceOrigin::DEFAULT);
    }

    #[test]
    fn what_was_chosen_is_found_again_and_nothing_else_lies_about() {
        let (folder, file) = place();
        save(&file, &Settings::default()).unwrap();
        save(&file, &chosen()).unwrap();
        let (settings, error) = file.load();
        assert_eq!(settings, chosen());
        assert!(error.is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, file) = place();
        save(&file, &chosen()).unwrap();
        let mode = fs::metadata(&file.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_put_aside_and_said_so() {
        for damage in ["", "{\"theme\":", "[]", "\u{0}\u{1}"] {
            let (folder, file) = place();
            fs::write(&file.path, damage).unwrap();
            let (settings, error) = file.load();
            assert_eq!(settings, Settings::default());
            let aside = folder.path().join("settings.json.damaged");
            assert!(
                matches!(error, Some(SettingsError::Damaged { put_aside: Some(path) }) if path == aside)
            );
            assert_eq!(fs::read_to_string(&aside).unwrap(), damage);
            assert!(!file.path.exists());
        }
    }

    #[test]
    fn a_time_before_the_lock_is_one_that_is_offered_or_the_usual_one() {
        let (_folder, file) = place();
        for (kept, minutes) in [(0, None), (30, Some(30)), (7, Some(15)), (99_999, Some(15))] {
            let changed = serde_json::json!({ "lock_after": kept });
            fs::write(&file.path, changed.to_string()).unwrap();
            assert_eq!(file.load().0.lock_after, minutes, "{kept}");
        }
    }

    #[test]
    fn a_value_that_is_not_offered_falls_back_by_itself() {
        let (_folder, file) = place();
        save(&file, &chosen()).unwrap();
        let kept = fs::read_to_string(&file.path).unwrap();
        let kept: Map<String, Value> = serde_json::from_str(&kept).unwrap();
        let window = |position: Value, size: Value| serde_json::json!({"position": position, "size": size, "maximised": true});
        let offered = Settings::default();
        let cases: Vec<(&str, Value, Settings)> = vec![
            (
                "signs_in_with_token",
                "yes".into(),
                Settings {
                    signs_in_with_token: false,
                    ..chosen()
                },
            ),
            (
                "tells_of_newer_version",
                1.into(),
                Settings {
                    tells_of_newer_version: false,
                    ..chosen()
                },
            ),
            (
                "text_size",
                113.into(),
                Settings {
                    text_size: 100,
                    ..chosen()
                },
            ),
            (
                "text_size",
                "150".into(),
                Settings {
                    text_size: 100,
                    ..chosen()
                },
            ),
            (
                "theme",
                "pink".into(),
                Settings {
                    theme: ThemeChoice::System,
                    ..chosen()
                },
            ),
            (
                "service",
                "http://api.nuxera.ai".into(),
                Settings {
                    service: offered.service.clone(),
                    ..chosen()
                },
            ),
            (
                "download_folder",
                "relative".into(),
                Settings {
                    download_folder: None,
                    ..chosen()
                },
            ),
            (
                "window",
                5.into(),
                Settings {
                    window: None,
                    ..chosen()
                },
            ),
            (
                "window",
                window(serde_json::json!([0, 0]), serde_json::json!([0, 1e9])),
                Settings {
                    window: None,
                    ..chosen()
                },
            ),
            (
                "window",
                window(serde_json::json!([1e9, 0]), serde_json::json!([1120, 760])),
                Settings {
                    window: chosen().window.map(|w| WindowPlace {
                        position: None,
                        ..w
                    }),
                    ..chosen()
                },
            ),
            ("unknown", Value::Null, chosen()),
        ];
        for (member, value, expected) in cases {
            let mut changed = kept.clone();
            changed.insert(member.into(), value.clone());
            fs::write(&file.path, Value::from(changed).to_string()).unwrap();
            let (settings, error) = file.load();
            assert!(error.is_none());
            assert_eq!(settings, expected, "{member}: {value}");
        }
    }

    #[test]
    fn the_digest_is_of_the_bytes_that_are_there() {
        let (_folder, file) = place();
        assert_eq!(file.digest().unwrap(), None);
        save(&file, &chosen()).unwrap();
        let bytes = SettingsFile::bytes_of(&chosen()).unwrap();
        assert_eq!(file.digest().unwrap(), Some(Sha256Digest::of(&bytes)));
        fs::write(&file.path, "").unwrap();
        assert_eq!(file.digest().unwrap(), Some(Sha256Digest::of(b"")));
    }

    #[test]
    fn settings_that_can_not_be_kept_leave_the_old_ones() {
        let (folder, _) = place();
        let file = SettingsFile::in_folder(&folder.path().join("gone"));
        assert!(matches!(
            save(&file, &chosen()),
            Err(SettingsError::NotWritable(_))
        ));
    }
}
