use egui::{
    Align, Align2, CornerRadius, Frame, Layout, Margin, Panel, Role, Sense, Ui, WidgetInfo,
    accesskit, vec2,
};

use crate::domain::{Account, TokenKeeping};
use crate::state::{Action, Screen};
use crate::ui::View;
use crate::ui::commands::Command;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Button, chosen_mark, focus_ring, label_cut, wrapped};

/// The least room for a name beside the way to the screens, in points; with less it stands below.
const LEAST_ROOM: f32 = 60.0;

/// The least height of a window that has room for it there, in points.
const LEAST_HEIGHT: f32 = 260.0;

/// The way to the screens: at the left, or on top where the window is narrow.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let narrow = ui.ctx().content_rect().width() < size::NARROW;
    let frame = Frame::new().fill(palette.sidebar);
    if narrow {
        Panel::top("navigation")
            .resizable(false)
            .frame(frame.inner_margin(Margin::symmetric(12, 6)))
            .show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
                    ways(ui, view, None);
                    if view.state.ends_soon().is_some() {
                        sign_in_again(ui, view);
                    }
                    who(ui, view);
                });
            });
    } else {
        Panel::left("navigation")
            .resizable(false)
            .exact_size(size::SIDEBAR)
            .frame(frame.inner_margin(Margin {
                left: 12,
                right: 12,
                top: 20,
                bottom: 20,
            }))
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                ui.horizontal(|ui| {
                    ui.add_space(10.0);
                    ui.add(egui::Label::new(
                        egui::RichText::new(view.text.say("app-name"))
                            .font(egui::FontId::new(15.0, crate::ui::fonts::semibold()))
                            .color(palette.text),
                    ));
                });
                ui.add_space(14.0);
                let width = ui.available_width();
                ways(ui, view, Some(width));
                ui.with_layout(Layout::bottom_up(Align::Min), |ui| account(ui, view));
            });
    }
}

fn ways(ui: &mut Ui, view: &mut View<'_>, width: Option<f32>) {
    for screen in [Screen::Recordings, Screen::Activity, Screen::Settings] {
        let name = Command::Show(screen).name(view.text, view.state, None);
        let sign = sign(view, screen);
        if way(
            ui,
            &name,
            view.state.screen == screen,
            width,
            sign.as_deref(),
        ) {
            view.act(Action::Show(screen));
        }
    }
}

/// What there is to be seen on a screen that is out of sight.
fn sign(view: &View<'_>, screen: Screen) -> Option<String> {
    match screen {
        here if here == view.state.screen => None,
        Screen::Recordings => of_the_shelf(view),
        Screen::Activity => None,
        Screen::Settings => {
            let newer = view.state.newer_version();
            newer.map(|_| view.text.say("nav-newer-version"))
        }
    }
}

fn of_the_shelf(view: &View<'_>) -> Option<String> {
    let (text, state) = (view.text, view.state);
    let (answers, running, done) = (state.to_look_at(), state.jobs.len(), state.done_unseen());
    if answers > 0 {
        let count = answers.into();
        return Some(text.say_with("shelf-sign-answer", &[("count", count)]));
    }
    if running > 0 {
        let count = running.into();
        return Some(text.say_with("shelf-sign-running", &[("count", count)]));
    }
    let count = done.into();
    (done > 0).then(|| text.say_with("shelf-done", &[("count", count)]))
}

