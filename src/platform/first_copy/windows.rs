use std::io;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, PipeMode, ServerOptions,
};

use crate::domain::Sha256Digest;
use crate::platform::first_copy::CALLERS_TIME;

/// The code of "all pipe instances are busy".
const PIPE_BUSY: i32 = 231;

/// A named pipe for this computer's callers.
#[derive(Debug)]
pub struct Door {
    pipe: Option<NamedPipeServer>,
}

/// Connects to the first copy. A server learns who the caller is, and can't act as them: that is
/// tokio's way of opening a pipe.
pub async fn connect(name: &str) -> io::Result<NamedPipeClient> {
    loop {
        match ClientOptions::new().write(false).open(path(name)) {
            Err(error) if error.raw_os_error() == Some(PIPE_BUSY) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
}

impl Door {
    /// Begins to listen; refused where a pipe of that name is there, whoever made it.
    pub fn open(name: &str) -> io::Result<Self> {
        let pipe = ServerOptions::new()
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .max_instances(1)
            .pipe_mode(PipeMode::Byte)
            .create(path(name))?;
        Ok(Self { pipe: Some(pipe) })
    }

    /// Waits for the next caller.
    pub async fn next_caller(&mut self) -> io::Result<NamedPipeServer> {
        let Some(pipe) = self.pipe.take() else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        match pipe.connect().await {
            Ok(()) => Ok(pipe),
            Err(error) => {
                self.take_back(pipe);
                Err(error)
            }
        }
    }

    /// Ends a call, once the caller has closed its end: what is in a pipe is lost when it is cut.
    pub async fn let_go(&mut self, mut caller: NamedPipeServer) {
        // A byte that it writes ends the call too, and is not looked at.
        let closed = caller.read_u8();
        tokio::time::timeout(CALLERS_TIME, closed).await.ok();
        self.take_back(caller);
    }

    fn take_back(&mut self, pipe: NamedPipeServer) {
        if let Err(error) = pipe.disconnect() {
            tracing::debug!(kind = %error.kind(), "a caller could not be cut off");
        }
        self.pipe = Some(pipe);
    }
}

/// The pipes' names are one list for all people of a computer, so the person is in the digest.
fn path(name: &str) -> String {
    let person = crate::platform::os_user();
    let digest = Sha256Digest::of(format!("{person}\n{name}").as_bytes());
    format!(r"\\.\pipe\audio-housekeeper-{digest}")
}
