use egui::accesskit::{Live, Role};
use egui::{Color32, Label, Response, Ui};

use crate::ui::theme::Type;

/// A line of text.
pub fn label(ui: &mut Ui, kind: Type, colour: Color32, text: impl Into<String>) -> Response {
    ui.add(Label::new(kind.text(text).color(colour)))
}

/// A line of text that is cut where there is no room; all of it is told under the pointer.
pub fn label_cut(ui: &mut Ui, kind: Type, colour: Color32, text: impl Into<String>) -> Response {
    ui.add(Label::new(kind.text(text).color(colour)).truncate())
}

/// Text of several lines.
pub fn wrapped(ui: &mut Ui, kind: Type, colour: Color32, text: impl Into<String>) -> Response {
    ui.add(Label::new(kind.text(text).color(colour)).wrap())
}

/// Makes a screen reader tell this label when it comes up or changes.
pub fn announce(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Label);
        node.set_live(Live::Polite);
    });
}
