use egui::{Id, Ui};

use crate::domain::Account;
use crate::state::{Action, Mode, SignInAgain};
use crate::text::Text;
use crate::ui::View;
use crate::ui::drafts::SignInDraft;
use crate::ui::sign_in_form::{self, With};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, checkbox, label_cut, modal_buttons, wrapped};

/// What a button does.
#[derive(Debug, Clone, Copy)]
enum Press {
    SignIn,
    SomeoneElse,
    WithToken(bool),
    Stop,
    BeginAnyway,
    Cancel,
    SignOut,
}

/// Asks for what the sign-in was made with that has ended, or ends soon. Returns whether Escape was pressed.
pub fn show(
    ui: &Ui,
    view: &mut View<'_>,
    draft: &mut SignInDraft,
    id: Id,
    (account, asked): (&Account, &SignInAgain),
) -> bool {
    let (state, text) = (view.state, view.text);
    let with = with(view, draft, account);
    let (title, said) = words(view, account, asked);
    let ways = ways(text, asked);
    let mut submitted = false;
    let body = |ui: &mut Ui| {
        let palette = Palette::here(ui);
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
        sign_in_form::outcome(ui, view, &asked.attempt);
    };
    let other = match with {
        _ if asked.attempt.trying => (text.say("sign-in-stop"), Press::Stop),
        With::Password => (text.say("sign-in-someone-else"), Press::SomeoneElse),
        With::NameAndPassword => (text.say("sign-in-with-token"), Press::WithToken(true)),
        With::Token => (text.say("sign-in-with-password"), Press::WithToken(false)),
    };
    let is_real = state.mode == Mode::Real;
    let has_other = asked.attempt.trying || with == With::Password || is_real;
    let (name, may_sign_in) = sign_in_form::button(state, text, &asked.attempt, with);
    let phase = Id::unique("sign in again").with(with);
    let (escaped, pressed) = ask(ui, id, phase, &title, body, |ui, _| {
        let other = has_other.then(|| (Button::link(&other.0), other.1));
        let ways = ways.iter();
        let ways = ways.map(|(name, press)| (Button::secondary(name), *press));
        let sign_in = Button::primary(&name).enabled(may_sign_in);
        let right = ways.chain([(sign_in, Press::SignIn)]).collect();
        modal_buttons(ui, other.into_iter().collect(), right)
    });
    match pressed {
        Some(Press::SignIn) => submitted = true,
        Some(Press::SomeoneElse) => draft.someone_else(),
        Some(Press::WithToken(with_token)) => draft.choose(with_token),
        Some(Press::Stop) => view.act(Action::StopSigningIn),
        Some(Press::BeginAnyway) => view.act(Action::BeginAnyway),
        Some(Press::Cancel) => view.act(Action::CloseModal),
        Some(Press::SignOut) => view.act(Action::SignOut),
        None => {}
    }
    if submitted && may_sign_in {
        sign_in_form::submit(ui, view, draft, with);
    }
    escaped
}

/// The title, and why it is asked.
fn words(view: &View<'_>, account: &Account, asked: &SignInAgain) -> (String, String) {
    let (state, text) = (view.state, view.text);
    let ends_at = account.ends_at.filter(|_| !asked.has_ended);
    let time = ends_at.map(|ends_at| text.time_of_day(ends_at).into());
    match (time, &asked.batch) {
        (Some(time), Some(batch)) => {
            let minutes = state.takes(batch).as_secs().unsigned_abs().div_ceil(60);
            let said = text.say_with(
                "sign-in-first-body",
                &[("minutes", minutes.into()), ("time", time)],
            );
            (text.say("sign-in-first-title"), said)
        }
        (Some(time), None) => (
            text.say("sign-in-before-title"),
            text.say_with("sign-in-before-body", &[("time", time)]),
        ),
        (None, _) if state.jobs.is_empty() => (
            text.say("sign-in-again-title"),
            text.say("sign-in-again-body"),
        ),
        (None, _) => (
            text.say("sign-in-again-title"),
            text.say("sign-in-again-waiting"),
        ),
    }
}

/// What else there is to press.
fn ways(text: &Text, asked: &SignInAgain) -> Vec<(String, Press)> {
    if asked.has_ended {
        return vec![(text.say("settings-sign-out"), Press::SignOut)];
    }
    let cancel = (text.say("button-cancel"), Press::Cancel);
    let begin = (text.say("sign-in-begin-anyway"), Press::BeginAnyway);
    let begin = asked.batch.is_some().then_some(begin);
    [cancel].into_iter().chain(begin).collect()
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
