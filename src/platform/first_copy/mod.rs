//! One copy of the app a data folder: who is first holds it, who comes later calls the first one
//! to the front.
//!
//! A call carries nothing in either direction: that somebody connected is all that the first copy
//! learns, and one byte, after it has come forward, is all that it answers. So there is nothing
//! that another program could pass on to it.
//!
//! Only who is at the same screen is heard: a window that came forward on another one would be seen
//! by nobody.

mod screen;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::future::Future;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

use crate::domain::Sha256Digest;
use crate::platform::{DataFolderError, DataLock};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// How long a later start tries, altogether, to be first or to be answered.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it tries where nobody listens: longer than a first copy takes to begin, and than one
/// takes to end that has stopped listening.
const LONELY_PATIENCE: Duration = Duration::from_secs(2);

/// How long it waits between two tries: the first copy may be about to end, or to listen.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The least time between two callers that are heard: however many there are, they keep the app
/// no busier than a person who clicks.
const BETWEEN_CALLERS: Duration = Duration::from_millis(50);

/// How long a caller may take to read one byte.
const CALLERS_TIME: Duration = Duration::from_secs(2);

const HERE: u8 = b'.';

/// What a start finds at a data folder.
#[derive(Debug)]
pub enum Entrance {
    /// No other copy uses it: it is this copy's for as long as the lock lives.
    First(DataLock),
    /// Another copy uses it, and has come to the front.
    CalledForward,
}

/// Where the first copy hears that the app was started again. It listens until it is dropped.
#[derive(Debug)]
pub struct Doorbell {
    door: system::Door,
}

/// Takes the data folder, or calls the copy that has it to the front.
///
/// Needs a runtime with time and I/O.
///
/// # Errors
/// [`DataFolderError::InUse`] where another copy has it and did not come forward within five
/// seconds, or is at another screen, which takes two seconds to know; otherwise what [`DataLock::acquire`] says.
pub async fn enter(folder: &Path) -> Result<Entrance, DataFolderError> {
    let end = Instant::now() + PATIENCE;
    let mut lonely_since = None;
    loop {
        match DataLock::acquire(folder) {
            Ok(lock) => return Ok(Entrance::First(lock)),
            Err(DataFolderError::InUse) => {}
            Err(error) => return Err(error),
        }
        match tokio::time::timeout_at(end, call(folder)).await {
            Ok(Ok(())) => return Ok(Entrance::CalledForward),
            Ok(Err(NotCalled::NobodyListens(error))) => {
                // It does not listen yet or any more, or never will at this screen.
                tracing::debug!(kind = %error.kind(), "nobody listens");
                let since: &mut Instant = lonely_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= LONELY_PATIENCE {
                    return Err(DataFolderError::InUse);
                }
            }
            Ok(Err(NotCalled::NoAnswer(error))) => {
                // It is about to end.
                tracing::debug!(kind = %error.kind(), "nobody answered");
                lonely_since = None;
            }
            Err(_) => return Err(DataFolderError::InUse),
        }
        if Instant::now() >= end {
            return Err(DataFolderError::InUse);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// Why the first copy did not come forward.
enum NotCalled {
    NobodyListens(io::Error),
    NoAnswer(io::Error),
}

async fn call(folder: &Path) -> Result<(), NotCalled> {
    let name = name_of(folder).map_err(NotCalled::NobodyListens)?;
    let mut first = system::connect(&name)
        .await
        .map_err(NotCalled::NobodyListens)?;
    let mut answer = [0];
    match first.read_exact(&mut answer).await {
        Ok(_) if answer == [HERE] => Ok(()),
        Ok(_) => Err(NotCalled::NoAnswer(io::ErrorKind::InvalidData.into())),
        Err(error) => Err(NotCalled::NoAnswer(error)),
    }
}

impl Doorbell {
    /// Begins to listen for later starts on the folder that `lock` holds. Needs a runtime with
    /// I/O.
    ///
    /// # Errors
    /// What the system said; the app works without, but a later start can only say that the
    /// folder is in use.
    pub fn listen(folder: &Path, _lock: &DataLock) -> io::Result<Self> {
        let door = system::Door::open(&name_of(folder)?)?;
        Ok(Self { door })
    }

    /// Hears one caller after another, for ever. `come_forward` is done when the window was
    /// brought to the front; it says `false` where there is none any more, and the caller then
    /// tries to be first itself.
    pub async fn hear<Coming>(mut self, mut come_forward: impl FnMut() -> Coming)
    where
        Coming: Future<Output = bool>,
    {
        loop {
            match self.door.next_caller().await {
                Ok(mut caller) => {
                    if come_forward().await {
                        let answer = async {
                            caller.write_all(&[HERE]).await?;
                            caller.flush().await
                        };
                        // Who has gone meanwhile needs no answer.
                        tokio::time::timeout(CALLERS_TIME, answer).await.ok();
                    }
                    self.door.let_go(caller).await;
                }
                Err(error) => tracing::debug!(kind = %error.kind(), "a caller was not heard"),
            }
            tokio::time::sleep(BETWEEN_CALLERS).await;
        }
    }
}

/// Names a data folder at this screen wherever a path would be too long: 16 hexadecimal digits of a
/// digest. However the folder is spelled, it is the same.
fn name_of(folder: &Path) -> io::Result<String> {
    let path = std::fs::canonicalize(folder)?;
    let mut named = path.into_os_string();
    // No path has this in it.
    named.push("\0");
    named.push(screen::this_screen());
    let digest = Sha256Digest::of(named.as_encoded_bytes());
    Ok(digest.to_string().chars().take(16).collect())
}
