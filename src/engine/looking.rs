//! Looks: a GET that asks what the server has, and once more where that may help.

use tokio_util::sync::CancellationToken;

use crate::api::Look;
use crate::domain::{DoctorName, Failure, FailureKind, ServerCopy, Unfit};
use crate::engine::context::Session;
use crate::engine::retry::Budget;
use crate::engine::tries::Tries;

/// What came of a look.
pub struct Looked {
    /// What the last try found.
    pub result: Result<Look, Failure>,
    /// The record's words for how many tries it took, where it took more than one.
    pub note: Option<String>,
}

/// Looks at what the server has for a doctor. `give_up` ends the wait before another try.
pub async fn look(session: &Session, doctor: &DoctorName, give_up: &CancellationToken) -> Looked {
    let tries = Tries::new(session, Budget::LOOK);
    let all = async {
        let mut came_empty = false;
        loop {
            tries.begin();
            let failure = match session.api.look(doctor).await {
                Ok(look) => return Ok(look),
                Err(error) => session.failure(error),
            };
            // Two whole answers with the same bytes: that is what the service has.
            let is_empty = failure.kind == FailureKind::EmptyRecording { arrived: false };
            if is_empty && came_empty {
                return Ok(Look::Has(ServerCopy {
                    unfit: Some(Unfit::Empty),
                    ..ServerCopy::default()
                }));
            }
            came_empty = is_empty;
            let (failure, wait) = tries.failed(failure)?;
            tokio::select! {
                biased;
                () = give_up.cancelled() => return Err(failure),
                () = tokio::time::sleep(wait.length) => {}
            }
        }
    };
    let result = tries.timed(all).await;
    let note = tries.note();
    Looked { result, note }
}
