//! A desk to test at: the practice service, a data folder, and the engine between them.

mod acts;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::api::{Connector, HttpConnector, Timeouts};
use audio_housekeeper::domain::{Failure, Secret, ServiceOrigin, SignInWith, UpdateSource};
use audio_housekeeper::engine::{
    self, Clock, Command, Envelope, Event, Handle, JobId, JobProgress, Opening, Progress, Setup,
    Waits,
};
use audio_housekeeper::keychain::{
    HeadStore, Keychain, MemoryHeads, MemoryTokens, RecordHeads, TokenStore,
};
use audio_housekeeper::practice::{Call, PracticeConfig, PracticeService, Recordings};
use audio_housekeeper::settings::SettingsFile;
use audio_housekeeper::store::Store;

use crate::AMELIA;
use crate::clock::TestClock;
use crate::recordings::wav;

/// How long a test waits for anything before it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a delete waits before it is sent, where a test says nothing else.
const USUAL_WAIT: Duration = Duration::from_millis(100);

pub struct Desk {
    pub service: PracticeService,
    pub folder: tempfile::TempDir,
    pub tokens: Arc<MemoryTokens>,
    pub heads: Arc<MemoryHeads>,
    pub engine: Handle,
    /// What the waits of deletes are measured by, and sleeps noticed.
    pub clock: TestClock,
    pub generation: u64,
    /// Whether last calls are answered, as a window does that nobody presses Stop in.
    pub answers: bool,
    /// Events that came while something else was waited for.
    pending: VecDeque<Envelope>,
    /// How far the jobs are, as was seen last.
    progress: Progress,
    /// Presses Try now wherever a next try is waited for.
    pub impatient: bool,
    /// The waits for a next try, each as it was first seen.
    pub waits: Vec<SeenWait>,
}

/// A wait for a next try, as the window is told of it.
#[derive(Debug, Clone)]
pub struct SeenWait {
    pub failure: Failure,
    pub left: Duration,
    pub next: u32,
    pub tries: Option<u32>,
}

impl Desk {
    /// A desk whose service holds one WAV of 100,000 bytes for [`AMELIA`], with nothing that
    /// identifies a copy, and whose deletes wait for a tenth of a second by [`Self::clock`].
    pub async fn new() -> Self {
        Self::with(holding_nothing(), USUAL_WAIT).await
    }

    /// A desk whose deletes wait for so long.
    pub async fn with(config: PracticeConfig, wait: Duration) -> Self {
        Self::with_waits(config, waits(wait)).await
    }

    /// A desk whose deletes wait in their own way.
    pub async fn with_waits(config: PracticeConfig, waits: Waits) -> Self {
        Self::open(config, waits, None).await
    }

    /// A desk whose service is opened in another way than usual.
    pub async fn with_connector(connector: Arc<dyn Connector>) -> Self {
        Self::with_connector_at(holding_nothing(), connector).await
    }

    pub async fn with_connector_at(config: PracticeConfig, connector: Arc<dyn Connector>) -> Self {
        Self::open(config, waits(USUAL_WAIT), Some(connector)).await
    }

    /// A desk whose deletes wait for no time, and whose calls are given up after so long.
    pub async fn with_limit(config: PracticeConfig, limit: Duration) -> Self {
        Self::open(config, waits(Duration::ZERO), Some(connector(limit))).await
    }

    async fn open(
        config: PracticeConfig,
        waits: Waits,
        connector: Option<Arc<dyn Connector>>,
    ) -> Self {
        let service = PracticeService::start(config).await.unwrap();
        service.put(AMELIA, "a.wav", wav(100_000, 1));
        let folder = tempfile::tempdir().unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        let store = Store::open(folder.path()).unwrap();
        let clock = TestClock::default();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let usual = setup(&origin, folder.path(), tokens.clone(), store, waits.one);
        let heads = Arc::new(MemoryHeads::default());
        let engine = engine::start(Setup {
            clock: clock.clock(),
            heads: Some(kept_in(heads.clone())),
            waits,
            connector: connector.unwrap_or_else(|| usual.connector.clone()),
            ..usual
        });
        let mut desk = Self {
            service,
            folder,
            tokens,
            heads,
            engine,
            clock,
            generation: 0,
            answers: true,
            pending: VecDeque::new(),
            progress: Progress::default(),
            impatient: false,
            waits: Vec::new(),
        };
        desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
            .await;
        desk.sign_in(true).await;
        desk
    }

    /// Ends the engine and starts another on the same folder, as a new start of the app would.
    pub async fn restart(self) -> Self {
        let origin = self.origin();
        self.engine.close().await;
        let (tokens, folder) = (self.tokens.clone(), self.folder.path());
        let store = Store::open(folder).unwrap();
        let engine = engine::start(Setup {
            clock: self.clock.clock(),
            heads: Some(kept_in(self.heads.clone())),
            ..setup(&origin, folder, tokens, store, USUAL_WAIT)
        });
        Self {
            engine,
            generation: 0,
            answers: true,
            pending: VecDeque::new(),
            progress: Progress::default(),
            impatient: false,
            waits: Vec::new(),
            ..self
        }
    }

