use egui::{Align, Color32, Layout, Ui, vec2};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{label, wrapped};

/// A name and a value.
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What is known.
    pub value: String,
    /// How it is meant; never the only sign of it.
    pub colour: Color32,
}

/// Facts side by side, each value under its name.
pub fn facts_across(ui: &mut Ui, facts: &[Fact]) {
    let palette = Palette::here(ui);
    let room = ui.available_width();
    let columns = if room < 360.0 {
        1.0
    } else if room < 640.0 {
        2.0
    } else {
        4.0
    };
    let width = (room - (columns - 1.0) * size::GAP) / columns - 0.5;
    ui.horizontal_wrapped(|ui| {
        for fact in facts {
            ui.allocate_ui_with_layout(vec2(width, 38.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 3.0;
                label(ui, Type::Label, palette.muted, &fact.name);
                wrapped(ui, Type::Fact, fact.colour, &fact.value);
            });
        }
    });
}

/// Facts under each other, each value beside its name.
pub fn facts_down(ui: &mut Ui, facts: &[Fact]) {
    let palette = Palette::here(ui);
    let room = ui.available_width();
    let names = (room * 0.3).clamp(110.0, 160.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 6.0);
        for fact in facts {
            ui.horizontal_top(|ui| {
                ui.allocate_ui_with_layout(vec2(names, 17.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(names);
                    wrapped(ui, Type::Small, palette.muted, &fact.name);
                });
                let values = room - names;
                ui.allocate_ui_with_layout(
                    vec2(values, 17.0),
                    Layout::top_down(Align::Min),
                    |ui| {
                        ui.set_width(values);
                        wrapped(ui, Type::SmallStrong, fact.colour, &fact.value);
                    },
                );
            });
        }
    });
}
