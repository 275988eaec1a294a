//! The file that remembers which renderer worked on which screen set-up.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use audio_housekeeper::platform::create_private_folder;
use serde::{Deserialize, Serialize};

use crate::renderer::{Remembered, Renderer};

/// `renderer.json` in the data folder: a short list of screen set-ups, the last used one first.
/// Its calls block on the disk.
#[derive(Debug, Clone)]
pub struct RendererMemory {
    folder: PathBuf,
    screen: String,
}

/// More screen set-ups than one person comes by.
const KEPT: usize = 8;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Wire {
    screens: Vec<WireScreen>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireScreen {
    screen: String,
    renderer: String,
    state: State,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Worked,
    Began,
    Unfinished,
}

impl RendererMemory {
    const FILE_NAME: &'static str = "renderer.json";

    /// What is remembered in a data folder about one screen set-up.
    pub fn new(folder: PathBuf, screen: String) -> Self {
        Self { folder, screen }
    }

    /// What the last start on this screen set-up left. Whatever is not readable was not left.
    pub fn recall(&self) -> Option<Remembered> {
        let screens = self.read().screens;
        let last = screens.iter().find(|last| last.screen == self.screen)?;
        let renderer = Renderer::of_word(&last.renderer)?;
        Some(match last.state {
            State::Worked => Remembered::Worked(renderer),
            State::Began => Remembered::Began(renderer),
            State::Unfinished => Remembered::Unfinished(renderer),
        })
    }

    /// Keeps it for the next start. What can't be kept is only logged: the next start then tries
    /// the usual order.
    pub fn remember(&self, remembered: Remembered) {
        if let Err(error) = self.write(remembered) {
            tracing::warn!(kind = %error.kind(), "the renderer could not be remembered");
        }
    }

    fn write(&self, remembered: Remembered) -> io::Result<()> {
        let (renderer, state) = match remembered {
            Remembered::Worked(renderer) => (renderer, State::Worked),
            Remembered::Began(renderer) => (renderer, State::Began),
            Remembered::Unfinished(renderer) => (renderer, State::Unfinished),
        };
        let mut wire = self.read();
        wire.screens.retain(|last| last.screen != self.screen);
        wire.screens.insert(
            0,
            WireScreen {
                screen: self.screen.clone(),
                renderer: renderer.word().to_owned(),
                state,
            },
        );
        wire.screens.truncate(KEPT);
        create_private_folder(&self.folder)?;
        // On Unix a temporary file has permissions 0600, and keeps them under its final name.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut all = serde_json::to_vec_pretty(&wire)?;
        all.push(b'\n');
        file.write_all(&all)?;
        file.persist(self.path())?;
        Ok(())
    }

    fn read(&self) -> Wire {
        let read = fs::read(self.path());
        read.ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn path(&self) -> PathBuf {
        Path::new(&self.folder).join(Self::FILE_NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(folder: &Path, screen: &str) -> RendererMemory {
        RendererMemory::new(folder.to_owned(), screen.to_owned())
    }

    #[test]
    fn each_screen_set_up_has_its_own_renderer() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let desk = memory(&data, "x11");
        let remote = memory(&data, "x11 terminal xrdp");
        assert_eq!(desk.recall(), None);
        desk.remember(Remembered::Worked(Renderer::OpenGl));
        for remembered in [
            Remembered::Unfinished(Renderer::OpenGl),
            Remembered::Began(Renderer::Wgpu),
            Remembered::Worked(Renderer::Wgpu),
        ] {
            remote.remember(remembered);
            assert_eq!(remote.recall(), Some(remembered));
        }
        assert_eq!(desk.recall(), Some(Remembered::Worked(Renderer::OpenGl)));
        assert_eq!(remote.recall(), Some(Remembered::Worked(Renderer::Wgpu)));
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_remembers_nothing_and_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(folder.path(), "x11");
        for damage in ["", "[]", r#"{"screens":[{"screen":"x11"}]}"#] {
            fs::write(memory.path(), damage).unwrap();
            assert_eq!(memory.recall(), None);
            memory.remember(Remembered::Worked(Renderer::Wgpu));
            assert_eq!(memory.recall(), Some(Remembered::Worked(Renderer::Wgpu)));
        }
    }

    #[test]
    fn the_list_stays_short() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..50 {
            let memory = memory(folder.path(), &format!("x11 host{number}"));
            memory.remember(Remembered::Worked(Renderer::OpenGl));
        }
        assert_eq!(memory(folder.path(), "").read().screens.len(), KEPT);
        assert!(memory(folder.path(), "x11 host49").recall().is_some());
    }

    #[test]
    fn a_folder_that_can_not_be_written_harms_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        let memory = memory(&file.join("data"), "x11");
        memory.remember(Remembered::Worked(Renderer::Wgpu));
        assert_eq!(memory.recall(), None);
    }
}
