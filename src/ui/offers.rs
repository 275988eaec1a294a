//! What a line on the shelf, a message or a question offers to do about what it tells of: what its
//! button is called, when it can be pressed, and what it does.

use std::path::PathBuf;

use egui::Ui;

use crate::domain::{DoctorName, Failure, OperationId};
use crate::state::{Action, JobId, JobKind, SavedFile, State};
use crate::text::Text;
use crate::ui::View;
use crate::ui::commands::Command;
use crate::ui::widgets::{Button, press, width_of, with_buttons};

/// Something that is offered.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// A download of this doctor's recording, to a place that is asked for.
    Download(DoctorName),
    /// The download that failed once more, to the same place.
    TryAgain(DoctorName),
    /// The comparison of this doctor's backup by its contents.
    Compare(DoctorName),
    /// The question whether this doctor's recordings are to be deleted.
    Delete(DoctorName),
    /// The question whether everything is to be deleted.
    DeleteAll,
    /// A later look at what a delete did.
    LookAgain {
        /// The result that tells of it.
        result: u64,
        /// It is under way.
        looking: bool,
    },
    /// What there is to do where a delete was the wrong one; the result that tells of it.
    WrongDoctor(u64),
    /// To keep what was set aside by this doctor's download.
    Keep(DoctorName, OperationId),
    /// The question whether that is to be discarded.
    Discard(DoctorName, OperationId),
    /// A download of which a part is kept to be gone on with.
    GoOn(DoctorName, OperationId),
    /// All such downloads.
    GoOnWithAll,
    /// To remove what is kept of such a download.
    DiscardPart(DoctorName, OperationId),
    /// A job's next try without the wait for it.
    TryNow(JobId),
    /// The end of a download for now.
    Pause(JobId),
    /// The end of a job.
    Cancel(JobId),
    /// The file manager at a file.
    ShowInFolder(PathBuf),
    /// How it is known that a file is whole.
    Proof(DoctorName, Box<SavedFile>),
    /// What stands behind a failure.
    Details(Option<DoctorName>, Failure),
    /// A result to be taken away.
    Dismiss(u64),
    /// A message to be taken away.
    DismissToast(u64),
}

impl Offer {
    /// What its button is called.
    pub fn name(&self, text: &Text) -> String {
        match self {
            Self::Download(_) => Command::Download.label(text),
            Self::TryAgain(_) => text.say("button-try-again"),
            Self::Compare(_) => text.say("compare-button"),
            Self::Delete(_) => Command::Delete.label(text),
            Self::DeleteAll => Command::DeleteAll.label(text),
            Self::LookAgain { looking: true, .. } => text.say("outcome-looking"),
            Self::LookAgain { looking: false, .. } => text.say("outcome-look-again"),
            Self::WrongDoctor(_) => text.say("outcome-wrong-doctor"),
            Self::Keep(..) => text.say("button-keep-as-it-is"),
            Self::Discard(..) => text.say("set-aside-discard"),
            Self::GoOn(..) => text.say("kept-go-on"),
            Self::GoOnWithAll => text.say("kept-go-on-with-all"),
            Self::DiscardPart(..) => text.say("kept-discard"),
            Self::TryNow(_) => text.say("button-try-now"),
            Self::Pause(_) => text.say("button-pause"),
            Self::Cancel(_) => text.say("button-cancel"),
            Self::ShowInFolder(_) => text.say("result-show-in-folder"),
            Self::Proof(..) | Self::Details(..) => text.say("button-details"),
            Self::Dismiss(_) | Self::DismissToast(_) => text.say("button-dismiss"),
        }
    }

    /// Whether its button can be pressed now.
    pub fn is_enabled(&self, state: &State) -> bool {
        let can = |command: Command, doctor: &DoctorName| command.is_enabled(state, Some(doctor));
        match self {
            Self::Download(doctor) | Self::Keep(doctor, _) | Self::Discard(doctor, _) => {
                can(Command::Download, doctor)
            }
            Self::TryAgain(doctor) | Self::GoOn(doctor, _) | Self::DiscardPart(doctor, _) => {
                !state.excludes(&JobKind::Download(doctor.clone()))
            }
            Self::GoOnWithAll => state.kept_parts.iter().any(|kept| {
                let download = JobKind::Download(kept.doctor.clone());
                !state.excludes(&download)
            }),
            Self::Compare(doctor) => !state.excludes(&JobKind::Compare(doctor.clone())),
            Self::Delete(doctor) => can(Command::Delete, doctor),
            Self::DeleteAll => Command::DeleteAll.is_enabled(state, None),
            Self::LookAgain { looking, .. } => !looking,
            Self::Pause(id) => {
                let job = state.jobs.get(id);
                job.is_some_and(|job| job.can_be_paused() && !job.cancelling)
            }
            Self::Cancel(id) => state.jobs.get(id).is_some_and(|job| !job.cancelling),
            Self::WrongDoctor(_)
            | Self::TryNow(_)
            | Self::ShowInFolder(_)
            | Self::Proof(..)
            | Self::Details(..)
            | Self::Dismiss(_)
            | Self::DismissToast(_) => true,
        }
    }

