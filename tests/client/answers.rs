//! Every answer, to every call.
#![allow(
    clippy::too_many_lines,
    reason = "a table has as many lines as it has rows"
)]

use audio_housekeeper::domain::FailureKind as Kind;
use support::recordings::{flac, second_of_wav};
use support::server::{Server, Step, answer, head, html, json};

use crate::{CALLS, Call, Seen, assert_discreet, connect};

struct Row {
    name: &'static str,
    answer: Vec<u8>,
    /// Who am I, look, download, delete, delete all.
    seen: [Seen; 5],
}

fn row(name: &'static str, answer: Vec<u8>, seen: [Seen; 5]) -> Row {
    Row { name, answer, seen }
}

fn all(kind: &Kind) -> [Seen; 5] {
    std::array::from_fn(|_| Seen::Fails(kind.clone()))
}

/// What the three GETs and the two deletes make of it, where they differ.
fn each(person: Kind, download: Kind, delete: Kind) -> [Seen; 5] {
    [
        Seen::Fails(person),
        Seen::Fails(download.clone()),
        Seen::Fails(download),
        Seen::Fails(delete.clone()),
        Seen::Fails(delete),
    ]
}

fn recording(headers: &str, body: Vec<u8>) -> Row {
    let unexpected = || Seen::Fails(Kind::UnexpectedAnswer);
    row(
        "200 with a recording",
        answer("200 OK", headers, body),
        [
            unexpected(),
            Seen::Has,
            Seen::Has,
            unexpected(),
            unexpected(),
        ],
    )
}

