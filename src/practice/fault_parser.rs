//! Reads faults as the command line writes them.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;

use super::fault::{Attempts, Call, Effect, Fault, NoLength};
use super::quantity::{QuantityError, parse_duration, parse_size};

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultParseError {
    /// Nothing that begins with a call and a colon.
    #[error("“{0}” is no fault; write CALL:EFFECT, such as download:cut=1000")]
    Form(String),
    /// No call of the contract.
    #[error("“{0}” is no call; there are download, delete, delete-all, login and me")]
    Call(String),
    /// After the `@` no number from 1.
    #[error("“{0}” is no attempt; write 2 for the second, 2+ for the second and all after it")]
    Attempts(String),
    /// No effect that the command line knows.
    #[error("“{0}” is nothing that can go wrong here; --help lists what can")]
    Effect(String),
    /// An effect without its value, or with one that does not fit.
    #[error("“{effect}” needs {needs}")]
    Value {
        /// The effect.
        effect: String,
        /// What its value has to be.
        needs: &'static str,
    },
    /// A size or time that is none.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

impl Fault {
    /// Reads a fault as the command line writes it: `CALL[(DOCTOR)][@ATTEMPT[+]]:EFFECT[=VALUE]`.
    ///
    /// # Errors
    /// [`FaultParseError`] names the part that can't be read.
    pub fn parse(text: &str) -> Result<Self, FaultParseError> {
        let no_form = || FaultParseError::Form(text.to_owned());
        let call_ends = text
            .find(|character| "(@:".contains(character))
            .ok_or_else(no_form)?;
        let (call, rest) = text.split_at(call_ends);
        let (doctor, rest) = match rest.strip_prefix('(') {
            Some(rest) => {
                let (doctor, rest) = rest.split_once(')').ok_or_else(no_form)?;
                (Some(doctor), rest)
            }
            None => (None, rest),
        };
        let (attempts, effect) = rest.split_once(':').ok_or_else(no_form)?;
        let mut fault = Self::on(parse_call(call)?, parse_effect(effect)?);
        fault.attempts = parse_attempts(attempts)?;
        Ok(match doctor {
            Some(doctor) => fault.for_doctor(doctor),
            None => fault,
        })
    }
}

fn parse_call(text: &str) -> Result<Call, FaultParseError> {
    match text {
        "download" => Ok(Call::Download),
        "delete" => Ok(Call::Delete),
        "delete-all" => Ok(Call::DeleteAll),
        "login" => Ok(Call::Login),
        "me" => Ok(Call::Me),
        _ => Err(FaultParseError::Call(text.to_owned())),
    }
}

fn parse_attempts(text: &str) -> Result<Attempts, FaultParseError> {
    let wrong = || FaultParseError::Attempts(text.trim_start_matches('@').to_owned());
    let Some(number) = text.strip_prefix('@') else {
        return if text.is_empty() {
            Ok(Attempts::Always)
        } else {
            Err(wrong())
        };
    };
    let (number, and_after) = match number.strip_suffix('+') {
        Some(number) => (number, true),
        None => (number, false),
    };
    let number = number
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(wrong)?;
    Ok(if and_after {
        Attempts::From(number)
    } else {
        Attempts::Only(number)
    })
}

fn parse_effect(text: &str) -> Result<Effect, FaultParseError> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let needs = |needs| FaultParseError::Value {
        effect: name.to_owned(),
        needs,
    };
    let size = || {
        parse_size(value.ok_or_else(|| needs("a size, such as cut=1000"))?)
            .map_err(FaultParseError::from)
    };
    let header_value = |value: &str| {
        HeaderValue::from_str(value).map_err(|_| needs("a value that fits into a header"))
    };
    let effect = match (name, value) {
        ("status", _) => Effect::status(
            parse_status(value)
                .ok_or_else(|| needs("a status from 200 to 999, such as status=500"))?,
        ),
        ("redirect", Some(value)) => {
            let (status, location) = match value.split_once(',') {
                Some((status, location)) if status.len() == 3 => (Some(status), location),
                _ => (Some("302"), value),
            };
            let status = parse_status(status).ok_or_else(|| needs("a status before the comma"))?;
            Effect::redirect(status, header_value(location)?)
        }
        ("redirect", None) => return Err(needs("an address, such as redirect=308,http://…")),
        ("failed", None) => Effect::failed_to_delete(),
        ("token-ended", None) => Effect::token_ended(),
        ("html", None) => Effect::html(),
        ("json", None) => Effect::answer(
            StatusCode::OK,
            "application/json",
            r#"{"error":"Something went wrong"}"#,
        ),
        ("body", Some(text)) => Effect::ReplaceBody(Bytes::copy_from_slice(text.as_bytes())),
        ("cut", _) => Effect::CutAfter(size()?),
        ("reset", _) => Effect::ResetAfter(size()?),
        ("stall", Some(value)) => match value.split_once('@') {
            Some((duration, bytes)) => Effect::StallAfter {
                bytes: parse_size(bytes)?,
                duration: parse_duration(duration)?,
            },
            None => Effect::StallBeforeHead(parse_duration(value)?),
        },
        ("stall", None) => return Err(needs("a time, such as stall=5s or stall=5s@1000")),
        ("drip", value) => Effect::Drip {
            every: value.map_or(Ok(Duration::from_secs(1)), parse_duration)?,
        },
        ("length", _) => Effect::ClaimLength(size()?),
        ("no-length", None) => Effect::OmitLength(NoLength::Chunked),
        ("no-length", Some("close")) => Effect::OmitLength(NoLength::UntilClose),
        ("type", Some(value)) => Effect::SetHeader(header::CONTENT_TYPE, header_value(value)?),
        ("no-type", None) => Effect::OmitHeader(header::CONTENT_TYPE),
        ("disposition", Some(value)) => {
            Effect::SetHeader(header::CONTENT_DISPOSITION, header_value(value)?)
        }
        ("no-disposition", None) => Effect::OmitHeader(header::CONTENT_DISPOSITION),
        ("header", Some(value)) => {
            let form = || needs("a name, a colon and a value, such as header=Retry-After: 5");
            let (header, value) = value.split_once(':').ok_or_else(form)?;
            let header = HeaderName::try_from(header.trim()).map_err(|_| form())?;
            Effect::SetHeader(header, header_value(value.trim())?)
        }
        ("gzip", None) => Effect::gzip_label(),
        ("flip-bit", _) => Effect::FlipBit(size()?),
        ("lost-before", None) => Effect::LoseBeforeActing,
        ("lost-after", None) => Effect::LoseAfterActing,
        ("pretend", None) => Effect::PretendToAct,
        ("wrong-range", None) => Effect::WrongRange,
        ("ignore-range", None) => Effect::IgnoreRange,
        _ => return Err(FaultParseError::Effect(text.to_owned())),
    };
    Ok(effect)
}

