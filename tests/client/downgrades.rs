//! No redirect takes a call from TLS down to plain HTTP. Only on Linux does the environment say who
//! vouches for a certificate.
#![cfg(target_os = "linux")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use audio_housekeeper::domain::FailureKind;
use support::certificate::{AUTHORITY, acceptor};
use support::server::{Server, Step, answer, json, read_head};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::environment::{is_again, run_again};
use crate::redirects::STATUSES;
use crate::{CALLS, assert_discreet, connect};

/// A server that says this over TLS, and how often it was asked.
async fn over_tls(said: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (counted, said) = (Arc::clone(&counted), said.clone());
            tokio::spawn(async move {
                let mut stream = acceptor().accept(stream).await.unwrap();
                while read_head(&mut stream).await.is_some() {
                    counted.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(&said).await.unwrap();
                    stream.flush().await.unwrap();
                }
            });
        }
    });
    (port, requests)
}

#[tokio::test]
async fn nothing_is_sent_on_from_tls_in_plain_text() {
    if !is_again() {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        fs::write(&authority, AUTHORITY).unwrap();
        let variable = ("SSL_CERT_FILE", authority.to_string_lossy().into_owned());
        let name = "downgrades::nothing_is_sent_on_from_tls_in_plain_text";
        return run_again(name, Some(variable)).await;
    }
    let plain = Server::saying(vec![Step::Send(json("200 OK", "{}"))]).await;
    for status in STATUSES {
        let location = format!("Location: http://localhost:{}/x\r\n", plain.port);
        let (port, requests) = over_tls(answer(status, &location, "elsewhere")).await;
        let api = connect(&format!("https://localhost:{port}"));
        for (made, call) in (1..).zip(CALLS) {
            let error = call.make(&*api).await.unwrap_err();
            assert_discreet(&error);
            let to_host = Some("localhost".to_owned());
            assert_eq!(error.failure.kind, FailureKind::Redirected { to_host });
            assert_eq!(requests.load(Ordering::SeqCst), made, "{status}, {call:?}");
        }
    }
    assert_eq!(plain.connections(), 0);
}
