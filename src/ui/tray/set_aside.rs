use egui::Ui;

use crate::domain::{Failure, SetAside};
use crate::state::Action;
use crate::text::Text;
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::results::where_it_lies;
use crate::ui::widgets::{Button, Icon, announce, label, with_buttons, wrapped};

/// What came and can be no backup: why, and what can be done with it.
pub fn show(ui: &mut Ui, text: &Text, one: &SetAside, busy: bool, actions: &mut Vec<Action>) {
    enum Pressed {
        Keep,
        Discard,
        Details,
    }
    let palette = Palette::here(ui);
    let heading = one.doctor.as_str();
    let keep = text.say("button-keep-as-it-is");
    let discard = text.say("set-aside-discard");
    let details = text.say("button-details");
    let button = |name| Button::secondary(name).small().about(heading);
    let buttons = vec![
        (button(&keep).enabled(!busy), Pressed::Keep),
        (button(&discard).enabled(!busy), Pressed::Discard),
        (button(&details), Pressed::Details),
    ];
    let pressed = with_buttons(ui, buttons, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            Icon::Warning.show(ui, palette.danger);
            label(ui, Type::Strong, palette.text, heading);
        });
        let why = text.why_unfit(one.unfit);
        announce(&wrapped(ui, Type::Small, palette.danger, why));
        let (file, folder) = where_it_lies(&one.path);
        let where_it_is = text.say_with(
            "set-aside-where",
            &[("file", file.into()), ("folder", folder.into())],
        );
        announce(&wrapped(ui, Type::Small, palette.muted, where_it_is));
    });
    match pressed {
        Some(Pressed::Keep) => actions.push(Action::KeepSetAside(one.operation.clone())),
        Some(Pressed::Discard) => actions.push(Action::AskDiscard(one.operation.clone())),
        Some(Pressed::Details) => actions.push(Action::ShowDetails {
            doctor: Some(one.doctor.clone()),
            failure: Failure::new(one.unfit.into(), one.at, one.reason.clone()),
        }),
        None => {}
    }
}
