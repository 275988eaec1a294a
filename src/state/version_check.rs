use crate::domain::{NewestVersion, UpdateSource, Version};
use crate::state::{SideEffect, State};

/// What is known of newer versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionCheck {
    /// Where it is asked, if anywhere.
    pub source: UpdateSource,
    newest: NewestVersion,
}

impl State {
    /// What is known of which version is the newest; nothing, where that is not asked.
    #[must_use]
    pub fn newest_version(&self) -> Option<NewestVersion> {
        let VersionCheck { source, newest } = &self.version_check;
        source
            .is_asked(self.settings.tells_of_newer_version)
            .then_some(*newest)
    }

    /// The newest version, where it is newer than this one.
    #[must_use]
    pub fn newer_version(&self) -> Option<Version> {
        match self.newest_version() {
            Some(NewestVersion::Is(version)) if version > Version::OWN => Some(version),
            _ => None,
        }
    }

    pub(super) fn update_source_known(&mut self, source: UpdateSource) {
        self.version_check.source = source;
    }

    /// A newer version stays one, where a later question has no answer; that this one is the newest does
    /// not.
    pub(super) fn newest_version_known(&mut self, newest: NewestVersion) {
        let stays = newest == NewestVersion::NotKnown && self.newer_version().is_some();
        if !stays {
            self.version_check.newest = newest;
        }
    }

    pub(super) fn set_tells_of_newer_version(&mut self, tells: bool) -> Vec<SideEffect> {
        self.settings.tells_of_newer_version = tells;
        self.version_check.newest = NewestVersion::NotAsked;
        self.save_settings()
    }
}
