use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::samples::SyntheticWav;

/// Large enough that the cost of a chunk disappears, small enough to be held for each transfer.
const CHUNK: usize = 256 * 1024;

/// The bytes of a body, wherever they are.
#[derive(Clone)]
pub enum Content {
    /// In memory, shared.
    Held(Bytes),
    /// On disk, read as it is sent.
    File {
        /// Where.
        path: PathBuf,
        /// How many bytes it had when the service started.
        length: u64,
        /// When it had last been changed when the service started.
        modified: SystemTime,
    },
    /// Made while it is sent.
    Synthetic(SyntheticWav),
}

/// Reads a [`Content`] from any place in it.
pub struct Reader {
    content: Content,
    file: Option<(File, u64)>,
}

impl Content {
    /// How many bytes there are.
    pub fn length(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
            Self::Synthetic(wav) => wav.length(),
        }
    }

    /// A reader at no place yet.
    pub const fn reader(self) -> Reader {
        Reader {
            content: self,
            file: None,
        }
    }

    /// All bytes from `from` up to, not including, `to`.
    ///
    /// # Errors
    /// What reading the file brings.
    pub async fn read_between(&self, from: u64, to: u64) -> io::Result<Bytes> {
        if let Self::Held(bytes) = self {
            return Ok(slice(bytes, from, to));
        }
        let mut reader = self.clone().reader();
        let mut whole = BytesMut::new();
        let mut at = from;
        while at < to {
            let piece = reader.read(at, to - at).await?;
            if piece.is_empty() {
                break;
            }
            at += piece.len() as u64;
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

impl Reader {
    /// The next piece from `at`, `most` bytes at the most; empty only at the end.
    pub async fn read(&mut self, at: u64, most: u64) -> io::Result<Bytes> {
        let most = most.min(CHUNK as u64);
        match &self.content {
            Content::Held(bytes) => Ok(slice(bytes, at, at.saturating_add(most))),
            Content::Synthetic(wav) => Ok(wav.read(at, most)),
            Content::File { path, .. } => {
                let (mut file, position) = match self.file.take() {
                    Some(open) => open,
                    None => (File::open(path).await?, 0),
                };
                if position != at {
                    file.seek(SeekFrom::Start(at)).await?;
                }
                let mut piece = BytesMut::with_capacity(CHUNK);
                let read = (&mut file).take(most).read_buf(&mut piece).await?;
                self.file = Some((file, at + read as u64));
                Ok(piece.freeze())
            }
        }
    }
}

fn slice(bytes: &Bytes, from: u64, to: u64) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes.slice(place(from)..place(to).max(place(from)))
}
