//! What someone with a `SQLite` tool can do, and what is seen of it.

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditEntry, AuditOutcome, RecordCheck, RecordFault, RecordFaultKind,
    RecordHead, Sha256Digest,
};
use audio_housekeeper::store::Store;
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
        "UPDATE audit_head SET number = 8; INSERT INTO audit SELECT 7, canonical, digest FROM audit WHERE number = 3",
    ] {
        let refused = outsider.execute_batch(attempt).unwrap_err();
        outsider
            .execute("UPDATE audit_head SET number = 6", [])
            .unwrap();
        assert!(
            refused.to_string().contains("the audit record"),
            "{attempt}: {refused}"
        );
    }
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(check.is_whole());
    assert_eq!(check.entries(), 6);
}

/// Takes the triggers away.
fn take_guards_away(outsider: &Connection) {
    outsider
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed;
             DROP TRIGGER audit_is_never_shortened;
             DROP TRIGGER audit_only_grows_at_its_end;",
        )
        .unwrap();
}

/// Takes the triggers away, does something, and says what is found of it.
async fn found_after(tamper: impl FnOnce(&Connection)) -> Vec<RecordFault> {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    tamper(&outsider);
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(!check.is_whole() && check.findings.is_some() && !check.is_seen);
    check.faults
}

fn fault(number: u64, kind: RecordFaultKind) -> RecordFault {
    faults(number, number, kind)
}

const fn faults(first: u64, last: u64, kind: RecordFaultKind) -> RecordFault {
    RecordFault { first, last, kind }
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
        let found = found_after(|outsider| {
            outsider
                .execute(
                    "UPDATE audit SET canonical = replace(canonical, 'desk', 'disk')
                     WHERE number = ?1",
                    [number],
                )
                .unwrap();
        })
        .await;
        assert_eq!(found, [fault(number.into(), RecordFaultKind::Changed)]);
    }
}

#[tokio::test]
async fn a_changed_digest_is_found() {
    let found = found_after(|outsider| {
        outsider
            .execute(
                "UPDATE audit SET digest = zeroblob(32) WHERE number = 2",
                [],
            )
            .unwrap();
    })
    .await;
    assert_eq!(found, [fault(2, RecordFaultKind::Changed)]);
}

#[tokio::test]
async fn a_change_with_its_own_digest_recomputed_is_found_at_the_entry_after_it() {
    let found = found_after(|outsider| {
        let mut forged = entry(outsider, 3);
        forged.draft.reason = Some("another reason".into());
        put(outsider, &forged);
    })
    .await;
    assert_eq!(found, [fault(4, RecordFaultKind::DoesNotFollow)]);
}

#[tokio::test]
async fn a_removed_entry_is_found() {
    for number in 1..=6 {
        let found = found_after(|outsider| {
            outsider
                .execute("DELETE FROM audit WHERE number = ?1", [number])
                .unwrap();
        })
        .await;
        let number = u64::try_from(number).unwrap();
        assert_eq!(found, [fault(number, RecordFaultKind::Missing)]);
    }
}

#[tokio::test]
async fn a_removed_entry_is_found_also_when_the_later_ones_are_moved_up() {
    let found = found_after(|outsider| {
        outsider
            .execute_batch(
                "DELETE FROM audit WHERE number = 4;
                 UPDATE audit SET number = number - 1 WHERE number > 4;",
            )
            .unwrap();
    })
    .await;
    assert_eq!(
        found,
        [
            faults(4, 5, RecordFaultKind::NoEntry),
            fault(6, RecordFaultKind::Missing)
        ]
    );
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
    assert_eq!(
        swapped_rows,
        [
            faults(2, 3, RecordFaultKind::NoEntry),
            fault(4, RecordFaultKind::DoesNotFollow)
        ]
    );
    let swapped_contents = found_after(|outsider| {
        let (mut second, mut third) = (entry(outsider, 2), entry(outsider, 3));
        std::mem::swap(&mut second.draft, &mut third.draft);
        put(outsider, &second);
        put(outsider, &third);
    })
    .await;
    assert_eq!(
        swapped_contents,
        [faults(3, 4, RecordFaultKind::DoesNotFollow)]
    );
}

