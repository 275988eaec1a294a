//! Every answer, to every call.

use audio_housekeeper::domain::FailureKind as Kind;
use audio_housekeeper::practice::Effect;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use support::recordings::second_of_wav;
use support::run;

use crate::faults::cells::{
    deletes_nothing, fails_to_download, fails_to_go_on, fails_to_sign_in, finds,
    goes_on_to_the_end, looks_and_finds_nothing, looks_in_vain, saves, sees_it_gone, signs_in,
};
use crate::faults::{At, Cell, Left, Row, Told, cells, play_all};

/// How many cases there are at least.
pub const LEAST: usize = 962;

const JSON: &str = "application/json";

/// An answer that all calls make the same of. `tries` are those of a look and of a download, and
/// how many requests each try of a rest is.
pub struct Alike {
    pub kind: Kind,
    pub tries: [usize; 2],
    pub refuses_ranges: bool,
}

impl Alike {
    /// One after which no other try would be met by something else.
    pub fn stays(kind: Kind) -> Self {
        Self {
            kind,
            tries: [1, 1],
            refuses_ranges: false,
        }
    }

    /// One that may pass.
    pub fn passes(kind: Kind) -> Self {
        Self {
            tries: [2, 5],
            ..Self::stays(kind)
        }
    }

    /// One that may be the answer to the range that was asked for.
    pub fn refuses_ranges(kind: Kind) -> Self {
        Self {
            refuses_ranges: true,
            ..Self::stays(kind)
        }
    }

    /// What comes of it at every GET of a recording.
    pub fn gets(&self) -> Vec<Cell> {
        let [look, download] = self.tries;
        let rest = match (self.refuses_ranges, download) {
            (true, _) => [2, 2],
            // The first of all five tries is the one that was cut.
            (false, 5) => [4, 5],
            (false, tries) => [tries, tries],
        };
        let looks = looks_in_vain(&self.kind, look);
        let downloads = fails_to_download(&self.kind, download);
        let rests = fails_to_go_on(&self.kind, rest);
        [looks, downloads, rests].concat()
    }

    pub fn everywhere(self, name: &str, effect: Effect) -> Row {
        let deletes = deletes_nothing(Some(self.kind.clone()), Some(self.kind.clone()));
        let sign_in = fails_to_sign_in(self.kind.clone());
        Row::new(name, vec![effect])
            .with(self.gets())
            .with(deletes)
            .with([sign_in])
    }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap()
}

fn json(number: u16, body: &str) -> Effect {
    Effect::answer(status(number), JSON, body.to_owned())
}

fn page(number: u16) -> Effect {
    let page = "<!DOCTYPE html><html><title>Sign in to the network</title></html>";
    Effect::answer(status(number), "text/html; charset=utf-8", page)
}