/// A way to a screen; `sign` stands at its end.
fn way(ui: &mut Ui, name: &str, here: bool, width: Option<f32>, sign: Option<&str>) -> bool {
    let palette = Palette::here(ui);
    let (font, colour) = if here {
        (Type::Strong.font(), palette.primary)
    } else {
        (Type::Navigation.font(), palette.muted)
    };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, colour);
    let sign = sign.map(|sign| {
        let font = Type::Small.font();
        (
            sign,
            ui.painter()
                .layout_no_wrap(sign.to_owned(), font, palette.muted),
        )
    });
    let beside = sign.as_ref().map_or(0.0, |(_, sign)| sign.size().x + 8.0);
    let wanted = vec2(width.unwrap_or(galley.size().x + 24.0 + beside), 35.0);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Tab, true, name));
    ui.ctx()
        .accesskit_node_builder(response.id, |node: &mut accesskit::Node| {
            node.set_selected(here);
        });
    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    if here {
        ui.painter().rect_filled(rect, radius, palette.selected);
        chosen_mark(ui, rect);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, palette.hover);
    }
    let inside = rect.shrink2(vec2(12.0, 0.0));
    let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inside);
    ui.painter().galley(at.min, galley, colour);
    if let Some((words, sign)) = sign {
        let at = Align2::RIGHT_CENTER.align_size_within_rect(sign.size(), inside);
        ui.painter().galley(at.min, sign, palette.muted);
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(words));
    }
    focus_ring(ui, &response, rect);
    response.clicked()
}

fn sign_in_again(ui: &mut Ui, view: &mut View<'_>) {
    let again = view.text.say("sign-in-before-title");
    if Button::link(&again).small().pressed(ui) {
        view.act(Action::AskToSignIn);
    }
}

/// Whose data is shown, where there is little room.
fn who(ui: &mut Ui, view: &View<'_>) {
    let Some(account) = view.state.account() else {
        return;
    };
    let palette = Palette::here(ui);
    let room = ui.available_size_before_wrap().x;
    if room < LEAST_ROOM && ui.ctx().content_rect().height() < LEAST_HEIGHT {
        return;
    }
    let room = if room < LEAST_ROOM {
        ui.max_rect().width()
    } else {
        room
    };
    ui.allocate_ui_with_layout(
        vec2(room, size::TARGET),
        Layout::right_to_left(Align::Center),
        |ui| label_cut(ui, Type::SmallStrong, palette.text, name(view, account)),
    );
}

/// How the one who is signed in is named.
fn name(view: &View<'_>, account: &Account) -> String {
    let unnamed = || match account.keeping {
        TokenKeeping::Practice => view.text.say("account-practice"),
        _ => view.text.say("account-unnamed"),
    };
    let named = account.person.as_ref().or(account.user_name.as_ref());
    named.cloned().unwrap_or_else(unnamed)
}

fn switch(ui: &mut Ui, view: &mut View<'_>) {
    let switch = view.text.say("accounts-switch");
    if Button::link(&switch).small().pressed(ui) {
        view.act(Action::AskWho);
    }
}

/// From below: how long, where, who.
fn account(ui: &mut Ui, view: &mut View<'_>) {
    let Some(account) = view.state.account() else {
        return;
    };
    let palette = Palette::here(ui);
    ui.spacing_mut().item_spacing.y = 3.0;
    let now = view.state.now;
    let ends_at = account.ends_at.filter(|ends_at| *ends_at > now);
    let in_memory = account.keeping != TokenKeeping::Keychain;
    let until = ends_at.map(|ends_at| view.text.signed_in_until(ends_at, in_memory, now));
    let note = match account.keeping {
        TokenKeeping::Practice => None,
        TokenKeeping::Keychain => until,
        TokenKeeping::Memory | TokenKeeping::MemoryInstead => {
            until.or_else(|| Some(view.text.say("account-memory-only")))
        }
    };
    let who = name(view, account);
    Frame::new()
        .inner_margin(Margin::symmetric(10, 0))
        .show(ui, |ui| {
            if view.state.can_lock() {
                let lock = Command::Lock.label(view.text);
                if Button::link(&lock).small().pressed(ui) {
                    view.act(Action::Lock);
                }
            }
            switch(ui, view);
            if let Some(ends_at) = view.state.ends_soon() {
                sign_in_again(ui, view);
                let time = view.text.time_of_day(ends_at).into();
                let said = view.text.say_with("account-ends-soon", &[("time", time)]);
                wrapped(ui, Type::Label, palette.warning, said);
            } else if let Some(note) = note {
                wrapped(ui, Type::Label, palette.muted, note);
            }
            label_cut(ui, Type::Label, palette.muted, account.origin.label());
            label_cut(ui, Type::SmallStrong, palette.text, who);
        });
}
