//! The record as acts: put together, ordered, asked for, and made anew where what is derived doesn't fit.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use audio_housekeeper::domain::{
    Act, ActFilter, AuditAction, AuditBackup, AuditDraft, AuditOutcome, DamagedEntry, OutcomeGroup,
    Period, Sha256Digest,
};
use audio_housekeeper::store::Store;
use jiff::{SignedDuration, Timestamp};

use crate::{doctor, draft, entries_of_whole, outsider};

/// An entry of the operation `number`.
fn entry(number: u64, action: AuditAction, outcome: AuditOutcome) -> AuditDraft {
    AuditDraft {
        action,
        outcome,
        ..draft(number)
    }
}

/// A record of three acts, the first and the second one inside each other: entries 1 and 4, 2 and 3, 5.
async fn three_acts(folder: &Path) -> Store {
    let store = Store::open(folder).unwrap();
    for (number, action, outcome) in [
        (1, AuditAction::Delete, AuditOutcome::Intended),
        (2, AuditAction::DeleteAll, AuditOutcome::Intended),
        (2, AuditAction::DeleteAll, AuditOutcome::NotKnown),
        (1, AuditAction::Delete, AuditOutcome::Gone),
        (3, AuditAction::Download, AuditOutcome::Failed),
    ] {
        store.append(entry(number, action, outcome)).await.unwrap();
    }
    assert_eq!(all(&store).await.len(), 3);
    store
}

async fn all(store: &Store) -> Vec<Act> {
    store.acts(ActFilter::default(), None, 100).await.unwrap()
}

/// The numbers of the entries of each act.
fn numbers(acts: &[Act]) -> Vec<Vec<u64>> {
    let number = |step: &Result<_, DamagedEntry>| match step {
        Ok(entry) => audio_housekeeper::domain::AuditEntry::clone(entry).number,
        Err(damaged) => damaged.number,
    };
    let steps = acts
        .iter()
        .map(|act| act.steps.iter().map(number).collect());
    steps.collect()
}

#[tokio::test]
async fn an_act_holds_all_entries_of_its_operation_and_stands_where_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    let acts = all(&store).await;
    assert_eq!(numbers(&acts), [vec![5], vec![2, 3], vec![1, 4]]);
    let delete = &acts[2];
    assert_eq!(delete.first, 1);
    assert_eq!(
        delete.begun().unwrap().draft.outcome,
        AuditOutcome::Intended
    );
    assert_eq!(delete.ended().unwrap().draft.outcome, AuditOutcome::Gone);
    let entries = store.entries(None, 9).await.unwrap();
    assert_eq!(delete.steps, [entries[4].clone(), entries[1].clone()]);
}

#[tokio::test]
async fn what_is_recorded_is_soon_part_of_an_act_though_nobody_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let begun = entry(1, AuditAction::Delete, AuditOutcome::Intended);
    store.append(begun).await.unwrap();
    let ended = entry(1, AuditAction::Delete, AuditOutcome::Gone);
    store.append(ended).await.unwrap();
    let is_taken_in = || derived(folder.path()).contains(&"2 1".to_owned());
    for _ in 0..500 {
        if !is_taken_in() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    assert!(is_taken_in());
}

#[tokio::test]
async fn acts_come_newest_first_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    let page = |before| store.acts(ActFilter::default(), before, 2);
    assert_eq!(numbers(&page(None).await.unwrap()), [vec![5], vec![2, 3]]);
    assert_eq!(numbers(&page(Some(2)).await.unwrap()), [vec![1, 4]]);
    assert_eq!(page(Some(1)).await, Ok(Vec::new()));
}

/// The operations that fit.
async fn fitting(store: &Store, filter: ActFilter) -> Vec<String> {
    let acts = store.acts(filter, None, 1_000).await.unwrap();
    let notes = acts
        .iter()
        .map(|act| act.begun().unwrap().draft.note.clone().unwrap());
    notes.collect()
}

