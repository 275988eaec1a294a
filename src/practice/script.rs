use std::collections::VecDeque;
use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;

use super::connection::{Break, Wire};
use super::content::{Content, Reader};
use super::request_log::RequestEntry;

/// How long the last bytes before a reset have to leave this computer's buffers, which a reset
/// throws away, and on Windows to be read too: what came there and is not read by then is lost
/// (learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket: after a hard close any `recv`
/// at the other end fails).
const BEFORE_RESET: Duration = Duration::from_millis(if cfg!(windows) { 500 } else { 50 });

/// How a body is sent: its parts in order, and what happens between them.
#[derive(Clone, Default)]
pub struct Script {
    steps: VecDeque<Step>,
}

#[derive(Clone, Copy)]
enum Step {
    /// The content's bytes from `from` up to, not including, `to`; one at a time where `every`
    /// says how long each takes.
    Send {
        from: u64,
        to: u64,
        every: Option<Duration>,
    },
    Wait(Duration),
    Break(Break),
}

/// A script on its way.
struct Performance {
    script: Script,
    reader: Reader,
    flipped: Vec<u64>,
    wire: Arc<Wire>,
    entry: RequestEntry,
}

impl Script {
    /// Sends the content's bytes from `from` up to, not including, `to`.
    pub fn send(from: u64, to: u64) -> Self {
        let step = Step::Send {
            from,
            to,
            every: None,
        };
        Self {
            steps: (from < to).then_some(step).into_iter().collect(),
        }
    }

    /// How many bytes it sends.
    pub fn length(&self) -> u64 {
        self.steps.iter().map(Step::length).sum()
    }

    /// The bytes of the content that its first `sent` bytes leave, as a range of the content.
    pub fn after(&self, sent: u64) -> Option<(u64, u64)> {
        let mut rest = self.clone();
        let place = rest.split(sent);
        rest.steps.iter().skip(place).find_map(|step| match step {
            Step::Send { from, to, .. } => Some((*from, *to)),
            Step::Wait(_) | Step::Break(_) => None,
        })
    }

    /// Waits once so many bytes are sent.
    pub fn wait_after(&mut self, bytes: u64, duration: Duration) {
        let place = self.split(bytes);
        self.steps.insert(place, Step::Wait(duration));
    }

    /// Sends every byte on its own.
    pub fn drip(&mut self, duration: Duration) {
        for step in &mut self.steps {
            if let Step::Send { every, .. } = step {
                *every = Some(duration);
            }
        }
    }

    /// Ends the connection once so many bytes are sent.
    pub fn break_after(&mut self, bytes: u64, how: Break) {
        let place = self.split(bytes);
        self.steps.truncate(place);
        self.steps.push_back(Step::Break(how));
    }

    /// Makes `bytes` the border of two steps; the place of the second.
    fn split(&mut self, bytes: u64) -> usize {
        let mut left = bytes;
        for place in 0..self.steps.len() {
            let Some(step) = self.steps.get_mut(place) else {
                break;
            };
            let length = step.length();
            match step {
                Step::Send { from, to, every } if left < length => {
                    if left == 0 {
                        return place;
                    }
                    let border = *from + left;
                    let rest = Step::Send {
                        from: border,
                        to: *to,
                        every: *every,
                    };
                    *to = border;
                    self.steps.insert(place + 1, rest);
                    return place + 1;
                }
                _ => left -= length.min(left),
            }
        }
        self.steps.len()
    }

    /// The script as a body that a connection sends; the bytes at the places in `flipped` have
    /// their lowest bit turned.
    pub fn perform(
        self,
        content: Content,
        flipped: Vec<u64>,
        wire: Arc<Wire>,
        entry: RequestEntry,
    ) -> Body {
        if self.steps.is_empty() {
            return Body::empty();
        }
        let performance = Performance {
            script: self,
            reader: content.reader(),
            flipped,
            wire,
            entry,
        };
        Body::from_stream(stream::unfold(performance, |mut performance| async {
            let piece = performance.next().await?;
            Some((piece, performance))
        }))
    }
}

impl Step {
    const fn length(&self) -> u64 {
        match self {
            Self::Send { from, to, .. } => *to - *from,
            Self::Wait(_) | Self::Break(_) => 0,
        }
    }
}

impl Performance {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            match self.script.steps.pop_front()? {
                Step::Send { from, to, .. } if from >= to => {}
                Step::Send { from, to, every } => {
                    if let Some(every) = every {
                        tokio::time::sleep(every).await;
                    }
                    let most = every.map_or(to - from, |_| 1);
                    return Some(self.send(from, most, to, every).await);
                }
                Step::Wait(duration) => self.entry.stall(duration).await,
                Step::Break(how) => {
                    self.wire.flushed().await;
                    if how == Break::Reset {
                        tokio::time::sleep(BEFORE_RESET).await;
                    }
                    self.wire.break_off(how);
                    return future::pending().await;
                }
            }
        }
    }

    async fn send(
        &mut self,
        from: u64,
        most: u64,
        to: u64,
        every: Option<Duration>,
    ) -> io::Result<Bytes> {
        let piece = self.reader.read(from, most).await?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let border = from + piece.len() as u64;
        self.script.steps.push_front(Step::Send {
            from: border,
            to,
            every,
        });
        self.entry.sent(piece.len() as u64);
        Ok(self.with_flipped_bits(piece, from))
    }

    fn with_flipped_bits(&self, piece: Bytes, from: u64) -> Bytes {
        let places: Vec<usize> = self
            .flipped
            .iter()
            .filter_map(|place| usize::try_from(place.checked_sub(from)?).ok())
            .filter(|place| *place < piece.len())
            .collect();
        if places.is_empty() {
            return piece;
        }
        let mut altered = BytesMut::from(piece);
        for place in places {
            if let Some(byte) = altered.get_mut(place) {
                *byte ^= 1;
            }
        }
        altered.freeze()
    }
}
