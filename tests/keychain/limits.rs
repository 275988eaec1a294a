//! What a keychain does to the app that hangs, refuses, answers late or breaks.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use audio_housekeeper::domain::{AccountKey, Secret};
use audio_housekeeper::keychain::{Keychain, KeychainError, MemoryTokens, TokenStore};

use crate::{account, secret, text};

const ADDRESS: &str = "https://api.nuxera.ai";
const LIMIT: Duration = Duration::from_millis(150);
const AMPLE: Duration = Duration::from_secs(20);
const MOST: usize = Keychain::MOST_AT_ONCE;

/// Memory behind a gate: calls stand for as long as it is shut, though not for ever.
#[derive(Default)]
struct Gated {
    tokens: MemoryTokens,
    shut: Mutex<bool>,
    opened: Condvar,
    calls: Mutex<usize>,
}

impl Gated {
    fn pass(&self) {
        *self.calls.lock().unwrap() += 1;
        let shut = self.shut.lock().unwrap();
        let opened = self.opened.wait_timeout_while(shut, AMPLE, |shut| *shut);
        drop(opened.unwrap());
    }

    fn calls(&self) -> usize {
        *self.calls.lock().unwrap()
    }

    fn set_shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.opened.notify_all();
    }
}

impl TokenStore for Gated {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.pass();
        self.tokens.read(key)
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.pass();
        self.tokens.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.pass();
        self.tokens.forget(key)
    }
}

/// Fails in every way that it is told to.
struct Failing(KeychainError);

impl TokenStore for Failing {
    fn read(&self, _: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        Err(self.0.clone())
    }

    fn write(&self, _: &AccountKey, _: &Secret) -> Result<(), KeychainError> {
        Err(self.0.clone())
    }

    fn forget(&self, _: &AccountKey) -> Result<(), KeychainError> {
        panic!("a fault");
    }
}

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < AMPLE, "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Begins a call and waits for it only until `calls` in all have reached the store.
async fn given_up<T>(call: impl Future<Output = T>, store: &Gated, calls: usize) {
    tokio::select! {
        biased;
        _ = call => panic!("it was answered"),
        () = until(|| store.calls() == calls) => (),
    }
}

/// Opens the gate and waits for the end of every call, those included that nobody else waits for.
async fn opened_and_ended(keychain: Keychain, store: &Arc<Gated>) {
    store.set_shut(false);
    drop(keychain);
    until(|| Arc::strong_count(store) == 1).await;
}

#[tokio::test]
async fn a_token_is_kept_replaced_and_forgotten_for_its_own_service_only() {
    let keychain = Keychain::new(Arc::new(MemoryTokens::default()), AMPLE);
    let (here, there) = (account(ADDRESS), account("https://clinic.example"));
    assert_eq!(text(keychain.read(&here).await.unwrap()), None);
    keychain.write(&here, &secret("one")).await.unwrap();
    keychain.write(&here, &secret("two")).await.unwrap();
    assert_eq!(text(keychain.read(&here).await.unwrap()).unwrap(), "two");
    assert_eq!(text(keychain.read(&there).await.unwrap()), None);
    keychain.forget(&here).await.unwrap();
    keychain.forget(&here).await.unwrap();
    assert_eq!(text(keychain.read(&here).await.unwrap()), None);
}

#[tokio::test]
async fn the_runtime_goes_on_while_the_keychain_hangs() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    // One thread runs both: a call that blocked it would be answered, by the gate's own limit, before
    // anything else.
    given_up(keychain.read(&account(ADDRESS)), &store, 1).await;
    opened_and_ended(keychain, &store).await;
}

#[tokio::test]
async fn a_hanging_keychain_is_given_up_at_the_limit_whatever_was_asked() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let here = account(ADDRESS);
    let begun = Instant::now();
    let read = keychain.read(&here).await;
    assert!(matches!(read, Err(KeychainError::NoAnswer)));
    let written = keychain.write(&here, &secret("late")).await;
    assert_eq!(written, Err(KeychainError::NoAnswer));
    let forgotten = keychain.forget(&here).await;
    assert_eq!(forgotten, Err(KeychainError::NoAnswer));
    assert!(begun.elapsed() < AMPLE);
    opened_and_ended(keychain, &store).await;
    assert_eq!(store.tokens.keys(), []);
}

#[tokio::test]
async fn calls_left_behind_are_few_and_further_ones_fail_at_once_until_they_end() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let here = account(ADDRESS);
    for calls in 1..=MOST {
        given_up(keychain.read(&here), &store, calls).await;
    }
    let begun = Instant::now();
    assert!(matches!(
        keychain.read(&here).await,
        Err(KeychainError::NoAnswer)
    ));
    assert!(begun.elapsed() < AMPLE, "it failed at once");
    assert_eq!(store.calls(), MOST, "it never got there");

    store.set_shut(false);
    let begun = Instant::now();
    while keychain.read(&here).await.is_err() {
        assert!(begun.elapsed() < AMPLE, "it recovers");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_write_that_succeeds_after_it_was_given_up_is_taken_back() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let here = account(ADDRESS);
    given_up(keychain.write(&here, &secret("late")), &store, 1).await;
    opened_and_ended(keychain, &store).await;
    assert_eq!(store.tokens.keys(), []);
    assert_eq!(store.calls(), 2, "it was written and taken back");
}

