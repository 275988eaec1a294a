use egui::{Id, Ui};

use crate::state::{Action, JobKind};
use crate::ui::View;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, ask, modal_buttons, wrapped};

/// How the person is about to leave what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Closing the window.
    Close,
    /// Signing out.
    SignOut,
    /// Going on as another account.
    Switch,
}

/// Leave, although something runs? Returns whether Escape was pressed.
pub fn show(ui: &mut Ui, view: &mut View<'_>, id: Id, way: Way) -> bool {
    let palette = Palette::here(ui);
    let text = view.text;
    let (title, leave) = match way {
        Way::Close => (text.say("close-title"), text.say("close-anyway")),
        Way::SignOut => (text.say("sign-out-title"), text.say("sign-out-anyway")),
        Way::Switch => (text.say("switch-title"), text.say("switch-anyway")),
    };
    let stay = text.say("leaving-stay");
    let jobs = running(view, way);
    let body = |ui: &mut Ui| {
        let count = jobs.len().into();
        let said = text.say_with("leaving-running", &[("count", count)]);
        wrapped(ui, Type::Body, palette.text, said);
        let named = jobs.iter().filter(|_| view.state.locked().is_none());
        for job in named {
            wrapped(ui, Type::Strong, palette.text, job);
        }
        let said = text.say("leaving-what-happens");
        wrapped(ui, Type::Body, palette.muted, said);
    };
    let (escaped, pressed) = ask(ui, id, Id::unique("leaving"), &title, body, |ui, fresh| {
        let leave = Button::danger_outline(&leave).ignoring_return();
        let stay = Button::primary(&stay).taking_focus(fresh);
        modal_buttons(ui, vec![(leave, true)], vec![(stay, false)])
    });
    match (pressed, way) {
        (Some(true), Way::Close) => view.act(Action::ConfirmClose),
        (Some(true), Way::SignOut) => view.act(Action::ConfirmSignOut),
        (Some(true), Way::Switch) => view.act(Action::ConfirmSwitch),
        (Some(false), _) => view.act(Action::CloseModal),
        (None, _) => {}
    }
    escaped
}

/// What is left behind. A sign-out leaves what was sent in an earlier sign-in as it is.
fn running(view: &View<'_>, way: Way) -> Vec<String> {
    let state = view.state;
    let jobs = state.jobs.values().map(|job| named(view, &job.kind));
    let sent = state.sent_deletes.values().map(|sent| {
        let what = named(view, &sent.kind);
        match state.account() {
            Some(account) if account.origin == sent.service => what,
            _ => {
                let (what, service) = (what.into(), sent.service.label().into());
                view.text
                    .say_with("elsewhere", &[("what", what), ("service", service)])
            }
        }
    });
    match way {
        Way::Close => jobs.chain(sent).collect(),
        Way::SignOut | Way::Switch => jobs.collect(),
    }
}

fn named(view: &View<'_>, kind: &JobKind) -> String {
    let text = view.text;
    match kind {
        JobKind::Download(doctor) => {
            text.say_with("leaving-download", &[("doctor", doctor.as_str().into())])
        }
        JobKind::Compare(doctor) => {
            text.say_with("leaving-compare", &[("doctor", doctor.as_str().into())])
        }
        JobKind::Delete(doctor) => {
            text.say_with("leaving-delete", &[("doctor", doctor.as_str().into())])
        }
        JobKind::DeleteAll => text.say("leaving-delete-all"),
        JobKind::CheckAll | JobKind::SurveyAll => text.say("leaving-check-all"),
        JobKind::CheckAndBackUp => text.say("leaving-check-and-back-up"),
    }
}
