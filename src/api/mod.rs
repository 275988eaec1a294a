//! The service: its calls as typed methods, its answers as named cases.

mod answer;
mod body;
mod call;
mod client;
mod connector;
mod content_range;
mod headers;
mod kept_open;
mod login;
mod newest_version;
mod resume_point;
mod said;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{DoctorName, Failure, Secret, ServerCopy, ServiceOrigin};

pub use connector::{HttpConnector, Timeouts};
pub use newest_version::{NoVersion, ask_newest_version};
pub use resume_point::ResumePoint;

/// The calls of the Nuxera Audio Management API, for one sign-in.
pub trait RecordingsApi: Send + Sync {
    /// Asks whose token this is (`GET /api/auth/me`).
    fn who_am_i(&self) -> BoxFuture<'_, Result<Person, ApiError>>;

    /// Asks what the service holds under a name, without fetching it: `GET /api/download`, ended
    /// after its headers and as much of the body as tells audio from anything else.
    ///
    /// `oldest` is how long before it is asked for an answer may have been made. One that a cache
    /// on the way had longer, as far as its `Age` tells (RFC 9111 section 5.1), says nothing of now:
    /// [`FailureKind::AnswerTooOld`].
    ///
    /// [`FailureKind::AnswerTooOld`]: crate::domain::FailureKind::AnswerTooOld
    fn look<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
    ) -> BoxFuture<'a, Result<Look, ApiError>>;

    /// Begins to fetch the recording (`GET /api/download`). The headers have come and the first
    /// bytes of a whole recording are audio when this is done. `oldest` is as in
    /// [`RecordingsApi::look`].
    ///
    /// With a resume point only what is missing is asked for, of that copy alone (RFC 9110 section
    /// 13.1.5), and [`Recording::from`] says whether that is what comes. The whole comes instead of
    /// another copy, and where the service keeps no ranges or answers with one that doesn't fit; it
    /// is asked once more for that by itself.
    fn download<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
        resume: Option<&'a ResumePoint>,
    ) -> BoxFuture<'a, Result<Download, ApiError>>;

    /// Sends `DELETE /api/delete` once: no redirect, no retry, a connection of its own.
    fn delete<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Deletion, ApiError>>;

    /// Sends `DELETE /api/delete-all` once, as [`RecordingsApi::delete`] does.
    fn delete_all(&self) -> BoxFuture<'_, Result<DeletionOfAll, ApiError>>;
}

/// Opens the service for a token, and has one given.
pub trait Connector: Send + Sync {
    /// Asks for a token (`POST /api/auth/login`): once, without following redirects.
    fn sign_in<'a>(
        &'a self,
        origin: &'a ServiceOrigin,
        user_name: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<GivenToken, ApiError>>;

    /// Builds the client; no call is made yet.
    ///
    /// # Errors
    /// [`ApiError`] where the client can't be built (no trust store, for one).
    fn connect(
        &self,
        origin: &ServiceOrigin,
        token: Secret,
    ) -> Result<Arc<dyn RecordingsApi>, ApiError>;
}

/// A token that the service gave for a name and a password.
#[derive(Debug, Clone)]
pub struct GivenToken {
    /// The token.
    pub token: Secret,
    /// When it is said to end, where that is known.
    pub ends_at: Option<Timestamp>,
    /// Whom the service said that it belongs to.
    pub person: Person,
}

/// Whom a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The name to show, else the e-mail address, where either came.
    pub name: Option<String>,
    /// What tells the person from all others at the service, where it came.
    pub id: Option<String>,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// 200 with a recording; one that can be no backup where [`ServerCopy::unfit`] says so.
    Has(ServerCopy),
    /// The documented 404.
    Nothing,
}

/// What the answer to a download began with.
pub enum Download {
    /// 200, or 206 to a resume point: the recording is on its way.
    Recording(Recording),
    /// The documented 404.
    Nothing,
}

/// A recording on its way.
pub struct Recording {
    /// What the headers say of it as a whole; where only its rest comes, with what an earlier answer
    /// said of the same copy.
    pub copy: ServerCopy,
    /// What `Content-Encoding` names, where no such coding is registered and the bytes are plain.
    pub coding: Option<String>,
    /// How many bytes stand before the first that comes: 0 of a whole one.
    pub from: u64,
    /// The bytes from there on.
    pub body: Box<dyn RecordingBody>,
}

/// The bytes of a recording as they arrive.
pub trait RecordingBody: Send {
    /// The next bytes; `None` at the end that the protocol knows of. Each wait is bounded by the
    /// read timeout.
    ///
    /// # Errors
    /// A connection that fails or stalls, and a rest that is shorter or longer than it was said to
    /// be. The counts in an error are of the whole recording, the bytes before its rest included.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>>;
}

/// What a delete was answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// 200, the documented success.
    Accepted,
    /// 404, documented: nothing was there.
    NothingThere,
}

/// What a delete of everything was answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionOfAll {
    /// 200, the documented success.
    Accepted,
    /// 500, documented: some may be deleted, some not.
    Failed,
}

/// A call that did not end in one of its documented answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", failure.details.technical)]
pub struct ApiError {
    /// What happened, grouped by what can be done about it.
    pub failure: Failure,
    /// Whether the request may have reached the service. A DELETE with `true` here may have
    /// taken effect, whatever else is said.
    pub may_have_reached: bool,
}
