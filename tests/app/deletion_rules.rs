//! What this computer asks of a delete, chosen in the settings and met in the questions.

use std::path::Path;

use audio_housekeeper::domain::Secret;
use audio_housekeeper::engine::JobKind;
use audio_housekeeper::practice::{Call, PracticeConfig, PracticeUser, Recordings};
use support::AMELIA;
use support::driver::{Driver, Stage};
use support::recordings::wav;

const PASSWORD: &str = "Ask for the password before each delete";
const TWO_PEOPLE: &str = "Ask a second person to agree before everything is deleted";
const NEVER_ALL: &str = "Never delete everything at once";
const BACKUP: &str = "Delete only what has a checked backup, and never everything at once";

/// A desk of two people, with the first of them signed in by name.
pub fn desk(folder: &Path) -> Driver {
    let users = [("front", "first"), ("colleague", "second")];
    let users = users.map(|(name, password)| PracticeUser::new(name, Secret::new(password.into())));
    let mut driver = Driver::open(Stage {
        service: PracticeConfig {
            recordings: Recordings::None,
            users: users.into(),
            ..PracticeConfig::default()
        },
        ..Stage::empty(folder)
    });
    driver.service.put(AMELIA, "a.wav", wav(20_000, 1));
    driver.click("Use a user name and password");
    driver.fill("User name or email", "front");
    driver.fill("Password", "first");
    driver.click("Sign in");
    driver.wait_for("Download…");
    driver
}

/// Ticks these in the settings.
fn choose(driver: &mut Driver, rules: &[&str]) {
    driver.click("Settings");
    for rule in rules {
        let before = driver.state().rules.clone();
        driver.click(rule);
        driver.wait_until("the rule", |state| state.rules != before);
    }
    driver.click("Recordings");
}

#[test]
fn a_delete_asks_for_the_password_and_stays_asked_after_a_wrong_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    choose(&mut driver, &[PASSWORD]);
    driver.ask_delete(AMELIA);
    assert!(!driver.can_click("Delete without backup"));
    driver.fill("Your password", "wrong");
    driver.click("Delete without backup");
    driver.wait_for("The service doesn't know this user name with this password.");
    assert_eq!(driver.state().modals.len(), 1);
    assert!(!driver.can_click("Delete without backup"));
    driver.clock.stop();
    driver.fill("Your password", "first");
    driver.click("Delete without backup");
    driver.wait_for("Nothing is sent yet.");
    assert!(driver.state().modals.is_empty());
    assert_eq!(driver.count(Call::Login), 3);
    driver.clock.run();
    driver.wait_for("Deleted");
    assert!(!driver.service.holds(AMELIA));
}

#[test]
fn a_backup_first_asks_again_where_the_password_was_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    choose(&mut driver, &[PASSWORD, BACKUP]);
    let file = folder.path().join("a.wav");
    driver.ask_delete(AMELIA);
    assert!(!driver.can_click("Delete without backup"));
    for password in ["wrong", "first"] {
        driver.dialogs.answer_next(Some(file.clone()));
        driver.fill("Your password", password);
        assert!(!driver.can_click("Delete without backup"), "{password}");
        driver.click("Back up, then delete…");
        if password == "wrong" {
            driver.wait_for("The service doesn't know this user name with this password.");
            driver.wait_for("Your password");
            assert!(!file.exists());
        }
    }
    driver.wait_for("Deleted");
    assert!(file.exists());
    assert!(!driver.service.holds(AMELIA));
}

#[test]
fn everything_is_deleted_once_a_second_person_has_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    choose(&mut driver, &[TWO_PEOPLE]);
    driver.click("Delete all recordings…");
    driver.fill("Type DELETE ALL to continue", "DELETE ALL");
    assert!(!driver.can_click("Delete all doctors' recordings"));
    driver.fill("Their user name or email", "front");
    driver.fill("Their password", "first");
    driver.click("Delete all doctors' recordings");
    driver.wait_for("doesn't say that this is another one");
    driver.clock.stop();
    driver.fill("Their user name or email", "colleague");
    driver.fill("Their password", "second");
    driver.click("Delete all doctors' recordings");
    driver.wait_until("the delete", |state| {
        state
            .jobs
            .values()
            .any(|job| job.kind == JobKind::DeleteAll)
    });
    assert!(driver.state().modals.is_empty());
    driver.clock.run();
    driver.wait_until("its end", |state| state.jobs.is_empty());
    assert_eq!(driver.count(Call::DeleteAll), 1);
    // Who agreed is signed in nowhere.
    let person = driver.state().account().unwrap().person.clone();
    assert_eq!(person.as_deref(), Some("front"));
}

#[test]
fn to_ask_for_less_takes_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    choose(&mut driver, &[NEVER_ALL]);
    driver.wait_for("Check all");
    assert!(!driver.shows("Delete all recordings…"));
    driver.click("Settings");
    driver.click(NEVER_ALL);
    driver.wait_for("Ask for less before a delete?");
    driver.fill("Your password", "wrong");
    driver.click("Change");
    driver.wait_for("The service doesn't know this user name with this password.");
    driver.fill("Your password", "first");
    driver.click("Change");
    driver.wait_until("the change", |state| state.modals.is_empty());
    driver.click("Recordings");
    driver.wait_for("Delete all recordings…");
    driver.click("Activity");
    driver.wait_for("Change rules");
}

#[test]
fn with_a_token_rules_can_be_tightened_only_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage::empty(folder.path()));
    driver.sign_in();
    driver.click("Settings");
    driver.wait_for("You have not signed in here with a password.");
    assert!(!driver.can_click(PASSWORD));
    assert!(!driver.can_click(TWO_PEOPLE));
    driver.click(BACKUP);
    driver.wait_until("the rule", |state| {
        state
            .rules
            .has(audio_housekeeper::domain::DeletionRule::Backup)
    });
    driver.settle();
    assert!(!driver.can_click(BACKUP));
}
