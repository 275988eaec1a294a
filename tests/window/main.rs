//! The window as a person meets it: found by role and label, driven by keys and clicks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod about;
mod accounts;
mod activity;
mod confirmations;
mod deletion_rules;
mod fit;
mod lock;
mod long_text;
mod newer_version;
mod pictures;
mod places;
mod record;
mod recordings;
mod running_delete;
mod shelf;
mod sign_in;
mod stage;
mod tray;
