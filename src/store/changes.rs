use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{
    AccountKey, AuditDraft, AuditEntry, Backup, BackupHealth, CheckedPart, DeletionRules,
    DoctorName, KeptAccount, LastDeletion, OperationId, PartCame, ServerKnowledge, SetAside,
    Sha256Digest,
};
use crate::store::{
    Store, StoreError, TokenToForget, Transfer, WaitingDelete, audit_record, deletion_rules,
    doctors, kept_accounts, parts, parts_apart, set_aside, settings_files, tokens_to_forget,
    transfers, waiting_deletes,
};

/// A change beside the audit record, so that several can land in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Something about a doctor; one that was not known is known then.
    Doctor {
        /// The service's key.
        service: String,
        /// The doctor.
        doctor: DoctorName,
        /// What is known now.
        fact: DoctorFact,
    },
    /// The name and what is known of it, backups' rows included, is to be forgotten.
    ForgetDoctor {
        /// The service's key.
        service: String,
        /// The doctor.
        doctor: DoctorName,
    },
    /// A download begins.
    BeginTransfer(Transfer),
    /// The part file of a download that began is made.
    PartMade {
        /// The download.
        operation: OperationId,
        /// A mark that no other file has.
        mark: String,
    },
    /// It is whole, and is about to get its name.
    PartChecked {
        /// The download.
        operation: OperationId,
        /// What it is.
        part: Box<CheckedPart>,
    },
    /// What came of it is kept.
    PartKept {
        /// The download.
        operation: OperationId,
        /// What came.
        came: Box<PartCame>,
    },
    /// What came of it is not to be gone on with.
    PartBegunAnew {
        /// The download.
        operation: OperationId,
        /// What is in its part file, which is still known by it; `None` where that is not known better.
        came: Option<Box<PartCame>>,
    },
    /// The record says how a download ended whose part file is kept.
    TransferRecorded(OperationId),
    /// What came of a download is set apart, as the recording is fetched whole.
    PartSetApart {
        /// The download.
        operation: OperationId,
        /// The name that stands for the next part file, which is still to be made.
        instead: PathBuf,
        /// Whether it came whole, in one answer.
        came_whole: bool,
    },
    /// What was set apart of it is what is kept, and its present part file is to be removed.
    PartTakenBack(OperationId),
    /// What was set apart of it is to be removed.
    PartApartUnwanted(OperationId),
    /// A part file that was to be removed is gone.
    UnwantedPartGone {
        /// Where it was.
        part: PathBuf,
        /// Its mark: what has come to its name since is another one.
        mark: Option<String>,
    },
    /// A download has ended, however it did.
    EndTransfer(OperationId),
    /// A download has ended, and its part file is still to be removed.
    EndTransferPartLeft(OperationId),
    /// The files at these paths are no backups any more: others were saved there.
    NoBackupsAt(Vec<PathBuf>),
    /// What came was set aside.
    SetAside {
        /// The service's key.
        service: String,
        /// What, and where.
        set_aside: Box<SetAside>,
    },
    /// What a download had set aside is kept or discarded.
    EndSetAside(OperationId),
    /// A delete was confirmed, and waits to be sent.
    BeginWaiting(WaitingDelete),
    /// A delete waits no more: its intent is recorded, or it was not sent and that was said.
    EndWaiting(OperationId),
    /// This is asked of a delete from now on.
    Rules(DeletionRules),
    /// The app is about to write a settings file of this digest.
    BeginSettingsFile(Sha256Digest),
    /// The settings file is known to be of this digest, or not to be there.
    SettingsFile(Option<Sha256Digest>),
    /// The settings file was changed by something else than the app, which is to be recorded so.
    SettingsChanged(String),
    /// That is recorded.
    SettingsChangeRecorded(String),
    /// The keychain was given a token for this account, or may have been, by somebody who signed in, and the
    /// next start goes on with it.
    KeepToken(KeptAccount),
    /// What it keeps for this account is gone on with, also by the next start.
    GoOnWith(KeptAccount),
    /// The password is asked for before any account is gone on with but this one.
    LockAccounts(Option<AccountKey>),
    /// The password of this account was typed.
    UnlockAccount(AccountKey),
    /// The next start goes on with nobody's.
    NobodyIsPresent,
    /// Whose the token is that it keeps for this account is not known.
    ForgetWhose(AccountKey),
    /// It keeps none for it.
    KeepNoToken(AccountKey),
    /// A person signed out: the keychain is to forget the token.
    ForgetToken(TokenToForget),
    /// It keeps it no longer.
    TokenForgotten(OperationId),
}

