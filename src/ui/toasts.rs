use egui::{Align2, Area, CornerRadius, Frame, Id, Margin, Order, Stroke, Ui, vec2};

use crate::state::{Message, Toast};
use crate::ui::View;
use crate::ui::accounts;
use crate::ui::offers::{Offer, with_offers};
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{Icon, announce, wrapped};

/// Short messages, over everything, the newest first. They stand where they cover least of what is
/// to be pressed: at the screen's lower end, `bottom`, and above a question.
pub fn show(ui: &Ui, view: &mut View<'_>, bottom: f32) {
    if view.state.toasts.is_empty() {
        return;
    }
    let window = ui.ctx().content_rect();
    let width = 420.0_f32.min(window.width() - 24.0);
    let (corner, away) = if view.state.modals.is_empty() {
        (Align2::RIGHT_BOTTOM, bottom - window.bottom() - 12.0)
    } else {
        (Align2::RIGHT_TOP, 12.0)
    };
    Area::new(Id::unique("toasts"))
        .order(Order::Tooltip)
        .anchor(corner, vec2(-12.0, away))
        .show(ui.ctx(), |ui| {
            ui.set_max_width(width);
            ui.spacing_mut().item_spacing.y = 8.0;
            // What does not fit on the screen would be told to nobody: the newest come first.
            let room = window.height() * 0.6;
            for toast in view.state.toasts.iter().rev() {
                if ui.min_rect().height() > room {
                    break;
                }
                one(ui, view, toast, width);
            }
        });
}

fn one(ui: &mut Ui, view: &mut View<'_>, toast: &Toast, width: f32) {
    let palette = Palette::here(ui);
    let (icon, colour) = match toast.message {
        Message::Failed { .. } | Message::FailedElsewhere { .. } | Message::Keychain(_) => {
            (Icon::Warning, palette.danger)
        }
        Message::NothingThere(_)
        | Message::SettingsLost
        | Message::RulesWereChanged
        | Message::SettingsWereChanged
        | Message::ClockSetBack
        | Message::ClockBehindRecord => (Icon::Information, palette.warning),
        Message::SignedOut | Message::GoesOnAs(_) | Message::Copied => {
            (Icon::Check, palette.success)
        }
    };
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, colour))
        .corner_radius(CornerRadius::same(size::CONTROL_RADIUS))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            ui.set_width(width - 26.0);
            let said = sentence(view, &toast.message);
            ui.horizontal_top(|ui| {
                icon.show(ui, colour);
                let words = wrapped(ui, Type::Small, palette.text, said);
                announce(&words);
            });
            let dismiss = Offer::DismissToast(toast.number);
            let offers = details(&toast.message).into_iter().chain([dismiss]);
            with_offers(ui, view, None, offers.collect(), |_| ());
        });
}

fn sentence(view: &View<'_>, message: &Message) -> String {
    let text = view.text;
    match message {
        Message::Failed {
            doctor: Some(doctor),
            failure,
        } => text.failure_about(Some(doctor), &failure.kind),
        Message::Failed {
            doctor: None,
            failure,
        }
        | Message::Keychain(failure) => text.failure(&failure.kind),
        Message::FailedElsewhere {
            service,
            doctor,
            failure,
        } => text.failure_elsewhere(service, doctor.as_ref(), &failure.kind),
        Message::NothingThere(doctor) => {
            text.say_with("toast-nothing-there", &[("doctor", doctor.as_str().into())])
        }
        Message::SignedOut => text.say("toast-signed-out"),
        Message::GoesOnAs(account) => {
            let name = accounts::name_of(text, account);
            text.say_with("toast-goes-on-as", &[("name", name.as_str().into())])
        }
        Message::SettingsLost => text.say("toast-settings-lost"),
        Message::RulesWereChanged => text.say("rules-were-changed"),
        Message::SettingsWereChanged => text.say("settings-were-changed"),
        Message::ClockSetBack => text.say("clock-set-back"),
        Message::ClockBehindRecord => text.say("clock-behind-record"),
        Message::Copied => text.say("details-copied"),
    }
}

/// What stands behind it, where something does.
fn details(message: &Message) -> Option<Offer> {
    match message {
        Message::Failed { doctor, failure } => {
            Some(Offer::Details(doctor.clone(), failure.clone()))
        }
        Message::FailedElsewhere { failure, .. } | Message::Keychain(failure) => {
            Some(Offer::Details(None, failure.clone()))
        }
        _ => None,
    }
}
