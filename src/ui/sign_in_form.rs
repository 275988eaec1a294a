//! The fields that a sign-in is typed into, and what became of it.

use egui::{Key, Response, Ui};

use crate::domain::{Failure, FailureKind, ServiceOrigin};
use crate::state::{Action, Attempt, State};
use crate::text::Text;
use crate::ui::View;
use crate::ui::drafts::{PASSWORD_ROOM, SignInDraft, TOKEN_ROOM, Typed};
use crate::ui::offers::{self, Offer};
use crate::ui::password_field;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Field, Limit, announce, wrapped};

/// What a person signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum With {
    /// A user name and its password.
    NameAndPassword,
    /// The password alone: whose it is is known.
    Password,
    /// An access token.
    Token,
}

/// Shows the fields; whether Return was pressed in the last of them.
pub fn fields(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft, with: With) -> bool {
    let frame = ui.ctx().cumulative_frame_nr();
    if draft.focus.is_due(frame) {
        let first = draft.first_empty(with == With::Token);
        ui.memory_mut(|memory| memory.request_focus(first));
    }
    match with {
        With::NameAndPassword | With::Password => name_and_password(ui, view, draft, with),
        With::Token => token(ui, view, draft),
    }
}

/// What was wrong with the last attempt, and how long the next one has to wait.
pub fn outcome(ui: &mut Ui, view: &mut View<'_>, attempt: &Attempt) {
    if let Some(failure) = &attempt.failure {
        refused(ui, view, failure);
    }
    password_field::wait(ui, view);
}

/// The name of the button that signs in, and whether it can be pressed.
pub fn button(state: &State, text: &Text, attempt: &Attempt, with: With) -> (String, bool) {
    let name = if attempt.trying {
        text.say("sign-in-checking")
    } else {
        text.say("sign-in-button")
    };
    let waits = with != With::Token && state.password_tries.wait(state.now).is_some();
    (name, !attempt.trying && !waits)
}

fn refused(ui: &mut Ui, view: &mut View<'_>, failure: &Failure) {
    let palette = Palette::here(ui);
    let said = match failure.kind {
        // The general sentence speaks of a sign-in that once was accepted.
        FailureKind::SignInNotAccepted => view.text.say("sign-in-token-not-accepted"),
        ref kind => view.text.failure(kind),
    };
    let words = wrapped(ui, Type::Small, palette.danger, said);
    announce(&words);
    offers::link(ui, view, Offer::Details(None, failure.clone()));
}

/// The fields for a name and its password; whether Return was pressed in the last.
fn name_and_password(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft, with: With) -> bool {
    let text = view.text;
    let (name, password) = (text.say("sign-in-user-name"), text.say("sign-in-password"));
    let limit = Limit::exactly(text, PASSWORD_ROOM / 4);
    let is_incomplete = draft.typed == Typed::Incomplete;
    let is_missing = is_incomplete && draft.user_name.trim().is_empty();
    let is_named = if with == With::Password {
        false
    } else {
        let named = Field::new(SignInDraft::user_name_id(), &name, &limit)
            .wrong(is_missing)
            .show(ui, &mut draft.user_name);
        if is_return(ui, &named) {
            let password = SignInDraft::password_id();
            ui.memory_mut(|memory| memory.request_focus(password));
        }
        named.changed()
    };
    let is_missing = is_incomplete && draft.password.is_empty();
    let typed = Field::new(SignInDraft::password_id(), &password, &limit)
        .hidden()
        .wrong(is_missing)
        .show(ui, &mut draft.password);
    password_field::forget_typed(ui, SignInDraft::password_id());
    if is_named || typed.changed() {
        draft.typed = Typed::InProgress;
    }
    if draft.typed == Typed::Incomplete {
        say_missing(ui, text.say("sign-in-password-missing"));
    }
    is_return(ui, &typed)
}

/// The token's field; whether Return was pressed in it.
fn token(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft) -> bool {
    let name = view.text.say("sign-in-token");
    let hint = view.text.say("sign-in-token-hint");
    let limit = Limit::new(view.text, TOKEN_ROOM / 2);
    let field = Field::new(SignInDraft::token_id(), &name, &limit)
        .hint(&hint)
        .hidden()
        .wrong(draft.typed == Typed::Incomplete)
        .show(ui, &mut draft.token);
    password_field::forget_typed(ui, SignInDraft::token_id());
    if field.changed() {
        draft.typed = Typed::InProgress;
    }
    if draft.typed == Typed::Incomplete {
        say_missing(ui, view.text.say("sign-in-token-missing"));
    }
    is_return(ui, &field)
}

fn is_return(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn say_missing(ui: &mut Ui, said: String) {
    let danger = Palette::here(ui).danger;
    announce(&wrapped(ui, Type::Small, danger, said));
}

/// Has the state sign in with what was typed, or says what is missing.
pub fn submit(ui: &Ui, view: &mut View<'_>, draft: &mut SignInDraft, with: With) {
    let with_token = with == With::Token;
    let Some(with) = draft.complete(with_token) else {
        draft.typed = Typed::Incomplete;
        let first = draft.first_empty(with_token);
        ui.memory_mut(|memory| memory.request_focus(first));
        return;
    };
    let typed = draft.address.clone();
    let address = typed.unwrap_or_else(|| view.state.service_to_sign_in_to().ascii());
    if ServiceOrigin::parse(&address).is_err() {
        // The state says what is wrong with it; what was typed stays where it is.
        view.act(Action::SetAddress(address));
        return;
    }
    draft.typed = Typed::Sent;
    let stay = draft.stay;
    view.act(Action::SignIn {
        address,
        with,
        stay,
    });
}
