use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::{DoctorName, Sha256Digest};

/// The version of the canonical form, written into each entry as `v`.
pub const CANONICAL_VERSION: u64 = 1;

/// What the first entry names as the digest of the entry before it: 32 zero bytes.
pub const GENESIS: Sha256Digest = Sha256Digest::from_bytes([0; 32]);

/// Ties the entries of one operation together: the intent, the outcome, what was looked into later.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// A token was accepted.
    SignIn,
    /// The token was forgotten.
    SignOut,
    /// The server was asked what it has.
    Check,
    /// A recording was fetched.
    Download,
    /// A recording was fetched to compare it with its backup, and not kept.
    Compare,
    /// A doctor's recordings were deleted, or were to be.
    Delete,
    /// All recordings were deleted, or were to be.
    DeleteAll,
    /// The record itself was checked.
    CheckRecord,
    /// What is asked of a delete on this computer was changed.
    ChangeRules,
    /// The settings file was changed by something else than the app.
    ChangeSettings,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditOutcome {
    /// About to be done; another entry of the same operation tells what came of it.
    Intended,
    /// The service answered; what that did to the recordings is the next entry's to say.
    Answered,
    /// The record is not what the app wrote, or the settings file; the note says where.
    Tampered,
    /// A person has seen where the record is not what the app wrote.
    Seen,
    /// What keeps accidents away from the record had been taken away or changed, and was put back.
    PutBack,
    /// Done, where nothing more can be said: a sign-in, a sign-out.
    Done,
    /// A check found a recording.
    Found,
    /// A check found nothing under the name.
    NothingThere,
    /// A file was saved and proven whole.
    SavedAndChecked,
    /// A file was saved; nothing proves that it is whole.
    SavedNotProven,
    /// A file was saved that can be no backup: damaged, empty, or neither WAV nor FLAC.
    KeptAsItIs,
    /// What had been set aside, which can be no backup, was removed.
    Discarded,
    /// A comparison found the backup's contents.
    Same,
    /// A comparison found other contents.
    Differs,
    /// After a delete, the service answered 404.
    Gone,
    /// After a delete, the service still shows a recording.
    StillThere,
    /// What a delete did is not known.
    NotKnown,
    /// Stopped or cancelled by the person before it took effect.
    Stopped,
    /// Paused by the person, to be gone on with.
    Paused,
    /// The person signed out, or somebody signed in elsewhere, before it took effect.
    SignedOut,
    /// The sign-in ended, and the next one is not known to be of the person who had confirmed it:
    /// nothing was sent.
    AnotherPerson,
    /// The computer slept, or its clock was changed, before it took effect: nothing was sent.
    Slept,
    /// It failed, without effect on the server.
    Failed,
    /// The app ended in the middle.
    CutOff,
}

/// Who and where: the same for every entry of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditWho {
    /// The user of the operating system.
    pub os_user: String,
    /// The person signed in to the service, where known.
    pub person: Option<String>,
    /// This computer's name.
    pub computer: String,
    /// The service's origin.
    pub service: Option<String>,
}

/// The backup that an entry speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditBackup {
    /// Where it is kept.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256Digest,
}

/// An entry before it has its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    /// When, in UTC.
    pub time: Timestamp,
    /// What was done.
    pub action: AuditAction,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The operation that it belongs to.
    pub operation: OperationId,
    /// Who and where.
    pub who: AuditWho,
    /// The doctor, for an operation on one.
    pub doctor: Option<DoctorName>,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// What was confirmed, in words.
    pub plan: Option<String>,
    /// The backup.
    pub backup: Option<AuditBackup>,
    /// What the service answered, such as `200` or `no answer`; never a body.
    pub answer: Option<String>,
    /// What else the entry has to say.
    pub note: Option<String>,
}

/// An entry with its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1.
    pub number: u64,
    /// The digest of the entry before, [`GENESIS`] for the first.
    pub previous: Sha256Digest,
    /// What it says.
    pub draft: AuditDraft,
    /// The version of the app that wrote it.
    pub app_version: String,
}

