//! What someone with a `SQLite` tool can do, and what is seen of it.

use audio_housekeeper::domain::{AuditEntry, Sha256Digest};
use audio_housekeeper::store::{RecordFault, RecordFaultKind, RecordVerdict, Store};
use rusqlite::{Connection, params};

use crate::{draft, outsider};

async fn record_of_six() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 1..=6 {
        store.append(draft(number)).await.unwrap();
    }
    (folder, store)
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_shorten_the_record() {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    for attempt in [
        "UPDATE audit SET canonical = 'x' WHERE number = 3",
        "UPDATE audit SET number = 70 WHERE number = 6",
        "UPDATE OR REPLACE audit SET number = 3 WHERE number = 4",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 6",
        "INSERT OR REPLACE INTO audit SELECT number, 'x', digest FROM audit WHERE number = 3",
        "INSERT INTO audit SELECT 9, canonical, digest FROM audit WHERE number = 3",
        "INSERT INTO audit SELECT 0, canonical, digest FROM audit WHERE number = 3",
    ] {
        let refused = outsider.execute(attempt, []).unwrap_err();
        assert!(
            refused.to_string().contains("the audit record"),
            "{attempt}: {refused}"
        );
    }
    assert!(matches!(
        store.verify_record().await,
        Ok(RecordVerdict::Whole { entries: 6, .. })
    ));
}

/// Takes the triggers away, does something, and says where the record is found broken.
async fn found_after(tamper: impl FnOnce(&Connection)) -> RecordVerdict {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    outsider
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed;
             DROP TRIGGER audit_is_never_shortened;
             DROP TRIGGER audit_only_grows_at_its_end;",
        )
        .unwrap();
    tamper(&outsider);
    store.verify_record().await.unwrap()
}

fn broken(number: u64, kind: RecordFaultKind) -> RecordVerdict {
    RecordVerdict::Broken(RecordFault { number, kind })
}

fn entry(connection: &Connection, number: i64) -> AuditEntry {
    let canonical: String = connection
        .query_one(
            "SELECT canonical FROM audit WHERE number = ?1",
            [number],
            |row| row.get(0),
        )
        .unwrap();
    AuditEntry::from_canonical(&canonical).unwrap()
}

/// Puts an entry where its number says, with the digest that belongs to it.
fn put(connection: &Connection, entry: &AuditEntry) {
    connection
        .execute(
            "INSERT OR REPLACE INTO audit (number, canonical, digest) VALUES (?1, ?2, ?3)",
            params![
                i64::try_from(entry.number).unwrap(),
                entry.canonical(),
                entry.digest().as_bytes()
            ],
        )
        .unwrap();
}

#[tokio::test]
async fn a_changed_byte_is_found() {
    for number in 1..=6_u32 {
        let verdict = found_after(|outsider| {
            outsider
                .execute(
                    "UPDATE audit SET canonical = replace(canonical, 'desk', 'disk')
                     WHERE number = ?1",
                    [number],
                )
                .unwrap();
        })
        .await;
        assert_eq!(verdict, broken(number.into(), RecordFaultKind::Changed));
    }
}

#[tokio::test]
async fn a_changed_digest_is_found() {
    let verdict = found_after(|outsider| {
        outsider
            .execute(
                "UPDATE audit SET digest = zeroblob(32) WHERE number = 2",
                [],
            )
            .unwrap();
    })
    .await;
    assert_eq!(verdict, broken(2, RecordFaultKind::Changed));
}

#[tokio::test]
async fn a_change_with_its_own_digest_recomputed_is_found_at_the_entry_after_it() {
    let verdict = found_after(|outsider| {
        let mut forged = entry(outsider, 3);
        forged.draft.reason = Some("another reason".into());
        put(outsider, &forged);
    })
    .await;
    assert_eq!(verdict, broken(4, RecordFaultKind::DoesNotFollow));
}

#[tokio::test]
async fn a_removed_entry_is_found() {
    for number in [1, 4] {
        let verdict = found_after(|outsider| {
            outsider
                .execute("DELETE FROM audit WHERE number = ?1", [number])
                .unwrap();
        })
        .await;
        let number = u64::try_from(number).unwrap();
        assert_eq!(verdict, broken(number, RecordFaultKind::Missing));
    }
}

#[tokio::test]
async fn a_removed_entry_is_found_also_when_the_later_ones_are_moved_up() {
    let verdict = found_after(|outsider| {
        outsider
            .execute_batch(
                "DELETE FROM audit WHERE number = 4;
                 UPDATE audit SET number = number - 1 WHERE number > 4;",
            )
            .unwrap();
    })
    .await;
    assert_eq!(verdict, broken(4, RecordFaultKind::NoEntry));
}

