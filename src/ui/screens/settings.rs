use egui::{Id, Key, Ui};

use crate::domain::ServiceOrigin;
use crate::settings::{Settings, ThemeChoice};
use crate::state::{Action, Mode};
use crate::ui::View;
use crate::ui::drafts::Drafts;
use crate::ui::screens::{about, deletion_rules};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{
    Button, Field, Limit, announce, card, choices, divider, label, screen, with_buttons, wrapped,
};

/// What the person can choose.
pub fn show(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    let title = view.text.say("settings-title");
    screen(ui, &title, |ui| {
        section(ui, view.text.say("settings-account"), |ui| {
            account(ui, view);
            divider(ui);
            lock(ui, view);
            divider(ui);
            address(ui, view, drafts);
        });
        section(ui, view.text.say("settings-deletion"), |ui| {
            deletion_rules::show(ui, view);
        });
        section(ui, view.text.say("settings-appearance"), |ui| {
            appearance(ui, view);
        });
        section(ui, view.text.say("settings-about"), |ui| {
            about::show(ui, view);
        });
    });
}

fn section(ui: &mut Ui, title: String, contents: impl FnOnce(&mut Ui)) {
    let palette = Palette::here(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        label(ui, Type::Label, palette.muted, title);
        contents(ui);
    });
}

fn account(ui: &mut Ui, view: &mut View<'_>) {
    let Some(account) = view.state.account() else {
        return;
    };
    let palette = Palette::here(ui);
    let text = view.text;
    let practice = view.state.mode == Mode::Practice;
    let (leave, sign_out) = (text.say("practice-leave"), text.say("settings-sign-out"));
    let switch = text.say("accounts-switch");
    let sign_out = (Button::secondary(&sign_out).small(), Action::SignOut);
    let switch = (Button::secondary(&switch).small(), Action::AskWho);
    let leave = Button::secondary(&leave).small();
    let leave = practice.then_some((leave, Action::Switch(Mode::Real)));
    let buttons = leave.into_iter().chain([switch, sign_out]).collect();
    let pressed = with_buttons(ui, buttons, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let who = match &account.person {
            Some(person) => person.clone(),
            None if practice => text.say("account-practice"),
            None => text.say("account-unnamed"),
        };
        label(ui, Type::Strong, palette.text, who);
        wrapped(ui, Type::Small, palette.muted, text.token_keeping(account));
    });
    if let Some(action) = pressed {
        view.act(action);
    }
}

fn lock(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    label(ui, Type::Strong, palette.text, text.say("settings-lock"));
    if !view.state.can_lock() {
        let said = text.say("settings-lock-needs-password");
        wrapped(ui, Type::Small, palette.muted, said);
        return;
    }
    let minutes = Settings::LOCK_TIMES.map(|minutes| {
        let value = u64::from(minutes).into();
        let name = text.say_with("settings-lock-minutes", &[("minutes", value)]);
        (Some(minutes), name)
    });
    let never = (None, text.say("settings-lock-never"));
    let all: Vec<_> = minutes.into_iter().chain([never]).collect();
    if let Some(minutes) = choices(ui, view.state.settings.lock_after, &all) {
        view.act(Action::SetLockAfter(minutes));
    }
}

fn address(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    let palette = Palette::here(ui);
    let text = view.text;
    let field = Id::unique("service address in settings");
    let name = text.say("settings-service");
    let service = &view.state.settings.service;
    let Some(typed) = &mut drafts.settings_address else {
        let change = text.say("settings-change");
        // The practice service has the address that it has.
        let can_change = view.state.mode == Mode::Real;
        let button = Button::secondary(&change)
            .small()
            .enabled(can_change)
            .about(&name);
        let pressed = with_buttons(ui, vec![(button, ())], |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            label(ui, Type::Strong, palette.text, &name);
            wrapped(ui, Type::Small, palette.muted, service.ascii());
        });
        if pressed.is_some() {
            drafts.settings_address = Some(service.ascii());
            ui.memory_mut(|memory| memory.request_focus(field));
        }
        return;
    };
    let limit = Limit::new(text, ServiceOrigin::MAX_CHARACTERS);
    let shown = Field::new(field, &name, &limit)
        .wrong(view.state.address_error.is_some())
        .show(ui, typed);
    if let Some(error) = view.state.address_error {
        let said = text.origin_error(error);
        announce(&wrapped(ui, Type::Small, palette.danger, said));
    }
    wrapped(
        ui,
        Type::Small,
        palette.muted,
        text.say("settings-service-about"),
    );
    let by_return = shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let use_it = text.say("settings-service-use");
    let cancel = text.say("button-cancel");
    let mut done = false;
    ui.horizontal_wrapped(|ui| {
        if Button::primary(&use_it).small().pressed(ui) || by_return {
            done = crate::domain::ServiceOrigin::parse(typed).is_ok();
            view.act(Action::SetAddress(typed.clone()));
        }
        if Button::secondary(&cancel).small().pressed(ui) {
            done = true;
            // The address that holds is a good one: this takes the complaint away.
            view.act(Action::SetAddress(service.ascii()));
        }
    });
    if done {
        drafts.settings_address = None;
    }
}

fn appearance(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let settings = &view.state.settings;
    label(ui, Type::Strong, palette.text, text.say("settings-theme"));
    let themes = [
        (ThemeChoice::System, text.say("settings-theme-system")),
        (ThemeChoice::Light, text.say("settings-theme-light")),
        (ThemeChoice::Dark, text.say("settings-theme-dark")),
    ];
    if let Some(theme) = choices(ui, settings.theme, &themes) {
        view.act(Action::SetTheme(theme));
    }
    ui.add_space(2.0);
    divider(ui);
    label(
        ui,
        Type::Strong,
        palette.text,
        text.say("settings-text-size"),
    );
    let sizes = Settings::TEXT_SIZES.map(|percent| {
        let value = u64::from(percent).into();
        let name = text.say_with("settings-text-size-value", &[("percent", value)]);
        (percent, name)
    });
    if let Some(percent) = choices(ui, settings.text_size, &sizes) {
        view.act(Action::SetTextSize(percent));
    }
}
