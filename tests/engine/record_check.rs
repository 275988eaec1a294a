//! Whether the record is what the app wrote: said, recorded, and waited for by deletes.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use audio_housekeeper::domain::{
    AccountKey, AuditEntry, AuditOutcome, DeletionChoice, DeletionOutcome, FailureKind,
    RecordCheck, RecordComparison, RecordFault, RecordFaultKind, Sha256Digest,
};
use audio_housekeeper::engine::{self, Command, Event, RecordReport, Setup, Unfinished};
use audio_housekeeper::keychain::{
    HeadStore, KeychainError, MemoryHeads, RecordHeads, TokenStore as _,
};
use audio_housekeeper::store::Store;
use rusqlite::{Connection, params};
use support::desk::{Desk, setup};
use support::{AMELIA, run};

const WITHOUT: DeletionChoice = DeletionChoice::WithoutBackup;

async fn checked(desk: &mut Desk) -> RecordReport {
    desk.until(|event| match event {
        Event::RecordChecked(report) => Some((**report).clone()),
        _ => None,
    })
    .await
}

/// Deletes, and gives what was found where the record was checked for that, which may be told first.
async fn checked_by_a_delete(desk: &mut Desk) -> RecordReport {
    desk.begin_delete(AMELIA, WITHOUT).await;
    desk.clock.run();
    let (mut found, mut has_ended) = (None, false);
    while found.is_none() || !has_ended {
        match desk.next_event().await.event {
            Event::RecordChecked(report) => found = Some(*report),
            Event::JobEnded { .. } => has_ended = true,
            _ => {}
        }
    }
    found.unwrap()
}

/// What somebody with a tool for databases can do.
fn tamper(desk: &Desk, sql: &str) -> Connection {
    let outsider = Connection::open(desk.file(Store::FILE_NAME)).unwrap();
    outsider.busy_timeout(Duration::from_secs(5)).unwrap();
    outsider
        .execute_batch(
            "DROP TRIGGER audit_is_never_changed;
             DROP TRIGGER audit_is_never_shortened;
             DROP TRIGGER audit_only_grows_at_its_end;",
        )
        .unwrap();
    outsider.execute_batch(sql).unwrap();
    outsider
}

/// Has the record look as if its last entry that is there were the last that the app wrote.
const UNSEEN: &str = "UPDATE audit_head SET (number, digest) =
    (SELECT number, digest FROM audit ORDER BY number DESC LIMIT 1);";

fn missing(first: u64, last: u64) -> RecordFault {
    RecordFault {
        first,
        last,
        kind: RecordFaultKind::Missing,
    }
}

#[test]
fn a_record_that_was_changed_stops_deletes_until_a_person_has_seen_it() {
    run(async {
        let mut desk = Desk::new().await;
        assert!(checked(&mut desk).await.check.is_whole());
        desk.survey(AMELIA).await;
        tamper(&desk, "DELETE FROM audit WHERE number = 1");
        let mut desk = desk.restart().await;
        let shown = checked(&mut desk).await;
        assert_eq!(shown.check.faults, [missing(1, 1)]);
        assert!(!shown.check.is_seen);

        let (report, _) = desk.delete(AMELIA, WITHOUT).await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::RecordTampered);
        assert_eq!(desk.deletes_received(), 0);

        // What was not shown is not seen.
        let other = RecordCheck::default();
        desk.send(Command::RecordSeen(Box::new(other)));
        assert!(!checked(&mut desk).await.check.is_seen);
        desk.send(Command::RecordSeen(Box::new(shown.check)));
        assert!(checked(&mut desk).await.check.is_seen);
        let (report, _) = desk.delete(AMELIA, WITHOUT).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let story = [
            "check-record put-back",
            "check-record tampered",
            "delete failed",
            "check-record tampered",
            "check-record seen",
            "delete intended",
            "delete answered",
            "delete gone",
        ];
        assert_eq!(desk.story().await, story);
        let record = desk.record().await;
        let seen = record
            .iter()
            .find(|entry| entry.draft.outcome.code() == "seen");
        let seen = &seen.unwrap().draft;
        assert!(seen.who.person.is_some() && seen.who.service.is_none());
        let note = seen.note.as_deref().unwrap();
        assert!(note.starts_with("entry 1: missing; findings "), "{note}");
        // It is not asked again, until something else is changed.
        let mut desk = desk.restart().await;
        assert!(checked(&mut desk).await.check.is_seen);
        tamper(&desk, "DELETE FROM audit WHERE number = 3");
        desk.send(Command::CheckRecord);
        assert!(!checked(&mut desk).await.check.is_seen);
    });
}