#[tokio::test]
async fn an_inserted_entry_is_found() {
    let before_the_first = found_after(|outsider| {
        let mut forged = entry(outsider, 1);
        forged.number = 0;
        put(outsider, &forged);
    })
    .await;
    assert_eq!(before_the_first, [fault(0, RecordFaultKind::NoEntry)]);
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
    assert_eq!(
        between,
        [
            faults(6, 7, RecordFaultKind::NoEntry),
            fault(7, RecordFaultKind::NotWritten)
        ]
    );
}

#[tokio::test]
async fn what_only_looks_like_an_entry_is_found() {
    let found = found_after(|outsider| {
        let padded = format!("{} ", entry(outsider, 6).canonical());
        outsider
            .execute(
                "UPDATE audit SET canonical = ?1, digest = ?2 WHERE number = 6",
                params![padded, Sha256Digest::of(padded.as_bytes()).as_bytes()],
            )
            .unwrap();
    })
    .await;
    assert_eq!(
        found,
        [
            fault(6, RecordFaultKind::NoEntry),
            fault(6, RecordFaultKind::Changed)
        ]
    );
}

#[tokio::test]
async fn an_entry_that_somebody_else_appends_is_found_and_what_comes_behind_it_too() {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    // It is all that an entry is.
    let mut forged = entry(&outsider, 6);
    forged.number = 7;
    forged.previous = entry(&outsider, 6).digest();
    put(&outsider, &forged);
    let check = store.check_record(Vec::new()).await.unwrap();
    assert_eq!(check.faults, [fault(7, RecordFaultKind::NotWritten)]);
    assert_eq!(store.append(draft(8)).await.unwrap().number, 8);
    let behind = store.check_record(Vec::new()).await.unwrap();
    assert!(behind.finds_the_same(&check));
}

#[tokio::test]
async fn the_last_entry_written_anew_is_found() {
    let found = found_after(|outsider| {
        let mut forged = entry(outsider, 6);
        forged.draft.reason = Some("another reason".into());
        put(outsider, &forged);
    })
    .await;
    assert_eq!(found, [fault(6, RecordFaultKind::Changed)]);
}

#[tokio::test]
async fn where_the_end_is_cut_off_no_number_is_used_again() {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    outsider
        .execute("DELETE FROM audit WHERE number > 3", [])
        .unwrap();
    assert_eq!(store.append(draft(7)).await.unwrap().number, 7);
    let check = store.check_record(Vec::new()).await.unwrap();
    assert_eq!(check.faults, [faults(4, 6, RecordFaultKind::Missing)]);
}

/// Cuts the end off, as somebody does who knows how the app would notice.
fn cut_off_unseen(outsider: &Connection, last: u64) {
    take_guards_away(outsider);
    let last = i64::try_from(last).unwrap();
    outsider
        .execute("DELETE FROM audit WHERE number > ?1", [last])
        .unwrap();
    outsider
        .execute(
            "UPDATE audit_head SET (number, digest) =
             (SELECT number, digest FROM audit WHERE number = ?1)",
            [last],
        )
        .unwrap();
}

