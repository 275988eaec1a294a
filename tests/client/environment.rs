//! Proxies are named by the environment, which a process can't safely change for itself: a test
//! that depends on it runs itself once more, in another process.

use std::process::Command;

use crate::server::Server;

/// Tells a test that it is run by another one.
const AGAIN: &str = "CLIENT_TEST_AGAIN";

pub fn is_again() -> bool {
    std::env::var_os(AGAIN).is_some()
}

/// Runs the test `name` with this proxy, under the variable's name, or with none.
pub async fn run_again(name: &str, proxy: Option<(&str, &Server)>) {
    let binary = std::env::current_exe().unwrap();
    let mut command = Command::new(binary);
    command
        .args(["--exact", name, "--nocapture"])
        .env(AGAIN, "1");
    for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(variable);
        command.env_remove(variable.to_uppercase());
    }
    if let Some((variable, proxy)) = proxy {
        command.env(variable, proxy.origin());
    }
    let outcome = tokio::task::spawn_blocking(move || command.output().unwrap());
    let outcome = outcome.await.unwrap();
    let output = String::from_utf8_lossy(&outcome.stdout);
    let errors = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{output}\n{errors}");
    assert!(output.contains("1 passed"), "it was not run: {output}");
}
