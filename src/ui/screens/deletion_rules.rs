//! What this computer asks of a delete, in the settings.

use egui::Ui;

use crate::domain::{DeletionRule, DeletionRules, RuleChange};
use crate::state::Action;
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{checkbox, choices, divider, label, wrapped};

/// Shows the rules, each with its box.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let rules = &view.state.rules;
    let has_password = view.state.has_password();
    for rule in DeletionRule::ALL {
        let mut holds = rules.has(rule);
        let can_change = has_password || !holds && !rule.asks_for_a_password();
        let name = match rule {
            DeletionRule::Password => text.say("rule-password"),
            DeletionRule::TwoPeople => text.say("rule-two-people"),
            DeletionRule::NeverAll => text.say("rule-never-all"),
            DeletionRule::Backup => text.say("rule-backup"),
        };
        let before = holds;
        ui.add_enabled_ui(can_change, |ui| checkbox(ui, &mut holds, &name));
        if holds != before {
            view.act(Action::ChangeRule(RuleChange::Rule(rule, holds)));
        }
    }
    if !has_password {
        let said = text.say("rules-need-user-name");
        wrapped(ui, Type::Small, palette.warning, said);
    }
    divider(ui);
    label(ui, Type::Strong, palette.text, text.say("rule-time"));
    let times = DeletionRules::TIMES_TO_STOP.into_iter();
    let times = times.filter(|seconds| has_password || *seconds >= rules.time_to_stop());
    let times: Vec<_> = times
        .map(|seconds| {
            let value = u64::from(seconds).into();
            let name = text.say_with("rule-time-value", &[("seconds", value)]);
            (seconds, name)
        })
        .collect();
    if let Some(seconds) = choices(ui, rules.time_to_stop(), &times) {
        view.act(Action::ChangeRule(RuleChange::TimeToStop(seconds)));
    }
    wrapped(ui, Type::Small, palette.muted, text.say("rules-about"));
}
