//! What was done stands in Activity afterwards, in words.

use std::time::Duration;

use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::Store;
use support::AMELIA;
use support::driver::desk;
use support::recordings::wav;

#[test]
fn activity_tells_a_whole_session_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Nobody");
    driver.click("Check");
    driver.wait_for("Nothing under exactly this name");
    let page = Fault::on(Call::Download, Effect::html());
    driver.service.add_fault(page.only(2));
    let file = folder.path().join("a.wav");
    driver.download(AMELIA, &file);
    driver.wait_for("A web page came instead");
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
        "Failed, nothing changed",
        "Saved and checked",
        "Deleted, nothing there now",
    ] {
        driver.wait_for(words);
    }
    let listed = driver.listing();
    let deleted = listed.find("Deleted, nothing there now").unwrap();
    let checked = listed.find("Dr. Nobody").unwrap();
    assert!(deleted < checked, "the newest come first");
    let token = driver.service.token().clone();
    assert!(!listed.contains(token.expose()));
    // A delete is one act, and opened it tells each step.
    let rows = listed
        .lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix("Button "));
    let deletes: Vec<_> = rows
        .filter(|row| row.starts_with("Delete, ") && row.ends_with("Deleted, nothing there now"))
        .collect();
    let [row] = deletes[..] else {
        panic!("{deletes:?}");
    };
    driver.click(row);
    for words in [
        "About to be done",
        "The service answered",
        "The whole entry",
    ] {
        driver.wait_for(words);
    }
    assert!(!driver.listing().contains(token.expose()));
    driver.key(egui::Key::Escape);
    driver.wait_until_gone("The whole entry");
    driver.fill("Search", "NOBODY");
    // Before they come, "Show all" stands elsewhere.
    driver.wait_until("what fits", |state| {
        let activity = &state.activity;
        !activity.loading && activity.acts.len() == 1
    });
    assert!(!driver.shows("Saved and checked"));
    driver.wait_for("Dr. Nobody");
    driver.click("Show all");
    driver.wait_for("Saved and checked");
    // The record outlives the window.
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Download…");
    driver.click("Activity");
    driver.wait_for("Deleted, nothing there now");
}

#[test]
fn the_token_is_in_no_file_of_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.back_up(AMELIA, &folder.path().join("a.wav"));
    driver
        .service
        .add_fault(Fault::on(Call::Download, Effect::token_ended()));
    driver.click("Check");
    driver.wait_for("Please sign in again");
    driver.service.set_faults(Vec::new());
    driver.sign_in();
    let token = driver.service.token().expose().as_bytes().to_vec();
    driver.close();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(token.len()).any(|part| part == token);
            assert!(!found, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 3, "the database, the settings and the recording");
}

#[test]
fn a_record_that_was_changed_is_said_and_looked_at_before_anything_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("just now");
    driver.click("Activity");
    driver.wait_for("No gaps or changes found");
    let database = rusqlite::Connection::open(folder.path().join(Store::FILE_NAME)).unwrap();
    database
        .execute_batch("DROP TRIGGER audit_is_never_shortened; DELETE FROM audit WHERE number = 1;")
        .unwrap();
    driver.click("Check record");
    driver.wait_for("Entry 1 is missing.");
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Nothing is deleted until somebody has looked at it");
    driver.fill("Doctor", AMELIA);
    driver.settle();
    assert!(!driver.can_click("Delete…"));
    driver.click("Look at the record");
    driver.wait_for("Entry 1 is missing.");
    driver.click("I have seen this");
    driver.wait_for("The record is not as this app wrote it, and that was seen");
    driver.wait_for("Seen by a person");
    driver.wait_for("Its protection was put back");
    driver.click("Recordings");
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
}

#[test]
fn what_ends_while_activity_is_shown_appears_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let stall = Effect::StallBeforeHead(Duration::from_mins(1));
    driver.service.add_fault(Fault::on(Call::Download, stall));
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.click("Activity");
    driver.wait_for("Signed in");
    assert!(!driver.shows("A recording was there"));
    while driver.count(Call::Download) == 0 {
        driver.settle();
    }
    driver.service.end_stalls(Call::Download);
    driver.wait_for("A recording was there");
}
