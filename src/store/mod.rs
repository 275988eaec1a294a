//! What is kept on disk in `SQLite`: the audit record, the doctors known here, the transfers.
//!
//! One file, `housekeeper.sqlite3` in the data folder, and one writer: a thread that owns a connection
//! and carries out requests in the order in which they were made. A second one reads what may be long.

mod act_search;
mod acts;
mod audit_record;
mod changes;
mod connection_thread;
mod database;
mod deletion_rules;
mod doctors;
mod error;
mod guards;
mod kept_accounts;
mod migration;
mod parts;
mod parts_apart;
mod set_aside;
mod settings_files;
mod tokens_to_forget;
mod transfers;
mod value_codec;
mod verification;
mod waiting_deletes;

use std::path::Path;

use connection_thread::ConnectionThread;

pub use changes::{Change, DoctorFact};
pub use deletion_rules::KnownRules;
pub use doctors::KnownBackup;
pub use error::StoreError;
pub use parts::KnownPart;
pub use parts_apart::PartApart;
pub use settings_files::KnownSettingsFile;
pub use tokens_to_forget::TokenToForget;
pub use transfers::Transfer;
pub use waiting_deletes::WaitingDelete;

/// A handle on the store; clones share its threads, which end when the last of them is dropped.
///
/// A method's change is on disk, synced, before its future is ready. A future that is dropped
/// before that leaves its request to be carried out.
#[derive(Clone)]
pub struct Store {
    writer: ConnectionThread,
    reader: ConnectionThread,
}

impl Store {
    /// The database's file name in the data folder.
    pub const FILE_NAME: &'static str = "housekeeper.sqlite3";

    /// Opens the store in `folder`, makes both where they are missing, and brings an older
    /// database up to date after a copy of it was put aside. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a database that a newer version wrote, which is left alone;
    /// [`StoreError::NotBroughtUpToDate`] for an older one that is as it was; otherwise what the
    /// disk or `SQLite` said.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let connection = database::open(folder, Self::FILE_NAME)?;
        let reading = database::open_to_read(folder, Self::FILE_NAME)?;
        Ok(Self {
            writer: ConnectionThread::start("store", connection, acts::take_in_some)?,
            reader: ConnectionThread::start("store-reader", reading, |_| false)?,
        })
    }
}
