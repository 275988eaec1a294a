//! The tokens: colours, sizes, type. Raw colours stand here and nowhere else.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style,
    TextStyle, Theme, ThemePreference, Ui, Visuals, vec2,
};

use crate::settings::{Settings, ThemeChoice};
use crate::ui::fonts;

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

/// Distances and sizes, in points.
pub mod size {
    /// Corners of cards and modals.
    pub const CARD_RADIUS: u8 = 12;
    /// Corners of controls.
    pub const CONTROL_RADIUS: u8 = 8;
    /// Height of a control that stands by itself.
    pub const CONTROL: f32 = 38.0;
    /// Height of a control in a row or a head.
    pub const SMALL_CONTROL: f32 = 30.0;
    /// The least height of anything that can be clicked.
    pub const TARGET: f32 = 24.0;
    /// From a control's edge to its text.
    pub const CONTROL_PADDING: f32 = 16.0;
    /// The same for small controls.
    pub const SMALL_CONTROL_PADDING: f32 = 11.0;
    /// Inside a card.
    pub const CARD_PADDING: i8 = 18;
    /// Between things that stand side by side.
    pub const GAP: f32 = 12.0;
    /// Between cards.
    pub const CARD_GAP: f32 = 16.0;
    /// Around a screen.
    pub const SCREEN_PADDING: i8 = 28;
    /// Around a screen in a small window.
    pub const SCREEN_PADDING_NARROW: i8 = 12;
    /// Width of the navigation.
    pub const SIDEBAR: f32 = 195.0;
    /// Below this width of the window, the navigation stands on top.
    pub const NARROW: f32 = 720.0;
    /// Below this height of the window, what is said twice is said once.
    pub const LOW: f32 = 420.0;
    /// Below this height of the window, nothing has a place of its own that could scroll.
    pub const TINY: f32 = 240.0;
    /// A row of a table.
    pub const ROW: f32 = 35.0;
    /// Width of a modal.
    pub const MODAL: f32 = 656.0;
    /// Width of the focus ring and of the edge of a focused field.
    pub const FOCUS: f32 = 2.0;
}

/// What a text is, which decides its face and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// The name of a screen.
    Title,
    /// The question of a modal.
    Question,
    /// The name of a card, of a doctor, of a setting.
    Strong,
    /// A value in a row of facts.
    Fact,
    /// Running text.
    Body,
    /// Running text of a modal, and small controls.
    Small,
    /// The same, set apart.
    SmallStrong,
    /// What stands over a field or a column.
    Label,
    /// What a person types.
    Field,
    /// On a button.
    Button,
    /// In the navigation.
    Navigation,
}

impl Type {
    /// The face and the size in points.
    #[must_use]
    pub fn font(self) -> FontId {
        let (points, family) = match self {
            Self::Title => (22.0, fonts::semibold()),
            Self::Question => (18.0, fonts::semibold()),
            Self::Strong | Self::Fact | Self::Button => (14.0, fonts::semibold()),
            Self::Body => (14.0, FontFamily::Proportional),
            Self::Small => (13.0, FontFamily::Proportional),
            Self::SmallStrong => (13.0, fonts::semibold()),
            Self::Label => (12.5, fonts::medium()),
            Self::Field => (15.0, FontFamily::Proportional),
            Self::Navigation => (14.0, fonts::medium()),
        };
        FontId::new(points, family)
    }

    /// `text` in this type.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(self.font())
    }
}

impl Palette {
    /// The colours of a theme.
    #[must_use]
    pub const fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The colours of what is being drawn.
    #[must_use]
    pub fn here(ui: &Ui) -> &'static Self {
        if ui.visuals().dark_mode {
            &DARK
        } else {
            &LIGHT
        }
    }
}

/// `colour` as it looks while it can't be used, on a card.
#[must_use]
pub fn faded(colour: Color32, palette: &Palette) -> Color32 {
    palette.card.lerp_to_gamma(colour, 0.5)
}