    /// Why its button can't be pressed: something runs that has to end first, or there is no going on
    /// later.
    pub fn why_not(&self, text: &Text, state: &State) -> Option<String> {
        if let Self::Pause(id) = self {
            let job = state.jobs.get(id)?;
            return (!job.can_be_paused()).then(|| text.say("pause-why-not"));
        }
        let (command, doctor) = match self {
            Self::Download(doctor)
            | Self::TryAgain(doctor)
            | Self::Compare(doctor)
            | Self::Keep(doctor, _)
            | Self::Discard(doctor, _)
            | Self::GoOn(doctor, _)
            | Self::DiscardPart(doctor, _) => (Command::Download, Some(doctor)),
            Self::Delete(doctor) => (Command::Delete, Some(doctor)),
            Self::DeleteAll => (Command::DeleteAll, None),
            _ => return None,
        };
        command.why_not(text, state, doctor)
    }

    /// Whether all of it is done on this computer, and nothing asked of the service.
    pub const fn is_local(&self) -> bool {
        matches!(
            self,
            Self::ShowInFolder(_)
                | Self::Proof(..)
                | Self::Details(..)
                | Self::Dismiss(_)
                | Self::DismissToast(_)
        )
    }

    /// What a press on its button does.
    pub fn action(self) -> Action {
        match self {
            Self::Download(doctor) => Action::Download(doctor),
            Self::TryAgain(doctor) => Action::TryAgain(doctor),
            Self::Compare(doctor) => Action::Compare(doctor),
            Self::Delete(doctor) => Action::AskDelete(doctor),
            Self::DeleteAll => Action::AskDeleteAll,
            Self::LookAgain { result, .. } => Action::LookAgain(result),
            Self::WrongDoctor(result) => Action::WrongDoctor(result),
            Self::Keep(_, operation) => Action::KeepSetAside(operation),
            Self::Discard(_, operation) => Action::AskDiscard(operation),
            Self::GoOn(_, operation) => Action::GoOn(Some(operation)),
            Self::GoOnWithAll => Action::GoOn(None),
            Self::DiscardPart(_, operation) => Action::DiscardPart(operation),
            Self::TryNow(id) => Action::TryNow(id),
            Self::Pause(id) => Action::Pause(id),
            Self::Cancel(id) => Action::Cancel(id),
            Self::ShowInFolder(path) => Action::ShowInFolder(path),
            Self::Proof(doctor, file) => Action::ShowProof { doctor, file },
            Self::Details(doctor, failure) => Action::ShowDetails { doctor, failure },
            Self::Dismiss(result) => Action::Dismiss(result),
            Self::DismissToast(toast) => Action::DismissToast(toast),
        }
    }
}

/// What there is to say, and the buttons of `offers` beside it. `about` tells a screen reader which of
/// the same names is which.
pub fn with_offers(
    ui: &mut Ui,
    view: &mut View<'_>,
    about: Option<&str>,
    offers: Vec<Offer>,
    contents: impl FnOnce(&mut Ui),
) {
    in_buttons(view, about, offers, |buttons| {
        with_buttons(ui, buttons, contents)
    });
}

/// The buttons of `offers` alone.
pub fn show_offers(ui: &mut Ui, view: &mut View<'_>, about: Option<&str>, offers: Vec<Offer>) {
    in_buttons(view, about, offers, |buttons| press(ui, buttons));
}

/// How wide the buttons of `offers` are beside each other, and how high.
pub fn size_of_offers(ui: &Ui, text: &Text, offers: &[Offer]) -> (f32, f32) {
    let names: Vec<_> = offers.iter().map(|offer| offer.name(text)).collect();
    let button = |name| (Button::secondary(name).small(), ());
    let buttons: Vec<_> = names.iter().map(|name| button(name)).collect();
    let heights = buttons.iter().map(|(button, ())| button.height());
    (width_of(ui, &buttons), heights.fold(0.0, f32::max))
}

/// Makes the buttons of `offers`, and does what the one that `show` tells does.
fn in_buttons(
    view: &mut View<'_>,
    about: Option<&str>,
    offers: Vec<Offer>,
    show: impl FnOnce(Vec<(Button<'_>, Offer)>) -> Option<Offer>,
) {
    let (text, state) = (view.text, view.state);
    let said = |offer: &Offer| (offer.name(text), offer.why_not(text, state));
    let said: Vec<_> = offers.iter().map(said).collect();
    let buttons = said.iter().zip(offers).map(|((name, why_not), offer)| {
        let mut button = Button::secondary(name)
            .small()
            .enabled(offer.is_enabled(state))
            .why_not(why_not.as_deref());
        if let Some(about) = about {
            button = button.about(about);
        }
        (button, offer)
    });
    if let Some(offer) = show(buttons.collect()) {
        view.act(offer.action());
    }
}

/// The one offer as a link, where it stands among words.
pub fn link(ui: &mut Ui, view: &mut View<'_>, offer: Offer) {
    let name = offer.name(view.text);
    let why_not = offer.why_not(view.text, view.state);
    let button = Button::link(&name)
        .small()
        .enabled(offer.is_enabled(view.state))
        .why_not(why_not.as_deref());
    if button.pressed(ui) {
        view.act(offer.action());
    }
}
