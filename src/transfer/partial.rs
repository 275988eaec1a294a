//! A recording of which a part came: the next answer goes on behind it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::api::ResumePoint;
use crate::domain::{KeptPart, PartCame, ServerCopy};
use crate::transfer::arriving::Came;
use crate::transfer::flush::flush;
use crate::transfer::lost_volume::is_folder_gone;
use crate::transfer::part::{OwnPart, PartFile};
use crate::transfer::promote::when_let_go;
use crate::transfer::verify::on_reader;
use crate::transfer::writer::{Stopped, Writer};
use crate::transfer::{Ledger, SaveRequest, Stop, TransferEnd, TransferError};

/// A part file of which a later answer is expected to bring the rest. It is removed when dropped.
#[derive(Debug)]
pub struct Partial {
    part: OwnPart,
    /// What the first answer said of the recording.
    copy: ServerCopy,
    came: Came,
}

/// A part file that was looked at again, behind which the rest is to come.
pub struct TakenUp {
    pub(super) writer: Writer,
    copy: ServerCopy,
    came: Came,
    pub(super) path: PathBuf,
    made_on: Option<u64>,
}

/// Why a recording was not saved, and what there is of it.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct NotSaved {
    /// What came in between.
    pub error: TransferError,
    /// What the next try may go on with.
    pub partial: Option<Partial>,
}

impl From<TransferError> for Box<NotSaved> {
    fn from(error: TransferError) -> Self {
        Self::new(NotSaved {
            error,
            partial: None,
        })
    }
}

impl NotSaved {
    /// What a writer let go of, of a recording of which the service says this.
    pub(super) fn of(stopped: Stopped, copy: &ServerCopy) -> Box<Self> {
        let Stopped { error, part } = stopped;
        let partial = part.map(|(part, came)| Partial {
            part,
            copy: copy.clone(),
            came,
        });
        Box::new(Self { error, partial })
    }
}

impl Partial {
    /// How many bytes are there that the next answer need not bring.
    #[must_use]
    pub fn good_for(&self) -> u64 {
        self.resume_point().map_or(0, |point| point.from())
    }

    fn resume_point(&self) -> Option<ResumePoint> {
        ResumePoint::new(self.copy.clone(), self.came.size).filter(|_| self.came.fits)
    }

    /// What is kept of an earlier download. Whether it is still there shows when it is taken up.
    #[must_use]
    pub fn of_earlier(kept: &KeptPart) -> Self {
        let PartCame { size, sha256, copy } = kept.came.clone();
        Self {
            part: OwnPart::of_earlier(kept.part.clone(), kept.mark.clone()),
            copy,
            came: Came {
                size,
                sha256,
                fits: true,
            },
        }
    }

    /// Flushes it, and leaves it where it is; the ledger knows it then. Whether it is kept: what is
    /// not is removed.
    pub async fn keep(self, request: &SaveRequest, ledger: &dyn Ledger) -> bool {
        let path = (self.part.path().to_path_buf(), self.part.volume());
        let came = PartCame {
            size: self.came.size,
            sha256: self.came.sha256,
            copy: self.copy.clone(),
        };
        let flushed = on_reader(&request.destination, move |_| {
            let flushed = self.part.reopen().and_then(|file| flush(&file));
            match flushed {
                Ok(_) => Ok(self),
                Err(error) => Err(TransferError::in_work(
                    self.part.path(),
                    "keeping what came",
                    error,
                )),
            }
        });
        let kept = match flushed.await {
            Ok(partial) => match ledger.kept(&request.operation, came).await {
                Ok(()) => {
                    partial.part.keep();
                    return true;
                }
                Err(error) => error.into(),
            },
            Err(error) => error,
        };
        tracing::warn!(error = %kept, "what came of a recording is not kept");
        say_gone(path, request, ledger).await;
        false
    }

    /// Opens the part file, and hashes and checks what is in it. `None` where it is no longer there, or
    /// not the one that was made: it is all to be fetched again.
    ///
    /// That is done before the service is asked: none waits for long for somebody who doesn't read.
    ///
    /// # Errors
    /// [`TransferError::FolderGone`], [`TransferError::Cancelled`], or the disk's.
    pub async fn take_up(
        self,
        request: &SaveRequest,
        ledger: &dyn Ledger,
        stop: &Stop<'_>,
    ) -> Result<Option<TakenUp>, Box<NotSaved>> {
        let (path, volume) = (self.part.path().to_path_buf(), self.part.volume());
        let opened = self.open(request).await;
        let Ok(Some(mut taken_up)) = opened else {
            say_gone((path, volume), request, ledger).await;
            return Ok(opened.map(|_| None)?);
        };
        tokio::select! {
            biased;
            () = stop.cancel.cancelled() => Err(taken_up.stopped(request, ledger, stop).await),
            looks = taken_up.writer.looks() => {
                taken_up.came.fits &= looks;
                Ok(Some(taken_up))
            }
        }
    }

