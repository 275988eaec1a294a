//! The downloads that a person asks for.

use std::sync::Arc;

use crate::domain::{DoctorName, OperationId};
use crate::engine::jobs::fetch::{Fetching, fetch};
use crate::engine::jobs::kept;
use crate::engine::resources::store_failure;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::engine::{Destination, JobEnding, JobFailure};
use crate::transfer::{FirstVolume, Partial};

/// The download that a person asked for.
pub async fn download(
    workspace: Arc<Workspace>,
    doctor: DoctorName,
    destination: Destination,
    as_it_is: bool,
    ticket: JobTicket,
) -> JobEnding {
    let fetching = Fetching {
        as_it_is,
        keeps: true,
        ..Fetching::new(ticket.operation.clone(), FirstVolume::default())
    };
    let fetched = fetch(&workspace, &doctor, destination, fetching, &ticket).await;
    let result = fetched.map(|fetched| fetched.saved.into());
    JobEnding::Download { doctor, result }
}

/// Goes on with the download of this operation, behind what is kept of it.
pub async fn go_on(
    workspace: Arc<Workspace>,
    doctor: DoctorName,
    operation: OperationId,
    ticket: JobTicket,
) -> JobEnding {
    let store = &workspace.resources.store;
    let taken = store.take_kept_part(&workspace.service, &operation).await;
    kept::tell(&workspace).await;
    let part = match taken {
        Ok(Some(part)) => part,
        // It was gone on with, or discarded, just before.
        Ok(None) => {
            let result = Err(JobFailure::Cancelled);
            return JobEnding::Download { doctor, result };
        }
        Err(error) => {
            let result = Err(JobFailure::Failed(store_failure(&error)));
            return JobEnding::Download { doctor, result };
        }
    };
    let destination = Destination {
        path: part.destination.clone(),
        replace: false,
        even_a_backup: None,
    };
    let fetching = Fetching {
        operation,
        volume: FirstVolume::default(),
        as_it_is: false,
        earlier: Some(Partial::of_earlier(&part)),
        keeps: true,
    };
    let fetched = fetch(&workspace, &doctor, destination, fetching, &ticket).await;
    let result = fetched.map(|fetched| fetched.saved.into());
    JobEnding::Download { doctor, result }
}