/// A record in which each act differs from the first in one thing.
async fn varied(folder: &Path) -> Store {
    let store = Store::open(folder).unwrap();
    let first = || entry(1, AuditAction::Delete, AuditOutcome::Gone);
    let operation = |number: u64| draft(number).operation;
    let noted = |number: u64, change: fn(&mut AuditDraft)| {
        let mut changed = first();
        changed.operation = operation(number);
        changed.note = Some(number.to_string());
        changed.time = Timestamp::now();
        change(&mut changed);
        changed
    };
    for entry in [
        noted(1, |_| {}),
        noted(2, |draft| draft.doctor = Some(doctor("Dr. Other"))),
        noted(3, |draft| draft.action = AuditAction::Download),
        noted(4, |draft| draft.outcome = AuditOutcome::StillThere),
        noted(5, |draft| draft.who.person = Some("Stra\u{df}er".into())),
        noted(6, |draft| draft.who.person = None),
        noted(7, |draft| {
            draft.time = Timestamp::now() - SignedDuration::from_hours(24 * 10);
        }),
        noted(8, |draft| draft.outcome = AuditOutcome::Stopped),
        noted(9, |draft| draft.doctor = None),
        noted(10, |draft| {
            draft.reason = Some("said \"Now\" \\ then".into());
        }),
        noted(11, |draft| {
            draft.backup = Some(AuditBackup {
                path: "/home/desk/Aufnahmen/\u{c4}rztin.wav".into(),
                size: 5,
                sha256: Sha256Digest::of(b"x"),
            });
        }),
    ] {
        store.append(entry).await.unwrap();
    }
    store
}

#[tokio::test]
async fn each_filter_lets_through_what_fits_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = varied(folder.path()).await;
    let none = ActFilter::default;
    for (filter, fits) in [
        (
            none(),
            &["11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1"][..],
        ),
        (
            ActFilter {
                doctor: Some(doctor("Dr. Other")),
                ..none()
            },
            &["2"],
        ),
        (
            ActFilter {
                doctor: Some(doctor("Dr. other")),
                ..none()
            },
            &[],
        ),
        (
            ActFilter {
                action: Some(AuditAction::Download),
                ..none()
            },
            &["3"],
        ),
        (
            ActFilter {
                outcome: Some(OutcomeGroup::NeedsALook),
                ..none()
            },
            &["4"],
        ),
        (
            ActFilter {
                outcome: Some(OutcomeGroup::NotDone),
                ..none()
            },
            &["8"],
        ),
        (
            ActFilter {
                who: Some("Stra\u{df}er".into()),
                ..none()
            },
            &["5"],
        ),
        // Where nobody is known, it is the user of the operating system.
        (
            ActFilter {
                who: Some("desk".into()),
                ..none()
            },
            &["6"],
        ),
        (
            ActFilter {
                period: Period::SevenDays,
                ..none()
            },
            &["11", "10", "9", "8", "6", "5", "4", "3", "2", "1"],
        ),
        (
            ActFilter {
                period: Period::ThirtyDays,
                doctor: Some(doctor("Dr. \"J\u{fc}rgen\" \u{7530}")),
                action: Some(AuditAction::Delete),
                outcome: Some(OutcomeGroup::Done),
                who: Some("m.keller".into()),
                ..none()
            },
            &["11", "10", "7", "1"],
        ),
    ] {
        assert_eq!(fitting(&store, filter.clone()).await, fits, "{filter:?}");
    }
}