/// Gives a new window its faces and both its themes.
pub fn install(context: &Context) {
    fonts::install(context);
    context.options_mut(|options| {
        // The text size is a setting, told in Settings and kept.
        options.zoom_with_keyboard = false;
    });
    for theme in [Theme::Light, Theme::Dark] {
        context.set_style_of(theme, style(theme));
    }
}

/// Takes over what the person chose; cheap where nothing changed.
pub fn follow(context: &Context, settings: &Settings) {
    let preference = match settings.theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    };
    context.set_theme(preference);
    context.set_zoom_factor(f32::from(settings.text_size) / 100.0);
}

fn style(theme: Theme) -> Style {
    let palette = Palette::of(theme);
    let mut style = theme.default_style();
    style.text_styles = [
        (TextStyle::Small, Type::Label.font()),
        (TextStyle::Body, Type::Body.font()),
        (TextStyle::Monospace, Type::Small.font()),
        (TextStyle::Button, Type::Body.font()),
        (TextStyle::Heading, Type::Title.font()),
    ]
    .into();
    // Nothing moves by itself, so nothing is drawn while nothing happens.
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.interaction.selectable_labels = false;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(size::GAP, 8.0);
    spacing.button_padding = vec2(12.0, 8.0);
    spacing.interact_size = vec2(40.0, size::TARGET);
    spacing.menu_margin = Margin::same(6);
    spacing.scroll = egui::style::ScrollStyle::solid();
    spacing.scroll.bar_width = 8.0;
    style.visuals = visuals(theme, palette);
    style
}

fn visuals(theme: Theme, palette: &Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.muted);
    visuals.hyperlink_color = palette.primary;
    visuals.faint_bg_color = palette.hover;
    // The rail of scroll bars, which nothing else is drawn with.
    visuals.extreme_bg_color = palette.hover;
    visuals.text_edit_bg_color = Some(palette.card);
    visuals.code_bg_color = palette.hover;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.danger;
    visuals.panel_fill = palette.window;
    visuals.window_fill = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.border);
    visuals.window_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(size::CONTROL_RADIUS);
    visuals.window_shadow = shadow(palette);
    visuals.popup_shadow = shadow(palette);
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke = Stroke::new(size::FOCUS, palette.primary);
    visuals.selection.bg_fill = palette.selected;
    visuals.selection.stroke = Stroke::new(size::FOCUS, palette.primary);
    visuals.disabled_alpha = 0.5;

    let corner_radius = CornerRadius::same(size::CONTROL_RADIUS);
    let widgets = &mut visuals.widgets;
    for (state, fill, edge) in [
        (&mut widgets.noninteractive, palette.card, palette.border),
        (&mut widgets.inactive, palette.card, palette.edge),
        (&mut widgets.hovered, palette.hover, palette.edge),
        (&mut widgets.active, palette.hover, palette.primary),
        (&mut widgets.open, palette.card, palette.primary),
    ] {
        // The handle of scroll bars; controls take the weak one.
        state.bg_fill = edge;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, edge);
        state.fg_stroke = Stroke::new(1.0, palette.text);
        state.corner_radius = corner_radius;
        state.expansion = 0.0;
    }
    widgets.active.bg_stroke.width = size::FOCUS;
    widgets.open.bg_stroke.width = size::FOCUS;
    visuals
}

fn shadow(palette: &Palette) -> Shadow {
    Shadow {
        offset: [0, 8],
        blur: 28,
        spread: 0,
        color: palette.shadow,
    }
}

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
    fn text_stands_out_at_least_four_and_a_half_to_one() {
        for palette in [&LIGHT, &DARK] {
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
                assert!(found >= 4.5, "{text:?} on {behind:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn control_edges_and_bars_stand_out_at_least_three_to_one() {
        for palette in [&LIGHT, &DARK] {
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
                assert!(found >= 3.0, "{edge:?} on {behind:?}: {found:.2}");
            }
        }
    }
}
