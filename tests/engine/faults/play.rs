//! Plays one case: a fault at one call, against the real engine at a real service.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audio_housekeeper::domain::{
    Completeness, Confirmation, DeletionChoice, Failure, FailureKind, ServerKnowledge,
};
use audio_housekeeper::engine::{
    Command, DeletionReport, Destination, Event, JobEnding, JobFailure, SavePurpose, SavedFile,
    SignedOutBecause,
};
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig};
use audio_housekeeper::store::Store;
use axum::http::StatusCode;
use support::desk::{Desk, holding_nothing};
use support::{AMELIA, name, names_in};

use crate::faults::found::{OLD, left, recorded};
use crate::faults::{At, CAME, Cell, Lasts, Row, Told};

/// Where recordings go to, in the desk's own folder.
const FOLDER: &str = "recordings";

/// Stands for however many bytes had come of a connection that dropped.
pub const SOME: u64 = u64::MAX;

/// Plays a case; in what it came out otherwise than it is to.
pub async fn play(row: &Row, cell: &Cell) -> Vec<String> {
    let at = cell.at;
    let mut desk = desk(at, row).await;
    desk.service.put(AMELIA, "a", row.holds.clone());
    match &row.place.folder {
        Some(folder) => empty(folder),
        None => fs::create_dir(desk.file(FOLDER)).unwrap(),
    }
    if at == At::Replacing {
        fs::write(destination(&desk, row), OLD).unwrap();
    }
    if matches!(at, At::GoneOn | At::Restarted) {
        give_up(&mut desk, row).await;
    }
    if at == At::Restarted {
        desk = restarted(desk).await;
    }
    let asks_before = asks_before(at);
    let mut made = 0;
    let told = act(&mut desk, row, cell, &mut made).await;
    let asked = desk.requests(call(at)) - made - asks_before;
    let mut differences = Vec::new();
    if !is_as(&cell.told, &told) {
        differences.push(format!("told {told:?} instead of {:?}", cell.told));
    }
    if cell.asks.is_some_and(|asks| asks != asked) {
        differences.push(format!("asked {asked} times, not {:?}", cell.asks));
    }
    let deletes = desk.deletes_received();
    if deletes != cell.deletes || deletes > 1 {
        differences.push(format!("{deletes} DELETEs came, not {}", cell.deletes));
    }
    let gone = !desk.service.holds(AMELIA);
    if gone != cell.gone {
        differences.push(format!("deleted at the service: {gone}"));
    }
    if takes_too_much(&desk, row) {
        differences.push("all of an endless answer was taken".to_owned());
    }
    differences.extend(left(&desk, row, cell).await);
    differences.extend(recorded(&mut desk, cell).await);
    differences
}

/// Whether all was read of an answer that is far too long for what it is.
fn takes_too_much(desk: &Desk, row: &Row) -> bool {
    let is_all = |sent: u64, body: &[u8]| body.len() > 5_000_000 && sent >= body.len() as u64;
    row.effects.iter().any(|effect| match effect {
        Effect::Answer { body, .. } => {
            let requests = desk.service.requests();
            requests
                .iter()
                .any(|request| is_all(request.bytes_sent, body))
        }
        _ => false,
    })
}

/// How long is waited for an answer that doesn't come: in the time of a look two of them have room.
const SHORT: Duration = Duration::from_secs(4);

fn is_silence(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::StallBeforeHead(_) | Effect::StallAfter { .. }
    )
}

/// A desk at a service that tells copies apart only where a download is to be gone on with.
async fn desk(at: At, row: &Row) -> Desk {
    let config = if matches!(at, At::Resumed | At::GoneOn | At::Restarted) {
        PracticeConfig {
            ranges: true,
            etags: Etags::All,
            ..holding_nothing()
        }
    } else {
        holding_nothing()
    };
    let mut desk = if row.effects.iter().any(is_silence) {
        Desk::with_limit(config, SHORT).await
    } else {
        Desk::with(config, Duration::ZERO).await
    };
    desk.impatient = true;
    desk
}

/// The call of the contract that is hit.
const fn call(at: At) -> Call {
    match at {
        At::SignIn => Call::Me,
        At::Delete => Call::Delete,
        At::DeleteAll => Call::DeleteAll,
        _ => Call::Download,
    }
}

/// How many such calls come before the one that is hit, in what is done there.
const fn asks_before(at: At) -> usize {
    match at {
        At::Resumed | At::LookAfter => 1,
        _ => 0,
    }
}

fn faults(row: &Row, cell: &Cell) -> Vec<Fault> {
    let at = cell.at;
    // After one that finds what it is to find comes another, which is not the one that is hit.
    let is_last = at == At::LastLook && cell.deletes > 0;
    let first = u32::try_from(asks_before(at)).unwrap() + 1;
    let before = if at == At::Resumed {
        brings_what_came(row)
    } else {
        Vec::new()
    };
    let of_row = row.effects.iter().map(|effect| {
        let fault = Fault::on(call(at), effect.clone());
        match row.lasts {
            Lasts::Always if !is_last => fault.from(first),
            _ => fault.only(first),
        }
    });
    before.into_iter().chain(of_row).collect()
}

