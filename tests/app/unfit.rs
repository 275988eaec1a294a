//! What a person sees of a recording that is damaged on the server, and what they can do about it.

use std::fs;

use audio_housekeeper::practice::Call;
use audio_housekeeper::state::Mode;
use support::driver::desk;
use support::recordings::wav;
use support::{AMELIA, names_in};

const DAMAGED: &str = "Damaged: it states more audio than it has.";

#[test]
fn a_damaged_recording_is_said_set_aside_kept_and_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    fs::create_dir(&place).unwrap();
    let damaged = wav(20_000, 1)[..9_000].to_vec();
    let mut driver = desk(folder.path());
    driver.service.put(AMELIA, "a.wav", damaged.clone());

    let before = driver.count(Call::Download);
    driver.download(AMELIA, &place.join("a.wav"));
    driver.try_now_until(DAMAGED);
    driver.settle();
    // The look before the dialog, and two downloads.
    assert_eq!(driver.count(Call::Download) - before, 3);
    assert!(!driver.shows("Saved and checked"), "{}", driver.listing());
    assert_eq!(names_in(&place), ["a (damaged).wav.part"]);
    driver.wait_for("Damaged on the server");
    let copied = driver.copied_details();
    assert!(!copied.contains("Amelia"), "{copied}");

    // Another start asks again.
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for(DAMAGED);
    driver.settle();
    let kept = place.join("kept.wav");
    driver.dialogs.answer_next(Some(kept.clone()));
    driver.click("Keep it as it is…");
    driver.wait_for("Kept as it is, and no backup.");
    assert_eq!(fs::read(&kept).unwrap(), damaged);
    assert_eq!(names_in(&place), ["kept.wav"]);
    assert_eq!(driver.dialogs.saves()[1].file_name, "a (damaged).wav");

    driver.ask_delete(AMELIA);
    assert!(driver.shows(DAMAGED), "{}", driver.listing());
    driver.click("Delete without backup");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn discarding_it_asks_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    fs::create_dir(&place).unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(
        AMELIA,
        "a.wav",
        &b"\x07ds2\x02\0\x03\0 and so on, and on"[..],
    );
    driver.download(AMELIA, &place.join("a.wav"));
    driver.wait_for("DS2: neither WAV nor FLAC");
    driver.settle();
    driver.click("Discard…");
    driver.wait_for("The service was seen to have a recording for this doctor.");
    driver.click("Discard");
    driver.wait_until_gone("DS2: neither WAV nor FLAC");
    assert!(names_in(&place).is_empty());
}
