//! After the confirmation of a delete: the wait, what was seen, and what can be done about it.

use std::time::Duration;

use audio_housekeeper::domain::{DoctorName, OperationId};
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig};
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::{Store, Transfer};
use axum::http::StatusCode;
use egui_kittest::kittest::Queryable as _;
use support::AMELIA;
use support::driver::{Driver, Stage, desk, desk_with, unavailable};
use support::recordings::wav;

const NOT_KNOWN: &str = "The delete was sent, and no answer came that tells what it did.";
const GONE: &str = "Deleted. Nuxera has nothing under this name now.";

fn delete(driver: &mut Driver) {
    driver.ask_delete(AMELIA);
    driver.click("Delete without backup");
}

/// No sentence about a delete that was sent may say that nothing came of it.
fn promises_nothing(driver: &Driver) {
    for words in ["untouched", "Nothing was changed", "unfinished part"] {
        assert!(!driver.shows(words), "{words}:\n{}", driver.listing());
    }
}

#[test]
fn a_delete_whose_answer_was_lost_is_settled_by_looking() {
    for (effect, said) in [
        (Effect::LoseAfterActing, GONE),
        (
            Effect::LoseBeforeActing,
            "The service still shows a recording for Dr. Amelia Smith.",
        ),
        (
            Effect::PretendToAct,
            "The service still shows a recording for Dr. Amelia Smith.",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = desk(folder.path());
        driver.service.add_fault(Fault::on(Call::Delete, effect));
        delete(&mut driver);
        driver.wait_for(said);
        driver.settle();
        assert_eq!(driver.shows("Deleted."), said == GONE);
        promises_nothing(&driver);
        assert_eq!(driver.count(Call::Delete), 1);
        if said == GONE {
            driver.wait_for("Deleted, nothing there now");
            continue;
        }
        driver.service.remove(AMELIA);
        driver.click("Look again");
        driver.wait_for(GONE);
        assert_eq!(driver.count(Call::Delete), 1);
    }
}

#[test]
fn a_delete_that_nothing_is_known_of_never_says_deleted_until_it_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver
        .service
        .add_fault(Fault::on(Call::Delete, Effect::LoseAfterActing));
    driver.ask_delete(AMELIA);
    driver
        .service
        .add_fault(unavailable(Call::Download).from(2));
    driver.click("Delete without backup");
    driver.wait_for(NOT_KNOWN);
    driver.wait_for("Delete not confirmed");
    driver.settle();
    assert!(!driver.shows("Deleted"), "{}", driver.listing());
    promises_nothing(&driver);
    let copied = driver.copied_details();
    let token = driver.service.token();
    assert!(!copied.contains(token.expose()) && !copied.contains("Amelia"));
    // Looking in vain changes nothing; the row says what it said.
    driver.click("Look again");
    driver.wait_until("the look's end", |state| !state.results[0].looking);
    assert!(driver.shows(NOT_KNOWN));
    assert!(!driver.shows("Deleted"));
    driver.service.set_faults(Vec::new());
    driver.click("Look again");
    driver.wait_for(GONE);
    driver.wait_for("Deleted, nothing there now");
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn every_refusal_of_a_delete_is_said_beside_what_was_seen() {
    for (status, said) in [
        (500, "The service answered that it has trouble of its own."),
        (429, "The service answered that it has trouble of its own."),
        (
            403,
            "The service answered that this sign-in may not do that.",
        ),
        (302, "The service pointed to another place"),
        (
            418,
            "The service gave an answer that this app doesn't know.",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = desk(folder.path());
        let status = StatusCode::from_u16(status).unwrap();
        driver
            .service
            .add_fault(Fault::on(Call::Delete, Effect::status(status)));
        delete(&mut driver);
        driver.wait_for("The service still shows a recording for Dr. Amelia Smith.");
        driver.wait_for(said);
        driver.settle();
        assert!(!driver.shows("Deleted"), "{status}");
        promises_nothing(&driver);
        let copied = driver.copied_details();
        assert!(copied.contains(status.as_str()), "{copied}");
        assert!(!copied.contains("Amelia"), "{copied}");
        assert_eq!(driver.count(Call::Delete), 1);
    }
}

#[test]
fn what_stands_in_the_way_before_the_delete_sends_nothing() {
    // The last look, before the DELETE: gone, replaced, not answered.
    for (nothing, said) in [
        (true, "The service has nothing under exactly this name."),
        (false, "The service has trouble of its own."),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = desk(folder.path());
        driver.ask_delete(AMELIA);
        if nothing {
            driver.service.remove(AMELIA);
        } else {
            driver.service.add_fault(unavailable(Call::Download));
        }
        driver.click("Delete without backup");
        driver.wait_for("Nothing was sent, and nothing was deleted.");
        driver.wait_for(said);
        assert_eq!(driver.count(Call::Delete), 0);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.service.put(AMELIA, "b.wav", wav(30_000, 2));
    driver.click("Delete without backup");
    driver.wait_for("The recording on the server is another one now");
    assert_eq!(driver.count(Call::Delete), 0);
    assert!(driver.service.holds(AMELIA));
}

#[test]
fn stop_sends_nothing_and_the_same_delete_works_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.clock.stop();
    delete(&mut driver);
    driver.wait_for("Deleting for Dr. Amelia Smith in");
    assert!(!driver.can_click("Delete…"), "one delete at a time");
    driver.click("Stop");
    driver.wait_for("Stopped. Nothing was sent, and nothing was deleted.");
    assert_eq!(driver.count(Call::Delete), 0);
    driver.clock.run();
    delete(&mut driver);
    driver.wait_for(GONE);
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn wrong_doctor_shows_where_the_copy_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.wav");
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    driver.dialogs.answer_next(Some(file.clone()));
    driver.click("Back up, then delete…");
    driver.wait_for(GONE);
    driver.click("Wrong doctor?");
    driver.wait_for("Was Dr. Amelia Smith the wrong doctor?");
    driver.wait_for("The backup of this recording is here:");
    driver.wait_for(file.to_str().unwrap());
    driver.wait_for("Number in the record:");
    assert_eq!(driver.modal_buttons(), ["Close", "Copy", "Show in folder"]);
    assert_eq!(std::fs::read(&file).unwrap(), wav(20_000, 1));
}

#[test]
fn wrong_doctor_without_a_copy_says_whom_to_write_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    delete(&mut driver);
    driver.wait_for(GONE);
    driver.click("Wrong doctor?");
    driver.wait_for("There is no backup of this recording on this computer.");
    driver.wait_for("Doctor: Dr. Amelia Smith");
    assert_eq!(driver.modal_buttons(), ["Close", "Copy"]);
}

#[test]
fn a_start_after_a_delete_was_cut_off_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let stall = Effect::StallBeforeHead(Duration::from_mins(1));
    driver.service.add_fault(Fault::on(Call::Delete, stall));
    driver.ask_delete(AMELIA);
    // Nor can what came of it be seen before the app is gone.
    let stall = Effect::StallBeforeHead(Duration::from_secs(8));
    driver
        .service
        .add_fault(Fault::on(Call::Download, stall).from(2));
    driver.click("Delete without backup");
    driver.wait_for("Deleting for Dr. Amelia Smith…");
    while driver.count(Call::Delete) == 0 {
        driver.settle();
    }
    let mut driver = {
        let service = driver.service.clone();
        let restarted = driver.restart(Mode::Real);
        service.set_faults(Vec::new());
        restarted
    };
    driver.wait_for("This delete was cut off when the app ended, and was looked into now.");
    driver.wait_for("The service still shows a recording for Dr. Amelia Smith.");
    assert!(!driver.shows("Deleted."));
    assert_eq!(driver.count(Call::Delete), 1);
}