/// An entry of the record that is not what the app writes: somebody or something changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {number} is damaged")]
pub struct DamagedEntry {
    /// Its number in the record.
    pub number: u64,
}

impl OperationId {
    /// Makes an id of 16 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// Takes an id back from the store.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Its 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AuditAction {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::SignIn,
        Self::SignOut,
        Self::Check,
        Self::Download,
        Self::Compare,
        Self::Delete,
        Self::DeleteAll,
        Self::CheckRecord,
        Self::ChangeRules,
        Self::ChangeSettings,
    ];
}

impl AuditOutcome {
    /// Whether an operation with this outcome has come to its end.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Intended | Self::Answered)
    }
}

impl AuditEntry {
    /// The bytes that are kept and hashed, version 1.
    ///
    /// One JSON object (RFC 8259) in UTF-8: members in the byte order of their names, no white
    /// space, strings escaped only where JSON demands it (`\"`, `\\`, `\b`, `\f`, `\n`, `\r`,
    /// `\t`, other control characters as `\u00xx` in lower case), whole numbers only, members
    /// that have nothing to say left out.
    #[must_use]
    pub fn canonical(&self) -> String {
        let draft = &self.draft;
        let mut members: BTreeMap<&str, Value> = BTreeMap::new();
        members.insert("v", CANONICAL_VERSION.into());
        members.insert("number", self.number.into());
        members.insert("previous", self.previous.to_string().into());
        members.insert("app", self.app_version.clone().into());
        members.insert("time", format!("{:.3}", draft.time).into());
        members.insert("action", draft.action.code().into());
        members.insert("outcome", draft.outcome.code().into());
        members.insert("operation", draft.operation.as_str().into());
        members.insert("os_user", draft.who.os_user.clone().into());
        members.insert("computer", draft.who.computer.clone().into());
        let mut optional = |name, text: Option<&str>| {
            if let Some(text) = text {
                members.insert(name, text.into());
            }
        };
        optional("person", draft.who.person.as_deref());
        optional("service", draft.who.service.as_deref());
        optional("doctor", draft.doctor.as_ref().map(DoctorName::as_str));
        optional("reason", draft.reason.as_deref());
        optional("plan", draft.plan.as_deref());
        optional("answer", draft.answer.as_deref());
        optional("note", draft.note.as_deref());
        if let Some(backup) = &draft.backup {
            members.insert("backup_path", backup.path.clone().into());
            members.insert("backup_size", backup.size.into());
            members.insert("backup_sha256", backup.sha256.to_string().into());
        }
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", Value::from(name)))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    /// The digest of [`AuditEntry::canonical`], which the next entry names as its `previous`.
    #[must_use]
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.canonical().as_bytes())
    }

    /// Reads an entry back from its canonical form.
    ///
    /// `None` where the text is not exactly what [`AuditEntry::canonical`] would write.
    #[must_use]
    pub fn from_canonical(text: &str) -> Option<Self> {
        let object: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
        if object.get("v")?.as_u64()? != CANONICAL_VERSION {
            return None;
        }
        let string = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let backup = match (string("backup_path"), object.get("backup_size")) {
            (Some(path), Some(size)) => Some(AuditBackup {
                path,
                size: size.as_u64()?,
                sha256: string("backup_sha256")?.parse().ok()?,
            }),
            _ => None,
        };
        let entry = Self {
            number: object.get("number")?.as_u64()?,
            previous: string("previous")?.parse().ok()?,
            app_version: string("app")?,
            draft: AuditDraft {
                time: string("time")?.parse().ok()?,
                action: AuditAction::from_code(&string("action")?)?,
                outcome: AuditOutcome::from_code(&string("outcome")?)?,
                operation: OperationId(string("operation")?),
                who: AuditWho {
                    os_user: string("os_user")?,
                    person: string("person"),
                    computer: string("computer")?,
                    service: string("service"),
                },
                doctor: match string("doctor") {
                    Some(name) => Some(DoctorName::parse(&name).ok()?),
                    None => None,
                },
                reason: string("reason"),
                plan: string("plan"),
                backup,
                answer: string("answer"),
                note: string("note"),
            },
        };
        (entry.canonical() == text).then_some(entry)
    }
}

