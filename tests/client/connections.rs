//! Connections that fail, and how often a DELETE is sent over them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use audio_housekeeper::domain::FailureKind;
use futures_util::future::join_all;
use rustls::server::Acceptor;
use support::certificate::acceptor;
use support::server::{Server, Step, head, json, read_head};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::LazyConfigAcceptor;

use crate::environment::{is_again, run_again};
use crate::{CALLS, Call, FOR_EVER, LIMIT, PATIENCE, Seen, assert_discreet, connect, connect_with};

fn dropped(received: u64, total: Option<u64>) -> FailureKind {
    FailureKind::ConnectionDropped { received, total }
}

#[tokio::test]
async fn a_connection_lost_before_the_answer_leaves_it_open_whether_the_request_took_effect() {
    for end in [Step::Close, Step::Reset] {
        for call in CALLS {
            let server = Server::saying(vec![end.clone()]).await;
            let error = call.make(&*connect(&server.origin())).await.unwrap_err();
            assert_discreet(&error);
            assert_eq!(error.failure.kind, dropped(0, None), "{call:?}");
            assert!(error.may_have_reached, "{call:?}");
            assert_eq!(server.requests().len(), 1, "{call:?}");
        }
    }
}

#[tokio::test]
async fn half_a_head_is_no_answer() {
    for call in CALLS {
        let half = b"HTTP/1.1 200 OK\r\nContent-Le".to_vec();
        let server = Server::saying(vec![Step::Send(half), Step::Close]).await;
        let error = call.make(&*connect(&server.origin())).await.unwrap_err();
        assert_eq!(error.failure.kind, dropped(0, None), "{call:?}");
        assert_eq!(server.requests().len(), 1, "{call:?}");
    }
}

