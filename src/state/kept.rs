//! Parts of recordings that are kept until the person goes on with them or discards them.

use crate::domain::{DoctorName, KeptPart, OperationId};
use crate::engine::Command;
use crate::state::{JobKind, SideEffect, State, engine};

impl State {
    /// Whether a part of this doctor's recording is kept.
    pub fn keeps_part_of(&self, doctor: &DoctorName) -> bool {
        self.kept_parts.iter().any(|kept| kept.doctor == *doctor)
    }

    /// Goes on with one download, or, without one, with all that nothing excludes.
    pub(super) fn go_on(&self, operation: Option<&OperationId>) -> Vec<SideEffect> {
        let is_meant = |kept: &&KeptPart| match operation {
            Some(operation) => kept.operation == *operation,
            None => !self.excludes(&JobKind::Download(kept.doctor.clone())),
        };
        let kept = self.kept_parts.iter().filter(is_meant);
        let command = |kept: &KeptPart| Command::GoOn {
            doctor: kept.doctor.clone(),
            operation: kept.operation.clone(),
        };
        kept.flat_map(|kept| engine(command(kept))).collect()
    }
}
