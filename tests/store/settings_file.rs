//! What is known of the settings file.

use audio_housekeeper::domain::{AuditAction, Sha256Digest};
use audio_housekeeper::store::{Change, KnownSettingsFile, Store};

use crate::draft;

async fn digests(store: &Store) -> Vec<Option<Sha256Digest>> {
    store.settings_file().await.unwrap().digests
}

#[tokio::test]
async fn of_a_settings_file_the_last_is_known_and_while_one_is_written_that_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let nothing = KnownSettingsFile::default();
    assert_eq!(store.settings_file().await, Ok(nothing));
    let [first, second] = [b"1", b"2"].map(|text| Sha256Digest::of(text));
    let begin = |digest| store.apply(vec![Change::BeginSettingsFile(digest)]);
    let is_there = |digest| store.apply(vec![Change::SettingsFile(digest)]);
    // As long as nothing is known, what is there may be anything.
    begin(first).await.unwrap();
    assert_eq!(digests(&store).await, []);
    is_there(None).await.unwrap();
    assert_eq!(digests(&store).await, [None]);
    begin(first).await.unwrap();
    assert_eq!(digests(&store).await, [None, Some(first)]);
    is_there(Some(first)).await.unwrap();
    assert_eq!(digests(&store).await, [Some(first)]);
    begin(first).await.unwrap();
    assert_eq!(digests(&store).await, [Some(first)]);
    begin(second).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(digests(&store).await, [Some(first), Some(second)]);
}

#[tokio::test]
async fn a_change_from_outside_is_to_be_recorded_until_its_entry_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for note in ["one", "other", "one"] {
        let changed = Change::SettingsChanged(note.into());
        store.apply(vec![changed]).await.unwrap();
    }
    let mut entry = draft(1);
    entry.action = AuditAction::ChangeSettings;
    let recorded = vec![Change::SettingsChangeRecorded("one".into())];
    store.append_with(entry, recorded).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let known = store.settings_file().await.unwrap();
    assert_eq!(known.to_record, ["other"]);
}
