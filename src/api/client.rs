use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use crate::api::answer::{self, Answer};
use crate::api::body::{self, HttpBody};
use crate::api::call::Call;
use crate::api::headers::Coding;
use crate::api::kept_open::KeptOpen;
use crate::api::{
    ApiError, Deletion, DeletionOfAll, Download, Look, Person, Recording, RecordingsApi,
    ResumePoint, headers, said, transport,
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
    /// The same, always over a new connection.
    pub(super) reading_anew: Client,
    pub(super) kept_open: KeptOpen,
    /// For what must never be sent twice.
    pub(super) deleting: Client,
    pub(super) read_timeout: Duration,
    pub(super) delete_timeout: Duration,
}

impl RecordingsApi for HttpClient {
    fn who_am_i(&self) -> BoxFuture<'_, Result<Person, ApiError>> {
        Box::pin(async {
            let call = Call::WhoAmI;
            let response = self
                .get(call, call.url(&self.origin, None), &HeaderMap::new())
                .await?;
            Self::small(call, response, self.read_timeout)
                .await
                .person()
        })
    }

    fn look<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
    ) -> BoxFuture<'a, Result<Look, ApiError>> {
        Box::pin(async move {
            // Dropping the body ends the transfer.
            let begun = self.begin(doctor, oldest, None).await?;
            Ok(begun.map_or(Look::Nothing, |recording| Look::Has(recording.copy)))
        })
    }

    fn download<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
        resume: Option<&'a ResumePoint>,
    ) -> BoxFuture<'a, Result<Download, ApiError>> {
        Box::pin(async move {
            let begun = self.begin(doctor, oldest, resume).await?;
            Ok(begun.map_or(Download::Nothing, Download::Recording))
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
    /// `GET /api/download` up to the body's first bytes, or to a rest's headers; `None` for the
    /// documented 404.
    async fn begin(
        &self,
        doctor: &DoctorName,
        oldest: Duration,
        resume: Option<&ResumePoint>,
    ) -> Result<Option<Recording>, ApiError> {
        let call = Call::Download;
        let url = call.url(&self.origin, Some(doctor));
        // What is gone on with was cut: what else was kept open may be as dead.
        let response = match resume {
            None => self.get(call, url.clone(), &HeaderMap::new()).await?,
            Some(point) => self.get_anew(call, url.clone(), point.fields()).await?,
        };
        let unfit = match (resume, response.status()) {
            (Some(point), StatusCode::PARTIAL_CONTENT) => {
                match point.rest(response.headers(), response.content_length()) {
                    Ok(copy) => return Self::go_on(point, copy, response, oldest).map(Some),
                    Err(unfit) => unfit,
                }
            }
            (Some(_), StatusCode::RANGE_NOT_SATISFIABLE) => "nothing is there to go on with",
            (Some(_), status) if may_refuse_ranges(status) => "it may be the range that is refused",
            _ => return self.whole(response, oldest).await,
        };
        tracing::debug!(call = call.label(), unfit, "no rest, begun anew");
        // Unread: it may be as long as the recording, or stall.
        drop(response);
        let response = self.get_anew(call, url, &HeaderMap::new()).await?;
        self.whole(response, oldest).await
    }

    /// The rest of a recording, from its headers on.
    fn go_on(
        point: &ResumePoint,
        copy: ServerCopy,
        response: Response,
        oldest: Duration,
    ) -> Result<Recording, ApiError> {
        let (call, from) = (Call::Download, point.from());
        refuse_older(oldest, call, response.status(), response.headers())?;
        tracing::debug!(call = call.label(), from, total = copy.length, "goes on");
        Ok(Recording {
            coding: None,
            from,
            body: Box::new(HttpBody::rest(call, response, from, copy.length)),
            copy,
        })
    }

    /// A whole recording, up to its first bytes; `None` for the documented 404.
    async fn whole(
        &self,
        response: Response,
        oldest: Duration,
    ) -> Result<Option<Recording>, ApiError> {
        let call = Call::Download;
        let status = response.status();
        let answered = response.headers().clone();
        if status != StatusCode::OK {
            let answer = Self::small(call, response, self.read_timeout).await;
            answer.nothing()?;
            refuse_older(oldest, call, status, &answered)?;
            return Ok(None);
        }
        let encoded = || {
            call.error(
                FailureKind::UnexpectedAnswer,
                Some(status.as_u16()),
                "the answer has a Content-Encoding that was not asked for",
                true,
            )
        };
        let coding = headers::coding(&answered);
        if coding == Coding::Encoded {
            return Err(encoded());
        }
        let length = response.content_length();
        let (content, body) = HttpBody::begin(call, response, self.read_timeout).await?;
        // In whatever way nobody registered they may be encoded: bytes that begin a recording are not.
        if coding != Coding::Identity && !matches!(content, ContentKind::Audio(_)) {
            return Err(encoded());
        }
        refuse_older(oldest, call, status, &answered)?;
        let (format, unfit) = match content {
            ContentKind::Audio(format) => (Some(format), None),
            ContentKind::Tagged => (None, None),
            ContentKind::OtherRecording(kind) => (None, Some(Unfit::Other(kind))),
            // Without a length, nothing may have come of what is there.
            ContentKind::Empty if length == Some(0) && !headers::is_text(&answered) => {
                (None, Some(Unfit::Empty))
            }
            other => return Err(Answer::no_recording(call, status, &answered, other, length)),
        };
        Ok(Some(Recording {
            copy: ServerCopy {
                unfit,
                ..headers::server_copy(&answered, length, format)
            },
            coding: coding.unregistered(),
            from: 0,
            body: Box::new(body),
        }))
    }

    /// Sends a GET with these fields beside its own, and follows redirects, within the service's
    /// own origin only: the token goes nowhere else.
    async fn get(&self, call: Call, url: Url, fields: &HeaderMap) -> Result<Response, ApiError> {
        self.follow(call, url, fields, false).await
    }

    /// The same over a new connection.
    async fn get_anew(
        &self,
        call: Call,
        url: Url,
        fields: &HeaderMap,
    ) -> Result<Response, ApiError> {
        self.follow(call, url, fields, true).await
    }

    async fn follow(
        &self,
        call: Call,
        mut url: Url,
        fields: &HeaderMap,
        anew: bool,
    ) -> Result<Response, ApiError> {
        for _ in 0..=MOST_REDIRECTS {
            let asked = if anew {
                self.ask_by(&self.reading_anew, &url, fields).await
            } else {
                self.ask(&url, fields).await
            };
            let response = asked.map_err(|error| transport::before_answer(call, error))?;
            match self.next_hop(&response, &url) {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(call.error(
            FailureKind::Redirected {
                to_host: said::host(&url),
            },
            None,
            format!("more than {MOST_REDIRECTS} redirects"),
            true,
        ))
    }

    /// Sends a GET, and once more where the first went over a connection that had been kept open
    /// and got no answer: as likely as not the service had just closed it. A GET is safe to repeat
    /// (RFC 9110 section 9.2.2).
    async fn ask(&self, url: &Url, fields: &HeaderMap) -> reqwest::Result<Response> {
        match self.ask_by(&self.reading, url, fields).await {
            Ok(response) => {
                self.kept_open.answered(&response);
                Ok(response)
            }
            Err(error) if self.kept_open.was_closed_before(&error) => {
                self.ask_by(&self.reading_anew, url, fields).await
            }
            Err(error) => Err(error),
        }
    }

    async fn ask_by(
        &self,
        client: &Client,
        url: &Url,
        fields: &HeaderMap,
    ) -> reqwest::Result<Response> {
        let request = client
            .get(url.clone())
            .headers(fields.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            // What is asked for decides something: no cache is to answer by itself (RFC 9111
            // section 5.2.1.4).
            .header(CACHE_CONTROL, HeaderValue::from_static("no-cache"))
            // Without this field, any coding would be an answer (RFC 9110 section 12.5.3).
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        request.send().await
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

    pub(super) async fn small(call: Call, response: Response, limit: Duration) -> Answer {
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

/// Whether an answer may be one to the `Range` of a request that would be answered otherwise without it.
fn may_refuse_ranges(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::FORBIDDEN
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::PRECONDITION_FAILED
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::NOT_IMPLEMENTED
    )
}

/// Refuses an answer that a cache on the way had, or may have had, longer than `oldest` before it
/// was asked for.
fn refuse_older(
    oldest: Duration,
    call: Call,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    match headers::age(headers) {
        Some(age) if age > oldest => Err(call.error(
            FailureKind::AnswerTooOld,
            Some(status.as_u16()),
            format!("answered {status} from a cache, with too great an Age"),
            true,
        )),
        _ => Ok(()),
    }
}
