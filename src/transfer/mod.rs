//! One download onto a disk: into a part file beside its destination, checked while it comes,
//! flushed, and only then given its name. What a delete rests on is read back from the disk itself.

mod arriving;
mod aside;
mod checkpoints;
mod digest;
mod error;
mod flush;
mod found;
mod from_disk;
mod ledger;
mod long_path;
mod lost_volume;
mod mark;
mod part;
mod partial;
mod promote;
mod seen;
mod to_disk;
mod verify;
mod writer;

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::{Recording, RecordingBody};
use crate::domain::{
    AudioFormat, CheckedAudio, Completeness, DoctorName, OperationId, Remark, ServerCopy,
    Sha256Digest,
};
use crate::transfer::arriving::Expected;
use crate::transfer::checkpoints::{Bound, Checkpoints};
use crate::transfer::verify::Promoted;
use crate::transfer::writer::Writer;

pub use aside::{Aside, find_set_aside, open_set_aside, remove_set_aside};
pub use digest::{Contents, digest_of};
pub use error::TransferError;
pub use found::{Found, find_named};
pub use from_disk::ReadFrom;
pub use ledger::{Ledger, LedgerError, TransferEnd, TransferStart};
pub use lost_volume::FirstVolume;
pub use part::{check_destination, remove_left_over};
pub use partial::{NotSaved, Partial, TakenUp, is_there, remove_kept};
pub use seen::FileSeen;
pub use verify::{VerifiedBackup, verify_backup};

/// How long a download of which all is there, and that is ended so that it is kept, may take to get its
/// name: as long as a slow disk takes. Audio that takes longer to decode is made to.
const FINISHING: Duration = Duration::from_mins(5);

/// What to save, and where.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// Whose recording it is.
    pub doctor: DoctorName,
    /// The operation that the ledger knows it by.
    pub operation: OperationId,
    /// The file to make. Its extension is corrected where the content is of the other format.
    pub destination: PathBuf,
    /// The file of that very name that the person agreed to replace. Where it is not that one any
    /// more, and without it, a number is added to the name.
    pub replace: Option<FileSeen>,
    /// Whether that file is a backup: then only what is proven whole takes its place.
    pub replaces_backup: bool,
    /// The digest of what an earlier answer brought that was not kept. The same again is what the
    /// server has.
    pub came_before: Option<Sha256Digest>,
    /// Whether what can be no backup is kept all the same, as the service has it. What may not be
    /// all of it, and a web page or a message in its place, never is.
    pub as_it_is: bool,
    /// The volume that it goes to: every try is given the same.
    pub volume: FirstVolume,
    /// Whether the ledger is told on the way what has come, so that it can be gone on with also where
    /// the app is cut off. What comes waits for that: while it can be written down, never is it more than
    /// 4 MiB ahead of what the ledger has taken.
    pub checkpoints: bool,
}

impl SaveRequest {
    /// Whether the ledger is told on the way what has come of this copy: only where it is told from
    /// any other can it be gone on with.
    #[must_use]
    pub fn tells_checkpoints_of(&self, copy: &ServerCopy) -> bool {
        self.checkpoints && copy.strong_validator().is_some()
    }
}

/// What a download does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Its bytes arrive.
    Arriving(Progress),
    /// It waits for another program that holds the finished part file.
    WaitingForFile,
}

/// How many bytes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that arrived.
    pub received: u64,
    /// Bytes that were announced.
    pub total: Option<u64>,
}

/// A file under its final name, checked while it came, and flushed with its folder where that is to
/// be had. Only [`save`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotedFile {
    /// Where it is; not always the destination that was asked for.
    pub path: PathBuf,
    /// The file as it is there.
    pub seen: Option<FileSeen>,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its contents.
    pub sha256: Sha256Digest,
    /// What it is by its content; `None` of what is neither WAV nor FLAC.
    pub format: Option<AudioFormat>,
    /// How long it plays, in milliseconds, where that can be told.
    pub milliseconds: Option<u64>,
    /// What was found out about its audio while it arrived.
    pub audio: CheckedAudio,
    /// Whether it is known to be all of the recording.
    pub completeness: Completeness,
    /// What else there is to say of it.
    pub remarks: Vec<Remark>,
    promoted: Promoted,
}

