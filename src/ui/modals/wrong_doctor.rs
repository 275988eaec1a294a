use std::path::Path;

use egui::{Id, Ui};
use jiff::Timestamp;

use crate::domain::{DoctorName, OperationId};
use crate::state::Action;
use crate::ui::View;
use crate::ui::offers::Offer;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, banner, modal_buttons, wrapped};

/// The deletion that may have been a mistake.
pub struct Deletion<'a> {
    pub doctor: &'a DoctorName,
    pub operation: &'a OperationId,
    pub at: Timestamp,
    pub backup: Option<&'a Path>,
}

/// Where the copy is, and what to send to support. Returns whether Escape was pressed.
pub fn show(ui: &mut Ui, view: &mut View<'_>, id: Id, deletion: &Deletion<'_>) -> bool {
    enum Pressed {
        Show(Offer),
        Copy,
        Close,
    }
    let palette = Palette::here(ui);
    let text = view.text;
    let name = || deletion.doctor.as_str().into();
    let title = text.say_with("wrong-doctor-title", &[("doctor", name())]);
    let show = deletion.backup.map(|path| {
        let show = Offer::ShowInFolder(path.to_owned());
        (show.name(text), show)
    });
    let copy = text.say("wrong-doctor-copy-report");
    let close = text.say("button-close");
    let report = report(view, deletion);
    let body = |ui: &mut Ui| {
        if let Some(path) = deletion.backup {
            wrapped(ui, Type::Body, palette.text, text.say("wrong-doctor-copy"));
            let path = path.display().to_string();
            wrapped(ui, Type::SmallStrong, palette.text, path);
        } else {
            let said = text.say("wrong-doctor-no-copy");
            wrapped(ui, Type::Body, palette.text, said);
        }
        ui.add_space(4.0);
        wrapped(
            ui,
            Type::Label,
            palette.muted,
            text.say("wrong-doctor-send"),
        );
        banner(ui, palette.hover, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            for line in &report {
                wrapped(ui, Type::Small, palette.text, line);
            }
        });
    };
    let (escaped, pressed) = ask(
        ui,
        id,
        Id::unique("wrong doctor"),
        &title,
        body,
        |ui, fresh| {
            let mut left = Vec::new();
            if let Some((name, show)) = &show {
                left.push((Button::secondary(name), Pressed::Show(show.clone())));
            }
            left.push((Button::secondary(&copy), Pressed::Copy));
            let close = Button::primary(&close).taking_focus(fresh);
            modal_buttons(ui, left, vec![(close, Pressed::Close)])
        },
    );
    match pressed {
        Some(Pressed::Show(show)) => view.act(show.action()),
        Some(Pressed::Copy) => {
            ui.ctx().copy_text(report.join("\n"));
            view.act(Action::Copied);
        }
        Some(Pressed::Close) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}

fn report(view: &View<'_>, deletion: &Deletion<'_>) -> Vec<String> {
    let text = view.text;
    let name = deletion.doctor.as_str().into();
    let when = text.when_for_support(deletion.at).into();
    let operation = deletion.operation.as_str().into();
    let mut lines = vec![
        text.say_with("wrong-doctor-report-doctor", &[("doctor", name)]),
        text.say_with("wrong-doctor-report-when", &[("when", when)]),
    ];
    if let Some(account) = view.state.account() {
        let service = account.origin.ascii().into();
        lines.push(text.say_with("wrong-doctor-report-service", &[("service", service)]));
    }
    lines.push(text.say_with("wrong-doctor-report-operation", &[("operation", operation)]));
    lines
}
