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

/// A line of text in which only `part` is cut where there is no room, so that what follows it stays
/// in sight; all of it is told under the pointer and to a screen reader.
pub fn label_with_part_cut(
    ui: &mut Ui,
    kind: Type,
    colour: Color32,
    text: &str,
    part: &str,
) -> Response {
    let room = ui.available_width();
    let cut_to = |characters: usize| {
        let end = part.char_indices().nth(characters).map(|(at, _)| at);
        let kept = end.and_then(|end| part.get(..end)).unwrap_or(part);
        text.replacen(part, &format!("{}…", kept.trim_end()), 1)
    };
    let fits = |text: String| {
        let galley = ui.painter().layout_no_wrap(text, kind.font(), colour);
        galley.size().x <= room
    };
    if part.is_empty() || fits(text.to_owned()) {
        return label_cut(ui, kind, colour, text);
    }
    let lengths: Vec<usize> = (1..part.chars().count()).collect();
    let kept = lengths.partition_point(|length| fits(cut_to(*length)));
    let shown = label_cut(ui, kind, colour, cut_to(kept.max(1)));
    ui.ctx()
        .accesskit_node_builder(shown.id, |node| node.set_value(text));
    shown.on_hover_text(Type::Small.text(text))
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