/// Neither leaves a trace inside the record, which is why heads are kept elsewhere too.
#[tokio::test]
async fn a_cut_end_and_a_recomputed_record_are_found_against_a_head_kept_elsewhere() {
    let (folder, store) = record_of_six().await;
    let kept = store.head().await.unwrap().unwrap();
    let outsider = outsider(folder.path());
    cut_off_unseen(&outsider, 4);
    assert!(store.check_record(Vec::new()).await.unwrap().is_whole());
    let check = store.check_record(vec![kept]).await.unwrap();
    assert!(check.findings.is_none());
    let missing = faults(5, 6, RecordFaultKind::Missing);
    assert_eq!(check.unfitting, [(kept, missing)]);
    // The numbers that the head knows of are not used again.
    store.go_on_behind(kept).await.unwrap();
    assert_eq!(store.append(draft(7)).await.unwrap().number, 7);
    let check = store.check_record(vec![kept]).await.unwrap();
    assert_eq!((check.faults, check.unfitting), (vec![missing], Vec::new()));

    let (folder, store) = record_of_six().await;
    let fits = RecordHead {
        number: 2,
        digest: entry(&crate::outsider(folder.path()), 2).digest(),
    };
    let kept = store.head().await.unwrap().unwrap();
    let outsider = crate::outsider(folder.path());
    take_guards_away(&outsider);
    let mut previous = entry(&outsider, 2).digest();
    for number in 3..=6 {
        let mut forged = entry(&outsider, number);
        forged.draft.who.os_user = "somebody else".into();
        forged.previous = previous;
        put(&outsider, &forged);
        previous = forged.digest();
    }
    outsider
        .execute("UPDATE audit_head SET digest = ?1", [previous.as_bytes()])
        .unwrap();
    assert!(store.check_record(Vec::new()).await.unwrap().is_whole());
    let check = store.check_record(vec![kept, fits]).await.unwrap();
    let not_as_kept = faults(3, 6, RecordFaultKind::NotAsKept);
    assert_eq!(check.unfitting, [(kept, not_as_kept)]);
}

#[tokio::test]
async fn what_a_person_has_seen_counts_until_something_else_is_changed() {
    let (folder, store) = record_of_six().await;
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    outsider
        .execute("UPDATE audit SET canonical = 'x' WHERE number = 2", [])
        .unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(!check.is_seen);
    // Only what the record itself says to be seen is.
    for (action, outcome) in [
        (AuditAction::CheckRecord, AuditOutcome::Tampered),
        (AuditAction::Check, AuditOutcome::Seen),
    ] {
        let words = noted(action, outcome, check.in_words());
        store.append(words).await.unwrap();
        assert!(!store.check_record(Vec::new()).await.unwrap().is_seen);
    }
    let before = store.head().await.unwrap().unwrap();
    let seen = |check: &RecordCheck| {
        let words = check.in_words();
        noted(AuditAction::CheckRecord, AuditOutcome::Seen, words)
    };
    store.append(seen(&check)).await.unwrap();
    let after = store.head().await.unwrap().unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(check.is_seen && !check.is_whole());
    // Anybody can append such an entry: where one is kept elsewhere, it stands before that.
    assert!(!store.check_record(vec![before]).await.unwrap().is_seen);
    let both = store.check_record(vec![before, after]).await.unwrap();
    assert!(both.is_seen);
    // What doesn't fit an entry that is kept elsewhere is never seen by what the record says.
    let other = RecordHead {
        digest: Sha256Digest::of(b"another entry"),
        ..before
    };
    let unfitting = store.check_record(vec![other, after]).await.unwrap();
    store.append(seen(&unfitting)).await.unwrap();
    let unfitting = store.check_record(vec![other, after]).await.unwrap();
    assert!(!unfitting.is_seen && unfitting.unfitting.len() == 1);
    // The same entry, changed again.
    outsider
        .execute("UPDATE audit SET canonical = 'y' WHERE number = 2", [])
        .unwrap();
    assert!(!store.check_record(Vec::new()).await.unwrap().is_seen);
}

fn noted(action: AuditAction, outcome: AuditOutcome, note: String) -> AuditDraft {
    AuditDraft {
        action,
        outcome,
        note: Some(note),
        ..draft(9)
    }
}

