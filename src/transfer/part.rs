use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempPath;
use tokio::fs;

use crate::domain::refused_by_windows;
use crate::transfer::arriving::{Came, RunningHash};
use crate::transfer::error::folder_of;
use crate::transfer::long_path::however_long;
use crate::transfer::lost_volume::{is_another_volume_at, volume};
use crate::transfer::mark::mark;
use crate::transfer::to_disk::Flushing;
use crate::transfer::{Ledger, SaveRequest, TransferEnd, TransferError, TransferStart};

/// The ending by which people, and the next start, know an unfinished file.
pub(super) const ENDING: &str = ".part";

/// How many part files of one name are stepped over.
const MOST: u32 = 1000;

/// A part file that is removed when dropped.
pub(super) struct PartFile {
    pub(super) file: File,
    pub(super) path: OwnPart,
}

impl PartFile {
    pub(super) fn path(&self) -> &Path {
        self.path.path()
    }
}

/// The path of a part file, which is removed when this is dropped. Something else that has come to
/// stand there is neither removed nor given a name.
#[derive(Debug)]
pub(super) struct OwnPart {
    path: PathBuf,
    /// The mark of the file that was made, where it has one.
    made: Option<String>,
    /// The volume that it was made on, where that is known.
    volume: Option<u64>,
    /// It has its name, or is to stay.
    is_done: bool,
    /// The person has been told of it: it goes only where that is said.
    stays: bool,
    /// Set where what came into it could not be flushed: nothing of it is to be believed then.
    is_lost: Arc<AtomicBool>,
}

impl OwnPart {
    fn new(path: PathBuf, file: &File) -> Self {
        Self {
            path,
            made: mark(file).ok(),
            volume: volume(file).ok(),
            is_done: false,
            stays: false,
            is_lost: Arc::default(),
        }
    }

    /// One that an earlier download left, known by its mark.
    pub(super) fn of_earlier(path: PathBuf, mark: Option<String>) -> Self {
        Self {
            path,
            made: mark,
            volume: None,
            is_done: false,
            stays: true,
            is_lost: Arc::default(),
        }
    }

