use std::fs::{self, DirBuilder};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{UnixListener, UnixStream};

/// A Unix socket in a folder that only this person can enter.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
    me: u32,
}

/// Connects to the first copy.
pub async fn connect(name: &str) -> io::Result<UnixStream> {
    let me = own_number()?;
    let mut last = io::ErrorKind::NotFound.into();
    for place in places(me) {
        let path = place.join(name);
        if let Err(error) = is_private(&place, me) {
            last = error;
            continue;
        }
        match UnixStream::connect(&path).await {
            Ok(stream) => {
                is_mine(&stream, me)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Door {
    /// Begins to listen. Whoever holds the folder's lock may: a socket that is there already is
    /// one that a killed copy left.
    pub fn open(name: &str) -> io::Result<Self> {
        let me = own_number()?;
        let mut last = io::ErrorKind::NotFound.into();
        for place in places(me) {
            match Self::open_in(&place, name, me) {
                Ok(door) => return Ok(door),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn open_in(place: &Path, name: &str, me: u32) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(place)?;
        is_private(place, me)?;
        let path = place.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self {
            listener: UnixListener::bind(&path)?,
            path,
            me,
        })
    }

    /// Waits for the next caller who is this person, and has not gone again.
    pub async fn next_caller(&mut self) -> io::Result<UnixStream> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            is_mine(&stream, self.me)?;
            // Asked of the system itself: the runtime learns of an end only later.
            let mut stream = stream.into_std()?;
            // Nobody ever writes: what can be read is the end.
            let read = stream.read(&mut [0]);
            if read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                return UnixStream::from_std(stream);
            }
        }
    }

    pub async fn let_go(&mut self, mut caller: UnixStream) {
        // Who has gone meanwhile can't be shut out any more.
        caller.shutdown().await.ok();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(kind = %error.kind(), "the socket could not be removed");
        }
    }
}

/// Where the socket may be, the best first. A socket's path may have some 100 bytes only (108 on
/// Linux, 104 on macOS): so it is never in the data folder, and a place whose path is too long is
/// passed over.
///
/// `XDG_RUNTIME_DIR` is private by its specification; on macOS the folder for temporary files is
/// each person's own; elsewhere that is everybody's, and the folder in it carries the person's
/// number.
fn places(me: u32) -> Vec<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("audio-housekeeper"));
    let temporary = std::env::temp_dir().join(format!("audio-housekeeper-{me}"));
    runtime.into_iter().chain([temporary]).collect()
}

/// Refuses a folder that somebody else made, or can enter, or that a link leads to.
fn is_private(place: &Path, me: u32) -> io::Result<()> {
    let found = fs::symlink_metadata(place)?;
    if found.is_dir() && found.uid() == me && found.mode() & 0o777 == 0o700 {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

fn is_mine(stream: &UnixStream, me: u32) -> io::Result<()> {
    if stream.peer_cred()?.uid() == me {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// The number of the operating system's user: that of a new file's owner.
fn own_number() -> io::Result<u32> {
    Ok(tempfile::tempfile()?.metadata()?.uid())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_folder_that_others_can_enter_or_a_link_is_refused() {
        let me = own_number().unwrap();
        let place = tempfile::tempdir().unwrap();
        let open = place.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        let link = place.path().join("link");
        let behind = place.path().join("behind");
        DirBuilder::new().mode(0o700).create(&behind).unwrap();
        std::os::unix::fs::symlink(&behind, &link).unwrap();
        for refused in [&open, &link] {
            let error = Door::open_in(refused, "name", me).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{refused:?}");
        }
        // Somebody else's.
        let error = Door::open_in(&behind, "name", me + 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        Door::open_in(&behind, "name", me).unwrap();
    }

    #[tokio::test]
    async fn a_path_that_is_too_long_for_a_socket_is_an_error_and_no_panic() {
        let place = tempfile::tempdir().unwrap();
        let long = place.path().join("x".repeat(120));
        let error = Door::open_in(&long, "name", own_number().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn a_caller_of_another_person_is_not_heard() {
        let place = tempfile::tempdir().unwrap();
        let private = place.path().join("private");
        let me = own_number().unwrap();
        let mut door = Door::open_in(&private, "name", me).unwrap();
        door.me = me + 1;
        let _caller = UnixStream::connect(private.join("name")).await.unwrap();
        let error = door.next_caller().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[tokio::test]
    async fn what_a_killed_copy_left_is_no_obstacle_and_an_end_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let private = place.path().join("private");
        let me = own_number().unwrap();
        std::mem::forget(Door::open_in(&private, "name", me).unwrap());
        drop(Door::open_in(&private, "name", me).unwrap());
        assert!(fs::read_dir(&private).unwrap().next().is_none());
    }
}
