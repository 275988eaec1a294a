//! A recording of which a part came: the next answer goes on behind it.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::api::ResumePoint;
use crate::domain::{KeptPart, PartCame, ServerCopy};
use crate::transfer::arriving::Came;
use crate::transfer::flush::flush;
use crate::transfer::lost_volume::is_folder_gone;
use crate::transfer::part::{OwnPart, PartFile, remove_left_over};
use crate::transfer::promote::when_let_go;
use crate::transfer::verify::on_reader;
use crate::transfer::writer::{Stopped, Writer};
use crate::transfer::{FirstVolume, Ledger, SaveRequest, Stop, TransferEnd, TransferError};

/// A part file of which a later answer is expected to bring the rest. It is removed when dropped.
#[derive(Debug)]
pub struct Partial {
    part: OwnPart,
    /// What the first answer said of the recording.
    copy: ServerCopy,
    came: Came,
    /// Whether an earlier run kept it: the person has been told of it.
    is_of_earlier: bool,
}

/// A part file that was looked at again, behind which the rest is to come.
pub struct TakenUp {
    pub(super) writer: Writer,
    pub(super) copy: ServerCopy,
    pub(super) came: Came,
    pub(super) path: PathBuf,
    pub(super) made_on: Option<u64>,
    is_of_earlier: bool,
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
            is_of_earlier: false,
        });
        Box::new(Self { error, partial })
    }

    /// Of pieces that don't fit together, what was there before the last of them.
    pub(super) fn with_what_fits(
        mut self: Box<Self>,
        before: Option<(ServerCopy, Came)>,
    ) -> Box<Self> {
        if matches!(self.error, TransferError::PiecesDoNotFit)
            && let (Some(partial), Some(before)) = (&mut self.partial, before)
        {
            (partial.copy, partial.came) = before;
        }
        self
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

    /// Whether it is of this very copy, told by a strong validator.
    #[must_use]
    pub fn is_of(&self, copy: &ServerCopy) -> bool {
        let validator = copy.strong_validator();
        validator.is_some() && validator == self.copy.strong_validator()
    }

    /// What is kept of it by [`Partial::keep`].
    #[must_use]
    pub fn as_kept(&self, request: &SaveRequest) -> KeptPart {
        KeptPart {
            operation: request.operation.clone(),
            doctor: request.doctor.clone(),
            destination: request.destination.clone(),
            part: self.part.path().to_path_buf(),
            mark: self.part.mark(),
            came: self.as_came(),
        }
    }

    fn as_came(&self) -> PartCame {
        PartCame {
            size: self.came.size,
            sha256: self.came.sha256,
            copy: self.copy.clone(),
        }
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
            is_of_earlier: true,
        }
    }

    /// Leaves it where it is, as the ledger knows it then, cuts what did not fit behind it, and flushes it.
    /// Whether it is kept: what is not is removed.
    pub async fn keep(self, request: &SaveRequest, ledger: &dyn Ledger) -> bool {
        if let Err(error) = ledger.kept(&request.operation, self.as_came()).await {
            tracing::warn!(%error, "what came of a recording is not kept");
            if self.is_of_earlier {
                // It is kept as it was known before.
                end(TransferEnd::PartLeft, request, ledger).await;
            } else {
                self.discard(request, ledger).await;
            }
            return false;
        }
        let (part, size) = (self.part.on_loan(), self.came.size);
        let flushed = on_reader(&request.destination, move |_| {
            // What is away by then shows when it is gone on with.
            Ok(part.cut_to(size).map_or(Ok(false), |file| flush(&file)))
        });
        let has_failed = matches!(flushed.await, Ok(Err(_))) || self.part.is_lost();
        // Of what could not be flushed nobody knows what is on the disk.
        if has_failed {
            tracing::warn!("what came of a recording can't be flushed, and is not kept");
            self.discard(request, ledger).await;
            return false;
        }
        self.part.keep();
        true
    }

    /// Opens the part file, and hashes and checks what is in it. `None` where it is no longer there, or
    /// not the one that was made: it is all to be fetched again. What an earlier run kept has to be
    /// there.
    ///
    /// That is done before the service is asked: none waits for long for somebody who doesn't read.
    ///
    /// # Errors
    /// [`NotSaved`], with what is still kept: [`TransferError::PartGone`], [`TransferError::FolderGone`],
    /// [`TransferError::Cancelled`], or the disk's.
    pub async fn take_up(
        self,
        request: &SaveRequest,
        ledger: &dyn Ledger,
        stop: &Stop<'_>,
    ) -> Result<Option<TakenUp>, Box<NotSaved>> {
        let part = (self.part.path().to_path_buf(), self.part.volume());
        let (destination, volume) = (request.destination.clone(), request.volume.clone());
        let place = part.0.clone();
        let opened = on_reader(&request.destination, move |unwanted| {
            Ok(self.open(&destination, &volume, unwanted))
        });
        let mut taken_up = match opened.await? {
            Ok(Found::ItIs(taken_up)) => *taken_up,
            Ok(Found::Another) => {
                forget(None, request, ledger).await;
                end(TransferEnd::Discarded, request, ledger).await;
                return Ok(None);
            }
            Ok(Found::Nothing) => {
                forget(None, request, ledger).await;
                return match say_gone(part, request, ledger).await {
                    TransferEnd::Discarded => Ok(None),
                    _ => Err(TransferError::PartGone { path: place }.into()),
                };
            }
            Err(not_opened) => return Err(not_opened),
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

    fn open(
        mut self,
        destination: &Path,
        volume: &FirstVolume,
        unwanted: &dyn Fn() -> bool,
    ) -> Result<Found, Box<NotSaved>> {
        let file = match when_let_go(unwanted, || self.part.reopen()) {
            Ok(file) => Some(file),
            Err(_) if self.part.has_lost_its_drive() || is_folder_gone(self.part.path()) => {
                let source = io::Error::other("the folder of the part file is gone");
                let path = destination.to_path_buf();
                return Err(self.not_opened(TransferError::FolderGone { path, source }));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(self.not_opened(TransferError::in_work(
                    destination,
                    "going on",
                    error,
                )));
            }
        };
        let file = match file {
            // Some volumes give a file another mark from time to time: its contents tell too.
            None if self.is_of_earlier => match self.part.adopt(self.came) {
                Ok(file) => file,
                Err(error) => {
                    let error = TransferError::in_work(destination, "going on", error);
                    return Err(self.not_opened(error));
                }
            },
            file => file,
        };
        let is_long = |file: &File| {
            let found = file.metadata();
            found.is_ok_and(|found| found.len() >= self.came.size)
        };
        let Some(file) = file.filter(is_long) else {
            if self.is_of_earlier {
                let path = self.part.path().to_path_buf();
                return Err(self.not_opened(TransferError::PartGone { path }));
            }
            let is_another = self.part.is_another();
            // What is too short goes with this.
            drop(self);
            return Ok(if is_another {
                Found::Another
            } else {
                Found::Nothing
            });
        };
        if let Err(error) = volume.expect(&file, destination) {
            return Err(self.not_opened(error));
        }
        self.part.lies_on(&file);
        let Self {
            part,
            copy,
            came,
            is_of_earlier,
        } = self;
        let (path, made_on) = (part.path().to_path_buf(), part.volume());
        let writer = Writer::start(
            PartFile { file, path: part },
            Some(came),
            destination.to_path_buf(),
        )?;
        Ok(Found::ItIs(Box::new(TakenUp {
            writer,
            copy,
            came,
            path,
            made_on,
            is_of_earlier,
        })))
    }

    fn not_opened(self, error: TransferError) -> Box<NotSaved> {
        let partial = Some(self);
        Box::new(NotSaved { error, partial })
    }

    /// Removes it, and has the ledger know where that fails.
    pub async fn discard(self, request: &SaveRequest, ledger: &dyn Ledger) {
        forget(Some(self.as_came()), request, ledger).await;
        let part = (self.part.path().to_path_buf(), self.part.volume());
        let mut own = self.part;
        let removed = on_reader(&request.destination, move |_| {
            own.goes();
            drop(own);
            Ok(())
        });
        if let Err(error) = removed.await {
            tracing::warn!(%error, "a part file may not be removed");
        }
        say_gone(part, request, ledger).await;
    }
}

/// Removes a part file with something in it, known by its mark or by what came into it. Whether it was
/// there.
///
/// # Errors
/// [`TransferError`], as of [`remove_left_over`].
pub async fn remove_kept(
    part: &Path,
    mark: Option<&str>,
    came: &PartCame,
) -> Result<bool, TransferError> {
    let refused = match remove_left_over(part, mark).await {
        Err(refused @ TransferError::FileNameRefused { .. }) => refused,
        removed => return removed,
    };
    let came = Came {
        size: came.size,
        sha256: came.sha256,
        fits: true,
    };
    let mut own = OwnPart::of_earlier(part.to_path_buf(), mark.map(ToOwned::to_owned));
    let place = part.to_path_buf();
    let is_it = on_reader(part, move |_| {
        let removed = own.adopt(came).and_then(|found| match found {
            Some(_) => own.remove().map(|()| true),
            None => Ok(false),
        });
        removed.map_err(|error| TransferError::in_work(&place, "removing a part file", error))
    });
    if is_it.await? { Ok(true) } else { Err(refused) }
}

/// Whether what is kept is there, as far as is told without reading it.
pub async fn is_there(part: &Path, mark: Option<&str>, came: &PartCame) -> bool {
    let own = OwnPart::of_earlier(part.to_path_buf(), mark.map(ToOwned::to_owned));
    let size = came.size;
    let looked = on_reader(part, move |_| Ok(own.is_as_long(size)));
    looked.await.unwrap_or(false)
}

/// What stands at a part file's name.
enum Found {
    /// The one that was made.
    ItIs(Box<TakenUp>),
    /// Somebody's file, which is left alone.
    Another,
    /// Nothing that can be gone on with.
    Nothing,
}

/// Has the ledger know that a part file was removed, or that it is, or may be, still there; which.
pub(super) async fn say_gone(
    (part, made_on): (PathBuf, Option<u64>),
    request: &SaveRequest,
    ledger: &dyn Ledger,
) -> TransferEnd {
    let looked = on_reader(&request.destination, move |_| {
        Ok(OwnPart::is_gone(&part, made_on))
    });
    let gone = if looked.await.unwrap_or(false) {
        TransferEnd::Discarded
    } else {
        TransferEnd::PartLeft
    };
    end(gone, request, ledger).await;
    gone
}

/// Has the ledger know that what came, which is this where that is in the part file, is not to be gone on with.
pub(super) async fn forget(came: Option<PartCame>, request: &SaveRequest, ledger: &dyn Ledger) {
    if !request.checkpoints {
        return;
    }
    if let Err(error) = ledger.begun_anew(&request.operation, came).await {
        // It shows when that is gone on with.
        tracing::warn!(%error, "what had come of a recording is still written down");
    }
}

/// Has the ledger know how a transfer ended.
pub(super) async fn end(end: TransferEnd, request: &SaveRequest, ledger: &dyn Ledger) {
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
            is_of_earlier,
        } = self;
        let Some((part, left)) = writer.let_go().await else {
            say_gone((path, made_on), request, ledger).await;
            return None;
        };
        let fits = came.fits && left.fits;
        let came = Came { fits, ..left };
        Some(Partial {
            part,
            copy,
            came,
            is_of_earlier,
        })
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
        forget(None, request, ledger).await;
        self.writer.give_up().await;
        say_gone((self.path, self.made_on), request, ledger).await;
    }
}