#[tokio::test]
async fn a_stall_ends_in_a_time_out_wherever_it_is() {
    let body = json("200 OK", r#"{"message":"File(s) deleted successfully."}"#);
    let (half, _) = body.split_at(body.len() - 8);
    let drip: Vec<Step> = std::iter::repeat_n(
        [
            Step::Send(b" ".to_vec()),
            Step::Pause(Duration::from_millis(500)),
        ],
        100,
    )
    .flatten()
    .collect();
    let dripping = [
        vec![Step::Send(head("200 OK", "Content-Length: 5000\r\n"))],
        drip,
    ]
    .concat();
    let mut stalls = Vec::new();
    for (name, steps) in [
        ("before the headers", vec![FOR_EVER]),
        (
            "in the headers",
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nCont".to_vec()), FOR_EVER],
        ),
        ("in the body", vec![Step::Send(half.to_vec()), FOR_EVER]),
        ("a body a byte at a time", dripping),
    ] {
        for call in CALLS {
            // Looks and downloads know JSON by its first bytes and wait for no more.
            let told_by_start = name == "in the body" && !call.deletes();
            if told_by_start {
                continue;
            }
            let server = Server::saying(steps.clone()).await;
            let api = connect_with(&server.origin(), LIMIT);
            stalls.push((name, call, server, api));
        }
    }
    let begun = Instant::now();
    let timed_out = stalls.into_iter().map(async |(name, call, server, api)| {
        let error = call.make(&*api).await.unwrap_err();
        assert_eq!(
            error.failure.kind,
            FailureKind::TimedOut,
            "{name}, {call:?}"
        );
        assert!(error.may_have_reached, "{name}, {call:?}");
        assert!(begun.elapsed() < PATIENCE / 3, "{name}, {call:?}");
        assert_eq!(server.requests().len(), 1, "{name}, {call:?}");
    });
    join_all(timed_out).await;
}

#[tokio::test]
async fn an_answer_that_is_cut_is_not_taken_for_the_documented_one() {
    for (status, body) in [
        (
            "404 Not Found",
            r#"{"error":"No audio file found for this doctor."}"#,
        ),
        ("200 OK", r#"{"message":"File(s) deleted successfully."}"#),
        ("500 Oops", r#"{"error":"Failed to delete files."}"#),
    ] {
        for call in CALLS {
            let mut cut = head(status, "Content-Length: 90\r\n");
            cut.extend(body.bytes());
            let server = Server::saying(vec![Step::Send(cut), Step::Close]).await;
            let error = call.make(&*connect(&server.origin())).await.unwrap_err();
            assert!(error.may_have_reached, "{status}, {call:?}");
        }
    }
}

#[tokio::test]
async fn each_delete_has_a_connection_of_its_own() {
    let server = Server::saying(vec![Step::Send(json("200 OK", r#"{"message":"done"}"#))]).await;
    let api = connect(&server.origin());
    for _ in 0..3 {
        api.delete(&crate::doctor()).await.unwrap();
        api.delete_all().await.unwrap();
    }
    assert_eq!(server.connections(), 6);
    assert_eq!(server.requests().len(), 6);
}

/// A connection that the server closes as the next request comes is the classic reason for a
/// hidden second try.
#[tokio::test]
async fn a_delete_after_a_delete_is_not_sent_again_when_the_server_hangs_up() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |_| {
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            vec![Step::Send(json("200 OK", r#"{"message":"done"}"#))]
        } else {
            vec![Step::Close]
        }
    })
    .await;
    let api = connect(&server.origin());
    api.delete(&crate::doctor()).await.unwrap();
    let error = api.delete(&crate::doctor()).await.unwrap_err();
    assert!(error.may_have_reached);
    assert_eq!(server.requests().len(), 2);
}

const NOTHING: &str = r#"{"error":"No audio file found for this doctor"}"#;

/// A service that keeps two connections open, each with one answer given, and closes them as the
/// next `closings` requests come, as one does that closes idle connections.
async fn closing_kept_connections(closings: usize, close: Step) -> Server {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let before = asked.fetch_add(1, Ordering::SeqCst);
        if (2..2 + closings).contains(&before) {
            return vec![close.clone()];
        }
        // Both are open before either can be used again.
        let pause = Step::Pause(Duration::from_millis(100));
        vec![pause, Step::Send(json("404 Not Found", NOTHING))]
    });
    server.await
}

#[tokio::test]
async fn a_get_that_meets_the_end_of_a_kept_connection_is_sent_once_more_over_a_new_one() {
    for close in [Step::Close, Step::Reset] {
        for call in [Call::Look, Call::Download] {
            for closings in [1, 2] {
                let server = closing_kept_connections(closings, close.clone()).await;
                let api = connect(&server.origin());
                let (one, other) = tokio::join!(call.make(&*api), call.make(&*api));
                assert_eq!(
                    (one.unwrap(), other.unwrap()),
                    (Seen::Nothing, Seen::Nothing)
                );
                assert_eq!(server.connections(), 2);
                let met = call.make(&*api).await;
                assert_eq!(
                    server.requests().len(),
                    4,
                    "once more, and no more than that"
                );
                assert_eq!(server.connections(), 3, "the other kept one may be as dead");
                if closings == 1 {
                    assert_eq!(met.unwrap(), Seen::Nothing);
                } else {
                    assert_eq!(met.unwrap_err().failure.kind, dropped(0, None));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stall_on_a_kept_connection_is_not_asked_about_again() {
    let server = closing_kept_connections(1, FOR_EVER).await;
    let api = connect_with(&server.origin(), LIMIT);
    let look = || Call::Look.make(&*api);
    let (one, other) = tokio::join!(look(), look());
    assert_eq!(
        (one.unwrap(), other.unwrap()),
        (Seen::Nothing, Seen::Nothing)
    );
    let met = look().await.unwrap_err().failure.kind;
    assert_eq!(met, FailureKind::TimedOut);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_closed_port_is_no_answer_and_nothing_was_reached() {
    // Nobody else can listen there, and this doesn't.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = held.local_addr().unwrap().port();
    // On Windows the system itself tries it again for two seconds.
    let refused = async |call: Call| {
        let api = connect(&format!("http://127.0.0.1:{port}"));
        let error = call.make(&*api).await.unwrap_err();
        assert_discreet(&error);
        assert_eq!(error.failure.kind, FailureKind::NoAnswer, "{call:?}");
        assert!(!error.may_have_reached, "{call:?}");
    };
    join_all(CALLS.map(refused)).await;
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_said_so_and_nothing_was_reached() {
    if !is_again() {
        let name = "connections::a_name_that_nobody_knows_is_said_so_and_nothing_was_reached";
        return run_again(name, None).await;
    }
    for call in CALLS {
        let api = connect("https://nowhere.invalid");
        let error = call.make(&*api).await.unwrap_err();
        assert_discreet(&error);
        assert_eq!(error.failure.kind, FailureKind::ServiceNotFound, "{call:?}");
        assert!(!error.may_have_reached, "{call:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_the_token_is_sent() {
    if !is_again() {
        let name = "connections::a_certificate_that_nobody_vouches_for_is_refused_before_the_token_is_sent";
        return run_again(name, None).await;
    }
    let acceptor = acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await
                && read_head(&mut stream).await.is_some()
            {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    for call in CALLS {
        let api = connect(&format!("https://localhost:{port}"));
        let error = call.make(&*api).await.unwrap_err();
        assert_discreet(&error);
        assert_eq!(error.failure.kind, FailureKind::NotTrusted, "{call:?}");
        assert!(!error.may_have_reached, "{call:?}");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    accepting.abort();
}

/// HTTP/2 refuses streams and closes connections in ways that a client answers by asking again.
#[tokio::test]
async fn a_delete_does_not_offer_to_speak_http_2() {
    if !is_again() {
        let name = "connections::a_delete_does_not_offer_to_speak_http_2";
        return run_again(name, None).await;
    }
    for call in CALLS {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let greeting = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream);
            let hello = hello.await.unwrap();
            let offered = hello.client_hello().alpn().into_iter().flatten();
            offered.map(<[u8]>::to_vec).collect::<Vec<_>>()
        });
        let api = connect(&format!("https://localhost:{port}"));
        call.make(&*api).await.unwrap_err();
        let offers_http_2 = greeting.await.unwrap().contains(&b"h2".to_vec());
        assert_eq!(offers_http_2, !call.deletes(), "{call:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_not_trusted() {
    if !is_again() {
        let name = "connections::a_server_that_does_not_speak_tls_is_not_trusted";
        return run_again(name, None).await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepting = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(plain).await.unwrap();
            // Closed with something unread in it, it would be reset. The client goes first.
            let _ended = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    for call in CALLS {
        let api = connect(&format!("https://127.0.0.1:{port}"));
        let error = call.make(&*api).await.unwrap_err();
        assert_eq!(error.failure.kind, FailureKind::NotTrusted, "{call:?}");
        assert!(!error.may_have_reached, "{call:?}");
    }
    accepting.abort();
}