/// What became known of a doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoctorFact {
    /// The name was used.
    Used(Timestamp),
    /// What a look at the server found.
    Server(ServerKnowledge),
    /// A look at the server got no answer: what was found before stays known.
    NoAnswer(Timestamp),
    /// A new backup, which is there.
    Backup(Backup),
    /// The digest of what came and is no backup.
    Came(Sha256Digest),
    /// By what the newest backup's file is known, after it was read back.
    BackupSeen(String),
    /// What was found where the newest backup should be.
    BackupHealth(BackupHealth),
    /// What became of a deletion.
    Deletion(LastDeletion),
}

impl Store {
    /// Makes `changes`, all or none of them.
    ///
    /// # Errors
    /// [`StoreError`], and then nothing of them was kept.
    pub async fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.writer
            .ask(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                apply(&transaction, changes)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// Appends to the audit record and makes `changes`, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`], and then neither the entry nor any change was kept.
    pub async fn append_with(
        &self,
        draft: AuditDraft,
        changes: Vec<Change>,
    ) -> Result<AuditEntry, StoreError> {
        self.writer
            .ask(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let entry = audit_record::append(&transaction, draft)?;
                apply(&transaction, changes)?;
                transaction.commit()?;
                Ok(entry)
            })
            .await
    }
}

fn apply(connection: &Connection, changes: Vec<Change>) -> Result<(), StoreError> {
    changes.into_iter().try_for_each(|change| match change {
        Change::Doctor {
            service,
            doctor,
            fact,
        } => doctors::learn(connection, &service, &doctor, &fact),
        Change::ForgetDoctor { service, doctor } => doctors::forget(connection, &service, &doctor),
        Change::BeginTransfer(transfer) => transfers::begin(connection, &transfer),
        Change::PartMade { operation, mark } => parts::made(connection, &operation, &mark),
        Change::PartChecked { operation, part } => parts::checked(connection, &operation, &part),
        Change::PartKept { operation, came } => parts::kept(connection, &operation, &came),
        Change::PartBegunAnew { operation, came } => {
            parts::begun_anew(connection, &operation, came.as_deref())
        }
        Change::TransferRecorded(operation) => {
            transfers::set_recorded(connection, &operation, true)
        }
        Change::PartSetApart {
            operation,
            instead,
            came_whole,
        } => parts_apart::set_apart(connection, &operation, &instead, came_whole),
        Change::PartTakenBack(operation) => parts_apart::taken_back(connection, &operation),
        Change::PartApartUnwanted(operation) => {
            parts_apart::no_longer_wanted(connection, &operation)
        }
        Change::UnwantedPartGone { part, mark } => {
            parts_apart::gone(connection, &part, mark.as_deref())
        }
        Change::EndTransfer(operation) => transfers::end(connection, &operation),
        Change::EndTransferPartLeft(operation) => {
            parts_apart::left(connection, &operation)?;
            transfers::end(connection, &operation)
        }
        Change::NoBackupsAt(paths) => paths
            .iter()
            .try_for_each(|path| doctors::no_backup_at(connection, path)),
        Change::SetAside { service, set_aside } => {
            set_aside::begin(connection, &service, &set_aside)
        }
        Change::EndSetAside(operation) => set_aside::end(connection, &operation),
        Change::BeginWaiting(delete) => waiting_deletes::begin(connection, &delete),
        Change::EndWaiting(operation) => waiting_deletes::end(connection, &operation),
        Change::Rules(rules) => deletion_rules::keep(connection, &rules),
        Change::BeginSettingsFile(digest) => settings_files::begin(connection, &digest),
        Change::SettingsFile(digest) => settings_files::is_there(connection, digest.as_ref()),
        Change::SettingsChanged(note) => settings_files::changed(connection, &note),
        Change::SettingsChangeRecorded(note) => settings_files::recorded(connection, &note),
        Change::KeepToken(account) => kept_accounts::begin(connection, &account),
        Change::GoOnWith(account) => kept_accounts::go_on(connection, &account),
        Change::LockAccounts(but) => kept_accounts::lock(connection, but.as_ref()),
        Change::UnlockAccount(key) => kept_accounts::unlock(connection, &key),
        Change::NobodyIsPresent => kept_accounts::nobody_is_present(connection),
        Change::ForgetWhose(key) => kept_accounts::forget_whose(connection, &key),
        Change::KeepNoToken(key) => kept_accounts::end(connection, &key),
        Change::ForgetToken(token) => tokens_to_forget::begin(connection, &token),
        Change::TokenForgotten(operation) => tokens_to_forget::end(connection, &operation),
    })
}
