//! The list of doctors known here.

use std::sync::Arc;

use crate::domain::DoctorName;
use crate::engine::Event;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;

/// Takes a name off the list.
pub async fn forget(workspace: Arc<Workspace>, doctor: DoctorName) {
    let event = match workspace
        .resources
        .store
        .forget_doctor(&workspace.service, &doctor)
        .await
    {
        Ok(()) => Event::Forgotten(doctor),
        Err(error) => Event::failed(Some(doctor), store_failure(&error)),
    };
    workspace.tell(event);
}
