//! What differs from one operating system to another: one small seam a thing.

mod crash_dumps;
mod data_lock;
mod dialog_service;
mod file_dialog;
mod first_copy;
mod folders;
mod licences;
mod locale;
mod message;
mod os_user;
mod places;
mod private_files;
mod screen_setup;
mod session_end;
mod show_in_folder;
mod system_look;
mod system_name;
mod update_policy;

pub use crash_dumps::keep_memory_out_of_crash_dumps;
pub use data_lock::DataLock;
pub use dialog_service::file_dialogs_available;
pub use file_dialog::{
    AnsweredDialogs, DialogAnswer, Dialogs, FolderDialogRequest, NativeDialogs, NoDialogs,
    SaveDialogRequest, WindowHandles,
};
pub use first_copy::{Doorbell, Entrance, enter};
pub use folders::{DataFolderError, data_folder, downloads_folder};
pub use licences::licences;
pub use locale::system_locale;
pub use message::show_message;
pub use os_user::{computer_name, os_user};
pub use places::look_at_place;
pub use private_files::{create_private_file, create_private_folder};
pub use screen_setup::screen_setup;
pub use session_end::session_ends;
pub use show_in_folder::{ShowInFolderError, show_in_folder};
pub use system_look::{SystemContrast, SystemLook, SystemTheme, watch_system_look};
pub use system_name::system_name;
pub use update_policy::update_policy;