/// Writes `code` and `from_code` from one table, so that they can't disagree.
macro_rules! codes {
    ($type:ty { $($variant:ident => $code:literal),+ $(,)? }) => {
        impl $type {
            /// The word that the record keeps.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads the record's word.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

codes!(AuditAction {
    SignIn => "sign-in",
    SignOut => "sign-out",
    Check => "check",
    Download => "download",
    Compare => "compare",
    Delete => "delete",
    DeleteAll => "delete-all",
    CheckRecord => "check-record",
    ChangeRules => "change-rules",
    ChangeSettings => "change-settings",
});

codes!(AuditOutcome {
    Intended => "intended",
    Answered => "answered",
    Tampered => "tampered",
    Seen => "seen",
    PutBack => "put-back",
    Done => "done",
    Found => "found",
    NothingThere => "nothing-there",
    SavedAndChecked => "saved-and-checked",
    SavedNotProven => "saved-not-proven",
    KeptAsItIs => "kept-as-it-is",
    Discarded => "discarded",
    Same => "same",
    Differs => "differs",
    Gone => "gone",
    StillThere => "still-there",
    NotKnown => "not-known",
    Stopped => "stopped",
    Paused => "paused",
    SignedOut => "signed-out",
    AnotherPerson => "another-person",
    Slept => "slept",
    Failed => "failed",
    CutOff => "cut-off",
});

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            number: 1,
            previous: GENESIS,
            app_version: "0.1.0".into(),
            draft: AuditDraft {
                time: "2026-11-23T14:02:11.5Z".parse().unwrap(),
                action: AuditAction::Delete,
                outcome: AuditOutcome::Intended,
                operation: OperationId::from_bytes([0xab; 16]),
                who: AuditWho {
                    os_user: "desk".into(),
                    person: None,
                    computer: "front".into(),
                    service: Some("https://api.nuxera.ai".into()),
                },
                doctor: Some(DoctorName::parse("Dr. \"J\u{fc}rgen\"").unwrap()),
                reason: Some("a\nb".into()),
                plan: None,
                backup: Some(AuditBackup {
                    path: "/b.wav".into(),
                    size: 12,
                    sha256: GENESIS,
                }),
                answer: None,
                note: None,
            },
        }
    }

    /// These bytes are what records in the field hold: a change here breaks every one of them.
    #[test]
    fn the_canonical_form_is_these_bytes() {
        let zeros = "0".repeat(64);
        assert_eq!(
            entry().canonical(),
            format!(
                concat!(
                    r#"{{"action":"delete","app":"0.1.0","backup_path":"/b.wav","#,
                    r#""backup_sha256":"{zeros}","backup_size":12,"computer":"front","#,
                    r#""doctor":"Dr. \"Jürgen\"","number":1,"#,
                    r#""operation":"abababababababababababababababab","os_user":"desk","#,
                    r#""outcome":"intended","previous":"{zeros}","reason":"a\nb","#,
                    r#""service":"https://api.nuxera.ai","time":"2026-11-23T14:02:11.500Z","v":1}}"#,
                ),
                zeros = zeros
            )
        );
    }

    #[test]
    fn an_entry_is_read_back_as_it_was_and_in_no_other_form() {
        let entry = entry();
        let text = entry.canonical();
        assert_eq!(AuditEntry::from_canonical(&text), Some(entry));
        assert_eq!(
            AuditEntry::from_canonical(&text.replace("\"v\":1", "\"v\": 1")),
            None
        );
        assert_eq!(
            AuditEntry::from_canonical(&text.replace("\"v\":1", "\"v\":2")),
            None
        );
        assert_eq!(
            AuditEntry::from_canonical(&text.replace('{', "{\"aa\":1,")),
            None
        );
    }
}
