//! The question before a delete: the facts, and exactly the buttons, for each thing that can be
//! known; and that nothing but its buttons deletes.

use std::path::Path;

use audio_housekeeper::practice::{Call, Etags, PracticeConfig};
use egui::{Key, Modifiers, PointerButton, pos2};
use support::AMELIA;
use support::driver::{Driver, Stage, desk, desk_with, unavailable};
use support::recordings::wav;

fn with_etags(folder: &Path) -> Driver {
    let stage = Stage::empty(folder);
    desk_with(Stage {
        service: PracticeConfig {
            etags: Etags::All,
            ..stage.service
        },
        ..stage
    })
}

#[test]
fn a_recording_without_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.wait_for("Deleting as Practice desk on 127.0.0.1");
    driver.wait_for("WAV, 20 kB, checked just now");
    driver.wait_for("A download fetches one file, but a delete removes every file");
    assert_eq!(
        driver.modal_buttons(),
        ["Back up, then delete…", "Cancel", "Delete without backup"]
    );
    assert_eq!(driver.focused().as_deref(), Some("Cancel"));
}

#[test]
fn a_recording_that_is_backed_up_and_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = with_etags(folder.path());
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    driver.back_up(AMELIA, &kept.join("a.wav"));
    driver.ask_delete(AMELIA);
    driver.wait_for(", same as on the server");
    driver.wait_for(kept.to_str().unwrap());
    assert_eq!(
        driver.modal_buttons(),
        ["Back up again, then delete…", "Cancel", "Delete"]
    );
    assert_eq!(driver.focused().as_deref(), Some("Cancel"));
}

#[test]
fn a_recording_whose_backup_can_t_be_compared() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.back_up(AMELIA, &folder.path().join("a.wav"));
    driver.ask_delete(AMELIA);
    driver.wait_for(", can't be compared with the server's");
    assert_eq!(
        driver.modal_buttons(),
        [
            "Back up again, then delete…",
            "Cancel",
            "Compare by downloading again",
            "Delete, keeping the earlier backup"
        ]
    );
}

#[test]
fn a_recording_that_changed_since_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = with_etags(folder.path());
    driver.back_up(AMELIA, &folder.path().join("a.wav"));
    driver.service.put(AMELIA, "b.wav", wav(30_000, 2));
    driver.ask_delete(AMELIA);
    driver.wait_for(", of an earlier recording");
    assert_eq!(
        driver.modal_buttons(),
        [
            "Back up, then delete…",
            "Cancel",
            "Compare by downloading again",
            "Delete without backup"
        ]
    );
}

#[test]
fn a_recording_whose_backup_is_gone_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = with_etags(folder.path());
    let file = folder.path().join("a.wav");
    driver.back_up(AMELIA, &file);
    std::fs::remove_file(&file).unwrap();
    driver.ask_delete(AMELIA);
    driver.wait_for("Missing: the file is no longer where it was saved");
    assert_eq!(
        driver.modal_buttons(),
        ["Back up, then delete…", "Cancel", "Delete without backup"]
    );
    driver.click("Cancel");
    driver.wait_for("Backup missing");
}

#[test]
fn nothing_under_the_name_offers_to_forget_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete("Dr. Nobody");
    driver.wait_for("Nothing to delete for Dr. Nobody");
    assert_eq!(driver.modal_buttons(), ["Close", "Forget this name"]);
    assert_eq!(driver.focused().as_deref(), Some("Close"));
    assert_eq!(driver.state().doctors.len(), 1);
    driver.click("Forget this name");
    driver.wait_until("the row's end", |state| state.doctors.is_empty());
    assert!(driver.state().modals.is_empty());
    driver.wait_for("No doctors yet.");
}

#[test]
fn what_could_not_be_checked_can_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.service.add_fault(unavailable(Call::Download));
    driver.ask_delete(AMELIA);
    driver.wait_for("Dr. Amelia Smith could not be checked");
    driver.wait_for("The service has trouble of its own.");
    assert_eq!(driver.modal_buttons(), ["Close", "Details", "Try again"]);
    assert_eq!(driver.focused().as_deref(), Some("Close"));
    // The details stand over the question; Escape closes them and leaves it.
    driver.click("Details");
    driver.wait_for("Copy details");
    driver.key(Key::Escape);
    driver.settle();
    assert_eq!(driver.state().modals.len(), 1);
    driver.service.set_faults(Vec::new());
    driver.click("Try again");
    driver.wait_for("Delete without backup");
    driver.wait_for("WAV, 20 kB, checked just now");
}

#[test]
fn escape_return_space_on_cancel_and_the_backdrop_delete_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    // Return presses what has the focus: Cancel.
    for key in [Key::Escape, Key::Enter, Key::Space] {
        driver.ask_delete(AMELIA);
        driver.key(key);
        driver.settle();
        assert!(driver.state().modals.is_empty(), "{key:?} closes it");
    }
    // Return deletes nothing wherever the focus is.
    driver.ask_delete(AMELIA);
    for _ in 0..8 {
        driver.key(Key::Tab);
        if matches!(
            driver.focused().as_deref(),
            Some("Delete without backup" | "Back up, then delete…")
        ) {
            driver.key(Key::Enter);
            driver.settle();
            assert_eq!(driver.state().modals.len(), 1, "Return pressed it");
        }
    }
    // A click beside the question neither answers it nor reaches what lies behind.
    for place in [pos2(20.0, 20.0), pos2(1100.0, 740.0), pos2(60.0, 120.0)] {
        for pressed in [true, false] {
            driver.window.event(egui::Event::PointerMoved(place));
            driver.window.event(egui::Event::PointerButton {
                pos: place,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            driver.window.step();
        }
        driver.settle();
        assert_eq!(driver.state().modals.len(), 1);
    }
    driver.click("Cancel");
    driver.settle();
    assert!(driver.state().modals.is_empty());
    assert!(driver.state().jobs.is_empty());
    assert!(driver.state().results.is_empty());
    assert_eq!(driver.count(Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
}
