//! Every way in which a body can end, or not: cut, stalled, of another length than was said.

use std::time::Duration;

use audio_housekeeper::domain::{Damage, FailureKind as Kind};
use audio_housekeeper::practice::{Effect, NoLength};
use support::recordings::{flac, wav};
use support::run;

use crate::faults::cells::{
    cell, deletes_all_the_same, deletes_nothing, fails_to_download, fails_to_go_on, finds,
    goes_on_to_the_end, looks_after_in_vain, looks_in_vain, not_sent, saves, sees_it_gone,
    set_aside,
};
use crate::faults::play::SOME;
use crate::faults::{At, CAME, Cell, Left, Row, Told, WAITING_AT_ONCE, play_all, play_at_once};

/// How many cases there are at least.
pub const LEAST: usize = 778;

/// How many first bytes show what a recording is.
const ENOUGH: u64 = 24;

const LONG: Duration = Duration::from_mins(1);

const CHUNKED: Effect = Effect::OmitLength(NoLength::Chunked);

const UNTIL_CLOSE: Effect = Effect::OmitLength(NoLength::UntilClose);

const fn dropped(received: u64, total: Option<u64>) -> Kind {
    Kind::ConnectionDropped { received, total }
}

fn whole() -> Vec<u8> {
    wav(100_000, 1)
}

