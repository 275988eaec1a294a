//! Keychains that are full, stuck, slow or not there, and the tokens that they keep or forget.

use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, AuditAction, FailureKind, KeychainTrouble, Secret, ServiceOrigin, SignInWith,
};
use audio_housekeeper::engine::{self, Command, Event, Handle, SignedOutBecause};
use audio_housekeeper::keychain::{KeychainError, MemoryTokens, TokenStore};
use audio_housekeeper::practice::{
    Attempts, Call, Effect, Fault, PracticeConfig, PracticeService, PracticeUser,
};
use audio_housekeeper::store::Store;
use support::desk::{setup, token};
use support::run;
use tokio::sync::watch;

/// Holds one token and takes no other.
#[derive(Default)]
struct Full(MemoryTokens);

impl TokenStore for Full {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.0.read(key)
    }

    fn write(&self, _: &AccountKey, _: &Secret) -> Result<(), KeychainError> {
        Err(KeychainError::TooLong)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.0.forget(key)
    }
}

#[test]
fn where_a_token_can_not_be_kept_an_earlier_one_does_not_stay_in_its_place() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Full::default());
        tokens
            .0
            .write(
                &AccountKey::unnamed(origin.clone()),
                &token("of somebody else"),
            )
            .unwrap();
        let store = Store::open(folder.path()).unwrap();
        let setup = setup(
            &origin,
            folder.path(),
            tokens.clone(),
            store,
            Duration::ZERO,
        );
        let mut engine = engine::start(setup);
        let command = Command::SignIn {
            origin: origin.clone(),
            with: SignInWith::Token(service.token()),
            stay: true,
        };
        engine.send(command).unwrap();
        let keychain = loop {
            let envelope = engine.wait_for_event().await.unwrap();
            if let Event::SignedIn { keychain, .. } = envelope.event {
                break keychain;
            }
        };
        let too_long = FailureKind::KeychainTrouble(KeychainTrouble::TooLong);
        assert_eq!(keychain.unwrap().kind, too_long);
        assert!(tokens.0.keys().is_empty());
    });
}

#[test]
fn a_kept_token_that_is_refused_late_does_not_end_the_sign_in_made_meanwhile() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let late = Effect::StallBeforeHead(Duration::from_mins(1));
        service.add_fault(Fault {
            call: Call::Me,
            doctor: None,
            attempts: Attempts::Only(1),
            effect: late,
        });
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        tokens
            .write(
                &AccountKey::unnamed(origin.clone()),
                &token("of somebody else"),
            )
            .unwrap();
        let store = Store::open(folder.path()).unwrap();
        let setup = setup(&origin, folder.path(), tokens, store, Duration::ZERO);
        let mut engine = engine::start(setup);
        while service.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let command = Command::SignIn {
            origin,
            with: SignInWith::Token(service.token()),
            stay: true,
        };
        engine.send(command).unwrap();
        loop {
            let envelope = engine.wait_for_event().await.unwrap();
            match envelope.event {
                Event::SignedIn { .. } => break,
                Event::SignedOut(because) => panic!("{because:?}"),
                _ => {}
            }
        }
        let ended = async {
            loop {
                let envelope = engine.wait_for_event().await.unwrap();
                if let Event::SignedOut(because) = envelope.event {
                    return because;
                }
            }
        };
        service.end_stalls(Call::Me);
        let ended = tokio::time::timeout(Duration::from_millis(1500), ended).await;
        assert!(ended.is_err(), "{ended:?}");
    });
}

/// Holds one token, and neither takes another nor lets go of it.
#[derive(Default)]
struct Stuck(MemoryTokens);

impl TokenStore for Stuck {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.0.read(key)
    }

    fn write(&self, _: &AccountKey, _: &Secret) -> Result<(), KeychainError> {
        Err(KeychainError::Refused("locked".into()))
    }

    fn forget(&self, _: &AccountKey) -> Result<(), KeychainError> {
        Err(KeychainError::Refused("locked".into()))
    }
}

