//! The colours. Raw ones stand here and nowhere else.

#![allow(
    clippy::disallowed_methods,
    reason = "the one place where colours are made"
)]

use egui::{Color32, Context, Id, Theme, Ui};

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub window: Color32,
    /// Behind the navigation.
    pub sidebar: Color32,
    /// Behind cards, modals and fields.
    pub card: Color32,
    /// Behind what the pointer is over.
    pub hover: Color32,
    /// Around cards and between rows.
    pub border: Color32,
    /// Around controls, seen at 3:1.
    pub edge: Color32,
    /// Text.
    pub text: Color32,
    /// Text of less weight.
    pub muted: Color32,
    /// The main action, links, focus.
    pub primary: Color32,
    /// The main action under the pointer.
    pub primary_hover: Color32,
    /// Text on [`Palette::primary`].
    pub on_primary: Color32,
    /// Behind what is chosen, and behind offers.
    pub selected: Color32,
    /// What deletes, and what failed.
    pub danger: Color32,
    /// What deletes, under the pointer.
    pub danger_hover: Color32,
    /// Text on [`Palette::danger`].
    pub on_danger: Color32,
    /// What is as it should be.
    pub success: Color32,
    /// What wants a look.
    pub warning: Color32,
    /// Behind a warning.
    pub warning_soft: Color32,
    /// The part of a bar that is still to come.
    pub track: Color32,
    /// Over the window, under a modal.
    pub backdrop: Color32,
    /// Under modals and popups.
    pub shadow: Color32,
}

/// How much text and edges stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contrast {
    /// As designed.
    #[default]
    Usual,
    /// As much as the system asks for where people asked it to.
    High,
}

impl Contrast {
    /// The contrast that a window is drawn in.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        context
            .data(|data| data.get_temp(Self::key()))
            .unwrap_or_default()
    }

    /// Has a window be drawn in this contrast.
    pub(super) fn keep(self, context: &Context) {
        context.data_mut(|data| data.insert_temp(Self::key(), self));
    }

    fn key() -> Id {
        Id::unique("contrast")
    }
}

impl Palette {
    /// The colours of a theme.
    #[must_use]
    pub const fn of(theme: Theme, contrast: Contrast) -> &'static Self {
        match (theme, contrast) {
            (Theme::Light, Contrast::Usual) => &LIGHT,
            (Theme::Dark, Contrast::Usual) => &DARK,
            (Theme::Light, Contrast::High) => &LIGHT_HIGH,
            (Theme::Dark, Contrast::High) => &DARK_HIGH,
        }
    }

    /// The colours of what is being drawn.
    #[must_use]
    pub fn here(ui: &Ui) -> &'static Self {
        let theme = Theme::from_dark_mode(ui.visuals().dark_mode);
        Self::of(theme, Contrast::of(ui.ctx()))
    }
}

/// `colour` as it looks while it can't be used, on a card.
#[must_use]
pub fn faded(colour: Color32, palette: &Palette) -> Color32 {
    palette.card.lerp_to_gamma(colour, 0.5)
}

const LIGHT: Palette = Palette {
    window: Color32::from_rgb(0xf6, 0xf7, 0xf8),
    sidebar: Color32::from_rgb(0xee, 0xf1, 0xf3),
    card: Color32::from_rgb(0xff, 0xff, 0xff),
    hover: Color32::from_rgb(0xf0, 0xf3, 0xf5),
    border: Color32::from_rgb(0xe1, 0xe5, 0xe8),
    edge: Color32::from_rgb(0x7f, 0x8b, 0x95),
    text: Color32::from_rgb(0x14, 0x19, 0x1d),
    muted: Color32::from_rgb(0x55, 0x61, 0x6b),
    primary: Color32::from_rgb(0x0f, 0x76, 0x6e),
    primary_hover: Color32::from_rgb(0x0b, 0x5f, 0x58),
    on_primary: Color32::from_rgb(0xff, 0xff, 0xff),
    selected: Color32::from_rgb(0xe3, 0xf3, 0xf1),
    danger: Color32::from_rgb(0xb4, 0x23, 0x18),
    danger_hover: Color32::from_rgb(0x8f, 0x1c, 0x13),
    on_danger: Color32::from_rgb(0xff, 0xff, 0xff),
    success: Color32::from_rgb(0x1b, 0x7a, 0x3d),
    warning: Color32::from_rgb(0x8a, 0x5a, 0x00),
    warning_soft: Color32::from_rgb(0xff, 0xf4, 0xdb),
    track: Color32::from_rgb(0xe1, 0xe5, 0xe8),
    backdrop: Color32::from_rgba_premultiplied(5, 8, 10, 0x72),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x38),
};

