//! What happens to a request, from its arrival to its answer.

use std::future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use axum::{Router, body::Body, body::to_bytes};
use serde::Deserialize;

use super::accounts::Accounts;
use super::audio_answer::{Manner, Ranges, audio_answer};
use super::caller::refuse_stranger;
use super::config::Etags;
use super::connection::{Break, Wire};
use super::contract_text;
use super::fault::{Call, Effect, FaultBook};
use super::query::doctor_of;
use super::reply::Reply;
use super::request_log::{RequestEntry, RequestLog};
use super::shelf::Shelf;

/// No sign-in is longer.
const LONGEST_SIGN_IN: usize = 64 * 1024;

/// What all requests share.
pub struct Shared {
    /// Where it listens.
    pub address: SocketAddr,
    /// Who may call.
    pub accounts: Accounts,
    /// What is held.
    pub shelf: Mutex<Shelf>,
    /// What goes wrong.
    pub faults: Mutex<FaultBook>,
    /// What was asked.
    pub log: RequestLog,
    /// How long every answer takes at least.
    pub latency: Duration,
    /// Whether ranges are answered.
    pub ranges: bool,
    /// Which downloads carry an `ETag`.
    pub etags: Etags,
}

/// The body of a sign-in.
#[derive(Deserialize)]
struct SignIn {
    username: String,
    password: String,
}

/// The whole service.
pub fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new();
    for call in Call::ALL {
        let answer = move |State(shared): State<Arc<Shared>>,
                           Extension(wire): Extension<Arc<Wire>>,
                           request: Request| async move {
            receive(&shared, &wire, Some(call), request).await
        };
        router = router.route(call.path(), any(answer));
    }
    router
        .fallback(
            |State(shared): State<Arc<Shared>>,
             Extension(wire): Extension<Arc<Wire>>,
             request: Request| async move { receive(&shared, &wire, None, request).await },
        )
        .with_state(shared)
}

