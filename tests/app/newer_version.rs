//! A newer version, from the box in the settings to the mark beside them.

use audio_housekeeper::domain::{UpdateAddress, UpdateSource, Version};
use audio_housekeeper::settings::SettingsFile;
use support::driver::{Driver, Stage};
use support::server::{Server, Step, answer};
use tokio::runtime::Runtime;

const WANTED: &str = "Tell me when there is a newer version";

fn server(runtime: &Runtime, said: &'static str) -> (Server, UpdateAddress) {
    let said = vec![Step::Send(answer("200 OK", "", said))];
    let server = runtime.block_on(Server::saying(said));
    let address = UpdateAddress::parse(&server.origin()).unwrap();
    (server, address)
}

#[test]
fn who_ticks_the_box_is_told_at_once_and_who_unticks_it_no_more() {
    let runtime = Runtime::new().unwrap();
    let (server, address) = server(&runtime, "999.2.0\n");
    let folder = tempfile::tempdir().unwrap();
    let file = SettingsFile::in_folder(folder.path());
    let mut driver = Driver::open(Stage {
        updates: UpdateSource::Builder(address),
        ..Stage::empty(folder.path())
    });
    driver.sign_in();
    driver.click("Settings");
    driver.wait_for("Switched on, it asks 127.0.0.1");
    driver.settle();
    assert_eq!(server.connections(), 0);
    driver.click(WANTED);
    driver.wait_for("Version 999.2.0 is there.");
    driver.wait_until("the settings", |_| file.load().0.tells_of_newer_version);
    assert_eq!(server.connections(), 1);
    driver.click("Recordings");
    driver.wait_for("Doctor");
    driver.click("Settings");
    driver.wait_for("Version 999.2.0 is there.");
    driver.click(WANTED);
    driver.wait_until_gone("999.2.0");
    driver.wait_until("the settings", |_| !file.load().0.tells_of_newer_version);
    driver.settle();
    assert_eq!(server.connections(), 1);
    driver.close();
}

#[test]
fn what_the_administrator_switched_on_is_asked_by_itself_and_says_so() {
    let runtime = Runtime::new().unwrap();
    let (server, address) = server(&runtime, env!("CARGO_PKG_VERSION"));
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage {
        updates: UpdateSource::Administrator(Some(address)),
        ..Stage::empty(folder.path())
    });
    driver.sign_in();
    driver.click("Settings");
    driver.wait_for("Your IT has switched on that this app looks for newer versions.");
    assert!(!driver.can_click(WANTED));
    driver.clock.jump(10, 10);
    driver.wait_for("This is the newest version.");
    let heads: Vec<_> = server.requests().into_iter().map(|it| it.head).collect();
    let [head] = &heads[..] else {
        panic!("asked {} times", heads.len());
    };
    // Nothing of who is signed in, where, on what, and of the app no more than its name.
    let token = driver.service.token();
    let own = Version::OWN.to_string();
    for hint in [
        token.expose(),
        "uthorization",
        "ookie",
        "eferer",
        &own,
        "inux",
        "desk",
    ] {
        assert!(!head.contains(hint), "{hint} stands in {head}");
    }
    driver.close();
}

#[test]
fn practice_asks_nobody_and_says_nothing_of_it() {
    let runtime = Runtime::new().unwrap();
    let (server, address) = server(&runtime, "999.2.0");
    for updates in [
        UpdateSource::Administrator(Some(address.clone())),
        UpdateSource::Builder(address),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = Driver::open(Stage {
            updates,
            ..Stage::practice(folder.path())
        });
        driver.click("Settings");
        driver.wait_for("Copy details for support");
        for _ in 0..3 {
            driver.clock.jump(100_000, 100_000);
            // The engine looks at the clock.
            driver.click("Dark");
            driver.settle();
        }
        assert!(!driver.shows("newer version") && !driver.shows("newest"));
        driver.close();
    }
    assert_eq!(server.connections(), 0);
}
