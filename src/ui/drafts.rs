use std::rc::Rc;

use egui::Id;
use zeroize::{Zeroize as _, Zeroizing};

use crate::domain::{
    DeletionReason, DoctorName, DoctorNameError, Secret, SignInWith, TokenKeeping,
};
use crate::state::{Modal, SignIn, SignedOutBecause, State};
use crate::ui::completion::Completion;
use crate::ui::modals::Figures;
use crate::ui::password_field::PasswordDraft;

/// Room for a token, so that typing and pasting leave no half copies of it behind.
pub(super) const TOKEN_ROOM: usize = 16 * 1024;

/// The same for a password.
pub(super) const PASSWORD_ROOM: usize = 1024;

/// Text that is being typed, and what is being picked: what a view needs and nobody else.
#[derive(Debug)]
pub struct Drafts {
    pub(super) sign_in: SignInDraft,
    pub(super) doctor: DoctorDraft,
    pub(super) deletion: DeletionDraft,
    /// For the question whether less is to be asked of a delete.
    pub(super) rules_password: PasswordDraft,
    /// The password that unlocks the window.
    pub(super) unlocking: PasswordDraft,
    pub(super) unlocking_focus: Focus,
    /// The address in the settings, while it is being changed.
    pub(super) settings_address: Option<String>,
    /// Who types.
    person: u64,
}

/// The sign-in screen's.
pub(super) struct SignInDraft {
    /// The address, while it is being changed.
    pub address: Option<String>,
    /// Whether a token is to be used, and not a name and a password; `None` while the person has not
    /// chosen here.
    pub with_token: Option<bool>,
    pub token: Zeroizing<String>,
    pub user_name: String,
    pub password: Zeroizing<String>,
    pub stay: bool,
    /// Somebody else signs in than the one whose sign-in has ended.
    pub is_someone_else: bool,
    /// Which form it is typed into.
    form: u64,
    /// Whether the focus is to go to the first field that is empty.
    pub focus: Focus,
    pub typed: Typed,
}

/// How far the typing of a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Typed {
    #[default]
    InProgress,
    /// "Sign in" was pressed while a field was empty.
    Incomplete,
    /// It was sent.
    Sent,
    /// Somebody is signed in, or was until the form came.
    Accepted,
}

/// How far the focus is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    Wanted,
    /// It was sent in this frame: when that is drawn a second time it has to be sent again.
    Sent(u64),
    Given,
}

impl Focus {
    /// Whether it is to be sent now, in this frame.
    pub fn is_due(&mut self, frame: u64) -> bool {
        *self = match *self {
            Self::Wanted => Self::Sent(frame),
            Self::Sent(sent) if sent != frame => Self::Given,
            as_it_is => as_it_is,
        };
        matches!(self, Self::Sent(_))
    }
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
    pub password: PasswordDraft,
    /// The user name of who has to agree.
    pub second_name: String,
    pub second_password: PasswordDraft,
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
                with_token: None,
                token: Zeroizing::new(String::with_capacity(TOKEN_ROOM)),
                user_name: String::new(),
                password: Zeroizing::new(String::with_capacity(PASSWORD_ROOM)),
                stay: true,
                is_someone_else: false,
                form: 0,
                focus: Focus::Wanted,
                typed: Typed::Accepted,
            },
            doctor: DoctorDraft::default(),
            deletion: DeletionDraft::default(),
            rules_password: PasswordDraft::default(),
            unlocking: PasswordDraft::default(),
            unlocking_focus: Focus::Wanted,
            settings_address: None,
            person: 0,
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
        let is_asked = |modal: &Modal| matches!(modal, Modal::LoosenRules { .. });
        if !state.modals.iter().any(is_asked) {
            // It is wiped.
            self.rules_password.take();
        }
        if state.locked().is_none() {
            // It is wiped.
            self.unlocking.take();
            self.unlocking_focus = Focus::Wanted;
        }
        let is_out = !matches!(state.sign_in, SignIn::In(_));
        if is_out || self.person != state.person() {
            self.person = state.person();
            self.doctor = DoctorDraft::default();
            self.settings_address = None;
        }
        self.sign_in.follow(state);
    }
}

impl SignInDraft {
    fn follow(&mut self, state: &State) {
        // One form may follow another without a frame in between.
        if state.attempt().is_none() || self.form != state.form() {
            self.form = state.form();
            self.forget_secrets();
            self.typed = Typed::Accepted;
        }
        let Some(attempt) = state.attempt() else {
            return;
        };
        match self.typed {
            // A password is wiped behind its call, or where that was given up. A token need not be fetched
            // anew where only the network failed.
            Typed::Sent if !attempt.trying => {
                self.password.zeroize();
                self.typed = Typed::InProgress;
                self.focus = Focus::Wanted;
            }
            // Who signs in after a sign-out may be somebody else.
            Typed::Accepted => {
                match &state.sign_in {
                    SignIn::Out { .. } if state.expected().is_some() => {
                        let expected = state.expected().unwrap_or_default();
                        expected.clone_into(&mut self.user_name);
                        self.address = None;
                    }
                    SignIn::Out { because, .. } if *because != SignedOutBecause::Ended => {
                        self.user_name.clear();
                    }
                    SignIn::In(account) => {
                        self.user_name = account.user_name.clone().unwrap_or_default();
                        self.stay = account.keeping != TokenKeeping::Memory;
                        self.address = None;
                    }
                    _ => {}
                }
                self.is_someone_else = false;
                self.with_token = None;
                self.typed = Typed::InProgress;
            }
            _ => {}
        }
    }

    /// Asks for a token, or for a name and a password.
    pub fn choose(&mut self, with_token: bool) {
        self.with_token = Some(with_token);
        self.forget_secrets();
    }

    /// Asks for a name and a password, whose they may be.
    pub fn someone_else(&mut self) {
        self.is_someone_else = true;
        self.user_name.clear();
        self.forget_secrets();
    }

    /// A field's own id: its state in the toolkit is wiped by it.
    pub fn token_id() -> Id {
        Id::unique("access token")
    }

    /// The same of the password's field.
    pub fn password_id() -> Id {
        Id::unique("password")
    }

    pub fn user_name_id() -> Id {
        Id::unique("user name")
    }

    /// What is typed, where it is complete. It stays in its fields until it was accepted: where only the
    /// network failed, it need not be fetched and pasted once more.
    pub fn complete(&self, with_token: bool) -> Option<SignInWith> {
        if with_token {
            let is_there = !self.token.trim().is_empty();
            let token = || Secret::new(self.token.as_str().to_owned());
            return is_there.then(|| SignInWith::Token(token()));
        }
        let is_there = !self.user_name.trim().is_empty() && !self.password.is_empty();
        is_there.then(|| SignInWith::Password {
            user_name: self.user_name.clone(),
            password: Secret::new(self.password.as_str().to_owned()),
        })
    }

    /// The field that the focus goes to: the first that is empty.
    pub fn first_empty(&self, with_token: bool) -> Id {
        match with_token {
            true => Self::token_id(),
            false if self.user_name.trim().is_empty() => Self::user_name_id(),
            false => Self::password_id(),
        }
    }

    pub fn forget_secrets(&mut self) {
        for secret in [&mut self.token, &mut self.password] {
            if !secret.is_empty() {
                secret.zeroize();
            }
        }
        self.typed = Typed::InProgress;
        self.focus = Focus::Wanted;
    }
}

impl std::fmt::Debug for SignInDraft {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SignInDraft")
            .field("address", &self.address)
            .field("token", &"[hidden]")
            .field("password", &"[hidden]")
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
