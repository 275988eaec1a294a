//! The threads that write a part file, and look at it meanwhile.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::domain::{AudioFormat, CheckedAudio, Completeness, Sha256Digest};
use crate::transfer::arriving::{Arriving, Came, Checked, Expected, Refused};
use crate::transfer::flush::flush;
use crate::transfer::lost_volume;
use crate::transfer::part::{OwnPart, PartFile};
use crate::transfer::to_disk::{Piece, WAITING_FOR_DISK, write_out};
use crate::transfer::{Aside, TransferError};

/// How many pieces of a body may wait to be looked at: with the connection's largest pieces, of
/// 400 KiB, some 2 MiB.
const WAITING: usize = 4;

/// After how many bytes what came is flushed and told, so that it can be gone on with after a cut-off. Of what
/// comes faster than the disk takes it, all that came meanwhile is flushed next.
const STEP: u64 = 1024 * 1024;

/// A thread that hashes and checks, and one beside it that writes, while the connection's task
/// receives.
pub(super) struct Writer {
    /// Told once what had come before is looked at again: whether it is what it was.
    looked: oneshot::Receiver<bool>,
    /// Dropped before the inbox: what the threads come to when that closes is theirs to leave then.
    outcome: oneshot::Receiver<Result<Written, Box<Stopped>>>,
    inbox: mpsc::Sender<Message>,
    /// Where what has come and is flushed is told of, until somebody takes it.
    flushed: Option<UnboundedReceiver<Came>>,
    stop: StopOnDrop,
}

/// What the threads are told beside the bytes.
#[derive(Default)]
struct Stop {
    /// Nothing is looked at any more.
    checks: Arc<AtomicBool>,
    /// Nor need what is still to be written reach the file.
    writes: AtomicBool,
    /// The part file is to go, also where the person has been told of it.
    keeps_nothing: AtomicBool,
    /// What came is written down as it comes.
    is_written_down: AtomicBool,
}

impl Stop {
    /// Whether what came stays where nobody waits for it any more: it is known that it can be gone on with.
    fn leaves_what_came(&self) -> bool {
        self.is_written_down.load(Ordering::Relaxed) && !self.keeps_nothing.load(Ordering::Relaxed)
    }
}

/// Tells the threads that nobody waits for what they do.
struct StopOnDrop(Arc<Stop>);

