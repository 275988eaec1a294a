//! Looks: a GET that asks what the server has, and once more where that may help.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::Look;
use crate::domain::{DoctorName, Failure, FailureKind, ServerCopy, Unfit};
use crate::engine::context::Session;
use crate::engine::retry::Budget;
use crate::engine::tries::Tries;

/// The least wait after an answer that a cache may have kept from before a delete: its `Age` counts
/// whole seconds, so that one of less than a second may well be the service's own.
const AGES: Duration = Duration::from_secs(1);

/// What came of a look.
pub struct Looked {
    /// What the last try found.
    pub result: Result<Look, Failure>,
    /// The record's words for how many tries it took, where it took more than one, and for why an
    /// answer proves nothing.
    pub note: Option<String>,
}

/// Looks at what the server has for a doctor. `oldest` tells how old an answer may be when it is
/// asked for; `give_up` ends the wait before another try.
pub async fn look(
    session: &Session,
    doctor: &DoctorName,
    oldest: impl Fn() -> Duration,
    give_up: &CancellationToken,
) -> Looked {
    let tries = Tries::new(session, Budget::LOOK);
    let all = async {
        let mut came_empty = false;
        loop {
            tries.begin();
            let failure = match session.api.look(doctor, oldest()).await {
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
            let is_too_old = failure.kind == FailureKind::AnswerTooOld;
            let (failure, wait) = tries.failed(failure)?;
            let least = if is_too_old { AGES } else { Duration::ZERO };
            tokio::select! {
                biased;
                () = give_up.cancelled() => return Err(failure),
                () = tokio::time::sleep(wait.length.max(least)) => {}
            }
        }
    };
    let result = tries.timed(all).await;
    let too_old = match &result {
        Err(failure) if failure.kind == FailureKind::AnswerTooOld => {
            Some("a cache answered, with what it had kept".to_owned())
        }
        _ => None,
    };
    let notes: Vec<String> = tries.note().into_iter().chain(too_old).collect();
    Looked {
        result,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}