    /// It is to be removed when this is dropped.
    pub(super) const fn goes(&mut self) {
        self.stays = false;
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The mark of the file that was made, where it has one.
    pub(super) fn mark(&self) -> Option<String> {
        self.made.clone()
    }

    /// The same file, for somebody who is to leave it where it is.
    pub(super) fn on_loan(&self) -> Self {
        Self {
            path: self.path.clone(),
            made: self.made.clone(),
            volume: self.volume,
            is_done: true,
            stays: true,
            is_lost: self.is_lost.clone(),
        }
    }

    /// Whether the file that was made still stands there.
    fn is_there(&self) -> io::Result<bool> {
        Ok(self.is_it(&File::open(&self.path)?))
    }

    fn is_it(&self, there: &File) -> bool {
        let is_marked = self.made.is_none() || mark(there).ok() == self.made;
        // A mark tells files of one volume apart.
        let is_on_it = self.volume.is_none() || volume(there).ok() == self.volume;
        is_marked && is_on_it
    }

    /// It is being flushed, which is not waited for.
    pub(super) fn is_flushed_by(&mut self, flushing: Flushing) {
        self.is_lost = flushing.has_failed();
    }

    /// Whether what came into it could not be flushed.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Whether an earlier download left it.
    pub(super) const fn is_of_earlier(&self) -> bool {
        self.stays
    }

    /// Opens the file that was made, to be written on. A flush of it that fails later is told to who has it
    /// open then.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] where another file stands there, or it is lost.
    pub(super) fn reopen(&self) -> io::Result<File> {
        if self.is_lost() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = File::options().read(true).write(true).open(&self.path)?;
        // What nothing tells from somebody's file is not written to.
        if self.made.is_some() && self.is_it(&file) {
            Ok(file)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    /// Opens what is at its name to be flushed. Where it is the file that was made, it is cut to `size`.
    pub(super) fn cut_to(&self, size: u64) -> io::Result<File> {
        let Ok(file) = self.reopen() else {
            return File::options().write(true).open(&self.path);
        };
        if file.metadata()?.len() > size {
            file.set_len(size)?;
        }
        Ok(file)
    }

    /// Takes the file at its name for the one that was made, where it is what had come, no more and no
    /// less; nothing where it is not. Some volumes give a file another mark from time to time.
    ///
    /// # Errors
    /// The system's, where what is there can't be told.
    pub(super) fn adopt(&mut self, came: Came) -> io::Result<Option<File>> {
        let found = match std::fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        if !found.is_file() || found.len() != came.size {
            return Ok(None);
        }
        let file = File::options().read(true).write(true).open(&self.path)?;
        let mut hash = RunningHash::default();
        let mut there = (&file).take(came.size);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match there.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => hash.take(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if hash.finish() != (came.size, came.sha256) {
            return Ok(None);
        }
        self.made = mark(&file).ok();
        Ok(Some(file))
    }

    /// Whether a file stands at its name that may be the one that was made, and `size` bytes came into. Some
    /// volumes give a file another mark from time to time: its length tells too.
    pub(super) fn is_as_long(&self, size: u64) -> bool {
        let Ok(found) = std::fs::symlink_metadata(&self.path) else {
            return false;
        };
        let is_it = found.is_file() && self.is_there().unwrap_or(false);
        found.is_file() && (found.len() == size || is_it && found.len() > size)
    }

    /// Whether somebody's file stands at its name.
    pub(super) fn is_another(&self) -> bool {
        File::open(&self.path).is_ok_and(|there| !self.is_it(&there))
    }

    /// Remembers the volume of the file that was made.
    pub(super) fn lies_on(&mut self, file: &File) {
        self.volume = volume(file).ok();
    }

    /// Whether it is known to be gone: its folder is there, on the volume that it was made on.
    pub(super) fn is_gone(part: &Path, made_on: Option<u64>) -> bool {
        let found = std::fs::symlink_metadata(part);
        let is_missing = found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        let is_elsewhere = made_on.is_some_and(|volume| is_another_volume_at(part, volume));
        is_missing && folder_of(part).is_dir() && !is_elsewhere
    }

    /// The volume that it was made on, where that is known.
    pub(super) const fn volume(&self) -> Option<u64> {
        self.volume
    }

    /// Whether the drive that it was made on is no longer at its place.
    pub(super) fn has_lost_its_drive(&self) -> bool {
        self.volume
            .is_some_and(|made_on| is_another_volume_at(&self.path, made_on))
    }

    /// Gives it its name. With `replace`, a file of that name goes.
    pub(super) fn give_name(&mut self, name: &Path, replace: bool) -> io::Result<()> {
        if !self.is_there()? {
            return Err(io::Error::other(
                "the part file is not the one that was made",
            ));
        }
        let path = TempPath::try_from_path(&self.path)?;
        let name = however_long(name);
        let named = if replace {
            path.persist(name)
        } else {
            path.persist_noclobber(name)
        };
        named.map_err(|mut error| {
            error.path.disable_cleanup(true);
            error.error
        })?;
        self.is_done = true;
        Ok(())
    }

    /// Leaves it where it is.
    pub(super) fn keep(mut self) -> PathBuf {
        self.is_done = true;
        self.path.clone()
    }

    /// Removes it now.
    pub(super) fn remove(mut self) -> io::Result<()> {
        self.is_done = true;
        self.remove_own()
    }

    fn remove_own(&self) -> io::Result<()> {
        match self.is_there() {
            Ok(true) => std::fs::remove_file(&self.path),
            Ok(false) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Drop for OwnPart {
    fn drop(&mut self) {
        if !self.is_done
            && !self.stays
            && let Err(error) = self.remove_own()
        {
            tracing::warn!(%error, "a part file could not be removed");
        }
    }
}

/// Finds out, before anything is fetched, whether a file can be made at the destination, on the
/// volume on which the download's earlier part files were.
///
/// It makes an empty part file and removes it.
///
/// # Errors
/// [`TransferError`], classed as the download's own would be.
pub async fn check_destination(request: &SaveRequest) -> Result<(), TransferError> {
    let destination = &request.destination;
    refuse_no_file(destination).await?;
    for number in 1..=MOST {
        let path = candidate(destination, number)?;
        match make(&path).await {
            Ok(part) => {
                request.volume.expect(&part.file, destination)?;
                drop(part.file);
                return part
                    .path
                    .remove()
                    .map_err(|error| TransferError::in_work(&path, "removing a part file", error));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(TransferError::in_making(destination, error)),
        }
    }
    Err(too_many(destination))
}

/// Removes a part file that an earlier run left. `part_mark` is what the ledger was told when it was
/// made: a file without that mark is another one. Where the ledger was not told, only an empty one
/// is removed: nothing was written to it by then.
///
/// One that is gone already is no error, if the folder that it was in is there: on a drive that is
/// not connected it may well be left. Whether it was there.
///
/// # Errors
/// [`TransferError::FolderGone`] where it can't be looked for; others where it can't be removed, or
/// is no part file of the app's ([`TransferError::FileNameRefused`]): a name without the ending, a
/// folder, a link, another file.
pub async fn remove_left_over(part: &Path, part_mark: Option<&str>) -> Result<bool, TransferError> {
    let named_so = part
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(ENDING));
    let metadata = match fs::symlink_metadata(part).await {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = fs::metadata(folder_of(part)).await;
            if folder.is_ok_and(|folder| folder.is_dir()) {
                return Ok(false);
            }
            let path = part.to_path_buf();
            let source = error;
            return Err(TransferError::FolderGone { path, source });
        }
        Err(error) => return Err(TransferError::in_work(part, "finding a part file", error)),
    };
    let refused = |reason: &str| TransferError::FileNameRefused {
        path: part.to_path_buf(),
        reason: reason.to_owned(),
    };
    if !named_so || !metadata.is_file() {
        return Err(refused("this is no part file"));
    }
    let is_own = match part_mark {
        None => metadata.len() == 0,
        Some(made) => {
            let opened = fs::File::open(part).await;
            let found = mark_of(opened).await;
            made == found
                .map_err(|error| TransferError::in_work(part, "finding a part file", error))?
        }
    };
    if !is_own {
        return Err(refused("this is another file than the one that was made"));
    }
    fs::remove_file(part)
        .await
        .map(|()| true)
        .map_err(|error| TransferError::in_work(part, "removing a part file", error))
}

async fn mark_of(opened: io::Result<fs::File>) -> io::Result<String> {
    mark(&opened?.into_std().await)
}

/// Makes the part file, after the ledger has it.
pub(super) async fn create(
    request: &SaveRequest,
    ledger: &dyn Ledger,
) -> Result<PartFile, TransferError> {
    let destination = &request.destination;
    refuse_no_file(destination).await?;
    for number in 1..=MOST {
        let path = candidate(destination, number)?;
        if fs::symlink_metadata(&path).await.is_ok() {
            continue;
        }
        ledger
            .begin(TransferStart {
                operation: request.operation.clone(),
                doctor: request.doctor.clone(),
                destination: destination.clone(),
                part: path.clone(),
            })
            .await?;
        let made = make(&path).await;
        if let Err(error) = &made
            && error.kind() == io::ErrorKind::AlreadyExists
        {
            continue;
        }
        let made = made
            .map_err(|error| TransferError::in_making(destination, error))
            .and_then(|part| {
                request.volume.expect(&part.file, destination)?;
                Ok(part)
            });
        if made.is_err()
            && let Err(error) = ledger.end(&request.operation, TransferEnd::Discarded).await
        {
            tracing::warn!(%error, "the end of a transfer could not be written down");
        }
        let made = made?;
        if let Some(mark) = &made.path.made {
            ledger.made(&request.operation, mark.clone()).await?;
        }
        return Ok(made);
    }
    Err(too_many(destination))
}

/// A new file, readable by its owner only; never one that is there, nor through a link.
async fn make(path: &Path) -> io::Result<PartFile> {
    let path = however_long(&std::path::absolute(path)?);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(&path).await?.into_std().await;
    let path = OwnPart::new(path, &file);
    Ok(PartFile { file, path })
}

/// `NAME.part`, `NAME (2).part`, …
fn candidate(destination: &Path, number: u32) -> Result<PathBuf, TransferError> {
    let mut name: OsString = match destination.file_name() {
        Some(name) => name.to_owned(),
        None => {
            return Err(TransferError::FileNameRefused {
                path: destination.to_path_buf(),
                reason: "there is no file name".to_owned(),
            });
        }
    };
    if number > 1 {
        name.push(format!(" ({number})"));
    }
    name.push(ENDING);
    Ok(folder_of(destination).join(name))
}

/// Refuses what can't be a file of that name: a folder, and, on Windows, what would become another
/// file or none.
async fn refuse_no_file(destination: &Path) -> Result<(), TransferError> {
    if cfg!(windows)
        && let Some(refusal) = refused_by_windows(&destination.to_string_lossy())
    {
        return Err(TransferError::FileNameRefused {
            path: destination.to_path_buf(),
            reason: refusal.to_string(),
        });
    }
    let is_folder = fs::metadata(destination)
        .await
        .is_ok_and(|metadata| metadata.is_dir());
    if is_folder {
        return Err(TransferError::DestinationIsFolder {
            path: destination.to_path_buf(),
        });
    }
    Ok(())
}

fn too_many(destination: &Path) -> TransferError {
    TransferError::FileNameRefused {
        path: destination.to_path_buf(),
        reason: format!("there are {MOST} part files of that name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl OwnPart {
        /// One with something in it.
        pub fn with_contents(path: &Path, contents: &str) -> Self {
            std::fs::write(path, contents).unwrap();
            Self::new(path.to_path_buf(), &File::open(path).unwrap())
        }
    }

    #[test]
    fn what_has_come_to_stand_at_a_part_file_s_name_is_neither_removed_nor_named() {
        let folder = tempfile::tempdir().unwrap();
        let (path, name) = (folder.path().join("a.part"), folder.path().join("a.wav"));
        for replace in [true, false] {
            let mut part = OwnPart::with_contents(&path, "ours");
            std::fs::remove_file(&path).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
            std::fs::write(&path, "somebody's").unwrap();
            part.give_name(&name, replace).unwrap_err();
            drop(part);
            assert_eq!(std::fs::read(&path).unwrap(), b"somebody's");
            assert!(!name.exists());
            std::fs::remove_file(&path).unwrap();
        }
        // A copy at its name is not it either.
        let part = OwnPart::with_contents(&path, "ours");
        std::fs::rename(&path, folder.path().join("elsewhere")).unwrap();
        std::fs::copy(folder.path().join("elsewhere"), &path).unwrap();
        part.remove().unwrap();
        assert!(path.exists());
    }

    #[tokio::test]
    async fn a_part_file_of_an_earlier_run_is_known_by_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.part");
        let made = OwnPart::with_contents(&path, "ours").made.clone();
        // Dropped, and so removed: somebody put another one there.
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&path, "ours").unwrap();
        let refused = remove_left_over(&path, made.as_deref()).await.unwrap_err();
        assert!(matches!(refused, TransferError::FileNameRefused { .. }));
        assert!(path.exists());
        let part = OwnPart::with_contents(&path, "ours");
        let made = part.made.clone();
        part.keep();
        remove_left_over(&path, made.as_deref()).await.unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_part_file_goes_with_what_made_it_and_stays_where_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.part");
        drop(OwnPart::with_contents(&path, "ours"));
        assert!(!path.exists());
        assert_eq!(OwnPart::with_contents(&path, "ours").keep(), path);
        assert!(path.exists());
    }
}
