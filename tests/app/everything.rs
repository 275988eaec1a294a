//! Delete all: the question, the phrase, the tally, backing up first, and what is said after.

use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::state::Modal;
use egui::Key;
use support::driver::{Driver, desk, unavailable};
use support::recordings::wav;
use support::{AMELIA, names_in};

const PRIYA: &str = "Dr. Priya Nair";
const BUTTON: &str = "Delete all doctors' recordings";

/// Amelia has a recording without a backup, Priya one that nobody looked at, Nobody has none.
fn three_doctors(folder: &std::path::Path) -> Driver {
    let mut driver = desk(folder);
    driver.service.put(PRIYA, "p.wav", wav(10_000, 2));
    for doctor in [AMELIA, "Dr. Nobody"] {
        driver.fill("Doctor", doctor);
        driver.click("Check");
        driver.wait_until("the check", |state| {
            state
                .doctors
                .iter()
                .any(|known| known.name.as_str() == doctor)
        });
    }
    // A check is tried twice.
    for attempt in [1, 2] {
        driver
            .service
            .add_fault(unavailable(Call::Download).only(attempt));
    }
    driver.fill("Doctor", PRIYA);
    driver.click("Check");
    driver.wait_for("Could not be checked");
    // What stands over the window would take the clicks.
    while driver.can_click("Dismiss") {
        driver.click("Dismiss");
    }
    driver
}

#[test]
fn the_question_tells_what_is_known_and_opens_its_button_for_the_phrase_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    driver.click("Delete all recordings…");
    driver.wait_for("This removes all recordings of all doctors, including doctors not listed");
    // Each is looked at while the question stands, also those of whom nothing was known.
    driver.wait_for("3: 2 with recordings, 1 without, 0 not checked");
    driver.wait_for("2: Dr. Amelia Smith, Dr. Priya Nair");
    driver.wait_for("2 doctors have no backup.");
    for typed in ["", "DELETE", "delete all", "DELETE ALL X", "DELETE  ALL"] {
        driver.fill("Type DELETE ALL to continue", typed);
        assert!(!driver.can_click(BUTTON), "{typed:?} opened it");
    }
    driver.fill("Type DELETE ALL to continue", "DELETE ALL");
    assert!(driver.can_click(BUTTON));
    // Return in the field is no click on the button.
    driver.key(Key::Enter);
    driver.settle();
    assert!(driver.state().jobs.is_empty() && driver.count(Call::DeleteAll) == 0);
    driver.key(Key::Escape);
    driver.settle();
    driver.click("Delete all recordings…");
    driver.settle();
    assert!(!driver.can_click(BUTTON), "the phrase is asked for anew");
    driver.click("Cancel");
    assert_eq!(driver.count(Call::DeleteAll), 0);
}

#[test]
fn check_and_back_up_first_saves_into_the_chosen_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let mut driver = three_doctors(folder.path());
    driver.dialogs.answer_next(Some(place.clone()));
    driver.click("Delete all recordings…");
    driver.click("Check and back up first…");
    driver.wait_for("2 doctors were backed up now.");
    driver.wait_for("Checked 3 doctors: 2 with recordings");
    let names = names_in(&place);
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with(AMELIA) && names[1].starts_with(PRIYA));
    assert_eq!(
        std::fs::read(place.join(&names[1])).unwrap(),
        wav(10_000, 2)
    );
    assert_eq!(driver.count(Call::DeleteAll), 0);
    // The question comes back by itself.
    driver.wait_for("3: 2 with recordings, 1 without, 0 not checked");
    driver.settle();
    assert!(
        !driver.shows("Check and back up first…"),
        "nothing is left to back up"
    );
    // Asked anew, a backup that can't be compared is one to be made anew.
    driver.click("Cancel");
    driver.click("Delete all recordings…");
    driver.wait_for("2 doctors' backups can't be compared.");
    assert!(driver.shows("Check and back up first…"));
}

#[test]
fn what_changed_since_the_last_look_is_seen_while_the_question_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    driver.back_up(AMELIA, &folder.path().join("a.wav"));
    driver.service.put(AMELIA, "a.wav", wav(30_000, 9));
    driver.service.remove(PRIYA);
    driver.click("Delete all recordings…");
    driver.wait_for("3: 1 with recordings, 2 without, 0 not checked");
    driver.wait_for("1: Dr. Amelia Smith");
    driver.click("Cancel");
    assert_eq!(driver.count(Call::DeleteAll), 0);
}

