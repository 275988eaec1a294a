use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;

use super::contract_text::{FAILED_TO_DELETE, UNAUTHENTICATED};

/// A call of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// `GET /api/download`
    Download,
    /// `DELETE /api/delete`
    Delete,
    /// `DELETE /api/delete-all`
    DeleteAll,
    /// `POST /api/auth/login`
    Login,
    /// `GET /api/auth/me`
    Me,
}

/// Something that goes wrong on purpose.
///
/// All faults that fit a request work together: the last [`Effect::Answer`] counts, everything
/// else adds up in the order in which the faults were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Which call it hits.
    pub call: Call,
    /// Which doctor's, `None` for everyone's. Compared in NFC.
    pub doctor: Option<String>,
    /// Which of the requests that fit, counted from when the fault was given.
    pub attempts: Attempts,
    /// What goes wrong.
    pub effect: Effect,
}

/// Which of a row of requests, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempts {
    /// Each.
    Always,
    /// This one only.
    Only(u32),
    /// This one and all after it.
    From(u32),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// This answer, and the service does not act.
    Answer {
        /// The status.
        status: StatusCode,
        /// The headers beside those of the length; the type too.
        headers: Vec<(HeaderName, HeaderValue)>,
        /// The body.
        body: Bytes,
    },
    /// The answer of a success, and the service does not act.
    PretendToAct,
    /// The connection is closed without an answer, before the service acts.
    LoseBeforeActing,
    /// The service acts, then the connection is closed without an answer.
    LoseAfterActing,
    /// Nothing is sent for so long, not even the head; then all goes on. The service acts after
    /// the wait.
    StallBeforeHead(Duration),
    /// After so many bytes of the body nothing is sent for so long, then the rest.
    StallAfter {
        /// How many bytes of the body come first.
        bytes: u64,
        /// How long nothing comes.
        duration: Duration,
    },
    /// The body comes one byte at a time.
    Drip {
        /// How long each byte takes.
        every: Duration,
    },
    /// The connection is closed after so many bytes of the body.
    CutAfter(u64),
    /// The connection is reset (RST) after so many bytes of the body.
    ResetAfter(u64),
    /// `Content-Length` says this, whatever is sent. When it says too little, the rest follows
    /// on the connection, up to 64 KiB of it.
    ClaimLength(u64),
    /// There is no `Content-Length`.
    OmitLength(NoLength),
    /// This header in the place of any of its name.
    SetHeader(HeaderName, HeaderValue),
    /// No header of this name.
    OmitHeader(HeaderName),
    /// Another body, with its true length.
    ReplaceBody(Bytes),
    /// One bit of the body at this byte is the other way round.
    FlipBit(u64),
    /// A 206 brings another range than the one asked for: from half of where it was to begin.
    WrongRange,
    /// A `Range` is answered with 200 and the whole body.
    IgnoreRange,
}

/// How a body without a length shows its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLength {
    /// By chunks (RFC 9112 section 7.1).
    Chunked,
    /// By the end of the connection, as HTTP/1.0 does.
    UntilClose,
}

/// The faults in force, with how many requests each has met.
#[derive(Default)]
pub struct FaultBook {
    faults: Vec<(Fault, u32)>,
}

impl Call {
    /// All calls.
    pub const ALL: [Self; 5] = [
        Self::Download,
        Self::Delete,
        Self::DeleteAll,
        Self::Login,
        Self::Me,
    ];

    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Download => "/api/download",
            Self::Delete => "/api/delete",
            Self::DeleteAll => "/api/delete-all",
            Self::Login => "/api/auth/login",
            Self::Me => "/api/auth/me",
        }
    }

    /// Its method.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Download | Self::Me => Method::GET,
            Self::Delete | Self::DeleteAll => Method::DELETE,
            Self::Login => Method::POST,
        }
    }
}

impl Fault {
    /// Hits every request of a call.
    #[must_use]
    pub const fn on(call: Call, effect: Effect) -> Self {
        Self {
            call,
            doctor: None,
            attempts: Attempts::Always,
            effect,
        }
    }

    /// Hits one doctor's requests only.
    #[must_use]
    pub fn for_doctor(mut self, doctor: &str) -> Self {
        self.doctor = Some(super::query::nfc(doctor));
        self
    }

    /// Hits this request only, counted from 1.
    #[must_use]
    pub const fn only(mut self, attempt: u32) -> Self {
        self.attempts = Attempts::Only(attempt);
        self
    }

    /// Hits this request and all after it, counted from 1.
    #[must_use]
    pub const fn from(mut self, attempt: u32) -> Self {
        self.attempts = Attempts::From(attempt);
        self
    }
}

impl Effect {
    /// A status with an empty body.
    #[must_use]
    pub const fn status(status: StatusCode) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A status with a body of a type.
    #[must_use]
    pub fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::Answer {
            status,
            headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))],
            body: body.into(),
        }
    }

    /// A redirect to anywhere.
    #[must_use]
    pub fn redirect(status: StatusCode, location: HeaderValue) -> Self {
        Self::Answer {
            status,
            headers: vec![(header::LOCATION, location)],
            body: Bytes::new(),
        }
    }

    /// The documented failure of `DELETE /api/delete-all`; nothing is deleted.
    #[must_use]
    pub fn failed_to_delete() -> Self {
        Self::answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json",
            FAILED_TO_DELETE,
        )
    }

    /// The documented answer to a token that is no longer good.
    #[must_use]
    pub fn token_ended() -> Self {
        Self::answer(
            StatusCode::UNAUTHORIZED,
            "application/json",
            UNAUTHENTICATED,
        )
    }

    /// The log-in page of a network, with status 200.
    #[must_use]
    pub fn html() -> Self {
        Self::answer(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "<!DOCTYPE html>\n<html><head><title>Guest network</title></head>\
             <body><h1>Please sign in to the network</h1></body></html>\n",
        )
    }

    /// The label of a gzip body on a body that is none.
    #[must_use]
    pub const fn gzip_label() -> Self {
        Self::SetHeader(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))
    }
}

impl Attempts {
    const fn include(self, attempt: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Only(only) => attempt == only,
            Self::From(first) => attempt >= first,
        }
    }
}

impl FaultBook {
    /// In the place of all there were.
    pub fn set(&mut self, faults: Vec<Fault>) {
        self.faults.clear();
        for fault in faults {
            self.add(fault);
        }
    }

    /// Beside those there are.
    pub fn add(&mut self, mut fault: Fault) {
        fault.doctor = fault.doctor.as_deref().map(super::query::nfc);
        self.faults.push((fault, 0));
    }

    /// Counts a request and says what goes wrong with it.
    pub fn meet(&mut self, call: Call, doctor: Option<&str>) -> Vec<Effect> {
        self.faults
            .iter_mut()
            .filter(|(fault, _)| fault.call == call)
            .filter(|(fault, _)| fault.doctor.is_none() || fault.doctor.as_deref() == doctor)
            .filter_map(|(fault, met)| {
                *met = met.saturating_add(1);
                fault.attempts.include(*met).then(|| fault.effect.clone())
            })
            .collect()
    }
}
