use std::io;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Version, header};
use axum::response::Response as Answer;
use bytes::Bytes;
use serde_json::Value;

use super::connection::{Break, Wire};
use super::content::Content;
use super::fault::{Effect, NoLength};
use super::request_log::RequestEntry;
use super::script::Script;

/// How many bytes beyond a length that says too little are sent.
const MOST_AFTERWARDS: u64 = 64 * 1024;

/// An answer before it goes out: what it says, and how it is sent.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers, but for those of the length.
    pub headers: HeaderMap,
    content: Content,
    script: Script,
    framing: Framing,
    flipped: Vec<u64>,
}

#[derive(Clone, Copy)]
enum Framing {
    True,
    Claimed(u64),
    None(NoLength),
}

impl Reply {
    /// A body whole or in part: its bytes from `from` up to, not including, `to`.
    pub fn new(status: StatusCode, content: Content, from: u64, to: u64) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            content,
            script: Script::send(from, to),
            framing: Framing::True,
            flipped: Vec::new(),
        }
    }

    /// JSON, to the letter.
    pub fn json(status: StatusCode, body: &'static str) -> Self {
        Self::of_bytes(status, Bytes::from_static(body.as_bytes())).with(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// JSON with values in it.
    pub fn value(body: &Value) -> Self {
        Self::of_bytes(StatusCode::OK, Bytes::from(body.to_string())).with(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// With one more header, in the place of any of its name.
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The answer of an [`Effect::Answer`].
    pub fn canned(status: StatusCode, headers: &[(HeaderName, HeaderValue)], body: Bytes) -> Self {
        let mut reply = Self::of_bytes(status, body);
        for (name, value) in headers {
            reply.headers.append(name, value.clone());
        }
        reply
    }

    fn of_bytes(status: StatusCode, body: Bytes) -> Self {
        let length = body.len() as u64;
        Self::new(status, Content::Held(body), 0, length)
    }

    /// Spoils the answer; effects that have to do with acting are not the answer's.
    pub fn spoil(&mut self, effect: &Effect) {
        match effect {
            Effect::StallAfter { bytes, duration } => self.script.wait_after(*bytes, *duration),
            Effect::Drip { every } => self.script.drip(*every),
            Effect::CutAfter(bytes) => {
                self.keep_true_length();
                self.script.break_after(*bytes, Break::Close);
            }
            Effect::ResetAfter(bytes) => {
                self.keep_true_length();
                self.script.break_after(*bytes, Break::Reset);
            }
            Effect::ClaimLength(length) => self.framing = Framing::Claimed(*length),
            Effect::OmitLength(how) => self.framing = Framing::None(*how),
            Effect::SetHeader(name, value) => {
                self.headers.insert(name.clone(), value.clone());
            }
            Effect::OmitHeader(name) => {
                self.headers.remove(name);
            }
            Effect::ReplaceBody(body) => {
                self.script = Script::send(0, body.len() as u64);
                self.content = Content::Held(body.clone());
            }
            Effect::FlipBit(place) => self.flipped.push(*place),
            Effect::Answer { .. }
            | Effect::PretendToAct
            | Effect::LoseBeforeActing
            | Effect::LoseAfterActing
            | Effect::StallBeforeHead(_)
            | Effect::WrongRange
            | Effect::IgnoreRange => {}
        }
    }

    /// A cut body still says how long it was to be.
    fn keep_true_length(&mut self) {
        if matches!(self.framing, Framing::True) {
            self.framing = Framing::Claimed(self.script.length());
        }
    }

    /// The answer as HTTP, to be sent on `wire` and noted in `entry`.
    ///
    /// # Errors
    /// What reading a file brings.
    pub async fn into_answer(
        mut self,
        wire: &Arc<Wire>,
        entry: RequestEntry,
    ) -> io::Result<Answer> {
        let length = self.script.length();
        let mut version = Version::HTTP_11;
        match self.framing {
            Framing::True if length == 0 && self.status == StatusCode::NO_CONTENT => {}
            Framing::True => self.say_length(length),
            Framing::Claimed(claimed) => {
                self.say_length(claimed);
                if claimed < length {
                    self.headers
                        .insert(header::CONNECTION, HeaderValue::from_static("close"));
                    wire.send_afterwards(self.rest_after(claimed).await?);
                } else if claimed > length {
                    self.script.break_after(length, Break::Close);
                }
            }
            Framing::None(NoLength::Chunked) => {}
            Framing::None(NoLength::UntilClose) => {
                version = Version::HTTP_10;
                self.headers
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
        }
        entry.answered(self.status.as_u16());
        let body = self
            .script
            .perform(self.content, self.flipped, Arc::clone(wire), entry);
        let mut answer = Response::new(body);
        *answer.status_mut() = self.status;
        *answer.headers_mut() = self.headers;
        *answer.version_mut() = version;
        Ok(answer)
    }

    fn say_length(&mut self, length: u64) {
        self.headers.insert(header::CONTENT_LENGTH, length.into());
    }

    async fn rest_after(&self, claimed: u64) -> io::Result<Bytes> {
        match self.script.after(claimed) {
            Some((from, to)) => {
                let to = to.min(from + MOST_AFTERWARDS);
                self.content.read_between(from, to).await
            }
            None => Ok(Bytes::new()),
        }
    }
}
