//! The system's dialogs: opened on the window's thread, awaited on another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use poll_promise::Promise;

use crate::platform::{DialogAnswer, Dialogs, FolderDialogRequest, NoDialogs, SaveDialogRequest};
use crate::state::{Action, DestinationRequest};

type Answer<T> = Result<Option<T>, NoDialogs>;

/// What became of a dialog.
pub struct Answered {
    /// The action that the answer is.
    pub action: Action,
    /// Whether the system shows no dialogs, which a person must be told.
    pub no_dialogs: bool,
}

/// A dialog that stands, and what its answer is for.
pub enum OpenDialog {
    Save(Box<DestinationRequest>, Promise<Answer<(PathBuf, bool)>>),
    Folder(Promise<Answer<PathBuf>>),
}

impl OpenDialog {
    /// Asks where to save a recording.
    pub fn save(
        dialogs: &dyn Dialogs,
        frame: &eframe::Frame,
        ctx: &egui::Context,
        request: DestinationRequest,
        title: String,
    ) -> Self {
        let extension = request
            .file_name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        let asked = SaveDialogRequest {
            title,
            folder: request.folder.clone(),
            file_name: request.file_name.clone(),
            kind: extension.to_uppercase(),
            extension: extension.to_owned(),
        };
        let answer = dialogs.save(Some(frame), asked);
        let promise = fulfil(ctx, answer, |path| {
            // The dialog asked before it named a file that is there.
            let is_there = path.symlink_metadata().is_ok();
            (path, is_there)
        });
        Self::Save(Box::new(request), promise)
    }

    /// Asks for a folder.
    pub fn folder(
        dialogs: &dyn Dialogs,
        frame: &eframe::Frame,
        ctx: &egui::Context,
        folder: Option<PathBuf>,
        title: String,
    ) -> Self {
        let answer = dialogs.folder(Some(frame), FolderDialogRequest { title, folder });
        Self::Folder(fulfil(ctx, answer, |path| path))
    }

    /// What became of it, or the dialog itself while it stands.
    pub fn poll(self) -> Result<Answered, Self> {
        match self {
            Self::Save(request, promise) => {
                let answer = promise
                    .try_take()
                    .map_err(|promise| Self::Save(request.clone(), promise))?;
                let no_dialogs = answer.is_err();
                let chosen = answer.unwrap_or_default();
                let action = Action::SaveChosen {
                    request: *request,
                    chosen,
                };
                Ok(Answered { action, no_dialogs })
            }
            Self::Folder(promise) => {
                let answer = promise.try_take().map_err(Self::Folder)?;
                let no_dialogs = answer.is_err();
                let action = Action::FolderChosen(answer.unwrap_or_default());
                Ok(Answered { action, no_dialogs })
            }
        }
    }
}

/// Awaits an answer on a thread of its own. The promise is fulfilled also where that panics.
fn fulfil<T: Send + 'static>(
    ctx: &egui::Context,
    answer: DialogAnswer,
    make: impl FnOnce(PathBuf) -> T + Send + 'static,
) -> Promise<Answer<T>> {
    let (sender, promise) = Promise::new();
    let ctx = ctx.clone();
    std::thread::spawn(move || {
        let answer = AssertUnwindSafe(|| Ok(pollster::block_on(answer)?.map(make)));
        sender.send(catch_unwind(answer).unwrap_or(Err(NoDialogs)));
        ctx.request_repaint();
    });
    promise
}
