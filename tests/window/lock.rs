//! The lock as it is seen: it covers all names, and leaves Stop and Sign out.

use audio_housekeeper::domain::{Failure, FailureKind};
use audio_housekeeper::engine::{Envelope, Event};
use audio_housekeeper::state::{Action, Modal, State};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::stage::{MakeState, Window, delete_waiting, downloading, now, signed_in, window};

/// The lock in each state.
pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("lock", || locked(signed_in())),
        ("lock-busy", || locked(delete_waiting())),
        ("lock-away", || {
            let mut state = locked(downloading());
            let failure = Failure::new(FailureKind::NoAnswer, now(), "timed out");
            state.update(Action::Unlock(audio_housekeeper::domain::Secret::new(
                "pw".into(),
            )));
            state.apply(Envelope {
                generation: 1,
                event: Event::PasswordChecked(Some(failure)),
            });
            state
        }),
    ]
}

fn locked(mut state: State) -> State {
    state.update(Action::Lock);
    state
}

/// All that is written in the window, for eyes and for screen readers.
fn all_text(window: &Window) -> String {
    let nodes = window.query_all_by(|_| true);
    let said = nodes.map(|node| {
        let node = node.accesskit_node();
        let texts = [node.label(), node.value(), node.description()];
        texts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    said.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_doctor_is_named_while_the_window_is_locked() {
    let mut state = delete_waiting();
    state.jobs.extend(downloading().jobs);
    let doctor = state.doctors[0].name.clone();
    let survey = None;
    state.modals.push(Modal::DeleteOne { doctor, survey });
    let mut window = window(state);
    assert!(all_text(&window).contains("Dr. "));
    window.state_mut().state.update(Action::Lock);
    window.run();
    let hidden = all_text(&window);
    assert!(!hidden.contains("Dr. "), "{hidden}");
    assert!(hidden.contains("A delete begins in"), "{hidden}");
    // Nor by the questions that leaving asks.
    press(&mut window, "Sign out");
    let done = std::mem::take(&mut window.state_mut().actions);
    for action in done {
        window.state_mut().state.update(action);
    }
    window.run();
    let hidden = all_text(&window);
    assert!(hidden.contains("Stop and sign out"), "{hidden}");
    assert!(!hidden.contains("Dr. "), "{hidden}");
}

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

#[test]
fn the_keys_lock_it_and_the_password_goes_out_once() {
    let mut window = window(signed_in());
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    let done = std::mem::take(&mut window.state_mut().actions);
    assert!(matches!(done[..], [Action::Lock]), "{done:?}");
    for action in done {
        window.state_mut().state.update(action);
    }
    window.run();
    window.get_by_label("Locked");
    let field = window.get_by_role_and_label(Role::PasswordInput, "Password");
    assert!(field.accesskit_node().is_focused());
    window.event(egui::Event::Paste("s3cret".into()));
    window.run();
    assert!(!format!("{:?}", window.state().drafts).contains("s3cret"));
    window.key_press(Key::Enter);
    window.run();
    let done = std::mem::take(&mut window.state_mut().actions);
    assert!(
        matches!(&done[..], [Action::Unlock(password)] if password.expose() == "s3cret"),
        "{done:?}"
    );
    // No other keys do anything.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    window.run();
    assert!(window.state().actions.is_empty());
}
