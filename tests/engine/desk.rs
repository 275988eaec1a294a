//! A desk to test at: the practice service, a data folder, and the engine between them.

use std::collections::VecDeque;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::api::{Connector, HttpConnector, Timeouts};
use audio_housekeeper::domain::{
    AuditEntry, Confirmation, DeletionChoice, DeletionPlan, DeletionSurvey, DoctorName,
    DoctorTally, Failure, KnownDoctor, Secret, ServiceOrigin,
};
use audio_housekeeper::engine::{
    self, CheckAllReport, Clock, Command, DeletionReport, Destination, Envelope, Event, Handle,
    JobEnding, JobFailure, JobId, JobKind, JobProgress, Opening, SavedFile, Setup, Waits,
};
use audio_housekeeper::keychain::{Keychain, MemoryTokens, TokenStore};
use audio_housekeeper::practice::{Call, PracticeConfig, PracticeService, Recordings};
use audio_housekeeper::settings::SettingsFile;
use audio_housekeeper::store::Store;
use jiff::Timestamp;

pub const AMELIA: &str = "Dr. Amelia Smith";

/// How long a test waits for anything before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Desk {
    pub service: PracticeService,
    pub folder: tempfile::TempDir,
    pub tokens: Arc<MemoryTokens>,
    pub engine: Handle,
    pub generation: u64,
    /// Whether last calls are answered, as a window does that nobody presses Stop in.
    pub answers: bool,
    /// Events that came while something else was waited for.
    pending: VecDeque<Envelope>,
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
    pub tries: u32,
}

pub fn name(name: &str) -> DoctorName {
    DoctorName::parse(name).unwrap()
}

/// A valid WAV of so many bytes, 16 kHz, 16 bit, mono; `seed` tells two apart.
pub fn wav(size: u32, seed: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(size - 8).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16_u32.to_le_bytes());
    bytes.extend_from_slice(&[1, 0, 1, 0]);
    bytes.extend_from_slice(&16_000_u32.to_le_bytes());
    bytes.extend_from_slice(&32_000_u32.to_le_bytes());
    bytes.extend_from_slice(&[2, 0, 16, 0]);
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&(size - 44).to_le_bytes());
    bytes.resize(size as usize, seed);
    bytes
}

impl Desk {
    /// A desk whose service holds one WAV of 100,000 bytes for [`AMELIA`], with nothing that
    /// identifies a copy, and whose deletes wait for a tenth of a second.
    pub async fn new() -> Self {
        let config = PracticeConfig {
            recordings: Recordings::None,
            ..PracticeConfig::default()
        };
        Self::with(config, Duration::from_millis(100)).await
    }

    pub async fn with(config: PracticeConfig, wait: Duration) -> Self {
        Self::with_waits(config, waits(wait)).await
    }

    /// A desk whose deletes wait in their own way.
    pub async fn with_waits(config: PracticeConfig, waits: Waits) -> Self {
        Self::open(config, waits, Clock::default()).await
    }

    /// A desk whose computer may sleep.
    pub async fn with_clock(config: PracticeConfig, wait: Duration, clock: Clock) -> Self {
        Self::open(config, waits(wait), clock).await
    }

    /// A desk whose service is opened in another way than usual.
    pub async fn with_connector(connector: Arc<dyn Connector>) -> Self {
        let config = PracticeConfig {
            recordings: Recordings::None,
            ..PracticeConfig::default()
        };
        let waits = waits(Duration::from_millis(100));
        Self::open_by(config, waits, Clock::default(), Some(connector)).await
    }

    async fn open(config: PracticeConfig, waits: Waits, clock: Clock) -> Self {
        Self::open_by(config, waits, clock, None).await
    }

    async fn open_by(
        config: PracticeConfig,
        waits: Waits,
        clock: Clock,
        connector: Option<Arc<dyn Connector>>,
    ) -> Self {
        let service = PracticeService::start(config).await.unwrap();
        service.put(AMELIA, "a.wav", wav(100_000, 1));
        let folder = tempfile::tempdir().unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        let store = Store::open(folder.path()).unwrap();
        let usual = setup(&service, folder.path(), tokens.clone(), store, waits.one);
        let setup = Setup {
            clock,
            waits,
            connector: connector.unwrap_or_else(|| usual.connector.clone()),
            ..usual
        };
        let engine = engine::start(setup);
        let mut desk = Self {
            service,
            folder,
            tokens,
            engine,
            generation: 0,
            answers: true,
            pending: VecDeque::new(),
            impatient: false,
            waits: Vec::new(),
        };
        desk.until(|event| matches!(event, Event::SignedOut(_)).then_some(()))
            .await;
        desk.sign_in(true).await;
        desk
    }