/// The answer that is cut behind what came.
fn brings_what_came(row: &Row) -> Vec<Fault> {
    let cut = Effect::CutAfter(CAME);
    let effects = row.first.iter().cloned().chain([cut]);
    effects
        .map(|effect| Fault::on(Call::Download, effect).only(1))
        .collect()
}

/// What a recording is saved as.
pub fn file_name(row: &Row) -> &str {
    if let Some(name) = &row.place.file {
        name
    } else if row.holds.starts_with(b"fLaC") {
        "a.flac"
    } else {
        "a.wav"
    }
}

/// Takes out what the case before has left.
fn empty(folder: &Path) {
    for name in names_in(folder) {
        fs::remove_file(folder.join(name)).unwrap();
    }
}

pub fn folder(desk: &Desk, row: &Row) -> PathBuf {
    let folder = row.place.folder.clone();
    folder.unwrap_or_else(|| desk.file(FOLDER))
}

fn destination(desk: &Desk, row: &Row) -> PathBuf {
    folder(desk, row).join(file_name(row))
}

/// Does what makes the call that is hit; `made` is how many such calls there were before.
async fn act(desk: &mut Desk, row: &Row, cell: &Cell, made: &mut usize) -> Told {
    let at = cell.at;
    let confirmation = confirmation(desk, row, at).await;
    let before = row.place.before;
    let _open = before.and_then(|before| before(&folder(desk, row)));
    *made = desk.requests(call(at));
    desk.service.set_faults(faults(row, cell));
    match at {
        At::SignIn => sign_in(desk).await,
        At::Check => check(desk).await,
        At::SaveDialog => prepare(desk).await,
        At::Survey => survey(desk).await,
        At::Download | At::Resumed => download(desk, row, false).await,
        At::Replacing => download(desk, row, true).await,
        At::GoneOn | At::Restarted => go_on(desk, row).await,
        At::DeleteAll | At::LookAfterAll => {
            desk.begin_delete_all(&[]).await;
            end_of_delete(desk, row).await
        }
        At::Backup | At::LastLook | At::Delete | At::LookAfter => {
            desk.confirm(confirmation.unwrap()).await;
            end_of_delete(desk, row).await
        }
    }
}

/// The answer to the question whether a recording is to be deleted, asked before anything goes wrong.
async fn confirmation(desk: &mut Desk, row: &Row, at: At) -> Option<Confirmation> {
    let choice = match at {
        At::Backup => DeletionChoice::BackUpFirst {
            destination: destination(desk, row),
            replace: false,
        },
        At::LastLook | At::Delete | At::LookAfter => DeletionChoice::WithoutBackup,
        At::DeleteAll | At::LookAfterAll => {
            desk.survey(AMELIA).await;
            return None;
        }
        _ => return None,
    };
    let survey = Box::new(desk.survey(AMELIA).await);
    Some(Confirmation::Doctor {
        survey,
        choice,
        reason: None,
    })
}

/// Waits for the first event that `wanted` makes something of. Who is signed out meanwhile signs in again.
async fn until<T>(desk: &mut Desk, wanted: impl Fn(&Event) -> Option<T>) -> T {
    loop {
        let seen = desk.until(|event| match event {
            Event::SignedOut(SignedOutBecause::Ended) => Some(None),
            other => wanted(other).map(Some),
        });
        match seen.await {
            Some(seen) => return seen,
            None => desk.ask_sign_in(true),
        }
    }
}

async fn sign_in(desk: &mut Desk) -> Told {
    desk.ask_sign_in(true);
    until(desk, |event| match event {
        // All of a sign-in is recorded by then.
        Event::Doctors(_) => Some(Told::SignedIn),
        Event::SignInFailed(failure) => Some(Told::Fails(failure.kind.clone())),
        _ => None,
    })
    .await
}

async fn check(desk: &mut Desk) -> Told {
    desk.send(Command::Check(name(AMELIA)));
    let failure = until(desk, |event| match event {
        Event::CheckEnded { failure, .. } => Some(failure.clone()),
        _ => None,
    })
    .await;
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    let known = store.doctor(&service, &name(AMELIA)).await;
    let known = known.unwrap().unwrap();
    assert_eq!(known.no_answer_at.is_some(), failure.is_some());
    match (failure, known.server) {
        (Some(failure), _) => Told::Fails(failure.kind),
        (None, ServerKnowledge::Has { .. }) => Told::Found,
        (None, ServerKnowledge::Nothing { .. }) => Told::NothingThere,
        (None, ServerKnowledge::NeverChecked) => panic!("nothing is known after a check"),
    }
}

