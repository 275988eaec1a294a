//! The record's words for a saved file.

use crate::domain::{AuditBackup, BackupProof, Completeness};
use crate::transfer::PromotedFile;

/// The record's words for what was proven of a saved file, and how.
pub fn proof_in_words(saved: &PromotedFile) -> String {
    let arrival = match saved.completeness {
        Completeness::Proven(BackupProof::Digest) => "arrival proven by the digest",
        Completeness::Proven(BackupProof::Length) => "arrival proven by the length",
        Completeness::Proven(BackupProof::SameTwice) => "the same contents came twice",
        Completeness::Proven(BackupProof::OwnTotals) => "whole by its own totals",
        Completeness::CannotBeProven => "nothing proves that it is all",
        Completeness::AsItIs(_) => "kept as it is, no backup",
    };
    let said = [arrival.to_owned(), format!("audio: {}", saved.audio)];
    let remarks = saved.remarks.iter().map(ToString::to_string);
    said.into_iter()
        .chain(remarks)
        .collect::<Vec<_>>()
        .join("; ")
}

/// The file, as an entry of the record speaks of it.
pub fn in_record(saved: &PromotedFile) -> AuditBackup {
    AuditBackup {
        path: saved.path.to_string_lossy().into_owned(),
        size: saved.size,
        sha256: saved.sha256,
    }
}
