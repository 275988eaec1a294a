//! What differs from one operating system to another: one small seam a thing.

mod data_lock;
mod dialog_service;
mod file_dialog;
mod first_copy;
mod folders;
mod locale;
mod person;
mod private_files;
mod session_end;
mod show_in_folder;
mod system_theme;

pub use data_lock::DataLock;
pub use dialog_service::file_dialogs_available;
pub use file_dialog::{
    AnsweredDialogs, DialogAnswer, Dialogs, FolderDialogRequest, NativeDialogs, NoDialogs,
    SaveDialogRequest, WindowHandles,
};
pub use first_copy::{Doorbell, Entrance, enter};
pub use folders::{DataFolderError, data_folder, downloads_folder};
pub use locale::system_locale;
pub use person::{computer_name, os_user};
pub use private_files::{create_private_file, create_private_folder};
pub use session_end::session_ends;
pub use show_in_folder::{ShowInFolderError, show_in_folder};
pub use system_theme::{SystemTheme, watch_system_theme};