#[test]
fn where_an_earlier_token_may_still_be_kept_it_is_said_so() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        for stay in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let origin = ServiceOrigin::parse(&service.origin()).unwrap();
            let tokens = Arc::new(Stuck::default());
            tokens
                .0
                .write(
                    &AccountKey::unnamed(origin.clone()),
                    &token("of somebody else"),
                )
                .unwrap();
            let store = Store::open(folder.path()).unwrap();
            let setup = setup(&origin, folder.path(), tokens, store, Duration::ZERO);
            let mut engine = engine::start(setup);
            let command = Command::SignIn {
                origin,
                with: SignInWith::Token(service.token()),
                stay,
            };
            engine.send(command).unwrap();
            let keychain = loop {
                let envelope = engine.wait_for_event().await.unwrap();
                if let Event::SignedIn { keychain, .. } = envelope.event {
                    break keychain;
                }
            };
            let refused = FailureKind::KeychainNotCleared(KeychainTrouble::Refused);
            assert_eq!(keychain.unwrap().kind, refused);

            engine.send(Command::SignOut).unwrap();
            let failure = loop {
                let envelope = engine.wait_for_event().await.unwrap();
                if let Event::TokenKept(failure) = envelope.event {
                    break failure;
                }
            };
            assert_eq!(failure.kind, refused);
        }
    });
}

/// Forgets nothing until it is let go, and then what it was asked to.
#[derive(Default)]
struct Slow {
    tokens: MemoryTokens,
    forgets: watch::Sender<Forgets>,
}

/// How a keychain forgets.
#[derive(Default)]
enum Forgets {
    #[default]
    Not,
    /// It is not there yet.
    StartsLate,
    AtOnce,
}

impl TokenStore for Slow {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.tokens.read(key)
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.tokens.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        match &*self.forgets.borrow() {
            Forgets::AtOnce => self.tokens.forget(key),
            Forgets::Not => Err(KeychainError::Refused("locked".into())),
            Forgets::StartsLate => Err(KeychainError::None("no Secret Service".into())),
        }
    }
}

pub(crate) async fn first<T>(engine: &mut Handle, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    let waiting = async {
        loop {
            let envelope = engine.wait_for_event().await.unwrap();
            if let Some(found) = wanted(envelope.event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("waited in vain")
}

async fn sign_outs(folder: &std::path::Path) -> Vec<(String, Option<String>)> {
    let store = Store::open(folder).unwrap();
    let entries = store.entries(None, 100).await.unwrap();
    let drafts = entries.into_iter().rev().map(|entry| entry.unwrap().draft);
    let sign_outs = drafts.filter(|draft| draft.action == AuditAction::SignOut);
    sign_outs
        .map(|draft| (draft.outcome.code().to_owned(), draft.note))
        .collect()
}

#[test]
fn a_token_that_was_not_forgotten_signs_nobody_in_and_is_forgotten_at_a_later_start() {
    for starts_late in [false, true] {
        not_forgotten(starts_late);
    }
}

fn not_forgotten(starts_late: bool) {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Slow::default());
        tokens
            .write(&AccountKey::unnamed(origin.clone()), &service.token())
            .unwrap();
        if starts_late {
            tokens.forgets.send_replace(Forgets::StartsLate);
        }
        let start = || {
            let store = Store::open(folder.path()).unwrap();
            let setup = setup(
                &origin,
                folder.path(),
                tokens.clone(),
                store,
                Duration::ZERO,
            );
            engine::start(setup)
        };
        let mut engine = start();
        first(&mut engine, |event| {
            matches!(event, Event::Doctors(_)).then_some(())
        })
        .await;
        engine.send(Command::SignOut).unwrap();
        let because = first(&mut engine, |event| match event {
            Event::SignedOut(because) => Some(because),
            _ => None,
        })
        .await;
        assert_eq!(because, SignedOutBecause::SignOut(None));
        first(&mut engine, |event| {
            matches!(event, Event::TokenKept(_)).then_some(())
        })
        .await;
        engine.close().await;
        assert_eq!(sign_outs(folder.path()).await, []);

        // It is kept still: nobody is signed in, and that is said.
        let mut engine = start();
        let because = first(&mut engine, |event| match event {
            Event::SignedOut(because) => Some(because),
            Event::SignedIn { .. } => panic!("signed in by a token that was to be forgotten"),
            _ => None,
        })
        .await;
        let SignedOutBecause::SignOut(Some(failure)) = because else {
            panic!("{because:?}");
        };
        assert!(matches!(failure.kind, FailureKind::KeychainNotCleared(_)));
        engine.close().await;

        tokens.forgets.send_replace(Forgets::AtOnce);
        let mut engine = start();
        let because = first(&mut engine, |event| match event {
            Event::SignedOut(because) => Some(because),
            _ => None,
        })
        .await;
        assert_eq!(because, SignedOutBecause::NoToken);
        engine.close().await;
        assert!(tokens.tokens.keys().is_empty());
        let sign_outs = sign_outs(folder.path()).await;
        let [(outcome, Some(note))] = &sign_outs[..] else {
            panic!("{sign_outs:?}");
        };
        assert_eq!(outcome, "done");
        assert!(note.ends_with("forgotten at a later start"), "{note}");
    });
}