#[tokio::test]
async fn a_late_write_neither_takes_back_a_later_one_nor_lands_on_it() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let here = account(ADDRESS);
    given_up(keychain.write(&here, &secret("late")), &store, 1).await;
    let new = secret("new");
    let (written, ()) = tokio::join!(keychain.write(&here, &new), async {
        store.set_shut(false);
    });
    written.unwrap();
    opened_and_ended(keychain, &store).await;
    assert_eq!(text(store.tokens.read(&here).unwrap()).unwrap(), "new");
    assert_eq!(store.calls(), 2, "nothing was taken back");
}

#[tokio::test]
async fn a_late_write_is_taken_back_whatever_else_was_asked_meanwhile() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let (here, there) = (account(ADDRESS), account("https://clinic.example"));
    given_up(keychain.write(&here, &secret("late")), &store, 1).await;
    // The person signs out, and somebody else signs in elsewhere.
    given_up(keychain.forget(&here), &store, 1).await;
    given_up(keychain.write(&there, &secret("other")), &store, 1).await;
    opened_and_ended(keychain, &store).await;
    assert_eq!(store.tokens.keys(), []);
    // The write, what takes it back, what was to be forgotten, and that in place of the second write, for
    // which nobody waits any more.
    assert_eq!(store.calls(), 4);
}

#[tokio::test]
async fn a_late_write_is_taken_back_also_where_a_later_one_was_never_let_in() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let here = account(ADDRESS);
    given_up(keychain.write(&here, &secret("late")), &store, 1).await;
    for calls in 2..=MOST {
        given_up(keychain.read(&here), &store, calls).await;
    }
    let begun = Instant::now();
    let refused = keychain.write(&here, &secret("refused")).await;
    assert_eq!(refused, Err(KeychainError::NoAnswer));
    assert!(begun.elapsed() < AMPLE, "it failed at once");
    opened_and_ended(keychain, &store).await;
    assert_eq!(store.tokens.keys(), []);
    assert_eq!(store.calls(), MOST + 1);
}

#[tokio::test]
async fn of_two_late_writes_neither_stays() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let here = account(ADDRESS);
    for token in ["late", "later"] {
        given_up(keychain.write(&here, &secret(token)), &store, 1).await;
    }
    opened_and_ended(keychain, &store).await;
    assert_eq!(store.tokens.keys(), []);
    // The first, and what is forgotten in place of the second.
    assert_eq!(store.calls(), 2);
}

#[tokio::test]
async fn what_nobody_waits_to_have_forgotten_any_more_is_not_taken_from_who_kept_it_since() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), AMPLE);
    let (here, there) = (account(ADDRESS), account("https://clinic.example"));
    given_up(keychain.write(&there, &secret("other")), &store, 1).await;
    // It waits behind the other's.
    given_up(keychain.forget(&here), &store, 1).await;
    let one = secret("one");
    let (written, ()) = tokio::join!(keychain.write(&here, &one), async {
        store.set_shut(false);
    });
    written.unwrap();
    opened_and_ended(keychain, &store).await;
    assert_eq!(text(store.tokens.read(&here).unwrap()).unwrap(), "one");
    // The two writes, and what takes back the one that nobody waited for: nothing was forgotten here.
    assert_eq!(store.calls(), 3);
}

#[tokio::test]
async fn a_refusal_is_passed_on_and_a_panic_is_a_failure() {
    for error in [
        KeychainError::None("no bus".into()),
        KeychainError::Refused("locked".into()),
        KeychainError::TooLong,
        KeychainError::Other("odd".into()),
    ] {
        let keychain = Keychain::new(Arc::new(Failing(error.clone())), AMPLE);
        let here = account(ADDRESS);
        assert_eq!(keychain.read(&here).await.unwrap_err(), error);
        assert_eq!(
            keychain.write(&here, &secret("t")).await,
            Err(error.clone())
        );
        for _ in 0..=Keychain::MOST_AT_ONCE {
            assert!(matches!(
                keychain.forget(&here).await,
                Err(KeychainError::Other(_))
            ));
        }
    }
}

#[test]
fn no_error_and_no_debug_shows_a_token() {
    let keychain = Keychain::new(Arc::new(MemoryTokens::default()), AMPLE);
    let tokens = MemoryTokens::default();
    let here = account(ADDRESS);
    tokens.write(&here, &secret("s3cr3t")).unwrap();
    for shown in [format!("{keychain:?}"), format!("{tokens:?}")] {
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }
}
