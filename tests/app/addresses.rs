//! The service's address, typed wrong: said at the field, nothing is sent, what was typed stays.

use support::driver::{Driver, Stage, desk};
use tokio::net::TcpSocket;

const WRONG: [(&str, &str); 5] = [
    ("", "This is not a web address."),
    ("https://a b", "This is not a web address."),
    (
        "http://api.nuxera.ai",
        "The address must begin with https://",
    ),
    (
        "http://10.0.0.7:8080",
        "The address must begin with https://",
    ),
    (
        "https://api.nuxera.ai/v2",
        "Leave out everything after the address itself",
    ),
];

#[test]
fn a_wrong_address_at_sign_in_is_said_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage::empty(folder.path()));
    let token = driver.service.token();
    driver.click("Change…");
    driver.fill("Access token", token.expose());
    for (typed, said) in WRONG {
        driver.fill("Service address", typed);
        driver.click("Sign in");
        driver.wait_for(said);
        assert_eq!(driver.value_of("Service address"), typed);
    }
    assert!(driver.service.requests().is_empty());
    // The token is still in its field: the address alone had to be put right.
    let origin = driver.service.origin();
    driver.fill("Service address", &origin);
    driver.click("Sign in");
    driver.wait_for("Download…");
}

#[test]
fn a_wrong_address_in_the_settings_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    let before = driver.service.requests().len();
    let origin = driver.service.origin();
    driver.click("Settings");
    driver.click("Change…");
    for (typed, said) in WRONG {
        driver.fill("Service address", typed);
        driver.click("Use this address");
        driver.wait_for(said);
        driver.settle();
        assert_eq!(driver.value_of("Service address"), typed);
        assert_eq!(driver.state().settings.service.ascii(), origin);
    }
    driver.click("Cancel");
    driver.wait_for(&origin);
    assert_eq!(driver.service.requests().len(), before);
    for (_, said) in WRONG {
        assert!(!driver.shows(said), "the complaint goes with the field");
    }
}

#[test]
fn where_nothing_answers_sign_in_says_so_and_keeps_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage::empty(folder.path()));
    let token = driver.service.token();
    // A port that is taken, and at which nothing listens.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = format!("http://{}", taken.local_addr().unwrap());
    driver.click("Change…");
    driver.fill("Access token", token.expose());
    for (address, said) in [
        (
            nobody.as_str(),
            "Nothing answered at the service's address. Nothing was changed.",
        ),
        (
            "https://no-such-host.invalid",
            "The service could not be found. Nothing was changed.",
        ),
    ] {
        driver.fill("Service address", address);
        driver.click("Sign in");
        driver.wait_for(said);
        assert_eq!(driver.value_of("Service address"), address);
        let copied = driver.copied_details();
        assert!(!copied.contains(token.expose()), "{copied}");
    }
    assert!(driver.service.requests().is_empty());
    // The token need not be fetched and pasted once more.
    let origin = driver.service.origin();
    driver.fill("Service address", &origin);
    driver.click("Sign in");
    driver.wait_for("Download…");
}

#[test]
fn a_complaint_about_an_address_is_not_met_again_at_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.click("Settings");
    driver.click("Change…");
    driver.fill("Service address", "http://api.nuxera.ai");
    driver.click("Use this address");
    driver.wait_for("The address must begin with https://");
    driver.click("Sign out");
    driver.click("Change…");
    driver.settle();
    assert!(!driver.shows("The address must begin with https://"));
}
