//! Every body that came whole and is another than it should be, and every header that contradicts it.

use audio_housekeeper::domain::{Damage, DeletionOutcome, FailureKind as Kind, Sha256Digest};
use audio_housekeeper::practice::{Effect, NoLength};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use support::recordings::{flac, wav};
use support::run;

use crate::faults::answers::Alike;
use crate::faults::bodies::{edge, is_damaged};
use crate::faults::cells::{
    deletes_all_the_same, fails_to_download, fails_to_go_on, finds, goes_on_to_the_end,
    looks_in_vain, not_sent, saves, sees_it_gone, sent, set_aside,
};
use crate::faults::{At, Cell, Left, Row, Told, play_all};

/// How many cases there are at least.
pub const LEAST: usize = 324;

const MIDDLE: u64 = 10_000;

const CHUNKED: Effect = Effect::OmitLength(NoLength::Chunked);

/// A FLAC that states neither how long it is nor what it holds.
fn bare_flac() -> Vec<u8> {
    let mut bytes = flac(2);
    bytes[12..18].fill(0);
    bytes[21] &= 0xf0;
    bytes[22..42].fill(0);
    bytes
}

/// By a recorder that could not go back to write its sizes down.
fn open_wav(riff: u32, data: u32) -> Vec<u8> {
    let mut bytes = wav(100_000, 1);
    bytes[4..8].copy_from_slice(&riff.to_le_bytes());
    bytes[40..44].copy_from_slice(&data.to_le_bytes());
    bytes
}

/// FLACs of which a bit is the other way round.
fn flipped_bits() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, held) in [("FLAC", flac(2)), ("bare FLAC", bare_flac())] {
        for at in [MIDDLE, held.len() as u64 - 1] {
            let flipped = Effect::FlipBit(at);
            let mut came = held.clone();
            came[usize::try_from(at).unwrap()] ^= 1;
            let name = format!("a flipped bit in byte {at} of a {name}");
            for (how, more) in [("", None), (", chunked", Some(CHUNKED))] {
                let effects: Vec<_> = [flipped.clone()].into_iter().chain(more).collect();
                let damaged = is_damaged("FLAC", &came, Damage::Altered);
                let row = Row::new(format!("{name}{how}"), effects.clone());
                rows.push(row.holding(held.clone()).with(finds(1)).with(damaged));
            }
            let once = Row::new(format!("{name}, once"), vec![flipped]).once();
            rows.push(once.holding(held.clone()).with(saves(2)));
        }
    }
    rows
}

/// Recordings that the service itself holds, with sizes that lie or say nothing.
fn sizes() -> Vec<Row> {
    let said = |riff, data| open_wav(riff, data);
    let saved = |name: &str, held| {
        let row = Row::new(name, vec![Effect::OmitHeader(header::ACCEPT_RANGES)]);
        row.holding(held).with(finds(1)).with(saves(1))
    };
    let damaged = |name: &str, held: Vec<u8>| {
        let row = Row::new(name, vec![Effect::OmitHeader(header::ACCEPT_RANGES)]);
        let cells = is_damaged("WAV", &held, Damage::Incomplete);
        row.holding(held).with(finds(1)).with(cells)
    };
    let mut rows = vec![
        saved("a WAV whose RIFF size is off by 8", said(100_000, 99_956)),
        damaged("a WAV whose sizes are too large", said(200_036, 200_000)),
        damaged("a WAV whose data size is too large", said(99_992, 199_956)),
        saved("a WAV whose data size is off by 8", said(99_992, 99_964)),
        damaged("a WAV whose data size is off by 10", said(99_992, 99_966)),
    ];
    for (word, size) in [("0", 0), ("FFFFFFFF", u32::MAX), ("7FFFF000", 0x7fff_f000)] {
        let riff = if size == 0x7fff_f000 { size + 36 } else { size };
        let held = said(riff, size);
        let name = format!("a WAV whose sizes are {word}");
        rows.push(saved(&name, held.clone()));
        rows.push(not_proven(&format!("{name}, chunked"), held));
    }
    rows.push(not_proven("a bare FLAC, chunked", bare_flac()));
    rows
}

/// What states no end and came without a length: it is kept, and no backup.
fn not_proven(name: &str, held: Vec<u8>) -> Row {
    let name_of_file = if held.starts_with(b"fLaC") {
        "a.flac"
    } else {
        "a.wav"
    };
    let path = name_of_file.into();
    let saved = |at| Cell {
        left: Left::Whole,
        ..crate::faults::cells::cell(at, Told::SavedNotProven, Left::Whole).asks(1)
    };
    let not_backed_up = Cell {
        left: Left::Whole,
        ..not_sent(At::Backup, Kind::CompletenessNotProven { path }).asks(1)
    };
    Row::new(name, vec![CHUNKED])
        .holding(held)
        .with(finds(1))
        .with([saved(At::Download), saved(At::Replacing), not_backed_up])
}