impl Shared {
    /// What is held, for as long as the guard lives.
    pub fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults in force, for as long as the guard lives.
    pub fn faults(&self) -> MutexGuard<'_, FaultBook> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes the request and answers it; a path or a method that is none of the contract's here.
async fn receive(
    shared: &Shared,
    wire: &Arc<Wire>,
    path_of: Option<Call>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let call = path_of.filter(|call| call.method() == parts.method);
    let entry = shared.log.received(wire.number(), &parts, call);
    let refusal = refuse_stranger(shared.address, &parts.headers);
    let answer = match (call, path_of) {
        _ if let Some(refusal) = refusal => refusal.into_answer(wire, entry).await,
        (Some(call), _) => answer(shared, wire, call, &parts, body, &entry).await,
        (None, Some(call)) => {
            let reply = Reply::json(
                StatusCode::METHOD_NOT_ALLOWED,
                contract_text::METHOD_NOT_ALLOWED,
            );
            let allowed = HeaderValue::from_str(call.method().as_str())
                .unwrap_or_else(|_| HeaderValue::from_static(""));
            let reply = reply.with(header::ALLOW, allowed);
            reply.into_answer(wire, entry).await
        }
        (None, None) => {
            let reply = Reply::json(StatusCode::NOT_FOUND, contract_text::NOT_FOUND);
            reply.into_answer(wire, entry).await
        }
    };
    let answer = answer.unwrap_or_else(|error| {
        tracing::error!(kind = ?error.kind(), "an answer could not be made");
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        answer
    });
    tracing::info!(
        connection = wire.number(),
        method = %parts.method,
        path = parts.uri.path(),
        status = answer.status().as_u16(),
        "answered"
    );
    answer
}

/// Acts on a call of the contract, with all that is to go wrong.
async fn answer(
    shared: &Shared,
    wire: &Arc<Wire>,
    call: Call,
    parts: &Parts,
    body: Body,
    entry: &RequestEntry,
) -> io::Result<Response> {
    let doctor = doctor_of(parts.uri.query());
    let effects = shared.faults().meet(call, doctor.as_deref());
    tokio::time::sleep(shared.latency).await;
    for effect in &effects {
        match effect {
            Effect::StallBeforeHead(duration) => entry.stall(*duration).await,
            Effect::LoseBeforeActing => return lose(wire).await,
            _ => {}
        }
    }
    let canned = effects.iter().rev().find_map(|effect| match effect {
        Effect::Answer {
            status,
            headers,
            body,
        } => Some(Reply::canned(*status, headers, body.clone())),
        _ => None,
    });
    let mut reply = match canned {
        Some(reply) => reply,
        None => act(shared, call, parts, body, doctor.as_deref(), &effects).await?,
    };
    if effects.contains(&Effect::LoseAfterActing) {
        return lose(wire).await;
    }
    for effect in &effects {
        reply.spoil(effect);
    }
    reply.into_answer(wire, entry.clone()).await
}

async fn lose(wire: &Wire) -> io::Result<Response> {
    wire.break_off(Break::Close);
    future::pending().await
}

async fn act(
    shared: &Shared,
    call: Call,
    parts: &Parts,
    body: Body,
    doctor: Option<&str>,
    effects: &[Effect],
) -> io::Result<Reply> {
    if call == Call::Login {
        return Ok(sign_in(shared, body).await);
    }
    let authorization = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if !shared.accounts.accepts(authorization) {
        return Ok(Reply::json(
            StatusCode::UNAUTHORIZED,
            contract_text::UNAUTHENTICATED,
        ));
    }
    let pretend = effects.contains(&Effect::PretendToAct);
    match (call, doctor) {
        (Call::Download, Some(doctor)) => download(shared, parts, doctor, effects).await,
        (Call::Download, None) => Ok(Reply::json(StatusCode::BAD_REQUEST, contract_text::NO_NAME)),
        (Call::Delete, Some(doctor)) => {
            let deleted = pretend || shared.shelf().delete(doctor);
            Ok(if deleted {
                Reply::json(StatusCode::OK, contract_text::DELETED)
            } else {
                Reply::json(StatusCode::NOT_FOUND, contract_text::NOTHING_TO_DELETE)
            })
        }
        (Call::Delete, None) => Ok(Reply::json(
            StatusCode::BAD_REQUEST,
            contract_text::DELETE_WITHOUT_NAME,
        )),
        (Call::DeleteAll, _) => {
            if !pretend {
                shared.shelf().delete_all();
            }
            Ok(Reply::json(StatusCode::OK, contract_text::ALL_DELETED))
        }
        (Call::Me | Call::Login, _) => Ok(shared.accounts.profile(authorization).map_or_else(
            || Reply::json(StatusCode::NOT_FOUND, "{}"),
            |profile| Reply::value(&profile),
        )),
    }
}

async fn download(
    shared: &Shared,
    parts: &Parts,
    doctor: &str,
    effects: &[Effect],
) -> io::Result<Reply> {
    let newest = shared.shelf().newest(doctor);
    let Some(recording) = newest else {
        return Ok(Reply::json(
            StatusCode::NOT_FOUND,
            contract_text::NOTHING_TO_DOWNLOAD,
        ));
    };
    let content = recording.content().await?;
    let manner = Manner {
        ranges: if !shared.ranges {
            Ranges::Unknown
        } else if effects.contains(&Effect::IgnoreRange) {
            Ranges::Ignored
        } else if effects.contains(&Effect::WrongRange) {
            Ranges::Wrong
        } else {
            Ranges::Answered
        },
        etag: match shared.etags {
            Etags::None => shared.ranges,
            Etags::SomeSamples => shared.ranges || recording.etag,
            Etags::All => true,
        },
    };
    Ok(audio_answer(
        doctor,
        &recording,
        content,
        &parts.headers,
        manner,
    ))
}

async fn sign_in(shared: &Shared, body: Body) -> Reply {
    let bytes = to_bytes(body, LONGEST_SIGN_IN).await.unwrap_or_default();
    serde_json::from_slice(&bytes)
        .ok()
        .and_then(|typed: SignIn| shared.accounts.sign_in(&typed.username, &typed.password))
        .map_or_else(
            || Reply::json(StatusCode::UNAUTHORIZED, contract_text::WRONG_PASSWORD),
            |session| Reply::value(&session),
        )
}
