use egui::accesskit::ActionData;
use egui::{
    CornerRadius, Event, EventFilter, Frame, Id, ImeEvent, Margin, Response, Stroke, TextEdit, Ui,
};

use crate::text::Text;
use crate::ui::theme::{Palette, Type, size};
use crate::ui::widgets::{announce, into_sight, label, wrapped};

/// A field to type in, with its label above, which is its accessible name.
#[must_use = "a field is seen once it is shown"]
pub struct Field<'a> {
    id: Id,
    label: &'a str,
    limit: &'a Limit,
    hint: Option<&'a str>,
    hidden: bool,
    wrong: bool,
    keeps_escape: bool,
    width: Option<f32>,
}

/// How much a field takes: a text of megabytes, pasted by mistake, would hold up the window.
pub struct Limit {
    /// Characters that the field takes.
    most: usize,
    said: String,
}

impl Limit {
    /// A limit in characters. What is a little longer is taken, for whoever reads the field to say
    /// what is wrong with it; what is more than twice as long is not.
    pub fn new(text: &Text, characters: usize) -> Self {
        Self {
            most: 2 * characters,
            ..Self::exactly(text, characters)
        }
    }

    /// A limit in characters where nobody else looks at the length.
    pub fn exactly(text: &Text, characters: usize) -> Self {
        Self {
            most: characters,
            said: text.say_with("field-too-long", &[("most", characters.into())]),
        }
    }
}

impl<'a> Field<'a> {
    /// A field. `id` is its own in the whole window, so that the focus can be sent to it.
    pub const fn new(id: Id, label: &'a str, limit: &'a Limit) -> Self {
        Self {
            id,
            label,
            limit,
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
        let (id, limit) = (self.id, self.limit);
        let shown = self.show_named_by(ui, text, name.id);
        Self::say_refused(ui, id, limit);
        shown
    }

    /// Says that the field `id` did not take a text, where the last one that came was too long.
    pub fn say_refused(ui: &mut Ui, id: Id, limit: &Limit) {
        if ui.data(|data| data.get_temp(refused(id))) == Some(true) {
            let colour = Palette::here(ui).danger;
            announce(&wrapped(ui, Type::Small, colour, &limit.said));
        }
    }

    /// Draws the field alone; the label with `name` stands elsewhere.
    pub fn show_named_by(self, ui: &mut Ui, text: &mut String, name: Id) -> Response {
        self.edit(ui, text).labelled_by(name)
    }

    /// Draws the field alone. Its label is its hint, too: it stands nowhere else.
    pub fn show_with_label_inside(self, ui: &mut Ui, text: &mut String) -> Response {
        let label = self.label;
        let shown = self.hint(label).edit(ui, text);
        ui.ctx()
            .accesskit_node_builder(shown.id, |node| node.set_label(label));
        shown
    }

    fn edit(self, ui: &mut Ui, text: &mut String) -> Response {
        let palette = Palette::here(ui);
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let refuses = self.refuse_too_long(ui, focused, text.chars().count());
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
            .char_limit(self.limit.most)
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
        let shown = ui.add(edit);
        into_sight(ui, &shown, shown.rect);
        if refuses || shown.changed() || shown.gained_focus() {
            ui.data_mut(|data| data.insert_temp(refused(self.id), refuses));
        }
        shown
    }

    /// Takes away the texts that would make the field too long: cut off, they would be other texts.
    /// Returns whether there were any.
    fn refuse_too_long(&self, ui: &Ui, focused: bool, held: usize) -> bool {
        let most = self.limit.most;
        let place = ui.ctx().read_response(self.id).map(|shown| shown.rect);
        let is_here = |at| place.is_some_and(|place| place.contains(at));
        ui.input_mut(|input| {
            let before = input.events.len();
            input.events.retain(|event| {
                let text = match event {
                    Event::Paste(text) | Event::Text(text) if focused => text,
                    Event::Ime(ImeEvent::Commit(text)) if focused => text,
                    Event::MiddleClickPaste { pos, text } if is_here(*pos) => text,
                    Event::AccessKitActionRequest(request)
                        if request.target_node == self.id.accesskit_id() =>
                    {
                        match &request.data {
                            Some(ActionData::Value(text)) => return fits(text, 0, most),
                            _ => return true,
                        }
                    }
                    _ => return true,
                };
                fits(text, held, most)
            });
            input.events.len() < before
        })
    }
}

/// Whether a field of `held` characters can take `text` too.
fn fits(text: &str, held: usize, most: usize) -> bool {
    // A character has four bytes at most: of what is far too long nothing need be counted.
    text.len() <= 4 * most && text.chars().count() + held <= most
}

/// Where it is kept that a field refused what came last.
fn refused(id: Id) -> Id {
    id.with("refused a text")
}