#[tokio::test]
async fn words_are_found_in_what_people_read_whatever_their_case() {
    let folder = tempfile::tempdir().unwrap();
    let store = varied(folder.path()).await;
    let digest = Sha256Digest::of(b"x").to_string();
    for (text, fits) in [
        ("OTHER", &["2"][..]),
        ("  stra\u{df}ER ", &["5"]),
        ("\"now\" \\", &["10"]),
        ("aufnahmen/\u{e4}RZ", &["11"]),
        ("A\u{308}rztin", &["11"]),
        (&digest[3..20], &["11"]),
        (
            "j\u{dc}rgen\" \u{7530}",
            &["11", "10", "8", "7", "6", "5", "4", "3", "1"],
        ),
        // These stand in every entry's text, and are nothing that people read.
        ("os_user", &[]),
        ("\"v\":1", &[]),
        ("nobody", &[]),
        ("line one line", &[]),
        (
            "line one\nline",
            &["11", "9", "8", "7", "6", "5", "4", "3", "2", "1"],
        ),
    ] {
        let filter = ActFilter {
            text: text.into(),
            ..ActFilter::default()
        };
        assert_eq!(fitting(&store, filter).await, fits, "{text:?}");
    }
}

#[tokio::test]
async fn a_search_goes_through_the_whole_record_and_on_from_any_place_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 1..=1_100 {
        let mut draft = draft(number);
        draft.reason = (number % 550 == 1).then(|| "rare".into());
        store.append(draft).await.unwrap();
    }
    let rare = || ActFilter {
        text: "rare".into(),
        ..ActFilter::default()
    };
    let first = |acts: Vec<Act>| acts.iter().map(|act| act.first).collect::<Vec<_>>();
    assert_eq!(first(store.acts(rare(), None, 9).await.unwrap()), [551, 1]);
    assert_eq!(first(store.acts(rare(), None, 1).await.unwrap()), [551]);
    assert_eq!(first(store.acts(rare(), Some(551), 9).await.unwrap()), [1]);
}

#[tokio::test]
async fn doctors_and_people_can_be_chosen_who_stand_in_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = varied(folder.path()).await;
    let choices = store.act_choices().await.unwrap();
    let doctors = ["Dr. \"J\u{fc}rgen\" \u{7530}", "Dr. Other"].map(doctor);
    assert_eq!(choices.doctors, doctors);
    assert_eq!(choices.people, ["desk", "m.keller", "Stra\u{df}er"]);
}

#[tokio::test]
async fn a_database_of_an_older_version_has_its_acts_too_even_where_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    let before = all(&store).await;
    drop(store);
    as_the_version_before_left_it(folder.path());
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(all(&store).await, before);
    drop(store);

    as_the_version_before_left_it(folder.path());
    change(
        folder.path(),
        "UPDATE audit SET canonical = 'no entry' WHERE number = 4",
    );
    let store = Store::open(folder.path()).unwrap();
    let acts = all(&store).await;
    assert_eq!(numbers(&acts), [vec![5], vec![4], vec![2, 3], vec![1]]);
    assert_eq!(acts[1].damaged(), Some(DamagedEntry { number: 4 }));
    assert_eq!(acts[1].begun(), None);
}

fn as_the_version_before_left_it(folder: &Path) {
    let older = outsider(folder);
    older
        .execute_batch(
            "DROP TABLE acts; DROP TABLE steps; DROP TABLE parts_apart;
             ALTER TABLE parts DROP COLUMN unwanted;
             DROP TABLE kept_accounts; CREATE TABLE kept_tokens (origin TEXT PRIMARY KEY) STRICT;
             ALTER TABLE tokens_to_forget DROP COLUMN holder; PRAGMA user_version = 13;",
        )
        .unwrap();
}

/// Changes the database as somebody with a tool does who takes the triggers away.
fn change(folder: &Path, sql: &str) {
    outsider(folder)
        .execute_batch(&format!(
            "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened; {sql};"
        ))
        .unwrap();
}

#[tokio::test]
async fn an_entry_that_is_damaged_or_missing_is_named_inside_its_act() {
    for sql in [
        "UPDATE audit SET canonical = replace(canonical, 'm.keller', 'nobody') WHERE number = 4",
        "UPDATE audit SET digest = zeroblob(32) WHERE number = 4",
        "DELETE FROM audit WHERE number = 4",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = three_acts(folder.path()).await;
        change(folder.path(), sql);
        for _ in 0..2 {
            let act = &all(&store).await[2];
            let damaged = DamagedEntry { number: 4 };
            assert_eq!(act.steps[1], Err(damaged), "{sql}");
            assert_eq!(act.damaged(), Some(damaged));
            assert_eq!(act.ended().unwrap().number, 1);
            // What the check finds of the record is no reason to take the entry out of its act.
            let check = store.check_record(Vec::new()).await.unwrap();
            assert!(!check.is_whole(), "{sql}");
        }
    }
}

