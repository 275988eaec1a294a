//! What somebody else does to a part file while a recording is being saved.

use std::fs;
use std::time::Duration;

use audio_housekeeper::api::{ApiError, Recording, RecordingBody};
use audio_housekeeper::domain::FailureKind;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use support::recordings::second_of_wav;

use crate::{folder, kind_of, names_in, of_length, replacing, saved};

/// A recording in the middle of which something happens.
struct Interrupted<F> {
    pieces: std::vec::IntoIter<Bytes>,
    happens: Option<F>,
}

impl<F: FnOnce() + Send> RecordingBody for Interrupted<F> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        if self.pieces.len() == 2
            && let Some(happens) = self.happens.take()
        {
            happens();
        }
        Box::pin(async { Ok(self.pieces.next()) })
    }
}

pub fn interrupted(happens: impl FnOnce() + Send + 'static) -> Recording {
    let bytes = second_of_wav();
    let pieces: Vec<Bytes> = bytes.chunks(1000).map(Bytes::copy_from_slice).collect();
    assert!(pieces.len() > 2);
    Recording {
        copy: of_length(bytes.len()),
        coding: None,
        from: 0,
        body: Box::new(Interrupted {
            pieces: pieces.into_iter(),
            happens: Some(happens),
        }),
    }
}

#[tokio::test]
async fn a_file_that_somebody_put_in_the_part_files_place_is_neither_removed_nor_named() {
    for contents in [&b"somebody's"[..], &second_of_wav()] {
        let folder = folder();
        let (path, part) = (
            folder.path().join("a.wav"),
            folder.path().join("a.wav.part"),
        );
        fs::write(&path, "before").unwrap();
        let (put, taken) = (contents.to_vec(), folder.path().join("taken"));
        let swap = move || {
            fs::rename(&part, taken).unwrap();
            // A file is told from another by when it was made, which some systems know to 10 ms.
            std::thread::sleep(Duration::from_millis(20));
            fs::write(&part, put).unwrap();
        };
        let kind = kind_of(saved(interrupted(swap), replacing(&path)).await);
        // Even the same bytes are not what was written and flushed here.
        let expected = if contents == second_of_wav() {
            FailureKind::Disk { path: path.clone() }
        } else {
            FailureKind::ReadBackDiffers { path: path.clone() }
        };
        assert_eq!(kind, expected);
        assert_eq!(names_in(folder.path()), ["a.wav", "a.wav.part", "taken"]);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(
            fs::read(folder.path().join("a.wav.part")).unwrap(),
            contents
        );
    }
}

/// A program that opens a part file and lets nobody else rename it, as virus scanners and indexers
/// do.
#[cfg(windows)]
mod held {
    use std::os::windows::fs::OpenOptionsExt;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc::channel;

    use audio_housekeeper::transfer::{Step, TransferEnd, save};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::Book;

    /// Holds the file until the time is over that `during` takes.
    fn hold(
        part: PathBuf,
        during: impl FnOnce() + Send + 'static,
    ) -> impl FnOnce() + Send + 'static {
        move || {
            let reading_and_writing = 3;
            let held = fs::OpenOptions::new()
                .read(true)
                .share_mode(reading_and_writing)
                .open(part)
                .unwrap();
            std::thread::spawn(move || {
                during();
                drop(held);
            });
        }
    }

    #[tokio::test]
    async fn a_file_that_is_let_go_after_a_while_gets_its_name() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        fs::write(&path, "before").unwrap();
        let part = folder.path().join("a.wav.part");
        // It is held when it is to get its name, and for some of the seven seconds that are tried.
        let (tell, told) = channel();
        let held = interrupted(hold(part, move || {
            told.recv().unwrap();
            std::thread::sleep(Duration::from_secs(1));
        }));
        let waits = AtomicU32::new(0);
        let steps = |step| {
            if step == Step::WaitingForFile {
                waits.fetch_add(1, Ordering::Relaxed);
                tell.send(()).unwrap();
            }
        };
        let (book, never) = (Book::default(), CancellationToken::new());
        let saving = save(held, replacing(&path), &book, steps, never);
        saving.await.unwrap();
        assert_eq!(waits.into_inner(), 1);
        assert_eq!(names_in(folder.path()), ["a.wav"]);
        assert_eq!(fs::read(&path).unwrap(), second_of_wav());
    }

    #[tokio::test]
    async fn a_file_that_is_not_let_go_stays_whole_and_is_named() {
        let folder = folder();
        let path = folder.path().join("a.wav");
        fs::write(&path, "before").unwrap();
        let part = folder.path().join("a.wav.part");
        let minute = || std::thread::sleep(Duration::from_mins(1));
        let held = interrupted(hold(part.clone(), minute));
        let book = Book::default();
        let never = CancellationToken::new();
        let result = save(held, replacing(&path), &book, |_| {}, never).await;
        let expected = FailureKind::FileHeld {
            path: path.clone(),
            part: part.clone(),
        };
        assert_eq!(kind_of(result), expected);
        assert_eq!(fs::read(&part).unwrap(), second_of_wav());
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(*book.ends.lock().unwrap(), [TransferEnd::PartKept]);
    }
}
