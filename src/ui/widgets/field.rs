use egui::{CornerRadius, EventFilter, Frame, Id, Margin, Response, Stroke, TextEdit, Ui};

use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{into_sight, label};

/// A field to type in, with its label above, which is its accessible name.
#[must_use = "a field is seen once it is shown"]
pub struct Field<'a> {
    id: Id,
    label: &'a str,
    hint: Option<&'a str>,
    hidden: bool,
    wrong: bool,
    keeps_escape: bool,
    width: Option<f32>,
}

impl<'a> Field<'a> {
    /// A field. `id` is its own in the whole window, so that the focus can be sent to it.
    pub const fn new(id: Id, label: &'a str) -> Self {
        Self {
            id,
            label,
            hint: None,
            hidden: false,
            wrong: false,
            keeps_escape: false,
            width: None,
        }
    }

    /// What stands in it while it is empty.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Shows dots for what is typed, and lets nobody copy it.
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Marks it as what is wrong; the words say how.
    pub const fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// Escape does not take the focus from it: something that hangs on it needs the key.
    pub const fn keeping_escape(mut self, keeps: bool) -> Self {
        self.keeps_escape = keeps;
        self
    }

    /// Its width, where it is not all the room.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Draws label and field.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        let palette = Palette::here(ui);
        let name = label(ui, Type::Label, palette.muted, self.label);
        self.show_named_by(ui, text, name.id)
    }

    /// Draws the field alone; the label with `name` stands elsewhere.
    pub fn show_named_by(self, ui: &mut Ui, text: &mut String, name: Id) -> Response {
        let palette = Palette::here(ui);
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let (edge, margin) = match (focused, self.wrong) {
            (true, _) => (Stroke::new(size::FOCUS, palette.primary), (11, 8)),
            (false, true) => (Stroke::new(size::FOCUS, palette.danger), (11, 8)),
            (false, false) => (Stroke::new(1.0, palette.edge), (12, 9)),
        };
        let frame = Frame::new()
            .fill(palette.card)
            .stroke(edge)
            .corner_radius(CornerRadius::same(size::CONTROL_RADIUS))
            .inner_margin(Margin::symmetric(margin.0, margin.1));
        let mut edit = TextEdit::singleline(text)
            .id(self.id)
            .font(Type::Field.font())
            .text_color(palette.text)
            .frame(frame)
            .password(self.hidden)
            .event_filter(EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: self.keeps_escape,
                ..EventFilter::default()
            })
            .desired_width(self.width.unwrap_or(f32::INFINITY));
        if let Some(hint) = self.hint {
            edit = edit.hint_text(Type::Field.text(hint).color(palette.muted));
        }
        let shown = ui.add(edit).labelled_by(name);
        into_sight(ui, &shown, shown.rect);
        shown
    }
}
