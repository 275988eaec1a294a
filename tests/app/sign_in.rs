//! Signing in and out, and keychains that fail.

use std::sync::{Arc, Condvar, Mutex};

use audio_housekeeper::domain::{AccountKey, Secret, ServiceOrigin};
use audio_housekeeper::keychain::{KeychainError, MemoryTokens, TokenStore};
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeUser};
use audio_housekeeper::state::Mode;
use axum::http::StatusCode;
use support::AMELIA;
use support::driver::{Driver, Stage, desk, desk_with};

fn kept(tokens: &MemoryTokens, driver: &Driver) -> Option<String> {
    let here = ServiceOrigin::parse(&driver.service.origin()).unwrap();
    let mut keys = tokens.keys().into_iter();
    let key = keys.find(|key| key.origin == here)?;
    let token = tokens.read(&key).unwrap();
    token.map(|token| token.expose().to_owned())
}

fn with_memory(folder: &std::path::Path) -> (Arc<MemoryTokens>, Stage) {
    let tokens = Arc::new(MemoryTokens::default());
    let stage = Stage {
        tokens: tokens.clone(),
        ..Stage::empty(folder)
    };
    (tokens, stage)
}

#[test]
fn a_bad_token_is_said_and_not_kept_and_the_field_takes_another() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, stage) = with_memory(folder.path());
    let mut driver = Driver::open(stage);
    driver.click("Sign in");
    driver.wait_for("Paste your access token first.");
    driver.fill("Access token", "not-a-good-token");
    driver.click("Sign in");
    driver.wait_for("The service doesn't accept this access token.");
    assert!(!driver.shows("any more"), "it was never accepted");
    let copied = driver.copied_details();
    assert!(!copied.contains("not-a-good-token"), "{copied}");
    assert_eq!(kept(&tokens, &driver), None);
    driver.sign_in();
    let token = driver.service.token();
    assert_eq!(kept(&tokens, &driver).as_deref(), Some(token.expose()));
}

#[test]
fn a_token_is_asked_for_again_where_it_was_not_to_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, stage) = with_memory(folder.path());
    let mut driver = Driver::open(stage);
    driver.click("Stay signed in on this computer");
    driver.sign_in();
    assert_eq!(kept(&tokens, &driver), None);
    driver.click("Settings");
    driver.wait_for("Kept until the app is closed, as you asked.");
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Access token");
}

#[test]
fn a_kept_token_signs_in_at_the_next_start_and_sign_out_forgets_it() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, stage) = with_memory(folder.path());
    let driver = desk_with(stage);
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Download…");
    driver.click("Settings");
    driver.click("Sign out");
    driver.wait_for("Signed out. The sign-in was forgotten on this computer.");
    assert_eq!(kept(&tokens, &driver), None);
    let mut driver = driver.restart(Mode::Real);
    driver.wait_for("Access token");
}

#[test]
fn a_token_that_ends_in_the_middle_asks_for_a_new_one_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver
        .service
        .add_fault(Fault::on(Call::Download, Effect::token_ended()).only(1));
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("Please sign in again");
    driver.wait_for("Your sign-in has ended");
    driver.sign_in();
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
}

/// A keychain that refuses everything, or stands until it is let go.
#[derive(Default)]
struct BadKeychain {
    hangs: bool,
    let_go: Mutex<bool>,
    changed: Condvar,
}

impl BadKeychain {
    fn answer<T>(&self) -> Result<T, KeychainError> {
        if self.hangs {
            let mut free = self.let_go.lock().unwrap();
            while !*free {
                free = self.changed.wait(free).unwrap();
            }
        }
        Err(KeychainError::Refused("the keyring is locked".into()))
    }