#[tokio::test]
async fn of_many_faults_the_first_are_named_and_all_are_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 1..=240 {
        store.append(draft(number)).await.unwrap();
    }
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    outsider
        .execute("DELETE FROM audit WHERE number % 2 = 0", [])
        .unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    assert_eq!(check.faults.len(), RecordCheck::MOST_FAULTS);
    assert_eq!(check.more_faults, 20);
    outsider
        .execute("DELETE FROM audit WHERE number = 239", [])
        .unwrap();
    let other = store.check_record(Vec::new()).await.unwrap();
    assert_ne!(check.findings, other.findings);
}

#[tokio::test]
async fn triggers_that_were_taken_away_or_changed_are_put_back_and_that_is_recorded() {
    let (folder, store) = record_of_six().await;
    let putting_back = || {
        noted(
            AuditAction::CheckRecord,
            AuditOutcome::PutBack,
            String::new(),
        )
    };
    assert_eq!(store.mend_guards(putting_back()).await, Ok(None));
    let outsider = outsider(folder.path());
    outsider
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed;
             DROP TRIGGER audit_only_grows_at_its_end;
             CREATE TRIGGER audit_only_grows_at_its_end BEFORE INSERT ON audit
             BEGIN SELECT 1; END;
             CREATE TRIGGER \"forgets \"\"all\" AFTER INSERT ON audit
             BEGIN DELETE FROM audit WHERE number = NEW.number; END;",
        )
        .unwrap();
    let entry = store.mend_guards(putting_back()).await.unwrap().unwrap();
    assert_eq!(
        entry.draft.note.as_deref(),
        Some(
            "taken away: forgets \"all; put back: audit_is_never_changed; \
             put back as it was: audit_only_grows_at_its_end"
        )
    );
    assert_eq!(store.mend_guards(putting_back()).await, Ok(None));
    let check = store.check_record(Vec::new()).await.unwrap();
    assert_eq!((check.is_whole(), check.entries()), (true, 7));
    for attempt in [
        "UPDATE audit SET canonical = 'x' WHERE number = 3",
        "INSERT INTO audit SELECT 9, canonical, digest FROM audit WHERE number = 3",
    ] {
        outsider.execute(attempt, []).unwrap_err();
    }
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

#[tokio::test]
async fn what_stands_between_two_gaps_can_not_be_changed_unseen() {
    let (folder, store) = record_of_six().await;
    let head = store.head().await.unwrap().unwrap();
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    outsider
        .execute("DELETE FROM audit WHERE number IN (2, 4)", [])
        .unwrap();
    let check = store.check_record(vec![head]).await.unwrap();
    let mut forged = entry(&outsider, 3);
    forged.draft.reason = Some("another reason".into());
    put(&outsider, &forged);
    let again = store.check_record(vec![head]).await.unwrap();
    assert_eq!(again.faults, check.faults);
    assert!(!again.finds_the_same(&check));
}

#[tokio::test]
async fn an_entry_that_was_changed_to_name_an_earlier_one_makes_no_others_foreign() {
    let found = found_after(|outsider| {
        let mut forged = entry(outsider, 5);
        forged.previous = entry(outsider, 1).digest();
        put(outsider, &forged);
    })
    .await;
    assert_eq!(found, [faults(5, 6, RecordFaultKind::DoesNotFollow)]);
}

#[tokio::test]
async fn entries_in_a_row_that_do_not_follow_are_told_as_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 1..=150 {
        store.append(draft(number)).await.unwrap();
    }
    let outsider = outsider(folder.path());
    take_guards_away(&outsider);
    outsider.execute_batch("BEGIN").unwrap();
    for number in 2..=150 {
        let mut forged = entry(&outsider, number);
        forged.previous = Sha256Digest::of(&number.to_le_bytes());
        put(&outsider, &forged);
    }
    outsider.execute_batch("COMMIT").unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    // The last one is not what the app wrote, either.
    assert_eq!(
        check.faults,
        [
            faults(2, 150, RecordFaultKind::DoesNotFollow),
            fault(150, RecordFaultKind::Changed)
        ]
    );
}
