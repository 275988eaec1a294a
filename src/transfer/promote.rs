use std::cell::Cell;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::domain::{AudioFormat, numbered_file_name};
use crate::transfer::flush::flush_folder;
use crate::transfer::part::OwnPart;
use crate::transfer::{FileSeen, SaveRequest, TransferError};

/// How many files of one name are stepped over.
const MOST: u32 = 1000;

/// The waits before each further try to name a file that another program holds, seven seconds in
/// all.
const WAITS: [Duration; 7] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1500),
    Duration::from_secs(2),
    Duration::from_secs(2),
];

/// The name that a finished part file is to get.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) path: PathBuf,
    /// The file of that name that is replaced. Where another stands there by then, and without it,
    /// the name gets a number where it is taken.
    pub(super) replaces: Option<FileSeen>,
}

/// Gives a finished part file its name and flushes its folder. Tells the name, and whether flushing
/// was to be had.
///
/// Where another program holds the part file, `held` is told, and it is tried again for some
/// seconds, unless it is given up meanwhile; after that the part file stays.
///
/// # Errors
/// [`TransferError::Held`], [`TransferError::Cancelled`], or the disk's.
pub(super) fn promote(
    part: OwnPart,
    wanted: Wanted,
    held: oneshot::Sender<()>,
    given_up: &dyn Fn() -> bool,
) -> Result<(PathBuf, bool), TransferError> {
    let naming = Naming {
        give: &OwnPart::give_name,
        passes: is_held,
        waits: &WAITS,
        held: Cell::new(Some(held)),
        given_up,
    };
    let path = name(part, wanted, &naming)?;
    let flushed = make_last(&path)?;
    Ok((path, flushed))
}

/// The name that a file of this format is to get. Only the very file that the person agreed to is
/// replaced, and a backup only by what is proven whole. Blocks on the disk.
pub(super) fn wanted(
    request: &SaveRequest,
    format: Option<AudioFormat>,
    is_proven: bool,
) -> Wanted {
    let path = format.map_or_else(
        || request.destination.clone(),
        |format| with_extension_of(&request.destination, format),
    );
    let may_replace = (is_proven || !request.replaces_backup) && path == request.destination;
    let agreed = request.replace.clone().filter(|_| may_replace);
    let replaces = agreed.filter(|seen| seen.is_at(&path));
    Wanted { path, replaces }
}

/// The names that are tried one after another.
pub(super) fn names(wanted: &Path, is_numbered: bool) -> impl Iterator<Item = PathBuf> {
    let last = if is_numbered { MOST } else { 1 };
    (1..=last).map(|number| numbered(wanted, number))
}

/// How a part file is given a name.
struct Naming<'a> {
    give: &'a dyn Fn(&mut OwnPart, &Path, bool) -> io::Result<()>,
    /// Whether what the system says passes by itself.
    passes: fn(&io::Error) -> bool,
    /// The waits before each further try.
    waits: &'a [Duration],
    /// Told before the first wait.
    held: Cell<Option<oneshot::Sender<()>>>,
    given_up: &'a dyn Fn() -> bool,
}

/// The name that it got.
fn name(mut part: OwnPart, wanted: Wanted, naming: &Naming) -> Result<PathBuf, TransferError> {
    let Wanted { path, replaces } = wanted;
    if let Some(replaced) = replaces {
        match naming.give(&mut part, &path, Taking::Place(&replaced))? {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(naming.refused(part, &path, error)),
        }
    }
    for path in names(&path, true) {
        match naming.give(&mut part, &path, Taking::Free)? {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if knows_no_such_move(&error) => {
                if is_free(&path).map_err(|error| in_naming(&path, error))? {
                    return match naming.give(&mut part, &path, Taking::Seen)? {
                        Ok(()) => Ok(path),
                        Err(error) => Err(naming.refused(part, &path, error)),
                    };
                }
            }
            Err(error) => return Err(naming.refused(part, &path, error)),
        }
    }
    Err(TransferError::FileNameRefused {
        path,
        reason: format!("there are {MOST} files of that name"),
    })
}

/// What a name is taken from.
#[derive(Clone, Copy)]
enum Taking<'a> {
    /// From nothing.
    Free,
    /// From nothing, as far as a look could tell.
    Seen,
    /// From this file, while it is still that one.
    Place(&'a FileSeen),
}

