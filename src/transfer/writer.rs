use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::audio::{AudioCheck, AudioKind, AudioVerdict, Fault};
use crate::domain::{
    Announced, Arrival, AudioFormat, AudioState, CheckedAudio, Completeness, ContentKind,
    FailureKind, Judgement, OtherRecording, ServerCopy, Sha256Digest, Unfit, judge,
};
use crate::transfer::flush::flush;
use crate::transfer::lost_volume;
use crate::transfer::part::{OwnPart, PartFile};
use crate::transfer::to_disk::{WAITING_FOR_DISK, write_out};
use crate::transfer::{Aside, TransferError};

/// How many pieces of a body may wait to be looked at: with the connection's largest pieces, of
/// 400 KiB, some 2 MiB.
const WAITING: usize = 4;

/// How many of the first bytes are kept: a web page may begin with white space.
const KEPT: usize = 1024;

/// What is known of a recording before it comes.
pub(super) struct Expected {
    /// What the service says of it.
    pub(super) copy: ServerCopy,
    /// The digest of what an earlier answer brought for the same operation, where one did.
    pub(super) came_before: Option<Sha256Digest>,
    /// Whether what can be no backup is kept all the same.
    pub(super) as_it_is: bool,
}

/// A thread that hashes and checks, and one beside it that writes, while the connection's task
/// receives.
pub(super) struct Writer {
    inbox: mpsc::Sender<Message>,
    outcome: oneshot::Receiver<Result<Written, TransferError>>,
    given_up: GiveUp,
}

/// Tells the thread that nobody waits for what it does, also when it is dropped.
struct GiveUp(Arc<AtomicBool>);

impl GiveUp {
    fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.now();
    }
}

/// A part file, written out and removed when dropped, and what was written to it.
pub(super) struct Written {
    pub(super) path: OwnPart,
    pub(super) size: u64,
    pub(super) sha256: Sha256Digest,
    pub(super) format: Option<AudioFormat>,
    pub(super) milliseconds: Option<u64>,
    pub(super) audio: CheckedAudio,
    pub(super) completeness: Completeness,
    /// Whether it was flushed to the disk.
    pub(super) flushed: bool,
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
        expected: Expected,
    ) -> Result<Self, TransferError> {
        let path = part.path().to_path_buf();
        let (inbox, messages) = mpsc::channel(WAITING);
        let (report, outcome) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let seen = given_up.clone();
        std::thread::Builder::new()
            .name("download-writer".to_owned())
            .spawn(move || {
                let written = write(part, &destination, &expected, messages, &seen);
                if report.send(written).is_err() {
                    tracing::debug!("nobody waits for a download any more");
                }
            })
            .map_err(|error| TransferError::in_work(&path, "starting to write", error))?;
        Ok(Self {
            inbox,
            outcome,
            given_up: GiveUp(given_up),
        })
    }

    /// Hands bytes over; `false` where the writer has stopped.
    pub(super) async fn write(&self, bytes: Bytes) -> bool {
        self.inbox.send(Message::Bytes(bytes)).await.is_ok()
    }

    /// Has the part file finished and flushed, or given up where feeding it failed or it is
    /// cancelled. The part file is gone when this has failed.
    pub(super) async fn finish(
        self,
        fed: Result<(), TransferError>,
        cancel: &CancellationToken,
    ) -> Result<Written, TransferError> {
        let Self {
            inbox,
            mut outcome,
            given_up,
        } = self;
        let error = match fed {
            Ok(()) => {
                let finishing = async {
                    // A writer that has stopped tells why in its outcome.
                    let _stopped = inbox.send(Message::End).await;
                    let written = (&mut outcome).await;
                    written.unwrap_or(Err(TransferError::ThreadLost))
                };
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => TransferError::Cancelled,
                    written = finishing => return written,
                }
            }
            Err(error) => error,
        };
        given_up.now();
        drop(inbox);
        // Whatever it was about to say, its part file goes with it.
        drop(outcome.await);
        Err(error)
    }
}

