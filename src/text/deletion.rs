use jiff::Timestamp;

use crate::domain::{
    Account, BackupComparison, DeletionOutcome, DeletionReason, DeletionScope, DoctorName,
    DoctorTally, ServerCopy, Unfit,
};

use super::Text;

/// How many names a list of doctors gives before it counts the rest.
const NAMES_SHOWN: usize = 3;

impl Text {
    /// `Deleting as Front Desk on api.nuxera.ai`
    #[must_use]
    pub fn deleting_as(&self, account: &Account) -> String {
        let service = account.origin.label();
        match &account.person {
            Some(person) => self.say_with(
                "delete-as",
                &[("person", person.into()), ("service", service.into())],
            ),
            None => self.say_with("delete-as-unnamed", &[("service", service.into())]),
        }
    }

    /// A copy with the age of what is known of it: `WAV, 96.1 MB, checked just now`.
    #[must_use]
    pub fn copy_checked(&self, copy: &ServerCopy, checked_at: Timestamp, now: Timestamp) -> String {
        let copy = self.copy(copy).into();
        let when = self.ago(checked_at, now).into();
        self.say_with("delete-fact-copy-when", &[("copy", copy), ("when", when)])
    }

    /// Why what is on the server can be no backup, in a sentence.
    #[must_use]
    pub fn why_unfit(&self, unfit: Unfit) -> String {
        match unfit {
            Unfit::Damaged(damage) => self.say_with(
                "delete-contents-damaged",
                &[("damage", self.damage(damage).into())],
            ),
            Unfit::Empty => self.say("delete-contents-empty"),
            Unfit::Other(kind) => {
                self.say_with("delete-contents-other", &[("kind", kind.label().into())])
            }
        }
    }

    /// How the backup stands to the copy on the server: `Today 14:02, same as on the server`.
    #[must_use]
    pub fn backup_comparison(
        &self,
        backup: &BackupComparison,
        copy: &ServerCopy,
        now: Timestamp,
    ) -> String {
        let when = backup
            .backup()
            .map(|backup| self.when(backup.verified_at, now))
            .unwrap_or_default();
        match backup {
            BackupComparison::None => self.say("delete-backup-none"),
            BackupComparison::Same(_) => {
                self.say_with("delete-backup-same", &[("when", when.into())])
            }
            BackupComparison::CannotCompare(backup)
                if copy.has_another_weak_etag(&backup.made_from) =>
            {
                self.say_with("delete-backup-may-be-changed", &[("when", when.into())])
            }
            BackupComparison::CannotCompare(_) => {
                self.say_with("delete-backup-cannot-compare", &[("when", when.into())])
            }
            BackupComparison::Changed(_) => {
                self.say_with("delete-backup-changed", &[("when", when.into())])
            }
            BackupComparison::Missing(_) => self.say("delete-backup-missing"),
            BackupComparison::Altered(_) => self.say("delete-backup-altered"),
        }
    }

    /// Why something is deleted.
    #[must_use]
    pub fn reason(&self, reason: &DeletionReason) -> String {
        match reason {
            DeletionReason::Transcribed => self.say("reason-transcribed"),
            DeletionReason::DoctorsRequest => self.say("reason-doctors-request"),
            DeletionReason::RecordedByMistake => self.say("reason-recorded-by-mistake"),
            DeletionReason::Other(words) => words.clone(),
        }
    }

    /// What was seen after a deletion.
    #[must_use]
    pub fn deletion_outcome(&self, outcome: DeletionOutcome, scope: &DeletionScope) -> String {
        match (outcome, scope) {
            (DeletionOutcome::Gone, DeletionScope::Doctor(_)) => self.say("outcome-gone"),
            (DeletionOutcome::Gone, DeletionScope::Everything) => self.say("outcome-gone-all"),
            (DeletionOutcome::StillThere, DeletionScope::Doctor(doctor)) => {
                self.say_with("outcome-still-there", &[("doctor", doctor.as_str().into())])
            }
            (DeletionOutcome::StillThere, DeletionScope::Everything) => {
                self.say("outcome-still-there-all")
            }
            (DeletionOutcome::NotKnown, DeletionScope::Doctor(_)) => self.say("outcome-not-known"),
            (DeletionOutcome::NotKnown, DeletionScope::Everything) => {
                self.say("outcome-not-known-all")
            }
            (DeletionOutcome::Stopped, _) => self.say("outcome-stopped"),
            (DeletionOutcome::NotSent, _) => self.say("outcome-not-sent"),
        }
    }

    /// `5: 3 with recordings, 1 without, 1 not checked`
    #[must_use]
    pub fn tally(&self, tally: &DoctorTally) -> String {
        if tally.total() == 0 {
            return self.say("delete-all-tally-none");
        }
        self.say_with(
            "delete-all-tally",
            &[
                ("total", tally.total().into()),
                ("with", tally.with_recordings.into()),
                ("without", tally.without.into()),
                ("unchecked", tally.not_checked.len().into()),
            ],
        )
    }

    /// `1, and 1 that can't be compared`
    #[must_use]
    pub fn tally_backed_up(&self, tally: &DoctorTally) -> String {
        match (tally.backed_up, tally.cannot_compare) {
            (0, 0) => self.say("delete-all-tally-none"),
            (count, 0) => self.say_with("delete-all-tally-backed-up", &[("count", count.into())]),
            (count, uncompared) => self.say_with(
                "delete-all-tally-backed-up-and-uncompared",
                &[("count", count.into()), ("uncompared", uncompared.into())],
            ),
        }
    }

