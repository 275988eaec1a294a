//! Leaving while something runs: the window asks, and what is said to be so is so.

use std::time::Duration;

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig};
use egui::Key;
use support::driver::{Stage, desk, desk_with};
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
    driver.click("Activity");
    driver.wait_for("Ended by a sign-out");
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
    assert_eq!(driver.state().jobs.len(), 0);
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
