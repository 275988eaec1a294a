//! Every redirect, to every call: a GET follows within its service, a DELETE follows nowhere.

use audio_housekeeper::domain::FailureKind as Kind;
use audio_housekeeper::practice::Effect;
use axum::http::{HeaderValue, StatusCode};
use support::run;
use support::server::{Server, Step, json};

use crate::faults::cells::{
    deletes_nothing, fails_to_download, fails_to_go_on, fails_to_sign_in, finds,
    goes_on_to_the_end, looks_in_vain, saves, sees_it_gone, signs_in,
};
use crate::faults::{Row, play_all};

/// How many cases there are at least.
pub const LEAST: usize = 420;

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// How many requests a GET is that is sent on and on.
const MOST: usize = 6;

const RECORDING: &str = "/api/download?doctorName=Dr.%20Amelia%20Smith";

fn redirect(status: u16, location: &str) -> Effect {
    let status = StatusCode::from_u16(status).unwrap();
    Effect::redirect(status, HeaderValue::from_str(location).unwrap())
}

fn to(host: &str) -> Kind {
    let to_host = Some(host.to_owned());
    Kind::Redirected { to_host }
}

/// Within the service's own origin: to the call itself, and from a delete to that of everything.
fn within(status: u16) -> Vec<Row> {
    let here = to("127.0.0.1");
    let row = |name: &str, location| {
        let name = format!("{status} {name}");
        Row::new(name, vec![redirect(status, location)])
    };
    let mut asked_twice = signs_in();
    asked_twice.asks = Some(2);
    let mut asked_on_and_on = fails_to_sign_in(here.clone());
    asked_on_and_on.asks = Some(MOST);
    vec![
        row("to the recording", RECORDING)
            .once()
            .with(finds(2))
            .with(sees_it_gone(2))
            .with(saves(2))
            .with(goes_on_to_the_end(2)),
        row("to the account", "/api/auth/me")
            .once()
            .with([asked_twice]),
        row("to the delete of everything", "/api/delete-all")
            .with(deletes_nothing(Some(here.clone()), Some(here.clone()))),
        row("to itself", "").with(deletes_nothing(Some(here.clone()), Some(here.clone()))),
        row("in a loop", RECORDING)
            .with(looks_in_vain(&here, MOST))
            .with(fails_to_download(&here, MOST))
            .with(fails_to_go_on(&here, [MOST, MOST])),
        row("in a loop, of the account", "/api/auth/me").with([asked_on_and_on]),
    ]
}

/// Out of the service's own origin, where nothing is sent.
fn without(status: u16, port: u16) -> Vec<Row> {
    [
        (
            "another host",
            format!("http://localhost:{port}/x"),
            "localhost",
        ),
        (
            "another host, in its own way",
            format!("//localhost:{port}/x"),
            "localhost",
        ),
        (
            "another port",
            format!("http://127.0.0.1:{port}/x"),
            "127.0.0.1",
        ),
        (
            "another scheme",
            format!("https://127.0.0.1:{port}/x"),
            "127.0.0.1",
        ),
    ]
    .into_iter()
    .map(|(name, location, host)| {
        let kind = to(host);
        Row::new(
            format!("{status} to {name}"),
            vec![redirect(status, &location)],
        )
        .with(looks_in_vain(&kind, 1))
        .with(fails_to_download(&kind, 1))
        .with(fails_to_go_on(&kind, [1, 1]))
        .with(deletes_nothing(Some(kind.clone()), Some(kind.clone())))
        .with([fails_to_sign_in(kind)])
    })
    .collect()
}

#[test]
fn a_redirect_within_the_service_is_followed_by_what_only_reads() {
    let rows: Vec<_> = STATUSES.into_iter().flat_map(within).collect();
    run(play_all("redirects within the service", &rows));
}

#[test]
fn a_redirect_out_of_the_service_is_followed_by_nothing() {
    run(async {
        let elsewhere = Server::saying(vec![Step::Send(json("200 OK", "{}"))]).await;
        let port = elsewhere.port;
        let rows = STATUSES
            .into_iter()
            .flat_map(|status| without(status, port));
        let rows: Vec<_> = rows.collect();
        play_all("redirects out of the service", &rows).await;
        assert_eq!(elsewhere.connections(), 0);
    });
}

/// `port` is that of another service.
pub fn rows(port: u16) -> Vec<Row> {
    STATUSES
        .into_iter()
        .flat_map(|status| within(status).into_iter().chain(without(status, port)))
        .collect()
}