async fn prepare(desk: &mut Desk) -> Told {
    desk.send(Command::PrepareDownload {
        doctor: name(AMELIA),
        purpose: SavePurpose::Download,
    });
    until(desk, |event| match event {
        Event::DownloadReady { .. } => Some(Told::Found),
        Event::DownloadNotReady { failure, .. } => Some(looked(failure)),
        _ => None,
    })
    .await
}

async fn survey(desk: &mut Desk) -> Told {
    desk.send(Command::SurveyDeletion(name(AMELIA)));
    until(desk, |event| match event {
        Event::Surveyed(survey) => Some(match &survey.server {
            Ok(Some(_)) => Told::Found,
            Ok(None) => Told::NothingThere,
            Err(failure) => looked(failure),
        }),
        _ => None,
    })
    .await
}

fn looked(failure: &Failure) -> Told {
    match &failure.kind {
        FailureKind::NothingThere => Told::NothingThere,
        kind => Told::Fails(kind.clone()),
    }
}

async fn download(desk: &mut Desk, row: &Row, replace: bool) -> Told {
    desk.send(Command::Download {
        doctor: name(AMELIA),
        destination: Destination {
            path: destination(desk, row),
            replace,
            even_a_backup: None,
        },
        as_it_is: false,
    });
    end_of_download(desk, row).await
}

/// Gives a download up behind what came.
async fn give_up(desk: &mut Desk, row: &Row) {
    let busy = Effect::status(StatusCode::SERVICE_UNAVAILABLE);
    let nothing_comes = Fault::on(Call::Download, busy).from(2);
    let faults = [brings_what_came(row), vec![nothing_comes]].concat();
    desk.service.set_faults(faults);
    download(desk, row, false).await;
}

/// The next start of the app, once it has told what is kept.
async fn restarted(desk: Desk) -> Desk {
    let mut desk = desk.restart().await;
    desk.impatient = true;
    desk.until(|event| match event {
        Event::KeptParts(all) if !all.is_empty() => Some(()),
        _ => None,
    })
    .await;
    desk
}

async fn go_on(desk: &mut Desk, row: &Row) -> Told {
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    let kept = store.kept_parts(&service).await.unwrap().pop();
    desk.send(Command::GoOn {
        doctor: name(AMELIA),
        operation: kept.expect("nothing is kept").operation,
    });
    end_of_download(desk, row).await
}

async fn end_of_download(desk: &mut Desk, row: &Row) -> Told {
    let folder = folder(desk, row);
    let result = until(desk, |event| match event {
        Event::JobEnded { ending, .. } => match &**ending {
            JobEnding::Download { result, .. } => Some(result.clone()),
            _ => None,
        },
        _ => None,
    })
    .await;
    match result {
        Ok(SavedFile { completeness, .. }) => match completeness {
            Completeness::Proven(_) => Told::Saved,
            _ => Told::SavedNotProven,
        },
        Err(JobFailure::Failed(failure)) => Told::Fails(inside(&folder, failure.kind)),
        Err(JobFailure::Cancelled) => panic!("it was cancelled"),
    }
}

async fn end_of_delete(desk: &mut Desk, row: &Row) -> Told {
    desk.clock.run();
    let folder = folder(desk, row);
    let report = until(desk, |event| match event {
        Event::JobEnded { ending, .. } => match &**ending {
            JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. } => {
                Some(report.clone())
            }
            _ => None,
        },
        _ => None,
    })
    .await;
    let DeletionReport {
        outcome, failure, ..
    } = report;
    let kind = failure.map(|failure| inside(&folder, failure.kind));
    Told::Deletes(outcome, kind)
}

/// The same failure with its path as it is inside of a folder.
pub fn inside(folder: &Path, mut kind: FailureKind) -> FailureKind {
    if let FailureKind::DiskFull { path }
    | FailureKind::FolderNotWritable { path }
    | FailureKind::FolderMissing { path }
    | FailureKind::FolderGone { path }
    | FailureKind::DestinationIsFolder { path }
    | FailureKind::FileNameRefused { path }
    | FailureKind::Disk { path }
    | FailureKind::ReadBackDiffers { path }
    | FailureKind::PartGone { path }
    | FailureKind::CompletenessNotProven { path } = &mut kind
        && let Ok(inside) = path.strip_prefix(folder)
    {
        *path = inside.to_path_buf();
    }
    kind
}

/// Whether what is told is what is to be told, but for how many bytes had come where that is left open.
fn is_as(expected: &Told, told: &Told) -> bool {
    let open = |kind: &FailureKind| match kind {
        FailureKind::ConnectionDropped {
            received: SOME,
            total,
        } => Some(*total),
        _ => None,
    };
    match (expected, told) {
        (Told::Fails(expected), Told::Fails(FailureKind::ConnectionDropped { total, .. }))
            if let Some(of) = open(expected) =>
        {
            of == *total
        }
        (
            Told::Deletes(outcome, Some(expected)),
            Told::Deletes(seen, Some(FailureKind::ConnectionDropped { total, .. })),
        ) if let Some(of) = open(expected) => of == *total && outcome == seen,
        _ => expected == told,
    }
}
