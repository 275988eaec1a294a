//! What a button and keys ask for alike: its name, its keys, and when it can be asked for.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::domain::DoctorName;
use crate::state::{Action, JobKind, Screen, SignIn, State};
use crate::text::Text;
use crate::ui::drafts::DoctorDraft;

/// Something that can be asked for. What concerns one doctor is about the one in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Goes to a screen.
    Show(Screen),
    /// Goes to the doctor field.
    FindDoctor,
    /// Looks what the service has for the doctor.
    Check,
    /// The same for all doctors known here.
    CheckAll,
    /// Downloads the doctor's recording.
    Download,
    /// Asks whether the doctor's recordings are to be deleted.
    Delete,
    /// Asks whether everything is to be deleted.
    DeleteAll,
    /// Stops the delete that runs.
    Stop,
    /// Locks the window.
    Lock,
}

impl Command {
    /// All of them; of those whose keys are pressed at once, the first comes first.
    pub const ALL: [Self; 11] = [
        Self::Stop,
        Self::Lock,
        Self::Show(Screen::Recordings),
        Self::Show(Screen::Activity),
        Self::Show(Screen::Settings),
        Self::FindDoctor,
        Self::Download,
        Self::Check,
        Self::CheckAll,
        Self::Delete,
        Self::DeleteAll,
    ];

    /// What its button, or its field, is called now.
    pub fn name(self, text: &Text, state: &State, subject: Option<&DoctorName>) -> String {
        match self {
            Self::Check if is_checked(state, subject) => text.say("recordings-checking"),
            Self::Download if state.preparing.is_some() => text.say("recordings-preparing"),
            _ => self.label(text),
        }
    }

    /// What it is called while nothing of it is under way.
    pub fn label(self, text: &Text) -> String {
        match self {
            Self::Show(Screen::Recordings) => text.say("nav-recordings"),
            Self::Show(Screen::Activity) => text.say("nav-activity"),
            Self::Show(Screen::Settings) => text.say("nav-settings"),
            Self::FindDoctor => text.say("recordings-doctor"),
            Self::Check => text.say("recordings-check"),
            Self::CheckAll => text.say("doctors-check-all"),
            Self::Download => text.say("recordings-download"),
            Self::Delete => text.say("recordings-delete"),
            Self::DeleteAll => text.say("recordings-delete-all"),
            Self::Stop => text.say("delete-stop"),
            Self::Lock => text.say("lock-button"),
        }
    }

    /// Why it can't be asked for, while something runs that has to end first, or somebody has to look at
    /// the record.
    pub fn why_not(
        self,
        text: &Text,
        state: &State,
        subject: Option<&DoctorName>,
    ) -> Option<String> {
        let excludes = |kind: fn(DoctorName) -> JobKind| excludes(state, subject, kind);
        match self {
            Self::Delete | Self::DeleteAll if state.record.is_to_be_seen() => {
                Some(text.say("recordings-record-tampered"))
            }
            Self::Download | Self::Delete if excludes(JobKind::Download) => {
                Some(text.say("recordings-busy"))
            }
            Self::Delete if excludes(JobKind::Delete) => {
                Some(text.say("recordings-another-delete"))
            }
            Self::DeleteAll if state.rules.forbid_all() => {
                Some(text.say("recordings-rules-forbid"))
            }
            Self::DeleteAll if state.excludes(&JobKind::DeleteAll) => {
                Some(text.say("recordings-all-busy"))
            }
            _ => None,
        }
    }

    /// The keys that ask for it.
    pub const fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::Show(Screen::Recordings) => (Modifiers::COMMAND, Key::Num1),
            Self::Show(Screen::Activity) => (Modifiers::COMMAND, Key::Num2),
            Self::Show(Screen::Settings) => (Modifiers::COMMAND, Key::Num3),
            Self::FindDoctor => (Modifiers::COMMAND, Key::K),
            Self::Check => (Modifiers::NONE, Key::F5),
            Self::Download => (Modifiers::COMMAND, Key::D),
            Self::Stop => (Modifiers::COMMAND, Key::Period),
            Self::Lock => (Modifiers::COMMAND, Key::L),
            // What deletes, and what asks the service for everybody, is not a slip of a key away.
            Self::CheckAll | Self::Delete | Self::DeleteAll => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Whether its button stands where it can be reached: an open question lies over all but Stop.
    pub fn is_in_reach(self, state: &State) -> bool {
        let is_shown = matches!(state.sign_in, SignIn::In(_)) && state.locked().is_none();
        let is_free = is_shown && state.modals.is_empty();
        match self {
            Self::Stop => state.running_delete().is_some(),
            Self::Lock => is_shown,
            Self::Show(_) | Self::FindDoctor => is_free,
            Self::Check | Self::CheckAll | Self::Download | Self::Delete | Self::DeleteAll => {
                is_free && state.screen == Screen::Recordings
            }
        }
    }

    /// Whether its button can be pressed. Where no doctor is named it can, and says so.
    pub fn is_enabled(self, state: &State, subject: Option<&DoctorName>) -> bool {
        let excludes = |kind: fn(DoctorName) -> JobKind| excludes(state, subject, kind);
        match self {
            Self::Show(_) | Self::FindDoctor => true,
            Self::Lock => state.can_lock(),
            Self::Check => !is_checked(state, subject),
            Self::CheckAll => !state.doctors.is_empty() && !state.excludes(&JobKind::CheckAll),
            Self::Download => !excludes(JobKind::Download) && state.preparing.is_none(),
            Self::Delete => !excludes(JobKind::Delete) && !state.record.is_to_be_seen(),
            Self::DeleteAll => {
                !state.excludes(&JobKind::DeleteAll)
                    && !state.record.is_to_be_seen()
                    && !state.rules.forbid_all()
            }
            Self::Stop => state
                .running_delete()
                .is_some_and(|(_, job)| job.can_be_stopped() && !job.cancelling),
        }
    }

    /// What a press on its button does; nothing where it can't be pressed, or where the doctor's name
    /// can't be one, which the field then says.
    pub fn press(self, state: &State, draft: &mut DoctorDraft) -> Option<Action> {
        let subject = DoctorName::parse(&draft.typed).ok();
        if !self.is_enabled(state, subject.as_ref()) {
            return None;
        }
        match self {
            Self::Show(screen) => Some(Action::Show(screen)),
            Self::FindDoctor => {
                draft.wants_focus = true;
                Some(Action::Show(Screen::Recordings))
            }
            Self::Check => {
                let doctor = draft.name()?;
                draft.completion.close();
                Some(Action::Check(doctor))
            }
            Self::CheckAll => Some(Action::CheckAll),
            Self::Download => draft.name().map(Action::Download),
            Self::Delete => draft.name().map(Action::AskDelete),
            Self::DeleteAll => Some(Action::AskDeleteAll),
            Self::Lock => Some(Action::Lock),
            Self::Stop => state.running_delete().map(|(id, _)| Action::Cancel(id)),
        }
    }
}

fn excludes(state: &State, subject: Option<&DoctorName>, kind: fn(DoctorName) -> JobKind) -> bool {
    subject.is_some_and(|doctor| state.excludes(&kind(doctor.clone())))
}

fn is_checked(state: &State, subject: Option<&DoctorName>) -> bool {
    subject.is_some_and(|doctor| state.checking.contains(doctor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_have_the_same_keys() {
        let keys = Command::ALL.into_iter().filter_map(Command::shortcut);
        let keys: Vec<_> = keys.collect();
        for (index, one) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(one), "{one:?}");
        }
        assert_eq!(keys.len(), 8);
    }
}
