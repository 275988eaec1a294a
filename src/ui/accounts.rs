use egui::Ui;

use crate::domain::{Account, AccountKey};
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
        let name = name(view.text, kept.person.as_deref(), kept.user_name.as_deref());
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
pub fn name(text: &Text, person: Option<&str>, user_name: Option<&str>) -> String {
    match (person, user_name) {
        (Some(person), Some(user_name)) if person != user_name => {
            let (person, user) = (person.into(), user_name.into());
            text.say_with("account-name", &[("person", person), ("user", user)])
        }
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => text.say("account-with-token"),
    }
}

/// How people know who is signed in.
pub fn name_of(text: &Text, account: &Account) -> String {
    name(
        text,
        account.person.as_deref(),
        account.user_name.as_deref(),
    )
}
