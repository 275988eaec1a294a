//! The lock, with a real service to ask for the password.

use audio_housekeeper::practice::{Call, Effect, Fault};
use axum::http::StatusCode;
use support::AMELIA;
use support::driver::Driver;

use crate::deletion_rules::desk;

fn locked(driver: &mut Driver) {
    driver.click("Lock");
    driver.wait_for("Locked");
    assert!(!driver.shows(AMELIA));
}

#[test]
fn what_runs_goes_on_behind_the_lock_and_the_password_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    // Cut off, it waits for its next try as long as the clock stands.
    let cut = Fault::on(Call::Download, Effect::CutAfter(9_000));
    driver.service.add_fault(cut.only(2));
    driver.clock.stop();
    let file = folder.path().join("a.wav");
    driver.download(AMELIA, &file);
    driver.wait_until("the download", |state| !state.jobs.is_empty());
    locked(&mut driver);
    driver.wait_for("1 task goes on meanwhile.");
    driver.clock.run();
    driver.wait_until("its end", |state| state.jobs.is_empty());
    assert!(file.exists());
    driver.fill("Password", "wrong");
    driver.click("Unlock");
    driver.wait_for("The service doesn't know this user name with this password.");
    let away = Effect::status(StatusCode::SERVICE_UNAVAILABLE);
    driver
        .service
        .set_faults(vec![Fault::on(Call::Login, away)]);
    driver.fill("Password", "first");
    driver.click("Unlock");
    driver.wait_for("you can only sign out here");
    driver.service.set_faults(Vec::new());
    driver.fill("Password", "first");
    driver.click("Unlock");
    driver.wait_for("Saved and checked");
    assert!(driver.shows(AMELIA));
}

#[test]
fn a_delete_is_stopped_behind_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.clock.stop();
    driver.click("Delete without backup");
    driver.wait_for("Nothing is sent yet.");
    locked(&mut driver);
    driver.wait_for("A delete begins in");
    driver.click("Stop");
    driver.wait_until("its end", |state| state.jobs.is_empty());
    assert_eq!(driver.count(Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
    driver.click("Sign out");
    driver.wait_for("Practise with samples");
}
