//! A recording on its way to the disk, and everything that can come between.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod backup;
mod checkpoints;
mod connection;
mod contents;
mod disk;
mod giving_up;
mod going;
mod meanwhile;
mod names;
mod process;
mod whole;

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use audio_housekeeper::api::{ApiError, Recording, RecordingBody};
use audio_housekeeper::domain::{
    CheckedPart, DoctorName, FailureKind, OperationId, PartCame, ServerCopy, Sha256Digest,
};
use audio_housekeeper::transfer::{
    FileSeen, FirstVolume, Ledger, LedgerError, PromotedFile, SaveRequest, TransferEnd,
    TransferError, TransferStart, save,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use support::names_in;
use support::recordings::second_of_wav;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A ledger in memory.
#[derive(Default)]
struct Book {
    refuses: bool,
    /// Checked to be empty as long as nothing was written down.
    folder: Option<PathBuf>,
    starts: Mutex<Vec<TransferStart>>,
    marks: Mutex<Vec<String>>,
    refuses_what_is_checked: bool,
    /// What was whole, with the names in its folder then.
    checked: Mutex<Vec<(CheckedPart, Vec<String>)>>,
    /// What was told to have come, and forgotten again.
    came: Mutex<Vec<Option<PartCame>>>,
    ends: Mutex<Vec<TransferEnd>>,
}

impl Ledger for Book {
    fn begin(&self, start: TransferStart) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            if let Some(folder) = &self.folder {
                assert!(names_in(folder).is_empty(), "a file was made too early");
            }
            if self.refuses {
                return Err(LedgerError("no room".to_owned()));
            }
            self.starts.lock().unwrap().push(start);
            Ok(())
        })
    }

    fn made<'a>(
        &'a self,
        _operation: &'a OperationId,
        mark: String,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            self.marks.lock().unwrap().push(mark);
            Ok(())
        })
    }

    fn checked<'a>(
        &'a self,
        _operation: &'a OperationId,
        checked: CheckedPart,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            if self.refuses_what_is_checked {
                return Err(LedgerError("no room".to_owned()));
            }
            let folder = checked.name.parent().unwrap();
            let there = names_in(folder);
            self.checked.lock().unwrap().push((checked, there));
            Ok(())
        })
    }

    fn kept<'a>(
        &'a self,
        _operation: &'a OperationId,
        came: PartCame,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            // What is told of is in the part file.
            let part = self.starts.lock().unwrap().last().unwrap().part.clone();
            let there = fs::read(part).unwrap();
            let size = usize::try_from(came.size).unwrap();
            assert_eq!(Sha256Digest::of(&there[..size]), came.sha256);
            self.came.lock().unwrap().push(Some(came));
            Ok(())
        })
    }

    fn begun_anew<'a>(
        &'a self,
        _operation: &'a OperationId,
        _came: Option<PartCame>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            self.came.lock().unwrap().push(None);
            Ok(())
        })
    }

    fn end<'a>(
        &'a self,
        _operation: &'a OperationId,
        end: TransferEnd,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            self.ends.lock().unwrap().push(end);
            Ok(())
        })
    }
}

/// A body of given pieces; after them its end, or nothing ever.
struct Pieces {
    pieces: std::vec::IntoIter<Bytes>,
    stalls: bool,
}

impl RecordingBody for Pieces {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        Box::pin(async {
            match self.pieces.next() {
                None if self.stalls => std::future::pending().await,
                piece => Ok(piece),
            }
        })
    }
}

fn recording(copy: ServerCopy, bytes: &[u8]) -> Recording {
    in_pieces(copy, bytes, false)
}

/// A recording whose bytes come, and then nothing.
fn stalling(bytes: &[u8]) -> Recording {
    in_pieces(ServerCopy::default(), bytes, true)
}

fn in_pieces(copy: ServerCopy, bytes: &[u8], stalls: bool) -> Recording {
    let pieces: Vec<Bytes> = bytes.chunks(1000).map(Bytes::copy_from_slice).collect();
    Recording {
        copy,
        coding: None,
        from: 0,
        body: Box::new(Pieces {
            pieces: pieces.into_iter(),
            stalls,
        }),
    }
}

/// A recording that comes with its length.
fn announced(bytes: &[u8]) -> Recording {
    recording(of_length(bytes.len()), bytes)
}

fn of_length(length: usize) -> ServerCopy {
    ServerCopy {
        length: Some(length as u64),
        ..ServerCopy::default()
    }
}

fn request(destination: impl Into<PathBuf>) -> SaveRequest {
    SaveRequest {
        doctor: DoctorName::parse("Dr. Amelia Smith").unwrap(),
        operation: OperationId::from_bytes([1; 16]),
        destination: destination.into(),
        replace: None,
        replaces_backup: false,
        came_before: None,
        as_it_is: false,
        volume: FirstVolume::default(),
        checkpoints: false,
    }
}

fn replacing(destination: impl Into<PathBuf>) -> SaveRequest {
    let destination = destination.into();
    SaveRequest {
        replace: FileSeen::at(&destination),
        ..request(destination)
    }
}

async fn saved(recording: Recording, request: SaveRequest) -> Result<PromotedFile, TransferError> {
    let cancel = CancellationToken::new();
    save(recording, request, &Book::default(), |_| {}, cancel).await
}

fn kind_of<T: std::fmt::Debug>(result: Result<T, TransferError>) -> FailureKind {
    let failure = result.unwrap_err().into_failure(jiff::Timestamp::now());
    let failure = failure.unwrap();
    let technical = &failure.details.technical;
    assert!(!technical.contains('/'), "a path stands in {technical}");
    failure.kind
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A WAV by a writer that could not go back: nothing in it states where it ends.
fn open_wav() -> Vec<u8> {
    let mut bytes = second_of_wav();
    bytes[4..8].fill(0xff);
    bytes[40..44].fill(0xff);
    bytes
}
