use jiff::Timestamp;

use crate::domain::{
    Account, DoctorName, DoctorState, KnownDoctor, ServerCopy, ServerKnowledge, TokenKeeping,
    Unfit, UnusualCharacter,
};

use super::Text;

impl Text {
    /// A name where it stands among others: with what it holds that can't be seen, where two would look
    /// alike.
    #[must_use]
    pub fn doctor_name(&self, name: &DoctorName) -> String {
        match self.unusual_characters(name) {
            Some(what) => {
                let name = name.as_str().into();
                self.say_with(
                    "name-with-unusual",
                    &[("name", name), ("what", what.into())],
                )
            }
            None => name.as_str().to_owned(),
        }
    }

    /// What a name holds that can't be seen: `a no-break space, a soft hyphen`.
    #[must_use]
    pub fn unusual_characters(&self, name: &DoctorName) -> Option<String> {
        let unusual = name.unusual_characters();
        let said: Vec<String> = unusual
            .into_iter()
            .map(|character| self.unusual_character(character))
            .collect();
        (!said.is_empty()).then(|| said.join(&self.list_separator()))
    }

    fn unusual_character(&self, character: UnusualCharacter) -> String {
        match character {
            UnusualCharacter::NoBreakSpace => self.say("unusual-no-break-space"),
            UnusualCharacter::OtherSpace => self.say("unusual-space"),
            UnusualCharacter::ZeroWidth => self.say("unusual-zero-width"),
            UnusualCharacter::SoftHyphen => self.say("unusual-soft-hyphen"),
            UnusualCharacter::ByteOrderMark => self.say("unusual-byte-order-mark"),
            UnusualCharacter::DirectionMark => self.say("unusual-direction-mark"),
            UnusualCharacter::OtherHyphen => self.say("unusual-hyphen"),
            UnusualCharacter::Invisible => self.say("unusual-invisible"),
        }
    }

    /// What the service said of a copy: `FLAC, 18.4 MB`.
    #[must_use]
    pub fn copy(&self, copy: &ServerCopy) -> String {
        let size = copy.length.map(|length| self.size(length));
        let kind = match (copy.unfit, copy.format) {
            (Some(Unfit::Other(kind)), _) => Some(kind.label().to_owned()),
            (Some(Unfit::Empty), None) => Some(self.say("copy-empty")),
            (_, format) => format.map(|format| format.label().to_owned()),
        };
        match (kind, size) {
            (Some(kind), Some(size)) => self.say_with(
                "copy-format-and-size",
                &[("format", kind.into()), ("size", size.into())],
            ),
            (Some(kind), None) => kind,
            (None, Some(size)) => self.say_with("copy-unknown-and-size", &[("size", size.into())]),
            (None, None) => self.say("copy-unknown"),
        }
    }

    /// Why what is there can be no backup, in a word or two.
    #[must_use]
    pub fn unfit(&self, unfit: Unfit) -> String {
        match unfit {
            Unfit::Damaged(_) => self.say("unfit-damaged"),
            Unfit::Empty => self.say("unfit-empty"),
            Unfit::Other(_) => self.say("unfit-other"),
        }
    }

    /// What the last look at the server found that got an answer.
    #[must_use]
    pub fn server(&self, doctor: &KnownDoctor) -> String {
        match &doctor.server {
            ServerKnowledge::NeverChecked if doctor.no_answer_at.is_some() => {
                self.say("server-no-answer")
            }
            ServerKnowledge::NeverChecked => self.say("server-not-checked"),
            ServerKnowledge::Has { copy, .. } => self.copy(copy),
            ServerKnowledge::Nothing { .. } => self.say("server-nothing"),
        }
    }

    /// When that was, and when a later look got no answer: `2 h ago, no answer just now`.
    #[must_use]
    pub fn checked(&self, doctor: &KnownDoctor, now: Timestamp) -> Option<String> {
        let answered = doctor.server.checked_at().map(|at| self.ago(at, now));
        let Some(silent) = doctor.no_answer_at.map(|at| self.ago(at, now)) else {
            return answered;
        };
        Some(match answered {
            Some(answered) => self.say_with(
                "checked-then-no-answer",
                &[("answered", answered.into()), ("silent", silent.into())],
            ),
            None => self.say_with("checked-no-answer", &[("silent", silent.into())]),
        })
    }

    /// The one word on a doctor's row: how the doctor stands, or how long nobody has looked.
    #[must_use]
    pub fn doctor_state(&self, doctor: &KnownDoctor, now: Timestamp) -> String {
        let state = doctor.state();
        if Self::is_stale(doctor, now) {
            let checked = doctor.server.checked_at();
            return match checked.and_then(|checked| self.days_ago(checked, now)) {
                Some(ago) => self.say_with("state-checked-ago", &[("ago", ago.into())]),
                None => self.say("state-not-checked"),
            };
        }
        match state {
            DoctorState::NotChecked => self.say("state-not-checked"),
            DoctorState::CouldNotCheck => self.say("state-could-not-check"),
            DoctorState::NothingThere => self.say("state-nothing-there"),
            DoctorState::Unfit(unfit) => self.unfit(unfit),
            DoctorState::NotBackedUp => self.say("state-not-backed-up"),
            DoctorState::BackedUp => self.say("state-backed-up"),
            DoctorState::BackedUpCannotCompare => self.say("state-cannot-compare"),
            DoctorState::ChangedSinceBackup => self.say("state-changed"),
            DoctorState::BackupMissing => self.say("state-backup-missing"),
            DoctorState::BackupAltered => self.say("state-backup-altered"),
            DoctorState::DeletedNothingThere => self.say("state-deleted"),
            DoctorState::DeleteNotConfirmed => self.say("state-delete-not-confirmed"),
        }
    }