    pub fn origin(&self) -> ServiceOrigin {
        ServiceOrigin::parse(&self.service.origin()).unwrap()
    }

    pub async fn sign_in(&mut self, stay: bool) {
        let (origin, token) = (self.origin(), self.service.token());
        self.send(Command::SignIn {
            origin,
            token,
            stay,
        });
        self.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
    }

    /// Ends the engine and starts another on the same folder, as a new start of the app would.
    pub async fn restart(self) -> Self {
        let Self {
            service,
            folder,
            tokens,
            engine,
            ..
        } = self;
        engine.close().await;
        let store = Store::open(folder.path()).unwrap();
        let wait = Duration::from_millis(100);
        let engine = start(&service, folder.path(), tokens.clone(), store, wait);
        Self {
            service,
            folder,
            tokens,
            engine,
            generation: 0,
            answers: true,
            pending: VecDeque::new(),
            impatient: false,
            waits: Vec::new(),
        }
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

    /// Waits until the service has received a DELETE.
    pub async fn until_sent(&mut self) {
        for _ in 0..PATIENCE.as_millis() / 5 {
            if self.deletes_received() > 0 {
                return;
            }
            self.pass_time().await;
        }
        panic!("nothing was sent");
    }

    fn see_waits(&mut self) {
        for (id, progress) in self.engine.changed_progress().unwrap_or_default() {
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

    pub async fn survey(&mut self, doctor: &str) -> DeletionSurvey {
        self.send(Command::SurveyDeletion(name(doctor)));
        self.until(|event| match event {
            Event::Surveyed(survey) => Some((**survey).clone()),
            _ => None,
        })
        .await
    }

    pub async fn download(&mut self, doctor: &str, file: &str) -> Result<SavedFile, JobFailure> {
        self.ask_download(doctor, file);
        self.end_of_download().await
    }

    pub fn ask_download(&self, doctor: &str, file: &str) {
        let destination = Destination {
            path: self.file(file),
            replace: false,
            even_a_backup: None,
        };
        self.send(Command::Download {
            doctor: name(doctor),
            destination,
            as_it_is: false,
        });
    }

    /// Asks for a download and waits until it waits for its next try.
    pub async fn download_until_it_waits(&mut self, doctor: &str, file: &str) -> JobId {
        self.ask_download(doctor, file);
        let id = self
            .until(|event| match event {
                Event::JobStarted { id, .. } => Some(*id),
                _ => None,
            })
            .await;
        self.progress(id, |now| {
            matches!(now, JobProgress::WaitingToTryAgain { .. })
        })
        .await;
        id
    }

    pub async fn end_of_download(&mut self) -> Result<SavedFile, JobFailure> {
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::Download { result, .. } => Some(result.clone()),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    /// Surveys and confirms; the job runs when this returns.
    pub async fn begin_delete(&mut self, doctor: &str, choice: DeletionChoice) -> JobId {
        let survey = Box::new(self.survey(doctor).await);
        self.confirm(Confirmation::Doctor {
            survey,
            choice,
            reason: None,
        })
        .await
    }

    pub async fn begin_delete_all(&mut self, doctors: &[KnownDoctor]) -> JobId {
        let tally = DoctorTally::of(
            doctors,
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH,
            Timestamp::now(),
        );
        let phrase = DeletionPlan::PHRASE.to_owned();
        let shown_at = Timestamp::now();
        self.confirm(Confirmation::Everything {
            tally,
            phrase,
            shown_at,
            reason: None,
        })
        .await
    }

    pub async fn confirm(&mut self, confirmation: Confirmation) -> JobId {
        let plan = DeletionPlan::new(confirmation, Timestamp::now()).unwrap();
        self.send(Command::Delete(Box::new(plan)));
        self.until(|event| match event {
            Event::JobStarted {
                id,
                kind: JobKind::Delete(_) | JobKind::DeleteAll,
            } => Some(*id),
            _ => None,
        })
        .await
    }

    pub async fn end_of_delete(&mut self) -> (DeletionReport, Option<PathBuf>) {
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::Delete { report, backup, .. } => Some((report.clone(), backup.clone())),
                JobEnding::DeleteAll { report, .. } => Some((report.clone(), None)),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    pub async fn delete(
        &mut self,
        doctor: &str,
        choice: DeletionChoice,
    ) -> (DeletionReport, Option<PathBuf>) {
        self.begin_delete(doctor, choice).await;
        self.end_of_delete().await
    }

    /// Checks and backs up into the desk's folder; what was found, who is backed up, who isn't.
    pub async fn check_and_back_up(
        &mut self,
        doctors: &[&str],
    ) -> (CheckAllReport, Vec<DoctorName>, Vec<(DoctorName, Failure)>) {
        let doctors = doctors.iter().copied().map(name).collect();
        let folder = self.folder.path().to_owned();
        let fetched_since = Timestamp::UNIX_EPOCH;
        self.check_and_back_up_since(doctors, folder, fetched_since)
            .await
    }

    /// As the question whether everything is to be deleted does it, that was asked then.
    pub async fn check_and_back_up_since(
        &mut self,
        doctors: Vec<DoctorName>,
        folder: PathBuf,
        fetched_since: Timestamp,
    ) -> (CheckAllReport, Vec<DoctorName>, Vec<(DoctorName, Failure)>) {
        self.send(Command::CheckAndBackUp {
            doctors,
            folder,
            fetched_since,
        });
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::CheckAndBackUp {
                    checks,
                    backed_up,
                    failed,
                } => Some((checks.clone(), backed_up.clone(), failed.clone())),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    /// Waits until a job's progress is as wanted.
    pub async fn progress(&mut self, id: JobId, wanted: impl Fn(&JobProgress) -> bool) {
        let waiting = async {
            loop {
                if let Some(progress) = self.engine.changed_progress()
                    && progress.get(&id).is_some_and(&wanted)
                {
                    return;
                }
                self.pass_time().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("waited in vain");
    }

    /// The audit record, oldest first.
    pub async fn record(&mut self) -> Vec<AuditEntry> {
        self.send(Command::LoadActivity { before: None });
        let mut entries = self
            .until(|event| match event {
                Event::Activity { entries, .. } => Some(
                    entries
                        .iter()
                        .cloned()
                        .collect::<Result<Vec<_>, _>>()
                        .unwrap(),
                ),
                _ => None,
            })
            .await;
        entries.reverse();
        entries
    }

    /// The record's words for what was done and came of it, checks left out.
    pub async fn story(&mut self) -> Vec<String> {
        let entries = self.record().await;
        let words = entries.iter().map(|entry| {
            format!(
                "{} {}",
                entry.draft.action.code(),
                entry.draft.outcome.code()
            )
        });
        words.filter(|words| !words.starts_with("check ")).collect()
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

fn waits(of: Duration) -> Waits {
    Waits {
        one: of,
        all: of,
        ..Waits::default()
    }
}

fn start(
    service: &PracticeService,
    folder: &Path,
    tokens: Arc<MemoryTokens>,
    store: Store,
    wait: Duration,
) -> Handle {
    engine::start(setup(service, folder, tokens, store, wait))
}

/// What an engine starts from, for tests that change some of it.
pub fn setup(
    service: &PracticeService,
    folder: &Path,
    tokens: Arc<dyn TokenStore>,
    store: Store,
    wait: Duration,
) -> Setup {
    Setup {
        store,
        keychain: Keychain::new(tokens, Duration::from_secs(5)),
        connector: Arc::new(HttpConnector::with_timeouts(Timeouts {
            connect: Duration::from_secs(2),
            read: Duration::from_secs(1),
            delete: Duration::from_secs(2),
        })),
        opening: Opening::Kept(ServiceOrigin::parse(&service.origin()).unwrap()),
        settings_file: SettingsFile::in_folder(folder),
        waits: waits(wait),
        clock: Clock::default(),
        os_user: "tester".into(),
        computer: "bench".into(),
        wake: Arc::new(|_| {}),
    }
}

/// Runs a test with the threads that the app has. One that waits in vain fails and hangs nothing.
pub fn run(test: impl Future<Output = ()>) {
    const LIMIT: Duration = Duration::from_mins(2);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(async { tokio::time::timeout(LIMIT, test).await })
        .expect("the test waited in vain");
}

pub fn token(text: &str) -> Secret {
    Secret::new(text.to_owned())
}