fn with(number: u16, fields: &[(HeaderName, &'static str)]) -> Effect {
    let fields = fields.iter();
    Effect::Answer {
        status: status(number),
        headers: fields
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect(),
        body: "{\"error\":\"Something\"}".into(),
    }
}

fn huge() -> String {
    format!(r#"{{"error":"{}"}}"#, "x".repeat(10_000_000))
}

/// The contract's own failures, each as an answer to all calls.
fn documented() -> Vec<Row> {
    let named = |text: &str| {
        Row::new("400 of the contract", vec![json(400, text)])
            .with(Alike::refuses_ranges(Kind::NameNotAccepted).gets())
            .with(deletes_nothing(
                Some(Kind::NameNotAccepted),
                Some(Kind::UnexpectedAnswer),
            ))
            .with([fails_to_sign_in(Kind::UnexpectedAnswer)])
    };
    let nothing = |text: &str| {
        let nothing = cells::goes_on(&Told::Fails(Kind::NothingThere), &Left::Nothing, [1, 1]);
        Row::new("404 of the contract", vec![json(404, text)])
            .with(looks_and_finds_nothing())
            .with(fails_to_download(&Kind::NothingThere, 1))
            .with(nothing)
            .with(deletes_nothing(None, Some(Kind::UnexpectedAnswer)))
            .with([signs_in()])
    };
    let ended = r#"{"error":"Authentication required","message":"Invalid or missing authentication token"}"#;
    vec![
        named(r#"{"error":"Doctor name is required"}"#),
        named(r#"{"error":"Doctor name is required."}"#),
        nothing(r#"{"error":"No audio file found for this doctor"}"#),
        nothing(r#"{"error":"No audio file found for this doctor."}"#),
        Alike::passes(Kind::ServiceTrouble).everywhere(
            "500 of the contract",
            json(500, r#"{"error":"Failed to delete files."}"#),
        ),
        signed_out("401 of the contract", json(401, ended)),
        signed_out("401 with a page", page(401)),
    ]
}

/// A sign-in that ends at the call, and is renewed by somebody whom the call is refused again. What waits
/// for the next sign-in is tried once more in it: all but a look that somebody waits for.
fn signed_out(name: &str, effect: Effect) -> Row {
    let ended = Alike {
        tries: [2, 2],
        ..Alike::stays(Kind::SignInNotAccepted)
    };
    let mut row = ended.everywhere(name, effect);
    for cell in &mut row.cells {
        if cells::LOOKS.contains(&cell.at) {
            cell.asks = Some(1);
        }
    }
    row
}

/// What other services answer.
fn by_status() -> Vec<Row> {
    let error = r#"{"error":"Something"}"#;
    let stays = |number: u16, kind: Kind| {
        let name = number.to_string();
        Alike::stays(kind).everywhere(&name, json(number, error))
    };
    let ranges = |number: u16, kind: Kind| {
        let name = number.to_string();
        Alike::refuses_ranges(kind).everywhere(&name, json(number, error))
    };
    let known_by_me = |row: Row| Row {
        cells: row
            .cells
            .into_iter()
            .map(|cell| {
                if cell.at == At::SignIn {
                    signs_in()
                } else {
                    cell
                }
            })
            .collect(),
        ..row
    };
    let mut rows = vec![
        ranges(403, Kind::NotAllowed),
        known_by_me(ranges(405, Kind::UnexpectedAnswer)),
        stays(407, Kind::Proxy),
        Alike::passes(Kind::TimedOut).everywhere("408", json(408, error)),
        stays(409, Kind::UnexpectedAnswer),
        ranges(413, Kind::UnexpectedAnswer),
        known_by_me(ranges(501, Kind::ServiceTrouble)),
        Alike::stays(Kind::WebPageInstead).everywhere("511", page(511)),
        Alike::stays(Kind::UnexpectedAnswer)
            .everywhere("204", Effect::status(StatusCode::NO_CONTENT)),
        Alike::stays(Kind::UnexpectedAnswer)
            .everywhere("304", Effect::status(StatusCode::NOT_MODIFIED)),
        Alike::refuses_ranges(Kind::UnexpectedAnswer).everywhere(
            "206 without a range",
            Effect::answer(StatusCode::PARTIAL_CONTENT, "audio/wav", second_of_wav()),
        ),
    ];
    for number in [500, 502, 503, 504] {
        for (body, effect) in [
            ("a page", page(number)),
            ("nothing", Effect::status(status(number))),
            ("JSON", json(number, error)),
        ] {
            let name = format!("{number} with {body}");
            rows.push(Alike::passes(Kind::ServiceTrouble).everywhere(&name, effect));
        }
    }
    rows
}

/// Services that ask to be left alone for a while.
fn that_ask_to_wait() -> Vec<Row> {
    let (date, later) = (header::DATE, header::RETRY_AFTER);
    let too_many = |seconds| Kind::TooManyRequests {
        retry_after_seconds: seconds,
    };
    // A look waits for ten seconds at most, a download for two minutes.
    let looked_at_once = |kind| Alike {
        tries: [1, 5],
        ..Alike::stays(kind)
    };
    let now = "Mon, 23 Nov 2026 14:00:00 GMT";
    let soon = "Mon, 23 Nov 2026 14:01:30 GMT";
    let earlier = "Mon, 23 Nov 2026 13:59:00 GMT";
    let absurd = "99999999999999999999999";
    vec![
        Alike::passes(too_many(None)).everywhere("429", with(429, &[])),
        looked_at_once(too_many(Some(90)))
            .everywhere("429 in seconds", with(429, &[(later.clone(), "90")])),
        Alike::stays(too_many(Some(121)))
            .everywhere("429, too long", with(429, &[(later.clone(), "121")])),
        looked_at_once(too_many(Some(90))).everywhere(
            "429 with a date",
            with(429, &[(date.clone(), now), (later.clone(), soon)]),
        ),
        Alike::passes(too_many(Some(0))).everywhere(
            "429 with a past date",
            with(429, &[(date, now), (later.clone(), earlier)]),
        ),
        Alike::passes(too_many(None))
            .everywhere("429, absurd", with(429, &[(later.clone(), absurd)])),
        Alike::passes(too_many(None))
            .everywhere("429 in words", with(429, &[(later.clone(), "later")])),
        looked_at_once(Kind::ServiceTrouble)
            .everywhere("503 in seconds", with(503, &[(later, "90")])),
    ]
}

/// What passes after one answer.
fn once() -> Vec<Row> {
    [408, 429, 500, 502, 503, 504]
        .into_iter()
        .map(|number| {
            let name = format!("{number}, once");
            Row::new(name, vec![json(number, r#"{"error":"Something"}"#)])
                .once()
                .with(finds(2))
                .with(sees_it_gone(2))
                .with(saves(2))
                .with(goes_on_to_the_end(2))
        })
        .collect()
}

/// An answer of which a GET makes something else than all other calls.
fn differing(name: &str, effect: Effect, get: &Alike, sign_in: Option<Kind>, delete: &Kind) -> Row {
    let sign_in = sign_in.map_or_else(signs_in, fails_to_sign_in);
    Row::new(name, vec![effect])
        .with(get.gets())
        .with(deletes_nothing(Some(delete.clone()), Some(delete.clone())))
        .with([sign_in])
}

/// Answers that look like the documented ones until they are read.
fn impostors() -> Vec<Row> {
    [not_found(), with_status_200(), vec![nothing_at_all()]]
        .into_iter()
        .flatten()
        .collect()
}

/// Each 404 that is not the service's own: nobody may be told that nothing is there.
fn not_found() -> Vec<Row> {
    let unexpected = |name: &str, effect| {
        let kind = Kind::UnexpectedAnswer;
        differing(name, effect, &Alike::stays(kind.clone()), None, &kind)
    };
    let web_page = Kind::WebPageInstead;
    vec![
        differing(
            "404 of a page",
            page(404),
            &Alike::stays(web_page.clone()),
            None,
            &web_page,
        ),
        unexpected("404 with nothing", Effect::status(StatusCode::NOT_FOUND)),
        unexpected(
            "404 in words",
            Effect::answer(StatusCode::NOT_FOUND, "text/plain", "not found"),
        ),
        unexpected(
            "404 of a framework",
            json(404, r#"{"status":404,"error":"Not Found","path":"/api"}"#),
        ),
        unexpected("404 of a gateway", json(404, r#"{"error":"No such app"}"#)),
        unexpected(
            "404 of another shape",
            json(404, r#"{"error":{"code":404}}"#),
        ),
        unexpected("404 with an array", json(404, "[]")),
        unexpected("404 cut short", json(404, r#"{"error":"No audio"#)),
        unexpected("404 of 10 MB", json(404, &huge())),
        Alike::passes(Kind::ServiceTrouble).everywhere("500 of 10 MB", json(500, &huge())),
        Alike::refuses_ranges(web_page).everywhere("400 of a page", page(400)),
    ]
}

/// Each 200 that is no recording and no account, and says nothing of a delete.
fn with_status_200() -> Vec<Row> {
    let unexpected = |name: &str, effect, get: Kind| {
        let other = Kind::UnexpectedAnswer;
        let sign_in = Some(other.clone());
        differing(name, effect, &Alike::stays(get), sign_in, &other)
    };
    let typed = |kind: &'static str, body: &'static str| Effect::answer(StatusCode::OK, kind, body);
    let no_type = |body: &'static str| Effect::Answer {
        status: StatusCode::OK,
        headers: Vec::new(),
        body: body.into(),
    };
    let not_audio = Kind::NotAudio { arrived: true };
    let web_page = || Alike::stays(Kind::WebPageInstead);
    let message = huge().replace("error", "message");
    vec![
        web_page().everywhere("200 with a page", page(200)),
        web_page().everywhere(
            "200 with a page called audio",
            typed("audio/wav", "\r\n\r\n <!doctype HTML><p>"),
        ),
        web_page().everywhere(
            "200 with text called a page",
            typed("text/html", "please sign in first"),
        ),
        unexpected(
            "200 with an error",
            json(200, r#"{"error":"Oops"}"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 with an error called audio",
            typed("audio/wav", r#"{"error":"Oops"}"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 with an error and no type",
            no_type(r#"{"error":"Oops"}"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 with an error and a message",
            json(200, r#"{"error":"Oops","message":"deleted"}"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 cut short",
            json(200, r#"{"message":"File(s"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 of another shape",
            json(200, r#"{"message":true}"#),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 of 10 MB that is no account",
            json(200, &message[..message.len() - 1]),
            Kind::JsonInstead,
        ),
        unexpected(
            "200 with base64",
            typed("audio/wav", "UklGRiR3AQBXQVZFZm10IBAA"),
            Kind::Base64Instead,
        ),
        unexpected(
            "200 of another type",
            typed("application/zip", "PK\x03\x04 and so on and on"),
            not_audio.clone(),
        ),
        unexpected(
            "200 with something of no type",
            no_type("PK\x03\x04 and so on and on"),
            not_audio.clone(),
        ),
        unexpected("200 with no text", typed("text/plain", ""), not_audio),
    ]
}

/// 200 with a length of 0 and no type: the service has an empty recording, as far as it says.
fn nothing_at_all() -> Row {
    let empty = Kind::EmptyRecording { arrived: true };
    let other = || Some(Kind::UnexpectedAnswer);
    let nothing_to_go_on = cells::goes_on(&Told::Fails(empty.clone()), &Left::Nothing, [1, 1]);
    let mut seen = finds(1);
    for cell in &mut seen {
        match cell.at {
            At::SaveDialog => cell.told = Told::Fails(empty.clone()),
            At::LastLook => *cell = cells::not_sent(At::LastLook, Kind::CopyChanged).asks(1),
            _ => {}
        }
    }
    Row::new("200 with nothing", vec![Effect::status(StatusCode::OK)])
        .with(seen)
        .with(cells::still_sees_it(1))
        .with(fails_to_download(&empty, 1))
        .with(nothing_to_go_on)
        .with(deletes_nothing(other(), other()))
        .with([fails_to_sign_in(Kind::UnexpectedAnswer)])
}

#[test]
fn every_answer_of_the_contract_to_every_call_is_told_for_what_it_is() {
    run(play_all("answers of the contract", &documented()));
}

#[test]
fn every_other_status_to_every_call_is_told_for_what_it_is() {
    run(play_all("answers by status", &by_status()));
}

#[test]
fn every_wish_for_a_wait_at_every_call_is_told_for_what_it_is() {
    run(play_all("answers that ask to wait", &that_ask_to_wait()));
}

#[test]
fn what_passes_after_one_answer_is_met_by_another_try() {
    run(play_all("answers that pass", &once()));
}

#[test]
fn every_answer_that_is_another_than_it_looks_is_told_for_what_it_is() {
    run(play_all("answers that look like others", &impostors()));
}

pub fn rows() -> Vec<Row> {
    let all = [
        documented(),
        by_status(),
        that_ask_to_wait(),
        once(),
        impostors(),
    ];
    all.into_iter().flatten().collect()
}
