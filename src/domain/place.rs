/// What a folder is, as far as somebody who keeps recordings there ought to know.
///
/// The default has nothing to be said of it. It is no promise: a folder of which nothing could be
/// found out is no `Place` at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Whether the computer may empty it by itself.
    pub temporary: bool,
    /// What copies it to other computers.
    pub copied_to: Option<CloudService>,
    /// The kind of drive that it is on.
    pub drive: Drive,
}

/// A service that copies folders to other computers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudService {
    /// Microsoft's, personal or of an organisation.
    OneDrive,
    /// Apple's.
    ICloud,
    /// Dropbox, personal or of a team.
    Dropbox,
    /// Google's.
    GoogleDrive,
    /// A Nextcloud server.
    Nextcloud,
    /// An ownCloud server.
    OwnCloud,
    /// Any other, by the name that it gives itself.
    Other(String),
}

/// Where a folder's disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Drive {
    /// Neither of the others, as far as is known.
    #[default]
    Usual,
    /// A stick, a card or a disk that can be pulled out.
    Removable,
    /// Another computer's.
    Network,
}

impl Place {
    /// Whether what is kept there may be gone one day without anybody having removed it.
    #[must_use]
    pub const fn may_lose_files(&self) -> bool {
        self.temporary || matches!(self.drive, Drive::Removable)
    }
}

impl CloudService {
    /// The name that it is known by.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::OneDrive => "OneDrive",
            Self::ICloud => "iCloud Drive",
            Self::Dropbox => "Dropbox",
            Self::GoogleDrive => "Google Drive",
            Self::Nextcloud => "Nextcloud",
            Self::OwnCloud => "ownCloud",
            Self::Other(name) => name,
        }
    }
}