impl StopOnDrop {
    fn all(&self) {
        self.0.checks.store(true, Ordering::Relaxed);
        self.0.writes.store(true, Ordering::Relaxed);
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.all();
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

/// Why a part file was not finished.
pub(super) struct Stopped {
    pub(super) error: TransferError,
    /// The part file and what is in it, where a later answer may go on behind that, or is to take its
    /// place.
    pub(super) part: Option<(OwnPart, Came)>,
}

impl From<TransferError> for Box<Stopped> {
    fn from(error: TransferError) -> Self {
        Self::new(Stopped { error, part: None })
    }
}

enum Message {
    Bytes(Bytes),
    /// What was there before counts no more: all comes again.
    StartOver,
    /// Somebody listens from here on to what has come and is flushed.
    Checkpoints,
    /// Only after this is the file looked at as a whole: an inbox that closes without it means
    /// that no more comes.
    End(Box<Expected>),
}

impl Writer {
    /// Begins to write, behind what had come into the part file: that is hashed and checked again first.
    pub(super) fn start(
        part: PartFile,
        came: Option<Came>,
        destination: PathBuf,
    ) -> Result<Self, TransferError> {
        let path = part.path().to_path_buf();
        let (inbox, messages) = mpsc::channel(WAITING);
        let (report, outcome) = oneshot::channel();
        let (tell, looked) = oneshot::channel();
        let (tell_flushed, flushed) = mpsc::unbounded_channel();
        let stop = Arc::new(Stop {
            is_written_down: came.is_some().into(),
            ..Stop::default()
        });
        let seen = stop.clone();
        std::thread::Builder::new()
            .name("download-writer".to_owned())
            .spawn(move || {
                let before = (came, tell);
                let written = write(part, before, &destination, messages, tell_flushed, &seen);
                if let Err(unheard) = report.send(written) {
                    tracing::debug!("nobody waits for a download any more");
                    leave(unheard, &seen);
                }
            })
            .map_err(|error| TransferError::in_work(&path, "starting to write", error))?;
        Ok(Self {
            looked,
            inbox,
            outcome,
            flushed: Some(flushed),
            stop: StopOnDrop(stop),
        })
    }

    /// Waits until what had come before is looked at again: whether it is what it was.
    pub(super) async fn looks(&mut self) -> bool {
        (&mut self.looked).await.unwrap_or(false)
    }

    /// Hands bytes over; `false` where the writer has stopped.
    pub(super) async fn write(&self, bytes: Bytes) -> bool {
        self.inbox.send(Message::Bytes(bytes)).await.is_ok()
    }

    /// Has the part file begun anew.
    pub(super) async fn start_over(&self) {
        // A writer that has stopped tells why in its outcome.
        let _stopped = self.inbox.send(Message::StartOver).await;
    }

    /// What has come and is flushed: what had come before at once, and then from mebibyte to mebibyte, until
    /// the threads have ended or can't flush. Only who asks first is told.
    pub(super) async fn checkpoints(&mut self) -> Option<UnboundedReceiver<Came>> {
        // A writer that has stopped tells why in its outcome.
        let _stopped = self.inbox.send(Message::Checkpoints).await;
        self.flushed.take()
    }

    /// Has the part file finished and flushed. Where feeding it failed it is kept if `keeps` says so
    /// of the failure; else, and where it is cancelled, it is given up and gone.
    pub(super) async fn finish(
        self,
        fed: Result<(), TransferError>,
        expected: Expected,
        keeps: impl FnOnce(&TransferError) -> bool,
        cancel: &CancellationToken,
    ) -> Result<Written, Box<Stopped>> {
        let error = match fed {
            Ok(()) => {
                return self.judged(expected, cancel).await;
            }
            Err(error) => error,
        };
        let part = if keeps(&error) {
            self.let_go().await
        } else {
            self.give_up().await;
            None
        };
        Err(Box::new(Stopped { error, part }))
    }

    async fn judged(
        mut self,
        expected: Expected,
        cancel: &CancellationToken,
    ) -> Result<Written, Box<Stopped>> {
        let finishing = async {
            // A writer that has stopped tells why in its outcome.
            let _stopped = self.inbox.send(Message::End(Box::new(expected))).await;
            let written = (&mut self.outcome).await;
            written.unwrap_or_else(|_| Err(TransferError::ThreadLost.into()))
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            written = finishing => return written,
        }
        self.give_up().await;
        Err(TransferError::Cancelled.into())
    }

    /// Lets the part file go with all that was handed over; nothing where it can't be kept.
    pub(super) async fn let_go(self) -> Option<(OwnPart, Came)> {
        let Self {
            inbox,
            outcome,
            stop,
            ..
        } = self;
        stop.0.checks.store(true, Ordering::Relaxed);
        drop(inbox);
        match outcome.await {
            Ok(Err(stopped)) => stopped.part,
            _ => None,
        }
    }

    /// Waits until the part file is gone.
    pub(super) async fn give_up(self) {
        let Self {
            inbox,
            outcome,
            stop,
            ..
        } = self;
        stop.0.keeps_nothing.store(true, Ordering::Relaxed);
        stop.all();
        drop(inbox);
        // Whatever it was about to say, its part file goes with it.
        if let Ok(Err(stopped)) = outcome.await
            && let Some((mut part, _)) = stopped.part
        {
            part.goes();
        }
    }
}

/// Leaves what came where it is known that it can be gone on with, though nobody waits for it any more: as
/// after a cut-off.
fn leave(unheard: Result<Written, Box<Stopped>>, stop: &Stop) {
    let part = match unheard {
        Ok(written) => Some(written.path),
        Err(stopped) => stopped.part.map(|(part, _)| part),
    };
    if let Some(part) = part
        && stop.leaves_what_came()
    {
        part.keep();
    }
}

fn write(
    part: PartFile,
    (came, looked): (Option<Came>, oneshot::Sender<bool>),
    destination: &Path,
    messages: mpsc::Receiver<Message>,
    flushed: UnboundedSender<Came>,
    stop: &Stop,
) -> Result<Written, Box<Stopped>> {
    let PartFile { file, mut path } = part;
    let trouble = |error| TransferError::in_work(destination, "writing", error);
    let (to_disk, pieces) = sync_channel(WAITING_FOR_DISK);
    let (file, taken_in) = std::thread::scope(|scope| {
        let disk = std::thread::Builder::new()
            .name("disk-writer".to_owned())
            .spawn_scoped(scope, || {
                let length = came.map_or(0, |came| came.size);
                write_out(file, length, pieces, flushed, &stop.writes)
            })
            .map_err(|error| TransferError::in_work(destination, "starting to write", error))?;
        let taken_in = take_in(&path, (came, looked), messages, &to_disk, stop);
        drop(to_disk);
        let file = disk.join().map_err(|_| TransferError::ThreadLost)?;
        Ok::<_, TransferError>((file, taken_in))
    })?;
    if stop.keeps_nothing.load(Ordering::Relaxed) {
        path.goes();
    }
    let (file, flushing) = match file {
        Ok(written) => written,
        // A disk that takes no more is why the rest was not looked at.
        Err(error) => {
            if error.kind() == ErrorKind::Interrupted && stop.leaves_what_came() {
                path.keep();
            }
            return Err(trouble(error).into());
        }
    };
    let taken_in = match taken_in {
        Ok(taken_in) => taken_in,
        Err(cut_off) => {
            let CutOff { error, came } = *cut_off;
            // A slow disk is not waited for.
            path.is_flushed_by(flushing);
            let part = came.map(|came| (path, came));
            return Err(Box::new(Stopped { error, part }));
        }
    };
    if came.is_some() && !taken_in.is_pieced {
        // Nothing is in it of what an earlier run kept.
        path.goes();
    }
    flushing.ended().map_err(trouble)?;
    finish((file, path), taken_in, destination)
}

/// Judges what came, and flushes it.
fn finish(
    (file, path): (File, OwnPart),
    taken_in: TakenIn,
    destination: &Path,
) -> Result<Written, Box<Stopped>> {
    let trouble = |error| TransferError::in_work(destination, "writing", error);
    let TakenIn {
        contents,
        expected,
        is_pieced,
    } = taken_in;
    let came = contents.came();
    let judged = contents.judge(&expected);
    let is_sound = judged
        .as_ref()
        .is_ok_and(|checked| checked.refused.is_none());
    if is_pieced && !is_sound {
        // One of the pieces may be of another copy. Nothing is said of it before it came whole.
        let error = TransferError::PiecesDoNotFit;
        let part = Some((path, came));
        return Err(Box::new(Stopped { error, part }));
    }
    let Checked {
        size,
        sha256,
        format,
        milliseconds,
        audio,
        completeness,
        refused,
    } = judged?;
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
        }
        .into());
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

/// All that came, looked at.
struct TakenIn {
    contents: Arriving,
    expected: Box<Expected>,
    /// Whether it is pieces of two answers.
    is_pieced: bool,
}

/// Why not all came, and what of it is on its way to the disk.
struct CutOff {
    error: TransferError,
    came: Option<Came>,
}

/// Looks at what had come into the part file, and at what comes behind it while that is written.
///
/// # Errors
/// [`TransferError::Cancelled`] where no more comes.
fn take_in(
    part: &OwnPart,
    (came, looked): (Option<Came>, oneshot::Sender<bool>),
    mut messages: mpsc::Receiver<Message>,
    to_disk: &SyncSender<Piece>,
    stop: &Stop,
) -> Result<TakenIn, Box<CutOff>> {
    let cut_off = |error, came| Box::new(CutOff { error, came });
    let lost = |_| cut_off(TransferError::ThreadLost, None);
    let mut contents = Arriving::until(stop.checks.clone());
    let mut is_known = came.is_none();
    let is_given_up = || stop.checks.load(Ordering::Relaxed);
    if let Some(came) = came.filter(|came| came.fits) {
        is_known = match contents.take_from_disk(part, came, is_given_up) {
            Ok(is_as_it_was) => is_as_it_was,
            Err(error) => {
                tracing::warn!(%error, "what had come of a recording can't be read");
                false
            }
        };
        if is_known {
            to_disk.send(Piece::GoOn).map_err(lost)?;
        }
    }
    let before = came.map(|came| Came {
        fits: came.fits && is_given_up(),
        ..came
    });
    // Nobody listens where nothing had come.
    let _unheard = looked.send(is_known);
    let mut is_pieced = came.is_some();
    let mut is_heard = false;
    // What came in an earlier try may not have been told.
    let mut due = came.map_or(STEP, |came| came.size);
    loop {
        match messages.blocking_recv() {
            Some(Message::Bytes(bytes)) => {
                to_disk.send(Piece::Bytes(bytes.clone())).map_err(lost)?;
                if is_known {
                    contents.take(&bytes);
                }
            }
            Some(Message::StartOver) => {
                to_disk.send(Piece::StartOver).map_err(lost)?;
                contents = Arriving::until(stop.checks.clone());
                (is_known, is_pieced, due) = (true, false, STEP);
            }
            Some(Message::Checkpoints) => {
                stop.is_written_down.store(true, Ordering::Relaxed);
                is_heard = true;
            }
            Some(Message::End(expected)) if is_known => {
                return Ok(TakenIn {
                    contents,
                    expected,
                    is_pieced,
                });
            }
            Some(Message::End(_)) | None => {
                let came = if is_known {
                    Some(contents.came())
                } else {
                    before
                };
                return Err(cut_off(TransferError::Cancelled, came));
            }
        }
        if is_heard && is_known && contents.size() >= due {
            due = contents.size() + STEP;
            let checkpoint = Piece::Checkpoint(contents.came());
            to_disk.send(checkpoint).map_err(lost)?;
        }
    }
}
