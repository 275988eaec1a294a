use std::error::Error as StdError;
use std::io;

use crate::api::ApiError;
use crate::api::call::Call;
use crate::domain::FailureKind;

/// Classes what went wrong before the answer's headers had come.
pub(super) fn before_answer(call: Call, error: reqwest::Error) -> ApiError {
    classed(call, error, None, 0, None)
}

/// Classes what went wrong in the middle of an answer's body.
pub(super) fn in_body(
    call: Call,
    error: reqwest::Error,
    status: u16,
    received: u64,
    total: Option<u64>,
) -> ApiError {
    classed(call, error, Some(status), received, total)
}

/// The answer took longer than it may as a whole, though each part of it came in time.
pub(super) fn too_slow(call: Call, status: u16) -> ApiError {
    call.error(
        FailureKind::TimedOut,
        Some(status),
        "the answer's body took too long",
        true,
    )
}

/// The answer's body ended inside that by which a recording is told.
pub(super) fn cut_at_the_beginning(call: Call, status: u16, received: u64) -> ApiError {
    call.error(
        FailureKind::ConnectionDropped {
            received,
            total: None,
        },
        Some(status),
        "the answer's body ends where a recording has hardly begun",
        true,
    )
}

/// The answer's body ended before what it was said to bring.
pub(super) fn ended_early(call: Call, status: u16, received: u64, total: u64) -> ApiError {
    call.error(
        FailureKind::ConnectionDropped {
            received,
            total: Some(total),
        },
        Some(status),
        "the answer's body ends before its range does",
        true,
    )
}

/// The answer's body brought more than it was said to.
pub(super) fn went_on(call: Call, status: u16, received: u64, total: u64) -> ApiError {
    call.error(
        FailureKind::DamagedInTransit {
            expected: Some(total),
            received,
        },
        Some(status),
        "the answer's body goes on beyond its range",
        true,
    )
}

fn classed(
    call: Call,
    error: reqwest::Error,
    status: Option<u16>,
    received: u64,
    total: Option<u64>,
) -> ApiError {
    let error = error.without_url();
    let never_connected = error.is_connect();
    let kind = if error.is_builder() {
        FailureKind::Internal
    } else if never_connected && any_cause(&error, is_tls) {
        FailureKind::NotTrusted
    } else if error.is_timeout() {
        FailureKind::TimedOut
    } else if error.is_dns() {
        FailureKind::ServiceNotFound
    } else if never_connected && any_cause(&error, is_refusal_of_a_proxy) {
        FailureKind::Proxy
    } else if never_connected {
        FailureKind::NoAnswer
    } else {
        FailureKind::ConnectionDropped { received, total }
    };
    let may_have_reached = !never_connected && !error.is_builder();
    call.error(kind, status, words(&error), may_have_reached)
}

/// Classes a client that could not be built.
pub(super) fn not_built(call: Call, error: reqwest::Error) -> ApiError {
    let error = error.without_url();
    let kind = if any_cause(&error, is_tls) {
        FailureKind::NotTrusted
    } else {
        FailureKind::Internal
    };
    call.error(kind, None, words(&error), false)
}

/// hyper-util's error for a `CONNECT` that failed: its type is private, its words are not.
fn is_refusal_of_a_proxy(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().starts_with("tunnel error")
}

pub(super) fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<rustls::Error>()
}

pub(super) fn any_cause(
    error: &(dyn StdError + 'static),
    holds: impl Fn(&(dyn StdError + 'static)) -> bool,
) -> bool {
    causes(error).into_iter().any(holds)
}

/// The error and what it stems from, outermost first.
pub(super) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut found = vec![error];
    let mut next = cause_of(error);
    while let Some(cause) = next {
        found.push(cause);
        next = cause_of(cause);
    }
    found
}

/// Like `source`, which skips the error that an [`io::Error`] wraps.
fn cause_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The lower layers' words, one after another, none twice, none with an address in it.
fn words(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in causes(error) {
        let shows_address = cause
            .downcast_ref::<reqwest::Error>()
            .is_some_and(|inner| inner.url().is_some());
        let text = cause.to_string();
        if !shows_address && !words.contains(&text) {
            words.push(text);
        }
    }
    words.join(": ")
}
