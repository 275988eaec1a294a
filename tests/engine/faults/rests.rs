//! Every answer to a request for the rest of a recording.

use audio_housekeeper::domain::{Damage, FailureKind as Kind, OtherRecording};
use audio_housekeeper::practice::{Effect, NoLength};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use support::recordings::{flac, wav};
use support::run;

use crate::faults::cells::{fails_to_go_on, goes_on, goes_on_to_the_end, set_aside};
use crate::faults::{At, CAME, Cell, Left, Row, Told, play_all};

/// How many cases there are at least.
pub const LEAST: usize = 105;

const CHUNKED: Effect = Effect::OmitLength(NoLength::Chunked);

/// What comes of it after a restart is what comes of it without one.
fn and_after_a_restart(mut row: Row) -> Row {
    let gone_on = row.cells.iter().find(|cell| cell.at == At::GoneOn);
    let restarted = gone_on.map(|cell| Cell {
        at: At::Restarted,
        ..cell.clone()
    });
    row.cells.extend(restarted);
    row
}

fn set(name: HeaderName, value: &'static str) -> Effect {
    Effect::SetHeader(name, HeaderValue::from_static(value))
}

/// The rest, and what is not exactly it.
fn ranges() -> Vec<Row> {
    let range = header::CONTENT_RANGE;
    let status = |number| Effect::status(StatusCode::from_u16(number).unwrap());
    let with_range = |value| set(range.clone(), value);
    let mut rows = vec![
        Row::new("the rest", Vec::new()).with(goes_on_to_the_end(1)),
        Row::new("the whole instead", vec![Effect::IgnoreRange]).with(goes_on_to_the_end(1)),
        Row::new("416, always", vec![status(416)])
            .with(fails_to_go_on(&Kind::UnexpectedAnswer, [2, 2])),
        Row::new("a gzip label on the rest", vec![Effect::gzip_label()])
            .once()
            .with(goes_on_to_the_end(2)),
        Row::new(
            "416 that says how long it is",
            vec![status(416), with_range("bytes */100000")],
        )
        .once()
        .with(goes_on_to_the_end(2)),
    ];
    // After each the recording is asked for as a whole.
    for (name, effects) in [
        ("another range", vec![Effect::WrongRange]),
        ("no Content-Range", vec![Effect::OmitHeader(range.clone())]),
        (
            "another total",
            vec![with_range("bytes 70000-99999/100001")],
        ),
        ("another end", vec![with_range("bytes 70000-89999/100000")]),
        (
            "another beginning",
            vec![with_range("bytes 69999-99999/100000")],
        ),
        (
            "a range backwards",
            vec![with_range("bytes 99999-70000/100000")],
        ),
        ("another unit", vec![with_range("lines 70000-99999/100000")]),
        ("a range in words", vec![with_range("the rest")]),
        (
            "several ranges",
            vec![
                set(header::CONTENT_TYPE, "multipart/byteranges; boundary=x"),
                Effect::OmitHeader(range.clone()),
            ],
        ),
        ("another ETag", vec![set(header::ETAG, "\"another\"")]),
        ("a weak ETag", vec![set(header::ETAG, "W/\"another\"")]),
        ("no ETag", vec![Effect::OmitHeader(header::ETAG)]),
        ("416", vec![status(416)]),
        ("412", vec![status(412)]),
    ] {
        rows.push(Row::new(name, effects).once().with(goes_on_to_the_end(2)));
    }
    rows
}

/// Bodies that are not the rest that their header says.
fn bodies() -> Vec<Row> {
    let came = usize::try_from(CAME).unwrap();
    let whole = wav(100_000, 1);
    let rest = &whole[came..];
    let longer = [rest, b"and more"].concat();
    let shorter = rest[..10_000].to_vec();
    let row = |name: &str, effects| Row::new(name, effects).once();
    let with_own = |body: Vec<u8>| vec![Effect::ReplaceBody(body.into()), CHUNKED];
    let in_the_end = || {
        let cells = goes_on_to_the_end(2).into_iter();
        cells.map(|cell| Cell { asks: None, ..cell })
    };
    vec![
        row("a rest that is cut", vec![Effect::CutAfter(10_000)]).with(goes_on_to_the_end(2)),
        row("a rest in chunks", vec![CHUNKED]).with(goes_on_to_the_end(1)),
        row(
            "a rest in chunks that is cut",
            vec![CHUNKED, Effect::CutAfter(10_000)],
        )
        .with(goes_on_to_the_end(2)),
        row("a rest that a gateway ended", with_own(shorter)).with(in_the_end()),
        row("a rest with more behind it", with_own(longer)).with(in_the_end()),
    ]
}