#[tokio::test]
async fn what_is_derived_is_made_anew_where_a_check_finds_that_it_does_not_fit() {
    for sql in [
        "DELETE FROM acts",
        "DELETE FROM steps",
        "DELETE FROM acts WHERE first = 2",
        "DELETE FROM steps WHERE number = 3",
        "DELETE FROM steps WHERE number = 5",
        "UPDATE acts SET doctor = 'Dr. Other' WHERE first = 1",
        "UPDATE acts SET doctor = NULL WHERE first = 1",
        "UPDATE acts SET who = 'nobody' WHERE first = 5",
        "UPDATE acts SET action = 'check' WHERE first = 2",
        "UPDATE acts SET outcome = 'done' WHERE first = 2",
        "UPDATE acts SET at = 0 WHERE first = 2",
        "UPDATE acts SET operation = NULL WHERE first = 2",
        "UPDATE acts SET last = 1 WHERE first = 1",
        "UPDATE acts SET last = 5 WHERE first = 1",
        "UPDATE acts SET last = 99 WHERE first = 1",
        "UPDATE acts SET first = 4 WHERE first = 1; UPDATE steps SET act = 4 WHERE act = 1",
        "UPDATE acts SET first = 0 WHERE first = 1; UPDATE steps SET act = 0 WHERE act = 1",
        "UPDATE acts SET first = 90 WHERE first = 5; UPDATE steps SET act = 90 WHERE act = 5",
        "UPDATE steps SET act = 2 WHERE number = 5",
        "INSERT INTO acts (first, last) VALUES (77, 77)",
        "INSERT INTO acts (first, last) VALUES (-7, 1)",
        "INSERT INTO steps (number, act) VALUES (77, 1)",
        "INSERT INTO steps (number, act) VALUES (-1, 1)",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = three_acts(folder.path()).await;
        let before = all(&store).await;
        outsider(folder.path()).execute_batch(sql).unwrap();
        let check = store.check_record(Vec::new()).await.unwrap();
        assert!(check.is_whole(), "the record itself is what it was");
        assert_eq!(derived(folder.path()), derived_of_three(), "{sql}");
        assert_eq!(all(&store).await, before, "{sql}");
    }
}

#[tokio::test]
async fn what_is_left_of_entries_that_were_cut_off_is_not_erased_where_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    let kept = store.head().await.unwrap().unwrap();
    change(
        folder.path(),
        "DELETE FROM audit WHERE number = 5;
         UPDATE audit_head SET number = 4, digest = (SELECT digest FROM audit WHERE number = 4)",
    );
    let check = store.check_record(vec![kept]).await.unwrap();
    assert!(!check.is_whole());
    assert_eq!(derived(folder.path()), derived_of_three());
    assert_eq!(
        all(&store).await[0].damaged(),
        Some(DamagedEntry { number: 5 })
    );
}

/// What is derived, as text.
fn derived(folder: &Path) -> Vec<String> {
    let connection = outsider(folder);
    let mut rows = Vec::new();
    for sql in [
        "SELECT concat_ws(' ', first, last, action, outcome, doctor, who, at) FROM acts ORDER BY first",
        "SELECT concat_ws(' ', number, act) FROM steps ORDER BY number",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let texts = statement.query_map([], |row| row.get::<_, String>(0));
        rows.extend(texts.unwrap().map(Result::unwrap));
    }
    rows
}