impl Naming<'_> {
    /// Tries for as long as what refuses may pass. The inner error is the last one's.
    fn give(
        &self,
        part: &mut OwnPart,
        path: &Path,
        taking: Taking,
    ) -> Result<io::Result<()>, TransferError> {
        let mut waits = self.waits.iter();
        loop {
            if let Taking::Place(replaced) = taking
                && !replaced.is_at(path)
            {
                return Ok(Err(io::ErrorKind::AlreadyExists.into()));
            }
            let replace = !matches!(taking, Taking::Free);
            let error = match (self.give)(part, path, replace) {
                Err(error) if (self.passes)(&error) && !path.is_dir() => error,
                done => return Ok(done),
            };
            let Some(wait) = waits.next() else {
                return Ok(Err(error));
            };
            if (self.given_up)() {
                return Err(TransferError::Cancelled);
            }
            if let Some(held) = self.held.take() {
                // Whoever doesn't wait for the file any more is told nothing.
                let _nobody_waits = held.send(());
            }
            std::thread::sleep(*wait);
        }
    }

    /// What there is to say of the refusal of a name; where it did not pass, the part file stays.
    fn refused(&self, part: OwnPart, path: &Path, source: io::Error) -> TransferError {
        if part.has_lost_its_drive() {
            return TransferError::FolderGone {
                path: path.to_path_buf(),
                source,
            };
        }
        if (self.passes)(&source) && !path.is_dir() {
            return TransferError::Held {
                path: path.to_path_buf(),
                part: part.keep(),
                source,
            };
        }
        in_naming(path, source)
    }
}

/// Whether another program holds the file, as virus scanners and indexers do for a moment with what
/// is new: on Windows access is denied, or sharing or a lock is violated
/// (learn.microsoft.com/windows/win32/debug/system-error-codes: 5, 32, 33). Elsewhere nobody can
/// keep a file from being renamed in that way.
fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

/// Does something with a file as soon as no other program holds it, or after the last wait.
///
/// # Errors
/// The system's.
pub(super) fn when_let_go<T>(
    given_up: &dyn Fn() -> bool,
    mut work: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    for wait in WAITS {
        match work() {
            Err(error) if is_held(&error) && !given_up() => std::thread::sleep(wait),
            done => return done,
        }
    }
    work()
}

/// Whether the file system has neither a rename that replaces nothing nor links to do it by, as
/// some network and FUSE file systems: there the name is looked at before the file is given it.
fn knows_no_such_move(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => true,
        // What Unix says of links where there are none. Windows links nothing to name a file: there
        // it is a refusal.
        io::ErrorKind::PermissionDenied => cfg!(unix),
        _ => false,
    }
}

/// Whether nothing has that name. Only the system's own word for it counts: a name that could not
/// be looked at may be a recording's.
fn is_free(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The same path, ending as a file of this format does: the other format's ending is replaced,
/// any other is kept before it ("Dr. Smith" has no ending).
fn with_extension_of(destination: &Path, format: AudioFormat) -> PathBuf {
    let extension = destination.extension().unwrap_or_default();
    match AudioFormat::from_extension(&extension.to_string_lossy()) {
        Some(named) if named == format => destination.to_path_buf(),
        Some(_) => destination.with_extension(format.extension()),
        None => {
            let mut name = destination.file_name().unwrap_or_default().to_owned();
            name.push(".");
            name.push(format.extension());
            destination.with_file_name(name)
        }
    }
}

fn numbered(wanted: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return wanted.to_path_buf();
    }
    let name = wanted.file_name().map(OsStr::to_string_lossy);
    wanted.with_file_name(numbered_file_name(&name.unwrap_or_default(), number))
}

/// A folder that has come to stand at the name is what "not empty" and "exists" mean here too.
fn in_naming(path: &Path, error: io::Error) -> TransferError {
    if path.is_dir() {
        return TransferError::DestinationIsFolder {
            path: path.to_path_buf(),
        };
    }
    TransferError::in_work(path, "naming the finished file", error)
}

