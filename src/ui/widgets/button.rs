use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Key, Response, Role, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, vec2,
};

use crate::ui::theme::{Palette, Type, faded, size};
use crate::ui::widgets::{focus_ring, into_sight};

/// What a button does, which decides its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Primary,
    Secondary,
    Danger,
    DangerOutline,
    Link,
    DangerLink,
}

/// A button. Its visible label is its accessible name.
#[must_use = "a button is seen once it is shown"]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a button is or is not, told by a method of its own"
)]
pub struct Button<'a> {
    label: &'a str,
    look: Look,
    enabled: bool,
    small: bool,
    full_width: bool,
    ignores_return: bool,
    takes_focus: bool,
    why_not: Option<&'a str>,
    /// The keys that press it from anywhere.
    shortcut: Option<&'a str>,
    /// What a screen reader needs to tell one from another of the same label.
    about: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// The one that stands out.
    pub const fn primary(label: &'a str) -> Self {
        Self::new(label, Look::Primary)
    }

    /// One beside others.
    pub const fn secondary(label: &'a str) -> Self {
        Self::new(label, Look::Secondary)
    }

    /// One that deletes, and stands out.
    pub const fn danger(label: &'a str) -> Self {
        Self::new(label, Look::Danger)
    }

    /// One that deletes, or leads there.
    pub const fn danger_outline(label: &'a str) -> Self {
        Self::new(label, Look::DangerOutline)
    }

    /// One that looks like a link.
    pub const fn link(label: &'a str) -> Self {
        Self::new(label, Look::Link)
    }

    /// One that looks like a link and leads to a delete.
    pub const fn danger_link(label: &'a str) -> Self {
        Self::new(label, Look::DangerLink)
    }

    const fn new(label: &'a str, look: Look) -> Self {
        Self {
            label,
            look,
            enabled: true,
            small: false,
            full_width: false,
            ignores_return: false,
            takes_focus: false,
            why_not: None,
            shortcut: None,
            about: None,
        }
    }

    /// Whether it can be pressed.
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// For rows and heads.
    pub const fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// As wide as there is room.
    pub const fn full_width(mut self) -> Self {
        self.full_width = true;
        self
    }

    /// Return does not press it, even where it has the focus: only a click or the space bar do.
    pub const fn ignoring_return(mut self) -> Self {
        self.ignores_return = true;
        self
    }

    /// Why it can't be pressed, told under the pointer and to a screen reader while that is so.
    pub const fn why_not(mut self, why: Option<&'a str>) -> Self {
        self.why_not = why;
        self
    }

    /// The keys that press it from anywhere, as people read them; they stand on it.
    pub const fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }

    /// Takes the keyboard's focus now, where `now` is true.
    pub const fn taking_focus(mut self, now: bool) -> Self {
        self.takes_focus = now;
        self
    }

    /// How wide it will be, in points.
    pub fn width(&self, ui: &Ui) -> f32 {
        self.galley(ui, f32::INFINITY).size().x + 2.0 * self.measures().0
    }

    /// The words on it, in lines of `room` points at most.
    fn galley(&self, ui: &Ui, room: f32) -> Arc<Galley> {
        let format = |font| TextFormat::simple(font, Color32::PLACEHOLDER);
        let mut job = LayoutJob::default();
        job.append(self.label, 0.0, format(self.font()));
        if let Some(keys) = self.shortcut {
            job.append(keys, 8.0, format(Type::Small.font()));
        }
        job.wrap.max_width = room;
        ui.painter().layout_job(job)
    }

    /// How high it will be, in points, where its label takes one line.
    pub fn height(&self) -> f32 {
        self.measures().1
    }

    /// What it is about, told by a screen reader after its name.
    pub const fn about(mut self, about: &'a str) -> Self {
        self.about = Some(about);
        self
    }

    /// Draws it; `true` where it was pressed.
    pub fn pressed(self, ui: &mut Ui) -> bool {
        let ignores_return = self.ignores_return;
        let response = self.show(ui);
        let by_return =
            ignores_return && response.has_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        response.clicked() && !by_return
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let (padding, height) = self.measures();
        let room = (ui.available_width() - 2.0 * padding).max(40.0);
        // In a row, a button that does not fit wraps to the next line as a whole.
        let is_in_row = ui.layout().is_horizontal();
        let galley = self.galley(ui, if is_in_row { f32::INFINITY } else { room });
        let text_size = galley.size();
        let wanted = vec2(
            if self.full_width {
                ui.available_width()
            } else {
                text_size.x + 2.0 * padding
            },
            (text_size.y + 10.0).max(height),
        );
        let sense = if self.enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        // Named after what it says: what a screen reader asked of a button that has gone meanwhile is
        // not taken for another one that came in its place.
        // Not after what it is about: that may count seconds, and a press is on one button.
        let id = ui.unique_id().with(self.label);
        let (_, place) = ui.allocate_space(wanted);
        let rect = Align2::LEFT_TOP.align_size_within_rect(wanted, place);
        let response = ui.interact(place, id, sense);
        if self.takes_focus {
            response.request_focus();
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, self.label));
        if !self.enabled {
            ui.ctx()
                .accesskit_node_builder(response.id, egui::accesskit::Node::set_disabled);
        }
        if let Some(why) = self.why_not.filter(|_| !self.enabled) {
            ui.ctx()
                .accesskit_node_builder(response.id, |node| node.set_description(why));
            if response.hovered() {
                response.show_tooltip_text(Type::Small.text(why));
            }
        } else if let Some(about) = self.about {
            ui.ctx()
                .accesskit_node_builder(response.id, |node| node.set_description(about));
        }
        if let Some(keys) = self.shortcut {
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_keyboard_shortcut(keys);
            });
        }
        into_sight(ui, &response, rect);
        if ui.is_rect_visible(rect) {
            let (fill, edge, text) = self.colours(ui, &response);
            let radius = CornerRadius::same(size::CONTROL_RADIUS);
            let stroke = Stroke::new(1.0, edge);
            let painter = ui.painter();
            painter.rect(rect, radius, fill, stroke, StrokeKind::Inside);
            let at = Align2::CENTER_CENTER.align_size_within_rect(text_size, rect);
            painter.galley(at.min, galley, text);
            let link = matches!(self.look, Look::Link | Look::DangerLink);
            if link && self.enabled && response.hovered() {
                let below = at.bottom() - 1.0;
                painter.hline(at.x_range(), below, Stroke::new(1.0, text));
            }
            focus_ring(ui, &response, rect);
        }
        response
    }

    fn font(&self) -> FontId {
        if self.small {
            Type::SmallStrong.font()
        } else {
            Type::Button.font()
        }
    }

    /// From the edge to the text, and the least height.
    const fn measures(&self) -> (f32, f32) {
        match (self.look, self.small) {
            (Look::Link | Look::DangerLink, _) => (0.0, size::TARGET),
            (_, true) => (size::SMALL_CONTROL_PADDING, size::SMALL_CONTROL),
            (_, false) => (size::CONTROL_PADDING, size::CONTROL),
        }
    }

    /// Fill, edge, text.
    fn colours(&self, ui: &Ui, response: &Response) -> (Color32, Color32, Color32) {
        let palette = Palette::here(ui);
        let over = self.enabled && (response.hovered() || response.is_pointer_button_down_on());
        let none = Color32::TRANSPARENT;
        let hover = if over { palette.hover } else { palette.card };
        let (fill, edge, text) = match self.look {
            Look::Primary => {
                let fill = if over {
                    palette.primary_hover
                } else {
                    palette.primary
                };
                (fill, fill, palette.on_primary)
            }
            Look::Danger => {
                let fill = if over {
                    palette.danger_hover
                } else {
                    palette.danger
                };
                (fill, fill, palette.on_danger)
            }
            Look::Secondary => (hover, palette.edge, palette.text),
            Look::DangerOutline => (hover, palette.danger, palette.danger),
            Look::Link => (none, none, palette.primary),
            Look::DangerLink => (none, none, palette.danger),
        };
        if self.enabled {
            return (fill, edge, text);
        }
        match self.look {
            Look::Primary | Look::Danger => {
                let fill = faded(fill, palette);
                (fill, fill, text)
            }
            Look::Link | Look::DangerLink => (none, none, faded(text, palette)),
            _ => (fill, palette.border, faded(text, palette)),
        }
    }
}
