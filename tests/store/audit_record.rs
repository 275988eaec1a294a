use audio_housekeeper::domain::AudioFormat;
use audio_housekeeper::domain::{
    AuditOutcome, Backup, BackupProof, GENESIS, RecordCheck, RecordHead, ServerCopy, Sha256Digest,
};
use audio_housekeeper::store::{Change, DoctorFact, Store, StoreError};

use crate::{doctor, draft, entries_of_whole, outsider};

#[tokio::test]
async fn each_entry_holds_the_hash_of_the_one_before_from_the_first_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut previous = GENESIS;
    for number in 1..=5 {
        let entry = store.append(draft(number)).await.unwrap();
        assert_eq!(entry.number, number);
        assert_eq!(entry.previous, previous);
        assert_eq!(entry.app_version, env!("CARGO_PKG_VERSION"));
        previous = entry.digest();
    }
    let head = RecordHead {
        number: 5,
        digest: previous,
    };
    assert_eq!(store.head().await, Ok(Some(head)));
    let check = store.check_record(vec![head]).await.unwrap();
    assert!(check.is_whole());
    assert_eq!(check.head, Some(head));
}

#[tokio::test]
async fn an_empty_record_is_whole_and_has_no_head() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.head().await, Ok(None));
    let check = store.check_record(Vec::new()).await;
    assert_eq!(check, Ok(RecordCheck::default()));
}

#[tokio::test]
async fn entries_come_newest_first_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut written = Vec::new();
    for number in 1..=7 {
        written.insert(0, Ok(store.append(draft(number)).await.unwrap()));
    }
    let first = store.entries(None, 3).await.unwrap();
    let second = store.entries(Some(5), 3).await.unwrap();
    let third = store.entries(Some(2), 3).await.unwrap();
    assert_eq!([first, second, third].concat(), written);
    assert_eq!(store.entries(Some(1), 3).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_record_is_found_again_after_a_restart_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let first = store.append(draft(1)).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let second = store.append(draft(2)).await.unwrap();
    assert_eq!(second.previous, first.digest());
    assert_eq!(
        store.entries(None, 9).await,
        Ok(vec![Ok(second), Ok(first)])
    );
}

#[tokio::test]
async fn what_is_kept_is_the_documented_text_and_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let entry = store.append(draft(1)).await.unwrap();
    let (canonical, digest): (String, [u8; 32]) = outsider(folder.path())
        .query_one("SELECT canonical, digest FROM audit", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(canonical, entry.canonical());
    assert_eq!(digest, *Sha256Digest::of(canonical.as_bytes()).as_bytes());
}

#[tokio::test]
async fn an_intent_without_an_outcome_is_named_and_one_with_an_outcome_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let cut_off = store.append(draft(1)).await.unwrap();
    store.append(draft(2)).await.unwrap();
    let mut outcome = draft(2);
    outcome.outcome = AuditOutcome::Gone;
    store.append(outcome).await.unwrap();
    let mut never_intended = draft(3);
    never_intended.outcome = AuditOutcome::Done;
    store.append(never_intended).await.unwrap();
    let also_cut_off = store.append(draft(4)).await.unwrap();
    assert_eq!(
        store.unfinished_operations().await,
        Ok(vec![cut_off, also_cut_off])
    );
    for number in [1, 4] {
        let mut closed = draft(number);
        closed.outcome = AuditOutcome::CutOff;
        store.append(closed).await.unwrap();
    }
    assert_eq!(store.unfinished_operations().await, Ok(Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_entries_from_many_tasks_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let tasks: Vec<_> = (0..20_u64)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for step in 0..50 {
                    numbers.push(store.append(draft(task * 50 + step)).await.unwrap().number);
                }
                numbers
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        let numbers = task.await.unwrap();
        assert!(
            numbers.is_sorted(),
            "a task's own entries stand in its order"
        );
        all.extend(numbers);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=1_000).collect::<Vec<u64>>());
    assert_eq!(entries_of_whole(&store).await, 1_000);
}

#[tokio::test]
async fn a_record_longer_than_one_look_is_checked_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut appended = Vec::new();
    for number in 1..=1_001 {
        appended.push(store.append(draft(number)).await.unwrap());
    }
    let last = appended.last().unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    assert!(check.is_whole());
    let head = check.head.unwrap();
    assert_eq!((head.number, head.digest), (1_001, last.digest()));
}

#[tokio::test]
async fn an_entry_and_its_change_land_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    let backup = |size| Change::Doctor {
        service: "practice".into(),
        doctor: name.clone(),
        fact: DoctorFact::Backup(Backup {
            path: "/b.wav".into(),
            size,
            sha256: GENESIS,
            format: AudioFormat::Wav,
            milliseconds: None,
            verified_at: "2026-11-23T14:02:11Z".parse().unwrap(),
            audio: None,
            seen: None,
            flushed: true,
            proof: BackupProof::Length,
            made_from: ServerCopy::default(),
        }),
    };
    // No file is that long, and SQLite has no such number.
    let refused = store
        .append_with(draft(1), vec![backup(5), backup(u64::MAX)])
        .await;
    assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    assert_eq!(store.head().await, Ok(None));
    assert_eq!(store.doctors("practice").await, Ok(Vec::new()));

    store.append_with(draft(1), vec![backup(5)]).await.unwrap();
    assert_eq!(store.head().await.unwrap().unwrap().number, 1);
    assert_eq!(store.doctors("practice").await.unwrap().len(), 1);
}