/// Saves a recording that has begun to arrive, all in one answer.
///
/// Whatever goes wrong, the part file is removed and a file that was at the destination is as it
/// was; only where the folder can't be flushed after all else went well, the whole new file keeps
/// its name, and where another program holds the whole part file ([`TransferError::Held`]), that
/// stays. A future that is dropped in the middle removes the part file too, and leaves the ledger's
/// entry open.
///
/// # Errors
/// [`TransferError`]: the connection's, the disk's, the ledger's, or what came is no whole
/// recording or not what stands in the part file's place.
pub async fn save(
    recording: Recording,
    request: SaveRequest,
    ledger: &dyn Ledger,
    steps: impl Fn(Step) + Send + Sync,
    cancel: CancellationToken,
) -> Result<PromotedFile, TransferError> {
    let discarded = request.clone();
    let stop = Stop {
        cancel,
        keeps: &|| false,
    };
    let saved = save_on(None, recording, request, ledger, steps, stop).await;
    match saved {
        Ok(saved) => Ok(saved),
        Err(not_saved) => {
            let NotSaved { error, partial } = *not_saved;
            if let Some(partial) = partial {
                partial.discard(&discarded, ledger).await;
            }
            Err(error)
        }
    }
}

/// How a download is ended early.
pub struct Stop<'a> {
    /// It ends.
    pub cancel: CancellationToken,
    /// Whether what came is kept then.
    pub keeps: &'a (dyn Fn() -> bool + Send + Sync),
}

/// As [`save`], behind what earlier answers brought, where the recording goes on there. What came is
/// kept to be gone on with where the connection failed, or it is ended so that it is kept, and the
/// service says by what its copy is told from any other.
///
/// # Errors
/// [`NotSaved`], of the same.
pub async fn save_on(
    earlier: Option<TakenUp>,
    recording: Recording,
    request: SaveRequest,
    ledger: &dyn Ledger,
    steps: impl Fn(Step) + Send + Sync,
    stop: Stop<'_>,
) -> Result<PromotedFile, Box<NotSaved>> {
    if stop.cancel.is_cancelled() {
        return Err(match earlier {
            Some(earlier) => earlier.stopped(&request, ledger, &stop).await,
            None => TransferError::Cancelled.into(),
        });
    }
    let mut before = None;
    let (writer, place) = if let Some(taken_up) = earlier {
        let TakenUp {
            writer,
            copy,
            came,
            path,
            made_on,
            ..
        } = taken_up;
        if recording.from == 0 {
            partial::forget(None, &request, ledger).await;
            writer.start_over().await;
        } else {
            before = Some((copy, came));
        }
        (writer, (path, made_on))
    } else {
        let part = part::create(&request, ledger).await?;
        let place = (part.path().to_path_buf(), part.path.volume());
        let writer = Writer::start(part, None, request.destination.clone())?;
        (writer, place)
    };
    let saved = receive(writer, recording, request.clone(), ledger, &steps, stop).await;
    let saved = saved.map_err(|not_saved| not_saved.with_what_fits(before));
    let end = match &saved {
        Ok(_) => Some(TransferEnd::Saved),
        Err(not_saved) => match &not_saved.error {
            // It is in the caller's hands.
            _ if not_saved.partial.is_some() => return saved,
            TransferError::Unfit { aside: Some(_), .. } => Some(TransferEnd::SetAside),
            TransferError::Held { .. } => Some(TransferEnd::PartKept),
            _ => None,
        },
    };
    let end = match end {
        Some(end) => {
            partial::end(end, &request, ledger).await;
            end
        }
        None => partial::say_gone(place, &request, ledger).await,
    };
    // What an earlier run kept stays known where it may still be there.
    if matches!(end, TransferEnd::SetAside | TransferEnd::Discarded) {
        partial::forget(None, &request, ledger).await;
    }
    saved
}

