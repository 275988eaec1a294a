//! Everything can be reached and done by the keyboard alone.

use audio_housekeeper::practice::Call;
use audio_housekeeper::settings::ThemeChoice;
use audio_housekeeper::state::Screen;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use support::AMELIA;
use support::driver::{desk, unavailable};

#[test]
fn tab_reaches_every_control_of_recordings_in_reading_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
    driver.keys(Modifiers::COMMAND, Key::K);
    driver.settle();
    let mut order = vec![driver.focused().unwrap_or_default()];
    for _ in 0..14 {
        driver.key(Key::Tab);
        driver.window.step();
        let here = driver.focused().unwrap_or_default();
        if here == order[0] {
            break;
        }
        order.push(here);
    }
    let expected = [
        "Doctor",
        "Check",
        "Download…",
        "Delete…",
        "Delete all recordings…",
        "Check all",
        AMELIA,
    ];
    assert_eq!(&order[..expected.len()], expected, "{order:?}");
    for screen in ["Recordings", "Activity", "Settings"] {
        assert!(order.iter().any(|name| name == screen), "{order:?}");
    }
    // And back the same way.
    driver.keys(Modifiers::COMMAND, Key::K);
    driver.key(Key::Tab);
    driver.keys(Modifiers::SHIFT, Key::Tab);
    assert_eq!(driver.focused().as_deref(), Some("Doctor"));
}

#[test]
fn the_shortcuts_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.keys(Modifiers::COMMAND, Key::Num3);
    assert_eq!(driver.state().screen, Screen::Settings);
    driver.keys(Modifiers::COMMAND, Key::Num2);
    assert_eq!(driver.state().screen, Screen::Activity);
    driver.keys(Modifiers::COMMAND, Key::Num1);
    assert_eq!(driver.state().screen, Screen::Recordings);
    driver.keys(Modifiers::COMMAND, Key::Num3);
    driver.keys(Modifiers::COMMAND, Key::K);
    driver.settle();
    assert_eq!(driver.state().screen, Screen::Recordings);
    assert_eq!(driver.focused().as_deref(), Some("Doctor"));
    driver.window.event(egui::Event::Text(AMELIA.to_owned()));
    driver.key(Key::F5);
    driver.wait_for("WAV, 20 kB");
    let file = folder.path().join("a.wav");
    driver.dialogs.answer_next(Some(file.clone()));
    driver.keys(Modifiers::COMMAND, Key::D);
    driver.wait_for("Saved and checked");
    assert!(file.exists());
    // Ctrl+K again: what is typed takes the place of what was there.
    driver.keys(Modifiers::COMMAND, Key::K);
    driver.window.event(egui::Event::Text("Dr. N".to_owned()));
    driver.settle();
    assert_eq!(driver.value_of("Doctor"), "Dr. N");
}

#[test]
fn shortcuts_do_nothing_under_a_modal_and_escape_closes_the_top_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.service.add_fault(unavailable(Call::Download));
    driver.ask_delete(AMELIA);
    let asked = driver.count(Call::Download);
    for (modifiers, key) in [
        (Modifiers::COMMAND, Key::Num2),
        (Modifiers::COMMAND, Key::D),
        (Modifiers::NONE, Key::F5),
    ] {
        driver.keys(modifiers, key);
    }
    driver.settle();
    assert_eq!(driver.state().screen, Screen::Recordings);
    assert_eq!(driver.count(Call::Download), asked);
    driver.click("Details");
    driver.settle();
    assert_eq!(driver.state().modals.len(), 2);
    driver.key(Key::Escape);
    assert_eq!(driver.state().modals.len(), 1);
    driver.key(Key::Escape);
    assert_eq!(driver.state().modals.len(), 0);
}

#[test]
fn the_focus_stays_inside_a_modal() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.ask_delete(AMELIA);
    for _ in 0..12 {
        driver.key(Key::Tab);
        let here = driver.focused();
        assert!(
            !matches!(
                here.as_deref(),
                Some("Doctor" | "Check" | "Check all" | "Download…" | "Recordings")
            ),
            "{here:?} lies behind the question"
        );
    }
    driver.key(Key::Escape);
    driver.settle();
    assert_eq!(driver.count(Call::Delete), 0);
}

#[test]
fn a_message_covers_none_of_the_buttons_of_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    for (width, height) in [(1120.0, 760.0), (800.0, 560.0)] {
        driver.look(ThemeChoice::Light, width, height, 100);
        driver.service.set_faults(vec![unavailable(Call::Download)]);
        driver.fill("Doctor", AMELIA);
        driver.click("Check");
        driver.wait_for("Dr. Amelia Smith: The service has trouble of its own.");
        driver.settle();
        let details = driver.window.get_by_label("Details").rect();
        for button in [
            "Check",
            "Download…",
            "Delete…",
            "Delete all recordings…",
            "Check all",
        ] {
            let rect = driver.window.get_by_label(button).rect();
            assert!(rect.bottom() < details.top() - 40.0, "{button}: {rect:?}");
        }
        // So a second try needs nothing to be cleared away first.
        driver.service.set_faults(Vec::new());
        driver.click("Check");
        driver.wait_for("WAV, 20 kB");
    }
}
