//! A download that goes on where it was cut, and every answer that may meet it.

use std::time::{Duration, Instant};

use audio_housekeeper::api::{ApiError, Download, Recording, RecordingsApi, ResumePoint};
use audio_housekeeper::domain::{AudioFormat, FailureKind, ServerCopy, Sha256Digest};
use support::recordings::second_of_wav;
use support::server::{Request, Server, Step, answer, head, html, json};

use crate::{FOR_EVER, PATIENCE, assert_discreet, connect, doctor};

/// Where the downloads of these tests were cut, and how long the recording is, in bytes.
pub const FROM: usize = 20_000;
pub const TOTAL: usize = 32_044;

pub const RANGE: &str = "Content-Range: bytes 20000-32043/32044\r\n";
pub const MONDAY: &str = "Mon, 23 Nov 2026 13:00:00 GMT";
const NOTHING: &str = r#"{"error":"No audio file found for this doctor"}"#;
/// The digest of `abc`, and another.
pub const ABC: &str = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
pub const OTHER: &str = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/// What an earlier answer said, before it was cut.
pub fn earlier() -> ServerCopy {
    ServerCopy {
        format: Some(AudioFormat::Wav),
        length: Some(TOTAL as u64),
        etag: Some("\"a\"".to_owned()),
        file_name: Some("audio.wav".to_owned()),
        ..ServerCopy::default()
    }
}

pub fn dated() -> ServerCopy {
    ServerCopy {
        etag: None,
        last_modified: Some(MONDAY.to_owned()),
        ..earlier()
    }
}

pub fn point(copy: ServerCopy) -> ResumePoint {
    ResumePoint::new(copy, FROM as u64).unwrap()
}

pub fn rest() -> Vec<u8> {
    second_of_wav().split_off(FROM)
}

pub fn partial(headers: &str) -> Vec<u8> {
    answer("206 Partial Content", headers, rest())
}

/// The whole of another copy, as it comes to whoever asks without a range.
fn whole() -> Vec<u8> {
    answer("200 OK", "ETag: \"b\"\r\n", second_of_wav())
}

fn field(request: &Request, name: &str) -> Option<String> {
    let mut fields = request.head.lines().filter_map(|line| line.split_once(':'));
    let field = fields.find(|(named, _)| named.eq_ignore_ascii_case(name));
    field.map(|(_, value)| value.trim().to_owned())
}

/// What each request asked for: its `Range` and its `If-Range`.
fn asked(server: &Server) -> Vec<(Option<String>, Option<String>)> {
    let requests = server.requests();
    for request in &requests {
        assert_eq!(field(request, "accept-encoding").unwrap(), "identity");
        assert_eq!(field(request, "cache-control").unwrap(), "no-cache");
        assert!(field(request, "authorization").is_some());
    }
    let asked = requests
        .iter()
        .map(|one| (field(one, "range"), field(one, "if-range")));
    asked.collect()
}

fn ranged(validator: &str) -> (Option<String>, Option<String>) {
    (Some(format!("bytes={FROM}-")), Some(validator.to_owned()))
}

const UNRANGED: (Option<String>, Option<String>) = (None, None);

/// Answers a request with a range with these steps, and one without with the whole.
pub async fn answering(steps: Vec<Step>) -> Server {
    Server::start(move |request| match field(request, "range") {
        Some(_) => steps.clone(),
        None => vec![Step::Send(whole())],
    })
    .await
}

pub async fn go_on(api: &dyn RecordingsApi, point: &ResumePoint) -> Result<Recording, ApiError> {
    match api.download(&doctor(), Duration::MAX, Some(point)).await? {
        Download::Recording(recording) => Ok(recording),
        Download::Nothing => panic!("a download found nothing"),
    }
}

/// All that comes, and how it ends.
pub async fn drained(recording: &mut Recording) -> (Vec<u8>, Result<(), ApiError>) {
    let mut all = Vec::new();
    loop {
        match recording.body.next().await {
            Ok(Some(bytes)) => all.extend(bytes),
            Ok(None) => return (all, Ok(())),
            Err(error) => return (all, Err(error)),
        }
    }
}

pub async fn read(mut recording: Recording) -> (u64, ServerCopy, Vec<u8>) {
    let (bytes, end) = drained(&mut recording).await;
    end.unwrap();
    (recording.from, recording.copy, bytes)
}

