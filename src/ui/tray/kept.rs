use egui::Ui;

use crate::domain::KeptPart;
use crate::ui::View;
use crate::ui::offers::{Offer, with_offers};
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::results::where_it_lies;
use crate::ui::widgets::{Icon, announce, label, wrapped};

/// How many downloads can be gone on with, where there are several.
pub fn show_all(ui: &mut Ui, view: &mut View<'_>, count: usize) {
    let palette = Palette::here(ui);
    let said = view.text.say_with("kept-many", &[("count", count.into())]);
    with_offers(ui, view, Some(&said), vec![Offer::GoOnWithAll], |ui| {
        label(ui, Type::Strong, palette.text, &said);
    });
}

/// A download of which a part is kept: how much, where it is to go, and what can be done with it.
pub fn show(ui: &mut Ui, view: &mut View<'_>, kept: &KeptPart) {
    let palette = Palette::here(ui);
    let text = view.text;
    let heading = kept.doctor.as_str();
    let offers = vec![
        Offer::GoOn(kept.doctor.clone(), kept.operation.clone()),
        Offer::DiscardPart(kept.doctor.clone(), kept.operation.clone()),
    ];
    with_offers(ui, view, Some(heading), offers, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            Icon::Information.show(ui, palette.warning);
            label(ui, Type::Strong, palette.text, heading);
        });
        let how_much = text.what_is_kept(kept.came.size, kept.came.copy.length);
        announce(&wrapped(ui, Type::Small, palette.warning, how_much));
        let (file, folder) = where_it_lies(&kept.destination);
        let where_it_goes = text.say_with(
            "kept-where",
            &[("file", file.into()), ("folder", folder.into())],
        );
        announce(&wrapped(ui, Type::Small, palette.muted, where_it_goes));
    });
}
