use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::accounts::PracticeUser;
use super::fault::Fault;
use crate::domain::Secret;

/// How a practice service is to be.
#[derive(Debug, Clone)]
pub struct PracticeConfig {
    /// Where it listens, a loopback address; port 0 takes a free one.
    pub address: SocketAddr,
    /// The first user's token; `None` makes one.
    pub token: Option<Secret>,
    /// Who may sign in; nobody named means the one practice user.
    pub users: Vec<PracticeUser>,
    /// What it holds at start.
    pub recordings: Recordings,
    /// How long every answer takes at least.
    pub latency: Duration,
    /// Whether it answers ranges; every download then carries a strong `ETag`.
    pub ranges: bool,
    /// Which downloads carry a strong `ETag`. The contract documents none.
    pub etags: Etags,
    /// What goes wrong, from the first request on.
    pub faults: Vec<Fault>,
}

/// What a practice service holds at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recordings {
    /// The sample recordings, made from code.
    Samples,
    /// A folder with a folder a doctor, WAV and FLAC files in each. Nothing in it is ever
    /// changed or deleted.
    Folder(PathBuf),
    /// For every doctor asked for, a WAV of exactly so many bytes: an even number, 46 at least.
    Synthetic(u64),
    /// Nothing.
    None,
}

/// Which downloads carry a strong `ETag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Etags {
    /// None, as documented.
    #[default]
    None,
    /// Those of most sample doctors, so that people meet both kinds.
    SomeSamples,
    /// All.
    All,
}

/// Why a practice service could not start.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    /// The address is reachable from other computers.
    #[error("{0} is no loopback address; the practice service speaks to this computer only")]
    NotLoopback(SocketAddr),
    /// The address can't be had.
    #[error("can't listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The folder can't be read.
    #[error("can't read recordings from {}: {error}", path.display())]
    Recordings {
        /// The folder, or what is in it.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// No WAV has this size.
    #[error("a WAV has an even number of bytes, 46 at least; {0} won't do")]
    SyntheticSize(u64),
    /// The system has no random numbers for a token.
    #[error("the system has no random numbers")]
    Random,
    /// Work in the background could not be finished.
    #[error("the practice service was stopped while it started")]
    Stopped,
}

impl Default for PracticeConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            users: Vec::new(),
            recordings: Recordings::Samples,
            latency: Duration::ZERO,
            ranges: false,
            etags: Etags::None,
            faults: Vec::new(),
        }
    }
}

impl PracticeConfig {
    /// The service that people practise with inside the app: samples, most of them comparable
    /// with a backup, answers as slow as a network's, and two people to sign in as.
    #[must_use]
    pub fn for_people() -> Self {
        Self {
            users: PracticeUser::two().into(),
            etags: Etags::SomeSamples,
            latency: Duration::from_millis(150),
            ..Self::default()
        }
    }
}
