//! Every documented call, its statuses and bodies to the letter.

use std::time::Duration;

use audio_housekeeper::domain::Secret;
use audio_housekeeper::practice::{
    Call, PracticeConfig, PracticeError, PracticeService, PracticeUser, Recordings,
};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::raw::{
    DELETE, DOCTOR, DOWNLOAD, End, PATIENCE, TOKEN, ask, ask_with, bearer, exchange, recording,
    service, service_with,
};

#[tokio::test]
async fn a_download_brings_the_recording_as_documented() {
    let service = service_with(Vec::new()).await;
    let answer = ask(&service, "GET", DOWNLOAD).await;
    assert!(answer.head().starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(answer.header("content-type").unwrap(), "audio/wav");
    assert_eq!(
        answer.header("content-disposition").unwrap(),
        "attachment; filename=\"audio-Dr. Amelia Smith.wav\""
    );
    assert_eq!(answer.length(), Some(recording().len()));
    assert_eq!(answer.body(), recording());
    for undocumented in ["etag", "last-modified", "accept-ranges", "content-digest"] {
        assert_eq!(answer.header(undocumented), None);
    }
}

#[tokio::test]
async fn each_documented_answer_has_its_body_to_the_letter() {
    let service = service_with(Vec::new()).await;
    for (method, target, status, body) in [
        (
            "GET",
            "/api/download",
            400,
            r#"{"error":"Doctor name is required"}"#,
        ),
        (
            "GET",
            "/api/download?doctorName=",
            400,
            r#"{"error":"Doctor name is required"}"#,
        ),
        (
            "GET",
            "/api/download?doctorName=Nobody",
            404,
            r#"{"error":"No audio file found for this doctor"}"#,
        ),
        (
            "DELETE",
            "/api/delete",
            400,
            r#"{"error":"Doctor name is required."}"#,
        ),
        (
            "DELETE",
            "/api/delete?doctorName=Nobody",
            404,
            r#"{"error":"No audio file found for this doctor."}"#,
        ),
        (
            "DELETE",
            DELETE,
            200,
            r#"{"message":"File(s) deleted successfully."}"#,
        ),
        (
            "DELETE",
            DELETE,
            404,
            r#"{"error":"No audio file found for this doctor."}"#,
        ),
        (
            "GET",
            DOWNLOAD,
            404,
            r#"{"error":"No audio file found for this doctor"}"#,
        ),
        (
            "DELETE",
            "/api/delete-all",
            200,
            r#"{"message":"All files deleted successfully."}"#,
        ),
        ("GET", "/api/list", 404, r#"{"error":"Not found"}"#),
    ] {
        let answer = ask(&service, method, target).await;
        assert_eq!(
            (answer.status(), answer.text()),
            (status, body),
            "{method} {target}"
        );
        assert_eq!(answer.header("content-type").unwrap(), "application/json");
        assert_eq!(answer.length(), Some(body.len()));
    }
}

#[tokio::test]
async fn without_a_good_token_no_call_does_anything() {
    let service = service_with(Vec::new()).await;
    for call in [Call::Download, Call::Delete, Call::DeleteAll, Call::Me] {
        let target = format!("{}?doctorName=Dr.%20Amelia%20Smith", call.path());
        for headers in [
            "",
            "Authorization: Bearer wrong\r\n",
            "Authorization: Bearer\r\n",
            "Authorization: test-token\r\n",
            "Authorization: Basic test-token\r\n",
            "Authorization: Bearer test-token2\r\n",
        ] {
            let method = call.method();
            let answer = ask_with(&service, method.as_str(), &target, headers, PATIENCE).await;
            assert_eq!(answer.status(), 401, "{call:?} {headers}");
            assert_eq!(
                answer.text(),
                r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#
            );
        }
    }
    assert!(service.holds(DOCTOR));
}

#[tokio::test]
async fn a_wrong_method_is_405_and_does_nothing() {
    let service = service_with(Vec::new()).await;
    for call in Call::ALL {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if method == call.method().as_str() {
                continue;
            }
            let target = format!("{}?doctorName=Dr.%20Amelia%20Smith", call.path());
            let answer = ask(&service, method, &target).await;
            assert_eq!(answer.status(), 405, "{method} {call:?}");
            assert_eq!(answer.header("allow").unwrap(), call.method().as_str());
        }
    }
    assert!(service.holds(DOCTOR));
}

async fn sign_in(service: &PracticeService, body: &str) -> (u16, Value) {
    let host = service.address();
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(service, request.as_bytes(), PATIENCE).await;
    (
        answer.status(),
        serde_json::from_slice(answer.body()).unwrap(),
    )
}

#[tokio::test]
async fn a_sign_in_yields_a_token_that_every_call_takes() {
    let service = service(PracticeConfig {
        users: vec![
            PracticeUser::new("ann", Secret::new("first".into())),
            PracticeUser::new("bob", Secret::new("pass:word".into())),
        ],
        ..PracticeConfig::default()
    })
    .await;
    let (status, ann) = sign_in(&service, r#"{"username":"ann","password":"first"}"#).await;
    assert_eq!((status, &ann["token"]), (200, &Value::from(TOKEN)));
    let (status, bob) = sign_in(&service, r#"{"username":"bob","password":"pass:word"}"#).await;
    assert_eq!(status, 200);
    assert_eq!(bob["user"]["username"], "bob");
    for member in ["id", "email", "role"] {
        assert!(!bob["user"][member].is_null(), "{member}");
    }
    for member in ["expiresAt", "refreshTokenExpiresAt"] {
        let end: jiff::Timestamp = bob[member].as_str().unwrap().parse().unwrap();
        assert!(end > jiff::Timestamp::now());
    }
    let token = bob["token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3, "it looks like a JWT");
    let headers = format!("Authorization: Bearer {token}\r\n");
    let me = ask_with(&service, "GET", "/api/auth/me", &headers, PATIENCE).await;
    let me: Value = serde_json::from_slice(me.body()).unwrap();
    assert_eq!(me["name"], "bob");
    for member in ["id", "email", "status", "last_login"] {
        assert!(!me[member].is_null(), "{member}");
    }
    let recording = ask_with(&service, "GET", DOWNLOAD, &headers, PATIENCE).await;
    assert_eq!(recording.status(), 200);
}

#[tokio::test]
async fn a_wrong_password_and_what_is_no_sign_in_are_refused_alike() {
    let service = service_with(Vec::new()).await;
    for body in [
        r#"{"username":"practice","password":"wrong"}"#,
        r#"{"username":"nobody","password":"practice"}"#,
        r#"{"username":"practice"}"#,
        "no json",
        "",
    ] {
        let (status, answer) = sign_in(&service, body).await;
        assert_eq!(status, 401);
        assert_eq!(
            answer.to_string(),
            r#"{"error":"Authentication failed","message":"Invalid username or password"}"#
        );
    }
    let (status, _) = sign_in(&service, r#"{"username":"practice","password":"practice"}"#).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn names_are_compared_in_nfc_and_otherwise_to_the_letter() {
    let service = service_with(Vec::new()).await;
    service.put("Dr. Ju\u{308}rgen A+B & C", "x.flac", "fLaC");
    for (query, status) in [
        ("Dr.%20J%C3%BCrgen%20A%2BB%20%26%20C", 200),
        ("Dr.%20Ju%CC%88rgen%20A%2BB%20%26%20C", 200),
        ("Dr.+J%C3%BCrgen+A%2BB+%26+C", 200),
        ("dr.%20J%C3%BCrgen%20A%2BB%20%26%20C", 404),
        ("Dr.J%C3%BCrgen%20A%2BB%20%26%20C", 404),
        ("%20Dr.%20J%C3%BCrgen%20A%2BB%20%26%20C", 404),
        ("Dr.%20J%FCrgen%20A%2BB%20%26%20C", 400),
    ] {
        let target = format!("/api/download?doctorName={query}");
        assert_eq!(
            ask(&service, "GET", &target).await.status(),
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_newest_file_is_downloaded_and_a_delete_removes_all_of_them() {
    let service = service_with(Vec::new()).await;
    service.put(DOCTOR, "second.flac", "fLaC, the second");
    let answer = ask(&service, "GET", DOWNLOAD).await;
    assert_eq!(answer.text(), "fLaC, the second");
    assert_eq!(answer.header("content-type").unwrap(), "audio/flac");
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .ends_with(".flac\"")
    );
    assert_eq!(service.recordings_of(DOCTOR).len(), 2);
    ask(&service, "DELETE", DELETE).await;
    assert!(!service.holds(DOCTOR));
    assert!(service.recordings_of(DOCTOR).is_empty());
}

#[tokio::test]
async fn delete_all_leaves_nothing_under_any_name() {
    let service = service_with(Vec::new()).await;
    service.put("Other", "x.wav", "RIFF");
    ask(&service, "DELETE", "/api/delete-all").await;
    assert!(!service.holds(DOCTOR) && !service.holds("Other"));
    let again = ask(&service, "DELETE", "/api/delete-all").await;
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn a_recording_can_be_replaced_while_the_service_runs() {
    let service = service_with(Vec::new()).await;
    service.put(DOCTOR, "letter.wav", "RIFF, another one");
    assert_eq!(
        ask(&service, "GET", DOWNLOAD).await.text(),
        "RIFF, another one"
    );
    let held = service.recordings_of(DOCTOR);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].file_name(), "letter.wav");
    assert_eq!(held[0].bytes().await.unwrap(), "RIFF, another one");
}

#[tokio::test]
async fn the_request_log_tells_what_came_and_what_was_sent() {
    let service = service_with(Vec::new()).await;
    let host = service.address();
    let pair = format!(
        "GET {DOWNLOAD} HTTP/1.1\r\nHost: {host}\r\n{}Range: bytes=5-\r\n\r\n\
         DELETE {DELETE} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
        bearer()
    );
    exchange(&service, pair.as_bytes(), PATIENCE).await;
    ask(&service, "GET", "/elsewhere?q=1").await;
    let [first, second, third] = &service.requests()[..] else {
        panic!("{:?}", service.requests());
    };
    assert_eq!(first.call, Some(Call::Download));
    assert_eq!(first.doctor.as_deref(), Some(DOCTOR));
    assert_eq!(
        first.query.as_deref(),
        Some("doctorName=Dr.%20Amelia%20Smith")
    );
    assert_eq!(first.header("range"), Some("bytes=5-"));
    assert!(first.has_authorization && !second.has_authorization);
    assert_eq!(first.header("authorization"), None);
    assert_eq!((first.status, second.status), (Some(200), Some(401)));
    assert_eq!(first.bytes_sent, recording().len() as u64);
    assert_eq!(
        (first.connection, second.connection, third.connection),
        (1, 1, 2)
    );
    assert_eq!((third.path.as_str(), third.call), ("/elsewhere", None));
    let shown = format!("{:?}", service.requests());
    assert!(!shown.contains("Amelia") && !shown.contains(TOKEN));
}

#[tokio::test]
async fn every_answer_takes_as_long_as_was_asked_for() {
    let service = service(PracticeConfig {
        latency: Duration::from_millis(200),
        ..PracticeConfig::default()
    })
    .await;
    let answer = ask(&service, "GET", DOWNLOAD).await;
    assert!(answer.took >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_stopped_service_has_closed_its_connections_and_its_port() {
    let closes = async || {
        let stopped = service_with(Vec::new()).await;
        let address = stopped.address();
        let mut idle = TcpStream::connect(address).await.unwrap();
        ask(&stopped, "GET", DOWNLOAD).await;
        stopped.stop().await;
        let read = idle.read(&mut [0; 1]).await;
        assert!(matches!(read, Ok(0) | Err(_)));
        TcpStream::connect(address).await.is_err()
    };
    // Another test may be given the port at once.
    let mut tries = 1;
    while !closes().await {
        assert!(tries < 5, "its port is still open");
        tries += 1;
    }

    let dropped = service_with(Vec::new()).await;
    let address = dropped.address();
    drop(dropped);
    let closed = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), closed)
        .await
        .expect("its port is still open");
}

#[tokio::test]
async fn what_the_service_can_not_do_it_refuses_at_start() {
    let refused = |config| async { PracticeService::start(config).await.err().unwrap() };
    let error = refused(PracticeConfig {
        address: "0.0.0.0:0".parse().unwrap(),
        ..PracticeConfig::default()
    })
    .await;
    assert!(matches!(error, PracticeError::NotLoopback(_)));
    let error = refused(PracticeConfig {
        recordings: Recordings::Synthetic(1001),
        ..PracticeConfig::default()
    })
    .await;
    assert!(matches!(error, PracticeError::SyntheticSize(1001)));
    let error = refused(PracticeConfig {
        recordings: Recordings::Folder("no/such/folder".into()),
        ..PracticeConfig::default()
    })
    .await;
    assert!(matches!(error, PracticeError::Recordings { .. }));
    let holder = service_with(Vec::new()).await;
    let error = refused(PracticeConfig {
        address: holder.address(),
        ..PracticeConfig::default()
    })
    .await;
    assert!(matches!(error, PracticeError::Listen { .. }));
    assert_eq!(ask(&holder, "GET", DOWNLOAD).await.end, End::Closed);
}

/// A page in a browser on this computer can send requests here, also by a name that is made to stand for
/// it; it can't keep its own origin, or that name, out of them.
#[tokio::test]
async fn what_a_web_page_sends_is_not_acted_on() {
    let service = service_with(Vec::new()).await;
    let (own, port) = (service.address().to_string(), service.address().port());
    let (local, other) = (
        format!("localhost:{port}"),
        format!("127.0.0.1:{}", port ^ 1),
    );
    let rebound = format!("rebound.example:{port}");
    let asked = async |host: &str, origin: &str| {
        let request = format!(
            "DELETE /api/delete-all HTTP/1.1\r\n{host}{origin}{}Connection: close\r\n\r\n",
            bearer()
        );
        let answer = exchange(&service, request.as_bytes(), PATIENCE).await;
        answer.status()
    };
    let host = |name: &str| format!("Host: {name}\r\n");
    let origin = |scheme: &str, name: &str| format!("Origin: {scheme}://{name}\r\n");
    for strange in [
        host("rebound.example"),
        host(&rebound),
        host(&other),
        host("127.0.0.1"),
        host(&own) + &host(&rebound),
        host(""),
    ] {
        assert_eq!(asked(&strange, "").await, 421, "{strange}");
    }
    for strange in [
        origin("https", "pages.example"),
        origin("http", &other),
        origin("https", &own),
        "Origin: null\r\n".to_owned(),
        origin("http", &own) + &origin("http", &rebound),
    ] {
        assert_eq!(asked(&host(&own), &strange).await, 403, "{strange}");
    }
    assert!(service.holds(DOCTOR));
    for (name, from) in [(&own, ""), (&local, ""), (&own, &origin("http", &local))] {
        assert_eq!(asked(&host(name), from).await, 200, "{name} {from}");
        assert!(!service.holds(DOCTOR));
        service.put(DOCTOR, "a.wav", "RIFF");
    }
}
