//! The doctor field, the buttons beside it, and the list under it.

use audio_housekeeper::domain::KnownDoctor;
use audio_housekeeper::state::{Action, Mode, Screen};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::stage::{MakeState, Window, delete_waiting, downloading, name, signed_in, window};

fn type_doctor(window: &mut Window, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    assert!(field.accesskit_node().is_focused());
    field.type_text(text);
    window.run();
    window.state_mut().actions.clear();
}

fn typed(window: &Window) -> String {
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    field.accesskit_node().value().unwrap_or_default()
}

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

#[test]
fn names_used_before_complete_the_field() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "smi");
    window.get_by_role_and_label(Role::ListBoxOption, "Dr. Amelia Smith");
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(typed(&window), "Dr. Amelia Smith");
    assert!(window.query_by_role(Role::ListBoxOption).is_none());
    assert!(window.state().actions.is_empty(), "choosing checked");
}

#[test]
fn a_name_is_chosen_by_the_mouse_too() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "nair");
    window
        .get_by_role_and_label(Role::ListBoxOption, "Dr. Priya Nair")
        .click();
    window.run();
    assert_eq!(typed(&window), "Dr. Priya Nair");
}

#[test]
fn escape_closes_the_names_and_leaves_the_text() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "smi");
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_role(Role::ListBoxOption).is_none());
    assert_eq!(typed(&window), "smi");
}

#[test]
fn return_checks_the_name_as_typed_and_never_another_one() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "Dr. Amelia");
    window.key_press(Key::Enter);
    window.run();
    assert!(
        matches!(&window.state().actions[..], [Action::Check(doctor)] if *doctor == name("Dr. Amelia")),
        "{:?}",
        window.state().actions
    );
}

#[test]
fn a_name_that_cannot_be_is_refused_in_words_and_nothing_is_asked() {
    let mut window = window(signed_in());
    for button in ["Check", "Download…", "Delete…"] {
        press(&mut window, button);
        window.get_by_label("Type the doctor's name first.");
        assert!(window.state().actions.is_empty());
    }
    type_doctor(&mut window, &"x".repeat(201));
    press(&mut window, "Download…");
    window.get_by_label("This name has 201 characters; the service takes 200 at most.");
    assert!(window.state().actions.is_empty());
    assert_eq!(typed(&window).len(), 201, "what was typed is lost");
}

#[test]
fn the_buttons_ask_for_the_doctor_in_the_field() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "Dr. Jürgen Müller");
    press(&mut window, "Download…");
    press(&mut window, "Delete…");
    press(&mut window, "Delete all recordings…");
    let müller = name("Dr. Jürgen Müller");
    match &window.state().actions[..] {
        [
            Action::Download(first),
            Action::AskDelete(second),
            Action::AskDeleteAll,
        ] => {
            assert_eq!((first, second), (&müller, &müller));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_doctor_whose_transfer_runs_cannot_be_deleted_meanwhile() {
    let mut window = window(downloading());
    type_doctor(&mut window, "Dr. Jürgen Müller");
    press(&mut window, "Delete…");
    press(&mut window, "Delete all recordings…");
    assert!(window.state().actions.is_empty());
}

#[test]
fn a_row_of_the_list_makes_its_doctor_the_subject() {
    let mut window = window(signed_in());
    press(&mut window, "Dr. Amelia Smith");
    assert_eq!(typed(&window), "Dr. Amelia Smith");
    window.get_by_label("Backed up today 14:02");
    window.get_by_label("12 min 04 s");
}

#[test]
fn ten_thousand_doctors_draw_as_fast_as_five() {
    let mut state = signed_in();
    state.doctors = (0..10_000)
        .map(|number| KnownDoctor::new(name(&format!("Dr. {number:05}"))))
        .collect();
    let window = window(state);
    let rows = window.query_all_by_role(Role::Button).count();
    assert!(rows < 60, "{rows} buttons were made");
    window.get_by_role_and_label(Role::Button, "Dr. 00003");
}

#[test]
fn the_keyboard_reaches_rows_that_are_not_in_sight_yet() {
    let mut state = signed_in();
    state.doctors = (0..100)
        .map(|number| KnownDoctor::new(name(&format!("Dr. {number:03}"))))
        .collect();
    let mut window = window(state);
    window
        .get_by_role_and_label(Role::Button, "Dr. 000")
        .focus();
    window.run();
    for _ in 0..40 {
        window.key_press(Key::Tab);
        window.run();
    }
    let row = window.get_by_role_and_label(Role::Button, "Dr. 040");
    assert!(row.accesskit_node().is_focused());
}

#[test]
fn shortcuts_work_in_the_window_and_rest_under_a_modal() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "Dr. Priya Nair");
    window.key_press(Key::F5);
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    window.run();
    let nair = name("Dr. Priya Nair");
    let actions = std::mem::take(&mut window.state_mut().actions);
    assert!(
        matches!(&actions[..], [Action::Check(a), Action::Download(b), Action::Show(Screen::Activity)] if *a == nair && *b == nair),
        "{actions:?}"
    );
    window
        .state_mut()
        .state
        .modals
        .push(audio_housekeeper::state::Modal::CloseWhileBusy);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run();
    assert!(window.state().actions.is_empty());
}