async fn receive(
    mut writer: Writer,
    recording: Recording,
    request: SaveRequest,
    ledger: &dyn Ledger,
    steps: &(impl Fn(Step) + Sync),
    stop: Stop<'_>,
) -> Result<PromotedFile, Box<NotSaved>> {
    let Recording {
        copy,
        coding,
        from,
        body,
    } = recording;
    let expected = Expected {
        copy: copy.clone(),
        came_before: request.came_before,
        as_it_is: request.as_it_is,
    };
    let progress = |progress| steps(Step::Arriving(progress));
    let flushed = if request.tells_checkpoints_of(&copy) {
        writer.checkpoints().await
    } else {
        None
    };
    let (checkpoints, bound) = flushed.map(Checkpoints::of).unzip();
    let may_be_gone_on_with = |error: &TransferError| {
        let keeps = match error {
            TransferError::Api(_) | TransferError::CutShort { .. } => true,
            TransferError::Cancelled => (stop.keeps)(),
            _ => false,
        };
        keeps && copy.strong_validator().is_some()
    };
    // Of what is all there, the finished file is kept.
    let unwanted = CancellationToken::new();
    let saving = async {
        let writing = async {
            let came = (from, copy.length);
            let fed = feed(came, body, bound, &writer, &progress, &stop).await;
            writer
                .finish(fed, expected, may_be_gone_on_with, &unwanted)
                .await
        };
        let remembering = async {
            if let Some(checkpoints) = checkpoints {
                let operation = &request.operation;
                checkpoints.remember(&copy, operation, ledger).await;
            }
        };
        // What is flushed later need not be known: what becomes of it is known then.
        // In a box: all that waits for it would grow too large for the stack.
        let mut writing = Box::pin(writing);
        let written = tokio::select! {
            biased;
            written = &mut writing => written,
            () = remembering => writing.await,
        };
        let written = written.map_err(|stopped| NotSaved::of(*stopped, &copy))?;
        let checked = verify::write_down(written, copy.clone(), request, ledger, &unwanted).await?;
        let held = || steps(Step::WaitingForFile);
        Ok::<_, Box<NotSaved>>(checked.promote(held, unwanted.clone()).await?)
    };
    let watching = async {
        stop.cancel.cancelled().await;
        if (stop.keeps)() {
            tokio::time::sleep(FINISHING).await;
        }
        unwanted.cancel();
        std::future::pending::<Infallible>().await
    };
    let mut saved = tokio::select! {
        biased;
        never = watching => match never {},
        saved = saving => saved?,
    };
    saved.remarks.extend(coding.map(Remark::UnregisteredCoding));
    Ok(saved)
}

/// Hands the recording's bytes to the writer until their end, each piece taken from the connection only
/// where `bound` admits it.
///
/// `Ok` where the writer has all of them, or has stopped and knows why.
async fn feed(
    (from, total): (u64, Option<u64>),
    mut body: Box<dyn RecordingBody>,
    mut bound: Option<Bound>,
    writer: &Writer,
    progress: &(impl Fn(Progress) + Sync),
    Stop { cancel, keeps }: &Stop<'_>,
) -> Result<(), TransferError> {
    let mut received = from;
    loop {
        if let Some(bound) = bound.as_mut().filter(|_| total != Some(received)) {
            let admits = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(TransferError::Cancelled),
                admits = bound.admits(received) => admits,
            };
            if !admits {
                return Ok(());
            }
        }
        let next = tokio::select! {
            biased;
            // All of it is there: nothing more has to come.
            () = cancel.cancelled() => if total == Some(received) && keeps() {
                return Ok(());
            } else {
                return Err(TransferError::Cancelled);
            },
            next = body.next() => next?,
        };
        let Some(bytes) = next else { break };
        received += bytes.len() as u64;
        if total.is_some_and(|total| received > total) {
            return Err(TransferError::Damaged {
                expected: total,
                received,
                sha256: None,
            });
        }
        let taken = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(TransferError::Cancelled),
            taken = writer.write(bytes) => taken,
        };
        if !taken {
            return Ok(());
        }
        progress(Progress { received, total });
    }
    match total {
        Some(total) if received < total => Err(TransferError::CutShort { received, total }),
        _ => Ok(()),
    }
}