#[tokio::test]
async fn the_rest_is_asked_for_by_the_strong_validator_and_comes_alone() {
    let etag = "ETag: \"a\"\r\n";
    let date = format!("Last-Modified: {MONDAY}\r\n");
    let both = ServerCopy {
        etag: earlier().etag,
        ..dated()
    };
    let unmeasured = ServerCopy {
        length: None,
        ..earlier()
    };
    for (copy, validator, headers) in [
        (earlier(), "\"a\"", etag.to_owned()),
        (both.clone(), "\"a\"", etag.to_owned()),
        // An equal strong ETag outranks a date beside it.
        (both, "\"a\"", format!("{etag}Last-Modified: today\r\n")),
        (unmeasured, "\"a\"", etag.to_owned()),
        (dated(), MONDAY, date.clone()),
        (
            earlier(),
            "\"a\"",
            format!("{etag}Content-Encoding: identity\r\n"),
        ),
        (
            earlier(),
            "\"a\"",
            format!("{etag}Content-Type: application/octet-stream\r\n"),
        ),
    ] {
        let headers = format!("{RANGE}{headers}");
        let server = answering(vec![Step::Send(partial(&headers))]).await;
        let recording = go_on(&*connect(&server.origin()), &point(copy.clone())).await;
        let recording = recording.unwrap();
        assert_eq!(recording.coding, None);
        let (from, said, bytes) = read(recording).await;
        assert_eq!((from, bytes), (FROM as u64, rest()), "{headers}");
        assert_eq!(said.length, Some(TOTAL as u64), "{headers}");
        let kept = |copy: ServerCopy| (copy.format, copy.etag, copy.file_name, copy.digest);
        assert_eq!(kept(said), kept(copy), "{headers}");
        assert_eq!(asked(&server), [ranged(validator)], "{headers}");
    }
}

#[tokio::test]
async fn what_is_not_the_rest_of_that_copy_is_left_and_the_whole_is_asked_for_once() {
    let range = |range: &str| format!("ETag: \"a\"\r\nContent-Range: {range}\r\n");
    let fitting = format!("ETag: \"a\"\r\n{RANGE}");
    let etag = |etag: &str| format!("{RANGE}{etag}");
    let date = |date: &str| format!("{RANGE}Last-Modified: {date}\r\n");
    let digested = || ServerCopy {
        digest: Some(Sha256Digest::of(b"abc")),
        ..earlier()
    };
    for (copy, headers) in [
        // Another range, or none that can be read.
        (earlier(), "ETag: \"a\"\r\n".to_owned()),
        (earlier(), range("bytes 10000-32043/32044")),
        (earlier(), range("bytes 19999-32043/32044")),
        (earlier(), range("bytes 20001-32043/32044")),
        (earlier(), range("bytes 0-32043/32044")),
        (earlier(), range("bytes 20000-32042/32044")),
        (earlier(), range("bytes 20000-32043/32045")),
        (earlier(), range("bytes 20000-32044/32045")),
        (earlier(), range("bytes 20000-32043/*")),
        (earlier(), range("bytes */32044")),
        (earlier(), range("bytes 20000-32044/32044")),
        (earlier(), range("bytes=20000-32043/32044")),
        (earlier(), range("items 20000-32043/32044")),
        (
            earlier(),
            range("bytes 20000-99999999999999999999/99999999999999999999"),
        ),
        (earlier(), format!("{fitting}{RANGE}")),
        (
            earlier(),
            format!("{fitting}Content-Range: bytes 0-1/32044\r\n"),
        ),
        (
            earlier(),
            format!("{fitting}Content-Type: multipart/byteranges; boundary=x\r\n"),
        ),
        // Another coding.
        (earlier(), format!("{fitting}Content-Encoding: gzip\r\n")),
        (
            earlier(),
            format!("{fitting}Content-Encoding: aws-chunked\r\n"),
        ),
        // Another copy, or one that nothing shows to be the same.
        (earlier(), etag("")),
        (earlier(), etag("ETag: \"b\"\r\n")),
        (earlier(), etag("ETag: W/\"a\"\r\n")),
        (earlier(), etag("ETag: \"A\"\r\n")),
        (earlier(), etag("ETag: a\r\n")),
        (earlier(), etag("ETag: \"a\"\r\nETag: \"b\"\r\n")),
        (dated(), date("Mon, 23 Nov 2026 13:00:01 GMT")),
        (dated(), date("soon")),
        (dated(), etag("")),
        (dated(), etag("ETag: \"a\"\r\n")),
        (digested(), format!("{fitting}Repr-Digest: {OTHER}\r\n")),
    ] {
        let validator = copy.strong_validator().unwrap().to_owned();
        let server = answering(vec![Step::Send(partial(&headers))]).await;
        let recording = go_on(&*connect(&server.origin()), &point(copy)).await;
        let (from, said, bytes) = read(recording.unwrap()).await;
        assert_eq!((from, bytes), (0, second_of_wav()), "{headers}");
        assert_eq!(said.etag.as_deref(), Some("\"b\""), "{headers}");
        assert_eq!(said.file_name, None, "{headers}");
        assert_eq!(asked(&server), [ranged(&validator), UNRANGED], "{headers}");
    }
}

