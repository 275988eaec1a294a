//! What the window has to do about an action or an event.

use std::path::PathBuf;

use crate::engine::Command;
use crate::state::{DestinationRequest, Mode};

/// What an action leads to outside the state.
#[derive(Debug)]
pub enum SideEffect {
    /// Ask the engine.
    Engine(Command),
    /// Open the save dialog.
    SaveDialog(DestinationRequest),
    /// Open the folder dialog.
    FolderDialog {
        /// Where it starts.
        folder: Option<PathBuf>,
    },
    /// Open the other mode in place of this one.
    Switch(Mode),
    /// Close the window now.
    CloseWindow,
}

/// What is asked of the engine and leads to nothing else.
pub(super) fn engine(command: Command) -> Vec<SideEffect> {
    vec![SideEffect::Engine(command)]
}
