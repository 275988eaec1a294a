//! A token for a name and a password: asked for once, of the service alone.

use audio_housekeeper::api::{
    ApiError, Connector as _, GivenToken, HttpConnector, Person, Timeouts,
};
use audio_housekeeper::domain::{FailureKind, Secret, ServiceOrigin};
use support::server::{Server, Step, answer, html, json};

use crate::PATIENCE;

const PASSWORD: &str = "p\u{e4}ss \"word\"";

async fn sign_in(origin: &str) -> Result<GivenToken, ApiError> {
    let connector = HttpConnector::with_timeouts(Timeouts {
        connect: PATIENCE,
        read: PATIENCE,
        delete: PATIENCE,
    });
    let origin = ServiceOrigin::parse(origin).unwrap();
    let password = Secret::new(PASSWORD.to_owned());
    connector.sign_in(&origin, "ana", &password).await
}

/// What is asked has a body, which the server goes on to read: it would reset the connection if it
/// closed it before.
fn saying(body: &str) -> Vec<Step> {
    vec![Step::Send(json("200 OK", body))]
}

#[tokio::test]
async fn a_token_comes_with_its_end_and_whose_it_is() {
    let until = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    // {"exp":1795892400}
    let jwt = "e30.eyJleHAiOjE3OTU4OTI0MDB9.c2ln";
    for (body, token, ends_at, person) in [
        (
            r#"{"token":"abc","user":{"id":7,"username":"ana","email":"ana@clinic.example","role":"user"},
                "expiresAt":"2026-11-28T19:00:00.000Z","refreshToken":"r"}"#
                .to_owned(),
            "abc",
            Some(until(1_795_892_400)),
            Person {
                name: Some("ana".to_owned()),
                id: Some("id 7".to_owned()),
            },
        ),
        (
            format!(r#"{{"token":"{jwt}"}}"#),
            jwt,
            Some(until(1_795_892_400)),
            Person::default(),
        ),
        (
            r#"{"token":"abc","expiresAt":"soon","user":{}}"#.to_owned(),
            "abc",
            None,
            Person::default(),
        ),
    ] {
        let server = Server::saying(saying(&body)).await;
        let given = sign_in(&server.origin()).await.unwrap();
        assert_eq!(given.token.expose(), token);
        assert_eq!((given.ends_at, given.person), (ends_at, person));
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].line(), "POST /api/auth/login HTTP/1.1");
        let head = requests[0].head.to_lowercase();
        assert!(head.contains("content-type: application/json") && !head.contains("authorization"));
    }
}

#[tokio::test]
async fn what_brings_no_token_is_told_for_what_it_is_and_never_holds_the_password() {
    let error = format!(r#"{{"error":"Authentication failed","message":{PASSWORD:?}}}"#);
    let error = error.as_str();
    for (said, kind) in [
        (
            json("401 Unauthorized", error),
            FailureKind::PasswordNotAccepted,
        ),
        (json("404 Not Found", "{}"), FailureKind::NoPasswordSignIn),
        (html("404 Not Found"), FailureKind::WebPageInstead),
        (
            html("405 Method Not Allowed"),
            FailureKind::NoPasswordSignIn,
        ),
        (
            answer("501 Not Implemented", "", ""),
            FailureKind::NoPasswordSignIn,
        ),
        (json("403 Forbidden", error), FailureKind::NotAllowed),
        (
            json("500 Internal Server Error", error),
            FailureKind::ServiceTrouble,
        ),
        (html("200 OK"), FailureKind::WebPageInstead),
        (json("200 OK", "{}"), FailureKind::UnexpectedAnswer),
        (
            json("200 OK", r#"{"token":" "}"#),
            FailureKind::UnexpectedAnswer,
        ),
        (
            json("200 OK", r#"{"token":7}"#),
            FailureKind::UnexpectedAnswer,
        ),
        (
            answer("307 Temporary Redirect", "Location: /elsewhere\r\n", ""),
            FailureKind::Redirected {
                to_host: Some("127.0.0.1".to_owned()),
            },
        ),
    ] {
        let server = Server::saying(vec![Step::Send(said)]).await;
        let error = sign_in(&server.origin()).await.unwrap_err();
        assert_eq!(error.failure.kind, kind);
        assert!(!format!("{error:?}").contains("ss "), "{error:?}");
        assert_eq!(server.requests().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_not_asked_for_again() {
    for end in [Step::Close, Step::Reset] {
        let server = Server::saying(vec![end]).await;
        sign_in(&server.origin()).await.unwrap_err();
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn no_redirect_takes_a_password_anywhere() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let elsewhere = Server::saying(vec![Step::Close]).await;
        for to in [elsewhere.origin(), "/elsewhere".to_owned()] {
            let location = format!("Location: {to}\r\n");
            let said = vec![Step::Send(answer(status, &location, ""))];
            let server = Server::saying(said).await;
            let error = sign_in(&server.origin()).await.unwrap_err();
            let kind = &error.failure.kind;
            assert!(matches!(kind, FailureKind::Redirected { .. }), "{kind:?}");
            assert_eq!(server.requests().len(), 1, "{status} {to}");
            assert_eq!(elsewhere.connections(), 0, "{status} {to}");
        }
    }
}