#[tokio::test]
async fn a_length_that_is_not_its_ranges_and_a_range_that_can_not_be_satisfied_lead_to_the_whole() {
    let fitting = format!("ETag: \"a\"\r\n{RANGE}");
    let beyond = "Content-Range: bytes */32044\r\n";
    let longer = fitting.replace("32043/32044", "32044/32045");
    let shorter = fitting.replace("32043/32044", "32042/32043");
    for odd in [
        answer("206 Partial Content", &fitting, &rest()[1..]),
        answer("206 Partial Content", &fitting, [rest(), vec![0]].concat()),
        answer("206 Partial Content", &fitting, second_of_wav()),
        answer("206 Partial Content", &fitting, ""),
        answer("206 Partial Content", &longer, [rest(), vec![0]].concat()),
        answer("206 Partial Content", &shorter, &rest()[1..]),
        answer("416 Range Not Satisfiable", beyond, ""),
        answer("416 Range Not Satisfiable", "", "no such range"),
        html("416 Range Not Satisfiable"),
        html("206 Partial Content"),
    ] {
        let shown = String::from_utf8_lossy(&odd[..odd.len().min(90)]).into_owned();
        let server = answering(vec![Step::Send(odd)]).await;
        let recording = go_on(&*connect(&server.origin()), &point(earlier())).await;
        let (from, _, bytes) = read(recording.unwrap()).await;
        assert_eq!((from, bytes), (0, second_of_wav()), "{shown}");
        assert_eq!(asked(&server), [ranged("\"a\""), UNRANGED], "{shown}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_not_read() {
    let size = 64 * 1024 * 1024;
    for status in ["206 Partial Content", "416 Range Not Satisfiable"] {
        let long = format!(
            "Content-Length: {size}\r\nContent-Range: bytes 0-{}/{size}\r\n",
            size - 1
        );
        let mut bytes = head(status, &long);
        bytes.resize(bytes.len() + size, 0);
        let stalling = [head(status, "Content-Length: 5\r\n"), b"a".to_vec()].concat();
        for steps in [
            vec![Step::Send(bytes)],
            vec![Step::Send(stalling), FOR_EVER],
        ] {
            let server = answering(steps).await;
            let begun = Instant::now();
            let api = connect(&server.origin());
            let recording = go_on(&*api, &point(earlier())).await;
            let (_, _, bytes) = read(recording.unwrap()).await;
            assert_eq!(bytes, second_of_wav());
            assert!(begun.elapsed() < PATIENCE / 2, "{status}");
            // What the system's socket buffers hold can't be taken back.
            assert!(server.sent() < size / 4, "{} bytes", server.sent());
        }
    }
}

#[tokio::test]
async fn what_comes_when_asked_anew_is_the_outcome_and_nothing_more_is_asked() {
    let unasked = partial(&format!("ETag: \"a\"\r\n{RANGE}"));
    for (second, kind) in [
        (unasked, FailureKind::UnexpectedAnswer),
        (
            html("416 Range Not Satisfiable"),
            FailureKind::WebPageInstead,
        ),
        (json("500 Oops", "{}"), FailureKind::ServiceTrouble),
        (
            json("401 Unauthorized", "{}"),
            FailureKind::SignInNotAccepted,
        ),
        (html("200 OK"), FailureKind::WebPageInstead),
    ] {
        for first in [
            partial("Content-Range: bytes 0-1/2\r\n"),
            json("416 Range Not Satisfiable", "{}"),
        ] {
            let second = second.clone();
            let server = Server::start(move |request| {
                let is_first = field(request, "range").is_some();
                vec![Step::Send(if is_first { &first } else { &second }.clone())]
            })
            .await;
            let error = go_on(&*connect(&server.origin()), &point(earlier())).await;
            let error = error.err().unwrap();
            assert_discreet(&error);
            assert_eq!(error.failure.kind, kind);
            assert_eq!(asked(&server), [ranged("\"a\""), UNRANGED]);
        }
    }
}

#[tokio::test]
async fn every_other_answer_counts_as_it_does_to_a_first_request() {
    let digest = format!("Repr-Digest: {ABC}\r\n");
    let mut answers = vec![
        whole(),
        answer(
            "200 OK",
            &format!("ETag: \"a\"\r\n{RANGE}"),
            second_of_wav(),
        ),
        answer("200 OK", &digest, second_of_wav()),
        answer("200 OK", "", rest()),
        answer("200 OK", "", ""),
        answer("200 OK", "Content-Encoding: gzip\r\n", second_of_wav()),
        answer(
            "200 OK",
            "Content-Encoding: aws-chunked\r\n",
            second_of_wav(),
        ),
        html("200 OK"),
        json("200 OK", "{}"),
        json("404 Not Found", NOTHING),
        html("404 Not Found"),
        answer("302 Found", "Location: https://elsewhere.example/\r\n", ""),
        head("204 No Content", ""),
        head("304 Not Modified", ""),
    ];
    answers.extend(
        [
            400, 401, 403, 404, 405, 408, 409, 412, 413, 429, 500, 501, 503,
        ]
        .map(|status| json(&format!("{status} Said"), r#"{"error":"some"}"#)),
    );
    for said in answers {
        let shown = String::from_utf8_lossy(&said[..said.len().min(90)]).into_owned();
        let server = Server::saying(vec![Step::Send(said), Step::Close]).await;
        let api = connect(&server.origin());
        let (doctor, cut) = (doctor(), point(earlier()));
        let mut seen = Vec::new();
        for resume in [None, Some(&cut)] {
            seen.push(match api.download(&doctor, Duration::MAX, resume).await {
                Ok(Download::Recording(recording)) => {
                    let coding = recording.coding.clone();
                    Ok(Some((coding, read(recording).await)))
                }
                Ok(Download::Nothing) => Ok(None),
                Err(error) => Err(error.failure.kind),
            });
        }
        assert_eq!(seen[0], seen[1], "{shown}");
        // It may be the range that is refused: then it is asked once without.
        let refusals = ["400", "403", "405", "412", "413", "501"];
        let may_be_refused = refusals
            .iter()
            .any(|status| shown.contains(&format!(" {status} ")));
        let mut sent = vec![UNRANGED, ranged("\"a\"")];
        sent.extend(may_be_refused.then_some(UNRANGED));
        assert_eq!(asked(&server), sent, "{shown}");
    }
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_recording() {
    let headers = format!("ETag: \"a\"\r\n{RANGE}");
    let server = Server::saying(vec![Step::Send(partial(&headers))]).await;
    let api = connect(&server.origin());
    let error = api.download(&doctor(), Duration::MAX, None).await.err();
    let kind = error.unwrap().failure.kind;
    assert_eq!(kind, FailureKind::UnexpectedAnswer);
    api.look(&doctor(), Duration::MAX).await.unwrap_err();
    assert_eq!(asked(&server), [UNRANGED, UNRANGED]);
}

#[tokio::test]
async fn a_range_follows_a_redirect_within_the_origin_and_goes_nowhere_else() {
    let elsewhere = Server::saying(vec![Step::Send(whole())]).await;
    for status in ["301 M", "302 M", "303 M", "307 M", "308 M"] {
        for (headers, fits) in [("ETag: \"a\"\r\n", true), ("ETag: \"b\"\r\n", false)] {
            let headers = format!("{headers}{RANGE}");
            let server = Server::start(move |request| {
                vec![Step::Send(if !request.line().starts_with("GET /moved") {
                    answer(status, "Location: /moved\r\n", "")
                } else if field(request, "range").is_some() {
                    partial(&headers)
                } else {
                    whole()
                })]
            })
            .await;
            let recording = go_on(&*connect(&server.origin()), &point(earlier())).await;
            let (from, _, bytes) = read(recording.unwrap()).await;
            let both = [ranged("\"a\""), ranged("\"a\"")];
            if fits {
                assert_eq!((from, bytes), (FROM as u64, rest()), "{status}");
                assert_eq!(asked(&server), both, "{status}");
            } else {
                assert_eq!((from, bytes), (0, second_of_wav()), "{status}");
                let anew = [&both[..], &[UNRANGED, UNRANGED]].concat();
                assert_eq!(asked(&server), anew, "{status}");
            }
        }
        let away = format!("Location: {}/x\r\n", elsewhere.origin());
        let server = answering(vec![Step::Send(answer(status, &away, ""))]).await;
        let error = go_on(&*connect(&server.origin()), &point(earlier())).await;
        let kind = error.err().unwrap().failure.kind;
        assert!(matches!(kind, FailureKind::Redirected { .. }), "{kind:?}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

/// What was kept open may be as dead as the connection that was cut.
#[tokio::test]
async fn a_range_is_asked_for_over_a_new_connection() {
    let server = Server::start(|request| {
        if field(request, "range").is_none() {
            return vec![Step::Send(json("404 Not Found", NOTHING))];
        }
        vec![Step::Send(partial(&format!("ETag: \"a\"\r\n{RANGE}")))]
    })
    .await;
    let api = connect(&server.origin());
    for _ in 0..2 {
        api.look(&doctor(), Duration::MAX).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    let recording = go_on(&*api, &point(earlier())).await;
    let (from, _, bytes) = read(recording.unwrap()).await;
    assert_eq!((from, bytes), (FROM as u64, rest()));
    assert_eq!(asked(&server), [UNRANGED, UNRANGED, ranged("\"a\"")]);
    assert_eq!(server.connections(), 2);
}
