//! Part files that nobody wants any more, and that could not be removed yet.

use std::path::Path;

use crate::store::{Change, PartApart, Store};
use crate::transfer::{self, TransferError};

/// Removes them all, as far as they can be reached. Nobody is told: of each, all is said.
pub async fn remove(store: Store) {
    remove_where(&store, |_| true).await;
}

/// Removes those that are in a file's folder.
pub async fn remove_in(store: &Store, beside: &Path) {
    let folder = beside.parent();
    remove_where(store, |unwanted| unwanted.part.parent() == folder).await;
}

async fn remove_where(store: &Store, is_meant: impl Fn(&PartApart) -> bool) {
    let all = match store.unwanted_parts().await {
        Ok(all) => all,
        Err(error) => {
            tracing::warn!(%error, "the part files that are to be removed can't be read");
            return;
        }
    };
    for unwanted in all.into_iter().filter(is_meant) {
        let PartApart { part, mark, came } = unwanted;
        let removed = match &came {
            Some(came) => transfer::remove_kept(&part, mark.as_deref(), came).await,
            None => transfer::remove_left_over(&part, mark.as_deref()).await,
        };
        // What has come to stand at its name is not the app's to remove.
        if let Err(error) = removed
            && !matches!(error, TransferError::FileNameRefused { .. })
        {
            tracing::warn!(%error, "a part file that nobody wants can't be removed");
            continue;
        }
        let gone = Change::UnwantedPartGone(part);
        if let Err(error) = store.apply(vec![gone]).await {
            tracing::warn!(%error, "a part file that is gone is still written down");
        }
    }
}
