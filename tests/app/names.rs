//! The doctor field: what is no name is said at the field, and nothing is sent.

use audio_housekeeper::practice::Call;
use egui::{Key, Modifiers};
use support::AMELIA;
use support::driver::desk;

const EMPTY: &str = "Type the doctor's name first.";
const CONTROL: &str = "The name has a line break or an invisible control character in it.";

#[test]
fn what_is_no_name_is_said_at_the_field_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let before = driver.service.requests().len();
    let long = "x".repeat(201);
    for (typed, said) in [
        ("", EMPTY),
        (" \u{a0}\t  ", EMPTY),
        (
            long.as_str(),
            "This name has 201 characters; the service takes 200 at most.",
        ),
        ("Dr.\u{7}Smith", CONTROL),
        ("Dr.\u{2028}Smith", CONTROL),
    ] {
        for button in ["Check", "Download…", "Delete…"] {
            driver.fill("Doctor", typed);
            assert!(
                !driver.shows(said),
                "{said} is said before anything is pressed"
            );
            driver.click(button);
            driver.wait_for(said);
            driver.settle();
            assert_eq!(driver.focused().as_deref(), Some("Doctor"), "{button}");
            assert_eq!(driver.value_of("Doctor"), typed, "what was typed stays");
        }
        for keys in [(Modifiers::NONE, Key::F5), (Modifiers::COMMAND, Key::D)] {
            driver.fill("Doctor", typed);
            driver.keys(keys.0, keys.1);
            driver.wait_for(said);
        }
    }
    driver.settle();
    assert_eq!(driver.service.requests().len(), before);
    assert!(driver.dialogs.saves().is_empty());
    assert!(driver.state().doctors.is_empty(), "no name was remembered");
    assert!(driver.state().modals.is_empty());
    // And it is no dead end.
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
}

#[test]
fn a_line_break_at_the_end_of_what_is_pasted_is_no_part_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Amelia Smith\r\n");
    assert_eq!(driver.value_of("Doctor"), AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
    let asked = driver.service.requests();
    let asked = asked.iter().find(|r| r.call == Some(Call::Download));
    assert_eq!(asked.unwrap().doctor.as_deref(), Some(AMELIA));
}

#[test]
fn a_line_break_inside_what_is_pasted_is_refused_and_not_made_a_space() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    for pasted in [
        "Dr. Amelia\nSmith",
        "Dr. Amelia\r\nSmith\r\n",
        "Dr. Amelia Smith\nDr. Priya Nair",
    ] {
        driver.fill("Doctor", pasted);
        driver.click("Check");
        driver.wait_for(CONTROL);
    }
    assert_eq!(driver.count(Call::Download), 0);
}
