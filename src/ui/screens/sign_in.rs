use egui::{Id, Key, Response, ScrollArea, Ui};

use crate::domain::{Failure, FailureKind, ServiceOrigin};
use crate::state::{Action, Mode, SignIn, SignedOutBecause};
use crate::ui::View;
use crate::ui::drafts::{Drafts, PASSWORD_ROOM, SignInDraft, TOKEN_ROOM, Typed};
use crate::ui::offers::{self, Offer};
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Button, Field, Limit, announce, banner, card, checkbox, label, wrapped};

/// Width of the card.
const WIDTH: f32 = 410.0;

/// Signing in: by a name and its password, by a token, or practice.
pub fn show(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let room = ui.available_size();
        let width = WIDTH.min(room.x - 24.0);
        let height = ui
            .data(|data| data.get_temp::<f32>(egui::Id::unique("sign-in height")))
            .unwrap_or(380.0);
        ui.add_space(((room.y - height) / 2.0).max(12.0));
        ui.horizontal(|ui| {
            ui.add_space((room.x - width) / 2.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                let shown = card(ui, |ui| {
                    egui::Frame::new().inner_margin(10).show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 10.0;
                        form(ui, view, drafts);
                    });
                });
                let now = shown.response.rect.height();
                if (now - height).abs() > 0.5 {
                    ui.data_mut(|data| data.insert_temp(egui::Id::unique("sign-in height"), now));
                    // A press that comes before the next frame is to meet what is seen.
                    ui.ctx()
                        .request_discard("the height of the sign-in is known now");
                }
            });
        });
        ui.add_space(12.0);
    });
}

fn form(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    let palette = Palette::here(ui);
    let text = view.text;
    if let SignIn::CannotOpen(failure) = &view.state.sign_in {
        let title = text.say("cannot-open-title");
        wrapped(ui, Type::Title, palette.text, title);
        announce(&wrapped(
            ui,
            Type::Body,
            palette.text,
            text.failure(&failure.kind),
        ));
        offers::link(ui, view, Offer::Details(None, failure.clone()));
        return;
    }
    let SignIn::Out {
        because,
        trying,
        failure,
    } = &view.state.sign_in
    else {
        label(ui, Type::Title, palette.text, text.say("sign-in-title"));
        let waiting = label(ui, Type::Body, palette.muted, text.say("sign-in-starting"));
        announce(&waiting);
        return;
    };
    let again = matches!(because, SignedOutBecause::Ended);
    let title = if again {
        text.say("sign-in-again-title")
    } else {
        text.say("sign-in-title")
    };
    label(ui, Type::Title, palette.text, title);
    why(ui, view, because);
    let is_practice = view.state.mode == Mode::Practice;
    if is_practice {
        banner(ui, palette.warning_soft, |ui| {
            let said = text.say("sign-in-practice");
            wrapped(ui, Type::Small, palette.warning, said);
        });
    }
    address(ui, view, &mut drafts.sign_in);
    let draft = &mut drafts.sign_in;
    let usually = view.state.settings.signs_in_with_token;
    let with_token = !is_practice && draft.with_token.unwrap_or(usually);
    if std::mem::take(&mut draft.wants_focus) {
        let first = draft.first_empty(with_token);
        ui.memory_mut(|memory| memory.request_focus(first));
    }
    let submitted = if with_token {
        token(ui, view, draft)
    } else {
        name_and_password(ui, view, draft)
    };
    if !is_practice {
        let stay = text.say("sign-in-stay");
        checkbox(ui, &mut draft.stay, &stay);
    }
    if let Some(failure) = failure {
        refused(ui, view, failure);
    }
    let name = if *trying {
        text.say("sign-in-checking")
    } else {
        text.say("sign-in-button")
    };
    let button = Button::primary(&name).full_width().enabled(!trying);
    if (button.pressed(ui) || submitted) && !trying {
        submit(ui, view, draft, with_token);
    }
    if !is_practice {
        ways(ui, view, draft, with_token);
    }
}

/// The other ways to begin.
fn ways(ui: &mut Ui, view: &mut View<'_>, draft: &mut SignInDraft, with_token: bool) {
    let other = if with_token {
        view.text.say("sign-in-with-password")
    } else {
        view.text.say("sign-in-with-token")
    };
    let practise = view.text.say("sign-in-practise");
    // Nothing that waits is left for practice without a word.
    let state = view.state;
    let nothing_waits = state.jobs.is_empty() && state.sent_deletes.is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if Button::link(&other).small().pressed(ui) {
            draft.with_token = Some(!with_token);
            draft.forget_secrets();
        }
        if nothing_waits && Button::link(&practise).small().pressed(ui) {
            view.act(Action::Switch(Mode::Practice));
        }
    });
}

