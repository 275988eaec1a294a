//! A sign-in that ends while things run: one question, and all goes on in the next one.

use std::path::Path;
use std::time::Duration;

use audio_housekeeper::domain::{AuditAction, AuditEntry, AuditOutcome, Secret};
use audio_housekeeper::engine::{JobEnding, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, PracticeUser, Recordings};
use audio_housekeeper::state::{Job, ResultKind, State};
use audio_housekeeper::store::Store;
use axum::http::StatusCode;
use support::AMELIA;
use support::driver::{Driver, Stage};
use support::recordings::wav;

const BENOIT: &str = "Dr. Benoit";
const CHIARA: &str = "Dr. Chiara";

/// A window at a desk that two people share.
fn open_desk(folder: &Path) -> Driver {
    let users = ["front", "colleague"];
    let users = users.map(|name| PracticeUser::new(name, Secret::new("password".into())));
    let driver = Driver::open(Stage {
        service: PracticeConfig {
            recordings: Recordings::None,
            users: users.into(),
            ..PracticeConfig::default()
        },
        ..Stage::empty(folder)
    });
    for (number, doctor) in (1..).zip([AMELIA, BENOIT, CHIARA]) {
        driver.service.put(doctor, "a.wav", wav(20_000, number));
    }
    driver
}

/// The same, signed in as the first of them.
fn shared_desk(folder: &Path, faults: &[Fault]) -> Driver {
    let mut driver = open_desk(folder);
    driver.service.set_faults(faults.to_vec());
    driver.sign_in();
    driver
}

/// Begins a delete, two downloads whose first tries fail, and a check of all whose call is answered
/// with 401. Waits for the question.
fn until_the_sign_in_ends(driver: &mut Driver, folder: &Path) {
    driver.ask_delete(AMELIA);
    driver.clock.stop();
    driver.click("Delete without backup");
    driver.wait_for("Nothing is sent yet.");
    for (doctor, file) in [(BENOIT, "b.wav"), (CHIARA, "c.wav")] {
        // The first request is the look before the dialog.
        let cut = Fault::on(Call::Download, Effect::CutAfter(9_000));
        driver.service.add_fault(cut.for_doctor(doctor).from(2));
        driver.download(doctor, &folder.join(file));
        driver.wait_until("the wait for the next try", |state| {
            let mut jobs = state.jobs.values();
            jobs.any(|job| {
                matches!(&job.progress, JobProgress::WaitingToTryAgain { doctor: of, .. }
                    if of.as_str() == doctor)
            })
        });
    }
    // The first call that is answered so is one of the check: nothing is called after it.
    let ended = Fault::on(Call::Download, Effect::token_ended());
    driver.service.add_fault(ended.for_doctor(AMELIA));
    driver.click("Check all");
    driver.wait_for("Please sign in again");
    driver.clock.run();
    driver.wait_for("What you had begun waits");
    driver.wait_until("the waits for a sign-in", |state| {
        let mut jobs = state.jobs.values();
        state.jobs.len() == 4 && jobs.all(|job| job.progress == JobProgress::WaitingForSignIn)
    });
    driver.wait_for("on hold");
    driver.wait_for("Nothing is sent yet. Sign in to go on.");
}

fn sign_in(driver: &mut Driver, who: usize) {
    let token = driver.service.tokens().nth(who).unwrap().1.clone();
    driver.fill("Access token", token.expose());
    driver.click("Sign in");
    driver.wait_for("Download…");
}

fn all_ended(state: &State) -> bool {
    state.jobs.is_empty()
}

fn downloads_that_ended_well(state: &State) -> usize {
    let results = state.results.iter();
    let is_well = |ending: &ResultKind| {
        matches!(
            ending,
            ResultKind::Ended(JobEnding::Download { result: Ok(_), .. })
        )
    };
    results.filter(|shown| is_well(&shown.ending)).count()
}

fn deletes_in(record: &[AuditEntry]) -> Vec<AuditOutcome> {
    let entries = record.iter().map(|entry| &entry.draft);
    let deletes = entries.filter(|draft| draft.action == AuditAction::Delete);
    deletes.map(|draft| draft.outcome).collect()
}

