use crate::domain::DoctorName;
use crate::text::Text;

/// The titles of the system's own dialogs.
impl Text {
    /// Of the dialog that asks where a recording goes.
    #[must_use]
    pub fn save_dialog_title(&self, doctor: &DoctorName) -> String {
        self.say_with("dialog-save", &[("doctor", doctor.as_str().into())])
    }

    /// Of the dialog that asks where many backups go.
    #[must_use]
    pub fn folder_dialog_title(&self) -> String {
        self.say("dialog-folder")
    }
}
