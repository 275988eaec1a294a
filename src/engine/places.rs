//! What the folders are that recordings go to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::domain::{Failure, FailureKind, Place};
use crate::engine::Event;
use crate::engine::resources::Resources;
use crate::platform::look_at_place;

/// How long a look may take.
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// How many looks may be under way: one at a network drive that does not answer never ends, and
/// each keeps a thread.
static LOOKS: Semaphore = Semaphore::const_new(4);

/// What `folder` is; `None` where it can't be found out in time.
pub async fn place_of(folder: PathBuf) -> Option<Place> {
    let look = async {
        let permit = LOOKS.acquire().await.ok()?;
        let looked = tokio::task::spawn_blocking(move || {
            let place = look_at_place(&folder);
            drop(permit);
            place
        });
        looked.await.ok()
    };
    within(LONGEST_LOOK, look).await
}

async fn within<T>(limit: Duration, look: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(limit, look).await.ok().flatten()
}

/// Opens the file manager at a file.
pub async fn show_in_folder(resources: Arc<Resources>, generation: u64, path: PathBuf) {
    let shown = tokio::task::spawn_blocking({
        let path = path.clone();
        move || crate::platform::show_in_folder(&path)
    });
    let error = match shown.await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    let kind = FailureKind::Disk { path };
    let failure = Failure::new(kind, Timestamp::now(), error);
    resources.tell(generation, Event::failed(None, failure));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_a_folder_that_does_not_answer_nothing_is_said() {
        let silent = std::future::pending::<Option<Place>>();
        assert_eq!(within(Duration::from_millis(20), silent).await, None);
    }

    #[tokio::test]
    async fn a_folder_that_answers_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let place = place_of(folder.path().to_owned()).await.unwrap();
        assert!(place.temporary);
    }
}
