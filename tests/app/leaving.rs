//! Leaving while something runs: the window asks, and what is said to be so is so.

use std::path::Path;
use std::time::Duration;

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig};
use audio_housekeeper::state::Mode;
use egui::{Key, ViewportCommand};
use support::driver::{Driver, Stage, desk, desk_with};
use support::recordings::wav;
use support::{AMELIA, names_in};

#[test]
fn signing_out_in_the_wait_asks_and_then_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::empty(folder.path());
    let mut driver = desk_with(Stage {
        waits: Waits {
            one: Duration::from_secs(30),
            ..stage.waits
        },
        ..stage
    });
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    driver.click("Settings");
    driver.click("Sign out");
    driver.wait_for("Sign out while something is running?");
    driver.wait_for("Delete for Dr. Amelia Smith");
    assert_eq!(driver.focused().as_deref(), Some("Stay"));
    driver.key(Key::Escape);
    driver.settle();
    assert!(driver.shows("Deleting for Dr. Amelia Smith in"));
    driver.click("Sign out");
    driver.click("Stop and sign out");
    driver.wait_for("Signed out.");
    driver.settle();
    assert_eq!(driver.count(Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
    // Who signs in next finds it in the record, and can go on.
    driver.sign_in();
    driver.wait_until("the end", |state| state.jobs.is_empty());
    driver.click("Activity");
    driver.wait_for("Ended by a sign-out or switch");
}

#[test]
fn cancelling_a_download_leaves_nothing_and_the_next_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let file = place.join("a.wav");
    std::fs::write(&file, "before").unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(AMELIA, "b.wav", wav(2_000_000, 2));
    let stall = Effect::StallAfter {
        bytes: 900_000,
        duration: Duration::from_mins(1),
    };
    driver
        .service
        .add_fault(Fault::on(Call::Download, stall).from(2));
    driver.download(AMELIA, &file);
    driver.wait_for("of 2.0 MB");
    assert_eq!(names_in(&place), ["a.wav", "a.wav.part"]);
    driver.wait_for("A transfer or a deletion is running for this doctor.");
    for button in ["Download…", "Delete…", "Delete all recordings…"] {
        assert!(!driver.can_click(button), "{button}");
    }
    driver.click("Cancel");
    driver.wait_until("the end", |state| state.jobs.is_empty());
    assert_eq!(names_in(&place), ["a.wav"]);
    assert_eq!(std::fs::read(&file).unwrap(), b"before");
    driver.service.set_faults(Vec::new());
    driver.back_up(AMELIA, &file);
    assert_eq!(std::fs::read(&file).unwrap(), wav(2_000_000, 2));
}

#[test]
fn a_download_is_paused_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.wav");
    let stage = Stage::empty(folder.path());
    let mut driver = desk_with(Stage {
        service: PracticeConfig {
            ranges: true,
            etags: Etags::All,
            ..stage.service
        },
        ..stage
    });
    driver.service.put(AMELIA, "b.wav", wav(2_000_000, 2));
    let stall = Effect::StallAfter {
        bytes: 900_000,
        duration: Duration::from_mins(1),
    };
    driver
        .service
        .add_fault(Fault::on(Call::Download, stall).from(2));
    driver.download(AMELIA, &file);
    driver.wait_for("of 2.0 MB");
    driver.click("Pause");
    driver.wait_for("is set aside. Go on to fetch the rest.");
    assert!(!driver.shows("Cancelled."));
    driver.wait_until("its end", |state| state.jobs.is_empty());
    driver.service.set_faults(Vec::new());
    driver.click("Go on");
    driver.wait_for("Saved and checked");
    assert_eq!(std::fs::read(&file).unwrap(), wav(2_000_000, 2));
    driver.settle();
    assert!(!driver.shows("is set aside."));
}

