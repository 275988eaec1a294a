//! Whatever the service says that is kept or shown has a bound, and nothing in it hides or turns
//! what it stands beside.

use std::time::Duration;

use audio_housekeeper::api::{ApiError, Download, Look, Person, Recording};
use audio_housekeeper::domain::{FailureKind, ServerCopy, turns_direction};
use support::recordings::second_of_wav;
use support::server::{Server, Step, answer, json};

use crate::{connect, doctor};

/// 10 kB that mean something, and nothing good, to whatever they are put into.
fn long() -> String {
    "a\u{202e}b\u{2066}".repeat(1_250)
}

async fn server(bytes: Vec<u8>) -> Server {
    Server::saying(vec![Step::Send(bytes), Step::Close]).await
}

async fn person(body: &str) -> Person {
    let server = server(json("200 OK", body)).await;
    connect(&server.origin()).who_am_i().await.unwrap()
}

async fn recording(headers: &str) -> Recording {
    let server = server(answer("200 OK", headers, second_of_wav())).await;
    let api = connect(&server.origin());
    match api.download(&doctor(), Duration::MAX, None).await.unwrap() {
        Download::Recording(recording) => recording,
        Download::Nothing => panic!("a download found nothing"),
    }
}

async fn copy(headers: &str) -> ServerCopy {
    recording(headers).await.copy
}

async fn refused(bytes: Vec<u8>) -> ApiError {
    let server = server(bytes).await;
    let looked = connect(&server.origin())
        .look(&doctor(), Duration::MAX)
        .await;
    match looked {
        Ok(Look::Has(_) | Look::Nothing) => panic!("it was taken"),
        Err(error) => error,
    }
}

fn assert_readable(text: &str, longest: usize) {
    assert!(text.chars().count() <= longest, "{text}");
    let is_harmless = |character: char| !character.is_control() && !turns_direction(character);
    assert!(text.chars().all(is_harmless), "{text:?}");
}

#[tokio::test]
async fn a_person_s_name_is_one_readable_line() {
    let long = long();
    for member in ["name", "email"] {
        let person = person(&format!(r#"{{"{member}":"Ana\n\u0007Lima{long}"}}"#)).await;
        let name = person.name.unwrap();
        assert_readable(&name, 200);
        assert!(
            name.starts_with("Ana  Limaab") && name.ends_with('…'),
            "{name}"
        );
    }
    let nothing = person(r#"{"name":"\u202e\n","email":"a@b.example"}"#).await;
    assert_eq!(nothing.name.as_deref(), Some("a@b.example"));
}

#[tokio::test]
async fn two_people_whose_ids_begin_alike_are_not_made_one() {
    let long = long();
    let by_address = person(&format!(r#"{{"id":"{long}","email":"a@b.example"}}"#)).await;
    assert_eq!(by_address.id.as_deref(), Some("email a@b.example"));
    let by_nothing = person(&format!(r#"{{"id":"{long}","email":"{long}"}}"#)).await;
    assert_eq!(by_nothing.id, None);
}

#[tokio::test]
async fn a_validator_is_taken_whole_or_not_at_all() {
    let long = "x".repeat(10_000);
    let dated = "Date: Mon, 23 Nov 2026 14:00:00 GMT\r\n";
    let modified = "Mon, 23 Nov 2026 13:00:00 GMT";
    let said = format!("ETag: \"{long}\"\r\n{dated}Last-Modified: {modified}\r\n");
    let found = copy(&said).await;
    assert_eq!(found.etag, None);
    assert_eq!(found.last_modified.as_deref(), Some(modified));
    let said = format!("{dated}Last-Modified: {modified} ({long})\r\n");
    assert_eq!(copy(&said).await.last_modified, None);
}

#[tokio::test]
async fn a_file_name_and_a_coding_are_readable() {
    let long = long();
    let said = format!("Content-Disposition: attachment; filename=\"a\t{long}.wav\"\r\n");
    let name = copy(&said).await.file_name.unwrap();
    assert_readable(&name, 255);
    assert!(name.starts_with("a aba"), "{name}");
    let coding = format!("Content-Encoding: {}\r\n", "x-\t".repeat(3_334));
    assert_readable(&recording(&coding).await.coding.unwrap(), 60);
}

#[tokio::test]
async fn details_quote_little_of_what_came() {
    let kind = format!("Content-Type: text/{}\r\n", "x\t".repeat(5_000));
    for status in ["200 OK", "418 I'm a teapot"] {
        let error = refused(answer(status, &kind, "<html>")).await;
        assert_readable(&error.failure.details.technical, 200);
    }
}

#[tokio::test]
async fn a_host_is_named_in_full_or_not_at_all() {
    for (host, named) in [
        ("elsewhere.example".to_owned(), true),
        ("a.".repeat(5_000), false),
    ] {
        let location = format!("Location: https://{host}/\r\n");
        let error = refused(answer("302 Found", &location, "")).await;
        let to_host = named.then_some(host);
        assert_eq!(error.failure.kind, FailureKind::Redirected { to_host });
    }
}
