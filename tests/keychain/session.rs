//! Sessions with a real Secret Service, each on a bus and in a home of its own.

use std::env;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::Command;

use audio_housekeeper::domain::AccountKey;
use audio_housekeeper::keychain::{SystemKeychain, TokenEntries};

use crate::account;

pub const ADDRESS: &str = "https://api.nuxera.ai";

/// Tells a child of this program that its session is none of the person's.
const MARK: &str = "AUDIO_HOUSEKEEPER_KEYCHAIN_TEST";

/// A home in which nothing is kept yet.
pub struct Home(tempfile::TempDir);

/// How a session's keyring stands when the child begins.
pub enum Keyring {
    /// Running, and unlocked as a log-in does it.
    Unlocked,
    /// Running, locked, with nobody to ask for its password.
    Locked,
    /// Not there; nothing starts it.
    None,
    /// Not there, and no bus to ask for it.
    NoBus,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs an ignored test of this program, known by its path, in a session of this home.
    pub fn session(&self, keyring: &Keyring, child: &str) {
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
            Keyring::NoBus => "unset DBUS_SESSION_BUS_ADDRESS",
        };
        let output = Command::new("timeout")
            .args(["60", "dbus-run-session", "--config-file"])
            .arg(&bus)
            .args(["--", "sh", "-c"])
            .arg(format!("{start} && exec \"$@\""))
            .arg("sh")
            .arg(env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg(child)
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
pub const UNLOCK: &str = "printf password |
    gnome-keyring-daemon --unlock --components=secrets >/dev/null &&
    gdbus wait --session --timeout 30 org.freedesktop.secrets";
const START_LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null &&
    gdbus wait --session --timeout 30 org.freedesktop.secrets";

/// The service whose token is kept; nothing happens in a person's own session.
pub fn here() -> AccountKey {
    assert!(env::var_os(MARK).is_some(), "run by its parent alone");
    account(ADDRESS)
}

/// The app's tokens in the session's keyring.
pub const fn tokens() -> TokenEntries<SystemKeychain> {
    TokenEntries::new(SystemKeychain)
}

/// What `secret-tool`, which shares no code with the app, finds for an account.
pub fn found_by_secret_tool(account: &str) -> Option<String> {
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
