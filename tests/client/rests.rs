//! The rest of a recording: what it says of the whole, and how its body ends.

use std::time::Duration;

use audio_housekeeper::api::ApiError;
use audio_housekeeper::domain::{FailureKind, ServerCopy, Sha256Digest};
use futures_util::future::join_all;
use support::server::{Step, head};

use crate::ranges::{
    ABC, FROM, MONDAY, OTHER, RANGE, TOTAL, answering, drained, earlier, go_on, partial, point,
    read, rest,
};
use crate::{
    BEFORE_RESET, FOR_EVER, LIMIT, PATIENCE, assert_discreet, connect, connect_with, doctor,
};

#[tokio::test]
async fn the_rest_says_of_the_whole_what_it_knows_and_else_what_was_said_before() {
    let etag = "ETag: \"a\"\r\n";
    let abc = Sha256Digest::of(b"abc");
    let digested = ServerCopy {
        digest: Some(abc),
        ..earlier()
    };
    let tuesday = "Tue, 24 Nov 2026 13:00:00 GMT";
    let dated_at = |date: &str| ServerCopy {
        last_modified: Some(date.to_owned()),
        ..earlier()
    };
    let late = format!("{etag}Last-Modified: {tuesday}\r\nDate: {tuesday}\r\n");
    let old = format!("{etag}Last-Modified: {tuesday}\r\nDate: Wed, 25 Nov 2026 13:00:00 GMT\r\n");
    for (before, headers, after) in [
        (earlier(), etag.to_owned(), earlier()),
        (
            earlier(),
            format!("{etag}Repr-Digest: {ABC}\r\n"),
            digested.clone(),
        ),
        (
            digested.clone(),
            format!("{etag}Repr-Digest: {ABC}\r\n"),
            digested.clone(),
        ),
        (digested.clone(), etag.to_owned(), digested.clone()),
        // The part's own digest says nothing of the whole.
        (
            earlier(),
            format!("{etag}Content-Digest: {ABC}\r\n"),
            earlier(),
        ),
        (
            digested.clone(),
            format!("{etag}Content-Digest: {OTHER}\r\n"),
            digested,
        ),
        (
            earlier(),
            format!("{etag}Content-Disposition: attachment; filename=\"b.wav\"\r\n"),
            ServerCopy {
                file_name: Some("b.wav".to_owned()),
                ..earlier()
            },
        ),
        (dated_at(MONDAY), etag.to_owned(), dated_at(MONDAY)),
        (
            dated_at(MONDAY),
            format!("{etag}Last-Modified: {MONDAY}\r\n"),
            dated_at(MONDAY),
        ),
        (dated_at(MONDAY), old, dated_at(tuesday)),
        (dated_at(MONDAY), late, earlier()),
    ] {
        let headers = format!("{RANGE}{headers}");
        let server = answering(vec![Step::Send(partial(&headers))]).await;
        let recording = go_on(&*connect(&server.origin()), &point(before)).await;
        let (from, copy, _) = read(recording.unwrap()).await;
        assert_eq!((from, copy), (FROM as u64, after), "{headers}");
    }
}

#[tokio::test]
async fn what_a_cache_had_for_too_long_is_refused_as_a_rest_too() {
    let headers = format!("ETag: \"a\"\r\n{RANGE}Age: 600\r\n");
    let server = answering(vec![Step::Send(partial(&headers))]).await;
    let api = connect(&server.origin());
    let (doctor, cut) = (doctor(), point(earlier()));
    let least = Duration::from_secs(601);
    let asked_within = |oldest| api.download(&doctor, oldest, Some(&cut));
    assert!(asked_within(least).await.is_ok());
    let shorter = least.checked_sub(Duration::from_millis(1)).unwrap();
    let error = asked_within(shorter).await.err().unwrap();
    assert_discreet(&error);
    assert_eq!(error.failure.kind, FailureKind::AnswerTooOld);
    assert_eq!(server.requests().len(), 2);
}

/// The rest's first bytes, as an answer with these fields brings them, then what happens next.
async fn ending(fields: &str, bytes: &[u8], then: Vec<Step>) -> (Vec<u8>, Result<(), ApiError>) {
    ending_within(PATIENCE, fields, bytes, then).await
}

