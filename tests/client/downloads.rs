//! What a look and a download learn from one answer.

use std::time::Duration;

use audio_housekeeper::api::{Download, Look};
use audio_housekeeper::domain::{
    AudioFormat, DoctorName, FailureKind, OtherRecording, ServerCopy, Sha256Digest, Unfit,
};
use support::recordings::{flac, second_of_wav};
use support::server::{Server, Step, answer, head};

use crate::{assert_discreet, connect, doctor};

async fn looked_at(bytes: Vec<u8>) -> ServerCopy {
    let server = Server::saying(vec![Step::Send(bytes), Step::Close]).await;
    let api = connect(&server.origin());
    let Look::Has(looked) = api.look(&doctor(), Duration::MAX).await.unwrap() else {
        panic!("a look found nothing");
    };
    let Download::Recording(recording) =
        api.download(&doctor(), Duration::MAX, None).await.unwrap()
    else {
        panic!("a download found nothing");
    };
    assert_eq!(recording.copy, looked, "a look and a download differ");
    looked
}

#[tokio::test]
async fn the_headers_say_what_can_be_compared_later() {
    let body = second_of_wav();
    let digest = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    let copy = looked_at(answer(
        "200 OK",
        &format!(
            "Content-Type: audio/x-wav; rate=16000\r\nETag: W/\"a\"\r\n\
             Date: Mon, 23 Nov 2026 14:00:00 GMT\r\n\
             Last-Modified: Mon, 23 Nov 2026 13:00:00 GMT\r\nRepr-Digest: {digest}\r\n\
             Content-Disposition: attachment; filename=\"../audio-Dr. A.wav\"\r\n"
        ),
        &body,
    ))
    .await;
    assert_eq!(
        copy,
        ServerCopy {
            format: Some(AudioFormat::Wav),
            length: Some(body.len() as u64),
            etag: Some("W/\"a\"".to_owned()),
            last_modified: Some("Mon, 23 Nov 2026 13:00:00 GMT".to_owned()),
            digest: Some(Sha256Digest::of(b"abc")),
            file_name: Some("../audio-Dr. A.wav".to_owned()),
            unfit: None,
        }
    );
}

#[tokio::test]
async fn the_format_is_what_the_bytes_are_whatever_the_type_says() {
    for content_type in [
        "",
        "Content-Type: application/octet-stream\r\n",
        "Content-Type: audio/vnd.wave\r\n",
        "Content-Type: audio/flac\r\n",
        "Content-Type: text/html\r\n",
    ] {
        let copy = looked_at(answer("200 OK", content_type, second_of_wav())).await;
        assert_eq!(copy.format, Some(AudioFormat::Wav), "{content_type}");
        let copy = looked_at(answer("200 OK", content_type, flac(1))).await;
        assert_eq!(copy.format, Some(AudioFormat::Flac), "{content_type}");
    }
}

#[tokio::test]
async fn plain_audio_is_taken_whatever_unregistered_coding_it_is_said_to_have() {
    for body in [second_of_wav(), flac(1)] {
        for (said, coding) in [
            ("Content-Encoding: aws-chunked\r\n", Some("aws-chunked")),
            ("Content-Encoding: identity, utf-8\r\n", Some("utf-8")),
            ("Content-Encoding: identity\r\n", None),
        ] {
            let bytes = answer("200 OK", said, &body);
            let length = looked_at(bytes.clone()).await.length;
            assert_eq!(length, Some(body.len() as u64), "{said}");
            let server = Server::saying(vec![Step::Send(bytes)]).await;
            let download = connect(&server.origin())
                .download(&doctor(), Duration::MAX, None)
                .await;
            let Download::Recording(recording) = download.unwrap() else {
                panic!("a download found nothing");
            };
            assert_eq!(recording.coding.as_deref(), coding, "{said}");
        }
        let said = "Content-Encoding: aws-chunked, gzip\r\n";
        let server = Server::saying(vec![Step::Send(answer("200 OK", said, &body))]).await;
        let error = connect(&server.origin())
            .look(&doctor(), Duration::MAX)
            .await;
        let kind = error.unwrap_err().failure.kind;
        assert_eq!(kind, FailureKind::UnexpectedAnswer);
    }
}

#[tokio::test]
async fn what_a_cache_may_have_kept_for_longer_than_is_asked_for_says_nothing() {
    let nothing = r#"{"error":"No audio file found for this doctor"}"#;
    for (status, body) in [
        ("404 Not Found", nothing.as_bytes()),
        ("200 OK", &second_of_wav()),
    ] {
        for (said, least) in [
            ("", 0),
            ("Age: 0\r\n", 1),
            ("Age: 600\r\n", 601),
            ("Age: 5\r\nAge: 600\r\n", 601),
            ("Age: soon\r\n", u64::MAX),
        ] {
            let server = Server::saying(vec![Step::Send(answer(status, said, body)), Step::Close]);
            let server = server.await;
            let api = connect(&server.origin());
            let (doctor, least) = (doctor(), Duration::from_secs(least));
            api.look(&doctor, Duration::MAX).await.unwrap();
            if said != "Age: soon\r\n" {
                api.look(&doctor, least).await.unwrap();
            }
            let Some(shorter) = least.checked_sub(Duration::from_millis(1)) else {
                continue;
            };
            let error = api.look(&doctor, shorter).await.unwrap_err();
            assert_discreet(&error);
            assert_eq!(error.failure.kind, FailureKind::AnswerTooOld, "{said}");
        }
    }
}

