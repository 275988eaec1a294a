//! The real Secret Service, each time on a session bus and in a home of its own.

use std::env;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use audio_housekeeper::domain::AccountKey;
use audio_housekeeper::keychain::{HeadStore as _, KeychainError, SystemKeychain, TokenStore};

use crate::{account, secret, text};

const ADDRESS: &str = "https://api.nuxera.ai";

/// Tells a child of this program that its session is none of the person's.
const MARK: &str = "AUDIO_HOUSEKEEPER_KEYCHAIN_TEST";

/// A home in which nothing is kept yet.
struct Home(tempfile::TempDir);

/// How a session's keyring stands when the child begins.
enum Keyring {
    /// Running, and unlocked as a log-in does it.
    Unlocked,
    /// Running, locked, with nobody to ask for its password.
    Locked,
    /// Not there; nothing starts it.
    None,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs an ignored test of this program in a session of this home.
    fn session(&self, keyring: &Keyring, child: &str) {
        let runtime = self.path().join("runtime");
        if !runtime.exists() {
            fs::DirBuilder::new().mode(0o700).create(&runtime).unwrap();
        }
        // The usual configuration would start a keyring as soon as somebody asks for one.
        let bus = self.path().join("bus.conf");
        fs::write(
            &bus,
            "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
             <policy context=\"default\"><allow send_destination=\"*\"/><allow own=\"*\"/>
             <allow receive_sender=\"*\"/></policy></busconfig>",
        )
        .unwrap();
        let start = match keyring {
            Keyring::Unlocked => UNLOCK,
            Keyring::Locked => START_LOCKED,
            Keyring::None => "true",
        };
        let output = Command::new("timeout")
            .args(["60", "dbus-run-session", "--config-file"])
            .arg(&bus)
            .args(["--", "sh", "-c"])
            .arg(format!("{start} && exec \"$@\""))
            .arg("sh")
            .arg(env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg(format!("secret_service::{child}"))
            .env("HOME", self.path())
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env(MARK, self.path())
            .output()
            .expect("coreutils, dbus, gnome-keyring and libsecret-tools are installed");
        let said = String::from_utf8_lossy(&output.stdout);
        // A name that no test has would succeed too.
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{child}: {}\n{said}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

// Each waits for the keyring's name on the bus: the daemon goes into the background before that.
const UNLOCK: &str = "printf password |
    gnome-keyring-daemon --unlock --components=secrets >/dev/null &&
    gdbus wait --session --timeout 30 org.freedesktop.secrets";
const START_LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null &&
    gdbus wait --session --timeout 30 org.freedesktop.secrets";

/// The service whose token is kept; nothing happens in a person's own session.
fn here() -> AccountKey {
    assert!(env::var_os(MARK).is_some(), "run by its parent alone");
    account(ADDRESS)
}

/// What `secret-tool`, which shares no code with the app, finds for an account.
fn found_by_secret_tool(account: &str) -> Option<String> {
    let output = Command::new("secret-tool")
        .args(["lookup", "service", SystemKeychain::SERVICE])
        .args(["username", account])
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_real_keyring_keeps_replaces_and_forgets_a_token() {
    Home::new().session(&Keyring::Unlocked, "keeps_replaces_and_forgets");
}

#[test]
#[ignore = "the child of the_real_keyring_keeps_replaces_and_forgets_a_token"]
fn keeps_replaces_and_forgets() {
    let here = here();
    let there = account("http://127.0.0.1:8080");
    assert_eq!(text(SystemKeychain.read(&here).unwrap()), None);
    SystemKeychain.write(&here, &secret("one")).unwrap();
    assert_eq!(found_by_secret_tool(ADDRESS).as_deref(), Some("one"));
    let shown = Command::new("secret-tool")
        .args(["search", "service", SystemKeychain::SERVICE])
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("label = Audio Housekeeper: api.nuxera.ai"));
    // As long as tokens get, and not of ASCII alone.
    let long = "a.\u{e9}-".repeat(2_000);
    SystemKeychain.write(&here, &secret(&long)).unwrap();
    SystemKeychain.write(&there, &secret("two")).unwrap();
    assert_eq!(text(SystemKeychain.read(&here).unwrap()).unwrap(), long);
    assert_eq!(found_by_secret_tool(ADDRESS).unwrap(), long);
    assert_eq!(
        found_by_secret_tool("http://127.0.0.1:8080").as_deref(),
        Some("two")
    );
    SystemKeychain.forget(&here).unwrap();
    SystemKeychain.forget(&here).unwrap();
    assert_eq!(text(SystemKeychain.read(&here).unwrap()), None);
    assert_eq!(found_by_secret_tool(ADDRESS), None);
    assert_eq!(text(SystemKeychain.read(&there).unwrap()).unwrap(), "two");
}

#[test]
fn the_real_keyring_keeps_the_heads_of_records_beside_tokens() {
    Home::new().session(&Keyring::Unlocked, "keeps_heads");
}

#[test]
#[ignore = "the child of the_real_keyring_keeps_the_heads_of_records_beside_tokens"]
fn keeps_heads() {
    let (one, other) = ("record 1 on desk", "record 2 on desk");
    SystemKeychain.write(&here(), &secret("token")).unwrap();
    assert_eq!(SystemKeychain.read_head(one).unwrap(), None);
    SystemKeychain.write_head(one, "7 x").unwrap();
    SystemKeychain.write_head(one, "8 y").unwrap();
    assert_eq!(SystemKeychain.read_head(one).unwrap().unwrap(), "8 y");
    assert_eq!(SystemKeychain.read_head(other).unwrap(), None);
    assert_eq!(
        text(SystemKeychain.read(&here()).unwrap()).unwrap(),
        "token"
    );
}

#[test]
fn a_token_is_found_in_the_next_session_and_stands_in_no_file_readably() {
    let home = Home::new();
    home.session(&Keyring::Unlocked, "keeps_one");
    let files = files_below(&home.path().join("data"));
    assert!(!files.is_empty(), "the keyring's own file");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let readable = bytes.windows(12).any(|window| window == b"kept-for-you");
        assert!(!readable, "{}", file.display());
    }
    home.session(&Keyring::Unlocked, "finds_one");
}

#[test]
#[ignore = "a child of tests of more than one session"]
fn keeps_one() {
    SystemKeychain
        .write(&here(), &secret("kept-for-you"))
        .unwrap();
}

#[test]
#[ignore = "the child of a_token_is_found_in_the_next_session_and_stands_in_no_file_readably"]
fn finds_one() {
    assert_eq!(
        text(SystemKeychain.read(&here()).unwrap()).unwrap(),
        "kept-for-you"
    );
}

#[test]
fn no_keyring_is_said_to_be_none_and_one_that_starts_late_is_found() {
    Home::new().session(&Keyring::None, "there_is_none_and_then_one");
}

#[test]
#[ignore = "the child of no_keyring_is_said_to_be_none_and_one_that_starts_late_is_found"]
fn there_is_none_and_then_one() {
    let here = here();
    let begun = Instant::now();
    let token = secret("never-shown");
    for error in [
        SystemKeychain.read(&here).unwrap_err(),
        SystemKeychain.write(&here, &token).unwrap_err(),
        SystemKeychain.forget(&here).unwrap_err(),
    ] {
        assert!(matches!(error, KeychainError::None(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("never-shown"));
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(
        Command::new("sh")
            .args(["-c", UNLOCK])
            .status()
            .unwrap()
            .success()
    );
    SystemKeychain.write(&here, &token).unwrap();
    assert_eq!(
        found_by_secret_tool(ADDRESS).as_deref(),
        Some("never-shown")
    );
}

#[test]
fn a_locked_keyring_that_nobody_unlocks_gives_no_token_and_no_hang() {
    let home = Home::new();
    home.session(&Keyring::Unlocked, "keeps_one");
    home.session(&Keyring::Locked, "is_refused");
}

#[test]
#[ignore = "the child of a_locked_keyring_that_nobody_unlocks_gives_no_token_and_no_hang"]
fn is_refused() {
    let begun = Instant::now();
    let here = here();
    let read = SystemKeychain.read(&here);
    assert!(matches!(read, Err(KeychainError::Refused(_))), "{read:?}");
    let written = SystemKeychain.write(&here, &secret("x"));
    assert!(
        matches!(written, Err(KeychainError::Refused(_))),
        "{written:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}
