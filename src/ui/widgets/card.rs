use egui::{CornerRadius, Frame, InnerResponse, Margin, ScrollArea, Stroke, Ui};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::label;

/// A screen: its name, and what stands under it, scrolling as a whole where it must.
pub fn screen(ui: &mut Ui, title: &str, contents: impl FnOnce(&mut Ui)) {
    let narrow = ui.ctx().content_rect().width() < size::NARROW;
    // In a window this small the navigation on top says where one is, and the room is needed.
    let low = ui.ctx().content_rect().height() < size::LOW;
    let side = if narrow {
        size::SCREEN_PADDING_NARROW
    } else {
        size::SCREEN_PADDING
    };
    bar_in_padding(ui);
    ScrollArea::vertical()
        .id_salt(title)
        .auto_shrink(false)
        .show(ui, |ui| {
            Frame::new()
                .inner_margin(Margin {
                    left: side,
                    right: side,
                    top: if narrow { 12 } else { 22 },
                    bottom: 12,
                })
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = size::CARD_GAP;
                    if !(narrow && low) {
                        heading(ui, title);
                    }
                    contents(ui);
                });
        });
}

/// Has the bar of a view stand in the padding of what scrolls in it: so that cards have one width
/// with it and without.
pub fn bar_in_padding(ui: &mut Ui) {
    let scroll = &mut ui.spacing_mut().scroll;
    scroll.floating = true;
    scroll.floating_width = scroll.bar_width;
    scroll.floating_allocated_width = 0.0;
    scroll.dormant_handle_opacity = 1.0;
    scroll.interact_handle_opacity = 1.0;
    scroll.dormant_background_opacity = 1.0;
    scroll.interact_background_opacity = 1.0;
    scroll.active_background_opacity = 1.0;
}

fn heading(ui: &mut Ui, title: &str) {
    let shown = label(ui, Type::Title, Palette::here(ui).text, title);
    ui.ctx().accesskit_node_builder(shown.id, |node| {
        node.set_role(egui::accesskit::Role::Heading);
        node.set_label(title);
    });
}

/// A card as wide as there is room.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = Palette::here(ui);
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.border))
        .corner_radius(CornerRadius::same(size::CARD_RADIUS))
        .inner_margin(Margin::same(size::CARD_PADDING))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 8.0;
            contents(ui)
        })
}

/// What a banner says it is by its colour, beside its words.
pub fn banner<R>(
    ui: &mut Ui,
    fill: egui::Color32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    Frame::new()
        .fill(fill)
        .corner_radius(CornerRadius::same(size::CONTROL_RADIUS))
        .inner_margin(Margin::symmetric(13, 10))
        .show(ui, |ui| {
            ui.take_available_width();
            contents(ui)
        })
}

/// A thin line across.
pub fn divider(ui: &mut Ui) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    let stroke = Stroke::new(1.0, Palette::here(ui).border);
    ui.painter().hline(rect.x_range(), rect.center().y, stroke);
}
