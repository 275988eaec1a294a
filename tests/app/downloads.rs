//! What a person sees of a download that goes wrong, and of a check.

use std::fs;
use std::path::Path;

use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use support::driver::{Driver, desk, unavailable};
use support::recordings::wav;
use support::{AMELIA, names_in};

/// A folder for what is saved, beside the app's own data.
fn place(folder: &Path) -> std::path::PathBuf {
    let place = folder.join("saved");
    fs::create_dir(&place).unwrap();
    place
}

/// Has a download to `path` fail with these words, and then the same one work at a good place.
fn fails_and_works_later(driver: &mut Driver, path: &Path, said: &[&str], good: &Path) {
    driver.download(AMELIA, path);
    for words in said {
        driver.wait_for(words);
    }
    driver.settle();
    assert!(!driver.shows("Saved and checked"));
    assert!(driver.state().jobs.is_empty() && driver.state().preparing.is_none());
    let token = driver.service.token();
    let copied = driver.copied_details();
    assert!(!copied.contains(token.expose()), "{copied}");
    assert!(!copied.contains("Amelia"), "{copied}");
    assert!(driver.service.holds(AMELIA));
    driver.service.set_faults(Vec::new());
    driver.back_up(AMELIA, good);
    driver.wait_until_gone(said.first().unwrap());
    assert_eq!(fs::read(good).unwrap(), wav(20_000, 1));
}

#[test]
fn a_cut_is_said_with_how_far_it_came_and_the_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let file = place.join("a.wav");
    fs::write(&file, "before").unwrap();
    let mut driver = desk(folder.path());
    let cut = Fault::on(Call::Download, Effect::CutAfter(9_000));
    driver.service.add_fault(cut.from(2));
    let good = place.join("good.wav");
    let said = "The connection dropped after 9.0 of 20 kB. The unfinished part was removed;";
    driver.download(AMELIA, &file);
    driver.try_now_until(said);
    driver.wait_for("Tried 5 times.");
    let copied = driver.copied_details();
    for number in 1..=5 {
        assert!(copied.contains(&format!("Try {number}: ")), "{copied}");
    }
    assert!(!copied.contains("Amelia"), "{copied}");
    // The first was the look before the dialog.
    assert_eq!(driver.count(Call::Download), 6);
    assert_eq!(names_in(&place), ["a.wav"]);
    assert_eq!(fs::read(&file).unwrap(), b"before");
    driver.service.set_faults(Vec::new());
    driver.back_up(AMELIA, &good);
    driver.wait_until_gone(said);
    assert_eq!(names_in(&place), ["a.wav", "good.wav"]);
    assert_eq!(fs::read(&file).unwrap(), b"before");
}

#[test]
fn a_download_that_was_given_up_is_tried_again_at_a_press_and_harms_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let file = place.join("a.wav");
    fs::write(&file, "before").unwrap();
    let mut driver = desk(folder.path());
    driver
        .service
        .add_fault(unavailable(Call::Download).from(2));
    driver.download(AMELIA, &file);
    driver.try_now_until("The service has trouble of its own. The recording on the server");
    driver.service.set_faults(Vec::new());
    driver.click("Try again");
    driver.wait_for("Saved and checked");
    assert!(!driver.shows("Tried"));
    assert_eq!(fs::read(&file).unwrap(), b"before");
    assert_eq!(fs::read(place.join("a (2).wav")).unwrap(), wav(20_000, 1));
}

#[test]
fn a_download_that_waits_says_so_and_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    let asks_to_wait = Effect::Answer {
        status: axum::http::StatusCode::SERVICE_UNAVAILABLE,
        headers: vec![(
            axum::http::header::RETRY_AFTER,
            axum::http::HeaderValue::from_static("110"),
        )],
        body: bytes::Bytes::new(),
    };
    let fault = Fault::on(Call::Download, asks_to_wait);
    driver.service.add_fault(fault.from(2));
    driver.download(AMELIA, &place.join("a.wav"));
    driver.wait_for("The service has trouble of its own.");
    driver.wait_for("Trying again in 1 min");
    driver.wait_for("(2 of 5).");
    driver.click("Cancel");
    driver.wait_until_gone("Trying again");
    driver.settle();
    assert_eq!(driver.count(Call::Download), 2);
    assert!(names_in(&place).is_empty());
}

#[test]
fn a_log_in_page_in_the_recording_s_place_is_said_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    driver
        .service
        .add_fault(Fault::on(Call::Download, Effect::html()).from(2));
    let said = "A web page came instead of the service's answer";
    let file = place.join("a.wav");
    fails_and_works_later(&mut driver, &file, &[said], &place.join("good.wav"));
    assert_eq!(names_in(&place), ["good.wav"]);
}

