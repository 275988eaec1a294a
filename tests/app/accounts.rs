//! Two people at one desk, through the window.

use std::path::Path;
use std::time::Duration;

use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::state::Mode;
use support::AMELIA;
use support::driver::Driver;

use crate::deletion_rules::desk;

/// Front is signed in, and Colleague stays signed in, too.
fn shared(folder: &Path) -> Driver {
    let mut driver = desk(folder);
    driver.click("Switch account…");
    driver.wait_for("Who is at the desk?");
    driver.click("Someone else…");
    driver.wait_for("Stays signed in on this computer");
    assert!(!driver.shows(AMELIA));
    driver.fill("User name or email", "colleague");
    driver.fill("Password", "second");
    driver.click("Sign in");
    driver.wait_for("Download…");
    switch(&mut driver, "front");
    driver.wait_for("You are now signed in as front.");
    driver
}

fn switch(driver: &mut Driver, to: &str) {
    driver.click("Switch account…");
    driver.wait_for("Signed in now");
    driver.click(to);
}

fn present(driver: &Driver) -> Option<&str> {
    driver.state().account()?.person.as_deref()
}

#[test]
fn who_stays_signed_in_is_switched_to_without_a_password_and_it_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = shared(folder.path());
    assert_eq!(driver.count(Call::Login), 2);
    switch(&mut driver, "colleague");
    driver.wait_for("You are now signed in as colleague.");
    assert_eq!(present(&driver), Some("colleague"));
    driver.fill("Doctor", AMELIA);
    driver.click("Delete…");
    driver.wait_for("Deleting as colleague");
    driver.click("Cancel");
    assert_eq!(driver.count(Call::Login), 2);
    // Who signs out leaves the other.
    driver.click("Settings");
    driver.click("Sign out");
    driver.wait_for("Signed out.");
    assert!(!driver.shows("colleague"));
    driver.click("front");
    driver.wait_for("You are now signed in as front.");
    driver.click("Activity");
    driver.wait_for("Signed in");
}

#[test]
fn a_switch_asks_while_something_runs_and_keeps_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = shared(folder.path());
    let stall = Effect::StallAfter {
        bytes: 9_000,
        duration: Duration::from_mins(1),
    };
    let stall = Fault::on(Call::Download, stall).from(2);
    driver.service.add_fault(stall);
    driver.download(AMELIA, &folder.path().join("a.wav"));
    driver.wait_until("the download", |state| !state.jobs.is_empty());
    switch(&mut driver, "colleague");
    driver.wait_for("Switch while something is running?");
    driver.click("Stay");
    driver.click("Cancel");
    assert_eq!(present(&driver), Some("front"));
    switch(&mut driver, "colleague");
    driver.click("Stop and switch");
    driver.wait_for("You are now signed in as colleague.");
    assert!(driver.state().jobs.is_empty());
    assert!(!folder.path().join("a.wav").exists());
}

#[test]
fn from_a_locked_desk_nobody_elses_account_opens_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = shared(folder.path());
    driver.click("Lock");
    driver.wait_for("Locked");
    driver.click("Sign out");
    driver.wait_for("Stays signed in on this computer");
    driver.click("colleague");
    driver.wait_for("Locked");
    assert!(!driver.shows(AMELIA));
    driver.fill("Password", "first");
    driver.click("Unlock");
    driver.wait_for("The service doesn't know this user name with this password.");
    driver.fill("Password", "second");
    driver.click("Unlock");
    driver.wait_for("Download…");
    assert_eq!(present(&driver), Some("colleague"));
}

#[test]
fn a_desk_that_was_left_locked_is_found_locked_by_whoever_starts_the_app_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = shared(folder.path());
    driver.click("Lock");
    driver.wait_for("Locked");
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Locked");
    assert!(!driver.shows(AMELIA));
    driver.fill("Password", "first");
    driver.click("Unlock");
    driver.wait_for("Download…");
    assert_eq!(present(&driver), Some("front"));
    // The other's is still asked for.
    switch(&mut driver, "colleague");
    driver.wait_for("Locked");
    assert!(!driver.shows(AMELIA));
}
