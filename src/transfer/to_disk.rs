use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use bytes::Bytes;

use crate::transfer::flush::start_writeback;

/// How many pieces of a body may wait for the disk: with the connection's largest pieces, of
/// 400 KiB, some 2 MiB.
pub(super) const WAITING_FOR_DISK: usize = 4;

/// How much is handed to the system at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// After how many bytes the system is asked to bring them to the disk.
const STRETCH: u64 = 16 * 1024 * 1024;

/// What is to be done to the file.
pub(super) enum Piece {
    /// To go behind what is there.
    Bytes(Bytes),
    /// What stands behind what had come goes.
    GoOn,
    /// What is there goes.
    StartOver,
}

/// Writes what comes behind the `length` bytes that are there, until its end; the disk is at work
/// meanwhile, so that the flush that follows is short.
///
/// # Errors
/// The disk's, or [`ErrorKind::Interrupted`] where it is given up.
pub(super) fn write_out(
    file: File,
    mut length: u64,
    pieces: Receiver<Piece>,
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
        }
        if length - brought >= STRETCH {
            output.flush()?;
            start_writeback(output.get_ref(), brought, length - brought);
            brought = length;
        }
    }
    output.into_inner().map_err(io::IntoInnerError::into_error)
}
