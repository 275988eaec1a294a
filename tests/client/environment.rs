//! Proxies are named by the environment, which a process can't safely change for itself: a test
//! that depends on it runs itself once more, in another process.

use support::again::{again, assert_passed, given, without_proxies};
use support::server::Server;

pub fn is_again() -> bool {
    given().is_some()
}

/// Runs the test `name` with this proxy, under the variable's name, or with none.
pub async fn run_again(name: &str, proxy: Option<(&str, &Server)>) {
    let mut command = without_proxies(again(name, "."));
    if let Some((variable, proxy)) = proxy {
        command.env(variable, proxy.origin());
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    assert_passed(&output.await.unwrap());
}
