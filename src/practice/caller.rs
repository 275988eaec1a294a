//! Whom the service answers: programs that ask it by its own address. A page in a browser can have that
//! send requests anywhere, also to a name that is made to stand for this computer (DNS rebinding); they
//! carry the page's origin, or the name.

use std::net::SocketAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, StatusCode};

use super::contract_text;
use super::reply::Reply;

/// What a request is answered that was not meant for the service at `address`, or that a page of another
/// origin began.
pub fn refuse_stranger(address: SocketAddr, fields: &HeaderMap) -> Option<Reply> {
    let own = own_names(address);
    let is_own = |name: &str| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    if !only(fields, &HOST).is_some_and(is_own) {
        let status = StatusCode::MISDIRECTED_REQUEST;
        return Some(Reply::json(status, contract_text::NOT_THIS_HOST));
    }
    let is_strange = fields.contains_key(ORIGIN)
        && !only(fields, &ORIGIN)
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(is_own);
    is_strange.then(|| Reply::json(StatusCode::FORBIDDEN, contract_text::STRANGE_ORIGIN))
}

/// What a request to `address` may be meant for.
fn own_names(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut names = vec![address.to_string(), format!("localhost:{port}")];
    if port == 80 {
        names.extend(["localhost".to_owned(), address.ip().to_string()]);
    }
    names
}

/// The value of a field that stands there once.
fn only<'a>(fields: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = fields.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}
