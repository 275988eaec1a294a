//! Part files that nobody wants any more, and that could not be removed yet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::PartCame;
use crate::engine::resources::Resources;
use crate::store::{Change, PartApart, Store};
use crate::transfer::{self, TransferError};

/// Removes them all, as far as they can be reached. Nobody is told: of each, all is said.
pub async fn remove(resources: Arc<Resources>) {
    remove_where(&resources, |_| true).await;
}

/// Removes those that are in a file's folder.
pub async fn remove_in(resources: &Resources, beside: &Path) {
    let folder = beside.parent();
    remove_where(resources, |unwanted| unwanted.part.parent() == folder).await;
}

/// Removes a part file of the app's own, known by its mark or, where that is known, by what came into it.
/// Whether it was there.
///
/// # Errors
/// [`TransferError`], as of [`transfer::remove_left_over`].
pub async fn remove_file(
    part: &Path,
    mark: Option<&str>,
    came: Option<&PartCame>,
) -> Result<bool, TransferError> {
    match came {
        Some(came) => transfer::remove_kept(part, mark, came).await,
        None => transfer::remove_left_over(part, mark).await,
    }
}

async fn remove_where(resources: &Resources, is_meant: impl Fn(&PartApart) -> bool) {
    let store = &resources.store;
    for unwanted in all(store).await.into_iter().filter(is_meant) {
        // Each is removed by one alone; who removes one on a drive that hangs keeps nobody from another.
        let Some(_removing) = Removing::begin(&resources.removing, &unwanted.part) else {
            continue;
        };
        // It may be gone, and a download have taken its name, while another one was removed.
        if !all(store).await.contains(&unwanted) {
            continue;
        }
        let PartApart {
            part, mark, came, ..
        } = unwanted;
        // What has come to stand at its name is not the app's to remove.
        if let Err(error) = remove_file(&part, mark.as_deref(), came.as_ref()).await
            && !matches!(error, TransferError::FileNameRefused { .. })
        {
            tracing::warn!(%error, "a part file that nobody wants can't be removed");
            continue;
        }
        let gone = Change::UnwantedPartGone { part, mark };
        if let Err(error) = store.apply(vec![gone]).await {
            tracing::warn!(%error, "a part file that is gone is still written down");
        }
    }
}

async fn all(store: &Store) -> Vec<PartApart> {
    store.unwanted_parts().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the part files that are to be removed can't be read");
        Vec::new()
    })
}

/// A part file that is being removed, until this is dropped.
struct Removing<'a> {
    all: &'a Mutex<BTreeSet<PathBuf>>,
    part: PathBuf,
}

impl<'a> Removing<'a> {
    /// `None` where it is being removed already.
    fn begin(all: &'a Mutex<BTreeSet<PathBuf>>, part: &Path) -> Option<Self> {
        let part = part.to_path_buf();
        let is_alone = locked(all).insert(part.clone());
        is_alone.then(|| Self { all, part })
    }
}

impl Drop for Removing<'_> {
    fn drop(&mut self) {
        locked(self.all).remove(&self.part);
    }
}

fn locked(all: &Mutex<BTreeSet<PathBuf>>) -> MutexGuard<'_, BTreeSet<PathBuf>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}
