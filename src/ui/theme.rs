//! The tokens: colours, sizes, type.

mod palette;

use egui::{
    Context, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style, TextStyle,
    Theme, ThemePreference, Visuals, vec2,
};

pub use palette::{Contrast, Palette, faded};

use crate::settings::{Settings, ThemeChoice};
use crate::ui::fonts;

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

/// Gives a new window its faces and both its themes.
pub fn install(context: &Context) {
    fonts::install(context);
    context.options_mut(|options| {
        // The text size is a setting, told in Settings and kept.
        options.zoom_with_keyboard = false;
    });
    dress(context, Contrast::Usual);
}

/// Takes over what the person chose, and what the system asks for; cheap where nothing changed.
pub fn follow(context: &Context, settings: &Settings, contrast: Contrast) {
    if Contrast::of(context) != contrast {
        dress(context, contrast);
    }
    let preference = match settings.theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    };
    context.set_theme(preference);
    context.set_zoom_factor(f32::from(settings.text_size) / 100.0);
}

/// Gives both themes their colours in this contrast.
pub fn dress(context: &Context, contrast: Contrast) {
    contrast.keep(context);
    for theme in [Theme::Light, Theme::Dark] {
        context.set_style_of(theme, style(theme, Palette::of(theme, contrast)));
    }
}

fn style(theme: Theme, palette: &Palette) -> Style {
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