/// A recording, the word for it, and places of interest in it.
fn recordings() -> [(&'static str, Vec<u8>, Vec<u64>); 2] {
    let flac = flac(2);
    let length = flac.len() as u64;
    let of_flac = vec![0, 1, 10, edge(&flac), length / 2, length - 1];
    let of_wav = vec![0, 1, 20, 43, 44, 50_000, 99_999];
    [("WAV", whole(), of_wav), ("FLAC", flac, of_flac)]
}

/// Where the fifth frame of a FLAC begins.
pub fn edge(flac: &[u8]) -> u64 {
    let mut at = 42;
    for number in 0..5 {
        let begins =
            |place: &usize| flac[*place..].starts_with(b"\xff\xf8") && flac[*place + 4] == number;
        at = (at + 1..flac.len()).find(begins).unwrap();
    }
    at as u64
}

/// Looks of which so many first bytes of the answer come.
fn looks_at(bytes: u64, kind: &Kind) -> Vec<Cell> {
    if bytes < ENOUGH {
        let looks = looks_in_vain(kind, 2).into_iter();
        looks
            .filter(|cell| !matches!(cell.at, At::LookAfter | At::LookAfterAll))
            .collect()
    } else {
        finds(1)
    }
}

/// Cuts, with a length and without, and resets.
fn cuts() -> Vec<Row> {
    let mut rows = Vec::new();
    for (format, held, places) in recordings() {
        let length = held.len() as u64;
        for at in places {
            for (how, effects, kind) in [
                ("cut", vec![Effect::CutAfter(at)], dropped(at, Some(length))),
                (
                    "cut in chunks",
                    vec![CHUNKED, Effect::CutAfter(at)],
                    dropped(at, None),
                ),
                (
                    "reset",
                    vec![Effect::ResetAfter(at)],
                    dropped(SOME, Some(length)),
                ),
            ] {
                let row = |often| {
                    let name = format!("{format} {how} after {at} bytes, {often}");
                    Row::new(name, effects.clone()).holding(held.clone())
                };
                let once = row("once").once().with(saves(2));
                let once = if format == "WAV" && at <= 20 {
                    once.with(goes_on_to_the_end(2))
                } else {
                    once
                };
                rows.push(once);
                rows.push(
                    row("always")
                        .with(looks_at(at, &kind))
                        .with(fails_to_download(&kind, 5)),
                );
            }
        }
    }
    rows
}

/// The rest that does not come, and the answers to a delete and to the look after it.
fn cut_answers() -> Vec<Row> {
    let rest = dropped(CAME, Some(100_000));
    let mut rows = vec![
        Row::new("the rest cut after 0 bytes", vec![Effect::CutAfter(0)])
            .with(fails_to_go_on(&rest, [4, 5])),
    ];
    for at in [0, 1, 20] {
        let kind = dropped(at, None);
        for (how, effects) in [
            ("cut", vec![Effect::CutAfter(at)]),
            ("cut in chunks", vec![CHUNKED, Effect::CutAfter(at)]),
        ] {
            let name = format!("the answer {how} after {at} bytes");
            rows.push(
                Row::new(name.clone(), effects.clone())
                    .with(looks_after_in_vain(&kind, 2))
                    .with(deletes_all_the_same(Some(kind.clone()))),
            );
            let once = Row::new(format!("{name}, once"), effects).once();
            rows.push(once.with(sees_it_gone(2)));
        }
    }
    rows
}

/// What a gateway sends of a recording that was cut on its way to it, with an end of its own.
fn ended_by_a_gateway() -> Vec<Row> {
    let chunked = |bytes: &[u8]| vec![Effect::ReplaceBody(bytes.to_vec().into()), CHUNKED];
    let mut rows = Vec::new();
    for (format, held, places) in recordings() {
        for at in places.into_iter().filter(|at| *at > 0) {
            let came = &held[..usize::try_from(at).unwrap()];
            let name = format!("{format} ended in chunks after {at} bytes");
            let row = Row::new(&name, chunked(came)).holding(held.clone());
            // So few don't show what they begin.
            let shows_nothing = at < if format == "WAV" { 12 } else { 4 };
            rows.push(if shows_nothing {
                let kind = dropped(at, None);
                row.with(looks_at(at, &kind))
                    .with(fails_to_download(&kind, 5))
            } else {
                row.with(finds(1))
                    .with(is_damaged(format, came, Damage::Incomplete))
            });
            let once = Row::new(format!("{name}, once"), chunked(came)).once();
            rows.push(once.holding(held.clone()).with(saves(2)));
        }
    }
    rows
}

/// Downloads of what comes twice with the same damage.
pub fn is_damaged(format: &str, came: &[u8], damage: Damage) -> Vec<Cell> {
    let kind = Kind::DamagedRecording {
        damage,
        on_server: true,
    };
    let name = match format {
        "WAV" => "a (damaged).wav.part",
        _ => "a (damaged).flac.part",
    };
    set_aside(fails_to_download(&kind, 2), name, came)
}

/// Looks that find a copy of another length than before, which is not deleted.
fn finds_another() -> Vec<Cell> {
    let mut cells = finds(1);
    *cells.last_mut().unwrap() = not_sent(At::LastLook, Kind::CopyChanged).asks(1);
    cells
}

/// Lengths that lie.
fn lengths() -> Vec<Row> {
    let mut rows = Vec::new();
    for (format, held, _) in recordings() {
        let length = held.len();
        let total = length as u64;
        let too_large = dropped(total, Some(total + 1));
        let row = |name: &str, claimed| {
            let name = format!("{format} with a length that is too {name}");
            Row::new(name, vec![Effect::ClaimLength(claimed)]).holding(held.clone())
        };
        rows.push(
            row("large", total + 1)
                .with(finds_another())
                .with(fails_to_download(&too_large, 5)),
        );
        rows.push(row("large, once", total + 1).once().with(saves(2)));
        for short in [length - 1, length / 2] {
            let came = &held[..short];
            let name = format!("small by {}", length - short);
            rows.push(
                row(&name, short as u64)
                    .with(finds_another())
                    .with(is_damaged(format, came, Damage::Incomplete)),
            );
            let name = format!("{name}, once");
            rows.push(row(&name, short as u64).once().with(saves(2)));
        }
    }
    rows
}

/// No length at all.
fn without_length() -> Vec<Row> {
    let mut rows = Vec::new();
    for (how, effect) in [("chunked", CHUNKED), ("until it closes", UNTIL_CLOSE)] {
        for (format, held, _) in recordings() {
            let row = |name: &str| {
                let name = format!("{format} {how}{name}");
                Row::new(name, vec![effect.clone()]).holding(held.clone())
            };
            rows.push(
                row("")
                    .with(finds(1))
                    .with(sees_it_gone(1))
                    .with(saves(1))
                    .with(deletes_all_the_same(None)),
            );
            rows.push(row(", once").once().with(saves(1)));
        }
        rows.push(Row::new(format!("the rest {how}"), vec![effect]).with(goes_on_to_the_end(1)));
    }
    rows
}

/// Silences, which are noticed after a second here. Where there is no answer at all, what is gone on with
/// is tried for longer than a test takes.
fn stalls() -> Vec<Row> {
    let before = Effect::StallBeforeHead(LONG);
    let after = |bytes| Effect::StallAfter {
        bytes,
        duration: LONG,
    };
    let late = Kind::TimedOut;
    let acted = || deletes_all_the_same(Some(Kind::TimedOut));
    vec![
        Row::new("silence before the head", vec![before.clone()])
            .with(looks_in_vain(&late, 2))
            .with(deletes_nothing(Some(late.clone()), Some(late.clone()))),
        Row::new("silence before the head, once", vec![before])
            .once()
            .with(finds(2))
            .with(saves(2))
            .with(sees_it_gone(2))
            .with(goes_on_to_the_end(2)),
        Row::new("silence behind the head", vec![after(0)])
            .with(looks_in_vain(&late, 2))
            .with(fails_to_download(&late, 5))
            .with(acted()),
        Row::new("silence behind the head, once", vec![after(0)])
            .once()
            .with(finds(2))
            .with(saves(2))
            .with(sees_it_gone(2))
            .with(goes_on_to_the_end(2)),
        Row::new("silence within the header", vec![after(20)])
            .with(looks_in_vain(&late, 2))
            .with(acted()),
        Row::new("silence within the header, once", vec![after(20)])
            .once()
            .with(saves(2))
            .with(goes_on_to_the_end(2)),
        Row::new("silence in the middle", vec![after(50_000)])
            .with(finds(1))
            .with(sees_it_gone(1))
            .with(fails_to_download(&late, 5)),
        Row::new("silence in the middle, once", vec![after(50_000)])
            .once()
            .with(saves(2)),
        Row::new("silence before the last byte, once", vec![after(99_999)])
            .once()
            .with(saves(2)),
    ]
}

/// Byte by byte, never silent for a second, and longer than that in all.
fn slow() -> Row {
    let every = Duration::from_millis(15);
    Row::new("byte by byte", vec![Effect::Drip { every }])
        .holding(wav(74, 1))
        .once()
        .with(finds(1))
        .with(saves(1))
        .with(deletes_all_the_same(None))
}

/// No answer at all. What is gone on with is tried for longer than a test takes.
fn lost() -> Vec<Row> {
    let no_answer = Effect::LoseBeforeActing;
    let kind = dropped(0, None);
    let fails = |at, left| cell(at, Told::Fails(kind.clone()), left);
    vec![
        Row::new("no answer", vec![no_answer.clone()])
            .with([
                fails(At::Check, Left::Nothing),
                fails(At::SaveDialog, Left::Nothing),
                fails(At::Survey, Left::Nothing),
                fails(At::Download, Left::Nothing),
                fails(At::Replacing, Left::OldFile),
                not_sent(At::Backup, kind.clone()),
                not_sent(At::LastLook, kind.clone()),
            ])
            .with(looks_after_in_vain(&kind, 2))
            .with(deletes_nothing(Some(kind.clone()), Some(kind.clone()))),
        Row::new("no answer, once", vec![Effect::LoseBeforeActing])
            .once()
            .with(finds(2))
            .with(saves(2))
            .with(sees_it_gone(2))
            .with(goes_on_to_the_end(2)),
        Row::new("no answer, and it acted", vec![Effect::LoseAfterActing])
            .with(deletes_all_the_same(Some(kind))),
    ]
}

#[test]
fn a_cut_at_any_place_leaves_no_file_and_is_met_by_another_try() {
    run(play_all("cuts", &cuts()));
}

#[test]
fn an_answer_that_is_cut_claims_nothing() {
    run(play_all("cut answers", &cut_answers()));
}

#[test]
fn an_end_that_a_gateway_wrote_is_none() {
    run(play_all("ends of gateways", &ended_by_a_gateway()));
}

#[test]
fn a_length_that_lies_or_is_not_said_proves_nothing() {
    run(play_all("lengths", &lengths()));
    run(play_all("no lengths", &without_length()));
}

#[test]
fn a_silence_at_any_place_is_met_by_another_try() {
    run(play_at_once("silences", &stalls(), WAITING_AT_ONCE));
    run(play_all("slow bodies", &[slow()]));
    run(play_all("lost answers", &lost()));
}

pub fn rows() -> Vec<Row> {
    [
        cuts(),
        cut_answers(),
        ended_by_a_gateway(),
        lengths(),
        without_length(),
        stalls(),
        vec![slow()],
        lost(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
