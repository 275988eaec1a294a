//! Questions, and things to read, over the window.

mod accounts;
mod act;
mod approval;
mod delete_all;
mod delete_one;
mod details;
mod discard;
mod figures;
mod leaving;
mod loosen_rules;
mod reason;
mod replace_backup;
mod sign_in_again;
mod wrong_doctor;

pub use figures::Figures;

use egui::{Id, Ui};

use crate::state::{Action, Modal};
use crate::ui::View;
use crate::ui::drafts::Drafts;

/// Shows the open modals, each over the one before.
pub fn show(ui: &mut Ui, view: &mut View<'_>, drafts: &mut Drafts) {
    give_focus_back(ui, !view.state.modals.is_empty());
    for (depth, modal) in view.state.modals.iter().enumerate() {
        let id = Id::unique("modal").with(depth);
        let escaped = match modal {
            Modal::DeleteOne { doctor, survey } => {
                let survey = survey.as_deref();
                delete_one::show(ui, view, &mut drafts.deletion, id, doctor, survey)
            }
            Modal::DeleteAll {
                looked_since,
                asked_at,
                shown_at,
            } => {
                let draft = &mut drafts.deletion;
                let kept = &mut draft.figures;
                let figures = Figures::of(kept, view.state, *looked_since, *asked_at);
                delete_all::show(ui, view, draft, id, (&figures, shown_at.is_some()))
            }
            Modal::Details { doctor, failure } => {
                let lines = view.text.details(failure);
                details::show(ui, view, id, doctor.as_ref(), &lines)
            }
            Modal::Proof { doctor, file } => {
                let (audio, length) = (&file.audio, file.milliseconds);
                let lines = view
                    .text
                    .proof(file.completeness, audio, length, &file.remarks);
                details::show(ui, view, id, Some(doctor), &lines)
            }
            Modal::Discard(one) => discard::show(ui, view, id, one),
            Modal::ReplaceBackup {
                path, whose, made, ..
            } => replace_backup::show(ui, view, id, path, (whose, *made)),
            Modal::Act(one) => act::show(ui, view, id, one),
            Modal::WrongDoctor {
                doctor,
                operation,
                at,
                backup,
            } => {
                let deletion = wrong_doctor::Deletion {
                    doctor,
                    operation,
                    at: *at,
                    backup: backup.as_deref(),
                };
                wrong_doctor::show(ui, view, id, &deletion)
            }
            Modal::SignInAgain(asked) => {
                let draft = &mut drafts.sign_in;
                let account = view.state.account();
                account.is_some_and(|account| {
                    sign_in_again::show(ui, view, draft, id, (account, asked))
                })
            }
            Modal::LoosenRules { attempt, .. } => {
                let draft = &mut drafts.rules_password;
                loosen_rules::show(ui, view, draft, id, attempt)
            }
            Modal::CloseWhileBusy => leaving::show(ui, view, id, leaving::Way::Close),
            Modal::SignOutWhileBusy => leaving::show(ui, view, id, leaving::Way::SignOut),
            Modal::SwitchWhileBusy(_) => leaving::show(ui, view, id, leaving::Way::Switch),
            Modal::Accounts => view
                .state
                .account()
                .is_some_and(|account| accounts::show(ui, view, id, account)),
        };
        if escaped {
            view.act(Action::CloseModal);
        }
    }
}

/// Shows the question whether to leave what runs, and nothing else that is asked: the window is locked.
pub fn show_leaving(ui: &mut Ui, view: &mut View<'_>) {
    let id = Id::unique("modal");
    let escaped = match view.state.modals.last() {
        Some(Modal::CloseWhileBusy) => leaving::show(ui, view, id, leaving::Way::Close),
        Some(Modal::SignOutWhileBusy) => leaving::show(ui, view, id, leaving::Way::SignOut),
        _ => false,
    };
    if escaped {
        view.act(Action::CloseModal);
    }
}

/// Remembers what had the focus when the first modal opened, and sends it back there when the
/// last one is closed.
fn give_focus_back(ui: &Ui, open: bool) {
    let key = Id::unique("the focus before the modals");
    let before: Option<Option<Id>> = ui.data(|data| data.get_temp(key));
    match (open, before) {
        (true, None) => {
            let focused = ui.memory(egui::Memory::focused);
            ui.data_mut(|data| data.insert_temp(key, focused));
        }
        (false, Some(before)) => {
            ui.data_mut(|data| data.remove::<Option<Id>>(key));
            if let Some(id) = before {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
        _ => {}
    }
}