#[test]
fn where_the_end_was_cut_off_no_number_is_used_again_and_no_delete_was_cut_off_by_the_app() {
    run(async {
        for unseen in ["", UNSEEN] {
            let mut desk = Desk::new().await;
            desk.delete(AMELIA, WITHOUT).await;
            let record = desk.record().await;
            let last = record.last().unwrap().number;
            until_kept(&desk, last).await;
            // What is left ends with the intent.
            let cut = format!("DELETE FROM audit WHERE number > {};", last - 2);
            tamper(&desk, &(cut + unseen));
            let mut desk = desk.restart().await;
            let mut told = None;
            let unfinished = desk
                .until(|event| match event {
                    Event::RecordChecked(report) => {
                        told = Some(report.check.faults.clone());
                        None
                    }
                    Event::FoundAtStart(found) => Some(found.clone()),
                    _ => None,
                })
                .await;
            assert_eq!(told.unwrap(), [missing(last - 1, last)]);
            assert!(
                matches!(
                    &unfinished[..],
                    [Unfinished::Delete {
                        may_be_recorded: true,
                        ..
                    }]
                ),
                "{unfinished:?}"
            );
            let record = desk.record().await;
            let numbers: Vec<u64> = record.iter().map(|entry| entry.number).collect();
            assert!(!numbers.contains(&last) && *numbers.last().unwrap() > last + 1);
            let closed = record.last().unwrap().draft.note.as_deref().unwrap();
            assert!(
                closed.contains("what came of it may be in entries that are missing"),
                "{closed}"
            );
        }
    });
}