    fn let_go(&self) {
        *self.let_go.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

impl TokenStore for BadKeychain {
    fn read(&self, _: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.answer()
    }
    fn write(&self, _: &AccountKey, _: &Secret) -> Result<(), KeychainError> {
        self.answer()
    }
    fn forget(&self, _: &AccountKey) -> Result<(), KeychainError> {
        self.answer()
    }
}

#[test]
fn a_keychain_that_refuses_is_said_and_the_token_lives_for_this_session() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage {
        tokens: Arc::new(BadKeychain::default()),
        ..Stage::empty(folder.path())
    };
    let mut driver = Driver::open(stage);
    driver.wait_for("keychain is locked, or its question was closed. Please sign in");
    driver.sign_in();
    driver.wait_for("So it may still hold an earlier sign-in");
    let copied = driver.copied_details();
    let token = driver.service.token();
    assert!(!copied.contains(token.expose()), "{copied}");
    driver.click("Dismiss");
    driver.click("Settings");
    driver.wait_for("you stay signed in only until the app is closed");
    driver.click("Sign out");
    driver.wait_for("it may still hold your sign-in");
}

#[test]
fn a_keychain_that_hangs_stops_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Arc::new(BadKeychain {
        hangs: true,
        ..BadKeychain::default()
    });
    let stage = Stage {
        tokens: tokens.clone(),
        ..Stage::empty(folder.path())
    };
    let mut driver = Driver::open(stage);
    // While the keychain is waited for, the window says so, draws, and takes clicks.
    driver.wait_for("Looking whether you are signed in…");
    driver.settle();
    driver.wait_for("keychain did not answer in time. Please sign in");
    driver.sign_in();
    driver.wait_for("So it is not known which sign-in it holds, if any");
    driver
        .service
        .put(AMELIA, "a.wav", support::recordings::wav(20_000, 1));
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
    // Signing out waits for it no more than anything else.
    driver.click("Settings");
    driver.click("Sign out");
    driver.wait_for("Access token");
    assert!(!driver.shows("it may still hold your sign-in"));
    driver.wait_for("it may still hold your sign-in");
    tokens.let_go();
}

#[test]
fn a_name_and_a_password_sign_in_and_are_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, mut stage) = with_memory(folder.path());
    stage.service.users = vec![
        PracticeUser::new("ana", Secret::new("correct horse".into())),
        PracticeUser::new("ben", Secret::new("battery staple".into())),
    ];
    let mut driver = Driver::open(stage);
    driver.click("Use a user name and password");
    driver.fill("User name or email", "ben");
    driver.fill("Password", "Battery Staple");
    driver.click("Sign in");
    driver.wait_for("The service doesn't know this user name with this password.");
    let copied = driver.copied_details();
    assert!(!copied.to_lowercase().contains("staple"), "{copied}");
    assert_eq!(kept(&tokens, &driver), None);
    driver.fill("Password", "battery staple");
    driver.click("Sign in");
    driver.wait_for("Download…");
    driver.wait_for("ben");
    driver.wait_for("Signed in until");
    let token = driver.service.tokens().nth(1).unwrap().1.clone();
    assert_eq!(kept(&tokens, &driver).as_deref(), Some(token.expose()));
    // The next start asks in the same way.
    driver.click("Settings");
    driver.click("Sign out");
    driver.wait_for("User name or email");
    driver.close();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("battery staple"), "{}", path.display());
    }
}

#[test]
fn a_sign_in_can_be_practised_with_either_of_two_names() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, mut stage) = with_memory(folder.path());
    stage.service.users = PracticeUser::two().into();
    let mut driver = Driver::open(stage);
    driver.click("Practise with samples");
    driver.wait_for("Front Desk");
    for (name, shown) in [("back.office", "Back Office"), ("front.desk", "Front Desk")] {
        driver.click("Settings");
        driver.wait_for("Practice keeps no sign-in.");
        driver.click("Sign out");
        driver.wait_for("sign in as front.desk or as back.office. The password is practice.");
        // Nothing else is asked that practice has no use for.
        assert!(!driver.shows("Stay signed in on this computer"));
        assert!(!driver.shows("Use an access token from IT"));
        driver.fill("User name or email", name);
        driver.fill("Password", "practice");
        driver.click("Sign in");
        driver.wait_for(shown);
        driver.wait_for(AMELIA);
    }
    assert_eq!(kept(&tokens, &driver), None);
    driver.click("Leave practice");
    driver.wait_for("Access token");
}

#[test]
fn a_service_that_takes_no_names_says_so_and_a_token_serves() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::open(Stage::empty(folder.path()));
    let unknown = Effect::answer(StatusCode::NOT_FOUND, "text/plain", "no such call");
    driver.service.add_fault(Fault::on(Call::Login, unknown));
    driver.click("Use a user name and password");
    driver.fill("User name or email", "ana");
    driver.fill("Password", "pw");
    driver.click("Sign in");
    driver.wait_for("This service takes no user names from this app.");
    driver.click("Use an access token from IT");
    driver.sign_in();
}
