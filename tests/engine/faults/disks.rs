//! Every disk, folder and name that a recording can't be saved to as it was asked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use audio_housekeeper::domain::FailureKind as Kind;
use support::run;

use crate::faults::cells::{cell, fails_to_download, not_sent, saves};
use crate::faults::found::OLD;
#[cfg(target_os = "linux")]
use crate::faults::play_at_once;
use crate::faults::{At, Cell, Left, Place, Row, Told, play_all};

/// How many cases there are at least.
pub const LEAST: usize = 29;

const SOMEBODYS: &[u8] = b"somebody's";

fn row(name: &str, place: Place) -> Row {
    Row::new(name, Vec::new()).at(place)
}

/// Downloads to where nothing can be: the service is not asked.
fn refused(kind: &Kind) -> Vec<Cell> {
    vec![
        cell(At::Download, Told::Fails(kind.clone()), Left::Nothing).asks(0),
        not_sent(At::Backup, kind.clone()).asks(0),
    ]
}

/// The same saves, under another name.
fn saved_as(name: &'static str) -> Vec<Cell> {
    let named = |cell| Cell {
        left: Left::Named(name),
        ..cell
    };
    let not_replacing = |cell: &Cell| cell.at != At::Replacing;
    saves(1)
        .into_iter()
        .filter(not_replacing)
        .map(named)
        .collect()
}

fn no_places() -> Vec<Row> {
    let file = |name: &str| Some(name.to_owned());
    let too_long = format!("{}.wav", "x".repeat(300));
    let path = PathBuf::from;
    vec![
        row(
            "the folder is not there",
            Place {
                file: file("gone/a.wav"),
                ..Place::default()
            },
        )
        .with(refused(&Kind::FolderMissing { path: path("gone") })),
        row(
            "the folder is a file",
            Place {
                file: file("file/a.wav"),
                before: Some(|folder| write(folder, "file", SOMEBODYS)),
                theirs: vec![("file", SOMEBODYS)],
                ..Place::default()
            },
        )
        .with(refused(&Kind::FolderMissing { path: path("file") })),
        row(
            "a folder stands there",
            Place {
                before: Some(|folder| make(folder, "a.wav")),
                theirs: vec![("a.wav", b"")],
                ..Place::default()
            },
        )
        .with(refused(&Kind::DestinationIsFolder {
            path: path("a.wav"),
        })),
        row(
            "the name is too long",
            Place {
                file: Some(too_long.clone()),
                ..Place::default()
            },
        )
        .with(refused(&Kind::FileNameRefused {
            path: path(&too_long),
        })),
    ]
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Option<File> {
    fs::write(folder.join(name), bytes).unwrap();
    None
}

fn make(folder: &Path, name: &str) -> Option<File> {
    fs::create_dir(folder.join(name)).unwrap();
    None
}

/// Names that something else has already.
fn taken() -> Vec<Row> {
    let kept = |at| cell(at, Told::Saved, Left::Named("a (2).wav")).asks(1);
    let replaced = |name: &str, before| {
        row(
            name,
            Place {
                before: Some(before),
                ..Place::default()
            },
        )
        .with([cell(At::Replacing, Told::Saved, Left::Whole).asks(1)])
    };
    let parts = |name: &str, before, theirs: &'static [u8]| {
        row(
            name,
            Place {
                before: Some(before),
                theirs: vec![("a.wav.part", theirs)],
                ..Place::default()
            },
        )
        .with(saves(1))
    };
    vec![
        row(
            "a file of that name is there",
            Place {
                before: Some(|folder| write(folder, "a.wav", OLD)),
                theirs: vec![("a.wav", OLD)],
                ..Place::default()
            },
        )
        .with(saved_as("a (2).wav"))
        .with([kept(At::Resumed), kept(At::GoneOn), kept(At::Restarted)]),
        row(
            "a file of that name in capitals is there",
            Place {
                before: Some(|folder| write(folder, "A.WAV", OLD)),
                theirs: vec![("A.WAV", OLD)],
                ..Place::default()
            },
        )
        .with(if cfg!(target_os = "linux") {
            saves(1)
        } else {
            saved_as("a (2).wav")
        }),
        parts(
            "a part file of that name is there",
            |folder| write(folder, "a.wav.part", SOMEBODYS),
            SOMEBODYS,
        ),
        parts(
            "a folder has the part file's name",
            |folder| make(folder, "a.wav.part"),
            b"",
        ),
        replaced("the file is open elsewhere", |folder| {
            File::open(folder.join("a.wav")).ok()
        }),
    ]
}

/// A disk that has no room for a recording, and one that takes none.
fn full(drive: &Path) -> Row {
    let place = Place {
        folder: Some(drive.to_path_buf()),
        ..Place::default()
    };
    let path = "a.wav".into();
    row("the disk is full", place).with(fails_to_download(&Kind::DiskFull { path }, 1))
}

/// A disk that has room for what came of a first try, and not for the rest.
fn filled_meanwhile(drive: &Path) -> Row {
    let place = Place {
        folder: Some(drive.to_path_buf()),
        ..Place::default()
    };
    let full = Told::Fails(Kind::DiskFull {
        path: "a.wav".into(),
    });
    let fails = cell(At::Resumed, full, Left::Nothing).asks(1);
    row("the disk gets full between two tries", place).with([fails])
}

fn read_only(drive: &Path) -> Row {
    let place = Place {
        folder: Some(drive.to_path_buf()),
        ..Place::default()
    };
    let path = PathBuf::new();
    row("the folder takes no files", place).with(refused(&Kind::FolderNotWritable { path }))
}

#[test]
fn where_nothing_can_be_saved_the_service_is_not_asked() {
    run(play_all("no places", &no_places()));
}

#[test]
fn what_has_the_name_already_is_left_as_it_was() {
    run(play_all("taken names", &taken()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_keeps_nothing_of_what_did_not_fit() {
    let test = "faults::disks::a_disk_that_is_full_keeps_nothing_of_what_did_not_fit";
    let mount = "mount -t tmpfs -o size=64k none \"$0\"";
    if let Some(drive) = support::again::on_its_own_mount(test, mount) {
        run(play_at_once("full disks", &[full(&drive)], 1));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_gets_full_between_two_tries_is_told() {
    let test = "faults::disks::a_disk_that_gets_full_between_two_tries_is_told";
    let mount = "mount -t tmpfs -o size=84k none \"$0\"";
    if let Some(drive) = support::again::on_its_own_mount(test, mount) {
        let row = filled_meanwhile(&drive);
        run(play_at_once("disks filled meanwhile", &[row], 1));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_told_before_the_service_is_asked() {
    let test = "faults::disks::a_folder_that_takes_no_files_is_told_before_the_service_is_asked";
    let mount = "mount -t tmpfs -o ro none \"$0\"";
    if let Some(drive) = support::again::on_its_own_mount(test, mount) {
        run(play_at_once("read-only folders", &[read_only(&drive)], 1));
    }
}

pub fn rows() -> Vec<Row> {
    let drive = Path::new("drive");
    let drives = [full(drive), filled_meanwhile(drive), read_only(drive)];
    [no_places(), taken()]
        .into_iter()
        .flatten()
        .chain(drives)
        .collect()
}
