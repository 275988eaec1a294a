use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use crate::api::answer::{self, Answer};
use crate::api::body::{self, HttpBody};
use crate::api::call::Call;
use crate::api::{
    ApiError, Deletion, DeletionOfAll, Download, Look, Person, Recording, RecordingsApi, headers,
    transport,
};
use crate::domain::{ContentKind, DoctorName, FailureKind, ServerCopy, ServiceOrigin, Unfit};

/// How many redirects within the service's own origin are followed.
const MOST_REDIRECTS: usize = 5;

/// The service for one sign-in, over HTTP.
pub(super) struct HttpClient {
    pub(super) origin: ServiceOrigin,
    pub(super) authorization: HeaderValue,
    /// For what changes nothing.
    pub(super) reading: Client,
    /// For what must never be sent twice.
    pub(super) deleting: Client,
    pub(super) read_timeout: Duration,
    pub(super) delete_timeout: Duration,
}

impl RecordingsApi for HttpClient {
    fn who_am_i(&self) -> BoxFuture<'_, Result<Person, ApiError>> {
        Box::pin(async {
            let call = Call::WhoAmI;
            let response = self.get(call, call.url(&self.origin, None)).await?;
            Self::small(call, response, self.read_timeout)
                .await
                .person()
        })
    }

    fn look<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Look, ApiError>> {
        Box::pin(async {
            // Dropping the body ends the transfer.
            let begun = self.begin(doctor).await?;
            Ok(begun.map_or(Look::Nothing, |(copy, _body)| Look::Has(copy)))
        })
    }

    fn download<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Download, ApiError>> {
        Box::pin(async {
            let begun = self.begin(doctor).await?;
            Ok(begun.map_or(Download::Nothing, |(copy, body)| {
                Download::Recording(Recording {
                    copy,
                    body: Box::new(body),
                })
            }))
        })
    }

    fn delete<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Deletion, ApiError>> {
        Box::pin(async {
            self.send_delete(Call::Delete, Some(doctor))
                .await?
                .deletion()
        })
    }

    fn delete_all(&self) -> BoxFuture<'_, Result<DeletionOfAll, ApiError>> {
        Box::pin(async {
            self.send_delete(Call::DeleteAll, None)
                .await?
                .deletion_of_all()
        })
    }
}

impl HttpClient {
    /// `GET /api/download` up to the body's first bytes; `None` for the documented 404.
    async fn begin(&self, doctor: &DoctorName) -> Result<Option<(ServerCopy, HttpBody)>, ApiError> {
        let call = Call::Download;
        let response = self.get(call, call.url(&self.origin, Some(doctor))).await?;
        let status = response.status();
        if status != StatusCode::OK {
            let answer = Self::small(call, response, self.read_timeout).await;
            return answer.nothing().map(|()| None);
        }
        let answered = response.headers().clone();
        if headers::is_encoded(&answered) {
            return Err(call.error(
                FailureKind::UnexpectedAnswer,
                Some(status.as_u16()),
                "the answer has a Content-Encoding that was not asked for",
                true,
            ));
        }
        let length = response.content_length();
        let (content, body) = HttpBody::begin(call, response, self.read_timeout).await?;
        let (format, unfit) = match content {
            ContentKind::Audio(format) => (Some(format), None),
            ContentKind::Tagged => (None, None),
            ContentKind::OtherRecording(kind) => (None, Some(Unfit::Other(kind))),
            // Without a length, nothing may have come of what is there.
            ContentKind::Empty if length == Some(0) => (None, Some(Unfit::Empty)),
            other => return Err(Answer::no_recording(call, status, &answered, other)),
        };
        let copy = ServerCopy {
            unfit,
            ..headers::server_copy(&answered, length, format)
        };
        Ok(Some((copy, body)))
    }

    /// Sends a GET and follows redirects, within the service's own origin only: the token goes
    /// nowhere else.
    async fn get(&self, call: Call, mut url: Url) -> Result<Response, ApiError> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self
                .reading
                .get(url.clone())
                .header(AUTHORIZATION, self.authorization.clone())
                // Without this field, any coding would be an answer (RFC 9110 section 12.5.3).
                .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
                .send()
                .await
                .map_err(|error| transport::before_answer(call, error))?;
            match self.next_hop(&response, &url) {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(call.error(
            FailureKind::Redirected {
                to_host: url.host_str().map(ToOwned::to_owned),
            },
            None,
            format!("more than {MOST_REDIRECTS} redirects"),
            true,
        ))
    }

    /// Where to ask instead, if the answer is a redirect that may be followed.
    fn next_hop(&self, response: &Response, url: &Url) -> Option<Url> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let next = answer::location(response.headers(), url)?;
        // A user name in the address would take the token's place in the header.
        let plain = next.username().is_empty() && next.password().is_none();
        (plain && self.origin.is_origin_of(&next)).then_some(next)
    }

    /// Sends a DELETE, once.
    async fn send_delete(
        &self,
        call: Call,
        doctor: Option<&DoctorName>,
    ) -> Result<Answer, ApiError> {
        let response = self
            .deleting
            .delete(call.url(&self.origin, doctor))
            .header(AUTHORIZATION, self.authorization.clone())
            .send()
            .await
            .map_err(|error| transport::before_answer(call, error))?;
        Ok(Self::small(call, response, self.delete_timeout).await)
    }

    async fn small(call: Call, response: Response, limit: Duration) -> Answer {
        let status = response.status();
        let headers = response.headers().clone();
        let url = response.url().clone();
        tracing::debug!(call = call.label(), status = status.as_u16(), "answered");
        // What a redirect says beside its address is of no use, and a redirect's body may stall.
        let body = if status.is_redirection() {
            Ok(Vec::new())
        } else {
            body::read_small(call, response, limit).await
        };
        Answer::new(call, status, headers, url, body)
    }
}
