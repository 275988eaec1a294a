use egui::Ui;

use crate::domain::{Failure, SetAside};
use crate::ui::View;
use crate::ui::offers::{Offer, with_offers};
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::results::where_it_lies;
use crate::ui::widgets::{Icon, announce, label, wrapped};

/// What came and can be no backup: why, and what can be done with it.
pub fn show(ui: &mut Ui, view: &mut View<'_>, one: &SetAside) {
    let palette = Palette::here(ui);
    let text = view.text;
    let heading = one.doctor.as_str();
    let failure = Failure::new(one.unfit.into(), one.at, one.reason.clone());
    let offers = vec![
        Offer::Keep(one.doctor.clone(), one.operation.clone()),
        Offer::Discard(one.doctor.clone(), one.operation.clone()),
        Offer::Details(Some(one.doctor.clone()), failure),
    ];
    with_offers(ui, view, Some(heading), offers, |ui| {
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
}
