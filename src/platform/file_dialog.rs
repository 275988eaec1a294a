use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use raw_window_handle::{HasDisplayHandle, HasWindowHandle};
use rfd::{AsyncFileDialog, FileHandle};

use crate::platform::file_dialogs_available;

/// The window that a dialog belongs to.
pub trait WindowHandles: HasWindowHandle + HasDisplayHandle {}

impl<T: HasWindowHandle + HasDisplayHandle + ?Sized> WindowHandles for T {}

/// What a save dialog shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveDialogRequest {
    /// The dialog's title.
    pub title: String,
    /// The folder that it opens in; one that is gone is left out.
    pub folder: Option<PathBuf>,
    /// The file name that it proposes, extension included.
    pub file_name: String,
    /// What the kind of file is called.
    pub kind: String,
    /// The kind's extension, without the dot.
    pub extension: String,
}

/// What a folder dialog shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderDialogRequest {
    /// The dialog's title.
    pub title: String,
    /// The folder that it opens in; one that is gone is left out.
    pub folder: Option<PathBuf>,
}

/// What the person chose; `None` where the dialog was closed. On Linux the dialog appears when
/// this is first polled, elsewhere when it was asked for.
pub type DialogAnswer = Pin<Box<dyn Future<Output = Result<Option<PathBuf>, NoDialogs>> + Send>>;

/// The system has nothing that shows file dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system shows no file dialogs")]
pub struct NoDialogs;

/// Asks for places on the disk. Called on the main thread, as macOS demands; the answer may be
/// awaited anywhere.
pub trait Dialogs {
    /// Asks where to save a file. The dialog itself asks before it names a file that is there.
    fn save(&self, parent: Option<&dyn WindowHandles>, request: SaveDialogRequest) -> DialogAnswer;

    /// Asks for a folder.
    fn folder(
        &self,
        parent: Option<&dyn WindowHandles>,
        request: FolderDialogRequest,
    ) -> DialogAnswer;
}

/// The system's own dialogs: on Linux by the desktop portal, else by `zenity`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NativeDialogs;

impl Dialogs for NativeDialogs {
    fn save(&self, parent: Option<&dyn WindowHandles>, request: SaveDialogRequest) -> DialogAnswer {
        let answer = dialog(parent, request.title, request.folder)
            .set_file_name(request.file_name)
            .add_filter(request.kind, &[request.extension])
            .save_file();
        Box::pin(async move { answered(answer.await) })
    }

    fn folder(
        &self,
        parent: Option<&dyn WindowHandles>,
        request: FolderDialogRequest,
    ) -> DialogAnswer {
        let answer = dialog(parent, request.title, request.folder).pick_folder();
        Box::pin(async move { answered(answer.await) })
    }
}

/// A dialog that was closed and one that never came look the same to the caller of `rfd`.
fn answered(chosen: Option<FileHandle>) -> Result<Option<PathBuf>, NoDialogs> {
    match chosen {
        Some(chosen) => Ok(Some(chosen.path().to_owned())),
        None if file_dialogs_available() => Ok(None),
        None => Err(NoDialogs),
    }
}

fn dialog(
    parent: Option<&dyn WindowHandles>,
    title: String,
    folder: Option<PathBuf>,
) -> AsyncFileDialog {
    let mut dialog = AsyncFileDialog::new()
        .set_title(title)
        .set_can_create_directories(true);
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    match parent {
        Some(parent) => dialog.set_parent(parent),
        None => dialog,
    }
}

/// Answers given beforehand, in order, where nobody sits at the window; a dialog for which there
/// is no answer left is closed at once. Clones share their answers.
#[derive(Debug, Clone, Default)]
pub struct AnsweredDialogs {
    script: Arc<Mutex<Script>>,
}

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Option<PathBuf>>,
    saves: Vec<SaveDialogRequest>,
    folders: Vec<FolderDialogRequest>,
}

impl AnsweredDialogs {
    /// Gives `answers`; `None` closes a dialog.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Option<PathBuf>>) -> Self {
        let dialogs = Self::default();
        dialogs.with(|script| script.answers.extend(answers));
        dialogs
    }

    /// Gives one more answer.
    pub fn answer_next(&self, answer: Option<PathBuf>) {
        self.with(|script| script.answers.push_back(answer));
    }

    /// The save dialogs that were asked for.
    #[must_use]
    pub fn saves(&self) -> Vec<SaveDialogRequest> {
        self.with(|script| script.saves.clone())
    }

    /// The folder dialogs that were asked for.
    #[must_use]
    pub fn folders(&self) -> Vec<FolderDialogRequest> {
        self.with(|script| script.folders.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Script) -> T) -> T {
        work(&mut self.script.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next(&self) -> DialogAnswer {
        let answer = self.with(|script| script.answers.pop_front()).flatten();
        Box::pin(std::future::ready(Ok(answer)))
    }
}

impl Dialogs for AnsweredDialogs {
    fn save(&self, _: Option<&dyn WindowHandles>, request: SaveDialogRequest) -> DialogAnswer {
        self.with(|script| script.saves.push(request));
        self.next()
    }

    fn folder(&self, _: Option<&dyn WindowHandles>, request: FolderDialogRequest) -> DialogAnswer {
        self.with(|script| script.folders.push(request));
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn given_answers_come_in_order_and_then_dialogs_are_closed() {
        let request = FolderDialogRequest {
            title: "t".into(),
            folder: None,
        };
        let dialogs = AnsweredDialogs::new([Some("/a".into()), None]);
        dialogs.clone().answer_next(Some("/b".into()));
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(dialogs.folder(None, request.clone()).await);
        }
        assert_eq!(
            answers,
            [Some("/a".into()), None, Some("/b".into()), None::<PathBuf>].map(Ok)
        );
        assert_eq!(dialogs.folders(), vec![request; 4]);
    }
}
