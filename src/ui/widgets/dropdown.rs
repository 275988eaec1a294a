use egui::{ComboBox, Id, Ui};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{into_sight, label};

/// One of several, in a list that opens; its label stands above and is its accessible name.
pub fn dropdown<T: Copy + PartialEq>(
    ui: &mut Ui,
    id: Id,
    name: &str,
    current: &mut T,
    offered: &[(T, String)],
) {
    let palette = Palette::here(ui);
    let name = label(ui, Type::Label, palette.muted, name);
    let shown = offered
        .iter()
        .find(|(value, _)| value == current)
        .map_or("", |(_, name)| name.as_str());
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = size::CONTROL;
        let width = ui.available_width();
        let response = ComboBox::from_id_salt(id)
            .width(width)
            .selected_text(Type::Field.text(shown).color(palette.text))
            .show_ui(ui, |ui| {
                ui.spacing_mut().interact_size.y = size::SMALL_CONTROL;
                for (value, name) in offered {
                    let text = Type::Body.text(name).color(palette.text);
                    ui.selectable_value(current, *value, text);
                }
            });
        let shown = response.response.labelled_by(name.id);
        into_sight(ui, &shown, shown.rect);
    });
}
