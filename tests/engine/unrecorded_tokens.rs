//! Tokens of which the keychain knows and the database doesn't: writes that were cut off or could not be
//! written down, and what a start forgets while somebody signs in.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audio_housekeeper::domain::{
    Account, AccountKey, Failure, FailureKind, Holder, KeychainTrouble, OperationId, Secret,
    ServiceOrigin, SignInWith, TokenKeeping,
};
use audio_housekeeper::engine::{self, Command, Event, Handle, SignedOutBecause};
use audio_housekeeper::keychain::{
    Entries, EntryName, KeychainError, MemoryTokens, TokenEntries, TokenStore,
};
use audio_housekeeper::practice::{PracticeConfig, PracticeService};
use audio_housekeeper::store::{Change, Store, TokenToForget};
use jiff::Timestamp;
use rusqlite::Connection;
use support::desk::{setup, token};
use support::run;
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::kept_tokens::first;

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
        let waited = tokio::time::timeout(Duration::from_secs(20), waited).await;
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

/// An engine at a service of its own, with a keychain of the test's.
struct Start {
    service: PracticeService,
    folder: tempfile::TempDir,
    engine: Handle,
}

impl Start {
    async fn with(tokens: Arc<dyn TokenStore>) -> Self {
        let service = PracticeService::start(PracticeConfig::default());
        let service = service.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut engine =
            engine::start(setup(&origin, folder.path(), tokens, store, Duration::ZERO));
        // A start takes away what it doesn't know.
        first(&mut engine, |event| {
            matches!(event, Event::SignedOut(_)).then_some(())
        })
        .await;
        Self {
            service,
            folder,
            engine,
        }
    }

    /// Signs in to stay: who did, and what the keychain did about it.
    async fn sign_in(&mut self) -> (Account, Option<Failure>) {
        let command = Command::SignIn {
            origin: ServiceOrigin::parse(&self.service.origin()).unwrap(),
            with: SignInWith::Token(self.service.token()),
            stay: true,
        };
        self.engine.send(command).unwrap();
        first(&mut self.engine, |event| match event {
            Event::SignedIn {
                account, keychain, ..
            } => Some((account, keychain)),
            _ => None,
        })
        .await
    }

    /// Has the database take nothing more into a table, as one that is full.
    fn refuse(&self, table: &str) {
        let full = format!(
            "CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END;"
        );
        let database = Connection::open(self.folder.path().join(Store::FILE_NAME));
        database.unwrap().execute_batch(&full).unwrap();
    }
}

#[test]
fn a_token_that_can_not_be_written_down_is_not_kept_and_that_is_said() {
    for refused in ["tokens_to_forget", "kept_accounts"] {
        run(async {
            let tokens = Arc::new(MemoryTokens::default());
            let mut start = Start::with(tokens.clone()).await;
            start.refuse(refused);
            let (account, keychain) = start.sign_in().await;
            start.engine.close().await;
            assert_eq!(keychain.unwrap().kind, FailureKind::SignInNotNoted);
            assert_eq!(account.keeping, TokenKeeping::MemoryInstead);
            assert_eq!(tokens.keys(), [], "{refused}");
        });
    }
}

/// Keeps tokens, until it goes away.
#[derive(Default)]
struct Leaving {
    tokens: MemoryTokens,
    is_away: AtomicBool,
}

impl Leaving {
    fn there(&self) -> Result<&MemoryTokens, KeychainError> {
        let is_away = self.is_away.load(Ordering::SeqCst);
        let away = KeychainError::None("away".into());
        if is_away { Err(away) } else { Ok(&self.tokens) }
    }
}

impl TokenStore for Leaving {
    fn read(&self, key: &AccountKey) -> Result<Option<Secret>, KeychainError> {
        self.there()?.read(key)
    }

    fn write(&self, key: &AccountKey, token: &Secret) -> Result<(), KeychainError> {
        self.there()?.write(key, token)
    }

    fn forget(&self, key: &AccountKey) -> Result<(), KeychainError> {
        self.there()?.forget(key)
    }
}

#[test]
fn an_earlier_token_in_a_keychain_that_is_away_is_told_also_where_nothing_can_be_written_down() {
    run(async {
        let tokens = Arc::new(Leaving::default());
        let mut start = Start::with(tokens.clone()).await;
        let (_, keychain) = start.sign_in().await;
        assert_eq!(keychain.map(|failure| failure.kind), None);
        start.refuse("tokens_to_forget");
        tokens.is_away.store(true, Ordering::SeqCst);
        let (account, keychain) = start.sign_in().await;
        start.engine.close().await;
        let kind = FailureKind::KeychainNotCleared(KeychainTrouble::Missing);
        assert_eq!(keychain.unwrap().kind, kind);
        assert_eq!(account.keeping, TokenKeeping::MemoryInstead);
        assert_eq!(tokens.tokens.keys().len(), 1);
    });
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
