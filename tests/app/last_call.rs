//! Promise 4: a delete goes only while it could still have been stopped.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::Call;
use audio_housekeeper::store::Store;

use crate::desk::{AMELIA, desk_with};
use crate::driver::{Driver, Stage};

/// A window in which a delete waits, for three seconds.
fn waiting(folder: &Path) -> Driver {
    let stage = Stage::empty(folder);
    let mut driver = desk_with(Stage {
        waits: Waits {
            one: Duration::from_secs(3),
            ..stage.waits
        },
        ..stage
    });
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    driver
}

/// The window draws nothing until the delete's intent is on disk, after which it makes its last call,
/// and for a moment longer.
fn hang(folder: &Path) {
    let record = rusqlite::Connection::open(folder.join(Store::FILE_NAME)).unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let intents = || {
        let query = "SELECT count(*) FROM audit WHERE canonical LIKE '%\"intended\"%'";
        record
            .query_row(query, [], |row| row.get::<_, u32>(0))
            .unwrap()
    };
    while intents() == 0 {
        assert!(Instant::now() < end, "the intent did not come");
        thread::sleep(Duration::from_millis(15));
    }
    thread::sleep(Duration::from_millis(300));
}

#[test]
fn a_stop_pressed_while_the_window_hung_stops_the_delete() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = waiting(folder.path());
    hang(folder.path());
    // What a person did meanwhile reaches the window when it draws again.
    driver.press_now("Stop");
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    driver.settle();
    assert_eq!(driver.count(Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
}

#[test]
fn a_window_that_hangs_holds_its_delete_and_lets_it_go_once_it_draws_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = waiting(folder.path());
    hang(folder.path());
    assert_eq!(driver.count(Call::Delete), 0);
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn stop_counts_as_soon_as_the_mouse_button_goes_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = waiting(folder.path());
    driver.hold_down("Stop");
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
}

#[test]
fn a_shortcut_stops_a_delete_from_every_screen_and_over_a_question() {
    for question in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = waiting(folder.path());
        driver.click("Settings");
        if question {
            driver.click("Sign out");
            driver.wait_for("Sign out while something is running?");
        }
        assert!(driver.shows("Deleting for Dr. Amelia Smith in"));
        driver.keys(egui::Modifiers::COMMAND, egui::Key::Period);
        driver.wait_until_gone("Deleting for Dr. Amelia Smith in");
        driver.settle();
        assert_eq!(driver.count(Call::Delete), 0);
        assert!(driver.service.holds(AMELIA));
    }
}
