//! What a keychain does to the app that hangs, refuses, answers late or breaks.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use audio_housekeeper::domain::{AccountKey, Secret};
use audio_housekeeper::keychain::{Keychain, KeychainError, MemoryTokens, TokenStore};

use crate::{account, secret, text};

const ADDRESS: &str = "https://api.nuxera.ai";
const LIMIT: Duration = Duration::from_millis(150);
const AMPLE: Duration = Duration::from_secs(20);

/// Memory behind a gate: calls stand for as long as it is shut.
#[derive(Default)]
struct Gated {
    tokens: MemoryTokens,
    shut: Mutex<bool>,
    opened: Condvar,
    calls: Mutex<u32>,
}

impl Gated {
    fn pass(&self) {
        *self.calls.lock().unwrap() += 1;
        let shut = self.shut.lock().unwrap();
        drop(self.opened.wait_while(shut, |shut| *shut).unwrap());
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
async fn a_hanging_keychain_is_given_up_and_the_runtime_goes_on_meanwhile() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let begun = Instant::now();
    let here = account(ADDRESS);
    // One thread runs both: a call that blocked it would let no tick come.
    let ticks = async {
        let mut ticks = 0;
        while begun.elapsed() < LIMIT / 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            ticks += 1;
        }
        ticks
    };
    let (read, ticks) = tokio::join!(keychain.read(&here), ticks);
    assert!(matches!(read, Err(KeychainError::NoAnswer)));
    assert!(ticks > 2, "{ticks}");
    assert!(begun.elapsed() < AMPLE);
    store.set_shut(false);
}

#[tokio::test]
async fn calls_left_behind_are_few_and_further_ones_fail_at_once_until_they_end() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let here = account(ADDRESS);
    for _ in 0..Keychain::MOST_AT_ONCE {
        assert!(matches!(
            keychain.read(&here).await,
            Err(KeychainError::NoAnswer)
        ));
    }
    let begun = Instant::now();
    assert!(matches!(
        keychain.read(&here).await,
        Err(KeychainError::NoAnswer)
    ));
    assert!(begun.elapsed() < LIMIT, "it failed at once");
    let most = u32::try_from(Keychain::MOST_AT_ONCE).unwrap();
    assert_eq!(*store.calls.lock().unwrap(), most, "it never got there");

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
    let keychain = Keychain::new(store.clone(), LIMIT);
    let here = account(ADDRESS);
    assert_eq!(
        keychain.write(&here, &secret("late")).await,
        Err(KeychainError::NoAnswer)
    );
    store.set_shut(false);
    // The second call is the one that takes it back.
    until(|| *store.calls.lock().unwrap() == 2).await;
    let begun = Instant::now();
    while store.tokens.read(&here).unwrap().is_some() {
        assert!(begun.elapsed() < AMPLE, "the token is still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_late_write_neither_takes_back_a_later_one_nor_lands_on_it() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT * 5);
    let here = account(ADDRESS);
    let new = secret("new");
    let late = keychain.write(&here, &secret("late")).await;
    assert_eq!(late, Err(KeychainError::NoAnswer));
    let (written, ()) = tokio::join!(keychain.write(&here, &new), async {
        tokio::time::sleep(LIMIT).await;
        store.set_shut(false);
    });
    written.unwrap();
    tokio::time::sleep(LIMIT).await;
    assert_eq!(text(store.tokens.read(&here).unwrap()).unwrap(), "new");
}

#[tokio::test]
async fn a_late_write_is_taken_back_whatever_else_was_asked_meanwhile() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let (here, there) = (account(ADDRESS), account("https://clinic.example"));
    let late = keychain.write(&here, &secret("late")).await;
    assert_eq!(late, Err(KeychainError::NoAnswer));
    // The person signs out, and somebody else signs in elsewhere.
    let forgotten = keychain.forget(&here).await;
    assert_eq!(forgotten, Err(KeychainError::NoAnswer));
    let other = keychain.write(&there, &secret("other")).await;
    assert_eq!(other, Err(KeychainError::NoAnswer));
    store.set_shut(false);
    // The write, what takes it back, what was to be forgotten, and that in place of the second write, for
    // which nobody waits any more.
    until(|| *store.calls.lock().unwrap() == 4).await;
    until(|| store.tokens.read(&here).unwrap().is_none()).await;
    tokio::time::sleep(LIMIT).await;
    assert_eq!(store.tokens.keys(), []);
}

#[tokio::test]
async fn a_late_write_is_taken_back_also_where_a_later_one_was_never_let_in() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let here = account(ADDRESS);
    let late = keychain.write(&here, &secret("late")).await;
    assert_eq!(late, Err(KeychainError::NoAnswer));
    for _ in 1..Keychain::MOST_AT_ONCE {
        assert!(keychain.read(&here).await.is_err());
    }
    let begun = Instant::now();
    let refused = keychain.write(&here, &secret("refused")).await;
    assert_eq!(refused, Err(KeychainError::NoAnswer));
    assert!(begun.elapsed() < LIMIT, "it failed at once");
    store.set_shut(false);
    let most = u32::try_from(Keychain::MOST_AT_ONCE).unwrap();
    until(|| *store.calls.lock().unwrap() == most + 1).await;
    until(|| store.tokens.keys().is_empty()).await;
}

#[tokio::test]
async fn of_two_late_writes_neither_stays() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT);
    let here = account(ADDRESS);
    for token in ["late", "later"] {
        let late = keychain.write(&here, &secret(token)).await;
        assert_eq!(late, Err(KeychainError::NoAnswer));
    }
    store.set_shut(false);
    // The first, and what is forgotten in place of the second.
    until(|| *store.calls.lock().unwrap() == 2).await;
    until(|| store.tokens.keys().is_empty()).await;
    tokio::time::sleep(LIMIT).await;
    assert_eq!(store.tokens.keys(), []);
    assert_eq!(*store.calls.lock().unwrap(), 2);
}

#[tokio::test]
async fn what_nobody_waits_to_have_forgotten_any_more_is_not_taken_from_who_kept_it_since() {
    let store = Arc::new(Gated::default());
    store.set_shut(true);
    let keychain = Keychain::new(store.clone(), LIMIT * 10);
    let (here, there) = (account(ADDRESS), account("https://clinic.example"));
    let (one, other) = (secret("one"), secret("other"));
    let writes = async {
        // It waits behind the other's, and is given up.
        let forgotten = tokio::time::timeout(LIMIT, keychain.forget(&here)).await;
        assert!(forgotten.is_err());
        let opened = async {
            tokio::time::sleep(LIMIT).await;
            store.set_shut(false);
        };
        tokio::join!(keychain.write(&here, &one), opened).0
    };
    let (before, written) = tokio::join!(keychain.write(&there, &other), writes);
    before.unwrap();
    written.unwrap();
    tokio::time::sleep(LIMIT).await;
    assert_eq!(text(store.tokens.read(&here).unwrap()).unwrap(), "one");
    assert_eq!(*store.calls.lock().unwrap(), 2, "it was never forgotten");
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
