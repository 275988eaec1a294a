//! A start at which the keychain gives no token, and what is told of that.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, FailureKind, KeychainTrouble, Secret, ServiceOrigin, SignInWith,
};
use audio_housekeeper::engine::{self, Command, Event, SignedOutBecause};
use audio_housekeeper::keychain::{KeychainError, MemoryTokens, TokenStore};
use audio_housekeeper::practice::{PracticeConfig, PracticeService};
use audio_housekeeper::store::Store;
use support::desk::setup;
use support::run;

/// Keeps tokens, until it answers otherwise.
#[derive(Default)]
struct Answering {
    tokens: MemoryTokens,
    otherwise: Mutex<Option<Result<(), KeychainError>>>,
}

impl TokenStore for Answering {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        match self.otherwise.lock().unwrap().clone() {
            None => self.tokens.read(key),
            Some(answer) => answer.map(|()| None),
        }
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.tokens.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.tokens.forget(key)
    }
}

/// What a start tells where the keychain answers so, after a sign-in that stayed or without one.
fn told(answer: Result<(), KeychainError>, was_kept: bool) -> SignedOutBecause {
    let mut told = None;
    run(async {
        let service = PracticeService::start(PracticeConfig::default());
        let service = service.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Answering::default());
        let start = || {
            let store = Store::open(folder.path()).unwrap();
            let tokens = tokens.clone();
            engine::start(setup(&origin, folder.path(), tokens, store, Duration::ZERO))
        };
        if was_kept {
            let mut engine = start();
            let command = Command::SignIn {
                origin: origin.clone(),
                with: SignInWith::Token(service.token()),
                stay: true,
            };
            engine.send(command).unwrap();
            while !matches!(
                engine.wait_for_event().await.unwrap().event,
                Event::SignedIn { .. }
            ) {}
            engine.close().await;
        }
        *tokens.otherwise.lock().unwrap() = Some(answer);
        let mut engine = start();
        told = loop {
            if let Event::SignedOut(because) = engine.wait_for_event().await.unwrap().event {
                break Some(because);
            }
        };
        engine.close().await;
    });
    told.unwrap()
}

#[test]
fn who_was_to_stay_signed_in_is_told_why_that_is_not_so() {
    for (answer, trouble) in [
        (Ok(()), KeychainTrouble::Gone),
        (
            Err(KeychainError::None("x".into())),
            KeychainTrouble::Missing,
        ),
        (
            Err(KeychainError::NoPlace("x".into())),
            KeychainTrouble::NoPlace,
        ),
        (
            Err(KeychainError::Refused("x".into())),
            KeychainTrouble::Refused,
        ),
        (Err(KeychainError::NoAnswer), KeychainTrouble::NoAnswer),
        (Err(KeychainError::Incomplete), KeychainTrouble::Incomplete),
        (
            Err(KeychainError::Other("x".into())),
            KeychainTrouble::Fault,
        ),
    ] {
        match told(answer, true) {
            SignedOutBecause::KeychainUnreadable(failure) => {
                assert_eq!(failure.kind, FailureKind::KeychainTrouble(trouble));
            }
            because => panic!("{trouble:?}: {because:?}"),
        }
    }
}

#[test]
fn where_nothing_was_ever_kept_a_keychain_that_has_nothing_or_is_not_there_is_no_matter() {
    for answer in [Ok(()), Err(KeychainError::None("x".into()))] {
        assert_eq!(told(answer, false), SignedOutBecause::NoToken);
    }
}
