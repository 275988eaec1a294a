//! A redirect is followed within the service's own origin, for a GET only.

use audio_housekeeper::domain::FailureKind;
use support::recordings::second_of_wav;
use support::server::{Request, Server, Step, answer, head, json};

use crate::{CALLS, Call, Seen, assert_discreet, connect};

pub const STATUSES: [&str; 5] = [
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
];

fn redirect(status: &str, location: &str) -> Vec<Step> {
    let headers = format!("Location: {location}\r\n");
    vec![Step::Send(answer(status, &headers, "elsewhere"))]
}

/// Sends everything on to `/moved…`, and answers there.
fn moving(status: &'static str) -> impl Fn(&Request) -> Vec<Step> + Send + Sync {
    move |request| {
        let line = request.line();
        if line.starts_with("GET /moved/me") {
            vec![Step::Send(json("200 OK", r#"{"id":1,"name":"Ana"}"#))]
        } else if line.starts_with("GET /moved") {
            vec![Step::Send(answer(
                "200 OK",
                "Content-Type: audio/wav\r\n",
                second_of_wav(),
            ))]
        } else if line.contains("/api/auth/me") {
            redirect(status, "/moved/me")
        } else {
            redirect(status, "/moved/audio")
        }
    }
}

#[tokio::test]
async fn a_get_follows_within_the_origin_and_a_delete_follows_nowhere() {
    for status in STATUSES {
        for call in CALLS {
            let server = Server::start(moving(status)).await;
            let result = call.make(&*connect(&server.origin())).await;
            let lines = server.lines();
            if call.deletes() {
                let error = result.unwrap_err();
                let to_host = Some("127.0.0.1".to_owned());
                assert_eq!(error.failure.kind, FailureKind::Redirected { to_host });
                assert!(error.may_have_reached);
                assert_eq!(lines.len(), 1, "{status}, {call:?}: {lines:?}");
            } else {
                let expected = match call {
                    Call::WhoAmI => Seen::Person(Some("Ana".to_owned())),
                    _ => Seen::Has,
                };
                assert_eq!(result.unwrap(), expected, "{status}");
                assert_eq!(lines.len(), 2, "{status}, {call:?}: {lines:?}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_to_another_host_or_port() {
    for status in STATUSES {
        for call in CALLS {
            let elsewhere = Server::saying(vec![Step::Send(json("200 OK", "{}"))]).await;
            for (location, host) in [
                (
                    format!("http://localhost:{}/x", elsewhere.port),
                    "localhost",
                ),
                (
                    format!("http://127.0.0.1:{}/x", elsewhere.port),
                    "127.0.0.1",
                ),
                (
                    format!("https://127.0.0.1:{}/x", elsewhere.port),
                    "127.0.0.1",
                ),
                (format!("//localhost:{}/x", elsewhere.port), "localhost"),
            ] {
                let steps = redirect(status, &location);
                let server = Server::saying(steps).await;
                let error = call.make(&*connect(&server.origin())).await.unwrap_err();
                assert_discreet(&error);
                let to_host = Some(host.to_owned());
                assert_eq!(error.failure.kind, FailureKind::Redirected { to_host });
                assert_eq!(server.requests().len(), 1, "{status}, {call:?}");
            }
            assert_eq!(elsewhere.connections(), 0, "{status}, {call:?}");
        }
    }
}

#[tokio::test]
async fn a_user_name_in_a_redirect_does_not_take_the_tokens_place() {
    let server = Server::start(|request| {
        let host = request.head.split("host: ").nth(1).unwrap();
        let host = host.lines().next().unwrap();
        redirect("302 Found", &format!("http://eve:pw@{host}/x"))
    })
    .await;
    for call in CALLS {
        let error = call.make(&*connect(&server.origin())).await.unwrap_err();
        let kind = error.failure.kind;
        assert!(matches!(kind, FailureKind::Redirected { .. }), "{kind:?}");
    }
    assert_eq!(server.requests().len(), CALLS.len());
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    for call in CALLS {
        let server = Server::saying(redirect("302 Found", "/again")).await;
        let error = call.make(&*connect(&server.origin())).await.unwrap_err();
        let kind = error.failure.kind;
        assert!(matches!(kind, FailureKind::Redirected { .. }), "{kind:?}");
        let most = if call.deletes() { 1 } else { 6 };
        assert_eq!(server.requests().len(), most, "{call:?}");
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_names_no_host() {
    for headers in [
        "Content-Length: 0\r\n",
        "Content-Length: 0\r\nLocation: http://\r\n",
    ] {
        for call in CALLS {
            let server = Server::saying(vec![Step::Send(head("302 Found", headers))]).await;
            let error = call.make(&*connect(&server.origin())).await.unwrap_err();
            let nowhere = FailureKind::Redirected { to_host: None };
            assert_eq!(error.failure.kind, nowhere, "{headers}, {call:?}");
        }
    }
}
