//! The real Secret Service where it is not as it should be.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use audio_housekeeper::keychain::{Keychain, KeychainError, SystemKeychain, TokenStore as _};
use secret_service::EncryptionType;
use secret_service::blocking::{Collection, SecretService};
use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::session::{ADDRESS, Home, Keyring, found_by_secret_tool, here, tokens};
use crate::system_prompt::Question;
use crate::{secret, text};

const GNOME: Option<&str> = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
const SECRETS: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";

fn service() -> SecretService<'static> {
    SecretService::connect(EncryptionType::Plain).unwrap()
}

/// The password of every keyring here, as GNOME Keyring's own calls take it.
fn password(connection: &Connection) -> (OwnedObjectPath, Vec<u8>, Vec<u8>, &'static str) {
    let service = Some("org.freedesktop.Secret.Service");
    let plain = ("plain", Value::from(""));
    let opened = connection.call_method(Some(SECRETS), PATH, service, "OpenSession", &plain);
    let (_, session): (OwnedValue, OwnedObjectPath) = opened.unwrap().body().deserialize().unwrap();
    (session, Vec::new(), b"password".to_vec(), "text/plain")
}

/// Makes a keyring, as "Passwords and Keys" does once a person has typed a password for it.
fn make_keyring(label: &str) -> OwnedObjectPath {
    let connection = Connection::session().unwrap();
    let label = (
        "org.freedesktop.Secret.Collection.Label",
        Value::from(label),
    );
    let body = (HashMap::from([label]), password(&connection));
    let made = connection.call_method(
        Some(SECRETS),
        PATH,
        GNOME,
        "CreateWithMasterPassword",
        &body,
    );
    made.unwrap().body().deserialize().unwrap()
}

/// Unlocks the default keyring, as typing its password does.
fn unlock() {
    let connection = Connection::session().unwrap();
    let path = service()
        .get_default_collection()
        .unwrap()
        .collection_path
        .clone();
    let body = (path, password(&connection));
    let unlocked = connection.call_method(
        Some(SECRETS),
        PATH,
        GNOME,
        "UnlockWithMasterPassword",
        &body,
    );
    unlocked.unwrap();
}

/// Has programs that name no keyring use this one.
fn make_default(keyring: &OwnedObjectPath) {
    let service = Some("org.freedesktop.Secret.Service");
    let connection = Connection::session().unwrap();
    let body = ("default", keyring);
    let made = connection.call_method(Some(SECRETS), PATH, service, "SetAlias", &body);
    drop(made.unwrap());
}

/// Puts an entry of the app's into a keyring.
fn put(keyring: &Collection<'_>, label: &str, token: &str) {
    let attributes = HashMap::from([("service", SystemKeychain::SERVICE), ("username", ADDRESS)]);
    let made = keyring.create_item(label, attributes, token.as_bytes(), false, "text/plain");
    drop(made.unwrap());
}

fn labels(service: &SecretService<'_>) -> Vec<String> {
    let attributes = HashMap::from([("service", SystemKeychain::SERVICE)]);
    let found = service.search_items(attributes).unwrap();
    let items = found.unlocked.iter().chain(&found.locked);
    items.map(|item| item.get_label().unwrap()).collect()
}

#[test]
fn where_there_is_no_session_bus_there_is_no_keychain_and_nobody_waits() {
    Home::new().session(&Keyring::NoBus, "bad_days::there_is_no_bus");
}

