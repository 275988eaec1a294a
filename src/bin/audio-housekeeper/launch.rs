//! The real adapters: the data folder, the keychain, the network, and the practice service.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use audio_housekeeper::api::HttpConnector;
use audio_housekeeper::app::{AppSignals, Launcher, Opened};
use audio_housekeeper::domain::{
    DoctorName, Failure, FailureKind, ServiceOrigin, Sha256Digest, SignInWith, UpdateSource,
};
use audio_housekeeper::engine::{self, Clock, Opening, Setup, Waits, Wake};
use audio_housekeeper::keychain::{Keychain, RecordHeads, SystemKeychain, TokenEntries};
use audio_housekeeper::platform::{self, DataFolderError, DataLock, Entrance};
use audio_housekeeper::practice::{PracticeConfig, PracticeService, PracticeUser, sample_doctors};
use audio_housekeeper::settings::{Settings, SettingsFile};
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::{Store, StoreError};
use jiff::Timestamp;
use tokio::runtime;

use crate::arguments::Arguments;
use crate::log;
use crate::signal_listener::SignalListener;

/// Opens the app's own folder, and the network or the practice service.
pub struct RealLauncher {
    arguments: Arguments,
    runtime: runtime::Handle,
    signals: AppSignals,
    /// Why the system may write memory down where the app crashes.
    dumps: Option<io::Error>,
    held: Mutex<Option<Held>>,
}

/// The data folder that this copy of the app holds. Nobody is heard any more before it is free.
struct Held {
    folder: PathBuf,
    _listening: Option<SignalListener>,
    lock: DataLock,
}

impl RealLauncher {
    pub const fn new(
        arguments: Arguments,
        runtime: runtime::Handle,
        signals: AppSignals,
        dumps: Option<io::Error>,
    ) -> Self {
        Self {
            arguments,
            runtime,
            signals,
            dumps,
            held: Mutex::new(None),
        }
    }

    /// Takes the data folder for this copy of the app, before there is a window; `false` where
    /// another copy has it and came to the front, and nothing is left to do. Any failure is told
    /// when the folder is opened in earnest.
    pub fn is_first(&self, mode: Mode) -> bool {
        let Ok(folder) = self.folder(mode) else {
            return true;
        };
        match self.runtime.block_on(platform::enter(&folder)) {
            Ok(Entrance::First(lock)) => self.hold(folder, lock),
            Ok(Entrance::CalledForward) => return false,
            Err(_) => {}
        }
        true
    }

    /// Stops listening for other starts, and gives the lock, which is to be kept until nothing
    /// writes any more.
    pub fn let_go(&self) -> Option<DataLock> {
        self.held().take().map(|held| held.lock)
    }

    fn hold(&self, folder: PathBuf, lock: DataLock) {
        let signals = self.signals.clone();
        let listening = SignalListener::for_another_start(&self.runtime, &folder, &lock, signals);
        if let Err(error) = &listening {
            // A later start then says that the data is in use.
            tracing::warn!(kind = %error.kind(), "other starts can't be heard");
        }
        *self.held() = Some(Held {
            folder,
            _listening: listening.ok(),
            lock,
        });
    }

