//! What comes of a fault at the calls of one kind.

use audio_housekeeper::domain::{DeletionOutcome, FailureKind as Kind};

use crate::faults::{At, CAME, Cell, Left, Told};

/// All calls that look.
pub const LOOKS: [At; 3] = [At::Check, At::SaveDialog, At::Survey];

pub fn cell(at: At, told: Told, left: Left) -> Cell {
    Cell {
        at,
        told,
        left,
        aside: None,
        asks: None,
        deletes: 0,
        gone: false,
    }
}

impl Cell {
    pub fn asks(mut self, asks: usize) -> Self {
        self.asks = Some(asks);
        self
    }
}

/// Sets aside what came, of all that fail to be saved.
pub fn set_aside(cells: Vec<Cell>, name: &'static str, bytes: &[u8]) -> Vec<Cell> {
    let aside = |cell| Cell {
        aside: Some((name, bytes.to_vec())),
        ..cell
    };
    cells.into_iter().map(aside).collect()
}

/// A delete that is sent.
pub fn sent(at: At, outcome: DeletionOutcome, failure: Option<Kind>, gone: bool) -> Cell {
    Cell {
        deletes: 1,
        gone,
        ..cell(at, Told::Deletes(outcome, failure), Left::Nothing)
    }
}

pub fn not_sent(at: At, kind: Kind) -> Cell {
    let told = Told::Deletes(DeletionOutcome::NotSent, Some(kind));
    cell(at, told, Left::Nothing)
}

pub fn signs_in() -> Cell {
    cell(At::SignIn, Told::SignedIn, Left::Nothing).asks(1)
}

pub fn fails_to_sign_in(kind: Kind) -> Cell {
    cell(At::SignIn, Told::Fails(kind), Left::Nothing).asks(1)
}

/// Looks that find nothing out, each after so many tries. Before a delete nothing is sent then; after
/// one it is not known what it did.
pub fn looks_in_vain(kind: &Kind, tries: usize) -> Vec<Cell> {
    let fails = |at| cell(at, Told::Fails(kind.clone()), Left::Nothing);
    let looks = LOOKS.into_iter().map(fails);
    let last = not_sent(At::LastLook, kind.clone());
    looks
        .chain([last])
        .map(|cell| cell.asks(tries))
        .chain(looks_after_in_vain(kind, tries))
        .collect()
}

/// The same, after a delete only.
pub fn looks_after_in_vain(kind: &Kind, tries: usize) -> Vec<Cell> {
    let not_known = |at| sent(at, DeletionOutcome::NotKnown, Some(kind.clone()), true);
    [At::LookAfter, At::LookAfterAll]
        .map(|at| not_known(at).asks(tries))
        .into()
}

/// Looks that find the recording, each after so many tries, and a delete that is sent after one.
pub fn finds(tries: usize) -> Vec<Cell> {
    LOOKS
        .map(|at| cell(at, Told::Found, Left::Nothing).asks(tries))
        .into_iter()
        // The look after it counts too.
        .chain([sent(At::LastLook, DeletionOutcome::Gone, None, true)])
        .collect()
}

/// Looks after a delete that see what it did, each after so many tries.
pub fn sees_it_gone(tries: usize) -> Vec<Cell> {
    [At::LookAfter, At::LookAfterAll]
        .map(|at| sent(at, DeletionOutcome::Gone, None, true).asks(tries))
        .into()
}

/// Looks after a delete to which something is there, whatever the delete did.
pub fn still_sees_it(tries: usize) -> Vec<Cell> {
    [At::LookAfter, At::LookAfterAll]
        .map(|at| sent(at, DeletionOutcome::StillThere, None, true).asks(tries))
        .into()
}

/// Looks to which the service's 404 is the answer.
pub fn looks_and_finds_nothing() -> Vec<Cell> {
    LOOKS
        .map(|at| cell(at, Told::NothingThere, Left::Nothing).asks(1))
        .into_iter()
        .chain([not_sent(At::LastLook, Kind::NothingThere).asks(1)])
        .chain(sees_it_gone(1))
        .collect()
}

/// Downloads that fail after so many tries, and leave nothing but what was there before. A backup that
/// fails leaves the delete unsent.
pub fn fails_to_download(kind: &Kind, tries: usize) -> Vec<Cell> {
    let fails = || Told::Fails(kind.clone());
    vec![
        cell(At::Download, fails(), Left::Nothing).asks(tries),
        cell(At::Replacing, fails(), Left::OldFile).asks(tries),
        not_sent(At::Backup, kind.clone()).asks(tries),
    ]
}

/// Downloads that are saved after so many tries, and a backup after which the delete is sent.
pub fn saves(tries: usize) -> Vec<Cell> {
    vec![
        cell(At::Download, Told::Saved, Left::Whole).asks(tries),
        cell(At::Replacing, Told::Saved, Left::Whole).asks(tries),
        Cell {
            left: Left::Whole,
            ..sent(At::Backup, DeletionOutcome::Gone, None, true)
        },
    ]
}

/// Downloads that fail behind what had come, which is kept. `requests` are those of the tries
/// behind that: of a second try and those after it, and of all of a download that is gone on with.
pub fn fails_to_go_on(kind: &Kind, requests: [usize; 2]) -> Vec<Cell> {
    goes_on(&Told::Fails(kind.clone()), &Left::Part(CAME), requests)
}

/// Downloads that are saved in pieces or whole.
pub fn goes_on_to_the_end(requests: usize) -> Vec<Cell> {
    goes_on(&Told::Saved, &Left::Whole, [requests; 2])
}

pub fn goes_on(told: &Told, left: &Left, requests: [usize; 2]) -> Vec<Cell> {
    [At::Resumed, At::GoneOn]
        .into_iter()
        .zip(requests)
        .map(|(at, requests)| cell(at, told.clone(), left.clone()).asks(requests))
        .collect()
}

/// Deletes that the service does not act on.
pub fn deletes_nothing(one: Option<Kind>, all: Option<Kind>) -> Vec<Cell> {
    deletes(DeletionOutcome::StillThere, [one, all], false)
}

/// Deletes that the service acts on, whatever comes of its answer.
pub fn deletes_all_the_same(failure: Option<Kind>) -> Vec<Cell> {
    deletes(DeletionOutcome::Gone, [failure.clone(), failure], true)
}

fn deletes(outcome: DeletionOutcome, failures: [Option<Kind>; 2], gone: bool) -> Vec<Cell> {
    [At::Delete, At::DeleteAll]
        .into_iter()
        .zip(failures)
        .map(|(at, failure)| sent(at, outcome, failure, gone).asks(1))
        .collect()
}