fn record(driver: Driver, folder: &Path) -> Vec<AuditEntry> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    driver.close();
    let store = Store::open(folder).unwrap();
    let entries = runtime.block_on(store.entries(None, 100)).unwrap();
    let mut entries: Vec<_> = entries.into_iter().map(Result::unwrap).collect();
    entries.reverse();
    entries
}

/// Where the service knows no call that tells who somebody is.
fn knows_nobody() -> Vec<Fault> {
    vec![Fault::on(Call::Me, Effect::status(StatusCode::NOT_FOUND))]
}

#[test]
fn after_one_question_all_ends_well_for_the_same_person() {
    for faults in [Vec::new(), knows_nobody()] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = shared_desk(folder.path(), &faults);
        until_the_sign_in_ends(&mut driver, folder.path());
        driver.service.set_faults(faults);
        sign_in(&mut driver, 0);
        driver.wait_until("the ends", all_ended);
        driver.wait_for("Deleted");
        assert_eq!(downloads_that_ended_well(driver.state()), 2);
        assert_eq!(driver.count(Call::Delete), 1);
        assert!(!driver.service.holds(AMELIA));
        let record = record(driver, folder.path());
        let stopped = |entry: &&AuditEntry| entry.draft.outcome == AuditOutcome::Stopped;
        assert_eq!(record.iter().find(stopped), None);
        assert_eq!(
            deletes_in(&record),
            [
                AuditOutcome::Intended,
                AuditOutcome::Answered,
                AuditOutcome::Gone
            ]
        );
    }
}

#[test]
fn a_delete_is_dropped_and_said_where_somebody_else_signs_in() {
    for (faults, said) in [
        (Vec::new(), "somebody else signed in"),
        (knows_nobody(), "doesn't tell who signed in"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = shared_desk(folder.path(), &faults);
        until_the_sign_in_ends(&mut driver, folder.path());
        driver.service.set_faults(faults);
        sign_in(&mut driver, 1);
        driver.wait_until("the ends", all_ended);
        driver.wait_for(said);
        assert_eq!(downloads_that_ended_well(driver.state()), 2);
        assert_eq!(driver.count(Call::Delete), 0);
        assert!(driver.service.holds(AMELIA));
        let record = record(driver, folder.path());
        assert_eq!(deletes_in(&record), [AuditOutcome::AnotherPerson]);
    }
}

/// Signs in by name, begins a delete and some downloads whose first tries are cut, and has the sign-in end
/// before their next ones. Waits for the question.
fn until_it_ends_amid(driver: &mut Driver, folder: &Path, downloads: u8) {
    driver.click("Use a user name and password");
    type_in(driver, Some("front"));
    driver.wait_for("Download…");
    driver.ask_delete(AMELIA);
    driver.clock.stop();
    driver.click("Delete without backup");
    driver.wait_for("Nothing is sent yet.");
    for number in 1..=downloads {
        let doctor = format!("Dr. {number}");
        driver.service.put(&doctor, "a.wav", wav(20_000, number));
        // The first request is the look before the dialog.
        let cut = Fault::on(Call::Download, Effect::CutAfter(9_000));
        driver.service.add_fault(cut.for_doctor(&doctor).from(2));
        driver.download(&doctor, &folder.join(format!("{number}.wav")));
        driver.wait_until("the wait for the next try", |state| {
            let waits = |job: &&Job| matches!(job.progress, JobProgress::WaitingToTryAgain { .. });
            state.jobs.values().filter(waits).count() == usize::from(number)
        });
    }
    let ended = Fault::on(Call::Download, Effect::token_ended());
    driver.service.set_faults(vec![ended]);
    driver.clock.run();
    driver.wait_for("Please sign in again");
    driver.wait_until("the waits for a sign-in", |state| {
        let mut jobs = state.jobs.values();
        jobs.all(|job| job.progress == JobProgress::WaitingForSignIn)
    });
}

/// Types a password, and whose it is where that is asked.
fn type_in(driver: &mut Driver, user_name: Option<&str>) {
    if let Some(user_name) = user_name {
        driver.fill("User name or email", user_name);
    }
    driver.fill("Password", "password");
    driver.click("Sign in");
}

#[test]
fn twenty_downloads_end_well_after_one_question_for_the_password() {
    for (somebody_else, downloads) in [(false, 20), (true, 4)] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = open_desk(folder.path());
        until_it_ends_amid(&mut driver, folder.path(), downloads);
        assert_eq!(driver.count(Call::Login), 1);
        driver.service.set_faults(Vec::new());
        if somebody_else {
            driver.click("Someone else");
            type_in(&mut driver, Some("colleague"));
        } else {
            type_in(&mut driver, None);
        }
        driver.wait_until("the ends", all_ended);
        let well = downloads_that_ended_well(driver.state());
        assert_eq!(well, usize::from(downloads));
        assert_eq!(driver.count(Call::Login), 2);
        assert_eq!(driver.count(Call::Delete), usize::from(!somebody_else));
        assert_eq!(driver.service.holds(AMELIA), somebody_else);
        let whose = if somebody_else { "colleague" } else { "front" };
        assert_eq!(
            driver.state().account().unwrap().person.as_deref(),
            Some(whose)
        );
        let record = record(driver, folder.path());
        let deletes = deletes_in(&record);
        let last = if somebody_else {
            AuditOutcome::AnotherPerson
        } else {
            AuditOutcome::Gone
        };
        assert_eq!(deletes.last(), Some(&last));
    }
}

