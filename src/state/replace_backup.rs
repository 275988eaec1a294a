//! The question whether a download may take the place of a backup.

use crate::domain::{DoctorName, Failure, FailureKind};
use crate::engine::{Command, Destination, SavePurpose};
use crate::state::{Modal, SideEffect, State, engine};

impl State {
    /// Asks whether a backup is to be replaced, unless another question stands or nobody is there to
    /// answer it. That nothing was
    /// saved is told on the shelf too, where it stays whatever is answered.
    pub(super) fn ask_to_replace(&mut self, doctor: &DoctorName, failure: &Failure) {
        let FailureKind::ReplacesBackup {
            path,
            doctor: whose,
            made,
            may_replace: Some(seen),
            ..
        } = &failure.kind
        else {
            return;
        };
        if self.modals.is_empty() && self.account().is_some() {
            self.modals.push(Modal::ReplaceBackup {
                doctor: doctor.clone(),
                path: path.clone(),
                whose: whose.clone(),
                made: *made,
                seen: seen.clone(),
            });
        }
    }

    /// Downloads once more, to the place of the backup that the person was told of.
    pub(super) fn replace_backup(&mut self) -> Vec<SideEffect> {
        let Some(Modal::ReplaceBackup {
            doctor, path, seen, ..
        }) = self.modals.pop()
        else {
            return Vec::new();
        };
        let destination = Destination {
            path,
            replace: true,
            even_a_backup: Some(seen),
        };
        engine(Command::Download {
            doctor,
            destination,
            as_it_is: false,
        })
    }

    /// Asks for another place in its stead.
    pub(super) fn another_place(&mut self) -> Vec<SideEffect> {
        if self.a_place_is_chosen() {
            return Vec::new();
        }
        match self.modals.pop() {
            Some(Modal::ReplaceBackup { doctor, .. }) => {
                self.prepare(doctor, SavePurpose::Download)
            }
            _ => Vec::new(),
        }
    }
}
