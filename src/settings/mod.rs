//! What the person chose.

mod file;

pub use file::{SettingsError, SettingsFile};

use std::path::PathBuf;

use crate::domain::ServiceOrigin;

/// What the person chose, kept as JSON in the data folder. Never a secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The service's address.
    pub service: ServiceOrigin,
    /// Whether the person signed in with an access token last, and not with a name and a password.
    pub signs_in_with_token: bool,
    /// How long nobody has to touch the window before it locks, in minutes, one of
    /// [`Settings::LOCK_TIMES`]; it never does without.
    pub lock_after: Option<u16>,
    /// Whether the person wants to be told of newer versions, where the program was built with an address
    /// to ask for them.
    pub tells_of_newer_version: bool,
    /// Light, dark, or as the system says.
    pub theme: ThemeChoice,
    /// Text size in per cent, one of [`Settings::TEXT_SIZES`].
    pub text_size: u16,
    /// Where the save dialog opens; the folder of the last download.
    pub download_folder: Option<PathBuf>,
    /// Where the window was.
    pub window: Option<WindowPlace>,
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The window's place on the screen, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowPlace {
    /// Left and top edge, where the platform tells.
    pub position: Option<[f32; 2]>,
    /// Inner width and height.
    pub size: [f32; 2],
    /// Whether it filled the screen.
    pub maximised: bool,
}

impl Settings {
    /// The text sizes that are offered, in per cent.
    pub const TEXT_SIZES: [u16; 5] = [100, 125, 150, 175, 200];

    /// The times that are offered before the window locks, in minutes.
    pub const LOCK_TIMES: [u16; 4] = [5, 15, 30, 60];
}

impl Default for Settings {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant, which a test reads")]
        let service = ServiceOrigin::parse(ServiceOrigin::DEFAULT).expect("the default address");
        Self {
            service,
            signs_in_with_token: false,
            lock_after: Some(15),
            tells_of_newer_version: false,
            theme: ThemeChoice::default(),
            text_size: 100,
            download_folder: None,
            window: None,
        }
    }
}
