//! Names as input methods, dead keys and right-to-left scripts bring them: byte for byte at the
//! service, and no key of an input method does anything else.

use audio_housekeeper::practice::Call;
use egui::{Event, ImeEvent, Key};
use support::AMELIA;
use support::driver::{Driver, desk};
use support::recordings::wav;

const TANAKA: &str = "田中 健二";

/// What an input method sends in one go.
fn compose(driver: &mut Driver, events: Vec<Event>) {
    driver.window.input_mut().events.extend(events);
    driver.window.run_steps(3);
}

fn preedit(text: &str) -> Event {
    Event::Ime(ImeEvent::Preedit {
        text: text.to_owned(),
        active_range_chars: None,
    })
}

fn commit(text: &str) -> Event {
    Event::Ime(ImeEvent::Commit(text.to_owned()))
}

fn key(key: Key) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    }
}

#[test]
fn the_return_that_takes_a_composed_name_checks_nothing_and_the_next_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.service.put(TANAKA, "t.wav", wav(20_000, 1));
    driver.fill("Doctor", "");
    compose(&mut driver, vec![preedit("たなか")]);
    assert_eq!(driver.value_of("Doctor"), "たなか");
    // Its window of candidates stands at the field.
    let at = driver.window.output().platform_output.ime;
    let field = driver.window.ctx.memory(egui::Memory::focused).unwrap();
    let field = driver.window.ctx.read_response(field).unwrap().rect;
    assert!(field.expand(2.0).contains_rect(at.unwrap().cursor_rect));
    // Picking among candidates, with keys that the completion knows too.
    compose(
        &mut driver,
        vec![key(Key::ArrowDown), key(Key::Space), preedit("田中")],
    );
    compose(
        &mut driver,
        vec![preedit(""), commit("田中"), key(Key::Enter)],
    );
    compose(
        &mut driver,
        vec![Event::Text(" ".to_owned()), preedit("けんじ")],
    );
    compose(
        &mut driver,
        vec![key(Key::Enter), preedit(""), commit("健二")],
    );
    driver.settle();
    assert_eq!(driver.value_of("Doctor"), TANAKA);
    assert_eq!(driver.focused().as_deref(), Some("Doctor"));
    assert_eq!(driver.count(Call::Download), 0, "nothing was asked for yet");
    driver.key(Key::Enter);
    driver.wait_for("WAV, 20 kB");
    assert_eq!(asked(&driver), [TANAKA]);
}

#[test]
fn the_escape_that_gives_a_composition_up_leaves_the_question_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.click("Delete all recordings…");
    driver.wait_for("Delete every recording on the server?");
    driver.fill("Type DELETE ALL to continue", "");
    compose(&mut driver, vec![preedit("で")]);
    compose(&mut driver, vec![key(Key::Escape), preedit("")]);
    assert_eq!(driver.state().modals.len(), 1);
    assert_eq!(driver.value_of("Type DELETE ALL to continue"), "");
    driver.key(Key::Escape);
    assert_eq!(driver.state().modals.len(), 0);
}

#[test]
fn a_composition_that_lost_its_field_keeps_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", AMELIA);
    compose(&mut driver, vec![preedit("た")]);
    // Some systems say nothing when the person clicks elsewhere.
    driver.click("Settings");
    driver.click("Recordings");
    driver.fill("Doctor", AMELIA);
    driver.key(Key::Enter);
    driver.wait_for("WAV, 20 kB");
}

#[test]
fn names_reach_the_service_as_its_rules_say_however_they_were_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let names = [
        // A dead key's accent arrives composed, a decomposed name is composed by the domain.
        ("Dr. Ren\u{e9}", "Dr. Ren\u{e9}"),
        ("Dr. Ju\u{308}rgen", "Dr. J\u{fc}rgen"),
        ("ד״ר רחל כהן", "ד״ר רחל כהן"),
        ("د. أمينة", "د. أمينة"),
        ("Dr. \u{200f}כהן\u{200e} (2)", "Dr. \u{200f}כהן\u{200e} (2)"),
    ];
    // Each answer is told from the one before by its size.
    for ((typed, sent), kilobytes) in names.into_iter().zip(30..) {
        driver.service.put(sent, "x.wav", wav(kilobytes * 1000, 2));
        driver.fill("Doctor", "");
        for letter in typed.chars() {
            driver.window.event(Event::Text(letter.to_string()));
        }
        driver.settle();
        driver.click("Check");
        driver.wait_for(&format!("WAV, {kilobytes} kB"));
        assert_eq!(asked(&driver).last().map(String::as_str), Some(sent));
        // In the list and in a question it stands as it is kept, and the question's own words
        // around it.
        driver.click("Delete…");
        driver.wait_for(&format!("Delete the recordings of {sent}?"));
        driver.wait_for("Delete without backup");
        driver.key(Key::Escape);
        driver.wait_until_gone("Delete the recordings of");
    }
}

/// The doctors that downloads were asked for, in order.
fn asked(driver: &Driver) -> Vec<String> {
    let requests = driver.service.requests().into_iter();
    let downloads = requests.filter(|request| request.call == Some(Call::Download));
    downloads.filter_map(|request| request.doctor).collect()
}
