use egui::{Id, Ui};

use crate::domain::{Act, AuditEntry, DamagedEntry};
use crate::state::Action;
use crate::ui::View;
use crate::ui::screens::outcome_colour;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{
    Button, Fact, ask, banner, divider, facts_down, label, modal_buttons, wrapped,
};

/// An act with all that was recorded of it. Returns whether Escape was pressed.
pub fn show(ui: &mut Ui, view: &mut View<'_>, id: Id, act: &Act) -> bool {
    let text = view.text;
    let title = text.act_title(act);
    let copy = text.say("act-copy");
    let close = text.say("button-close");
    let body = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if let Some(begun) = act.begun() {
            facts(ui, text.act_facts(begun));
        }
        for step in &act.steps {
            ui.add_space(4.0);
            divider(ui);
            match step {
                Ok(entry) => self::step(ui, view, act, entry),
                Err(damaged) => damaged_step(ui, view, *damaged),
            }
        }
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("act"), &title, body, |ui, fresh| {
        let close = Button::primary(&close).taking_focus(fresh);
        let copy = Button::secondary(&copy);
        modal_buttons(ui, vec![(copy, true)], vec![(close, false)])
    });
    match pressed {
        Some(true) => {
            let lines = act.steps.iter().map(|step| match step {
                Ok(entry) => entry.canonical(),
                Err(damaged) => text.damaged_entry(*damaged),
            });
            let lines: Vec<String> = lines.collect();
            ui.ctx().copy_text(lines.join("\n"));
            view.act(Action::Copied);
        }
        Some(false) => view.act(Action::CloseModal),
        None => {}
    }
    escaped
}

fn step(ui: &mut Ui, view: &View<'_>, act: &Act, entry: &AuditEntry) {
    let palette = Palette::here(ui);
    let text = view.text;
    let heading = text.entry_and_time(entry);
    wrapped(ui, Type::SmallStrong, palette.text, heading);
    let outcome = Fact {
        name: text.say("activity-column-outcome"),
        value: text.audit_outcome(&entry.draft),
        colour: outcome_colour(palette, entry.draft.outcome),
    };
    facts_down(ui, &[outcome]);
    facts(ui, text.entry_facts(entry, act.begun()));
    let whole = text.say("act-whole-entry");
    label(ui, Type::Label, palette.muted, whole);
    banner(ui, palette.hover, |ui| {
        wrapped(ui, Type::Small, palette.text, entry.canonical());
    });
}

fn damaged_step(ui: &mut Ui, view: &View<'_>, damaged: DamagedEntry) {
    let palette = Palette::here(ui);
    let said = view.text.damaged_entry(damaged);
    wrapped(ui, Type::SmallStrong, palette.danger, said);
    let said = view.text.say("act-damaged");
    wrapped(ui, Type::Small, palette.text, said);
}

fn facts(ui: &mut Ui, facts: Vec<(String, String)>) {
    let colour = Palette::here(ui).text;
    let facts = facts.into_iter().map(|(name, value)| Fact {
        name,
        value,
        colour,
    });
    facts_down(ui, &facts.collect::<Vec<_>>());
}
