//! No redirect takes a call from TLS down to plain HTTP. Only on Linux does the environment say who
//! vouches for a certificate.
#![cfg(target_os = "linux")]

use std::fs;
use std::sync::{Arc, Mutex};

use audio_housekeeper::domain::FailureKind;
use support::certificate::{AUTHORITY, acceptor};
use support::server::{Request, Server, Step, answer, json, read_head};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::environment::{is_again, run_again};
use crate::redirects::STATUSES;
use crate::{CALLS, assert_discreet, connect};

/// A server that says this over TLS, and what it was asked.
pub async fn over_tls(said: Vec<u8>) -> (u16, Arc<Mutex<Vec<Request>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (asked, said) = (Arc::clone(&asked), said.clone());
            tokio::spawn(async move {
                // Who does not trust the certificate breaks off.
                let Ok(mut stream) = acceptor().accept(stream).await else {
                    return;
                };
                while let Some(request) = read_head(&mut stream).await {
                    asked.lock().unwrap().push(request);
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
            assert_eq!(requests.lock().unwrap().len(), made, "{status}, {call:?}");
        }
    }
    assert_eq!(plain.connections(), 0);
}
