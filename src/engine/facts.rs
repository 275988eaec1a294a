//! What the store and the record are told of a doctor.

use crate::domain::{DoctorName, Failure};
use crate::engine::workspace::Workspace;
use crate::store::{Change, DoctorFact};

/// A change to what is known of a doctor of this service.
pub fn about(workspace: &Workspace, doctor: &DoctorName, fact: DoctorFact) -> Change {
    Change::Doctor {
        service: workspace.service.clone(),
        doctor: doctor.clone(),
        fact,
    }
}

/// What the record says of an answer that was none of the documented ones.
pub fn answer_of(failure: &Failure) -> String {
    failure
        .details
        .status
        .map_or_else(|| "no answer".into(), |status| status.to_string())
}