    async fn open(self, request: &SaveRequest) -> Result<Option<TakenUp>, TransferError> {
        let (destination, volume) = (request.destination.clone(), request.volume.clone());
        let reopened = on_reader(&request.destination, move |unwanted| {
            let Self { part, copy, came } = self;
            let trouble = |error| TransferError::in_work(&destination, "going on", error);
            let file = match when_let_go(unwanted, || part.reopen()) {
                Ok(file) => file,
                Err(_) if part.has_lost_its_drive() || is_folder_gone(part.path()) => {
                    let source = io::Error::other("the folder of the part file is gone");
                    let path = destination;
                    return Err(TransferError::FolderGone { path, source });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(trouble(error)),
            };
            volume.expect(&file, &destination)?;
            if file.metadata().map_err(trouble)?.len() < came.size {
                return Ok(None);
            }
            let (path, made_on) = (part.path().to_path_buf(), part.volume());
            let writer = Writer::start(PartFile { file, path: part }, Some(came), destination)?;
            Ok(Some(TakenUp {
                writer,
                copy,
                came,
                path,
                made_on,
            }))
        });
        reopened.await
    }

    /// Removes it, and has the ledger know where that fails.
    pub async fn discard(self, request: &SaveRequest, ledger: &dyn Ledger) {
        let part = (self.part.path().to_path_buf(), self.part.volume());
        let removed = on_reader(&request.destination, move |_| {
            drop(self);
            Ok(())
        });
        if let Err(error) = removed.await {
            tracing::warn!(%error, "a part file may not be removed");
        }
        say_gone(part, request, ledger).await;
    }

    /// Whether it is known not to be what the service has.
    #[must_use]
    pub const fn is_spoiled(&self) -> bool {
        !self.came.fits
    }
}

/// Whether a part file that an earlier run kept is there with what came, and is the one that was made.
///
/// # Errors
/// [`TransferError::FolderGone`] where it can't be looked for, or the disk's.
pub async fn is_kept(part: &Path, mark: Option<&str>, size: u64) -> Result<bool, TransferError> {
    let own = OwnPart::of_earlier(part.to_path_buf(), mark.map(ToOwned::to_owned));
    let path = part.to_path_buf();
    on_reader(part, move |_| {
        let there = own.reopen().and_then(|file| file.metadata());
        own.keep();
        match there {
            Ok(there) => Ok(there.len() >= size),
            Err(error) if error.kind() == ErrorKind::NotFound && !is_folder_gone(&path) => {
                Ok(false)
            }
            Err(source) if source.kind() == ErrorKind::NotFound => {
                Err(TransferError::FolderGone { path, source })
            }
            Err(error) => Err(TransferError::in_work(&path, "finding what is kept", error)),
        }
    })
    .await
}

/// Has the ledger know that a part file was removed, or that it is, or may be, still there.
async fn say_gone(
    (part, made_on): (PathBuf, Option<u64>),
    request: &SaveRequest,
    ledger: &dyn Ledger,
) {
    let looked = on_reader(&request.destination, move |_| {
        Ok(OwnPart::is_gone(&part, made_on))
    });
    let end = if looked.await.unwrap_or(false) {
        TransferEnd::Discarded
    } else {
        TransferEnd::PartLeft
    };
    if let Err(error) = ledger.end(&request.operation, end).await {
        // The entry left open is looked into at the next start.
        tracing::warn!(%error, "the end of a transfer could not be written down");
    }
}

impl TakenUp {
    /// Where the service is asked to go on; nothing where all is to be fetched again.
    #[must_use]
    pub fn resume_point(&self) -> Option<ResumePoint> {
        ResumePoint::new(self.copy.clone(), self.came.size).filter(|_| self.came.fits)
    }

    /// Lets go of it again, as no answer came that goes on with it.
    pub async fn let_go(self, request: &SaveRequest, ledger: &dyn Ledger) -> Option<Partial> {
        let Self {
            writer,
            copy,
            came,
            path,
            made_on,
        } = self;
        let Some((part, left)) = writer.let_go().await else {
            say_gone((path, made_on), request, ledger).await;
            return None;
        };
        let fits = came.fits && left.fits;
        let came = Came { fits, ..left };
        Some(Partial { part, copy, came })
    }

    /// What becomes of it where the download is ended.
    pub async fn stopped(
        self,
        request: &SaveRequest,
        ledger: &dyn Ledger,
        stop: &Stop<'_>,
    ) -> Box<NotSaved> {
        let partial = if (stop.keeps)() {
            self.let_go(request, ledger).await
        } else {
            self.discard(request, ledger).await;
            None
        };
        let error = TransferError::Cancelled;
        Box::new(NotSaved { error, partial })
    }

    /// Removes it.
    pub async fn discard(self, request: &SaveRequest, ledger: &dyn Ledger) {
        self.writer.give_up().await;
        say_gone((self.path, self.made_on), request, ledger).await;
    }
}
