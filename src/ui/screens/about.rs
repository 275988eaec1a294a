use egui::Ui;

use crate::domain::{NewestVersion, UpdateSource, Version};
use crate::state::{Action, State};
use crate::text::Text;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, announce, checkbox, divider, label, with_buttons, wrapped};

/// What the app is and runs on, to be copied for support, and whose work is in it.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let lines = of_the_app(view.state, text);
    let copy = text.say("about-copy");
    let button = Button::secondary(&copy).small();
    let pressed = with_buttons(ui, vec![(button, ())], |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        label(ui, Type::Strong, palette.text, text.say("app-name"));
        for line in &lines {
            wrapped(ui, Type::Small, palette.muted, line);
        }
    });
    if pressed.is_some() {
        ui.ctx()
            .copy_text(for_support(view.state, text, lines).join("\n"));
        view.act(Action::Copied);
    }
    newer_version(ui, view);
    licences(ui, view);
}

/// Whether there is a newer version, where that can be asked.
fn newer_version(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let (text, state) = (view.text, view.state);
    let source = &state.version_check.source;
    match source {
        UpdateSource::Nowhere => return,
        UpdateSource::Administrator(address) => {
            divider(ui);
            let (colour, said) = match address {
                Some(_) => (palette.muted, text.say("newer-by-administrator")),
                None => (palette.warning, text.say("newer-address-unusable")),
            };
            wrapped(ui, Type::Small, colour, said);
        }
        UpdateSource::Builder(_) => {
            divider(ui);
            let before = state.settings.tells_of_newer_version;
            let mut wanted = before;
            checkbox(ui, &mut wanted, &text.say("newer-wanted"));
            if wanted != before {
                view.act(Action::SetTellsOfNewerVersion(wanted));
            }
        }
    }
    if let Some(address) = source.address() {
        let host = address.host().into();
        let said = if source.is_asked(state.settings.tells_of_newer_version) {
            text.say_with("newer-asked", &[("host", host)])
        } else {
            text.say_with("newer-would-be-asked", &[("host", host)])
        };
        wrapped(ui, Type::Small, palette.muted, said);
    }
    let Some(newest) = state.newest_version() else {
        return;
    };
    let (kind, colour, said) = match newest {
        NewestVersion::NotAsked => (Type::Small, palette.muted, text.say("newer-not-asked")),
        NewestVersion::NotKnown => (Type::Small, palette.muted, text.say("newer-not-known")),
        NewestVersion::Is(newest) if newest > Version::OWN => {
            let newest = newest.to_string().into();
            let own = Version::OWN.to_string().into();
            let said = text.say_with("newer-there", &[("newest", newest), ("own", own)]);
            (Type::SmallStrong, palette.text, said)
        }
        NewestVersion::Is(_) => (Type::Small, palette.text, text.say("newer-none")),
    };
    announce(&wrapped(ui, kind, colour, said));
}

fn licences(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let Some(list) = view.state.about.licences.clone() else {
        return;
    };
    divider(ui);
    let name = text.say("about-licences");
    let open = text.say("result-show-in-folder");
    let button = Button::secondary(&open).small().about(&name);
    let pressed = with_buttons(ui, vec![(button, ())], |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        label(ui, Type::Strong, palette.text, &name);
        let said = text.say("about-licences-list");
        wrapped(ui, Type::Small, palette.muted, said);
    });
    if pressed.is_some() {
        view.act(Action::ShowInFolder(list));
    }
}

/// The version, the build, the system and the renderer, as far as they are known.
fn of_the_app(state: &State, text: &Text) -> Vec<String> {
    let about = &state.about;
    let version = env!("CARGO_PKG_VERSION").into();
    let mut lines = vec![text.say_with("settings-version", &[("version", version)])];
    if let Some(build) = &about.build {
        lines.push(text.say_with("about-build", &[("build", build.as_str().into())]));
    }
    if !about.system.is_empty() {
        let system = about.system.as_str().into();
        lines.push(text.say_with("about-system", &[("system", system)]));
    }
    if !about.renderer.is_empty() {
        let renderer = about.renderer.as_str().into();
        lines.push(text.say_with("about-renderer", &[("renderer", renderer)]));
    }
    lines
}

/// The same with the app's name and the service's address, and nothing of who works here on what.
fn for_support(state: &State, text: &Text, lines: Vec<String>) -> Vec<String> {
    let address = state.settings.service.ascii();
    let service = text.say_with("about-service", &[("address", address.into())]);
    let name = [text.say("app-name")];
    name.into_iter().chain(lines).chain([service]).collect()
}