fn write(
    part: PartFile,
    destination: &Path,
    expected: &Expected,
    messages: mpsc::Receiver<Message>,
    given_up: &Arc<AtomicBool>,
) -> Result<Written, TransferError> {
    let PartFile { file, path } = part;
    let trouble = |error| TransferError::in_work(destination, "writing", error);
    let (to_disk, pieces) = sync_channel(WAITING_FOR_DISK);
    let (file, checked) = std::thread::scope(|scope| {
        let disk = std::thread::Builder::new()
            .name("disk-writer".to_owned())
            .spawn_scoped(scope, || write_out(file, pieces, given_up))
            .map_err(|error| TransferError::in_work(destination, "starting to write", error))?;
        let checked = take_in(messages, &to_disk, expected, given_up);
        drop(to_disk);
        let file = disk.join().map_err(|_| TransferError::ThreadLost)?;
        Ok::<_, TransferError>((file, checked))
    })?;
    // A disk that takes no more is why the rest was not looked at.
    let file = file.map_err(trouble)?;
    let Checked {
        size,
        sha256,
        format,
        milliseconds,
        audio,
        completeness,
        refused,
    } = checked?;
    let flushed = flush(&file).map_err(trouble)?;
    lost_volume::refuse_lost(&file, path.path(), destination)?;
    if let Some(Refused {
        kind,
        unfit,
        reason,
    }) = refused.filter(|_| !expected.as_it_is)
    {
        let aside = Aside {
            path,
            size,
            sha256,
            format,
            unfit,
            reason: reason.clone(),
        };
        return Err(TransferError::Unfit {
            kind: Box::new(kind),
            reason,
            sha256,
            aside: Some(Box::new(aside)),
        });
    }
    Ok(Written {
        path,
        size,
        sha256,
        format,
        milliseconds,
        audio,
        completeness,
        flushed,
    })
}

/// Looks at what comes while it is written.
fn take_in(
    mut messages: mpsc::Receiver<Message>,
    to_disk: &SyncSender<Bytes>,
    expected: &Expected,
    given_up: &Arc<AtomicBool>,
) -> Result<Checked, TransferError> {
    let mut contents = Contents::until(given_up.clone());
    loop {
        let message = messages
            .blocking_recv()
            .filter(|_| !given_up.load(Ordering::Relaxed));
        match message {
            Some(Message::Bytes(bytes)) => {
                if to_disk.send(bytes.clone()).is_err() {
                    return Err(TransferError::ThreadLost);
                }
                contents.take(&bytes);
            }
            Some(Message::End) => return contents.judge(expected),
            None => return Err(TransferError::Cancelled),
        }
    }
}

/// What the bytes that go by are, each looked at once.
struct Contents {
    start: Vec<u8>,
    hash: RunningHash,
    audio: AudioCheck,
}

/// What came, where it is to be kept.
struct Checked {
    size: u64,
    sha256: Sha256Digest,
    format: Option<AudioFormat>,
    milliseconds: Option<u64>,
    audio: CheckedAudio,
    completeness: Completeness,
    /// Why it is kept only where the person wants it as it is.
    refused: Option<Refused>,
}

/// Why all of what the service has can be no backup.
struct Refused {
    kind: FailureKind,
    unfit: Unfit,
    reason: String,
}

impl Contents {
    fn until(given_up: Arc<AtomicBool>) -> Self {
        Self {
            start: Vec::new(),
            hash: RunningHash::default(),
            audio: AudioCheck::until(given_up),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.start.len());
        self.start
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.hash.take(bytes);
        self.audio.push(bytes);
    }