const DARK: Palette = Palette {
    window: Color32::from_rgb(0x10, 0x15, 0x18),
    sidebar: Color32::from_rgb(0x14, 0x1a, 0x1e),
    card: Color32::from_rgb(0x18, 0x1f, 0x23),
    hover: Color32::from_rgb(0x21, 0x2a, 0x2f),
    border: Color32::from_rgb(0x2a, 0x34, 0x3a),
    edge: Color32::from_rgb(0x6f, 0x7d, 0x87),
    text: Color32::from_rgb(0xe7, 0xec, 0xef),
    muted: Color32::from_rgb(0x9a, 0xa8, 0xb2),
    primary: Color32::from_rgb(0x2f, 0xc4, 0xb2),
    primary_hover: Color32::from_rgb(0x55, 0xd6, 0xc6),
    on_primary: Color32::from_rgb(0x06, 0x20, 0x1d),
    selected: Color32::from_rgb(0x12, 0x31, 0x2f),
    danger: Color32::from_rgb(0xff, 0x8a, 0x7a),
    danger_hover: Color32::from_rgb(0xff, 0xa8, 0x9c),
    on_danger: Color32::from_rgb(0x2a, 0x0d, 0x09),
    success: Color32::from_rgb(0x5f, 0xd3, 0x8d),
    warning: Color32::from_rgb(0xf2, 0xc1, 0x4e),
    warning_soft: Color32::from_rgb(0x33, 0x2b, 0x16),
    track: Color32::from_rgb(0x2a, 0x34, 0x3a),
    backdrop: Color32::from_rgba_premultiplied(0, 0, 0, 0xa8),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x80),
};

/// Text at 7:1 at least, and every edge at 4.5:1.
const LIGHT_HIGH: Palette = Palette {
    window: Color32::from_rgb(0xff, 0xff, 0xff),
    sidebar: Color32::from_rgb(0xff, 0xff, 0xff),
    card: Color32::from_rgb(0xff, 0xff, 0xff),
    hover: Color32::from_rgb(0xe6, 0xee, 0xee),
    border: Color32::from_rgb(0x55, 0x55, 0x55),
    edge: Color32::from_rgb(0x22, 0x22, 0x22),
    text: Color32::from_rgb(0x00, 0x00, 0x00),
    muted: Color32::from_rgb(0x2b, 0x2f, 0x33),
    primary: Color32::from_rgb(0x00, 0x4d, 0x47),
    primary_hover: Color32::from_rgb(0x00, 0x33, 0x2f),
    on_primary: Color32::from_rgb(0xff, 0xff, 0xff),
    selected: Color32::from_rgb(0xd3, 0xee, 0xea),
    danger: Color32::from_rgb(0x86, 0x0c, 0x05),
    danger_hover: Color32::from_rgb(0x5e, 0x08, 0x03),
    on_danger: Color32::from_rgb(0xff, 0xff, 0xff),
    success: Color32::from_rgb(0x07, 0x4b, 0x22),
    warning: Color32::from_rgb(0x55, 0x36, 0x00),
    warning_soft: Color32::from_rgb(0xff, 0xf0, 0xc8),
    track: Color32::from_rgb(0xd8, 0xd8, 0xd8),
    backdrop: Color32::from_rgba_premultiplied(0, 0, 0, 0xb0),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x50),
};