fn derived_of_three() -> Vec<String> {
    let rest = "Dr. \"J\u{fc}rgen\" \u{7530} m.keller 1795442531500";
    let acts = [
        format!("1 4 delete done {rest}"),
        format!("2 3 delete-all needs-a-look {rest}"),
        format!("5 5 download not-done {rest}"),
    ];
    let steps = ["1 1", "2 2", "3 2", "4 1", "5 5"].map(str::to_owned);
    acts.into_iter().chain(steps).collect()
}

#[tokio::test]
async fn whatever_stands_in_the_derived_tables_the_record_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    outsider(folder.path())
        .execute_batch(
            "INSERT INTO acts (first, operation, last) VALUES (6, 'another', 6);
             INSERT INTO steps (number, act) VALUES (6, 1);",
        )
        .unwrap();
    let next = entry(4, AuditAction::Check, AuditOutcome::Found);
    assert_eq!(store.append(next).await.unwrap().number, 6);
    assert_eq!(entries_of_whole(&store).await, 6);
    let acts = all(&store).await;
    assert_eq!(numbers(&acts), [vec![6], vec![5], vec![2, 3], vec![1, 4]]);
}

/// What somebody does to the derived tables so that nothing can be taken in.
const SPOILED: [&str; 11] = [
    "DROP TABLE acts",
    "DROP TABLE steps",
    "DROP TABLE acts; CREATE VIEW Acts AS SELECT number AS first FROM audit",
    "DROP INDEX acts_by_doctor; ALTER TABLE acts DROP COLUMN doctor",
    "DROP TABLE acts; CREATE TABLE acts (first INTEGER PRIMARY KEY)",
    "CREATE TRIGGER foreign_one BEFORE INSERT ON acts BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER foreign_one AFTER INSERT ON steps BEGIN SELECT RAISE(FAIL, 'no'); END",
    "CREATE TRIGGER foreign_one BEFORE INSERT ON acts BEGIN DELETE FROM nowhere; END",
    "CREATE UNIQUE INDEX foreign_index ON acts (who)",
    "DROP INDEX acts_by_time",
    "DROP INDEX steps_by_act; CREATE INDEX steps_by_act ON steps (act) WHERE act > 3",
];

/// Three acts of three people, so that an index can be made on who they are.
async fn three_people(folder: &Path) -> Store {
    let store = Store::open(folder).unwrap();
    for number in 1..=3 {
        let mut entry = entry(number, AuditAction::Check, AuditOutcome::Found);
        entry.who.person = Some(format!("person {number}"));
        store.append(entry).await.unwrap();
    }
    store
}

fn fourth() -> AuditDraft {
    let mut fourth = entry(4, AuditAction::Check, AuditOutcome::Found);
    fourth.who.person = Some("person 3".into());
    fourth
}

#[tokio::test]
async fn nothing_done_to_what_is_derived_keeps_an_entry_out_of_the_record_or_the_record_unchecked()
{
    for sql in SPOILED {
        let folder = tempfile::tempdir().unwrap();
        let store = three_people(folder.path()).await;
        outsider(folder.path()).execute_batch(sql).unwrap();
        let entry = store.append(fourth()).await.unwrap();
        assert_eq!(entry.number, 4, "{sql}");
        assert_eq!(entries_of_whole(&store).await, 4, "{sql}");
        // The check has made them anew.
        let acts = all(&store).await;
        assert_eq!(numbers(&acts), [[4], [3], [2], [1]], "{sql}");
        let today = ActFilter {
            period: Period::Today,
            ..ActFilter::default()
        };
        assert!(store.acts(today, None, 9).await.is_ok(), "{sql}");
    }
}

#[tokio::test]
async fn nothing_done_to_what_is_derived_keeps_the_record_from_being_opened() {
    for sql in SPOILED {
        let folder = tempfile::tempdir().unwrap();
        let store = three_people(folder.path()).await;
        outsider(folder.path()).execute_batch(sql).unwrap();
        store.append(fourth()).await.unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(entries_of_whole(&store).await, 4, "{sql}");
        let acts = all(&store).await;
        assert_eq!(numbers(&acts), [[4], [3], [2], [1]], "{sql}");
    }
}

