//! Whose tokens the keychain keeps.

use audio_housekeeper::domain::{AccountKey, Holder, KeptAccount, OperationId, ServiceOrigin};
use audio_housekeeper::store::{Change, Store, TokenToForget};
use jiff::Timestamp;

use crate::outsider;

fn origin() -> ServiceOrigin {
    ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap()
}

fn account(user_name: &str) -> KeptAccount {
    KeptAccount {
        key: AccountKey {
            origin: origin(),
            holder: Holder::User(user_name.into()),
        },
        user_name: Some(user_name.into()),
        person: None,
        person_id: None,
        is_locked: false,
    }
}

async fn names(store: &Store) -> Vec<String> {
    let kept = store.kept_accounts().await.unwrap();
    kept.into_iter().filter_map(|kept| kept.user_name).collect()
}

#[tokio::test]
async fn what_an_older_version_kept_for_a_service_is_gone_on_with_as_that() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let older = outsider(folder.path());
    older
        .execute_batch(
            "DROP TABLE kept_accounts; ALTER TABLE tokens_to_forget DROP COLUMN holder;
             ALTER TABLE parts_apart DROP COLUMN download;
             CREATE TABLE kept_tokens (origin TEXT PRIMARY KEY, user_name TEXT) STRICT;
             INSERT INTO kept_tokens VALUES ('https://api.nuxera.ai', 'front.desk');
             INSERT INTO tokens_to_forget VALUES
                 ('one', 'https://other.example', NULL, 1, '2026-11-01T00:00:00Z');
             PRAGMA user_version = 19;",
        )
        .unwrap();
    drop(older);
    let store = Store::open(folder.path()).unwrap();
    let key = AccountKey::unnamed(origin());
    let resumed = store.account_to_resume(&origin()).await.unwrap();
    assert_eq!(resumed.as_ref(), Some(&key));
    let kept = store.kept_account(&key).await.unwrap().unwrap();
    assert_eq!(kept.user_name.as_deref(), Some("front.desk"));
    let owed = store.tokens_to_forget().await.unwrap();
    assert_eq!(owed[0].key.holder, Holder::Unnamed);
}

#[tokio::test]
async fn who_was_there_last_is_gone_on_with_and_where_nobody_was_nobody_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    // It may keep a token of which nothing is known here.
    let unknown = store.account_to_resume(&origin()).await.unwrap();
    assert_eq!(unknown, Some(AccountKey::unnamed(origin())));
    for name in ["front", "back", "Zoe"] {
        store
            .apply(vec![Change::KeepToken(account(name))])
            .await
            .unwrap();
    }
    assert_eq!(names(&store).await, ["back", "front", "Zoe"]);
    let last = store.account_to_resume(&origin()).await.unwrap();
    assert_eq!(last, Some(account("Zoe").key));
    store.apply(vec![Change::NobodyIsPresent]).await.unwrap();
    assert_eq!(store.account_to_resume(&origin()).await.unwrap(), None);
    assert_eq!(names(&store).await.len(), 3);
}

#[tokio::test]
async fn an_account_whose_token_is_to_be_forgotten_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store
        .apply(vec![Change::KeepToken(account("front"))])
        .await
        .unwrap();
    let operation = OperationId::from_stored("one".into());
    let token = TokenToForget {
        operation: operation.clone(),
        key: account("front").key,
        person: None,
        is_sign_out: true,
        asked_at: Timestamp::UNIX_EPOCH,
    };
    store.apply(vec![Change::ForgetToken(token)]).await.unwrap();
    assert!(names(&store).await.is_empty());
    // The same name at another service is another account.
    let elsewhere = KeptAccount {
        key: AccountKey {
            origin: ServiceOrigin::parse("https://other.example").unwrap(),
            ..account("front").key
        },
        ..account("front")
    };
    store
        .apply(vec![Change::KeepToken(elsewhere)])
        .await
        .unwrap();
    assert_eq!(names(&store).await, ["front"]);
}