#[test]
fn where_there_is_no_keychain_a_sign_out_is_done_and_nothing_is_claimed_to_be_kept() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Slow::default());
        tokens.forgets.send_replace(Forgets::StartsLate);
        let store = Store::open(folder.path()).unwrap();
        let setup = setup(&origin, folder.path(), tokens, store, Duration::ZERO);
        let mut engine = engine::start(setup);
        for _ in 0..2 {
            let command = Command::SignIn {
                origin: origin.clone(),
                with: SignInWith::Token(service.token()),
                stay: false,
            };
            engine.send(command).unwrap();
            let keychain = first(&mut engine, |event| match event {
                Event::SignedIn { keychain, .. } => Some(keychain),
                _ => None,
            })
            .await;
            assert_eq!(keychain, None);
            engine.send(Command::SignOut).unwrap();
            let is_forgotten = first(&mut engine, |event| match event {
                Event::TokenForgotten => Some(true),
                Event::TokenKept(_) => Some(false),
                _ => None,
            })
            .await;
            assert!(is_forgotten);
        }
        engine.close().await;
        let sign_outs = sign_outs(folder.path()).await;
        assert_eq!(sign_outs, [("done".into(), None), ("done".into(), None)]);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.tokens_to_forget().await.unwrap(), []);
    });
}

#[test]
fn a_token_that_was_to_be_forgotten_is_kept_where_somebody_signs_in_to_stay() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Slow::default());
        let store = Store::open(folder.path()).unwrap();
        let setup = |store| {
            setup(
                &origin,
                folder.path(),
                tokens.clone(),
                store,
                Duration::ZERO,
            )
        };
        let mut engine = engine::start(setup(store));
        let signed_in = |event: Event| matches!(event, Event::SignedIn { .. }).then_some(());
        let command = || Command::SignIn {
            origin: origin.clone(),
            with: SignInWith::Token(service.token()),
            stay: true,
        };
        engine.send(command()).unwrap();
        first(&mut engine, signed_in).await;
        engine.send(Command::SignOut).unwrap();
        first(&mut engine, |event| {
            matches!(event, Event::TokenKept(_)).then_some(())
        })
        .await;
        engine.send(command()).unwrap();
        first(&mut engine, signed_in).await;
        engine.close().await;
        let mut engine = engine::start(setup(Store::open(folder.path()).unwrap()));
        first(&mut engine, signed_in).await;
        engine.close().await;
        assert_eq!(tokens.tokens.keys().len(), 1);
        assert_eq!(sign_outs(folder.path()).await.len(), 1);
    });
}

