//! The trade's own words: pure types with their rules, no I/O.

mod account;
mod act;
mod approval;
mod audio_format;
mod audit;
mod backup;
mod character;
mod checked_audio;
mod checked_part;
mod content_kind;
mod deletion;
mod deletion_rules;
mod digest;
mod doctor;
mod doctor_name;
mod evidence;
mod failure;
mod file_name;
mod file_path;
mod kept_part;
mod keychain_trouble;
mod next_try;
mod origin;
mod place;
mod record_check;
mod remark;
mod secret;
mod server_copy;
mod set_aside;
mod sign_in_with;
mod token_end;
mod unfit;
mod unusual_character;
mod update_source;
mod version;

pub use account::{Account, AccountKey, Holder, KeptAccount, TokenKeeping};
pub use act::{Act, ActChoices, ActFilter, OutcomeGroup, Period, in_lower_case, who_of};
pub use approval::Approval;
pub use audio_format::{AudioFormat, ContentKind, OtherRecording};
pub use audit::{
    AuditAction, AuditBackup, AuditDraft, AuditEntry, AuditOutcome, AuditWho, CANONICAL_VERSION,
    DamagedEntry, GENESIS, OperationId,
};
pub use backup::{Backup, BackupHealth, BackupProof, Completeness};
pub use character::{is_control_or_line_break, turns_direction};
pub use checked_audio::{CheckedAudio, Codec, EndProof, Oddity, code_of, of_code};
pub use checked_part::CheckedPart;
pub use deletion::{
    BackupComparison, Confirmation, DeletionChoice, DeletionOutcome, DeletionPlan, DeletionReason,
    DeletionScope, DeletionSurvey, PlanError,
};
pub use deletion_rules::{DeletionRule, DeletionRules, RuleChange};
pub use digest::{ParseDigestError, Sha256Digest};
pub use doctor::{DoctorState, DoctorTally, KnownDoctor, LastDeletion, ServerKnowledge};
pub use doctor_name::{DoctorName, DoctorNameError};
pub use evidence::{Announced, Arrival, AudioState, Judgement, judge};
pub use failure::{Damage, Failure, FailureDetails, FailureKind, WayOut};
pub use file_name::{file_name_as_it_is, numbered_file_name, safe_file_name, suggested_file_name};
pub use file_path::{WindowsRefusal, refused_by_windows, verbatim_for_windows};
pub use kept_part::{KeptPart, PartCame};
pub use keychain_trouble::KeychainTrouble;
pub use next_try::NextTry;
pub use origin::{OriginError, ServiceOrigin};
pub use place::{CloudService, Drive, Place};
pub use record_check::{
    KeptHead, ParseHeadError, RecordCheck, RecordComparison, RecordFault, RecordFaultKind,
    RecordHead,
};
pub use remark::Remark;
pub use secret::Secret;
pub use server_copy::{CopyComparison, ServerCopy};
pub use set_aside::SetAside;
pub use sign_in_with::SignInWith;
pub use token_end::token_end;
pub use unfit::Unfit;
pub use unusual_character::UnusualCharacter;
pub use update_source::{NewestVersion, UpdateAddress, UpdatePolicy, UpdateSource};
pub use version::Version;
