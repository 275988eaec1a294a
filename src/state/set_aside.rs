//! What came, can be no backup, and waits for the person to keep or to discard it.

use crate::domain::OperationId;
use crate::engine::{Command, SavePurpose};
use crate::state::{DestinationRequest, Modal, SideEffect, State, engine};

impl State {
    /// Asks for the place of what was set aside; nothing has to be asked of the service for that.
    pub(super) fn keep_set_aside(&mut self, operation: OperationId) -> Vec<SideEffect> {
        let mut all = self.set_aside.iter();
        let Some(one) = all.find(|one| one.operation == operation) else {
            return Vec::new();
        };
        let (doctor, mut name) = (one.doctor.clone(), one.path.clone());
        if self.a_place_is_chosen() {
            return Vec::new();
        }
        name.set_extension("");
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        self.preparing = Some(doctor.clone());
        vec![SideEffect::SaveDialog(DestinationRequest {
            doctor,
            purpose: SavePurpose::KeepSetAside(operation),
            folder: self.settings.download_folder.clone(),
            file_name: name.into_owned(),
        })]
    }

    pub(super) fn ask_discard(&mut self, operation: &OperationId) -> Vec<SideEffect> {
        let mut all = self.set_aside.iter();
        let one = all.find(|one| one.operation == *operation).cloned();
        self.modals.extend(one.map(Modal::Discard));
        Vec::new()
    }

    pub(super) fn discard(&mut self) -> Vec<SideEffect> {
        match self.modals.pop() {
            Some(Modal::Discard(one)) => engine(Command::DiscardSetAside(one.operation)),
            _ => Vec::new(),
        }
    }
}
