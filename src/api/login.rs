//! A token for a user name and its password.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::api::call::Call;
use crate::api::client::HttpClient;
use crate::api::{ApiError, GivenToken, transport};
use crate::domain::{FailureKind, Secret, ServiceOrigin};

#[derive(Serialize)]
struct Asked<'a> {
    username: &'a str,
    password: &'a str,
}

/// Sends `POST /api/auth/login` once, and to this origin only. What the network's layers keep of the
/// password until they reuse the memory is out of reach here.
pub(super) async fn sign_in(
    client: &Client,
    origin: &ServiceOrigin,
    (user_name, password): (&str, &Secret),
    limit: Duration,
) -> Result<GivenToken, ApiError> {
    let call = Call::Login;
    let asked = Asked {
        username: user_name,
        password: password.expose(),
    };
    let body = serde_json::to_vec(&asked).map(Zeroizing::new);
    let body =
        body.map_err(|_| call.error(FailureKind::Internal, None, "a body that is no JSON", false))?;
    let request = client
        .post(call.url(origin, None))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
        .body(body.to_vec());
    let response = request.send().await;
    let response = response.map_err(|error| transport::before_answer(call, error))?;
    HttpClient::small(call, response, limit).await.given_token()
}