    /// Puts together whether all came and what the audio is.
    fn judge(self, expected: &Expected) -> Result<Checked, TransferError> {
        let (size, sha256) = self.hash.finish();
        let arrival = Arrival {
            announced: announced(&expected.copy, size, sha256)?,
            same_twice: expected.came_before == Some(sha256),
        };
        let verdict = self.audio.finish();
        let judgement = judge(arrival, verdict.state(), verdict.ends_as_stated());
        let format = verdict.kind.and_then(AudioKind::format);
        let (completeness, refused) = match judgement {
            Judgement::Backup(proof) if format.is_some() => (Completeness::Proven(proof), None),
            Judgement::NotProven if format.is_some() => (Completeness::CannotBeProven, None),
            _ => {
                let kind = unfit(&verdict, judgement, &self.start);
                let reason = reason(&verdict);
                let Some(unfit) = kind.unfit().filter(|_| size > 0) else {
                    return Err(TransferError::Unfit {
                        kind: Box::new(kind),
                        reason,
                        sha256,
                        aside: None,
                    });
                };
                let refused = Refused {
                    kind,
                    unfit,
                    reason,
                };
                (Completeness::AsItIs(unfit), Some(refused))
            }
        };
        let properties = verdict.properties;
        Ok(Checked {
            size,
            sha256,
            format,
            milliseconds: properties.and_then(|properties| properties.milliseconds()),
            audio: verdict.checked(),
            completeness,
            refused,
        })
    }
}

/// What there is to say of what is not kept.
fn unfit(verdict: &AudioVerdict, judgement: Judgement, start: &[u8]) -> FailureKind {
    let arrived = judgement != Judgement::AskAgain;
    match (verdict.state(), &verdict.outcome) {
        (AudioState::Empty, _) => FailureKind::EmptyRecording { arrived },
        (AudioState::NeitherWavNorFlac, Err(Fault::Other(kind))) => FailureKind::OtherRecording {
            kind: *kind,
            arrived,
        },
        (AudioState::NeitherWavNorFlac, Err(Fault::OggFlac)) => FailureKind::OtherRecording {
            kind: OtherRecording::Ogg,
            arrived,
        },
        (_, Err(fault)) if verdict.state() == AudioState::Damaged => {
            FailureKind::DamagedRecording {
                damage: fault.damage(),
                on_server: judgement == Judgement::DamagedOnServer,
            }
        }
        _ => match ContentKind::sniff(start) {
            ContentKind::Html => FailureKind::WebPageInstead,
            ContentKind::Json => FailureKind::JsonInstead,
            ContentKind::Base64 => FailureKind::Base64Instead,
            _ => FailureKind::NotAudio { arrived },
        },
    }
}

/// The check's own words, for those who look behind Details.
fn reason(verdict: &AudioVerdict) -> String {
    match &verdict.outcome {
        Err(fault) => fault.to_string(),
        Ok(_) => Fault::NoAudio.to_string(),
    }
}

/// The SHA-256 and the number of the bytes that go by.
pub(super) struct RunningHash {
    size: u64,
    hash: Context,
}

impl Default for RunningHash {
    fn default() -> Self {
        Self {
            size: 0,
            hash: Context::new(&SHA256),
        }
    }
}

impl RunningHash {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
    }

    /// How many bytes there were, and their digest.
    pub(super) fn finish(self) -> (u64, Sha256Digest) {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.hash.finish().as_ref());
        (self.size, Sha256Digest::from_bytes(bytes))
    }
}

/// What the service announced that fits what came; a digest outranks a length.
pub(super) fn announced(
    copy: &ServerCopy,
    size: u64,
    sha256: Sha256Digest,
) -> Result<Option<Announced>, TransferError> {
    let damaged = TransferError::Damaged {
        expected: copy.length,
        received: size,
        sha256: Some(sha256),
    };
    match (copy.digest, copy.length) {
        (Some(announced), _) if announced != sha256 => Err(damaged),
        (_, Some(length)) if length != size => Err(damaged),
        (Some(_), _) => Ok(Some(Announced::Digest)),
        (None, Some(_)) => Ok(Some(Announced::Length)),
        (None, None) => Ok(None),
    }
}
