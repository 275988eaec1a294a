//! Proxies and authorities are named by the environment, which a process can't safely change for
//! itself: a test that depends on it runs itself once more, in another process.

use support::again::{again, assert_passed, given, without_proxies};

pub fn is_again() -> bool {
    given().is_some()
}

/// Runs the test `name` with this variable, and no proxies but what it names.
pub async fn run_again(name: &str, variable: Option<(&str, String)>) {
    let mut command = without_proxies(again(name, "."));
    command.envs(variable);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    assert_passed(&output.await.unwrap());
}
