//! The whole app, driven by what its window shows, against a real service and a real store.

#![cfg(test)]

mod accounts;
mod addresses;
mod audit_record;
mod comparing;
mod confirmations;
mod deletion_rules;
mod disks;
mod downloads;
mod ended_sign_ins;
mod everything;
mod input_methods;
mod keyboard;
mod keychain;
mod last_call;
mod leaving;
mod lock;
mod names;
mod newer_version;
mod outcomes;
mod places;
mod privacy;
mod screens;
mod settings_file;
mod sign_in;
mod signals;
mod unfit;

use std::time::Duration;

use audio_housekeeper::engine::Waits;
use support::driver::{Driver, Stage};

#[test]
fn a_learner_checks_downloads_and_deletes_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage::practice(folder.path()));
    driver.fill("Doctor", "Dr. Amelia Smith");
    driver.click("Check");
    driver.wait_for("just now");
    let file = folder.path().join("amelia.flac");
    driver.dialogs.answer_next(Some(file.clone()));
    driver.click("Download…");
    driver.wait_for("Saved and checked");
    let held = driver.service.recordings_of("Dr. Amelia Smith");
    let held = driver
        .runtime()
        .block_on(held.last().unwrap().bytes())
        .unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), held);
    driver.click("Delete…");
    driver.click("Delete");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    assert!(!driver.service.holds("Dr. Amelia Smith"));
}

#[test]
fn stop_in_the_wait_keeps_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::practice(folder.path());
    stage.waits = Waits {
        one: Duration::from_mins(1),
        all: Duration::from_mins(1),
        ..Waits::default()
    };
    let mut driver = Driver::open(stage);
    driver.fill("Doctor", "Dr. Priya Nair");
    driver.click("Delete…");
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Priya Nair in");
    driver.click("Stop");
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert!(driver.service.holds("Dr. Priya Nair"));
}
