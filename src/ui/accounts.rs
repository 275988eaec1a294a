use egui::Ui;

use crate::domain::{AccountKey, KeptAccount};
use crate::text::Text;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, label_cut};

/// The accounts that can be gone on with, each a button; the one that was pressed.
pub fn choose(ui: &mut Ui, view: &View<'_>) -> Option<AccountKey> {
    let palette = Palette::here(ui);
    let here = view.state.service_to_sign_in_to();
    let mut pressed = None;
    for kept in view.state.other_accounts() {
        let service = kept.key.origin.label();
        let name = name(view.text, kept);
        let button = Button::secondary(&name).full_width().about(&service);
        if button.pressed(ui) {
            pressed = Some(kept.key.clone());
        }
        if kept.key.origin != *here {
            label_cut(ui, Type::Small, palette.muted, service);
        }
    }
    pressed
}

/// How people know an account.
pub fn name(text: &Text, kept: &KeptAccount) -> String {
    match (&kept.person, &kept.user_name) {
        (Some(person), Some(user_name)) if person != user_name => {
            let (person, user) = (person.as_str().into(), user_name.as_str().into());
            text.say_with("account-name", &[("person", person), ("user", user)])
        }
        (Some(name), _) | (None, Some(name)) => name.clone(),
        (None, None) => text.say("account-with-token"),
    }
}