/// A FLAC without totals that a gateway ended between two frames: nothing shows that it is cut.
fn cut_between_frames() -> Row {
    let held = bare_flac();
    let at = usize::try_from(edge(&held)).unwrap();
    let came = held[..at].to_vec();
    let mut row = not_proven("a bare FLAC, ended in chunks between two frames", held);
    row.effects.push(Effect::ReplaceBody(came.clone().into()));
    for cell in &mut row.cells {
        if cell.left == Left::Whole {
            cell.left = Left::File(came.clone());
        }
    }
    row
}

/// Types and codings that contradict what came.
fn labels() -> Vec<Row> {
    let harmless = |row: Row| {
        row.with(finds(1))
            .with(sees_it_gone(1))
            .with(saves(1))
            .with(goes_on_to_the_end(1))
            .with(deletes_all_the_same(None))
    };
    let mut rows = Vec::new();
    for kind in [
        "audio/flac",
        "audio/x-wav",
        "audio/mpeg",
        "text/html",
        "text/plain",
        "application/json",
        "application/octet-stream",
        "nonsense",
    ] {
        let typed = Effect::SetHeader(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        rows.push(harmless(Row::new(format!("the type {kind}"), vec![typed])));
    }
    let no_type = Effect::OmitHeader(header::CONTENT_TYPE);
    rows.push(harmless(Row::new("no type", vec![no_type])));
    let unexpected = Kind::UnexpectedAnswer;
    let looks = looks_in_vain(&unexpected, 1).into_iter();
    // Of what is no recording the label is passed over.
    let looks = looks.filter(|cell| !matches!(cell.at, At::LookAfter | At::LookAfterAll));
    rows.push(
        Row::new("a recording called gzip", vec![Effect::gzip_label()])
            .with(looks)
            .with(fails_to_download(&unexpected, 1))
            .with(fails_to_go_on(&unexpected, [2, 2])),
    );
    let gzip = Effect::Answer {
        status: StatusCode::OK,
        headers: vec![
            (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
            (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav")),
        ],
        body: b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"[..].into(),
    };
    rows.push(Alike::stays(unexpected).everywhere("200 in gzip", gzip));
    rows
}

/// Digests that don't fit.
fn digests() -> Vec<Row> {
    let digest = BASE64_STANDARD.encode(Sha256Digest::of(b"something else").as_bytes());
    let value = HeaderValue::from_str(&format!("sha-256=:{digest}:")).unwrap();
    let wrong = Effect::SetHeader(HeaderName::from_static("repr-digest"), value);
    let kind = Kind::DamagedInTransit {
        expected: Some(100_000),
        received: 100_000,
    };
    vec![
        Row::new("another digest", vec![wrong.clone()])
            .with(finds(1))
            .with(fails_to_download(&kind, 2)),
        Row::new("another digest, once", vec![wrong])
            .once()
            .with(saves(2)),
    ]
}

/// What the service holds that is no recording to keep.
fn others() -> Vec<Row> {
    let ds2 = b"\x07ds2\x02\0\x03\0 and so on, and on, and on".to_vec();
    let mut silent = wav(44, 1);
    silent[40..44].fill(0);
    let kind = Kind::OtherRecording {
        kind: audio_housekeeper::domain::OtherRecording::Ds2,
        arrived: true,
    };
    let empty = Kind::EmptyRecording { arrived: true };
    let row = |name: &str, held: &[u8]| {
        let row = Row::new(name, vec![Effect::OmitHeader(header::ACCEPT_RANGES)]);
        row.holding(held.to_vec()).with(finds(1))
    };
    vec![
        row("a DS2", &ds2).with(set_aside(fails_to_download(&kind, 1), "a.ds2.part", &ds2)),
        row("a WAV without audio", &silent).with(set_aside(
            fails_to_download(&empty, 1),
            "a (empty).wav.part",
            &silent,
        )),
        Row::new("a delete answered with a page, and done", {
            vec![Effect::ReplaceBody("<!doctype html><p>Sign in".into())]
        })
        .with([sent(
            At::Delete,
            DeletionOutcome::Gone,
            Some(Kind::WebPageInstead),
            true,
        )
        .asks(1)]),
    ]
}

#[test]
fn a_flipped_bit_is_fetched_again_and_never_saved() {
    run(play_all("flipped bits", &flipped_bits()));
}

#[test]
fn sizes_that_lie_prove_nothing_and_none_are_made_up_for() {
    run(play_all("sizes", &sizes()));
    run(play_all("cut between frames", &[cut_between_frames()]));
}

#[test]
fn labels_and_digests_that_contradict_the_content_are_told_for_what_they_are() {
    run(play_all("labels", &labels()));
    run(play_all("digests", &digests()));
}

#[test]
fn what_is_no_recording_to_keep_is_set_aside() {
    run(play_all("other contents", &others()));
}

pub fn rows() -> Vec<Row> {
    [
        flipped_bits(),
        sizes(),
        vec![cut_between_frames()],
        labels(),
        digests(),
        others(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