#[test]
fn a_token_that_ends_during_a_download_says_so_and_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let file = place.join("a.wav");
    std::fs::write(&file, "before").unwrap();
    let mut driver = desk(folder.path());
    let ended = Fault::on(Call::Download, Effect::token_ended());
    driver.service.add_fault(ended.from(2));
    driver.download(AMELIA, &file);
    driver.wait_for("Please sign in again");
    assert_eq!(names_in(&place), ["a.wav"]);
    assert_eq!(std::fs::read(&file).unwrap(), b"before");
    driver.service.set_faults(Vec::new());
    driver.sign_in();
    driver.back_up(AMELIA, &file);
}

#[test]
fn a_token_that_ends_in_a_delete_leaves_nothing_unsaid() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver
        .service
        .add_fault(Fault::on(Call::Delete, Effect::token_ended()));
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Please sign in again");
    driver.service.set_faults(Vec::new());
    driver.sign_in();
    // What it came to outlives the sign-in, and is no success.
    driver.wait_for("The service still shows a recording for Dr. Amelia Smith.");
    driver.wait_for("The service doesn't accept this sign-in any more.");
    driver.settle();
    assert!(!driver.shows("Deleted"), "{}", driver.listing());
    assert!(driver.service.holds(AMELIA));
    driver.click("Activity");
    driver.wait_for("Still there");
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn closing_in_the_wait_asks_first_and_staying_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::empty(folder.path());
    let mut driver = desk_with(Stage {
        waits: Waits {
            one: Duration::from_secs(30),
            ..stage.waits
        },
        ..stage
    });
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    driver.ask_to_close();
    driver.wait_for("Close while something is running?");
    driver.wait_for("Delete for Dr. Amelia Smith");
    driver.click("Stay");
    driver.settle();
    driver.click("Stop");
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
}

/// A desk at which a delete was sent, to which the service does this.
fn sent(folder: &Path, does: Effect) -> Driver {
    let mut driver = desk(folder);
    driver.service.add_fault(Fault::on(Call::Delete, does));
    driver.ask_delete(AMELIA);
    // Nor is what came of it seen while somebody waits for that.
    let stall = Effect::StallBeforeHead(Duration::from_mins(1));
    let looks = Fault::on(Call::Download, stall).from(2);
    driver.service.add_fault(looks);
    driver.click("Delete without backup");
    while driver.count(Call::Delete) == 0 {
        driver.settle();
    }
    driver
}

#[test]
fn closing_asks_while_a_delete_is_unanswered_that_was_sent_before_a_sign_out() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Effect::StallBeforeHead(Duration::from_secs(12));
    let mut driver = sent(folder.path(), slow);
    driver.click("Settings");
    driver.click("Sign out");
    driver.click("Stop and sign out");
    driver.wait_for("Signed out.");
    driver.ask_to_close();
    driver.wait_for("Close while something is running?");
    // Nobody is signed in to the service that it was sent to.
    driver.wait_for("Delete for Dr. Amelia Smith at 127.0.0.1:");
    driver.click("Stay");
    driver.service.set_faults(Vec::new());
    driver.wait_until("its end", |state| state.sent_deletes.is_empty());
    driver.ask_to_close();
    assert!(!driver.shows("Close while something is running?"));
}

#[test]
fn the_window_goes_at_once_and_what_runs_is_put_away_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = sent(folder.path(), Effect::LoseAfterActing);
    driver.ask_to_close();
    driver.click("Stop and close");
    // What the system answers to that.
    let viewports = &mut driver.window.input_mut().viewports;
    let root = viewports.entry(egui::ViewportId::ROOT).or_default();
    root.events.push(egui::ViewportEvent::Close);
    driver.window.step();
    let mut told = driver.window.output().viewport_output.values();
    assert!(told.any(|told| told.commands.contains(&ViewportCommand::Visible(false))));
    assert!(!driver.later.is_due());
    eframe::App::on_exit(driver.window.state_mut(), None);
    assert!(driver.later.is_due());
    driver.later.put_away();
    driver.service.set_faults(Vec::new());
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("This delete was cut off when the app ended, and was looked into now.");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    assert_eq!(driver.count(Call::Delete), 1);
}
