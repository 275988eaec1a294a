//! The practice service, met from outside: through raw sockets, curl, JavaScript and Python.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails is to fail loudly"
)]

mod answers;
mod bodies;
mod contract;
mod folder;
mod program;
mod ranges;
mod raw;
mod samples;