#[tokio::test]
async fn without_a_length_none_is_made_up() {
    let mut until_close = head("200 OK", "Connection: close\r\n");
    until_close.extend(second_of_wav());
    assert_eq!(looked_at(until_close).await.length, None);

    let mut chunked = head("200 OK", "Transfer-Encoding: chunked\r\n");
    chunked.extend(format!("{:x}\r\n", second_of_wav().len()).bytes());
    chunked.extend(second_of_wav());
    chunked.extend(b"\r\n0\r\n\r\n");
    assert_eq!(looked_at(chunked).await.length, None);
}

#[tokio::test]
async fn the_first_bytes_are_recognised_however_they_are_cut_up() {
    let mut steps = vec![Step::Send(head("200 OK", "Content-Length: 32044\r\n"))];
    steps.extend(second_of_wav().chunks(1).take(20).flat_map(|byte| {
        [
            Step::Send(byte.to_vec()),
            Step::Pause(Duration::from_millis(5)),
        ]
    }));
    steps.push(Step::Send(second_of_wav().split_off(20)));
    let server = Server::saying(steps).await;
    let api = connect(&server.origin());
    let Download::Recording(mut recording) =
        api.download(&doctor(), Duration::MAX, None).await.unwrap()
    else {
        panic!("a download found nothing");
    };
    let mut all = Vec::new();
    while let Some(bytes) = recording.body.next().await.unwrap() {
        all.extend(bytes);
    }
    assert_eq!(all, second_of_wav());
}

#[tokio::test]
async fn a_look_does_not_fetch_the_recording() {
    let size = 64 * 1024 * 1024;
    let mut bytes = head("200 OK", &format!("Content-Length: {size}\r\n"));
    let begin = bytes.len();
    bytes.extend(second_of_wav());
    bytes.resize(begin + size, 0);
    let server = Server::saying(vec![Step::Send(bytes)]).await;
    let looked = connect(&server.origin())
        .look(&doctor(), Duration::MAX)
        .await
        .unwrap();
    let Look::Has(copy) = looked else {
        panic!("a look found nothing");
    };
    assert_eq!(copy.length, Some(size as u64));
    tokio::time::sleep(Duration::from_millis(200)).await;
    // What the system's socket buffers hold can't be taken back; the rest was never sent.
    assert!(
        server.sent() < size / 4,
        "{} bytes were sent",
        server.sent()
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn names_travel_byte_by_byte() {
    for (name, query) in [
        ("Jürgen Groß", "J%C3%BCrgen%20Gro%C3%9F"),
        ("J\u{75}\u{308}rgen", "J%C3%BCrgen"),
        ("O'Neil & Sons+1, #2", "O%27Neil%20%26%20Sons%2B1%2C%20%232"),
        ("a=b?c/d\\e%20f", "a%3Db%3Fc%2Fd%5Ce%2520f"),
        ("田中", "%E7%94%B0%E4%B8%AD"),
        ("-._~", "-._~"),
    ] {
        let server = Server::saying(vec![Step::Send(answer("200 OK", "", second_of_wav()))]).await;
        let doctor = DoctorName::parse(name).unwrap();
        let api = connect(&server.origin());
        api.look(&doctor, Duration::MAX).await.unwrap();
        api.delete(&doctor).await.unwrap_err();
        assert_eq!(
            server.lines(),
            [
                format!("GET /api/download?doctorName={query} HTTP/1.1"),
                format!("DELETE /api/delete?doctorName={query} HTTP/1.1"),
            ],
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_look_tells_what_is_empty_or_of_another_kind_for_what_it_is() {
    let ds2 = b"\x07ds2\x02\0\x03\0 and so on and on";
    let other = Some(Unfit::Other(OtherRecording::Ds2));
    let chunked = [
        &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n"[..],
        ds2,
        b"\r\n0\r\n\r\n",
    ];
    for (answered, unfit, length) in [
        (answer("200 OK", "", ""), Some(Unfit::Empty), Some(0)),
        (answer("200 OK", "", ds2), other, Some(ds2.len() as u64)),
        (chunked.concat(), other, None),
    ] {
        let copy = looked_at(answered).await;
        assert_eq!(
            (copy.unfit, copy.length, copy.format),
            (unfit, length, None)
        );
    }
}