#[test]
fn the_looks_can_be_stopped_and_the_rest_is_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    let silent = Effect::StallBeforeHead(std::time::Duration::from_mins(1));
    let stalls = Fault::on(Call::Download, silent).for_doctor(PRIYA);
    driver.service.add_fault(stalls);
    driver.click("Delete all recordings…");
    driver.wait_for("Looking at every doctor: 2 of 3");
    driver.fill("Type DELETE ALL to continue", "DELETE ALL");
    assert!(!driver.can_click(BUTTON), "the figures are not all there");
    driver.click("Stop looking");
    driver.wait_for("3: 1 with recordings, 1 without, 1 not checked");
    driver.wait_until("the end of the looks", |state| state.jobs.is_empty());
    driver.settle();
    assert!(driver.can_click(BUTTON));
    driver.click("Cancel");
    assert_eq!(driver.count(Call::DeleteAll), 0);
}

#[test]
fn backups_that_can_t_be_saved_are_named_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    driver.dialogs.answer_next(Some("/proc/self".into()));
    driver.click("Delete all recordings…");
    driver.click("Check and back up first…");
    driver.wait_for("0 doctors were backed up now.");
    driver.wait_for("Dr. Amelia Smith: Nothing can be saved in /proc/self.");
    driver.wait_for("Dr. Priya Nair: Nothing can be saved in /proc/self.");
}

fn delete_all(driver: &mut Driver) {
    driver.click("Delete all recordings…");
    driver.wait_until("the end of the looks", |state| {
        matches!(
            state.modals.last(),
            Some(Modal::DeleteAll {
                shown_at: Some(_),
                ..
            })
        )
    });
    driver.fill("Type DELETE ALL to continue", "DELETE ALL");
    driver.settle();
    driver.click(BUTTON);
}

#[test]
fn all_gone_is_said_of_the_doctors_listed_here_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    delete_all(&mut driver);
    driver.wait_for("Deleted. Nuxera has nothing now for any doctor listed here.");
    driver.wait_for("This app can't speak for doctors that are not listed.");
    assert!(!driver.service.holds(AMELIA) && !driver.service.holds(PRIYA));
    assert_eq!(driver.count(Call::DeleteAll), 1);
}

#[test]
fn a_500_is_not_called_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    driver
        .service
        .add_fault(Fault::on(Call::DeleteAll, Effect::failed_to_delete()));
    delete_all(&mut driver);
    driver.wait_for("The service still shows recordings for some of the doctors listed here.");
    driver.wait_for("Still there: 2: Dr. Amelia Smith, Dr. Priya Nair");
    driver.wait_for("The service answered that it has trouble of its own.");
    driver.settle();
    assert!(!driver.shows("Deleted"), "{}", driver.listing());
    assert!(!driver.shows("untouched"));
    let copied = driver.copied_details();
    assert!(
        copied.contains("DELETE") && copied.contains("500"),
        "{copied}"
    );
    driver.click("Look again");
    driver.wait_for("Still there: 2:");
    assert_eq!(driver.count(Call::DeleteAll), 1);
}

#[test]
fn a_500_is_no_success_either_where_nothing_was_there_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Nobody");
    driver.click("Check");
    driver.wait_for("Nothing under exactly this name");
    driver
        .service
        .add_fault(Fault::on(Call::DeleteAll, Effect::failed_to_delete()));
    delete_all(&mut driver);
    driver.wait_for("The service answered that it has trouble of its own.");
    driver.settle();
    assert!(!driver.shows("Deleted"), "{}", driver.listing());
}

#[test]
fn doctors_that_could_not_be_looked_at_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = three_doctors(folder.path());
    let fault = unavailable(Call::Download).for_doctor(PRIYA);
    driver.service.add_fault(fault);
    delete_all(&mut driver);
    driver.wait_for("The delete was sent, and it is not known whether all recordings are gone.");
    driver.wait_for("Could not be looked at: 1: Dr. Priya Nair");
    driver.settle();
    assert!(!driver.shows("Deleted."), "{}", driver.listing());
    driver.service.set_faults(Vec::new());
    driver.click("Look again");
    driver.wait_for("Deleted. Nuxera has nothing now for any doctor listed here.");
}
