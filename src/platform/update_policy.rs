use crate::domain::UpdatePolicy;

/// What the administrator of this computer says about asking for newer versions, in a place that only
/// they can write to: on Linux the file `/etc/audio-housekeeper/updates`, on macOS
/// `/Library/Application Support/Audio Housekeeper/updates`, on Windows the value `UpdateAddress` of
/// `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Audio Housekeeper`. Reads a small file or a value.
#[must_use]
pub fn update_policy() -> UpdatePolicy {
    #[cfg(not(windows))]
    return file::read(std::path::Path::new(file::PLACE));
    #[cfg(windows)]
    return registry::read(windows_registry::LOCAL_MACHINE, registry::KEY);
}

#[cfg(not(windows))]
mod file {
    use std::fs::{self, File};
    use std::io::{self, Read as _};
    use std::path::Path;

    use crate::domain::UpdatePolicy;

    pub const PLACE: &str = if cfg!(target_os = "macos") {
        "/Library/Application Support/Audio Housekeeper/updates"
    } else {
        "/etc/audio-housekeeper/updates"
    };

    /// No address is as long, in bytes.
    const LONGEST: u64 = 4096;

    pub fn read(path: &Path) -> UpdatePolicy {
        let mut text = String::new();
        // Asked first: to open a pipe would wait for who writes to it.
        let read = fs::metadata(path).and_then(|place| {
            if place.is_file() {
                File::open(path)?
                    .take(LONGEST + 1)
                    .read_to_string(&mut text)
            } else {
                Err(io::ErrorKind::InvalidInput.into())
            }
        });
        match read {
            Ok(read) if read as u64 > LONGEST => UpdatePolicy::Unusable,
            Ok(_) => UpdatePolicy::of(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => UpdatePolicy::NotSaid,
            Err(_) => UpdatePolicy::Unusable,
        }
    }
}

#[cfg(windows)]
mod registry {
    use windows_registry::Key;

    use crate::domain::UpdatePolicy;

    /// Below the keys that only administrators may write to.
    pub const KEY: &str = r"SOFTWARE\Policies\Audio Housekeeper";

    pub fn read(root: &Key, key: &str) -> UpdatePolicy {
        const VALUE: &str = "UpdateAddress";
        // ERROR_FILE_NOT_FOUND as an HRESULT (Microsoft's "System Error Codes").
        const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();
        let text = root.open(key).and_then(|key| {
            key.get_value(VALUE)?;
            Ok(key.get_string(VALUE).ok())
        });
        match text {
            Ok(Some(text)) => UpdatePolicy::of(&text),
            Err(error) if error.code().0 == NOT_FOUND => UpdatePolicy::NotSaid,
            Ok(None) | Err(_) => UpdatePolicy::Unusable,
        }
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_administrators_file_is_read_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("updates");
        assert_eq!(file::read(&path), UpdatePolicy::NotSaid);
        let long = format!("https://clinic.example/{}", "x".repeat(5000));
        for (text, said) in [
            ("", UpdatePolicy::Off),
            ("\n", UpdatePolicy::Off),
            ("https://clinic.example/newest\n", {
                UpdatePolicy::of("https://clinic.example/newest")
            }),
            ("http://clinic.example/newest\n", UpdatePolicy::Unusable),
            ("# asked for\nhttps://clinic.example\n", {
                UpdatePolicy::Unusable
            }),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(file::read(&path), said, "{text:?}");
        }
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(file::read(&path), UpdatePolicy::Unusable);
        assert_eq!(file::read(folder.path()), UpdatePolicy::Unusable);
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert_eq!(file::read(&pipe), UpdatePolicy::Unusable);
        fs::write(&path, long).unwrap();
        assert_eq!(file::read(&path), UpdatePolicy::Unusable);
    }
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn the_administrators_value_is_read_where_it_is() {
        const KEY: &str = r"Software\Audio Housekeeper tests\updates";
        let root = windows_registry::CURRENT_USER;
        assert_eq!(registry::read(root, KEY), UpdatePolicy::NotSaid);
        let key = root.create(KEY).unwrap();
        assert_eq!(registry::read(root, KEY), UpdatePolicy::NotSaid);
        for (text, said) in [
            ("", UpdatePolicy::Off),
            ("https://clinic.example/newest", {
                UpdatePolicy::of("https://clinic.example/newest")
            }),
            ("http://clinic.example/newest", UpdatePolicy::Unusable),
        ] {
            key.set_string("UpdateAddress", text).unwrap();
            assert_eq!(registry::read(root, KEY), said, "{text:?}");
        }
        key.set_u32("UpdateAddress", 1).unwrap();
        assert_eq!(registry::read(root, KEY), UpdatePolicy::Unusable);
        root.remove_tree(KEY).unwrap();
    }
}
