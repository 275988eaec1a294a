//! What is kept on disk: the audit record, the doctors known here, the transfers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

mod acts;
mod audit_record;
mod doctors;
mod durability;
mod kept_accounts;
mod migration;
mod opening;
mod parts;
mod set_aside;
mod settings_file;
mod tampering;
mod transfers;

use std::path::Path;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DoctorName, OperationId,
};
use audio_housekeeper::store::Store;
use rusqlite::Connection;

/// The newest form of the database.
const NEWEST: i64 = 21;

/// A draft of its own operation, whose note is `number`.
fn draft(number: u64) -> AuditDraft {
    let mut operation = [0; 16];
    operation[8..].copy_from_slice(&number.to_be_bytes());
    AuditDraft {
        time: "2026-11-23T14:02:11.5Z".parse().unwrap(),
        action: AuditAction::Delete,
        outcome: AuditOutcome::Intended,
        operation: OperationId::from_bytes(operation),
        who: AuditWho {
            os_user: "desk".into(),
            person: Some("m.keller".into()),
            computer: "front".into(),
            service: Some("https://api.nuxera.ai".into()),
        },
        doctor: Some(doctor("Dr. \"J\u{fc}rgen\" \u{7530}")),
        reason: Some("line one\nline two".into()),
        plan: None,
        backup: None,
        answer: None,
        note: Some(number.to_string()),
    }
}

fn doctor(name: &str) -> DoctorName {
    DoctorName::parse(name).unwrap()
}

/// A second connection to the same file, such as anyone with a `SQLite` tool has.
fn outsider(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join(Store::FILE_NAME)).unwrap();
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .unwrap();
    connection
}

/// How many entries a record has that is what the app wrote.
async fn entries_of_whole(store: &Store) -> u64 {
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(check.is_whole(), "{check:?}");
    check.entries()
}
