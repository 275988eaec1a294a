//! The token in the keychain.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

#[cfg(target_os = "linux")]
mod bad_days;
#[cfg(target_os = "windows")]
mod credential_manager;
mod limits;
mod parts;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod system_prompt;

use audio_housekeeper::domain::{AccountKey, Secret, ServiceOrigin};

fn account(address: &str) -> AccountKey {
    AccountKey::unnamed(ServiceOrigin::parse(address).unwrap())
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// The text of what was read, for comparing.
fn text(read: Option<Secret>) -> Option<String> {
    read.map(|secret| secret.expose().to_owned())
}