#[test]
fn a_key_does_nothing_where_its_button_can_not_be_pressed() {
    const DOWNLOAD: (Modifiers, Key) = (Modifiers::COMMAND, Key::D);
    const CHECK: (Modifiers, Key) = (Modifiers::NONE, Key::F5);
    const STOP: (Modifiers, Key) = (Modifiers::COMMAND, Key::Period);
    let checking = || {
        let mut state = signed_in();
        state.checking.insert(name("Dr. Jürgen Müller"));
        state
    };
    let a_place_is_chosen = || {
        let mut state = signed_in();
        state.preparing = Some(name("Dr. Priya Nair"));
        state
    };
    let stopping = || {
        let mut state = delete_waiting();
        for job in state.jobs.values_mut() {
            job.cancelling = true;
        }
        state
    };
    let states: [(&str, MakeState, (Modifiers, Key), bool); 8] = [
        ("Check", signed_in, CHECK, true),
        ("Check", downloading, CHECK, true),
        ("Checking…", checking, CHECK, false),
        ("Download…", signed_in, DOWNLOAD, true),
        ("Download…", downloading, DOWNLOAD, false),
        ("Asking the service…", a_place_is_chosen, DOWNLOAD, false),
        ("Stop", delete_waiting, STOP, true),
        ("Stop", stopping, STOP, false),
    ];
    for (label, state, (modifiers, key), can_be) in states {
        let mut window = window(state());
        type_doctor(&mut window, "Dr. Jürgen Müller");
        let button = window.get_by_role_and_label(Role::Button, label);
        assert_eq!(!button.accesskit_node().is_disabled(), can_be, "{label}");
        window.key_press_modifiers(modifiers, key);
        window.run();
        let actions = &window.state().actions;
        assert_eq!(actions.len(), usize::from(can_be), "{label}: {actions:?}");
    }
}

#[test]
fn keys_for_a_doctor_s_recordings_rest_on_other_screens() {
    let mut state = signed_in();
    state.screen = Screen::Settings;
    let mut window = window(state);
    for (modifiers, key) in [(Modifiers::NONE, Key::F5), (Modifiers::COMMAND, Key::D)] {
        window.key_press_modifiers(modifiers, key);
        window.run();
    }
    assert!(window.state().actions.is_empty());
}

#[test]
fn practice_says_so_across_the_window_and_leads_back() {
    let mut state = signed_in();
    state.mode = Mode::Practice;
    let mut window = window(state);
    window.get_by_label("Practice. Sample recordings only; nothing leaves this computer.");
    press(&mut window, "Leave practice");
    assert!(matches!(
        window.state().actions[..],
        [Action::Switch(Mode::Real)]
    ));
}

#[test]
fn what_nobody_sees_in_a_name_is_said_and_the_plain_spelling_is_offered() {
    let said = "This name holds a no-break space.";
    let mut window = window(signed_in());
    type_doctor(&mut window, "Dr. Amelia Smith");
    assert!(window.query_by_label_contains("This name holds").is_none());
    type_doctor(&mut window, "Dr.\u{a0}Amelia Smith");
    let words = window.get_by_label_contains(said);
    assert_eq!(words.accesskit_node().live(), egui::accesskit::Live::Polite);
    let button = window.get_by_role_and_label(Role::Button, "Use the plain spelling");
    let about = button.accesskit_node().description();
    assert_eq!(about.as_deref(), Some("Dr. Amelia Smith"));
    // Nothing is changed until it is pressed, and the name can be used as it is.
    assert_eq!(typed(&window), "Dr.\u{a0}Amelia Smith");
    press(&mut window, "Check");
    match &window.state().actions[..] {
        [Action::Check(doctor)] => assert_eq!(doctor.as_str(), "Dr.\u{a0}Amelia Smith"),
        other => panic!("{other:?}"),
    }
    press(&mut window, "Use the plain spelling");
    assert_eq!(typed(&window), "Dr. Amelia Smith");
    assert!(window.query_by_label_contains(said).is_none());
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    assert!(field.accesskit_node().is_focused());
}

#[test]
fn the_plain_spelling_is_reached_by_the_keyboard() {
    let mut window = window(signed_in());
    type_doctor(&mut window, "Dr. Smith\u{200b} h16");
    window.get_by_label_contains("This name holds a character of no width.");
    for _ in 0..2 {
        window.key_press(Key::Tab);
        window.run();
    }
    let button = window.get_by_role_and_label(Role::Button, "Use the plain spelling");
    assert!(button.accesskit_node().is_focused());
    window.key_press(Key::Space);
    window.run();
    assert_eq!(typed(&window), "Dr. Smith h16");
}

#[test]
fn two_names_that_look_alike_are_told_apart_in_the_list() {
    let mut state = signed_in();
    let name = name("Dr.\u{a0}Amelia Smith");
    state.doctors.insert(1, KnownDoctor::new(name));
    let mut window = window(state);
    window.get_by_role_and_label(Role::Button, "Dr. Amelia Smith");
    press(&mut window, "Dr.\u{a0}Amelia Smith (with a no-break space)");
    assert_eq!(typed(&window), "Dr.\u{a0}Amelia Smith");
    window.get_by_label_contains("This name holds a no-break space.");
    type_doctor(&mut window, "amelia");
    for name in [
        "Dr. Amelia Smith",
        "Dr.\u{a0}Amelia Smith (with a no-break space)",
    ] {
        window.get_by_role_and_label(Role::ListBoxOption, name);
    }
}