/// Why nobody is signed in, where that needs saying.
fn why(ui: &mut Ui, view: &mut View<'_>, because: &SignedOutBecause) {
    let palette = Palette::here(ui);
    let (said, failure) = match because {
        SignedOutBecause::NoToken | SignedOutBecause::SignOut(None) => return,
        SignedOutBecause::Ended if view.state.jobs.is_empty() => {
            (view.text.say("sign-in-again-body"), None)
        }
        SignedOutBecause::Ended => (view.text.say("sign-in-again-waiting"), None),
        SignedOutBecause::SignOut(Some(failure)) => {
            (view.text.say("sign-in-not-forgotten"), Some(failure))
        }
        SignedOutBecause::KeychainUnreadable(failure) => {
            (view.text.say("sign-in-keychain-unreadable"), Some(failure))
        }
    };
    banner(ui, palette.warning_soft, |ui| {
        let words = wrapped(ui, Type::Small, palette.warning, said);
        announce(&words);
        if let Some(failure) = failure {
            offers::link(ui, view, Offer::Details(None, failure.clone()));
        }
    });
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

fn address(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft) {
    let palette = Palette::here(ui);
    let service = view.state.service_to_sign_in_to();
    let is_fixed = !view.state.jobs.is_empty();
    if let Some(typed) = draft.address.as_mut().filter(|_| !is_fixed) {
        let name = view.text.say("sign-in-address");
        let limit = Limit::new(view.text, ServiceOrigin::MAX_CHARACTERS);
        Field::new(egui::Id::unique("service address"), &name, &limit)
            .wrong(view.state.address_error.is_some())
            .show(ui, typed);
        if let Some(error) = view.state.address_error {
            let said = view.text.origin_error(error);
            let words = wrapped(ui, Type::Small, palette.danger, said);
            announce(&words);
        }
        return;
    }
    let change = view.text.say("sign-in-change");
    let button = Button::link(&change).small();
    let pressed = ui
        .horizontal(|ui| {
            let room = ui.available_width() - button.width(ui) - size::GAP;
            ui.allocate_ui(egui::vec2(room, size::TARGET), |ui| {
                ui.set_width(room);
                label(ui, Type::Body, palette.muted, service.label());
            });
            view.state.mode == Mode::Real && !is_fixed && button.pressed(ui)
        })
        .inner;
    if pressed {
        draft.address = Some(service.ascii());
        let field = egui::Id::unique("service address");
        ui.memory_mut(|memory| memory.request_focus(field));
    }
}

/// The fields for a name and its password; whether Return was pressed in the last.
fn name_and_password(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft) -> bool {
    let text = view.text;
    let (name, password) = (text.say("sign-in-user-name"), text.say("sign-in-password"));
    let limit = Limit::exactly(text, PASSWORD_ROOM / 4);
    let is_incomplete = draft.typed == Typed::Incomplete;
    let is_missing = is_incomplete && draft.user_name.trim().is_empty();
    let named = Field::new(SignInDraft::user_name_id(), &name, &limit)
        .wrong(is_missing)
        .show(ui, &mut draft.user_name);
    if is_return(ui, &named) {
        let password = SignInDraft::password_id();
        ui.memory_mut(|memory| memory.request_focus(password));
    }
    let is_missing = is_incomplete && draft.password.is_empty();
    let typed = Field::new(SignInDraft::password_id(), &password, &limit)
        .hidden()
        .wrong(is_missing)
        .show(ui, &mut draft.password);
    forget_typed(ui, SignInDraft::password_id());
    if named.changed() || typed.changed() {
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
    forget_typed(ui, SignInDraft::token_id());
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

/// A field would keep copies of what was typed, to undo it.
fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

fn submit(ui: &Ui, view: &mut View<'_>, draft: &mut SignInDraft, with_token: bool) {
    let Some(with) = draft.complete(with_token) else {
        draft.typed = Typed::Incomplete;
        let first = draft.first_empty(with_token);
        ui.memory_mut(|memory| memory.request_focus(first));
        return;
    };
    let is_fixed = !view.state.jobs.is_empty();
    let typed = draft.address.clone().filter(|_| !is_fixed);
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
