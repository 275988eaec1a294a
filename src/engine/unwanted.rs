//! Part files that nobody wants any more, and that could not be removed yet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{AuditDraft, AuditEntry, AuditWho, OperationId, PartCame};
use crate::engine::Event;
use crate::engine::notice::Notice;
use crate::engine::resources::Resources;
use crate::store::{Change, PartApart, Store, StoreError};
use crate::transfer::{self, TransferError};

/// How often it is looked whether a part file is still being removed.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Removes them all, as far as they can be reached. People are told only of one at whose name something else is:
/// of the others all is said.
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
            part,
            mark,
            came,
            download,
            ..
        } = unwanted;
        let removed = remove_file(&part, mark.as_deref(), came.as_ref()).await;
        let gone = Change::UnwantedPartGone { part, mark };
        let forgotten = match removed {
            Ok(_) => store.apply(vec![gone]).await,
            Err(error @ TransferError::FileNameRefused { .. }) => {
                leave_alone(resources, error, download, gone).await
            }
            Err(error) => {
                tracing::warn!(%error, "a part file that nobody wants can't be removed");
                continue;
            }
        };
        if let Err(error) = forgotten {
            tracing::warn!(%error, "a part file that is gone is still written down");
        }
    }
}

/// Records and says that something else is at a part file's name, or what can't be told from that: it is not the
/// app's to remove.
async fn leave_alone(
    resources: &Resources,
    error: TransferError,
    download: Option<OperationId>,
    gone: Change,
) -> Result<(), StoreError> {
    let last = match &download {
        Some(download) => resources.store.entries_of(download).await?.pop(),
        None => None,
    };
    // Before the download's own end is recorded there is nothing to add to; and nobody hears it while the app
    // ends.
    let is_early = download.is_some() && last.is_none();
    if is_early || resources.leaving.is_cancelled() {
        return Ok(());
    }
    let doctor = last.as_ref().and_then(|last| last.draft.doctor.clone());
    if let Some(AuditEntry { draft, .. }) = last {
        let note = "as recorded before; what is at its part file's name is not known for it, and was left alone";
        let draft = AuditDraft {
            time: Timestamp::now(),
            who: AuditWho {
                service: draft.who.service,
                ..resources.who(None, String::new())
            },
            note: Some(note.to_owned()),
            ..draft
        };
        resources.store.append_with(draft, vec![gone]).await?;
    } else {
        resources.store.apply(vec![gone]).await?;
    }
    if let Some(failure) = error.into_failure(Timestamp::now()) {
        let event = Event::failed(doctor, failure);
        resources.notify(Notice::Tell(Box::new(event)));
    }
    Ok(())
}

async fn all(store: &Store) -> Vec<PartApart> {
    store.unwanted_parts().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the part files that are to be removed can't be read");
        Vec::new()
    })
}

/// Waits until no part file of this name is being removed, and has none be until what comes of this is dropped:
/// a new one would be taken for that.
pub async fn none_at<'a>(removing: &'a Mutex<BTreeSet<PathBuf>>, part: &Path) -> Removing<'a> {
    loop {
        if let Some(alone) = Removing::begin(removing, part) {
            return alone;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// A part file that is being removed, until this is dropped.
pub struct Removing<'a> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_file_is_removed_by_one_alone_and_none_is_made_at_its_name_meanwhile() {
        let (all, part) = (Mutex::default(), Path::new("/a/a.wav.part"));
        let first = Removing::begin(&all, part).unwrap();
        assert!(Removing::begin(&all, part).is_none());
        assert!(Removing::begin(&all, Path::new("/a/b.wav.part")).is_some());
        let wait = 3 * BETWEEN_LOOKS;
        let made = tokio::time::timeout(wait, none_at(&all, part)).await;
        assert!(made.is_err());
        drop(first);
        let made = none_at(&all, part).await;
        assert!(Removing::begin(&all, part).is_none());
        drop(made);
        assert!(Removing::begin(&all, part).is_some());
    }
}
