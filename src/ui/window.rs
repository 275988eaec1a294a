use egui::Ui;

use crate::domain::DoctorName;
use crate::state::{Action, State};
use crate::text::Text;
use crate::ui::{Drafts, show};

/// What the window keeps of its own: the words it speaks, and the text being typed.
pub struct Window {
    text: Text,
    drafts: Drafts,
}

impl Window {
    /// A window that speaks the language of a BCP 47 tag, or English.
    #[must_use]
    pub fn new(locale: &str) -> Self {
        Self {
            text: Text::new(locale),
            drafts: Drafts::default(),
        }
    }

    /// Draws the window and returns what the person did in it.
    #[must_use]
    pub fn show(&mut self, ui: &mut Ui, state: &State) -> Vec<Action> {
        show(ui, state, &mut self.drafts, &self.text)
    }

    /// Throws away what was typed, as when another mode opens.
    pub fn forget_drafts(&mut self) {
        self.drafts = Drafts::default();
    }

    /// The title of the dialog that asks where a recording goes.
    #[must_use]
    pub fn save_dialog_title(&self, doctor: &DoctorName) -> String {
        self.text.save_dialog_title(doctor)
    }

    /// The title of the dialog that asks where many backups go.
    #[must_use]
    pub fn folder_dialog_title(&self) -> String {
        self.text.folder_dialog_title()
    }
}