/// As [`ending`], where nothing may take longer to come than `patience`.
async fn ending_within(
    patience: Duration,
    fields: &str,
    bytes: &[u8],
    then: Vec<Step>,
) -> (Vec<u8>, Result<(), ApiError>) {
    let fields = format!("ETag: \"a\"\r\n{RANGE}{fields}");
    let begin = [&head("206 Partial Content", &fields)[..], bytes].concat();
    let pause = Step::Pause(Duration::from_millis(50));
    let server = answering([vec![Step::Send(begin), pause], then].concat()).await;
    let api = connect_with(&server.origin(), patience);
    let mut recording = go_on(&*api, &point(earlier())).await.unwrap();
    assert_eq!(recording.from, FROM as u64);
    let came = drained(&mut recording).await;
    assert_eq!(server.requests().len(), 1);
    came
}

fn chunked(bytes: &[u8], end: &str) -> Vec<u8> {
    let size = format!("{:x}\r\n", bytes.len());
    [size.as_bytes(), bytes, end.as_bytes()].concat()
}

#[tokio::test]
async fn a_rest_that_is_cut_says_how_much_of_the_whole_had_come() {
    const LENGTH: &str = "Content-Length: 12044\r\n";
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
    const UNTIL_CLOSE: &str = "Connection: close\r\n";
    const LAST: &str = "\r\n0\r\n\r\n";
    let cut = async |came: usize| {
        let part = &rest()[..came];
        let in_a_chunk = chunked(&rest(), LAST)[.."2f0c\r\n".len() + came].to_vec();
        let ended = match came {
            0 => b"0\r\n\r\n".to_vec(),
            _ => chunked(part, LAST),
        };
        let all = [
            (LENGTH, part.to_vec(), vec![Step::Close]),
            (LENGTH, part.to_vec(), vec![BEFORE_RESET, Step::Reset]),
            (UNTIL_CLOSE, part.to_vec(), vec![Step::Close]),
            (CHUNKED, in_a_chunk, vec![Step::Close]),
            (CHUNKED, ended, vec![]),
        ];
        let each = all.map(async |(fields, bytes, then)| {
            let (received, end) = ending(fields, &bytes, then).await;
            assert_eq!(received, part, "{fields}");
            let error = end.unwrap_err();
            assert_discreet(&error);
            let expected = FailureKind::ConnectionDropped {
                received: (FROM + came) as u64,
                total: Some(TOTAL as u64),
            };
            assert_eq!(error.failure.kind, expected, "{fields}");
        });
        join_all(each).await;
    };
    let stalled = async |came: usize| {
        let part = &rest()[..came];
        let (received, end) = ending_within(LIMIT, LENGTH, part, vec![FOR_EVER]).await;
        assert_eq!(end.unwrap_err().failure.kind, FailureKind::TimedOut);
        assert_eq!(received, part);
    };
    let places = [0, 1, 10, 12_043];
    join_all(places.map(cut)).await;
    join_all(places.map(stalled)).await;
    for (fields, bytes, then) in [
        (LENGTH, rest(), vec![]),
        (UNTIL_CLOSE, rest(), vec![Step::Close]),
        (CHUNKED, chunked(&rest(), LAST), vec![]),
    ] {
        let (received, end) = ending(fields, &bytes, then).await;
        end.unwrap();
        assert_eq!(received, rest(), "{fields}");
    }
}

#[tokio::test]
async fn a_rest_without_a_length_that_goes_on_beyond_its_range_is_damaged() {
    let too_long = [rest(), b"more".to_vec()].concat();
    let more = chunked(b"more", "\r\n0\r\n\r\n");
    let in_two = [chunked(&rest(), "\r\n"), more].concat();
    let in_one = chunked(&too_long, "\r\n0\r\n\r\n");
    for (fields, bytes) in [
        ("Connection: close\r\n", too_long.clone()),
        ("Transfer-Encoding: chunked\r\n", in_one),
        ("Transfer-Encoding: chunked\r\n", in_two),
    ] {
        let (received, end) = ending(fields, &bytes, vec![Step::Close]).await;
        assert!(
            received.len() <= rest().len(),
            "nothing beyond is handed on"
        );
        let error = end.unwrap_err();
        assert_discreet(&error);
        let FailureKind::DamagedInTransit { expected, received } = error.failure.kind else {
            panic!("{error:?}");
        };
        assert_eq!(expected, Some(TOTAL as u64), "{fields}");
        assert!(received > TOTAL as u64 && received <= TOTAL as u64 + 4);
    }
}