    /// Whether the last look is so old that [`Text::doctor_state`] tells only its age. A delete
    /// that was not confirmed is told however old it is.
    #[must_use]
    pub fn is_stale(doctor: &KnownDoctor, now: Timestamp) -> bool {
        doctor.state() != DoctorState::DeleteNotConfirmed
            && doctor.asked_at().is_some_and(|asked| {
                let age = now.duration_since(asked);
                age.is_negative() || age >= KnownDoctor::FRESH_FOR
            })
    }

    /// When the newest backup was checked, or that there is none.
    #[must_use]
    pub fn last_backup(&self, doctor: &KnownDoctor, now: Timestamp) -> String {
        match &doctor.backup {
            Some(backup) => self.when(backup.verified_at, now),
            None => self.say("doctors-backup-none"),
        }
    }

    /// Where the token of this sign-in is kept.
    #[must_use]
    pub fn token_keeping(&self, account: &Account) -> String {
        match account.keeping {
            TokenKeeping::Keychain => self.say("token-kept-in-keychain"),
            TokenKeeping::Memory => self.say("token-kept-in-memory"),
            TokenKeeping::MemoryInstead => self.say("token-not-kept"),
            TokenKeeping::Practice => self.say("token-kept-practice"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use crate::domain::{AudioFormat, DeletionOutcome, DoctorName, LastDeletion};

    use super::*;

    fn doctor(server: ServerKnowledge) -> KnownDoctor {
        let mut doctor = KnownDoctor::new(DoctorName::parse("Dr. A").unwrap());
        doctor.server = server;
        doctor
    }

    #[test]
    fn a_copy_is_said_by_what_is_known_of_it() {
        let text = Text::new("en");
        let mut copy = ServerCopy {
            format: Some(AudioFormat::Flac),
            length: Some(18_400_000),
            ..ServerCopy::default()
        };
        assert_eq!(text.copy(&copy), "FLAC, 18.4 MB");
        copy.length = None;
        assert_eq!(text.copy(&copy), "FLAC");
        copy.format = None;
        assert_eq!(text.copy(&copy), "A recording");
        copy.unfit = Some(Unfit::Empty);
        copy.length = Some(0);
        assert_eq!(text.copy(&copy), "Empty, 0 B");
        copy.unfit = Some(Unfit::Other(crate::domain::OtherRecording::Ds2));
        copy.length = Some(7_900_000);
        assert_eq!(text.copy(&copy), "DS2, 7.9 MB");
    }

    #[test]
    fn old_knowledge_is_never_shown_as_fresh() {
        let text = Text::new("en");
        let checked_at = Timestamp::UNIX_EPOCH;
        let known = doctor(ServerKnowledge::Nothing { checked_at });
        let hours = |hours| checked_at + SignedDuration::from_hours(hours);
        assert_eq!(
            text.doctor_state(&known, hours(23)),
            "Nothing under exactly this name"
        );
        assert_eq!(text.doctor_state(&known, hours(73)), "Checked 3 days ago");
    }

    #[test]
    fn a_delete_that_was_not_confirmed_is_told_however_old_it_is() {
        let checked_at = Timestamp::UNIX_EPOCH;
        let mut known = doctor(ServerKnowledge::Nothing { checked_at });
        known.last_deletion = Some(LastDeletion {
            at: checked_at,
            outcome: DeletionOutcome::NotKnown,
        });
        let later = checked_at + SignedDuration::from_hours(200);
        assert_eq!(
            Text::new("en").doctor_state(&known, later),
            "Delete not confirmed"
        );
    }

    #[test]
    fn a_look_without_an_answer_leaves_what_was_known_with_its_age() {
        let text = Text::new("en");
        let at = Timestamp::UNIX_EPOCH;
        let minutes = |minutes| at + SignedDuration::from_mins(minutes);
        let mut known = doctor(ServerKnowledge::NeverChecked);
        assert_eq!(text.checked(&known, at), None);
        known.no_answer_at = Some(at);
        assert_eq!(text.server(&known), "Could not be checked");
        let said = text.checked(&known, minutes(5)).unwrap();
        assert_eq!(said, "No answer 5 min ago");
        known.server = ServerKnowledge::Nothing { checked_at: at };
        known.no_answer_at = Some(minutes(10));
        assert_eq!(text.server(&known), "Nothing under exactly this name");
        let said = text.checked(&known, minutes(15)).unwrap();
        assert_eq!(said, "15 min ago, no answer 5 min ago");
        assert_eq!(
            text.doctor_state(&known, minutes(15)),
            "Could not be checked"
        );
    }
}