/// Text at 7:1 at least, and every edge at 4.5:1.
const DARK_HIGH: Palette = Palette {
    window: Color32::from_rgb(0x00, 0x00, 0x00),
    sidebar: Color32::from_rgb(0x00, 0x00, 0x00),
    card: Color32::from_rgb(0x00, 0x00, 0x00),
    hover: Color32::from_rgb(0x24, 0x2c, 0x30),
    border: Color32::from_rgb(0xa8, 0xb0, 0xb5),
    edge: Color32::from_rgb(0xe0, 0xe4, 0xe6),
    text: Color32::from_rgb(0xff, 0xff, 0xff),
    muted: Color32::from_rgb(0xd3, 0xdb, 0xe0),
    primary: Color32::from_rgb(0x4d, 0xf0, 0xdc),
    primary_hover: Color32::from_rgb(0x9c, 0xf8, 0xed),
    on_primary: Color32::from_rgb(0x00, 0x00, 0x00),
    selected: Color32::from_rgb(0x00, 0x36, 0x32),
    danger: Color32::from_rgb(0xff, 0xb0, 0xa4),
    danger_hover: Color32::from_rgb(0xff, 0xd2, 0xcb),
    on_danger: Color32::from_rgb(0x00, 0x00, 0x00),
    success: Color32::from_rgb(0x8c, 0xf0, 0xb2),
    warning: Color32::from_rgb(0xff, 0xd8, 0x70),
    warning_soft: Color32::from_rgb(0x2c, 0x23, 0x08),
    track: Color32::from_rgb(0x38, 0x40, 0x44),
    backdrop: Color32::from_rgba_premultiplied(0, 0, 0, 0xd8),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x80),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, "relative luminance".
    fn luminance(colour: Color32) -> f32 {
        let linear = |channel: u8| {
            let channel = f32::from(channel) / 255.0;
            if channel <= 0.040_45 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_stands_out_at_least_four_and_a_half_to_one_and_seven_in_high_contrast() {
        for (palette, least) in [
            (&LIGHT, 4.5),
            (&DARK, 4.5),
            (&LIGHT_HIGH, 7.0),
            (&DARK_HIGH, 7.0),
        ] {
            for (text, behind) in [
                (palette.text, palette.window),
                (palette.text, palette.sidebar),
                (palette.text, palette.card),
                (palette.text, palette.hover),
                (palette.text, palette.selected),
                (palette.muted, palette.window),
                (palette.muted, palette.sidebar),
                (palette.muted, palette.card),
                (palette.muted, palette.hover),
                (palette.muted, palette.selected),
                (palette.primary, palette.window),
                (palette.primary, palette.card),
                (palette.primary, palette.hover),
                (palette.primary, palette.selected),
                (palette.on_primary, palette.primary),
                (palette.on_primary, palette.primary_hover),
                (palette.danger, palette.window),
                (palette.danger, palette.card),
                (palette.danger, palette.hover),
                (palette.danger, palette.selected),
                (palette.on_danger, palette.danger),
                (palette.on_danger, palette.danger_hover),
                (palette.success, palette.card),
                (palette.success, palette.selected),
                (palette.success, palette.hover),
                (palette.warning, palette.card),
                (palette.warning, palette.hover),
                (palette.warning, palette.selected),
                (palette.warning, palette.warning_soft),
            ] {
                let found = contrast(text, behind);
                assert!(found >= least, "{text:?} on {behind:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn edges_and_bars_stand_out_at_least_three_to_one_and_more_in_high_contrast() {
        for (palette, least) in [
            (&LIGHT, 3.0),
            (&DARK, 3.0),
            (&LIGHT_HIGH, 4.5),
            (&DARK_HIGH, 4.5),
        ] {
            for (edge, behind) in [
                (palette.edge, palette.card),
                (palette.edge, palette.window),
                (palette.edge, palette.sidebar),
                (palette.edge, palette.hover),
                (palette.primary, palette.card),
                (palette.primary, palette.window),
                (palette.primary, palette.sidebar),
                (palette.primary, palette.track),
                (palette.danger, palette.card),
                (palette.danger, palette.track),
            ] {
                let found = contrast(edge, behind);
                assert!(found >= least, "{edge:?} on {behind:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn in_high_contrast_cards_and_rows_are_told_apart_by_their_edges() {
        for palette in [&LIGHT_HIGH, &DARK_HIGH] {
            for behind in [
                palette.window,
                palette.card,
                palette.hover,
                palette.selected,
            ] {
                let found = contrast(palette.border, behind);
                assert!(
                    found >= 4.5,
                    "{:?} on {behind:?}: {found:.2}",
                    palette.border
                );
            }
        }
    }
}
