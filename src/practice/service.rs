use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use super::accounts::{Accounts, PracticeUser};
use super::config::{PracticeConfig, PracticeError, Recordings};
use super::connection;
use super::content::Content;
use super::fault::{Call, Fault, FaultBook};
use super::pipeline::{Shared, router};
use super::query::nfc;
use super::recording::{HeldRecording, Recording};
use super::request_log::{RequestLog, RequestRecord};
use super::samples::{SampleSet, SyntheticWav, encode_all, sample_set};
use super::shelf::Shelf;
use crate::domain::Secret;

/// How long to wait after the system had no connection to give.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// A practice service that runs; it stops when this is dropped.
///
/// What it tells beside HTTP, its tokens, the requests it got and what it holds, is for tests and
/// for the app's practice mode.
pub struct PracticeService {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
    samples: Option<Arc<SampleSet>>,
}

impl PracticeService {
    /// Starts a service on the current tokio runtime.
    ///
    /// Samples are encoded in the background; a download waits for the one that it needs.
    ///
    /// # Errors
    /// [`PracticeError`] says what is in the way.
    pub async fn start(config: PracticeConfig) -> Result<Self, PracticeError> {
        if !config.address.ip().is_loopback() {
            return Err(PracticeError::NotLoopback(config.address));
        }
        let users = match (config.users, &config.recordings) {
            (users, _) if !users.is_empty() => users,
            // What is somebody's own stands behind no password that everybody knows.
            (_, Recordings::Folder(_)) => vec![PracticeUser::with_fresh_password()?],
            _ => vec![PracticeUser::default()],
        };
        let accounts = Accounts::new(users, config.token)?;
        let (shelf, samples) = filled_shelf(config.recordings).await?;
        let mut faults = FaultBook::default();
        faults.set(config.faults);
        let unheard = |error| PracticeError::Listen {
            address: config.address,
            error,
        };
        let listener = TcpListener::bind(config.address).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let shared = Arc::new(Shared {
            address,
            accounts,
            shelf: Mutex::new(shelf),
            faults: Mutex::new(faults),
            log: RequestLog::default(),
            latency: config.latency,
            ranges: config.ranges,
            etags: config.etags,
        });
        if let Some(set) = &samples {
            let set = Arc::downgrade(set);
            spawn_blocking(move || encode_all(&set));
        }
        Ok(Self {
            address,
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
            samples,
        })
    }

    /// The origin to call, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first user's token.
    #[must_use]
    pub fn token(&self) -> Secret {
        self.tokens()
            .next()
            .map_or_else(|| Secret::new(String::new()), |(_, token)| token.clone())
    }

    /// Who may sign in, each with the token that a sign-in yields.
    pub fn tokens(&self) -> impl Iterator<Item = (&PracticeUser, &Secret)> {
        self.shared.accounts.tokens()
    }

    /// Every request since the start, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log.all()
    }

    /// Has these faults, and no others, go wrong from now on; counting starts again.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.shared.faults().set(faults);
    }

    /// Has this go wrong too from now on.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.faults().add(fault);
    }

    /// Has the stalls of all requests until now that are this call end at once.
    pub fn end_stalls(&self, call: Call) {
        self.shared.log.end_stalls(call);
    }

    /// Whether something is held under a name.
    #[must_use]
    pub fn holds(&self, doctor: &str) -> bool {
        self.shared.shelf().newest(&nfc(doctor)).is_some()
    }

    /// What is held under a name, oldest first: a download brings the last.
    #[must_use]
    pub fn recordings_of(&self, doctor: &str) -> Vec<HeldRecording> {
        let recordings = self.shared.shelf().all_of(&nfc(doctor));
        recordings.into_iter().map(HeldRecording::new).collect()
    }

    /// Puts a file under a name as its newest, in the place of one with the same file name. The
    /// file name's extension, `wav` or `flac`, says the format.
    pub fn put(&self, doctor: &str, file_name: &str, bytes: impl Into<Bytes>) {
        let recording = Recording::ready(file_name, Content::Held(bytes.into()));
        self.shared.shelf().put(&nfc(doctor), recording);
    }

    /// Removes all that is held under a name, as a delete by someone else would.
    pub fn remove(&self, doctor: &str) {
        self.shared.shelf().delete(&nfc(doctor));
    }

    /// Stops: when this returns, no connection is open and the port is free.
    pub async fn stop(mut self) {
        self.samples = None;
        self.accepting.abort();
        if let Err(error) = (&mut self.accepting).await
            && !error.is_cancelled()
        {
            tracing::error!("the practice service had ended by itself");
        }
    }
}

impl fmt::Debug for PracticeService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PracticeService")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for PracticeService {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn filled_shelf(
    recordings: Recordings,
) -> Result<(Shelf, Option<Arc<SampleSet>>), PracticeError> {
    let shelf = match recordings {
        Recordings::Samples => {
            let set = sample_set();
            return Ok((Shelf::of_samples(&set), Some(set)));
        }
        Recordings::None => Shelf::default(),
        Recordings::Folder(path) => spawn_blocking(move || Shelf::of_folder(&path))
            .await
            .map_err(|_| PracticeError::Stopped)??,
        Recordings::Synthetic(size) => spawn_blocking(move || SyntheticWav::new(size))
            .await
            .map_err(|_| PracticeError::Stopped)?
            .map(Shelf::of_synthetic)
            .ok_or(PracticeError::SyntheticSize(size))?,
    };
    Ok((shelf, None))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(shared);
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    number += 1;
                    connections.spawn(connection::serve(stream, number, router.clone()));
                }
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
                }
            },
            Some(ended) = connections.join_next() => match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(kind = ?error.kind(), "a connection broke"),
                Err(_) => tracing::error!("the answer to a request ended by itself"),
            },
        }
    }
}
