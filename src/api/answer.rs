use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use zeroize::Zeroize as _;

use crate::api::call::Call;
use crate::api::{ApiError, Deletion, DeletionOfAll, GivenToken, Person, headers, said};
use crate::domain::{ContentKind, FailureKind, Secret, token_end};

/// An answer that is no recording, read to a bound.
pub(super) struct Answer {
    call: Call,
    status: StatusCode,
    headers: HeaderMap,
    /// Where the request went.
    url: Url,
    /// Its body, or why that could not be read.
    body: Result<Vec<u8>, ApiError>,
}

impl Answer {
    pub(super) const fn new(
        call: Call,
        status: StatusCode,
        headers: HeaderMap,
        url: Url,
        body: Result<Vec<u8>, ApiError>,
    ) -> Self {
        Self {
            call,
            status,
            headers,
            url,
            body,
        }
    }

    /// `GET /api/auth/me`: 200 with an account.
    pub(super) fn person(&self) -> Result<Person, ApiError> {
        if self.status != StatusCode::OK {
            return Err(self.undocumented());
        }
        let members = self.object()?.ok_or_else(|| self.undocumented())?;
        let known = ["name", "username", "email", "id"];
        if members.contains_key("error") || !known.iter().any(|name| members.contains_key(*name)) {
            return Err(self.undocumented());
        }
        Ok(person_of(&members))
    }