fn documented() -> Vec<Row> {
    let unexpected = || Seen::Fails(Kind::UnexpectedAnswer);
    let name_refused = || Seen::Fails(Kind::NameNotAccepted);
    let nothing = || {
        [
            unexpected(),
            Seen::Nothing,
            Seen::Nothing,
            Seen::NothingThere,
            unexpected(),
        ]
    };
    let a_message = || Seen::Fails(Kind::JsonInstead);
    let accepted = |body| {
        row(
            "200 to a delete",
            json("200 OK", body),
            [
                unexpected(),
                a_message(),
                a_message(),
                Seen::Accepted,
                Seen::Accepted,
            ],
        )
    };
    let bad_name = |body| {
        row(
            "400",
            json("400 Bad Request", body),
            [
                unexpected(),
                name_refused(),
                name_refused(),
                name_refused(),
                unexpected(),
            ],
        )
    };
    let trouble = || Seen::Fails(Kind::ServiceTrouble);
    let person = |name: Option<&str>| {
        [
            Seen::Person(name.map(Into::into)),
            a_message(),
            a_message(),
            unexpected(),
            unexpected(),
        ]
    };
    vec![
        recording("Content-Type: audio/wav\r\n", second_of_wav()),
        recording("Content-Type: audio/flac\r\n", flac(1)),
        row(
            "404 to a download",
            json(
                "404 Not Found",
                r#"{"error":"No audio file found for this doctor"}"#,
            ),
            nothing(),
        ),
        row(
            "404 to a delete",
            json(
                "404 Not Found",
                r#"{"error":"No audio file found for this doctor."}"#,
            ),
            nothing(),
        ),
        bad_name(r#"{"error":"Doctor name is required"}"#),
        bad_name(r#"{"error":"Doctor name is required."}"#),
        accepted(r#"{"message":"File(s) deleted successfully."}"#),
        accepted(r#"{"message":"All files deleted successfully."}"#),
        row(
            "500 to delete all",
            json(
                "500 Internal Server Error",
                r#"{"error":"Failed to delete files."}"#,
            ),
            [trouble(), trouble(), trouble(), trouble(), Seen::Failed],
        ),
        row(
            "200 with an account",
            json(
                "200 OK",
                r#"{"id":7,"email":"a@b.example","name":"Ana Lima","status":"active"}"#,
            ),
            person(Some("Ana Lima")),
        ),
        row(
            "200 with a nameless account",
            json("200 OK", r#"{"id":7,"email":"a@b.example","name":null}"#),
            person(Some("a@b.example")),
        ),
        row(
            "200 with an id",
            json("200 OK", r#"{"id":7}"#),
            person(None),
        ),
        row(
            "401",
            json(
                "401 Unauthorized",
                r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#,
            ),
            all(&Kind::SignInNotAccepted),
        ),
    ]
}

fn by_status() -> Vec<Row> {
    let too_many = |seconds| Kind::TooManyRequests {
        retry_after_seconds: seconds,
    };
    let error = r#"{"error":"Something"}"#;
    let patience = |name, header: &str, seconds| {
        let headers = format!("Content-Type: application/json\r\n{header}");
        row(
            name,
            answer("429 Too Many Requests", &headers, error),
            all(&too_many(seconds)),
        )
    };
    let mut rows = vec![
        row(
            "401 of a page",
            html("401 Unauthorized"),
            all(&Kind::SignInNotAccepted),
        ),
        row("403", json("403 Forbidden", error), all(&Kind::NotAllowed)),
        row(
            "405",
            json("405 Method Not Allowed", error),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "407",
            html("407 Proxy Authentication Required"),
            all(&Kind::Proxy),
        ),
        row(
            "408",
            json("408 Request Timeout", error),
            all(&Kind::TimedOut),
        ),
        row(
            "409",
            json("409 Conflict", error),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "413",
            json("413 Content Too Large", error),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "204",
            head("204 No Content", ""),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "206",
            answer(
                "206 Partial Content",
                "Content-Type: audio/wav\r\n",
                second_of_wav(),
            ),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "304",
            head("304 Not Modified", ""),
            all(&Kind::UnexpectedAnswer),
        ),
        row(
            "511",
            html("511 Network Authentication Required"),
            all(&Kind::WebPageInstead),
        ),
        patience("429", "", None),
        patience("429 in seconds", "Retry-After: 120\r\n", Some(120)),
        patience(
            "429 with a past date",
            "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
            Some(0),
        ),
        patience(
            "429, absurd",
            "Retry-After: 99999999999999999999999\r\n",
            None,
        ),
        patience("429 with words", "Retry-After: later\r\n", None),
    ];
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
        "520 Whatever",
    ] {
        rows.push(row(
            "5xx with a page",
            html(status),
            all(&Kind::ServiceTrouble),
        ));
        rows.push(row(
            "5xx with nothing",
            answer(status, "", ""),
            all(&Kind::ServiceTrouble),
        ));
    }
    rows.push(row(
        "503 with JSON",
        json("503 Service Unavailable", error),
        all(&Kind::ServiceTrouble),
    ));
    rows
}

/// Answers that look like the documented ones until they are read.
fn impostors() -> Vec<Row> {
    use Kind::{
        Base64Instead, EmptyRecording, JsonInstead, NotAudio, UnexpectedAnswer, WebPageInstead,
    };
    let page = || each(WebPageInstead, WebPageInstead, WebPageInstead);
    let other = |kind| each(UnexpectedAnswer, kind, UnexpectedAnswer);
    let a_message = || other(JsonInstead);
    let huge = format!(r#"{{"error":"{}"}}"#, "x".repeat(10_000_000));
    let typed = |kind: &str| format!("Content-Type: {kind}\r\n");
    vec![
        row("404 of a page", html("404 Not Found"), all(&WebPageInstead)),
        row(
            "404 with nothing",
            answer("404 Not Found", "", ""),
            all(&UnexpectedAnswer),
        ),
        row(
            "404 in words",
            answer("404 Not Found", &typed("text/plain"), "not found"),
            all(&UnexpectedAnswer),
        ),
        row(
            "404 of a framework",
            json(
                "404 Not Found",
                r#"{"status":404,"error":"Not Found","path":"/api"}"#,
            ),
            all(&UnexpectedAnswer),
        ),
        row(
            "404 of a gateway",
            json("404 Not Found", r#"{"error":"No such app"}"#),
            all(&UnexpectedAnswer),
        ),
        row(
            "404, JSON of another shape",
            json("404 Not Found", r#"{"error":{"code":404}}"#),
            all(&UnexpectedAnswer),
        ),
        row(
            "404, an array",
            json("404 Not Found", "[]"),
            all(&UnexpectedAnswer),
        ),
        row(
            "404, JSON cut short",
            json("404 Not Found", r#"{"error":"No audio"#),
            all(&UnexpectedAnswer),
        ),
        row(
            "404 of 10 MB",
            json("404 Not Found", &huge),
            all(&UnexpectedAnswer),
        ),
        row(
            "400 of a page",
            html("400 Bad Request"),
            all(&WebPageInstead),
        ),
        row("200 with a page", html("200 OK"), page()),
        row(
            "200 with a page called audio",
            answer("200 OK", &typed("audio/wav"), "\r\n\r\n <!doctype HTML><p>"),
            page(),
        ),
        row(
            "200 with text called a page",
            answer("200 OK", &typed("text/html"), "please sign in first"),
            page(),
        ),
        row(
            "200 with a JSON error",
            json("200 OK", r#"{"error":"Oops"}"#),
            a_message(),
        ),
        row(
            "200 with both",
            json("200 OK", r#"{"error":"Oops","message":"deleted"}"#),
            a_message(),
        ),
        row(
            "200 with nothing, in chunks",
            [
                &head("200 OK", "Transfer-Encoding: chunked\r\n")[..],
                b"0\r\n\r\n",
            ]
            .concat(),
            other(EmptyRecording { arrived: false }),
        ),
        row(
            "200 with base64",
            answer("200 OK", &typed("audio/wav"), "UklGRiR3AQBXQVZFZm10IBAA"),
            other(Base64Instead),
        ),
        row(
            "200 with an unknown type",
            answer(
                "200 OK",
                &typed("application/zip"),
                "PK\x03\x04 and so on and on",
            ),
            other(NotAudio { arrived: true }),
        ),
        row(
            "200, JSON cut short",
            json("200 OK", r#"{"message":"File(s"#),
            a_message(),
        ),
        row(
            "200, no message in it",
            json("200 OK", r#"{"message":true}"#),
            a_message(),
        ),
        row(
            "200 of 10 MB",
            json("200 OK", &huge.replace("error", "message")),
            a_message(),
        ),
        row(
            "200, compressed",
            answer(
                "200 OK",
                "Content-Encoding: gzip\r\nContent-Type: audio/wav\r\n",
                b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
            all(&UnexpectedAnswer),
        ),
        row(
            "200, encoded in a way that nobody registered",
            answer(
                "200 OK",
                "Content-Encoding: aws-chunked\r\nContent-Type: audio/wav\r\n",
                "7d2c;chunk-signature=ad80c730a21e5b8d",
            ),
            all(&UnexpectedAnswer),
        ),
    ]
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "the count of what was tried is shown")]
async fn every_answer_to_every_call_is_told_for_what_it_is() {
    let rows: Vec<Row> = [documented(), by_status(), impostors()]
        .into_iter()
        .flatten()
        .collect();
    let mut tried = 0;
    for Row { name, answer, seen } in rows {
        for (call, expected) in CALLS.into_iter().zip(seen) {
            let server = Server::saying(vec![Step::Send(answer.clone())]).await;
            let result = call.make(&*connect(&server.origin())).await;
            if let Err(error) = &result {
                assert_discreet(error);
                assert!(error.may_have_reached, "{name}, {call:?}");
                assert!(error.failure.details.status.is_some(), "{name}, {call:?}");
            }
            let seen = result.unwrap_or_else(|error| Seen::Fails(error.failure.kind));
            assert_eq!(seen, expected, "{name}, {call:?}");
            assert_eq!(server.requests().len(), 1, "{name}, {call:?}");
            tried += 1;
        }
    }
    println!("{tried} pairs of an answer and a call");
}

#[tokio::test]
async fn the_token_and_the_name_travel_as_the_contract_says() {
    for call in CALLS {
        let server = Server::saying(vec![Step::Send(html("500 Oops"))]).await;
        call.make(&*connect(&server.origin())).await.unwrap_err();
        let query = "?doctorName=Dr.%20Amelia%20Smith";
        let line = match call {
            Call::WhoAmI => "GET /api/auth/me HTTP/1.1".to_owned(),
            Call::Look | Call::Download => format!("GET /api/download{query} HTTP/1.1"),
            Call::Delete => format!("DELETE /api/delete{query} HTTP/1.1"),
            Call::DeleteAll => "DELETE /api/delete-all HTTP/1.1".to_owned(),
        };
        let requests = server.requests();
        assert_eq!(requests[0].line(), line);
        let bearer = format!("\r\nauthorization: Bearer {}\r\n", crate::TOKEN);
        assert!(requests[0].head.contains(&bearer), "{call:?}");
        let agent = concat!("user-agent: audio-housekeeper/", env!("CARGO_PKG_VERSION"));
        assert!(requests[0].head.contains(agent), "{call:?}");
        // What is read decides something: no cache is to answer by itself.
        let past_caches = requests[0].head.contains("\r\ncache-control: no-cache\r\n");
        assert_eq!(past_caches, !call.deletes(), "{call:?}");
    }
}
