//! What the rules on this computer ask for in the question for a delete.

use egui::{Id, Ui};

use crate::domain::{Approval, DeletionRule};
use crate::ui::View;
use crate::ui::drafts::DeletionDraft;
use crate::ui::password_field;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Field, Limit, wrapped};

/// The longest user name, in characters.
const LONGEST_NAME: usize = 256;

/// Shows the fields that are to be filled in, and what was not enough.
pub fn show(ui: &mut Ui, view: &View<'_>, draft: &mut DeletionDraft, is_everything: bool) {
    let (text, rules) = (view.text, &view.state.rules);
    let asks_password = rules.has(DeletionRule::Password);
    let asks_second = is_everything && rules.has(DeletionRule::TwoPeople);
    if !asks_password && !asks_second {
        return;
    }
    let palette = Palette::here(ui);
    if !view.state.has_password() {
        let said = text.say("failure-rule-needs-user-name");
        wrapped(ui, Type::Small, palette.danger, said);
        return;
    }
    if asks_password {
        let name = text.say("delete-password");
        let id = Id::unique("password for a delete");
        password_field::show(ui, text, id, &name, &mut draft.password);
    }
    if asks_second {
        wrapped(ui, Type::Strong, palette.text, text.say("delete-second"));
        let name = text.say("delete-second-name");
        let limit = Limit::exactly(text, LONGEST_NAME);
        let id = Id::unique("the second person's name");
        Field::new(id, &name, &limit).show(ui, &mut draft.second_name);
        let name = text.say("delete-second-password");
        let id = Id::unique("the second person's password");
        password_field::show(ui, text, id, &name, &mut draft.second_password);
    }
    password_field::outcome(ui, view, view.state.approval_here());
}

/// Whether all that is asked for is filled in, and may be tried.
pub fn is_complete(view: &View<'_>, draft: &DeletionDraft, is_everything: bool) -> bool {
    let rules = &view.state.rules;
    let asks_password = rules.has(DeletionRule::Password);
    let asks_second = is_everything && rules.has(DeletionRule::TwoPeople);
    if !asks_password && !asks_second {
        return true;
    }
    let has_second = !draft.second_name.trim().is_empty() && !draft.second_password.is_empty();
    view.state.has_password()
        && !view.state.is_approving()
        && password_field::may_try(view, None)
        && (!asks_password || !draft.password.is_empty())
        && (!asks_second || has_second)
}

/// Takes what was typed; the passwords are in no field any more.
pub fn take(draft: &mut DeletionDraft) -> Approval {
    let name = draft.second_name.trim().to_owned();
    let second = draft.second_password.take();
    Approval {
        password: draft.password.take(),
        second: second.map(|password| (name, password)),
    }
}