    /// What stands between the parts of a list.
    #[must_use]
    pub fn list_separator(&self) -> String {
        self.say("list-separator")
    }

    /// A count with the first names: `1: Dr. Jürgen Müller`.
    #[must_use]
    pub fn counted_names(&self, doctors: &[DoctorName]) -> String {
        if doctors.is_empty() {
            return self.say("delete-all-tally-none");
        }
        let shown: Vec<&str> = doctors
            .iter()
            .take(NAMES_SHOWN)
            .map(DoctorName::as_str)
            .collect();
        let count = doctors.len();
        let names = shown.join(&self.list_separator());
        if count <= NAMES_SHOWN {
            self.say_with(
                "delete-all-tally-names",
                &[("count", count.into()), ("names", names.into())],
            )
        } else {
            self.say_with(
                "delete-all-tally-names-more",
                &[
                    ("count", count.into()),
                    ("names", names.into()),
                    ("more", (count - NAMES_SHOWN).into()),
                ],
            )
        }
    }

    /// What should be looked at before everything is deleted, if anything should.
    #[must_use]
    pub fn check_first(&self, tally: &DoctorTally) -> Option<String> {
        let mut said = Vec::new();
        let unchecked = tally.not_checked.len();
        if unchecked > 0 {
            said.push(self.say_with(
                "delete-all-first-unchecked",
                &[("unchecked", unchecked.into())],
            ));
        }
        let missing = tally.not_backed_up.len();
        if missing > 0 {
            said.push(self.say_with(
                "delete-all-first-without-backup",
                &[("missing", missing.into())],
            ));
        }
        if tally.uncompared > 0 {
            said.push(self.say_with(
                "delete-all-first-uncompared",
                &[("uncompared", tally.uncompared.into())],
            ));
        }
        (!said.is_empty()).then(|| said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<DoctorName> {
        (1..=count)
            .map(|number| DoctorName::parse(&format!("Dr. {number}")).unwrap())
            .collect()
    }

    #[test]
    fn the_tally_counts_what_is_not_checked_by_itself() {
        let tally = DoctorTally {
            with_recordings: 3,
            without: 1,
            not_checked: names(1),
            backed_up: 1,
            cannot_compare: 1,
            uncompared: 1,
            not_backed_up: names(1),
        };
        let text = Text::new("en");
        assert_eq!(
            text.tally(&tally),
            "5: 3 with recordings, 1 without, 1 not checked"
        );
        assert_eq!(
            text.tally_backed_up(&tally),
            "1, and 1 that can't be compared"
        );
        assert_eq!(
            text.check_first(&tally).as_deref(),
            Some(
                "1 doctor was not checked. 1 doctor has no backup. 1 doctor's backup can't be \
                 compared."
            )
        );
        assert_eq!(text.check_first(&DoctorTally::default()), None);
    }

    #[test]
    fn a_long_list_of_names_is_cut_and_counted() {
        let text = Text::new("en");
        assert_eq!(text.counted_names(&names(1)), "1: Dr. 1");
        assert_eq!(
            text.counted_names(&names(1203)),
            "1,203: Dr. 1, Dr. 2, Dr. 3 and 1,200 more"
        );
    }

    #[test]
    fn deleted_is_said_only_of_what_is_gone() {
        let text = Text::new("en");
        let doctor = DeletionScope::Doctor(DoctorName::parse("Dr. A").unwrap());
        for scope in [doctor, DeletionScope::Everything] {
            for outcome in [
                DeletionOutcome::StillThere,
                DeletionOutcome::NotKnown,
                DeletionOutcome::Stopped,
                DeletionOutcome::NotSent,
            ] {
                let said = text.deletion_outcome(outcome, &scope);
                assert!(!said.starts_with("Deleted"), "{said}");
            }
            assert!(
                text.deletion_outcome(DeletionOutcome::Gone, &scope)
                    .starts_with("Deleted")
            );
        }
    }

    #[test]
    fn another_weak_etag_is_said_where_nothing_else_compares() {
        use std::path::PathBuf;

        use crate::domain::{AudioFormat, Backup, BackupProof, Sha256Digest};
        let copy = |etag: &str| ServerCopy {
            etag: Some(etag.into()),
            ..ServerCopy::default()
        };
        let backup = Backup {
            path: PathBuf::new(),
            size: 44,
            sha256: Sha256Digest::of(b""),
            format: AudioFormat::Wav,
            milliseconds: None,
            audio: None,
            verified_at: Timestamp::UNIX_EPOCH,
            seen: None,
            flushed: true,
            proof: BackupProof::Length,
            made_from: copy("W/\"a\""),
        };
        let text = Text::new("en");
        let said = |etag| {
            let backup = BackupComparison::CannotCompare(backup.clone());
            text.backup_comparison(&backup, &copy(etag), Timestamp::UNIX_EPOCH)
        };
        assert!(said("W/\"a\"").ends_with("can't be compared with the server's"));
        assert!(said("W/\"b\"").ends_with("which may have changed"));
    }
}