/// Makes the new name last through a power cut, and tells whether that was to be had.
fn make_last(file: &Path) -> Result<bool, TransferError> {
    flush_folder(file).map_err(|error| {
        TransferError::in_work(file, "flushing the folder of the finished file", error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARING_VIOLATION: i32 = 32;

    fn is_violated(error: &io::Error) -> bool {
        error.raw_os_error() == Some(SHARING_VIOLATION)
    }

    /// Names a part file in a folder that has a file of that name, where the first `refusals` tries
    /// meet `number`. What came of it, what is in the two files then, and how often it was tried.
    fn name_where_it_is_refused(
        refusals: usize,
        number: i32,
        replace: bool,
        given_up: &dyn Fn() -> bool,
    ) -> (
        Result<PathBuf, TransferError>,
        [Option<&'static str>; 2],
        usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.wav");
        std::fs::write(&file, "old").unwrap();
        let part = OwnPart::with_contents(&folder.path().join("a.wav.part"), "new");
        let tried = Cell::new(0);
        let (tell, mut told) = oneshot::channel();
        let naming = Naming {
            give: &|part, path, replace| {
                tried.set(tried.get() + 1);
                if tried.get() <= refusals {
                    return Err(io::Error::from_raw_os_error(number));
                }
                part.give_name(path, replace)
            },
            passes: is_violated,
            waits: &[Duration::from_millis(1); 3],
            held: Cell::new(Some(tell)),
            given_up,
        };
        let wanted = Wanted {
            path: file.clone(),
            replaces: FileSeen::at(&file).filter(|_| replace),
        };
        let named = name(part, wanted, &naming);
        let waited = tried.get() > 1;
        assert_eq!(told.try_recv().is_ok(), waited);
        let named = named.map(|path| path.strip_prefix(folder.path()).unwrap().to_path_buf());
        let left = ["a.wav", "a.wav.part"].map(|name| {
            let contents = std::fs::read(folder.path().join(name)).ok()?;
            Some(if contents == b"new" { "new" } else { "old" })
        });
        (named, left, tried.get())
    }

    #[test]
    fn a_part_file_that_a_scanner_holds_gets_its_name_when_it_lets_go() {
        let (named, left, tried) = name_where_it_is_refused(3, SHARING_VIOLATION, true, &|| false);
        assert_eq!(named.unwrap(), Path::new("a.wav"));
        assert_eq!((left, tried), ([Some("new"), None], 4));
        let (named, left, _) = name_where_it_is_refused(3, SHARING_VIOLATION, false, &|| false);
        assert_eq!(named.unwrap(), Path::new("a (2).wav"));
        assert_eq!(left, [Some("old"), None]);
    }

    #[test]
    fn a_file_that_came_while_a_part_file_was_held_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.wav");
        std::fs::write(&file, "old").unwrap();
        let replaces = FileSeen::at(&file);
        let part = OwnPart::with_contents(&folder.path().join("a.wav.part"), "new");
        let naming = Naming {
            give: &|part, path, replace| {
                if std::fs::read(&file).unwrap() == b"old" {
                    std::fs::write(&file, "another's").unwrap();
                    return Err(io::Error::from_raw_os_error(SHARING_VIOLATION));
                }
                part.give_name(path, replace)
            },
            passes: is_violated,
            waits: &[Duration::from_millis(1); 3],
            held: Cell::default(),
            given_up: &|| false,
        };
        let path = file.clone();
        let named = name(part, Wanted { path, replaces }, &naming).unwrap();
        assert!(named.ends_with("a (2).wav"), "{named:?}");
        assert_eq!(std::fs::read(file).unwrap(), b"another's");
        assert_eq!(std::fs::read(named).unwrap(), b"new");
    }

    #[test]
    fn a_part_file_that_is_held_for_longer_stays_and_is_named() {
        for replace in [true, false] {
            let (named, left, tried) =
                name_where_it_is_refused(9, SHARING_VIOLATION, replace, &|| false);
            let Err(TransferError::Held { path, part, .. }) = named else {
                panic!("{named:?}");
            };
            assert!(path.ends_with("a.wav") && part.ends_with("a.wav.part"));
            assert_eq!((left, tried), ([Some("old"), Some("new")], 4));
        }
    }

    #[test]
    fn whoever_gives_up_while_a_part_file_is_held_has_none_left() {
        let (named, left, tried) = name_where_it_is_refused(9, SHARING_VIOLATION, true, &|| true);
        assert!(matches!(named, Err(TransferError::Cancelled)), "{named:?}");
        assert_eq!((left, tried), ([Some("old"), None], 1));
    }

    #[test]
    fn any_other_refusal_is_final() {
        let (named, left, tried) = name_where_it_is_refused(9, 5, true, &|| false);
        assert!(
            matches!(named, Err(TransferError::Disk { .. })),
            "{named:?}"
        );
        assert_eq!((left, tried), ([Some("old"), None], 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_went_before_it_was_flushed_is_said_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stick/a.wav");
        let TransferError::FolderGone { path, .. } = make_last(&file).unwrap_err() else {
            panic!("it was there")
        };
        assert_eq!(path, file);
    }

    #[test]
    fn a_name_that_can_not_be_looked_at_is_not_taken_for_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        assert!(is_free(&path).unwrap());
        std::fs::write(&path, "a recording").unwrap();
        assert!(!is_free(&path).unwrap());
        is_free(Path::new("a\0.wav")).unwrap_err();
        #[cfg(unix)]
        is_free(&path.join("below a file.wav")).unwrap_err();
    }

    #[test]
    fn a_refusal_is_taken_for_a_lack_of_links_only_where_files_are_named_by_links() {
        let refusal = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(knows_no_such_move(&refusal), cfg!(unix));
    }

    #[test]
    fn the_extension_follows_the_content() {
        for (asked, format, made) in [
            ("a.wav", AudioFormat::Wav, "a.wav"),
            ("a.WAV", AudioFormat::Wav, "a.WAV"),
            ("a.wav", AudioFormat::Flac, "a.flac"),
            ("Dr. Smith", AudioFormat::Flac, "Dr. Smith.flac"),
            ("Dr. A 2026-11-23", AudioFormat::Wav, "Dr. A 2026-11-23.wav"),
        ] {
            assert_eq!(
                with_extension_of(Path::new(asked), format),
                Path::new(made),
                "{asked}"
            );
        }
    }
}