    /// Holds this folder, and no other any more.
    fn change_to(&self, folder: &Path) -> Result<(), DataFolderError> {
        let mut held = self.held();
        if held.as_ref().is_some_and(|held| held.folder == folder) {
            return Ok(());
        }
        drop(held.take());
        drop(held);
        let lock = DataLock::acquire(folder)?;
        self.hold(folder.to_owned(), lock);
        Ok(())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings as far as the first frame needs them; a failure is told when the folder is
    /// opened in earnest.
    pub fn settings_for_first_frame(&self, mode: Mode) -> Settings {
        self.folder(mode)
            .map(|folder| SettingsFile::in_folder(&folder).load().0)
            .unwrap_or_default()
    }

    /// Where a mode keeps its things.
    pub fn folder(&self, mode: Mode) -> Result<PathBuf, DataFolderError> {
        platform::data_folder(self.arguments.data_dir.as_deref(), mode == Mode::Practice)
    }

    /// Waits, for a while at most, until nobody else holds this launcher: then nothing is being
    /// opened any more, and what was opened for a window that is gone has been put away.
    pub fn wait_until_let_go(self: &Arc<Self>) {
        let begun = Instant::now();
        while Arc::strong_count(self) > 1 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn opening(
        &self,
        mode: Mode,
        origin: &ServiceOrigin,
    ) -> Result<(Opening, Option<PracticeService>), Failure> {
        match mode {
            Mode::Real => Ok((Opening::Kept(origin.clone()), None)),
            Mode::Practice => {
                let failed = |technical: String| failure(FailureKind::PracticeTrouble, technical);
                let started = self
                    .runtime
                    .block_on(PracticeService::start(PracticeConfig::for_people()));
                let service = started.map_err(|error| failed(error.to_string()))?;
                let [first, _] = PracticeUser::two();
                let origin = ServiceOrigin::parse(&service.origin())
                    .map_err(|error| failed(error.to_string()))?;
                let names = sample_doctors()
                    .filter_map(|name| DoctorName::parse(name).ok())
                    .collect();
                Ok((
                    Opening::Practice {
                        origin,
                        with: SignInWith::Password {
                            user_name: first.username,
                            password: first.password,
                        },
                        names,
                    },
                    Some(service),
                ))
            }
        }
    }
}

impl Launcher for RealLauncher {
    fn open(&self, mode: Mode, wake: Wake) -> Result<Opened, Failure> {
        let folder = self
            .folder(mode)
            .map_err(|error| folder_failure(&error, PathBuf::new()))?;
        self.change_to(&folder)
            .map_err(|error| folder_failure(&error, folder.clone()))?;
        if let Err(error) = log::start(&folder) {
            return Err(folder_failure(&DataFolderError::NotUsable(error), folder));
        }
        if let Some(error) = &self.dumps {
            tracing::warn!(kind = %error.kind(), "a crash may write memory down");
        }
        let settings_file = SettingsFile::in_folder(&folder);
        let (mut settings, lost) = settings_file.load();
        if let Some(service) = &self.arguments.service {
            settings.service = service.clone();
        }
        if settings.download_folder.is_none() {
            settings.download_folder = platform::downloads_folder();
        }
        let store = Store::open(&folder).map_err(|error| match error {
            StoreError::Newer { .. } => {
                failure(FailureKind::DataFromNewerVersion, error.to_string())
            }
            StoreError::NotBroughtUpToDate(_) => {
                failure(FailureKind::DataNotBroughtUpToDate, error.to_string())
            }
            error => failure(FailureKind::StoreTrouble, error.to_string()),
        })?;
        let (opening, practice) = self.opening(mode, &settings.service)?;
        if let Opening::Practice { origin, .. } = &opening {
            settings.service = origin.clone();
        }
        let computer = platform::computer_name();
        let heads = (mode == Mode::Real).then(|| {
            let record = record_name(&folder, &computer);
            RecordHeads::new(Arc::new(SystemKeychain), &record, RecordHeads::USUAL_LIMIT)
        });
        let tokens = Arc::new(TokenEntries::new(SystemKeychain));
        let built_with = option_env!("AUDIO_HOUSEKEEPER_UPDATES");
        let _inside = self.runtime.enter();
        let engine = engine::start(Setup {
            store,
            keychain: Keychain::new(tokens, Keychain::USUAL_LIMIT),
            heads,
            connector: Arc::new(HttpConnector::default()),
            opening,
            settings_file,
            updates: UpdateSource::choose(platform::update_policy(), built_with),
            tells_of_newer_version: settings.tells_of_newer_version,
            waits: Waits::default(),
            clock: Clock::default(),
            os_user: platform::os_user(),
            computer,
            wake,
        });
        Ok(Opened {
            engine,
            settings,
            settings_lost: lost.is_some(),
            kept: Box::new(practice),
        })
    }
}

/// What the keychain knows the record of this folder by, on this computer alone: a keychain may come along
/// to another one, and a record too. A path may be longer than a keychain's names.
fn record_name(folder: &Path, computer: &str) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let digest = Sha256Digest::of(folder.as_os_str().as_encoded_bytes()).to_string();
    let digest = digest.get(..16).unwrap_or_default();
    format!("record {digest} on {computer}")
}

fn folder_failure(error: &DataFolderError, path: PathBuf) -> Failure {
    let technical = error.to_string();
    let kind = match error {
        DataFolderError::InUse => FailureKind::DataInUse,
        DataFolderError::NoPlace | DataFolderError::NotUsable(_) => {
            FailureKind::DataFolderUnusable { path }
        }
    };
    failure(kind, technical)
}

fn failure(kind: FailureKind, technical: String) -> Failure {
    Failure::new(kind, Timestamp::now(), technical)
}