    /// `POST /api/auth/login`: 200 with a token. The refresh token beside it is left: its call is not
    /// published.
    pub(super) fn given_token(mut self) -> Result<GivenToken, ApiError> {
        match self.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(self.error(FailureKind::PasswordNotAccepted)),
            StatusCode::NOT_FOUND if self.is_web_page() => return Err(self.undocumented()),
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED => return Err(self.error(FailureKind::NoPasswordSignIn)),
            _ => return Err(self.undocumented()),
        }
        let given = match &self.body {
            Ok(body) => serde_json::from_slice::<Given>(body).ok(),
            Err(error) => return Err(error.clone()),
        };
        let given = given.filter(|given| !given.token.trim().is_empty());
        let given = given.ok_or_else(|| self.undocumented());
        if let Ok(body) = &mut self.body {
            body.zeroize();
        }
        let given = given?;
        let token = Secret::new(given.token);
        let said = given.expires_at.as_ref().and_then(Value::as_str);
        let ends_at = said.and_then(|time| time.parse().ok());
        Ok(GivenToken {
            ends_at: ends_at.or_else(|| token_end(&token)),
            person: given
                .user
                .as_ref()
                .and_then(Value::as_object)
                .map(person_of)
                .unwrap_or_default(),
            token,
        })
    }

    /// `GET /api/download`, answered with anything but 200: the documented 404 or a failure.
    pub(super) fn nothing(&self) -> Result<(), ApiError> {
        if self.is_nothing_there()? {
            Ok(())
        } else {
            Err(self.undocumented())
        }
    }

    /// `DELETE /api/delete`.
    pub(super) fn deletion(&self) -> Result<Deletion, ApiError> {
        if self.is_done()? {
            Ok(Deletion::Accepted)
        } else if self.is_nothing_there()? {
            Ok(Deletion::NothingThere)
        } else {
            Err(self.undocumented())
        }
    }

    /// `DELETE /api/delete-all`.
    pub(super) fn deletion_of_all(&self) -> Result<DeletionOfAll, ApiError> {
        if self.is_done()? {
            Ok(DeletionOfAll::Accepted)
        } else if self.status == StatusCode::INTERNAL_SERVER_ERROR && self.error_text()?.is_some() {
            Ok(DeletionOfAll::Failed)
        } else {
            Err(self.undocumented())
        }
    }

    /// The 200 of a delete says so in a `message`: a page that some network puts in its place
    /// does not.
    fn is_done(&self) -> Result<bool, ApiError> {
        if self.status != StatusCode::OK {
            return Ok(false);
        }
        let members = self.object()?.unwrap_or_default();
        Ok(members.get("message").is_some_and(Value::is_string) && !members.contains_key("error"))
    }

    /// The documented 404. "Deleted" rests on it, so a 404 of a proxy, of a network's log-in
    /// page, of a gateway that knows no such service or of a framework that knows no such address
    /// must not pass for it: the words count, the full stop that only one call has does not.
    fn is_nothing_there(&self) -> Result<bool, ApiError> {
        if self.status != StatusCode::NOT_FOUND {
            return Ok(false);
        }
        let text = self.error_text()?;
        Ok(text.is_some_and(|text| {
            let text = text.trim().trim_end_matches('.');
            text.eq_ignore_ascii_case("No audio file found for this doctor")
        }))
    }

    /// The `error` of the service's own kind of failure.
    fn error_text(&self) -> Result<Option<String>, ApiError> {
        let members = self.object()?.unwrap_or_default();
        Ok(members
            .get("error")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned))
    }

    /// The body as a JSON object, where it is one; an error where it could not be read.
    fn object(&self) -> Result<Option<Map<String, Value>>, ApiError> {
        match &self.body {
            Ok(bytes) => Ok(serde_json::from_slice(bytes).ok()),
            Err(error) => Err(error.clone()),
        }
    }

    /// What can be done about an answer that the call's own cases do not cover.
    pub(super) fn undocumented(&self) -> ApiError {
        let kind = match self.status.as_u16() {
            400 if self.call.is_about_a_doctor() && self.has_error_text() => {
                FailureKind::NameNotAccepted
            }
            401 => FailureKind::SignInNotAccepted,
            403 => FailureKind::NotAllowed,
            407 => FailureKind::Proxy,
            408 => FailureKind::TimedOut,
            429 => FailureKind::TooManyRequests {
                retry_after_seconds: self.retry_after(),
            },
            // 511 is what RFC 6585 section 6 gives to networks that want a log-in.
            511 => FailureKind::WebPageInstead,
            500..=599 => FailureKind::ServiceTrouble,
            300..=303 | 305..=399 => FailureKind::Redirected {
                to_host: self.location().as_ref().and_then(said::host),
            },
            _ if self.is_web_page() => FailureKind::WebPageInstead,
            _ => FailureKind::UnexpectedAnswer,
        };
        self.error(kind)
    }

    /// 200 to a download, with something that is no recording in it, `length` bytes in all where
    /// that is known.
    pub(super) fn no_recording(
        call: Call,
        status: StatusCode,
        headers: &HeaderMap,
        content: ContentKind,
        length: Option<u64>,
    ) -> ApiError {
        let content_type = headers::content_type(headers);
        let says_nothing = matches!(content, ContentKind::Other | ContentKind::Empty);
        let web_page = content == ContentKind::Html
            || (says_nothing && content_type.as_deref() == Some("text/html"));
        // Without a length, what came may be what a gateway had of it.
        let arrived = length.is_some();
        let not_audio = FailureKind::NotAudio { arrived };
        let (kind, seen) = match content {
            _ if web_page => (FailureKind::WebPageInstead, "HTML"),
            ContentKind::Empty if headers::is_text(headers) => (not_audio, "no text"),
            ContentKind::Empty => (FailureKind::EmptyRecording { arrived: false }, "nothing"),
            ContentKind::Json => (FailureKind::JsonInstead, "JSON"),
            ContentKind::Base64 => (FailureKind::Base64Instead, "base64"),
            _ => (not_audio, "something else"),
        };
        let technical = format!("{}; the body is {seen}", words(call, status, headers));
        call.error(kind, Some(status.as_u16()), technical, true)
    }

    /// The address that a redirect names.
    pub(super) fn location(&self) -> Option<Url> {
        location(&self.headers, &self.url)
    }

    fn has_error_text(&self) -> bool {
        matches!(self.error_text(), Ok(Some(_)))
    }

    fn is_web_page(&self) -> bool {
        let by_content = match self.body.as_deref() {
            Ok(bytes) => ContentKind::sniff(bytes),
            Err(_) => ContentKind::Other,
        };
        let by_type = headers::content_type(&self.headers);
        by_content == ContentKind::Html
            || (by_content == ContentKind::Other && by_type.as_deref() == Some("text/html"))
    }

    fn error(&self, kind: FailureKind) -> ApiError {
        let technical = words(self.call, self.status, &self.headers);
        let status = Some(self.status.as_u16());
        let mut error = self.call.error(kind, status, technical, true);
        error.failure.details.retry_after_seconds = self.retry_after();
        error
    }

    fn retry_after(&self) -> Option<u64> {
        headers::retry_after(&self.headers, Timestamp::now())
    }
}

/// What counts of an answer that brings a token.
#[derive(Deserialize)]
struct Given {
    token: String,
    #[serde(rename = "expiresAt")]
    expires_at: Option<Value>,
    user: Option<Value>,
}

/// Whom the members of an account speak of.
fn person_of(members: &Map<String, Value>) -> Person {
    let name = ["name", "username", "email"]
        .iter()
        .find_map(|member| said::person(members.get(*member)?.as_str()?));
    // A name may be two people's; an address, hardly.
    let id = ["id", "email"]
        .iter()
        .find_map(|member| match members.get(*member)? {
            Value::String(text) => Some(format!("{member} {}", said::person_id(text)?)),
            Value::Number(number) => Some(format!("{member} {number}")),
            _ => None,
        });
    Person { name, id }
}

/// The address that a redirect from `url` names.
pub(super) fn location(headers: &HeaderMap, url: &Url) -> Option<Url> {
    url.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}

/// Call, status and type. Bodies are not quoted: they may hold a name.
fn words(call: Call, status: StatusCode, headers: &HeaderMap) -> String {
    let content_type = headers::content_type(headers)
        .map_or_else(|| "no type".to_owned(), |said| said::word(&said));
    format!("{} was answered {status} ({content_type})", call.label())
}
