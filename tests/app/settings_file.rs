//! A settings file that something else than the app has changed.

use std::fs;

use audio_housekeeper::settings::SettingsFile;
use support::driver::{Driver, Stage};

#[test]
fn that_something_else_changed_the_settings_is_said_before_anybody_signs_in_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(SettingsFile::FILE_NAME);
    let mut driver = Driver::open(Stage::empty(folder.path()));
    driver.sign_in();
    driver.click("Settings");
    driver.click("Dark");
    driver.wait_until("the settings", |_| file.exists());
    driver.close();

    let said = "The settings were changed by something else than this app.";
    let mut driver = Driver::open(Stage::empty(folder.path()));
    driver.wait_for("Access token");
    assert!(!driver.shows(said));
    driver.close();
    let kept = fs::read_to_string(&file).unwrap();
    let other = kept.replace("127.0.0.1", "localhost");
    assert_ne!(other, kept);
    fs::write(&file, other).unwrap();

    let mut driver = Driver::open(Stage::empty(folder.path()));
    driver.wait_for(said);
    driver.sign_in();
    assert!(driver.shows(said));
    driver.click("Dismiss");
    driver.click("Activity");
    driver.wait_for("Change settings");
    driver.wait_for("Not as this app wrote it");
    driver.close();

    let mut driver = Driver::open(Stage::empty(folder.path()));
    driver.wait_for("Access token");
    assert!(!driver.shows(said));
    driver.close();
}
