//! Keychains that are full, stuck, slow or not there, and the tokens that they keep or forget.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, AuditAction, FailureKind, Holder, KeychainTrouble, OperationId, Secret,
    ServiceOrigin, SignInWith, TokenKeeping,
};
use audio_housekeeper::engine::{self, Command, Event, Handle, SignedOutBecause};
use audio_housekeeper::keychain::{
    Entries, EntryName, KeychainError, MemoryTokens, TokenEntries, TokenStore,
};
use audio_housekeeper::practice::{
    Attempts, Call, Effect, Fault, PracticeConfig, PracticeService, PracticeUser,
};
use audio_housekeeper::store::{Change, Store, TokenToForget};
use jiff::Timestamp;
use rusqlite::Connection;
use support::desk::{setup, token};
use support::run;
use tokio::sync::watch;
use zeroize::Zeroizing;

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
        let late = Effect::StallBeforeHead(Duration::from_millis(800));
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

async fn first<T>(engine: &mut Handle, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
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

/// Makes so many changes of its entries, and then never returns from the last of them.
struct Standing {
    entries: Mutex<HashMap<String, Vec<u8>>>,
    most: Option<NonZeroUsize>,
    /// How many changes are still made; all of them where that is `None`.
    left: Mutex<Option<usize>>,
    stands: watch::Sender<bool>,
}

impl Standing {
    fn change(&self, work: impl FnOnce(&mut HashMap<String, Vec<u8>>)) {
        work(&mut self.entries.lock().unwrap());
        let mut left = self.left.lock().unwrap();
        let Some(changes) = &mut *left else {
            return;
        };
        *changes -= 1;
        if *changes == 0 {
            *left = None;
            drop(left);
            self.stands.send_replace(true);
            loop {
                std::thread::park();
            }
        }
    }
}

impl Entries for &'static Standing {
    fn most_bytes(&self) -> Option<NonZeroUsize> {
        self.most
    }

    fn read_entry(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let entries = self.entries.lock().unwrap();
        Ok(entries.get(&name.account).cloned().map(Zeroizing::new))
    }

    fn write_entry(&self, name: &EntryName, bytes: &[u8]) -> Result<(), KeychainError> {
        self.change(|entries| {
            entries.insert(name.account.clone(), bytes.to_vec());
        });
        Ok(())
    }

    fn remove_entry(&self, name: &EntryName) -> Result<(), KeychainError> {
        self.change(|entries| {
            entries.remove(&name.account);
        });
        Ok(())
    }
}

#[test]
fn a_token_whose_write_the_app_did_not_outlive_is_gone_after_the_next_start() {
    // In one entry, and in parts: cut off at the entry that names them, before the first, after it, and at
    // the last.
    for (parts, changes) in [(None, vec![1]), (Some(2), vec![1, 15, 16, 17])] {
        for cut in changes {
            for was_kept in [false, true] {
                cut_off(parts, cut, was_kept);
            }
        }
    }
}

/// Signs in to stay, is cut off after so many changes of the keychain, and starts anew.
fn cut_off(parts: Option<usize>, cut: usize, was_kept: bool) {
    let services = tokio::runtime::Runtime::new().unwrap();
    let service = services.block_on(PracticeService::start(PracticeConfig::default()));
    let service = service.unwrap();
    let (user, kept) = service.tokens().next().unwrap();
    let length = kept.expose().len();
    let standing: &'static Standing = Box::leak(Box::new(Standing {
        entries: Mutex::default(),
        most: parts.and_then(|parts| NonZeroUsize::new(length.div_ceil(parts))),
        left: Mutex::default(),
        stands: watch::Sender::default(),
    }));
    let folder = tempfile::tempdir().unwrap();
    let origin = ServiceOrigin::parse(&service.origin()).unwrap();
    // As a start of the app has, which shares nothing with the one before.
    let start = || {
        let store = Store::open(folder.path()).unwrap();
        let tokens = Arc::new(TokenEntries::new(standing));
        engine::start(setup(&origin, folder.path(), tokens, store, Duration::ZERO))
    };
    let sign_in = |engine: &Handle| {
        let with = SignInWith::Password {
            user_name: user.username.clone(),
            password: user.password.clone(),
        };
        let origin = origin.clone();
        let stay = true;
        let command = Command::SignIn { origin, with, stay };
        engine.send(command).unwrap();
    };
    if was_kept {
        run(async {
            let mut engine = start();
            sign_in(&engine);
            first(&mut engine, |event| {
                matches!(event, Event::Doctors(_)).then_some(())
            })
            .await;
            engine.close().await;
        });
        assert!(!standing.entries.lock().unwrap().is_empty());
    }
    run(async {
        let engine = start();
        *standing.left.lock().unwrap() = Some(cut);
        sign_in(&engine);
        let mut stands = standing.stands.subscribe();
        let waited = stands.wait_for(|stands| *stands);
        let waited = tokio::time::timeout(Duration::from_secs(4), waited).await;
        waited.expect("it never stood").unwrap();
    });
    run(async {
        let mut engine = start();
        let because = first(&mut engine, |event| match event {
            Event::SignedOut(because) => Some(because),
            Event::SignedIn { .. } => panic!("signed in by what was cut off"),
            _ => None,
        })
        .await;
        assert_eq!(because, SignedOutBecause::NoToken);
        engine.close().await;
        let left: Vec<_> = standing.entries.lock().unwrap().keys().cloned().collect();
        assert_eq!(left, [""; 0], "{parts:?} {cut} {was_kept}");
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.tokens_to_forget().await.unwrap(), []);
        assert_eq!(store.kept_accounts().await.unwrap(), []);
    });
}