#[test]
#[ignore = "the child of where_there_is_no_session_bus_there_is_no_keychain_and_nobody_waits"]
fn there_is_no_bus() {
    let begun = Instant::now();
    for error in [
        tokens().read(&here()).unwrap_err(),
        tokens().write(&here(), &secret("x")).unwrap_err(),
        tokens().forget(&here()).unwrap_err(),
    ] {
        assert!(matches!(error, KeychainError::None(_)), "{error:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_keyring_in_which_nothing_was_made_yet_is_told_from_none_and_used_once_made() {
    Home::new().session(&Keyring::Locked, "bad_days::there_is_no_place");
}

#[test]
#[ignore = "the child of a_keyring_in_which_nothing_was_made_yet_is_told_from_none_and_used_once_made"]
fn there_is_no_place() {
    assert_eq!(tokens().read(&here()).map(text), Ok(None));
    let written = tokens().write(&here(), &secret("x"));
    assert!(
        matches!(written, Err(KeychainError::NoPlace(_))),
        "{written:?}"
    );
    tokens().forget(&here()).unwrap();
    // What a person is told to do.
    make_default(&make_keyring("Login"));
    tokens().write(&here(), &secret("kept")).unwrap();
    assert_eq!(found_by_secret_tool(ADDRESS).unwrap(), "kept");
}

#[test]
fn a_keyring_that_was_locked_while_nobody_can_be_asked_refuses_and_keeps_what_it_has() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_locked");
}

#[test]
#[ignore = "the child of a_keyring_that_was_locked_while_nobody_can_be_asked_refuses_and_keeps_what_it_has"]
fn is_locked() {
    tokens().write(&here(), &secret("kept")).unwrap();
    service().get_default_collection().unwrap().lock().unwrap();
    let begun = Instant::now();
    for error in [
        tokens().read(&here()).unwrap_err(),
        tokens().write(&here(), &secret("new")).unwrap_err(),
        tokens().forget(&here()).unwrap_err(),
    ] {
        assert!(matches!(error, KeychainError::Refused(_)), "{error:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
    unlock();
    assert_eq!(text(tokens().read(&here()).unwrap()).unwrap(), "kept");
}

#[test]
fn a_question_for_the_password_may_stand_and_its_dismissal_is_a_refusal() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_asked_and_dismissed");
}

#[test]
#[ignore = "the child of a_question_for_the_password_may_stand_and_its_dismissal_is_a_refusal"]
fn is_asked_and_dismissed() {
    tokens().write(&here(), &secret("kept")).unwrap();
    service().get_default_collection().unwrap().lock().unwrap();
    let question = Question::default();
    let desktop = question.played();
    let reading = thread::spawn(|| tokens().read(&here()).map(text));
    question.until_asked();
    thread::sleep(Duration::from_millis(300));
    assert!(!reading.is_finished(), "it stands for as long as it takes");
    question.dismiss(&desktop);
    let read = reading.join().unwrap();
    assert!(matches!(read, Err(KeychainError::Refused(_))), "{read:?}");
    let writing = thread::spawn(|| tokens().write(&here(), &secret("new")));
    question.dismiss(&desktop);
    let written = writing.join().unwrap();
    assert!(
        matches!(written, Err(KeychainError::Refused(_))),
        "{written:?}"
    );
}

#[test]
fn a_question_that_nobody_answers_in_time_holds_nothing_up_and_a_late_answer_keeps_nothing() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_asked_and_left");
}

#[test]
#[ignore = "the child of a_question_that_nobody_answers_in_time_holds_nothing_up_and_a_late_answer_keeps_nothing"]
fn is_asked_and_left() {
    service().get_default_collection().unwrap().lock().unwrap();
    let question = Question::default();
    let desktop = question.played();
    let tokens_of_calls = Arc::new(tokens());
    let keychain = Keychain::new(tokens_of_calls.clone(), Duration::from_mins(1));
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    let (here, new) = (here(), secret("new"));
    runtime.block_on(async {
        // One thread waits for the keychain and looks for the question; it gives up once that stands.
        let asked = async {
            while !question.is_asked() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            written = keychain.write(&here, &new) => panic!("{written:?}"),
            () = asked => (),
        }
    });
    question.dismiss(&desktop);
    unlock();
    // The write has ended once only this test has the tokens.
    drop(keychain);
    let begun = Instant::now();
    while Arc::strong_count(&tokens_of_calls) > 1 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never ended");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(tokens().read(&here).map(text), Ok(None));
}

#[test]
fn a_keyring_that_goes_away_while_it_asks_has_not_answered() {
    Home::new().session(&Keyring::Unlocked, "bad_days::goes_away");
}

#[test]
#[ignore = "the child of a_keyring_that_goes_away_while_it_asks_has_not_answered"]
fn goes_away() {
    service().get_default_collection().unwrap().lock().unwrap();
    let question = Question::default();
    let _desktop = question.played();
    let keychain = Keychain::new(Arc::new(tokens()), Duration::from_secs(5));
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    let writing = thread::spawn(move || {
        let (here, new) = (here(), secret("new"));
        runtime.block_on(keychain.write(&here, &new))
    });
    question.until_asked();
    let asks = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let number = Connection::session()
        .unwrap()
        .call_method(
            Some(asks.0),
            asks.1,
            Some(asks.0),
            "GetConnectionUnixProcessID",
            &SECRETS,
        )
        .unwrap();
    let number: u32 = number.body().deserialize().unwrap();
    let killed = Command::new("kill")
        .args(["-9", &number.to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(writing.join().unwrap(), Err(KeychainError::NoAnswer));
    let read = tokens().read(&here()).map(text);
    assert!(matches!(read, Err(KeychainError::None(_))), "{read:?}");
}

#[test]
fn an_entry_that_was_removed_by_other_means_is_none_and_kept_anew() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_gone");
}

#[test]
#[ignore = "the child of an_entry_that_was_removed_by_other_means_is_none_and_kept_anew"]
fn is_gone() {
    tokens().write(&here(), &secret("one")).unwrap();
    let cleared = Command::new("secret-tool")
        .args(["clear", "service", SystemKeychain::SERVICE])
        .status();
    assert!(cleared.unwrap().success());
    assert_eq!(tokens().read(&here()).map(text), Ok(None));
    tokens().forget(&here()).unwrap();
    tokens().write(&here(), &secret("two")).unwrap();
    assert_eq!(found_by_secret_tool(ADDRESS).unwrap(), "two");
}

#[test]
fn of_entries_of_one_name_in_two_keyrings_one_is_read_and_all_are_replaced_or_forgotten() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_there_twice");
}

#[test]
#[ignore = "the child of of_entries_of_one_name_in_two_keyrings_one_is_read_and_all_are_replaced_or_forgotten"]
fn is_there_twice() {
    let path = make_keyring("Clinic");
    let service = service();
    let login = service.get_default_collection().unwrap();
    let all = service.get_all_collections().unwrap();
    let clinic = all
        .into_iter()
        .find(|keyring| keyring.collection_path == path);
    let clinic = clinic.unwrap();
    let twice = || {
        put(&login, "one", "token-1");
        put(&clinic, "two", "token-2");
        assert_eq!(labels(&service).len(), 2);
    };
    twice();
    let read = text(tokens().read(&here()).unwrap()).unwrap();
    assert!(["token-1", "token-2"].contains(&read.as_str()), "{read}");
    tokens().write(&here(), &secret("new")).unwrap();
    assert_eq!(labels(&service), ["Audio Housekeeper: api.nuxera.ai"]);
    assert_eq!(text(tokens().read(&here()).unwrap()).unwrap(), "new");
    tokens().forget(&here()).unwrap();
    twice();
    tokens().forget(&here()).unwrap();
    assert!(labels(&service).is_empty());
    // Where one of the two keyrings stays locked, it is not known what is in it.
    twice();
    clinic.lock().unwrap();
    for error in [
        tokens().read(&here()).unwrap_err(),
        tokens().write(&here(), &secret("x")).unwrap_err(),
        tokens().forget(&here()).unwrap_err(),
    ] {
        assert!(matches!(error, KeychainError::Refused(_)), "{error:?}");
    }
}

#[test]
fn an_entry_of_an_early_version_is_read_and_gets_the_name_of_today() {
    Home::new().session(&Keyring::Unlocked, "bad_days::is_early");
}

#[test]
#[ignore = "the child of an_entry_of_an_early_version_is_read_and_gets_the_name_of_today"]
fn is_early() {
    let service = service();
    let login = service.get_default_collection().unwrap();
    put(
        &login,
        &format!("keyring:{ADDRESS}@Audio Housekeeper"),
        "early",
    );
    assert_eq!(text(tokens().read(&here()).unwrap()).unwrap(), "early");
    assert_eq!(labels(&service), ["Audio Housekeeper: api.nuxera.ai"]);
    assert_eq!(text(tokens().read(&here()).unwrap()).unwrap(), "early");
}
