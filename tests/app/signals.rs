//! What reaches the window from outside: the end of the session, and another start of the app.

use std::path::Path;
use std::time::{Duration, Instant};

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::state::Mode;
use egui::ViewportCommand;
use support::driver::{Driver, Stage, desk, desk_with};
use support::recordings::wav;
use support::{AMELIA, names_in};

fn patient_desk(folder: &Path) -> Driver {
    let stage = Stage::empty(folder);
    desk_with(Stage {
        waits: Waits {
            one: Duration::from_secs(30),
            ..stage.waits
        },
        ..stage
    })
}

/// What the window's system was told, until it is as wanted.
fn told(driver: &mut Driver, wanted: impl Fn(&[ViewportCommand]) -> bool) -> Vec<ViewportCommand> {
    let end = Instant::now() + Duration::from_secs(30);
    let mut told = Vec::new();
    while !wanted(&told) {
        assert!(Instant::now() < end, "{told:?}");
        driver.window.step();
        for viewport in driver.window.output().viewport_output.values() {
            told.extend(viewport.commands.clone());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    told
}

#[test]
fn the_end_of_the_session_asks_nothing_and_the_next_start_names_a_delete_in_its_wait() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = patient_desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    driver.signals.end();
    told(&mut driver, |told| told.contains(&ViewportCommand::Close));
    assert!(!driver.shows("Close while something is running?"));
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("This delete was confirmed, and the app ended before it was sent.");
    driver.wait_for("Nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
    // The way to go on is the usual one, with its question.
    driver.ask_delete(AMELIA);
    driver.wait_for("Delete the recordings of Dr. Amelia Smith?");
}

#[test]
fn the_end_of_the_session_removes_what_is_unfinished_and_the_next_start_offers_it_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(AMELIA, "b.wav", wav(2_000_000, 2));
    let stall = Effect::StallAfter {
        bytes: 900_000,
        duration: Duration::from_mins(1),
    };
    driver
        .service
        .add_fault(Fault::on(Call::Download, stall).from(2));
    driver.download(AMELIA, &place.join("a.wav"));
    driver.wait_for("of 2.0 MB");
    driver.signals.end();
    told(&mut driver, |told| told.contains(&ViewportCommand::Close));
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("This download was cut off when the app ended.");
    assert!(names_in(&place).is_empty());
}

#[test]
fn another_start_is_answered_once_the_window_was_told_to_come_to_the_front() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let signals = driver.signals.clone();
    let came = driver
        .runtime()
        .spawn(async move { signals.come_forward().await });
    let focus = ViewportCommand::Focus;
    let told = told(&mut driver, |told| told.contains(&focus));
    assert!(told.contains(&ViewportCommand::Minimized(false)));
    assert!(driver.runtime().block_on(came).unwrap());
}

#[test]
fn a_window_that_goes_answers_no_other_start() {
    let folder = tempfile::tempdir().unwrap();
    let driver = desk(folder.path());
    let signals = driver.signals.clone();
    let came = driver
        .runtime()
        .spawn(async move { signals.come_forward().await });
    let mut driver = driver;
    eframe::App::on_exit(driver.window.state_mut(), None);
    assert!(!driver.runtime().block_on(came).unwrap());
    let signals = driver.signals.clone();
    let late = async move { signals.come_forward().await };
    assert!(!driver.runtime().block_on(late));
}
