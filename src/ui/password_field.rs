//! A field that a password is typed into: nothing of it stays behind in the toolkit.

use egui::{Id, Response, Ui};
use zeroize::{Zeroize as _, Zeroizing};

use crate::domain::Secret;
use crate::state::Attempt;
use crate::text::Text;
use crate::ui::View;
use crate::ui::drafts::PASSWORD_ROOM;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Field, Limit, announce, wrapped};

/// A password that is being typed, wiped when it is taken or dropped.
pub struct PasswordDraft(Zeroizing<String>);

impl Default for PasswordDraft {
    /// With room, so that typing and pasting leave no half copies behind.
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(PASSWORD_ROOM)))
    }
}

impl std::fmt::Debug for PasswordDraft {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[hidden]")
    }
}

impl PasswordDraft {
    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was typed, which is here no longer; nothing where nothing was.
    pub fn take(&mut self) -> Option<Secret> {
        let taken = (!self.0.is_empty()).then(|| Secret::new(self.0.as_str().to_owned()));
        self.0.zeroize();
        taken
    }
}

/// Shows the field under its name.
pub fn show(ui: &mut Ui, text: &Text, id: Id, name: &str, draft: &mut PasswordDraft) -> Response {
    let limit = Limit::exactly(text, PASSWORD_ROOM / 4);
    let shown = Field::new(id, name, &limit).hidden().show(ui, &mut draft.0);
    forget_typed(ui, id);
    shown
}

/// A field would keep copies of what was typed, to undo it.
pub fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

/// Whether another try may come now.
pub fn may_try(view: &View<'_>, attempt: Option<&Attempt>) -> bool {
    let is_trying = attempt.is_some_and(|attempt| attempt.trying);
    !is_trying && view.state.password_tries.wait(view.state.now).is_none()
}

/// What became of the last try, and how long the next one has to wait.
pub fn outcome(ui: &mut Ui, view: &View<'_>, attempt: Option<&Attempt>) {
    let palette = Palette::here(ui);
    if attempt.is_some_and(|attempt| attempt.trying) {
        let said = view.text.say("password-checking");
        announce(&wrapped(ui, Type::Small, palette.muted, said));
    }
    if let Some(failure) = attempt.and_then(|attempt| attempt.failure.as_ref()) {
        let said = view.text.failure(&failure.kind);
        announce(&wrapped(ui, Type::Small, palette.danger, said));
    }
    wait(ui, view);
}

/// How long the next try has to wait.
pub fn wait(ui: &mut Ui, view: &View<'_>) {
    let Some(left) = view.state.password_tries.wait(view.state.now) else {
        return;
    };
    let seconds = left.as_secs().unsigned_abs().max(1).into();
    let said = view.text.say_with("sign-in-wait", &[("seconds", seconds)]);
    let colour = Palette::here(ui).warning;
    // It changes each second: nobody wants to hear that.
    wrapped(ui, Type::Small, colour, said);
    let soon = std::time::Duration::from_millis(500);
    ui.ctx().request_repaint_after(soon);
}