/// Is there or not, or refuses all.
#[derive(Default)]
struct Coming {
    tokens: MemoryTokens,
    is: watch::Sender<Option<KeychainError>>,
}

impl Coming {
    fn there(&self) -> Result<(), KeychainError> {
        self.is.borrow().clone().map_or(Ok(()), Err)
    }
}

impl TokenStore for Coming {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.there()?;
        self.tokens.read(key)
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.there()?;
        self.tokens.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.there()?;
        self.tokens.forget(key)
    }
}

#[test]
fn who_signed_in_to_stay_is_not_signed_in_after_somebody_else_was_there_without_the_keychain() {
    let none = || KeychainError::None("no Secret Service".into());
    let refused = || KeychainError::Refused("locked".into());
    let (trouble, not_cleared) = (
        Some(FailureKind::KeychainTrouble(KeychainTrouble::Missing)),
        Some(FailureKind::KeychainNotCleared(KeychainTrouble::Refused)),
    );
    for (away, stay, is_resumed, said) in [
        (none(), false, false, None),
        (none(), true, false, trouble),
        (none(), false, true, None),
        (refused(), false, false, not_cleared.clone()),
        (refused(), true, false, not_cleared),
    ] {
        assert_eq!(without_the_keychain(away, stay, is_resumed), said);
    }
}

/// One person signs in to stay, then another while the keychain is `away`: at a start without it, or in
/// the place of the first one's sign-in that the app had opened with. What the other is told of it.
fn without_the_keychain(away: KeychainError, stay: bool, is_resumed: bool) -> Option<FailureKind> {
    run(async {
        let users = ["front", "colleague"];
        let users = users.map(|name| PracticeUser::new(name, Secret::new("password".into())));
        let config = PracticeConfig {
            users: users.into(),
            ..PracticeConfig::default()
        };
        let service = PracticeService::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let tokens = Arc::new(Coming::default());
        let start = || {
            let store = Store::open(folder.path()).unwrap();
            let (folder, tokens) = (folder.path(), tokens.clone());
            engine::start(setup(&origin, folder, tokens, store, Duration::ZERO))
        };
        let sign_in = |engine: &Handle, who: usize, stay: bool| {
            let token = service.tokens().nth(who).unwrap().1.clone();
            let origin = origin.clone();
            let command = Command::SignIn {
                origin,
                with: SignInWith::Token(token),
                stay,
            };
            engine.send(command).unwrap();
        };
        let keychain = |event: Event| match event {
            Event::SignedIn { keychain, .. } => Some(keychain),
            _ => None,
        };
        let mut engine = start();
        sign_in(&engine, 0, true);
        assert_eq!(first(&mut engine, keychain).await, None);
        if is_resumed {
            engine.close().await;
            engine = start();
            first(&mut engine, keychain).await;
            tokens.is.send_replace(Some(away));
        } else {
            engine.close().await;
            tokens.is.send_replace(Some(away));
            engine = start();
            first(&mut engine, |event| {
                matches!(event, Event::SignedOut(_)).then_some(())
            })
            .await;
        }
        sign_in(&engine, 1, stay);
        let said = first(&mut engine, keychain).await;
        engine.close().await;

        tokens.is.send_replace(None);
        let mut engine = start();
        let because = first(&mut engine, |event| match event {
            Event::SignedOut(because) => Some(because),
            Event::SignedIn { account, .. } => panic!("{:?} is signed in", account.person),
            _ => None,
        })
        .await;
        assert_eq!(because, SignedOutBecause::NoToken);
        engine.close().await;
        // The first one's token is the first one's own, and signs in nobody else.
        assert_eq!(tokens.tokens.keys().len(), 1);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.tokens_to_forget().await.unwrap(), []);
        let kept = store.kept_accounts().await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].person.as_deref(), Some("front"));
        said.map(|failure| failure.kind)
    })
}