/// A final status; HTTP's 1xx would leave the request without an answer.
fn parse_status(text: Option<&str>) -> Option<StatusCode> {
    StatusCode::from_bytes(text?.as_bytes())
        .ok()
        .filter(|status| !status.is_informational())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_faults_are_understood() {
        let on = |effect| Fault::on(Call::Download, effect);
        for (text, fault) in [
            ("download:cut=1000", on(Effect::CutAfter(1000))),
            (
                "download@2:stall=5s",
                on(Effect::StallBeforeHead(Duration::from_secs(5))).only(2),
            ),
            (
                "download@2+:stall=1s@64KiB",
                on(Effect::StallAfter {
                    bytes: 65_536,
                    duration: Duration::from_secs(1),
                })
                .from(2),
            ),
            (
                "download(Dr. A: B)@1:no-length",
                on(Effect::OmitLength(NoLength::Chunked))
                    .for_doctor("Dr. A: B")
                    .only(1),
            ),
            ("download:html", on(Effect::html())),
            ("download:token-ended", on(Effect::token_ended())),
            (
                "delete:redirect=http://127.0.0.1:1/a,b",
                Fault::on(
                    Call::Delete,
                    Effect::redirect(
                        StatusCode::FOUND,
                        HeaderValue::from_static("http://127.0.0.1:1/a,b"),
                    ),
                ),
            ),
            (
                "delete-all:redirect=308,/x",
                Fault::on(
                    Call::DeleteAll,
                    Effect::redirect(
                        StatusCode::PERMANENT_REDIRECT,
                        HeaderValue::from_static("/x"),
                    ),
                ),
            ),
            (
                "delete:lost-after",
                Fault::on(Call::Delete, Effect::LoseAfterActing),
            ),
        ] {
            assert_eq!(Fault::parse(text), Ok(fault), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        for (text, part) in [
            ("", "“” is no fault"),
            ("download", "“download” is no fault"),
            ("download(x:cut=1", "is no fault"),
            ("upload:cut=1", "“upload” is no call"),
            ("download@0:cut=1", "“0” is no attempt"),
            ("download@x:cut=1", "“x” is no attempt"),
            ("download:explode", "“explode” is nothing that can go wrong"),
            ("download:cut", "“cut” needs a size"),
            ("download:cut=lots", "“lots” is no size"),
            ("download:stall=5", "“5” is no time"),
            ("download:status=99", "“status” needs a status"),
            ("download:status=101", "“status” needs a status"),
            ("download:header=x", "“header” needs a name"),
            ("download:no-length=no", "is nothing that can go wrong"),
        ] {
            let error = Fault::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
