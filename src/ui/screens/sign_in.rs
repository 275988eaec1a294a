use egui::{ScrollArea, Ui};

use crate::domain::ServiceOrigin;
use crate::state::{Action, Attempt, Mode, SignIn, SignedOutBecause};
use crate::ui::View;
use crate::ui::accounts;
use crate::ui::drafts::{Drafts, SignInDraft};
use crate::ui::offers::{self, Offer};
use crate::ui::sign_in_form::{self, With};
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{
    Button, Field, Limit, announce, banner, card, checkbox, divider, label, wrapped,
};

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
    let SignIn::Out { because, attempt } = &view.state.sign_in else {
        label(ui, Type::Title, palette.text, text.say("sign-in-title"));
        let waiting = label(ui, Type::Body, palette.muted, text.say("sign-in-starting"));
        announce(&waiting);
        let now = text.say("sign-in-do-not-wait");
        if view.state.can_sign_in_by_hand() && Button::link(&now).small().pressed(ui) {
            view.act(Action::StopSigningIn);
        }
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
    kept(ui, view, attempt);
    address(ui, view, &mut drafts.sign_in);
    let draft = &mut drafts.sign_in;
    let usually = view.state.settings.signs_in_with_token;
    let with = if !is_practice && draft.with_token.unwrap_or(usually) {
        With::Token
    } else {
        With::NameAndPassword
    };
    let submitted = sign_in_form::fields(ui, view, draft, with);
    if !is_practice {
        let stay = text.say("sign-in-stay");
        checkbox(ui, &mut draft.stay, &stay);
    }
    sign_in_form::outcome(ui, view, attempt);
    let (name, may_sign_in) = sign_in_form::button(view.state, text, attempt, with);
    let button = Button::primary(&name).full_width().enabled(may_sign_in);
    if (button.pressed(ui) || submitted) && may_sign_in {
        sign_in_form::submit(ui, view, draft, with);
    }
    if attempt.trying {
        let cancel = text.say("button-cancel");
        if Button::link(&cancel).small().pressed(ui) {
            view.act(Action::StopSigningIn);
        }
    } else if !is_practice {
        ways(ui, view, draft, with == With::Token);
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
    let nothing_waits = view.state.sent_deletes.is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if Button::link(&other).small().pressed(ui) {
            draft.choose(!with_token);
        }
        if nothing_waits && Button::link(&practise).small().pressed(ui) {
            view.act(Action::Switch(Mode::Practice));
        }
    });
}

/// The accounts that can be gone on with.
fn kept(ui: &mut Ui, view: &mut View<'_>, attempt: &Attempt) {
    if view.state.other_accounts().next().is_none() {
        return;
    }
    let palette = Palette::here(ui);
    let text = view.text;
    label(ui, Type::Small, palette.muted, text.say("accounts-kept"));
    let picked = ui.add_enabled_ui(!attempt.trying, |ui| accounts::choose(ui, view));
    if let Some(key) = picked.inner {
        view.act(Action::SwitchAccount(Some(key)));
    }
    divider(ui);
}

/// Why nobody is signed in, where that needs saying.
fn why(ui: &mut Ui, view: &mut View<'_>, because: &SignedOutBecause) {
    let palette = Palette::here(ui);
    let (said, failure) = match because {
        SignedOutBecause::NoToken
        | SignedOutBecause::SignOut(None)
        | SignedOutBecause::Switch
        | SignedOutBecause::SomebodyElse => return,
        SignedOutBecause::Ended => (view.text.say("sign-in-again-body"), None),
        SignedOutBecause::SignOut(Some(failure)) => (
            view.text.sign_in_not_forgotten(&failure.kind),
            Some(failure),
        ),
        SignedOutBecause::KeychainUnreadable(failure) => {
            (view.text.keychain_unreadable(&failure.kind), Some(failure))
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

fn address(ui: &mut Ui, view: &View<'_>, draft: &mut SignInDraft) {
    let palette = Palette::here(ui);
    let service = view.state.service_to_sign_in_to();
    if let Some(typed) = &mut draft.address {
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
            view.state.mode == Mode::Real && button.pressed(ui)
        })
        .inner;
    if pressed {
        draft.address = Some(service.ascii());
        let field = egui::Id::unique("service address");
        ui.memory_mut(|memory| memory.request_focus(field));
    }
}
