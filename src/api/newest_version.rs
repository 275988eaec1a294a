use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, StatusCode, retry};

use crate::api::transport::{any_cause, is_tls};
use crate::domain::{UpdateAddress, Version};

/// The most that the answer may have, in bytes.
const LONGEST: usize = 64;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 3;

/// Why the newest version is not known, in words without an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoVersion {
    /// Nothing could be sent.
    #[error("the call could not be made")]
    NotMade,
    /// The certificate is none that the system trusts.
    #[error("the certificate is not trusted")]
    NotTrusted,
    /// No connection, or one that ended before the answer did.
    #[error("no whole answer came")]
    NoAnswer,
    /// It took too long.
    #[error("the answer took too long")]
    TooSlow,
    /// Another status than 200, a redirect that is not followed among them.
    #[error("the answer's status was {0}")]
    Status(u16),
    /// The answer is no version.
    #[error("the answer was no version")]
    NotAVersion,
}

/// Asks an address once which version is the newest, within `limit` altogether.
///
/// All that is sent is a GET that is the same for everybody, over a connection and by a client of its own,
/// which know no token and keep nothing for the next time. Of the answer only three numbers are taken.
///
/// # Errors
/// [`NoVersion`].
pub async fn ask_newest_version(
    address: &UpdateAddress,
    limit: Duration,
) -> Result<Version, NoVersion> {
    let client = client(address, limit).map_err(|error| reason(&error))?;
    let request = client
        .get(address.url().clone())
        .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    if response.status() != StatusCode::OK {
        return Err(NoVersion::Status(response.status().as_u16()));
    }
    let mut said = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|error| reason(&error))? {
        if said.len() + bytes.len() > LONGEST {
            return Err(NoVersion::NotAVersion);
        }
        said.extend_from_slice(&bytes);
    }
    let said = str::from_utf8(said.trim_ascii()).ok();
    said.and_then(Version::parse).ok_or(NoVersion::NotAVersion)
}

/// Certificates and the proxy are the system's, as for the service.
fn client(address: &UpdateAddress, limit: Duration) -> reqwest::Result<Client> {
    let builder = Client::builder()
        // Some servers turn away who names nothing. The version and the system are nobody's business.
        .user_agent("audio-housekeeper")
        .referer(false)
        .retry(retry::never())
        .pool_max_idle_per_host(0)
        .http1_only()
        .timeout(limit);
    if address.is_plain_http() {
        let builder = builder.no_proxy().tls_certs_only([]);
        builder.redirect(Policy::none()).build()
    } else {
        let builder = builder.https_only(true);
        builder.redirect(Policy::custom(redirect)).build()
    }
}

/// From HTTPS to HTTPS, and never with a user name, which would be sent along.
fn redirect(attempt: Attempt<'_>) -> Action {
    let next = attempt.url();
    let is_plain = next.username().is_empty() && next.password().is_none();
    let may_follow = next.scheme() == "https" && is_plain;
    if may_follow && attempt.previous().len() <= MOST_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn reason(error: &reqwest::Error) -> NoVersion {
    if error.is_connect() && any_cause(error, is_tls) {
        NoVersion::NotTrusted
    } else if error.is_builder() {
        NoVersion::NotMade
    } else if error.is_timeout() {
        NoVersion::TooSlow
    } else {
        NoVersion::NoAnswer
    }
}