    pub fn origin(&self) -> ServiceOrigin {
        ServiceOrigin::parse(&self.service.origin()).unwrap()
    }

    pub async fn sign_in(&mut self, stay: bool) {
        self.ask_sign_in(stay);
        self.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
    }

    pub fn ask_sign_in(&self, stay: bool) {
        let (origin, token) = (self.origin(), self.service.token());
        self.send(Command::SignIn {
            origin,
            with: SignInWith::Token(token),
            stay,
        });
    }

    pub fn send(&self, command: Command) {
        self.engine.send(command).unwrap();
    }

    /// Waits for the first event that `wanted` makes something of.
    pub async fn until<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let glance = Duration::from_millis(5);
                let Ok(envelope) = tokio::time::timeout(glance, self.next_event()).await else {
                    self.see_waits();
                    continue;
                };
                self.generation = self.generation.max(envelope.generation);
                if let Some(found) = wanted(&envelope.event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("waited in vain")
    }

    /// The next event, of those that were kept or that come; a last call is answered.
    pub async fn next_event(&mut self) -> Envelope {
        if let Some(envelope) = self.pending.pop_front() {
            return envelope;
        }
        let envelope = self.engine.wait_for_event().await;
        let envelope = envelope.expect("the engine has ended");
        self.answer(&envelope);
        envelope
    }

    /// Lets a little time pass; what happens in it is kept for [`Self::next_event`].
    pub async fn pass_time(&mut self) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        while let Some(envelope) = self.engine.next_event() {
            self.answer(&envelope);
            self.pending.push_back(envelope);
        }
    }

    fn answer(&self, envelope: &Envelope) {
        if let Event::LastCall { id } = envelope.event
            && self.answers
        {
            self.send(Command::NoStop(id));
        }
    }

    /// Lets the wait go on, and waits until the service has received a DELETE.
    pub async fn until_sent(&mut self) {
        self.clock.run();
        for _ in 0..PATIENCE.as_millis() / 5 {
            if self.deletes_received() > 0 {
                return;
            }
            self.pass_time().await;
        }
        panic!("nothing was sent");
    }

    /// How far the jobs are now.
    pub fn see_progress(&mut self) -> &Progress {
        if let Some(changed) = self.engine.changed_progress() {
            self.progress = changed;
        }
        &self.progress
    }

    fn see_waits(&mut self) {
        let Some(changed) = self.engine.changed_progress() else {
            return;
        };
        self.progress = changed.clone();
        for (id, progress) in changed {
            let JobProgress::WaitingToTryAgain {
                failure,
                left,
                next,
                tries,
                ..
            } = progress
            else {
                continue;
            };
            if self.waits.last().is_none_or(|last| last.next != next) {
                self.waits.push(SeenWait {
                    failure: *failure,
                    left,
                    next,
                    tries,
                });
            }
            if self.impatient {
                self.send(Command::TryNow(id));
            }
        }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until a job's progress is as wanted.
    pub async fn progress(&mut self, id: JobId, wanted: impl Fn(&JobProgress) -> bool) {
        let waiting = async {
            loop {
                if self.see_progress().get(&id).is_some_and(&wanted) {
                    return;
                }
                self.pass_time().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("waited in vain");
    }

    pub fn deletes_received(&self) -> usize {
        let requests = self.service.requests();
        requests
            .iter()
            .filter(|request| request.method == "DELETE")
            .count()
    }

    pub fn requests(&self, call: Call) -> usize {
        self.service
            .requests()
            .iter()
            .filter(|request| request.call == Some(call))
            .count()
    }
}

/// A service without recordings.
pub fn holding_nothing() -> PracticeConfig {
    PracticeConfig {
        recordings: Recordings::None,
        ..PracticeConfig::default()
    }
}

/// Keeps the head of a desk's record there.
pub fn kept_in(heads: Arc<dyn HeadStore>) -> RecordHeads {
    RecordHeads::new(heads, "record", Duration::from_secs(5))
}

fn waits(of: Duration) -> Waits {
    Waits {
        one: of,
        all: of,
        ..Waits::default()
    }
}

/// Calls that wait for so long for an answer, or for the next of its bytes.
pub fn connector(limit: Duration) -> Arc<dyn Connector> {
    Arc::new(HttpConnector::with_timeouts(Timeouts {
        connect: Duration::from_secs(20),
        read: limit,
        delete: limit,
    }))
}

/// What an engine starts from, for tests that change some of it.
pub fn setup(
    service: &ServiceOrigin,
    folder: &Path,
    tokens: Arc<dyn TokenStore>,
    store: Store,
    wait: Duration,
) -> Setup {
    Setup {
        store,
        keychain: Keychain::new(tokens, Duration::from_secs(5)),
        heads: None,
        connector: connector(Duration::from_secs(5)),
        opening: Opening::Kept(service.clone()),
        settings_file: SettingsFile::in_folder(folder),
        updates: UpdateSource::Nowhere,
        tells_of_newer_version: false,
        waits: waits(wait),
        clock: Clock::default(),
        os_user: "tester".into(),
        computer: "bench".into(),
        wake: Arc::new(|_| {}),
    }
}

pub fn token(text: &str) -> Secret {
    Secret::new(text.to_owned())
}
