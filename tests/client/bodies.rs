//! Bodies of recordings that end as they should not.

use std::time::Duration;

use audio_housekeeper::api::{ApiError, Download};
use audio_housekeeper::domain::FailureKind;
use futures_util::future::join_all;
use support::recordings::second_of_wav;
use support::server::{Server, Step, head};

use crate::{BEFORE_RESET, FOR_EVER, LIMIT, PATIENCE, assert_discreet, connect_with, doctor};

/// Downloads to the end; the bytes that came, and how it ended.
async fn download(steps: Vec<Step>) -> (u64, Result<(), ApiError>) {
    download_within(PATIENCE, steps).await
}

/// As [`download`], where nothing may take longer to come than `patience`.
async fn download_within(patience: Duration, steps: Vec<Step>) -> (u64, Result<(), ApiError>) {
    let server = Server::saying(steps).await;
    let api = connect_with(&server.origin(), patience);
    let mut received = 0;
    let mut recording = match api.download(&doctor(), Duration::MAX, None).await {
        Ok(Download::Recording(recording)) => recording,
        Ok(Download::Nothing) => panic!("a download found nothing"),
        Err(error) => return (0, Err(error)),
    };
    loop {
        match recording.body.next().await {
            Ok(Some(bytes)) => received += bytes.len() as u64,
            Ok(None) => return (received, Ok(())),
            Err(error) => return (received, Err(error)),
        }
    }
}

fn first(bytes: usize) -> Vec<Step> {
    let mut answer = head("200 OK", "Content-Length: 32044\r\n");
    answer.extend(&second_of_wav()[..bytes]);
    vec![Step::Send(answer)]
}

#[tokio::test]
async fn a_cut_says_how_much_had_come() {
    let pause = Step::Pause(Duration::from_millis(50));
    for end in [[pause, Step::Close], [BEFORE_RESET, Step::Reset]] {
        let cut = async |bytes| {
            let steps = [first(bytes), end.to_vec()].concat();
            let (_, result) = download(steps).await;
            let error = result.unwrap_err();
            assert_discreet(&error);
            let expected = FailureKind::ConnectionDropped {
                received: bytes as u64,
                total: Some(32_044),
            };
            assert_eq!(error.failure.kind, expected);
        };
        join_all([0, 1, 15, 16, 40, 16_022, 32_043].map(cut)).await;
    }
}

#[tokio::test]
async fn a_stall_in_the_middle_times_out() {
    let stalled = async |bytes| {
        let steps = [first(bytes), vec![FOR_EVER]].concat();
        // Whatever else is slow only ends it earlier, and alike.
        let (_, result) = download_within(Duration::from_secs(1), steps).await;
        let kind = result.unwrap_err().failure.kind;
        assert_eq!(kind, FailureKind::TimedOut, "{bytes}");
    };
    join_all([0, 10, 20_000, 32_043].map(stalled)).await;
}

#[tokio::test]
async fn a_slow_body_has_all_the_time_it_needs() {
    let mut steps = first(20_000);
    let gap = Duration::from_millis(500);
    let pieces = second_of_wav()[20_000..]
        .chunks(1400)
        .map(<[u8]>::to_vec)
        .collect::<Vec<_>>();
    assert!(gap * u32::try_from(pieces.len()).unwrap() > LIMIT);
    for piece in pieces {
        steps.extend([Step::Pause(gap), Step::Send(piece)]);
    }
    let (received, result) = download_within(LIMIT, steps).await;
    result.unwrap();
    assert_eq!(received, 32_044);
}

#[tokio::test]
async fn a_chunked_body_that_is_cut_is_no_end() {
    let mut answer = head("200 OK", "Transfer-Encoding: chunked\r\n");
    answer.extend(b"7d2c\r\n");
    answer.extend(&second_of_wav()[..20_000]);
    let (_, result) = download(vec![Step::Send(answer), Step::Close]).await;
    let expected = FailureKind::ConnectionDropped {
        received: 20_000,
        total: None,
    };
    assert_eq!(result.unwrap_err().failure.kind, expected);
}

#[tokio::test]
async fn a_chunked_body_that_ends_before_it_shows_what_it_is_counts_as_cut() {
    for body in [
        &b"R"[..],
        b"RIF",
        b"RIFF\x24\0",
        b"RF64\xff\xff\xff\xffWAV",
        b"fLa",
        b"riff\x2e\x91",
    ] {
        let mut answer = head("200 OK", "Transfer-Encoding: chunked\r\n");
        answer.extend(format!("{:x}\r\n", body.len()).bytes());
        answer.extend(body);
        answer.extend(b"\r\n0\r\n\r\n");
        let (_, result) = download(vec![Step::Send(answer)]).await;
        let expected = FailureKind::ConnectionDropped {
            received: body.len() as u64,
            total: None,
        };
        assert_eq!(result.unwrap_err().failure.kind, expected, "{body:?}");
    }
}

#[tokio::test]
async fn a_short_body_that_begins_no_recording_or_is_all_that_was_announced_is_no_cut() {
    for (fields, body, arrived) in [
        (
            "Transfer-Encoding: chunked\r\n",
            "3\r\nRIX\r\n0\r\n\r\n",
            false,
        ),
        (
            "Transfer-Encoding: chunked\r\n",
            "c\r\nRIFF....AVI \r\n0\r\n\r\n",
            false,
        ),
        ("Content-Length: 3\r\n", "RIF", true),
    ] {
        let answer = [head("200 OK", fields), body.into()].concat();
        let (_, result) = download(vec![Step::Send(answer)]).await;
        let kind = result.unwrap_err().failure.kind;
        assert_eq!(kind, FailureKind::NotAudio { arrived }, "{body:?}");
    }
}
