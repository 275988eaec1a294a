use egui::{Id, Ui};

use crate::domain::Account;
use crate::state::{Action, Attempt, Mode};
use crate::ui::View;
use crate::ui::drafts::SignInDraft;
use crate::ui::sign_in_form::{self, With};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, checkbox, label_cut, modal_buttons, wrapped};

/// What a button does.
enum Press {
    SignIn,
    SomeoneElse,
    WithToken(bool),
    SignOut,
}

/// The sign-in has ended: asks for what it was made with. Nothing but a sign-in or a sign-out closes it.
pub fn show(
    ui: &Ui,
    view: &mut View<'_>,
    draft: &mut SignInDraft,
    id: Id,
    (account, attempt): (&Account, &Attempt),
) {
    let (state, text) = (view.state, view.text);
    let with = with(view, draft, account);
    let title = text.say("sign-in-again-title");
    let mut submitted = false;
    let body = |ui: &mut Ui| {
        let palette = Palette::here(ui);
        let said = if state.jobs.is_empty() {
            text.say("sign-in-again-body")
        } else {
            text.say("sign-in-again-waiting")
        };
        wrapped(ui, Type::Body, palette.text, said);
        if with == With::Password {
            label_cut(ui, Type::Strong, palette.text, &draft.user_name);
        }
        label_cut(ui, Type::Small, palette.muted, account.origin.label());
        submitted = sign_in_form::fields(ui, view, draft, with);
        if with != With::Password && state.mode == Mode::Real {
            let stay = text.say("sign-in-stay");
            checkbox(ui, &mut draft.stay, &stay);
        }
        sign_in_form::outcome(ui, view, attempt);
    };
    let other = match with {
        With::Password => (text.say("sign-in-someone-else"), Press::SomeoneElse),
        With::NameAndPassword => (text.say("sign-in-with-token"), Press::WithToken(true)),
        With::Token => (text.say("sign-in-with-password"), Press::WithToken(false)),
    };
    let has_other = with == With::Password || state.mode == Mode::Real;
    let sign_out = text.say("settings-sign-out");
    let (name, may_sign_in) = sign_in_form::button(state, text, attempt, with);
    let phase = Id::unique("sign in again").with(with);
    let (_, pressed) = ask(ui, id, phase, &title, body, |ui, _| {
        let other = has_other.then(|| (Button::link(&other.0), other.1));
        let sign_out = (Button::secondary(&sign_out), Press::SignOut);
        let sign_in = Button::primary(&name).enabled(may_sign_in);
        let right = vec![sign_out, (sign_in, Press::SignIn)];
        modal_buttons(ui, other.into_iter().collect(), right)
    });
    match pressed {
        Some(Press::SignIn) => submitted = true,
        Some(Press::SomeoneElse) => draft.someone_else(),
        Some(Press::WithToken(with_token)) => draft.choose(with_token),
        Some(Press::SignOut) => view.act(Action::SignOut),
        None => {}
    }
    if submitted && may_sign_in {
        sign_in_form::submit(ui, view, draft, with);
    }
}

/// What is asked for.
fn with(view: &View<'_>, draft: &SignInDraft, account: &Account) -> With {
    let is_named = account.user_name.is_some();
    let usually = view.state.settings.signs_in_with_token && !is_named;
    if draft.with_token.unwrap_or(usually) && view.state.mode == Mode::Real {
        With::Token
    } else if is_named && !draft.is_someone_else {
        With::Password
    } else {
        With::NameAndPassword
    }
}
