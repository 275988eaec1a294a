//! The matrix of faults: what goes wrong, at every call that it can hit, and what is told, recorded and
//! left on disk then.

mod answers;
mod bodies;
mod cells;
mod contents;
mod disks;
mod found;
mod play;
mod redirects;
mod rests;

use std::any::Any;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use audio_housekeeper::domain::{DeletionOutcome, FailureKind};
use audio_housekeeper::practice::Effect;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use support::recordings::wav;

use crate::faults::play::play;

/// How many bytes of a recording had come before its second try, where it is gone on with.
pub const CAME: u64 = 70_000;

/// How many cases are played at once: most of them wait, for a next try or for nothing to come.
const AT_ONCE: usize = 6;

/// How many of those that do nothing but wait.
const WAITING_AT_ONCE: usize = 16;

/// A call that a fault can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Whose sign-in it is, asked when somebody signs in.
    SignIn,
    /// A check.
    Check,
    /// The look before the save dialog.
    SaveDialog,
    /// The look for the question whether a recording is to be deleted.
    Survey,
    /// A download to a name that is free.
    Download,
    /// A download in the place of a file that is there.
    Replacing,
    /// The second try of a download of which [`CAME`] bytes have come.
    Resumed,
    /// A download that was given up behind [`CAME`] bytes, and is gone on with later.
    GoneOn,
    /// The same after the next start of the app.
    Restarted,
    /// The backup before a delete.
    Backup,
    /// The look right before a delete.
    LastLook,
    /// The delete of one doctor's recordings.
    Delete,
    /// The look after it.
    LookAfter,
    /// The delete of everything.
    DeleteAll,
    /// The look after it at the one doctor known.
    LookAfterAll,
}

/// Which of the calls are hit, of those that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// The first only.
    Once,
    /// Each.
    Always,
}

/// Something that goes wrong, and what comes of it at each call.
pub struct Row {
    pub name: String,
    pub effects: Vec<Effect>,
    /// What goes wrong with the answer that brings what is gone on with.
    pub first: Vec<Effect>,
    pub lasts: Lasts,
    /// What the service holds.
    pub holds: Vec<u8>,
    pub place: Place,
    pub cells: Vec<Cell>,
}

/// Where a recording is to go.
#[derive(Default)]
pub struct Place {
    /// Another folder than one of the desk's own.
    pub folder: Option<PathBuf>,
    /// Another name in it than usual.
    pub file: Option<String>,
    /// Done to the folder right before; what it opens stays open.
    pub before: Option<fn(&Path) -> Option<File>>,
    /// What is the person's in it, name and contents.
    pub theirs: Vec<(&'static str, &'static [u8])>,
}

/// What is to come of a fault at one call.
#[derive(Debug, Clone)]
pub struct Cell {
    pub at: At,
    pub told: Told,
    pub left: Left,
    /// The name and the contents of what can be no backup and is set aside beside that.
    pub aside: Option<(&'static str, Vec<u8>)>,
    /// How often the call is made, those before the fault left out; `None` where that is left open.
    pub asks: Option<usize>,
    /// DELETEs that the service receives.
    pub deletes: usize,
    /// Whether the recording is deleted at the service.
    pub gone: bool,
}

/// What the person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    SignedIn,
    /// There is a recording.
    Found,
    /// The service's 404.
    NothingThere,
    /// Saved and proven whole.
    Saved,
    /// Saved; nothing proves that it is whole.
    SavedNotProven,
    Fails(FailureKind),
    /// What came of a delete, and what failed.
    Deletes(DeletionOutcome, Option<FailureKind>),
}

/// What is left in the folder that a recording was to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    Nothing,
    /// The whole recording, and nothing else.
    Whole,
    /// The whole recording under this name.
    Named(&'static str),
    /// This under the recording's name.
    File(Vec<u8>),
    /// The file that was to be replaced, as it was.
    OldFile,
    /// A part file with the first bytes of the recording, so many, that can be gone on with.
    Part(u64),
}

impl Row {
    pub fn new(name: impl Into<String>, effects: Vec<Effect>) -> Self {
        Self {
            name: name.into(),
            effects,
            first: Vec::new(),
            lasts: Lasts::Always,
            holds: wav(100_000, 1),
            place: Place::default(),
            cells: Vec::new(),
        }
    }

    pub fn once(mut self) -> Self {
        self.lasts = Lasts::Once;
        self
    }

    pub fn holding(mut self, bytes: Vec<u8>) -> Self {
        self.holds = bytes;
        self
    }

    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    pub fn with(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.cells.extend(cells);
        self
    }
}

/// Plays all cases of a table, and tells of each that came out otherwise than it is to.
pub async fn play_all(table: &str, rows: &[Row]) {
    play_at_once(table, rows, AT_ONCE).await;
}

async fn play_at_once(table: &str, rows: &[Row], at_once: usize) {
    let cases = rows
        .iter()
        .flat_map(|row| row.cells.iter().map(move |cell| (row, cell)));
    let played: Vec<_> = stream::iter(cases)
        .map(|(row, cell)| async move {
            let played = AssertUnwindSafe(play(row, cell)).catch_unwind().await;
            let differences = played.unwrap_or_else(|panic| vec![said(&*panic)]);
            let case = format!("{}, {:?}", row.name, cell.at);
            (case, differences)
        })
        .buffer_unordered(at_once)
        .collect()
        .await;
    let wrong: Vec<_> = played
        .iter()
        .flat_map(|(case, differences)| {
            let lines = differences.iter();
            lines.map(move |difference| format!("{case}: {difference}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{table}:\n{}", wrong.join("\n"));
    report(table, played.len());
}

#[allow(clippy::print_stderr, reason = "the count of what was tried is shown")]
fn report(table: &str, cases: usize) {
    eprintln!("{table}: {cases} cases");
}

fn said(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    let words = words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    words.unwrap_or_else(|| "it panicked".to_owned())
}

/// The cases of a table, of which each row has at least one.
fn cases(rows: &[Row]) -> usize {
    for row in rows {
        assert!(!row.cells.is_empty(), "{} hits nothing", row.name);
    }
    rows.iter().map(|row| row.cells.len()).sum()
}

#[test]
fn each_row_hits_something_and_no_case_is_lost() {
    let tables = [
        ("answers", cases(&answers::rows()), answers::LEAST),
        ("bodies", cases(&bodies::rows()), bodies::LEAST),
        ("contents", cases(&contents::rows()), contents::LEAST),
        ("rests", cases(&rests::rows()), rests::LEAST),
        ("disks", cases(&disks::rows()), disks::LEAST),
        ("redirects", cases(&redirects::rows(1)), redirects::LEAST),
    ];
    let mut all = 0;
    for (table, cases, least) in tables {
        report(table, cases);
        assert!(cases >= least, "{table}: {cases} cases");
        all += cases;
    }
    report("all faults", all);
}
