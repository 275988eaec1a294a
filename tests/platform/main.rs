//! The seams to the system, against a desktop portal of the test's own on a session bus of its own.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]
#![allow(clippy::unused_self, reason = "an interface's methods have a receiver")]

use std::env;
use std::fs;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use audio_housekeeper::platform::{
    SystemContrast, SystemLook, SystemTheme, file_dialogs_available, watch_system_look,
};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{OwnedValue, Value};

/// Tells a child of this program that its session is none of the person's.
const MARK: &str = "AUDIO_HOUSEKEEPER_PLATFORM_TEST";
const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";
const AMPLE: Duration = Duration::from_secs(20);

/// Runs an ignored test of this program on a bus on which nothing is, and nothing starts.
fn session(child: &str, with_zenity: bool) {
    let place = tempfile::tempdir().unwrap();
    let bus = place.path().join("bus.conf");
    fs::write(
        &bus,
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
         <policy context=\"default\"><allow send_destination=\"*\"/><allow own=\"*\"/>
         <allow receive_sender=\"*\"/></policy></busconfig>",
    )
    .unwrap();
    if with_zenity {
        fs::write(place.path().join("zenity"), "").unwrap();
    }
    let output = Command::new("timeout")
        .args(["60", "dbus-run-session", "--config-file"])
        .arg(&bus)
        .args(["--", "sh", "-c", "PATH=$1; shift; exec \"$@\"", "sh"])
        .arg(place.path())
        .arg(env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", child])
        .env(MARK, "1")
        .output()
        .expect("coreutils and dbus are installed");
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that no test has would succeed too.
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{child}: {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

fn assert_own_session() {
    assert!(env::var_os(MARK).is_some(), "run by its parent alone");
}

struct Settings;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read(&self, namespace: &str, key: &str) -> zbus::fdo::Result<OwnedValue> {
        if namespace != APPEARANCE || !matches!(key, "color-scheme" | "contrast") {
            return Err(zbus::fdo::Error::InvalidArgs("unknown".into()));
        }
        let wrapped = Value::Value(Box::new(Value::U32(1)));
        OwnedValue::try_from(wrapped).map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }
}

struct FileChooser;

#[zbus::interface(name = "org.freedesktop.portal.FileChooser")]
impl FileChooser {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }
}

fn change(portal: &Connection, namespace: &str, key: &str, value: u32) {
    portal
        .emit_signal(
            None::<&str>,
            PATH,
            SETTINGS,
            "SettingChanged",
            &(namespace, key, Value::U32(value)),
        )
        .unwrap();
}

#[test]
fn the_desktops_look_is_told_at_once_and_whenever_it_changes() {
    session("the_look_is_told", false);
}

#[test]
#[ignore = "the child of the_desktops_look_is_told_at_once_and_whenever_it_changes"]
fn the_look_is_told() {
    assert_own_session();
    let portal = Builder::session()
        .unwrap()
        .name(PORTAL)
        .unwrap()
        .serve_at(PATH, Settings)
        .unwrap()
        .build()
        .unwrap();
    let (heard, hearing) = mpsc::channel();
    let mut left = 5;
    watch_system_look(move |look| {
        heard.send(look).unwrap();
        left -= 1;
        left > 0
    })
    .unwrap();
    assert_eq!(
        hearing.recv_timeout(AMPLE),
        Ok(SystemLook::Theme(SystemTheme::Dark))
    );
    let high = SystemLook::Contrast(SystemContrast::High);
    assert_eq!(hearing.recv_timeout(AMPLE), Ok(high));
    change(&portal, APPEARANCE, "contrast", 0);
    let usual = SystemLook::Contrast(SystemContrast::Usual);
    assert_eq!(hearing.recv_timeout(AMPLE), Ok(usual));
    change(&portal, APPEARANCE, "accent-color", 1);
    change(&portal, "org.gnome.desktop.interface", "color-scheme", 1);
    change(&portal, APPEARANCE, "color-scheme", 2);
    assert_eq!(
        hearing.recv_timeout(AMPLE),
        Ok(SystemLook::Theme(SystemTheme::Light))
    );
    change(&portal, APPEARANCE, "color-scheme", 1);
    assert_eq!(
        hearing.recv_timeout(AMPLE),
        Ok(SystemLook::Theme(SystemTheme::Dark))
    );
    // It wanted to hear no more, so its thread has ended.
    assert_eq!(
        hearing.recv_timeout(AMPLE),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
}

#[test]
fn without_a_portal_no_look_is_told_and_nothing_goes_on() {
    session("no_look_is_told", false);
}

#[test]
#[ignore = "the child of without_a_portal_no_look_is_told_and_nothing_goes_on"]
fn no_look_is_told() {
    assert_own_session();
    let (heard, hearing) = mpsc::channel::<SystemLook>();
    watch_system_look(move |look| heard.send(look).is_ok()).unwrap();
    assert_eq!(
        hearing.recv_timeout(AMPLE),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
}

#[test]
fn a_system_without_file_dialogs_is_told_from_one_with_them() {
    session("there_are_no_dialogs_and_then_a_portals", false);
    session("there_are_dialogs", true);
}

#[test]
#[ignore = "a child of a_system_without_file_dialogs_is_told_from_one_with_them"]
fn there_are_no_dialogs_and_then_a_portals() {
    assert_own_session();
    assert!(!file_dialogs_available());
    let portal = Builder::session().unwrap().name(PORTAL).unwrap();
    let portal = portal.serve_at(PATH, Settings).unwrap().build().unwrap();
    assert!(!file_dialogs_available(), "a portal without a file chooser");
    assert!(portal.object_server().at(PATH, FileChooser).unwrap());
    assert!(file_dialogs_available());
}

#[test]
#[ignore = "a child of a_system_without_file_dialogs_is_told_from_one_with_them"]
fn there_are_dialogs() {
    assert_own_session();
    assert!(file_dialogs_available());
}
