//! Promise 4: a delete goes only while it could still have been stopped.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use audio_housekeeper::practice::Call;
use audio_housekeeper::store::Store;
use eframe::App as _;
use egui::{Event, Modifiers, PointerButton, Pos2, RawInput};
use support::AMELIA;
use support::driver::{Driver, desk};

/// A window in which a delete waits for as long as the clock stands.
fn waiting(folder: &Path) -> Driver {
    let mut driver = desk(folder);
    driver.clock.stop();
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    driver
}

/// The window draws nothing until the delete's intent is on disk, after which it makes its last call,
/// and for a moment longer.
fn hang(driver: &Driver, folder: &Path) {
    driver.clock.run();
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
    hang(&driver, folder.path());
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
    hang(&driver, folder.path());
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

/// One frame of the window, which begins with this input, as the system gathered it.
fn frame(driver: &mut Driver, gathered: Vec<Event>) {
    let mut input = RawInput {
        events: gathered,
        ..RawInput::default()
    };
    let context = driver.window.ctx.clone();
    driver
        .window
        .state_mut()
        .raw_input_hook(&context, &mut input);
    driver.window.input_mut().events = input.events;
    driver.window.step();
}

/// A click in the middle of a control, and the mouse moved away from it.
fn click_and_away(at: Pos2) -> Vec<Event> {
    let button = |pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let moved = Event::PointerMoved;
    vec![
        moved(at),
        button(true),
        button(false),
        moved(Pos2::new(300.0, 300.0)),
    ]
}

#[test]
fn a_stop_counts_where_the_mouse_had_moved_on_by_the_time_that_the_window_took_it_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = waiting(folder.path());
    let stop = driver.place_of("Stop");
    hang(&driver, folder.path());
    for gathered in [
        click_and_away(stop.center()),
        vec![],
        vec![],
        vec![],
        vec![],
    ] {
        frame(&mut driver, gathered);
    }
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
}

#[test]
fn one_quiet_frame_after_the_last_call_is_not_enough() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = waiting(folder.path());
    let stop = driver.place_of("Stop");
    hang(&driver, folder.path());
    // The first takes in the last call; the second has no Stop in it, and the third has.
    for gathered in [
        vec![],
        vec![],
        click_and_away(stop.center()),
        vec![],
        vec![],
    ] {
        frame(&mut driver, gathered);
    }
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
}