/// How long a slow sign-in takes to be answered.
const SLOW: Duration = Duration::from_secs(6);

/// Until what was asked before is answered, if anybody still listened.
fn wait_for_the_answer() {
    std::thread::sleep(SLOW + Duration::from_millis(500));
}

/// A desk whose sign-in by name has ended.
fn asked_again(folder: &Path) -> Driver {
    let mut driver = open_desk(folder);
    driver.click("Use a user name and password");
    type_in(&mut driver, Some("front"));
    driver.wait_for("Download…");
    let ended = Fault::on(Call::Download, Effect::token_ended());
    driver.service.set_faults(vec![ended]);
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("Please sign in again");
    driver.settle();
    driver.service.set_faults(Vec::new());
    driver
}

#[test]
fn a_typed_password_signs_nobody_in_after_a_sign_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = asked_again(folder.path());
    driver.fill("Password", "password");
    driver.click("Sign out");
    driver.wait_for("Practise with samples");
    driver.settle();
    driver.click("Sign in");
    driver.wait_for("Type your user name and your password first.");
    assert_eq!(driver.count(Call::Login), 1);
}

#[test]
fn a_sign_out_while_signing_in_signs_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = asked_again(folder.path());
    let slow = Effect::StallBeforeHead(SLOW);
    driver
        .service
        .set_faults(vec![Fault::on(Call::Login, slow)]);
    driver.fill("Password", "password");
    driver.click("Sign in");
    driver.wait_for("Signing in…");
    driver.click("Sign out");
    driver.wait_for("Practise with samples");
    driver.wait_for("Signed out");
    wait_for_the_answer();
    driver.settle();
    assert!(
        !driver.shows("Download…"),
        "signed in again after the sign-out"
    );
}

#[test]
fn a_sign_out_while_signing_in_leaves_nothing_in_the_keychain() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = asked_again(folder.path());
    let slow = Effect::StallBeforeHead(SLOW);
    driver
        .service
        .set_faults(vec![Fault::on(Call::Login, slow)]);
    driver.click("Someone else");
    type_in(&mut driver, Some("colleague"));
    driver.wait_for("Signing in…");
    driver.click("Sign out");
    driver.wait_for("Signed out. The sign-in was forgotten on this computer.");
    wait_for_the_answer();
    driver.settle();
    let mut driver = driver.restart(audio_housekeeper::state::Mode::Real);
    driver.settle();
    assert!(!driver.shows("Download…"), "resumed after the sign-out");
}

#[test]
fn the_wait_after_wrong_passwords_outlasts_practice() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = open_desk(folder.path());
    driver.click("Use a user name and password");
    for _ in 0..5 {
        driver.fill("User name or email", "front");
        driver.fill("Password", "wrong");
        driver.click("Sign in");
        driver.wait_until("the failure", |state| {
            state
                .attempt()
                .is_some_and(|a| !a.trying && a.failure.is_some())
        });
        driver.settle();
    }
    driver.wait_for("Too many passwords were wrong");
    driver.click("Practise with samples");
    driver.wait_for("Download…");
    driver.click("Leave practice");
    driver.wait_for("Practise with samples");
    driver.settle();
    assert!(
        driver.shows("Too many passwords were wrong"),
        "{}",
        driver.listing()
    );
}