#[test]
fn a_start_after_a_download_was_cut_off_names_it_and_offers_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let file = place.join("a.wav");
    std::fs::write(&file, "before").unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(AMELIA, "b.wav", wav(2_000_000, 2));
    let stall = Effect::StallAfter {
        bytes: 900_000,
        duration: Duration::from_mins(1),
    };
    driver
        .service
        .add_fault(Fault::on(Call::Download, stall).from(2));
    driver.download(AMELIA, &file);
    driver.wait_for("of 2.0 MB");
    let service = driver.service.clone();
    let mut driver = driver.restart(Mode::Real);
    service.set_faults(Vec::new());
    driver.wait_for("This download was cut off when the app ended.");
    assert_eq!(support::names_in(&place), ["a.wav"]);
    assert_eq!(std::fs::read(&file).unwrap(), b"before");
    driver.click("Activity");
    driver.wait_for("Dr. Amelia Smith");
    driver.wait_for("Cut off");
}

#[test]
fn a_download_that_a_kill_cut_off_is_named_and_offered_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    std::fs::create_dir(&place).unwrap();
    let (part, file) = (place.join("a.wav.part"), place.join("a.wav"));
    // Made, and nothing written to it yet.
    std::fs::write(&part, b"").unwrap();
    // A port that is free, so that the service's address is known before it starts.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let stage = Stage::empty(folder.path());
    let stage = Stage {
        service: PracticeConfig {
            address,
            ..stage.service
        },
        ..stage
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let begun = store.begin_transfer(Transfer {
        operation: OperationId::from_bytes([8; 16]),
        service: format!("http://{address}"),
        doctor: DoctorName::parse(AMELIA).unwrap(),
        destination: file.clone(),
        part: part.clone(),
        person: None,
        begun_at: jiff::Timestamp::now(),
    });
    runtime.block_on(begun).unwrap();
    drop(store);
    let mut driver = desk_with(stage);
    driver.wait_for("This download was cut off when the app ended. Nothing unfinished was left at");
    assert!(!part.exists());
    driver.dialogs.answer_next(Some(file.clone()));
    // The field is empty: this is the result's own button.
    driver.fill("Doctor", "");
    let mut buttons = driver.window.get_all_by_label("Download…");
    buttons.next().unwrap().click();
    drop(buttons);
    driver.window.run_steps(2);
    driver.wait_for("Saved and checked");
    assert_eq!(std::fs::read(&file).unwrap(), wav(20_000, 1));
}
