//! What the folders are that recordings go to.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::domain::Place;
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
