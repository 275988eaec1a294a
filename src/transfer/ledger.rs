use std::path::PathBuf;

use futures_util::future::BoxFuture;

use crate::domain::{CheckedPart, DoctorName, OperationId, PartCame};

/// What a download must have written down before it touches the disk, so that a start after a
/// cut-off finds the part file and can name what was lost.
pub trait Ledger: Send + Sync {
    /// Remembers a download, durably, before its part file is made.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing is then written to disk.
    fn begin(&self, start: TransferStart) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// Remembers, durably, which file the part file is, by a mark that no other has. Before
    /// anything is written to it.
    ///
    /// # Errors
    /// [`LedgerError`]: the part file is removed.
    fn made<'a>(
        &'a self,
        operation: &'a OperationId,
        mark: String,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;

    /// Remembers, durably, that the part file is whole, before it gets its name.
    ///
    /// # Errors
    /// [`LedgerError`]: the part file is removed.
    fn checked<'a>(
        &'a self,
        operation: &'a OperationId,
        checked: CheckedPart,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;

    /// Remembers what came into the part file so far, which can be gone on with: on the way, flushed to
    /// the disk, so that it is known after a cut-off, and where it is kept in the end.
    ///
    /// # Errors
    /// [`LedgerError`]: it is not kept.
    fn kept<'a>(
        &'a self,
        operation: &'a OperationId,
        came: PartCame,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;

    /// Remembers, durably, that what came into the part file is not to be gone on with: it is written anew,
    /// or to be removed. It is still known by `came`, where that is in it.
    ///
    /// # Errors
    /// [`LedgerError`]: what is remembered does not fit the part file any more.
    fn begun_anew<'a>(
        &'a self,
        operation: &'a OperationId,
        came: Option<PartCame>,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;

    /// Remembers how it ended.
    ///
    /// # Errors
    /// [`LedgerError`]: the entry stays open.
    fn end<'a>(
        &'a self,
        operation: &'a OperationId,
        end: TransferEnd,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;
}

/// A download that is about to make its part file.
///
/// The same operation may begin again with another part file, where the first name was taken
/// in the meantime: the later one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferStart {
    /// The operation that it belongs to.
    pub operation: OperationId,
    /// Whose recording it is.
    pub doctor: DoctorName,
    /// Where it is to go.
    pub destination: PathBuf,
    /// The part file.
    pub part: PathBuf,
}

/// How a download ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEnd {
    /// The file has its name.
    Saved,
    /// There is neither file nor part file.
    Discarded,
    /// There is no file, and the part file is in the hands of the caller: what came can be no
    /// backup.
    SetAside,
    /// There is no file, and the part file could not be removed.
    PartLeft,
    /// There is no file, and the part file is whole and is to stay: the person is told of it.
    PartKept,
}

/// The ledger could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transfer could not be written down: {0}")]
pub struct LedgerError(
    /// The store's own words.
    pub String,
);
