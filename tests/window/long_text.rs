//! Texts that no field can hold, pasted by mistake, don't hold the window up.

use egui::accesskit::{Action, ActionData, ActionRequest, Role, TreeId};
use egui::{Event, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::stage::{LARGE, Window, open, signed_in};

const REFUSED: &str = "That text is too long for this field, which takes 200 characters at most. \
                       Nothing was put in.";

fn value(window: &Window) -> String {
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    field.accesskit_node().value().unwrap_or_default()
}

fn paste(window: &mut Window, text: &str) {
    window.event(Event::Paste(text.to_owned()));
    window.run();
}

#[test]
fn a_text_of_megabytes_is_not_put_in_and_that_is_said_until_something_else_is() {
    let mut window = open(signed_in(), LARGE, Theme::Light, 100);
    window.run();
    let huge = "Dr. Amelia Smith\n".repeat(250_000);
    paste(&mut window, "Dr. A");
    assert_eq!(value(&window), "Dr. A");
    assert!(window.query_by_label(REFUSED).is_none());
    paste(&mut window, &huge);
    assert_eq!(value(&window), "Dr. A");
    window.get_by_label(REFUSED);
    paste(&mut window, "melia");
    assert_eq!(value(&window), "Dr. Amelia");
    assert!(window.query_by_label(REFUSED).is_none());
    // As typed, as composed, and as a screen reader or another program puts it in.
    window.event(Event::Text(huge.clone()));
    window.run();
    window.get_by_label(REFUSED);
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    let (target_node, target_tree) = field.accesskit_node().locate();
    assert_eq!(target_tree, TreeId::ROOT);
    for action in [Action::ReplaceSelectedText, Action::SetValue] {
        window.event(Event::AccessKitActionRequest(ActionRequest {
            action,
            target_node,
            target_tree,
            data: Some(ActionData::Value(huge.clone().into())),
        }));
        window.run();
        assert_eq!(value(&window), "Dr. Amelia", "{action:?}");
    }
    window.get_by_label(REFUSED);
}

#[test]
fn what_is_pasted_is_never_cut_off_to_fit() {
    let mut window = open(signed_in(), LARGE, Theme::Light, 100);
    window.run();
    let long = "a".repeat(300);
    paste(&mut window, &long);
    // Longer than a name: the field shows it, and the buttons say what is wrong.
    assert_eq!(value(&window), long);
    paste(&mut window, &long);
    assert_eq!(value(&window), long);
    window.get_by_label(REFUSED);
}
