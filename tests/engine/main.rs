//! The engine over the real client, a real service on loopback, and a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

mod accounts;
mod activity;
mod caches;
mod comparing;
mod damage;
mod deletes_over_sign_ins;
mod deletion_rules;
mod deletions;
mod downloads;
mod ended_sign_ins;
mod everything;
mod faults;
mod kept_on_drives;
mod kept_parts;
mod kept_tokens;
mod keychain_days;
mod kills;
mod leaving;
mod looks;
mod other_services;
mod panics;
mod parts_left;
mod pauses;
mod pieces;
mod pieces_kept;
mod pieces_on_disks;
mod reading_back;
mod record_check;
mod replacing;
mod resumes;
mod retries;
mod set_aside;
mod settings;
mod sign_in;
mod sleep;
mod stops;
mod unfinished;
mod unfit;
mod unrecorded_tokens;
mod untrusted;
mod version_check;
mod volumes;
