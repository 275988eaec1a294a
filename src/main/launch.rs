//! The real adapters: the data folder, the keychain, the network, and the practice service.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use audio_housekeeper::api::HttpConnector;
use audio_housekeeper::app::{Launcher, Opened};
use audio_housekeeper::domain::{DoctorName, Failure, FailureKind, ServiceOrigin};
use audio_housekeeper::engine::{self, Opening, Setup, Waits, Wake};
use audio_housekeeper::keychain::{Keychain, SystemKeychain};
use audio_housekeeper::platform::{self, DataFolderError, DataLock};
use audio_housekeeper::practice::{PracticeConfig, PracticeService, sample_doctors};
use audio_housekeeper::settings::{Settings, SettingsFile};
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::{Store, StoreError};
use jiff::Timestamp;
use tokio::runtime;

use crate::arguments::Arguments;
use crate::log;

/// Opens the app's own folder, and the network or the practice service.
pub struct RealLauncher {
    arguments: Arguments,
    runtime: runtime::Handle,
}

impl RealLauncher {
    pub const fn new(arguments: Arguments, runtime: runtime::Handle) -> Self {
        Self { arguments, runtime }
    }

    /// The settings as far as the first frame needs them; a failure is told when the folder is
    /// opened in earnest.
    pub fn settings_for_first_frame(&self, mode: Mode) -> Settings {
        self.folder(mode)
            .map(|folder| SettingsFile::in_folder(&folder).load().0)
            .unwrap_or_default()
    }

    fn folder(&self, mode: Mode) -> Result<PathBuf, DataFolderError> {
        platform::data_folder(self.arguments.data_dir.as_deref(), mode == Mode::Practice)
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
                let origin = ServiceOrigin::parse(&service.origin())
                    .map_err(|error| failed(error.to_string()))?;
                let names = sample_doctors()
                    .filter_map(|name| DoctorName::parse(name).ok())
                    .collect();
                Ok((
                    Opening::Practice {
                        origin,
                        token: service.token(),
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
        let lock =
            DataLock::acquire(&folder).map_err(|error| folder_failure(&error, folder.clone()))?;
        if let Err(error) = log::start(&folder) {
            return Err(folder_failure(&DataFolderError::NotUsable(error), folder));
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
        let _inside = self.runtime.enter();
        let engine = engine::start(Setup {
            store,
            keychain: Keychain::new(Arc::new(SystemKeychain), Keychain::USUAL_LIMIT),
            connector: Arc::new(HttpConnector::default()),
            opening,
            settings_file,
            waits: Waits::default(),
            os_user: platform::os_user(),
            computer: platform::computer_name(),
            wake,
        });
        let kept: Box<dyn Any + Send> = Box::new((lock, practice));
        Ok(Opened {
            engine,
            settings,
            settings_lost: lost.is_some(),
            kept,
        })
    }
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