#[test]
fn a_file_without_a_proven_end_is_kept_and_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    // By a recorder that could not go back to write its sizes down.
    let open = |seed| {
        let mut open = wav(20_000, seed);
        open[4..8].fill(0xff);
        open[40..44].fill(0xff);
        open
    };
    // The same twice would be all that the service has.
    for (no_length, seed) in [(NoLength::Chunked, 1), (NoLength::UntilClose, 2)] {
        driver.service.put(AMELIA, "a.wav", open(seed));
        driver.service.set_faults(vec![Fault::on(
            Call::Download,
            Effect::OmitLength(no_length),
        )]);
        let file = place.join(format!("{no_length:?}.wav"));
        driver.download(AMELIA, &file);
        driver.wait_for("Saved. Nothing proves that the file is all of the recording");
        // The words may be those of the first one.
        driver.wait_until("the file", |state| file.exists() && state.jobs.is_empty());
        driver.settle();
        assert_eq!(fs::read(&file).unwrap(), open(seed));
        assert!(!driver.shows("Backed up"), "{}", driver.listing());
        assert!(!driver.shows("Saved and checked"));
        driver.wait_for("Not backed up");
    }
}

#[test]
fn behind_details_stands_what_was_checked_of_a_saved_recording() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    let mut slip = wav(20_000, 1);
    slip[4..8].copy_from_slice(&20_000_u32.to_le_bytes());
    driver.service.put(AMELIA, "a.wav", slip);
    driver.back_up(AMELIA, &place.join("a.wav"));
    let copied = driver.copied_details();
    for line in [
        "Arrival: as many bytes came as the service had announced.",
        "Encoding: PCM",
        "End: the size that the audio states is met.",
        "Unusual: the sizes that the file states don't agree with one another.",
    ] {
        assert!(copied.contains(line), "{copied}");
    }
    assert!(!copied.contains("Amelia"), "{copied}");
}

#[test]
fn a_closed_dialog_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    driver.fill("Doctor", AMELIA);
    driver.click("Download…");
    driver.wait_until("the answer", |state| {
        !state.doctors.is_empty() && state.preparing.is_none()
    });
    driver.settle();
    assert!(driver.state().jobs.is_empty() && driver.state().results.is_empty());
    assert!(names_in(&place).is_empty());
    assert_eq!(driver.dialogs.saves().len(), 1);
    let asked = &driver.dialogs.saves()[0];
    assert!(asked.file_name.starts_with("Dr. Amelia Smith 20"));
    assert_eq!(asked.extension, "wav");
    assert!(driver.can_click("Download…"));
}

#[test]
fn a_download_of_nothing_opens_no_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Nobody");
    driver.click("Download…");
    driver.wait_for("The service has nothing under exactly this name: Dr. Nobody.");
    assert!(driver.dialogs.saves().is_empty());
    assert!(driver.can_click("Download…"));
}

#[test]
fn the_doctors_rows_say_each_state_in_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let mut driver = desk(folder.path());
    driver.fill("Doctor", "Dr. Nobody");
    driver.click("Check");
    driver.wait_for("Nothing under exactly this name");
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("Not backed up");
    driver.service.add_fault(unavailable(Call::Download));
    driver.click("Check");
    driver.wait_for("Dr. Amelia Smith: The service has trouble of its own.");
    driver.wait_for("Could not be checked");
    driver.settle();
    assert!(!driver.shows("Not backed up"), "old is not shown as known");
    driver.service.set_faults(Vec::new());
    let file = place.join("a.wav");
    driver.back_up(AMELIA, &file);
    driver.wait_for("Backed up, can't compare");
    // Another file in the backup's place.
    fs::write(&file, wav(10_000, 3)).unwrap();
    driver.click("Check");
    driver.wait_for("Backup altered");
    fs::remove_file(&file).unwrap();
    driver.click("Check");
    driver.wait_for("Backup missing");
}

#[test]
fn what_was_said_of_a_doctor_goes_when_the_doctor_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let said = "Dr. Amelia Smith: The service has trouble of its own.";
    driver.service.add_fault(unavailable(Call::Download));
    driver.fill("Doctor", AMELIA);
    let mut newest = 0;
    for _ in 0..3 {
        driver.click("Check");
        driver.wait_until("another message", |state| {
            state
                .toasts
                .last()
                .is_some_and(|toast| toast.number > newest)
        });
        assert_eq!(driver.state().toasts.len(), 1, "messages pile up");
        newest = driver.state().toasts[0].number;
    }
    driver.wait_for(said);
    driver.service.set_faults(Vec::new());
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
    driver.wait_until_gone(said);
}
