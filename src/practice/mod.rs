//! The practice service: the documented API over real HTTP on loopback, with sample recordings,
//! and faults on request.
//!
//! The app runs it inside itself so that people can learn without touching anything real, and
//! the tests run it so that every answer of the real service, and every accident on the way, can
//! be met on purpose. It is a second reading of the service's contract, made without a line of
//! the client's.

mod accounts;
mod audio_answer;
mod caller;
mod config;
mod connection;
mod content;
mod contract_text;
mod fault;
mod fault_parser;
mod pipeline;
mod quantity;
mod query;
mod range;
mod recording;
mod reply;
mod request_log;
mod samples;
mod script;
mod service;
mod shelf;

pub use accounts::PracticeUser;
pub use config::{Etags, PracticeConfig, PracticeError, Recordings};
pub use fault::{Attempts, Call, Effect, Fault, NoLength};
pub use fault_parser::FaultParseError;
pub use quantity::{QuantityError, parse_duration, parse_size};
pub use recording::HeldRecording;
pub use request_log::RequestRecord;
pub use samples::sample_doctors;
pub use service::PracticeService;
