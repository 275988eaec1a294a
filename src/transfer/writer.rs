use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use tempfile::TempPath;
use tokio::sync::{mpsc, oneshot};

use crate::audio;
use crate::domain::{
    AudioFormat, BackupProof, Completeness, ContentKind, ServerCopy, Sha256Digest,
};
use crate::transfer::TransferError;
use crate::transfer::gone;
use crate::transfer::part::PartFile;

/// How many pieces of a body may wait for the disk: with the connection's largest pieces, of
/// 400 KiB, some 3 MiB.
const WAITING: usize = 8;

/// How much is handed to the system at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// A thread that hashes and writes while the connection's task receives.
pub(super) struct Writer {
    inbox: mpsc::Sender<Message>,
    outcome: oneshot::Receiver<Result<Written, TransferError>>,
}

/// A part file, flushed to disk and removed when dropped, and what was written to it.
pub(super) struct Written {
    pub(super) path: TempPath,
    pub(super) size: u64,
    pub(super) sha256: Sha256Digest,
    pub(super) format: AudioFormat,
    pub(super) milliseconds: Option<u64>,
    pub(super) completeness: Completeness,
}

enum Message {
    Bytes(Bytes),
    /// Only after this is the file looked at as a whole: an inbox that closes without it means
    /// that the download was given up.
    End,
}

impl Writer {
    pub(super) fn start(
        part: PartFile,
        destination: PathBuf,
        copy: ServerCopy,
    ) -> Result<Self, TransferError> {
        let path = part.path().to_path_buf();
        let (inbox, messages) = mpsc::channel(WAITING);
        let (report, outcome) = oneshot::channel();
        std::thread::Builder::new()
            .name("download-writer".to_owned())
            .spawn(move || {
                let written = write(part, &destination, &copy, messages);
                if report.send(written).is_err() {
                    tracing::debug!("nobody waits for a download any more");
                }
            })
            .map_err(|error| TransferError::in_work(&path, "starting to write", error))?;
        Ok(Self { inbox, outcome })
    }

    /// Hands bytes over; `false` where the writer has stopped.
    pub(super) async fn write(&self, bytes: Bytes) -> bool {
        self.inbox.send(Message::Bytes(bytes)).await.is_ok()
    }

    /// Has the part file finished and flushed, or given up where feeding it failed. The part
    /// file is gone when this has failed.
    pub(super) async fn finish(
        self,
        fed: Result<(), TransferError>,
    ) -> Result<Written, TransferError> {
        let Self { inbox, outcome } = self;
        match fed {
            Ok(()) => {
                // A writer that has stopped tells why in its outcome.
                let _stopped = inbox.send(Message::End).await;
                outcome.await.unwrap_or(Err(TransferError::ThreadLost))
            }
            Err(error) => {
                drop(inbox);
                let _given_up = outcome.await;
                Err(error)
            }
        }
    }
}

fn write(
    part: PartFile,
    destination: &Path,
    copy: &ServerCopy,
    mut messages: mpsc::Receiver<Message>,
) -> Result<Written, TransferError> {
    let PartFile { file, path } = part;
    let mut contents = Contents::default();
    let mut output = BufWriter::with_capacity(BUFFER, file);
    let trouble = |error| TransferError::in_work(destination, "writing", error);
    loop {
        match messages.blocking_recv() {
            Some(Message::Bytes(bytes)) => {
                contents.take(&bytes)?;
                output.write_all(&bytes).map_err(trouble)?;
            }
            Some(Message::End) => break,
            None => {
                // Nothing that was buffered has to reach a file that is about to be removed.
                drop(output.into_parts());
                return Err(TransferError::Cancelled);
            }
        }
    }
    let format = contents.format()?;
    let size = contents.size;
    let milliseconds = audio::milliseconds(&contents.start, size);
    let sha256 = contents.digest();
    let completeness = completeness(copy, size, sha256)?;

    let file = output
        .into_inner()
        .map_err(|error| trouble(error.into_error()))?;
    file.sync_all().map_err(trouble)?;
    gone::refuse_a_drive_that_went_away(&file, &path, destination)?;
    Ok(Written {
        path,
        size,
        sha256,
        format,
        milliseconds,
        completeness,
    })
}

/// What is known of the bytes that went by.
pub(super) struct Contents {
    pub(super) start: Vec<u8>,
    pub(super) size: u64,
    hash: Context,
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            start: Vec::new(),
            size: 0,
            hash: Context::new(&SHA256),
        }
    }
}

impl Contents {
    /// Takes the next bytes; an error as soon as it is clear that they are no audio.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), TransferError> {
        let known_before = self.start.len() >= ContentKind::ENOUGH;
        let room = audio::ENOUGH.saturating_sub(self.start.len());
        self.start
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
        if !known_before && self.start.len() >= ContentKind::ENOUGH {
            self.format()?;
        }
        Ok(())
    }

    pub(super) fn format(&self) -> Result<AudioFormat, TransferError> {
        match ContentKind::sniff(&self.start) {
            ContentKind::Audio(format) => Ok(format),
            other => Err(TransferError::NotAudio(other)),
        }
    }

    pub(super) fn digest(self) -> Sha256Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.hash.finish().as_ref());
        Sha256Digest::from_bytes(bytes)
    }
}

/// What proves that all of the recording is here; a digest outranks a length.
fn completeness(
    copy: &ServerCopy,
    size: u64,
    sha256: Sha256Digest,
) -> Result<Completeness, TransferError> {
    let damaged = TransferError::Damaged {
        expected: copy.length,
        received: size,
    };
    match (copy.digest, copy.length) {
        (Some(announced), _) if announced != sha256 => Err(damaged),
        (_, Some(length)) if length != size => Err(damaged),
        (Some(_), _) => Ok(Completeness::Proven(BackupProof::Digest)),
        (None, Some(_)) => Ok(Completeness::Proven(BackupProof::Length)),
        (None, None) => Ok(Completeness::CannotBeProven),
    }
}
