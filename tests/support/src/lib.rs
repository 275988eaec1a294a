//! What several of the tests are made of: desks, windows, servers, recordings, a clock, and processes
//! and disks of a test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    reason = "read by those who write tests: what a name says is not said again"
)]

pub mod again;
pub mod certificate;
pub mod clock;
pub mod desk;
pub mod driver;
pub mod recordings;
pub mod server;

use std::path::Path;
use std::time::Duration;

use audio_housekeeper::domain::DoctorName;

/// Whose recordings most tests are about.
pub const AMELIA: &str = "Dr. Amelia Smith";

/// A doctor's name.
pub fn name(name: &str) -> DoctorName {
    DoctorName::parse(name).unwrap()
}

/// The names of what is in a folder, sorted.
pub fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs a test with the threads that the app has. One that waits in vain fails and hangs nothing.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    const LIMIT: Duration = Duration::from_mins(10);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(async { tokio::time::timeout(LIMIT, test).await })
        .expect("the test waited in vain")
}