#[tokio::test]
async fn a_foreign_trigger_on_what_is_derived_is_taken_away_and_that_is_recorded() {
    let on_acts = SPOILED.iter().filter(|sql| sql.contains("TRIGGER"));
    for sql in on_acts {
        let folder = tempfile::tempdir().unwrap();
        let store = three_people(folder.path()).await;
        outsider(folder.path()).execute_batch(sql).unwrap();
        store.append(fourth()).await.unwrap();
        drop(store);
        // The acts were made anew on the way.
        let store = Store::open(folder.path()).unwrap();
        store.check_record(Vec::new()).await.unwrap();
        let mended = store.mend_guards(draft(5)).await.unwrap().unwrap();
        let note = mended.draft.note;
        assert_eq!(note.as_deref(), Some("taken away: foreign_one"), "{sql}");
        assert_eq!(numbers(&all(&store).await)[0], [5], "{sql}");
        assert_eq!(store.mend_guards(draft(6)).await.unwrap(), None);
    }
}

/// Overwrites the first page of each of these with what is no page.
fn overwrite(folder: &Path, names: &[&str]) {
    // With the last store the log is brought into the file, soon.
    let log = folder.join(format!("{}-wal", Store::FILE_NAME));
    for _ in 0..500 {
        if log.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    assert!(!log.exists());
    let outsider = outsider(folder);
    let size: u32 = outsider
        .query_one("PRAGMA page_size", [], |row| row.get(0))
        .unwrap();
    for name in names {
        let page: u32 = outsider
            .query_one(
                "SELECT rootpage FROM sqlite_schema WHERE name = ?1",
                [name],
                |row| row.get(0),
            )
            .unwrap();
        let path = folder.join(Store::FILE_NAME);
        let mut file = std::fs::File::options().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(u64::from(page - 1) * u64::from(size)))
            .unwrap();
        let bytes = vec![0xa5; usize::try_from(size).unwrap()];
        file.write_all(&bytes).unwrap();
    }
}

