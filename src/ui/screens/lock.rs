use egui::{Id, Key, Ui};

use crate::domain::{Account, FailureKind};
use crate::state::{Action, Attempt};
use crate::ui::View;
use crate::ui::drafts::Focus;
use crate::ui::password_field::{self, PasswordDraft};
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, card, label_cut, wrapped};

/// Width of the card.
const WIDTH: f32 = 410.0;

/// Covers what is shown, and asks for the password.
pub fn show(
    ui: &mut Ui,
    view: &mut View<'_>,
    draft: (&mut PasswordDraft, &mut Focus),
    (account, locked): (&Account, &Attempt),
) {
    let room = ui.available_size();
    let width = WIDTH.min(room.x - 24.0);
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.add_space((room.y / 5.0).max(12.0));
            ui.horizontal(|ui| {
                ui.add_space((room.x - width) / 2.0);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    card(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 10.0;
                        form(ui, view, draft, (account, locked));
                    });
                });
            });
            ui.add_space(12.0);
        });
}

fn form(
    ui: &mut Ui,
    view: &mut View<'_>,
    (draft, focus): (&mut PasswordDraft, &mut Focus),
    (account, locked): (&Account, &Attempt),
) {
    let palette = Palette::here(ui);
    let text = view.text;
    wrapped(ui, Type::Title, palette.text, text.say("lock-title"));
    let user_name = account.user_name.as_deref().unwrap_or_default();
    label_cut(ui, Type::Strong, palette.text, user_name);
    label_cut(ui, Type::Small, palette.muted, account.origin.label());
    let running = view.state.jobs.len();
    if running > 0 {
        let said = text.say_with("lock-running", &[("count", running.into())]);
        wrapped(ui, Type::Body, palette.muted, said);
    }
    let name = text.say("sign-in-password");
    let field = Id::unique("password that unlocks");
    let shown = password_field::show(ui, text, field, &name, draft);
    let by_return = shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let frame = ui.ctx().cumulative_frame_nr();
    let is_free = ui.memory(|memory| memory.focused().is_none());
    if view.state.modals.last().is_none_or(|modal| !modal.leaves())
        && (focus.is_due(frame) || is_free)
    {
        // The first key is not to go to what had the focus before.
        shown.request_focus();
        ui.ctx().request_repaint();
    }
    password_field::outcome(ui, view, Some(locked));
    let is_wrong =
        |failure: &crate::domain::Failure| failure.kind == FailureKind::PasswordNotAccepted;
    if locked
        .failure
        .as_ref()
        .is_some_and(|failure| !is_wrong(failure))
    {
        wrapped(ui, Type::Small, palette.muted, text.say("lock-away"));
    }
    let may_try = password_field::may_try(view, Some(locked));
    let (unlock, sign_out) = (text.say("lock-unlock"), text.say("settings-sign-out"));
    let button = Button::primary(&unlock).full_width().enabled(may_try);
    if (button.pressed(ui) || by_return)
        && may_try
        && let Some(password) = draft.take()
    {
        view.act(Action::Unlock(password));
    }
    if Button::link(&sign_out).small().pressed(ui) {
        view.act(Action::SignOut);
    }
}
