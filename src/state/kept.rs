//! Parts of recordings that are kept until the person goes on with them or discards them.

use crate::domain::{DoctorName, KeptPart, OperationId};
use crate::engine::Command;
use crate::state::{JobKind, SideEffect, State, engine};

impl State {
    /// Whether what came of this doctor's last download is kept.
    pub fn keeps_part_of(&self, doctor: &DoctorName) -> bool {
        let last = self.destinations.get(doctor).map(|(path, _)| path);
        let mut kept = self.kept_parts.iter();
        kept.any(|kept| kept.doctor == *doctor && Some(&kept.destination) == last)
    }

    /// Goes on with one download, or, without one, with all that nothing excludes.
    pub(super) fn go_on(&mut self, operation: Option<&OperationId>) -> Vec<SideEffect> {
        let is_meant = |kept: &&KeptPart| match operation {
            Some(operation) => kept.operation == *operation,
            None => !self.excludes(&JobKind::Download(kept.doctor.clone())),
        };
        // One at a time for each doctor.
        let mut meant: Vec<KeptPart> = Vec::new();
        for kept in self.kept_parts.iter().filter(is_meant) {
            if meant.iter().all(|other| other.doctor != kept.doctor) {
                meant.push(kept.clone());
            }
        }
        let mut effects = Vec::new();
        for kept in meant {
            let KeptPart {
                operation,
                doctor,
                destination,
                ..
            } = kept;
            self.destinations
                .insert(doctor.clone(), (destination, false));
            effects.extend(engine(Command::GoOn { doctor, operation }));
        }
        effects
    }
}