#[test]
fn a_token_that_can_not_be_written_down_is_not_kept_and_that_is_said() {
    for refused in ["tokens_to_forget", "kept_accounts"] {
        run(async {
            let service = PracticeService::start(PracticeConfig::default());
            let service = service.await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let origin = ServiceOrigin::parse(&service.origin()).unwrap();
            let tokens = Arc::new(MemoryTokens::default());
            let store = Store::open(folder.path()).unwrap();
            let database = folder.path().join("housekeeper.sqlite3");
            let setup = setup(
                &origin,
                folder.path(),
                tokens.clone(),
                store,
                Duration::ZERO,
            );
            let mut engine = engine::start(setup);
            // A start takes away what it doesn't know.
            first(&mut engine, |event| {
                matches!(event, Event::SignedOut(_)).then_some(())
            })
            .await;
            let full = format!(
                "CREATE TRIGGER full BEFORE INSERT ON {refused}
                 BEGIN SELECT RAISE(ABORT, 'full'); END;"
            );
            let full = Connection::open(database).unwrap().execute_batch(&full);
            full.unwrap();
            let command = Command::SignIn {
                origin,
                with: SignInWith::Token(service.token()),
                stay: true,
            };
            engine.send(command).unwrap();
            let (account, keychain) = first(&mut engine, |event| match event {
                Event::SignedIn {
                    account, keychain, ..
                } => Some((account, keychain)),
                _ => None,
            })
            .await;
            engine.close().await;
            assert_eq!(keychain.unwrap().kind, FailureKind::StoreTrouble);
            assert_eq!(account.keeping, TokenKeeping::MemoryForLackOfKeychain);
            assert_eq!(tokens.keys(), [], "{refused}");
        });
    }
}

/// Forgets nothing for as long as it is shut: the call stands.
struct Gated {
    tokens: MemoryTokens,
    is_shut: watch::Sender<bool>,
    /// How many were asked to forget.
    asked: watch::Sender<usize>,
    runtime: tokio::runtime::Handle,
}

impl TokenStore for Gated {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.tokens.read(key)
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.tokens.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.asked.send_modify(|asked| *asked += 1);
        let mut is_shut = self.is_shut.subscribe();
        let opened = self.runtime.block_on(is_shut.wait_for(|is_shut| !is_shut));
        opened.unwrap();
        self.tokens.forget(key)
    }
}

#[test]
fn who_signs_in_to_stay_while_a_start_still_forgets_stays() {
    run(async {
        let service = PracticeService::start(PracticeConfig::default());
        let service = service.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let (user, _) = service.tokens().next().unwrap();
        let key = |name: &str| AccountKey {
            origin: origin.clone(),
            holder: Holder::User(name.to_owned()),
        };
        let tokens = Arc::new(Gated {
            tokens: MemoryTokens::default(),
            is_shut: watch::Sender::new(true),
            asked: watch::Sender::default(),
            runtime: tokio::runtime::Handle::current(),
        });
        let store = Store::open(folder.path()).unwrap();
        for (number, name) in ["a colleague", &user.username].into_iter().enumerate() {
            tokens.write(&key(name), &token("to be forgotten")).unwrap();
            let owed = TokenToForget {
                operation: OperationId::from_bytes([u8::try_from(number).unwrap(); 16]),
                key: key(name),
                person: None,
                is_sign_out: true,
                asked_at: Timestamp::UNIX_EPOCH,
            };
            store.apply(vec![Change::ForgetToken(owed)]).await.unwrap();
        }
        let setup = setup(
            &origin,
            folder.path(),
            tokens.clone(),
            store,
            Duration::ZERO,
        );
        let mut engine = engine::start(setup);
        let mut asked = tokens.asked.subscribe();
        asked.wait_for(|asked| *asked == 1).await.unwrap();
        let with = SignInWith::Password {
            user_name: user.username.clone(),
            password: user.password.clone(),
        };
        let command = Command::SignIn {
            origin: origin.clone(),
            with,
            stay: true,
        };
        engine.send(command).unwrap();
        // It waits for what stands.
        tokio::time::sleep(Duration::from_millis(500)).await;
        tokens.is_shut.send_replace(false);
        first(&mut engine, |event| {
            matches!(event, Event::Doctors(_)).then_some(())
        })
        .await;
        // What the start had still to do.
        tokio::time::sleep(Duration::from_millis(500)).await;
        engine.close().await;
        let kept = tokens.tokens.read(&key(&user.username)).unwrap();
        assert!(kept.is_some_and(|kept| kept.expose() != "to be forgotten"));
        let store = Store::open(folder.path()).unwrap();
        let listed = store.kept_accounts().await.unwrap();
        let listed: Vec<_> = listed.iter().map(|kept| &kept.key).collect();
        assert_eq!(listed, [&key(&user.username)]);
    });
}