#[tokio::test]
async fn where_pages_of_what_is_derived_are_damaged_the_record_goes_on_and_they_are_made_anew() {
    for names in [
        &["acts"][..],
        &["steps"],
        &["acts_by_doctor", "steps_by_act"],
        &["sqlite_autoindex_acts_1"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        drop(three_people(folder.path()).await);
        overwrite(folder.path(), names);
        let store = Store::open(folder.path()).unwrap();
        store.append(fourth()).await.unwrap();
        assert_eq!(entries_of_whole(&store).await, 4, "{names:?}");
        store.append(draft(5)).await.unwrap();
        let acts = all(&store).await;
        assert_eq!(numbers(&acts), [[5], [4], [3], [2], [1]], "{names:?}");
        assert_eq!(entries_of_whole(&store).await, 5, "{names:?}");
        let choices = store.act_choices().await.unwrap();
        assert_eq!(choices.doctors.len(), 1, "{names:?}");
    }
}

#[tokio::test]
async fn a_damaged_index_is_made_anew_where_nothing_was_recorded_since() {
    let folder = tempfile::tempdir().unwrap();
    drop(three_people(folder.path()).await);
    overwrite(folder.path(), &["acts_by_doctor"]);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(entries_of_whole(&store).await, 3);
    assert_eq!(store.act_choices().await.unwrap().doctors.len(), 1);
}

/// A filter by each thing, which fits nothing that was recorded.
fn unfitting() -> Vec<ActFilter> {
    let none = ActFilter::default;
    vec![
        ActFilter {
            text: "stands nowhere".into(),
            ..none()
        },
        ActFilter {
            doctor: Some(doctor("Dr. Nobody")),
            ..none()
        },
        ActFilter {
            action: Some(AuditAction::SignOut),
            ..none()
        },
        ActFilter {
            outcome: Some(OutcomeGroup::NeedsALook),
            ..none()
        },
        ActFilter {
            who: Some("nobody".into()),
            ..none()
        },
        ActFilter {
            period: Period::Today,
            ..none()
        },
        ActFilter {
            who: Some("nobody".into()),
            doctor: Some(doctor("Dr. Nobody")),
            period: Period::Today,
            text: "stands nowhere".into(),
            ..none()
        },
    ]
}

#[tokio::test]
async fn no_filter_hides_an_entry_that_was_not_what_the_app_wrote_when_it_was_taken_in() {
    let folder = tempfile::tempdir().unwrap();
    drop(three_people(folder.path()).await);
    change(
        folder.path(),
        "UPDATE audit SET canonical = 'no entry' WHERE number = 2; DROP TABLE acts",
    );
    let store = Store::open(folder.path()).unwrap();
    store.check_record(Vec::new()).await.unwrap();
    for filter in unfitting() {
        let acts = store.acts(filter.clone(), None, 9).await.unwrap();
        assert_eq!(numbers(&acts), [[2]], "{filter:?}");
        let older = store.acts(filter.clone(), Some(2), 9).await.unwrap();
        assert!(older.is_empty(), "{filter:?}");
    }
    let derived = derived(folder.path());
    assert!(
        derived.contains(&"2 2 needs-a-look".to_owned()),
        "{derived:?}"
    );
}

#[tokio::test]
async fn no_search_hides_an_act_with_an_entry_that_is_damaged() {
    for sql in [
        "UPDATE audit SET canonical = replace(canonical, 'm.keller', 'nobody') WHERE number = 4",
        "UPDATE audit SET canonical = 'no entry' WHERE number = 4",
        &format!(
            "UPDATE audit SET canonical = 'no entry', digest = x'{}' WHERE number = 4",
            Sha256Digest::of(b"no entry")
        ),
        "UPDATE audit SET digest = zeroblob(32) WHERE number = 4",
        "DELETE FROM audit WHERE number = 4",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = three_acts(folder.path()).await;
        change(folder.path(), sql);
        let acts = store.acts(unfitting()[0].clone(), None, 9).await.unwrap();
        assert_eq!(numbers(&acts), [[1, 4]], "{sql}");
    }
}

#[tokio::test]
async fn what_the_app_never_derived_keeps_no_act_from_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    outsider(folder.path())
        .execute_batch(
            "INSERT INTO acts (first, last, doctor, who) VALUES (0, 0, ' ', ' ');
             INSERT INTO acts (first, last, doctor, who) VALUES (-3, 0, '', CAST(x'ff' AS TEXT));
             INSERT INTO steps (number, act) VALUES (-3, -3), (0, 0);",
        )
        .unwrap();
    assert_eq!(
        numbers(&all(&store).await),
        [vec![5], vec![2, 3], vec![1, 4]]
    );
    let choices = store.act_choices().await.unwrap();
    assert_eq!(choices.doctors, [doctor("Dr. \"J\u{fc}rgen\" \u{7530}")]);
    assert!(choices.people.contains(&"m.keller".to_owned()));
}

#[tokio::test]
async fn what_is_written_behind_a_cut_is_an_act() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_acts(folder.path()).await;
    drop(store);
    outsider(folder.path())
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened;
             DELETE FROM audit WHERE number > 3;
             UPDATE audit SET canonical = canonical || ' ' WHERE number = 1;
             UPDATE audit_head SET number = 3, digest = (SELECT digest FROM audit WHERE number = 3)",
        )
        .unwrap();
    let store = Store::open(folder.path()).unwrap();
    let check = store.check_record(Vec::new()).await.unwrap();
    println!("{:?}", check.faults);
    let next = entry(9, AuditAction::Check, AuditOutcome::Found);
    let number = store.append(next).await.unwrap().number;
    store.check_record(Vec::new()).await.unwrap();
    let acts = numbers(&all(&store).await);
    println!("{number} {acts:?}");
    assert!(acts.contains(&vec![number]), "{acts:?}");
}
