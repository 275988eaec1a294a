use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;

use crate::transfer::arriving::Came;
use crate::transfer::flush::{flush_on_the_way, start_writeback};

/// How many pieces of a body may wait for the disk: with the connection's largest pieces, of
/// 400 KiB, some 2 MiB.
pub(super) const WAITING_FOR_DISK: usize = 4;

/// How much is handed to the system at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// After how many bytes the system is asked to bring them to the disk.
const STRETCH: u64 = 16 * 1024 * 1024;

/// Told where nothing is flushed on the way any more; the disk's own error tells why.
const CAN_NOT_FLUSH: ErrorKind = ErrorKind::BrokenPipe;

/// What is to be done to the file.
pub(super) enum Piece {
    /// To go behind what is there.
    Bytes(Bytes),
    /// What stands behind what had come goes.
    GoOn,
    /// What is there goes.
    StartOver,
    /// All until here is to be flushed and told, or a newer one in its place.
    Checkpoint(Came),
}

/// The flush on the way that is under way, if any, and what came of all of them.
#[derive(Debug)]
pub(super) struct Flushing {
    thread: JoinHandle<io::Result<()>>,
    has_failed: Arc<AtomicBool>,
}

impl Flushing {
    /// Waits for their end. The system tells once what it could not flush: a later flush would hear nothing
    /// of it.
    pub(super) fn ended(self) -> io::Result<()> {
        let ended = self.thread.join();
        ended.map_err(|_| io::Error::other("the flushing thread was lost"))?
    }

    /// Doesn't wait for it; what is set where it fails, or has failed.
    pub(super) fn has_failed(self) -> Arc<AtomicBool> {
        self.has_failed
    }
}

/// Writes what comes behind the `length` bytes that are there, until its end; the disk is at work
/// meanwhile, so that the flush that follows is short. What is flushed on the way is told through
/// `flushed`, which is dropped where nothing is any more.
///
/// # Errors
/// The disk's, or [`ErrorKind::Interrupted`] where it is given up.
pub(super) fn write_out(
    file: File,
    length: u64,
    pieces: Receiver<Piece>,
    flushed: UnboundedSender<Came>,
    given_up: &AtomicBool,
) -> io::Result<(File, Flushing)> {
    let (to_flush, checkpoints) = channel();
    let same_file = file.try_clone()?;
    let has_failed = Arc::new(AtomicBool::new(false));
    let failed = has_failed.clone();
    let thread = std::thread::Builder::new()
        .name("disk-flusher".to_owned())
        .spawn(move || {
            let ended = flush_each(&same_file, &checkpoints, &flushed);
            failed.store(ended.is_err(), Ordering::Relaxed);
            ended
        })?;
    let written = write_each(file, length, pieces, &to_flush, given_up);
    drop(to_flush);
    let flushing = Flushing { thread, has_failed };
    match written {
        Ok(file) => Ok((file, flushing)),
        Err(error) if error.kind() == CAN_NOT_FLUSH => Err(flushing.ended().err().unwrap_or(error)),
        Err(error) => Err(error),
    }
}

fn flush_each(
    file: &File,
    checkpoints: &Receiver<Came>,
    flushed: &UnboundedSender<Came>,
) -> io::Result<()> {
    for came in checkpoints {
        // The newest of those that wait covers the others.
        let came = checkpoints.try_iter().last().unwrap_or(came);
        // A volume that can't be asked to flush may have it all the same: it is hashed again before it is
        // gone on with.
        flush_on_the_way(file)?;
        // Nobody listens where the download is given up.
        let _unheard = flushed.send(came);
    }
    Ok(())
}

fn write_each(
    file: File,
    mut length: u64,
    pieces: Receiver<Piece>,
    to_flush: &Sender<Came>,
    given_up: &AtomicBool,
) -> io::Result<File> {
    let mut output = BufWriter::with_capacity(BUFFER, file);
    output.seek(SeekFrom::Start(length))?;
    let mut brought = length;
    for piece in pieces {
        if given_up.load(Ordering::Relaxed) {
            // Nothing that was buffered has to reach a file that is about to be removed.
            drop(output.into_parts());
            return Err(ErrorKind::Interrupted.into());
        }
        match piece {
            Piece::Bytes(bytes) => {
                output.write_all(&bytes)?;
                length += bytes.len() as u64;
            }
            Piece::GoOn => output.get_ref().set_len(length)?,
            Piece::StartOver => {
                output.seek(SeekFrom::Start(0))?;
                output.get_ref().set_len(0)?;
                (length, brought) = (0, 0);
            }
            Piece::Checkpoint(came) => {
                output.flush()?;
                to_flush.send(came).map_err(|_| CAN_NOT_FLUSH)?;
            }
        }
        if length - brought >= STRETCH {
            output.flush()?;
            start_writeback(output.get_ref(), brought, length - brought);
            brought = length;
        }
    }
    output.into_inner().map_err(io::IntoInnerError::into_error)
}