/// Waits until the keychain knows of an entry.
async fn until_kept(desk: &Desk, number: u64) {
    let begins = format!("{number} ");
    for _ in 0..1_000 {
        let kept = desk.heads.read_head("record").unwrap();
        if kept.is_some_and(|kept| kept.starts_with(&begins)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("entry {number} is not kept");
}

#[test]
fn a_record_that_was_written_anew_is_found_against_the_keychain() {
    run(async {
        let mut desk = Desk::new().await;
        desk.delete(AMELIA, WITHOUT).await;
        let last = desk.record().await.last().unwrap().number;
        until_kept(&desk, last).await;
        write_anew(&desk);
        let mut desk = desk.restart().await;
        let report = checked(&mut desk).await;
        assert!(report.check.findings.is_none());
        let fault = RecordFault {
            first: 1,
            last,
            kind: RecordFaultKind::NotAsKept,
        };
        assert_eq!(report.check.unfitting[0].1, fault);
        assert!(report.compared_with.head().is_some() && !report.check.is_seen);
        desk.send(Command::RecordSeen(Box::new(report.check)));
        assert!(checked(&mut desk).await.check.is_seen);
        let last = desk.record().await.last().unwrap().number;
        until_kept(&desk, last).await;
        let mut desk = desk.restart().await;
        assert!(checked(&mut desk).await.check.is_whole());
    });
}

/// Changes every entry, and computes every digest anew.
fn write_anew(desk: &Desk) {
    let outsider = tamper(desk, "");
    let rows: Vec<String> = {
        let mut statement = outsider
            .prepare("SELECT canonical FROM audit ORDER BY number")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let mut previous: Option<Sha256Digest> = None;
    for row in rows {
        let mut entry = AuditEntry::from_canonical(&row).unwrap();
        entry.draft.who.os_user = "somebody else".into();
        entry.previous = previous.unwrap_or(entry.previous);
        outsider
            .execute(
                "UPDATE audit SET canonical = ?1, digest = ?2 WHERE number = ?3",
                params![
                    entry.canonical(),
                    entry.digest().as_bytes(),
                    i64::try_from(entry.number).unwrap()
                ],
            )
            .unwrap();
        previous = Some(entry.digest());
    }
    outsider.execute_batch(UNSEEN).unwrap();
}

#[test]
fn nothing_is_said_of_a_good_record_wherever_it_is_and_whatever_the_keychain_holds() {
    run(async {
        let mut desk = Desk::new().await;
        desk.delete(AMELIA, WITHOUT).await;
        let last = desk.record().await.last().unwrap().number;
        until_kept(&desk, last).await;
        let mut desk = desk.restart().await;
        let report = checked(&mut desk).await;
        assert!(report.check.is_whole());
        assert_eq!(report.compared_with.head().unwrap().number, last);
        // An emptied keychain, as that of another computer is.
        desk.heads = Arc::new(MemoryHeads::default());
        let mut desk = desk.restart().await;
        let report = checked(&mut desk).await;
        assert!(report.check.is_whole());
        assert_eq!(report.compared_with, RecordComparison::NothingKept);
        // Something else under that name.
        desk.heads.write_head("record", "of no use").unwrap();
        let mut desk = desk.restart().await;
        assert!(checked(&mut desk).await.check.is_whole());
    });
}

/// A keychain that refuses, or never answers.
struct Bad {
    hangs: bool,
}

impl HeadStore for Bad {
    fn read_head(&self, _: &str) -> Result<Option<String>, KeychainError> {
        if self.hangs {
            thread::sleep(Duration::from_mins(1));
        }
        Err(KeychainError::Refused("locked".to_owned()))
    }

    fn write_head(&self, record: &str, _: &str) -> Result<(), KeychainError> {
        self.read_head(record).map(drop)
    }
}

#[test]
fn a_keychain_that_refuses_or_hangs_raises_no_alarm_and_holds_no_delete_up() {
    run(async {
        for hangs in [false, true] {
            let mut desk = Desk::new().await;
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).unwrap();
            let limit = Duration::from_millis(100);
            let (origin, tokens) = (desk.origin(), desk.tokens.clone());
            let unnamed = AccountKey::unnamed(origin.clone());
            tokens.write(&unnamed, &desk.service.token()).unwrap();
            desk.engine = engine::start(Setup {
                heads: Some(RecordHeads::new(Arc::new(Bad { hangs }), "record", limit)),
                clock: desk.clock.clock(),
                ..setup(&origin, folder.path(), tokens, store, Duration::ZERO)
            });
            desk.generation = 0;
            let report = checked(&mut desk).await;
            assert!(report.check.is_whole());
            assert_eq!(report.compared_with, RecordComparison::NotRead);
            let (report, _) = desk.delete(AMELIA, WITHOUT).await;
            assert_eq!(report.outcome, DeletionOutcome::Gone, "hangs: {hangs}");
        }
    });
}

#[test]
fn what_the_keychain_knows_is_not_replaced_where_the_record_no_longer_has_it() {
    run(async {
        for locked in [false, true] {
            let mut desk = Desk::new().await;
            desk.delete(AMELIA, WITHOUT).await;
            let last = desk.record().await.last().unwrap().number;
            until_kept(&desk, last).await;
            let kept = desk.heads.read_head("record").unwrap();
            let cut = format!("DELETE FROM audit WHERE number > {};{UNSEEN}", last - 2);
            let mut desk = if locked {
                // The keychain can't be asked at the start, and can later.
                tamper(&desk, &cut);
                desk.heads.lock(true);
                let mut desk = desk.restart().await;
                assert!(checked(&mut desk).await.check.is_whole());
                desk.heads.lock(false);
                desk
            } else {
                tamper(&desk, &cut);
                desk
            };
            desk.service
                .put(AMELIA, "b.wav", support::recordings::wav(10_000, 2));
            if locked {
                desk.delete(AMELIA, WITHOUT).await;
            } else {
                assert!(!checked_by_a_delete(&mut desk).await.check.is_whole());
            }
            assert_eq!(desk.heads.read_head("record").unwrap(), kept, "{locked}");
            let mut desk = desk.restart().await;
            assert!(!checked(&mut desk).await.check.is_whole());
        }
    });
}

#[test]
fn what_is_found_while_a_delete_waits_for_the_window_stops_it() {
    run(async {
        let mut desk = Desk::new().await;
        checked(&mut desk).await;
        desk.answers = false;
        desk.begin_delete(AMELIA, WITHOUT).await;
        desk.clock.run();
        let id = desk
            .until(|event| match event {
                Event::LastCall { id } => Some(*id),
                _ => None,
            })
            .await;
        tamper(&desk, "DELETE FROM audit WHERE number = 1");
        desk.send(Command::CheckRecord);
        checked(&mut desk).await;
        desk.send(Command::NoStop(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::RecordTampered);
        assert_eq!(desk.deletes_received(), 0);
        // Its intent is closed.
        let last = desk.record().await.pop().unwrap();
        assert_eq!(last.draft.outcome, AuditOutcome::Failed);
    });
}

#[test]
fn what_a_person_has_seen_is_not_asked_again_in_a_run_where_the_keychain_keeps_nothing_new() {
    run(async {
        let mut desk = Desk::new().await;
        desk.delete(AMELIA, WITHOUT).await;
        let last = desk.record().await.last().unwrap().number;
        until_kept(&desk, last).await;
        write_anew(&desk);
        let mut desk = desk.restart().await;
        let shown = checked(&mut desk).await;
        // What was read stays known, and nothing is taken.
        desk.heads.lock(true);
        desk.send(Command::RecordSeen(Box::new(shown.check)));
        assert!(checked(&mut desk).await.check.is_seen);
        for contents in [2, 3] {
            let recording = support::recordings::wav(10_000, contents);
            desk.service.put(AMELIA, "b.wav", recording);
            let (report, _) = desk.delete(AMELIA, WITHOUT).await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
        }
        // The next run asks again: nothing vouches for what was seen.
        desk.heads.lock(false);
        let mut desk = desk.restart().await;
        let check = checked(&mut desk).await.check;
        assert!(!check.is_whole() && !check.is_seen);
    });
}

#[test]
fn an_entry_that_says_that_all_was_seen_counts_for_nothing_while_the_keychain_is_silent() {
    run(async {
        let mut desk = Desk::new().await;
        desk.survey(AMELIA).await;
        tamper(&desk, "DELETE FROM audit WHERE number = 1");
        let mut desk = desk.restart().await;
        let shown = checked(&mut desk).await;
        desk.send(Command::RecordSeen(Box::new(shown.check)));
        assert!(checked(&mut desk).await.check.is_seen);
        desk.heads.lock(true);
        let mut desk = desk.restart().await;
        let report = checked(&mut desk).await;
        assert_eq!(report.compared_with, RecordComparison::NotRead);
        assert!(!report.check.is_seen);
        desk.heads.lock(false);
        let mut desk = desk.restart().await;
        assert!(checked(&mut desk).await.check.is_seen);
    });
}
