use std::rc::Rc;

use egui::Id;
use zeroize::{Zeroize as _, Zeroizing};

use crate::domain::{DeletionReason, DoctorName, DoctorNameError, Secret};
use crate::state::{Modal, SignIn, State};
use crate::ui::completion::Completion;
use crate::ui::modals::Figures;

/// Room for a token, so that typing and pasting leave no half copies of it behind.
pub(super) const TOKEN_ROOM: usize = 16 * 1024;

/// Text that is being typed, and what is being picked: what a view needs and nobody else.
#[derive(Debug)]
pub struct Drafts {
    pub(super) sign_in: SignInDraft,
    pub(super) doctor: DoctorDraft,
    pub(super) deletion: DeletionDraft,
    /// The address in the settings, while it is being changed.
    pub(super) settings_address: Option<String>,
}

/// The sign-in screen's.
pub(super) struct SignInDraft {
    /// The address, while it is being changed.
    pub address: Option<String>,
    pub token: Zeroizing<String>,
    pub stay: bool,
    /// The focus is to go to the token's field.
    pub wants_focus: bool,
    /// "Sign in" was pressed without a token.
    pub token_missing: bool,
}

/// The doctor field's.
#[derive(Debug)]
pub(super) struct DoctorDraft {
    pub typed: String,
    /// What was wrong when a button was pressed; it goes with the next change.
    pub error: Option<DoctorNameError>,
    pub completion: Completion,
    /// The focus is to go to the field.
    pub wants_focus: bool,
}

/// A deletion question's.
#[derive(Debug, Default)]
pub(super) struct DeletionDraft {
    pub reason: ReasonPicked,
    pub other: String,
    pub phrase: String,
    /// What was counted for the question whether everything is to be deleted.
    pub figures: Option<Rc<Figures>>,
    /// Whether a question stood in the frame before: a new one begins empty.
    open: bool,
}

/// The reasons of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ReasonPicked {
    #[default]
    None,
    Transcribed,
    DoctorsRequest,
    RecordedByMistake,
    Other,
}

impl Default for Drafts {
    fn default() -> Self {
        Self {
            sign_in: SignInDraft {
                address: None,
                token: Zeroizing::new(String::with_capacity(TOKEN_ROOM)),
                stay: true,
                wants_focus: true,
                token_missing: false,
            },
            doctor: DoctorDraft::default(),
            deletion: DeletionDraft::default(),
            settings_address: None,
        }
    }
}

impl Drafts {
    /// Lets go of what belongs to something that is no longer shown.
    pub(super) fn follow(&mut self, state: &State) {
        let question = state
            .modals
            .iter()
            .any(|modal| matches!(modal, Modal::DeleteOne { .. } | Modal::DeleteAll { .. }));
        if question != self.deletion.open {
            self.deletion = DeletionDraft {
                open: question,
                ..DeletionDraft::default()
            };
        }
        if matches!(state.sign_in, SignIn::In(_)) {
            if !self.sign_in.token.is_empty() {
                self.sign_in.token.zeroize();
            }
            self.sign_in.wants_focus = true;
        } else {
            self.doctor = DoctorDraft::default();
            self.settings_address = None;
        }
    }
}

impl SignInDraft {
    /// The field's own id: its state in the toolkit is wiped by it.
    pub fn token_id() -> Id {
        Id::unique("access token")
    }

    /// The token as typed. It stays in its field until it was accepted: where only the network
    /// failed, it need not be fetched and pasted once more.
    pub fn token(&self) -> Secret {
        Secret::new(self.token.as_str().to_owned())
    }
}

impl std::fmt::Debug for SignInDraft {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SignInDraft")
            .field("address", &self.address)
            .field("token", &"[hidden]")
            .field("stay", &self.stay)
            .finish_non_exhaustive()
    }
}

impl Default for DoctorDraft {
    /// Empty, with the focus: it is what the person came for.
    fn default() -> Self {
        Self {
            typed: String::new(),
            error: None,
            completion: Completion::default(),
            wants_focus: true,
        }
    }
}

impl DoctorDraft {
    /// The field's own id, by which the focus is sent to it.
    pub fn id() -> Id {
        Id::unique("doctor field")
    }

    /// The name, or nothing and what is wrong with it under the field.
    pub fn name(&mut self) -> Option<DoctorName> {
        let parsed = DoctorName::parse(&self.typed);
        self.error = parsed.as_ref().err().copied();
        if self.error.is_some() {
            self.wants_focus = true;
        }
        parsed.ok()
    }

    /// Makes a known doctor the subject.
    pub fn choose(&mut self, name: &DoctorName) {
        name.as_str().clone_into(&mut self.typed);
        self.error = None;
        self.completion.close();
    }
}

impl DeletionDraft {
    /// The reason, if one was given.
    pub fn reason(&self) -> Option<DeletionReason> {
        match self.reason {
            ReasonPicked::None => None,
            ReasonPicked::Transcribed => Some(DeletionReason::Transcribed),
            ReasonPicked::DoctorsRequest => Some(DeletionReason::DoctorsRequest),
            ReasonPicked::RecordedByMistake => Some(DeletionReason::RecordedByMistake),
            ReasonPicked::Other => {
                let words = self.other.trim();
                (!words.is_empty()).then(|| DeletionReason::Other(words.to_owned()))
            }
        }
    }
}
