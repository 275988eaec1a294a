//! What was done stands in Activity afterwards, in words.

use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::state::Mode;

use crate::desk::{AMELIA, desk, wav};

#[test]
fn activity_tells_a_whole_session_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Nobody");
    driver.click("Check");
    driver.wait_for("Nothing under exactly this name");
    let cut = Fault::on(Call::Download, Effect::CutAfter(9_000));
    driver.service.add_fault(cut.only(2));
    let file = folder.path().join("a.wav");
    driver.download(AMELIA, &file);
    driver.wait_for("The connection dropped after");
    driver.back_up(AMELIA, &file);
    driver.ask_delete(AMELIA);
    driver.click("Delete, keeping the earlier backup");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    driver.service.put(AMELIA, "c.wav", wav(10_000, 3));
    driver.ask_delete(AMELIA);
    driver.service.remove(AMELIA);
    driver.click("Back up, then delete…");
    driver.settle();
    driver.click("Activity");
    driver.wait_for("Signed in");
    driver.wait_for("Practice desk");
    for words in [
        "Check",
        "Download",
        "Delete",
        AMELIA,
        "Dr. Nobody",
        "Nothing under this name",
        "A recording was there",
        "Failed, nothing changed on the service",
        "Saved and checked",
        "About to be done",
        "The service answered",
        "Deleted, nothing there now",
    ] {
        driver.wait_for(words);
    }
    let listed = driver.listing();
    let deleted = listed.find("Deleted, nothing there now").unwrap();
    let intended = listed.find("About to be done").unwrap();
    assert!(deleted < intended, "the newest come first");
    let token = driver.service.token();
    assert!(!listed.contains(token.expose()));
    // The record outlives the window.
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Download…");
    driver.click("Activity");
    driver.wait_for("Deleted, nothing there now");
}