/// Pieces that don't fit together, which only their contents tell.
fn pieces() -> Vec<Row> {
    let held = flac(3);
    let in_the_rest = Effect::FlipBit(CAME + 5_000);
    let mut flipped = held.clone();
    flipped[usize::try_from(CAME).unwrap() + 5_000] ^= 1;
    let kind = Kind::DamagedRecording {
        damage: Damage::Altered,
        on_server: true,
    };
    let damaged = goes_on(&Told::Fails(kind), &Left::Nothing, [3, 3]);
    let mut of_another = Row::new("what came has a flipped bit", Vec::new())
        .holding(held.clone())
        .with(goes_on_to_the_end(2));
    of_another.first = vec![Effect::FlipBit(10_000)];
    vec![
        of_another,
        Row::new("a flipped bit in the rest, once", vec![in_the_rest.clone()])
            .once()
            .holding(held.clone())
            .with(goes_on_to_the_end(2)),
        Row::new(
            "a flipped bit in the rest and in the whole",
            vec![in_the_rest],
        )
        .holding(held)
        .with(set_aside(damaged, "a (damaged).flac.part", &flipped)),
    ]
}

/// Another copy was there before, of which something has come.
fn replaced() -> Vec<Row> {
    let before = |body: Vec<u8>| {
        vec![
            Effect::ReplaceBody(body.into()),
            set(header::ETAG, "\"before\""),
        ]
    };
    let after = |name: &str, held: Vec<u8>| {
        let mut row = Row::new(name, Vec::new()).holding(held);
        row.first = before(wav(100_000, 9));
        row
    };
    let cut = wav(64_044, 1)[..5000].to_vec();
    let ds2 = b"\x07ds2\x02\0\x03\0 and so on, and on, and on".to_vec();
    let fails =
        |kind: Kind, requests| goes_on(&Told::Fails(kind), &Left::Nothing, [requests, requests]);
    let damaged = Kind::DamagedRecording {
        damage: Damage::Incomplete,
        on_server: true,
    };
    let other = Kind::OtherRecording {
        kind: OtherRecording::Ds2,
        arrived: true,
    };
    let empty = Kind::EmptyRecording { arrived: true };
    vec![
        after("replaced by one as long", wav(100_000, 1)).with(goes_on_to_the_end(1)),
        after("replaced by a longer one", wav(200_000, 1)).with(goes_on_to_the_end(1)),
        after("replaced by a shorter one", wav(30_000, 1)).with(goes_on_to_the_end(1)),
        after("replaced by a damaged one", cut.clone()).with(set_aside(
            fails(damaged, 2),
            "a (damaged).wav.part",
            &cut,
        )),
        after("replaced by a DS2", ds2.clone()).with(set_aside(
            fails(other, 1),
            "a.ds2.part",
            &ds2,
        )),
        after("replaced by nothing", Vec::new()).with(fails(empty, 1)),
    ]
}

/// Marks by which a copy is known, or not.
fn marks() -> Vec<Row> {
    let modified = set(header::LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT");
    let mut dated = Row::new("a Last-Modified and no ETag", Vec::new()).with(goes_on_to_the_end(1));
    dated.first = vec![Effect::OmitHeader(header::ETAG), modified.clone()];
    let starts_over = |name: &str, first| {
        let resumed = goes_on_to_the_end(1).into_iter();
        let mut row = Row::new(name, Vec::new());
        // Nothing is kept to be gone on with later.
        row = row.with(resumed.filter(|cell| cell.at == At::Resumed));
        row.first = first;
        row
    };
    let weak = set(header::ETAG, "W/\"weak\"");
    vec![
        dated,
        starts_over("a weak ETag from the first", vec![weak.clone()]),
        starts_over("a weak ETag and a Last-Modified", vec![weak, modified]),
        starts_over("no mark", vec![Effect::OmitHeader(header::ETAG)]),
    ]
}

#[test]
fn only_the_very_rest_is_put_behind_what_came() {
    let ranges = ranges().into_iter().map(and_after_a_restart);
    run(play_all("ranges", &ranges.collect::<Vec<_>>()));
    let bodies = bodies().into_iter().map(and_after_a_restart);
    run(play_all("bodies of rests", &bodies.collect::<Vec<_>>()));
}

#[test]
fn what_does_not_fit_together_is_fetched_whole() {
    let pieces = pieces().into_iter().map(and_after_a_restart);
    run(play_all("pieces", &pieces.collect::<Vec<_>>()));
    let replaced = replaced().into_iter().map(and_after_a_restart);
    run(play_all("replaced copies", &replaced.collect::<Vec<_>>()));
    let marks = marks().into_iter().map(and_after_a_restart);
    run(play_all("marks", &marks.collect::<Vec<_>>()));
}

pub fn rows() -> Vec<Row> {
    [ranges(), bodies(), pieces(), replaced(), marks()]
        .into_iter()
        .flatten()
        .map(and_after_a_restart)
        .collect()
}
