use egui::{Id, Ui};

use crate::domain::Account;
use crate::state::Action;
use crate::ui::View;
use crate::ui::accounts;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, label_cut, modal_buttons, wrapped};

/// Who is at the desk? Returns whether Escape was pressed.
pub fn show(ui: &Ui, view: &mut View<'_>, id: Id, account: &Account) -> bool {
    let text = view.text;
    let title = text.say("accounts-title");
    let (someone, cancel) = (text.say("accounts-someone-else"), text.say("button-cancel"));
    let mut picked = None;
    let body = |ui: &mut Ui| {
        let palette = Palette::here(ui);
        label_cut(ui, Type::Small, palette.muted, text.say("accounts-present"));
        let name = accounts::name_of(text, account);
        label_cut(ui, Type::Strong, palette.text, name);
        wrapped(ui, Type::Small, palette.muted, text.token_keeping(account));
        if view.state.other_accounts().next().is_some() {
            ui.add_space(6.0);
            label_cut(ui, Type::Small, palette.muted, text.say("accounts-kept"));
            picked = accounts::choose(ui, view);
        }
    };
    let phase = Id::unique("accounts");
    let (escaped, pressed) = ask(ui, id, phase, &title, body, |ui, fresh| {
        let someone = Button::link(&someone);
        let cancel = Button::secondary(&cancel).taking_focus(fresh);
        modal_buttons(ui, vec![(someone, true)], vec![(cancel, false)])
    });
    match (picked, pressed) {
        (Some(key), _) => view.act(Action::SwitchAccount(Some(key))),
        (None, Some(true)) => view.act(Action::SwitchAccount(None)),
        (None, Some(false)) => view.act(Action::CloseModal),
        (None, None) => {}
    }
    escaped
}
