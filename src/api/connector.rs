use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder, redirect, retry};
use zeroize::Zeroizing;

use crate::api::call::Call;
use crate::api::client::HttpClient;
use crate::api::kept_open::KeptOpen;
use crate::api::{ApiError, Connector, GivenToken, RecordingsApi, login, transport};
use crate::domain::{FailureKind, Secret, ServiceOrigin};

/// Opens the service over HTTPS, or plain HTTP to this computer.
///
/// Certificates are judged by the operating system; the system's proxy is used for HTTPS.
#[derive(Debug, Clone, Copy, Default)]
pub struct HttpConnector {
    timeouts: Timeouts,
}

/// How long the service may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection, TLS included.
    pub connect: Duration,
    /// To begin an answer, to go on with it, and to finish one that is no recording.
    pub read: Duration,
    /// To answer a delete, or a name and a password, from the first byte sent to the last one read.
    pub delete: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            read: Duration::from_secs(30),
            delete: Duration::from_mins(1),
        }
    }
}

impl HttpConnector {
    /// A connector with other waits than the usual.
    #[must_use]
    pub const fn with_timeouts(timeouts: Timeouts) -> Self {
        Self { timeouts }
    }

    fn builder(&self, origin: &ServiceOrigin) -> ClientBuilder {
        let builder = Client::builder()
            .user_agent(concat!("audio-housekeeper/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.timeouts.connect)
            .read_timeout(self.timeouts.read)
            // One connection bears all streams, and outlives those that time out on it.
            .http2_keep_alive_interval(self.timeouts.read / 3)
            .http2_keep_alive_timeout(self.timeouts.read / 3);
        if origin.url().scheme() == "http" {
            // Plain HTTP stays on this computer: a proxy would see the token. It needs no trusted
            // certificates either, which some computers have none of.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.https_only(true)
        }
    }

    /// A client that can't send anything twice: no redirects, no retry of requests that the
    /// protocol calls safe to repeat, no pooled connection that may have died unseen, and no
    /// HTTP/2, whose refused streams and closing connections are grounds for another try.
    fn sending_once(&self, origin: &ServiceOrigin) -> Result<Client, reqwest::Error> {
        self.builder(origin)
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .http1_only()
            .timeout(self.timeouts.delete)
            .read_timeout(self.timeouts.delete)
            .build()
    }
}

impl Connector for HttpConnector {
    fn sign_in<'a>(
        &'a self,
        origin: &'a ServiceOrigin,
        user_name: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<GivenToken, ApiError>> {
        Box::pin(async move {
            let client = self.sending_once(origin);
            let client = client.map_err(|error| transport::not_built(Call::Login, error))?;
            let given = (user_name, password);
            login::sign_in(&client, origin, given, self.timeouts.delete).await
        })
    }

    fn connect(
        &self,
        origin: &ServiceOrigin,
        token: Secret,
    ) -> Result<Arc<dyn RecordingsApi>, ApiError> {
        let not_built = |error| transport::not_built(Call::WhoAmI, error);
        Ok(Arc::new(HttpClient {
            origin: origin.clone(),
            authorization: authorization(&token)?,
            reading: self.builder(origin).build().map_err(not_built)?,
            reading_anew: self
                .builder(origin)
                .pool_max_idle_per_host(0)
                .build()
                .map_err(not_built)?,
            kept_open: KeptOpen::default(),
            deleting: self.sending_once(origin).map_err(not_built)?,
            read_timeout: self.timeouts.read,
            delete_timeout: self.timeouts.delete,
        }))
    }
}

fn authorization(token: &Secret) -> Result<HeaderValue, ApiError> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        Call::WhoAmI.error(
            FailureKind::SignInNotAccepted,
            None,
            "the token has characters that no token has",
            false,
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
