use egui::accesskit::{Live, Role};
use egui::text::{LayoutJob, TextFormat};
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

/// Small text of several lines, in which one part is set apart, where it is there.
pub fn wrapped_with_strong(ui: &mut Ui, colour: Color32, text: &str, strong: &str) -> Response {
    let (before, after) = text.split_once(strong).unwrap_or((text, ""));
    let set_apart = if after.is_empty() && before == text {
        ""
    } else {
        strong
    };
    let mut job = LayoutJob::default();
    for (part, kind) in [
        (before, Type::Small),
        (set_apart, Type::SmallStrong),
        (after, Type::Small),
    ] {
        job.append(part, 0.0, TextFormat::simple(kind.font(), colour));
    }
    ui.add(Label::new(job).wrap())
}

/// Makes a screen reader tell this label when it comes up or changes.
pub fn announce(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Label);
        node.set_live(Live::Polite);
    });
}