#[tokio::test]
async fn entries_in_another_order_are_found() {
    let swapped_rows = found_after(|outsider| {
        outsider
            .execute_batch(
                "UPDATE audit SET number = 99 WHERE number = 2;
                 UPDATE audit SET number = 2 WHERE number = 3;
                 UPDATE audit SET number = 3 WHERE number = 99;",
            )
            .unwrap();
    })
    .await;
    assert_eq!(swapped_rows, broken(2, RecordFaultKind::NoEntry));
    let swapped_contents = found_after(|outsider| {
        let (mut second, mut third) = (entry(outsider, 2), entry(outsider, 3));
        std::mem::swap(&mut second.draft, &mut third.draft);
        put(outsider, &second);
        put(outsider, &third);
    })
    .await;
    assert_eq!(swapped_contents, broken(3, RecordFaultKind::DoesNotFollow));
}

#[tokio::test]
async fn an_inserted_entry_is_found() {
    let before_the_first = found_after(|outsider| {
        let mut forged = entry(outsider, 1);
        forged.number = 0;
        put(outsider, &forged);
    })
    .await;
    assert_eq!(before_the_first, broken(0, RecordFaultKind::NoEntry));
    let between = found_after(|outsider| {
        outsider
            .execute_batch(
                "UPDATE audit SET number = 7 WHERE number = 6;
                 UPDATE audit SET number = 6 WHERE number = 5;",
            )
            .unwrap();
        let mut forged = entry(outsider, 4);
        forged.number = 5;
        forged.previous = entry(outsider, 4).digest();
        put(outsider, &forged);
    })
    .await;
    assert_eq!(between, broken(6, RecordFaultKind::NoEntry));
}

#[tokio::test]
async fn what_only_looks_like_an_entry_is_found() {
    let verdict = found_after(|outsider| {
        let padded = format!("{} ", entry(outsider, 6).canonical());
        outsider
            .execute(
                "UPDATE audit SET canonical = ?1, digest = ?2 WHERE number = 6",
                params![padded, Sha256Digest::of(padded.as_bytes()).as_bytes()],
            )
            .unwrap();
    })
    .await;
    assert_eq!(verdict, broken(6, RecordFaultKind::NoEntry));
}

/// Neither leaves a trace inside the record, which is why heads are kept elsewhere too.
#[tokio::test]
async fn a_cut_end_and_a_recomputed_record_are_found_against_a_head_kept_elsewhere() {
    let (folder, store) = record_of_six().await;
    let kept = store.head().await.unwrap();
    let outsider = outsider(folder.path());
    outsider
        .execute_batch("DROP TRIGGER audit_is_never_shortened; DELETE FROM audit WHERE number = 6;")
        .unwrap();
    let RecordVerdict::Whole { entries: 5, head } = store.verify_record().await.unwrap() else {
        panic!("the rest is whole");
    };
    assert_ne!(head, kept);

    outsider
        .execute_batch("DROP TRIGGER audit_only_grows_at_its_end;")
        .unwrap();
    outsider
        .execute_batch("DROP TRIGGER audit_is_never_changed;")
        .unwrap();
    let mut previous = None;
    for number in 1..=5 {
        let mut forged = entry(&outsider, number);
        forged.draft.who.os_user = "somebody else".into();
        forged.previous = previous.unwrap_or(forged.previous);
        put(&outsider, &forged);
        previous = Some(forged.digest());
    }
    let RecordVerdict::Whole { head: forged, .. } = store.verify_record().await.unwrap() else {
        panic!("recomputing hides it");
    };
    assert_ne!(forged, head);
}

#[tokio::test]
async fn a_damaged_entry_is_named_in_its_place_and_the_start_is_not_held_up() {
    let (folder, store) = record_of_six().await;
    outsider(folder.path())
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed;
             UPDATE audit SET canonical = '{}' WHERE number = 2;
             UPDATE audit SET canonical = CAST(x'ff' AS TEXT) WHERE number = 4;
             UPDATE audit SET canonical = (SELECT canonical FROM audit WHERE number = 1)
                WHERE number = 5;
             UPDATE audit SET canonical = replace(canonical, 'front', 'other') WHERE number = 3;",
        )
        .unwrap();
    let entries = store.entries(None, 9).await.unwrap();
    let numbers: Vec<_> = entries
        .iter()
        .map(|entry| entry.as_ref().map(|entry| entry.number))
        .map(|read| read.map_err(|damaged| damaged.number))
        .collect();
    assert_eq!(numbers, [Ok(6), Err(5), Err(4), Err(3), Err(2), Ok(1)]);
    assert_eq!(store.unfinished_operations().await.unwrap().len(), 3);
}
