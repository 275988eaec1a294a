//! What the audit record is measured by, each figure beside its peer in the same run.
//!
//! ```text
//! record append FOLDER COUNT   entries a second that last, beside rows of the same text that
//!                              SQLite alone inserts and flushes
//! record check FOLDER COUNT    seconds for a check of so many entries, beside SHA-256 of their
//!                              bytes
//! record acts FOLDER COUNT     milliseconds for a page of acts, asked for in each way
//! record frames COUNT          milliseconds for a frame with so many acts, beside one with 100
//! ```

mod acts;
mod frames;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;
use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditEntry, AuditOutcome, AuditWho, DoctorName, GENESIS, OperationId,
    Sha256Digest,
};
use audio_housekeeper::store::Store;
use rusqlite::{Connection, params};

/// How often each figure is taken; the median counts.
const RUNS: usize = 5;

/// When the first entry is from: so many minutes ago.
const MINUTES: u64 = 1_000_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    match arguments[..] {
        ["append", folder, count] => runtime.block_on(append(Path::new(folder), count.parse()?)),
        ["check", folder, count] => runtime.block_on(check(Path::new(folder), count.parse()?)),
        ["acts", folder, count] => runtime.block_on(acts::acts(Path::new(folder), count.parse()?)),
        ["frames", count] => frames::frames(count.parse()?),
        _ => bail!("record append|check|acts FOLDER COUNT, or record frames COUNT"),
    }
}

#[allow(clippy::print_stdout, reason = "figures are what this is for")]
async fn append(folder: &Path, count: u64) -> anyhow::Result<()> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let store = Store::open(&folder.join(format!("append {run}")))?;
        let begun = Instant::now();
        for number in 1..=count {
            store.append(draft(number)).await?;
        }
        ours.push(begun.elapsed());
        let file = folder.join(format!("plain {run}.sqlite3"));
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")?;
        let begun = Instant::now();
        for number in 1..=count {
            let text = entry(number, GENESIS).canonical();
            connection.execute(
                "INSERT INTO rows VALUES (?1, ?2)",
                params![number.cast_signed(), text],
            )?;
        }
        plain.push(begun.elapsed());
    }
    let a_second =
        |time: Duration| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64();
    let (ours, plain) = (a_second(median(ours)), a_second(median(plain)));
    println!(
        "entries a second: {ours:.0}; rows that SQLite inserts alone: {plain:.0}; ratio {:.2}",
        ours / plain
    );
    Ok(())
}

#[allow(clippy::print_stdout, reason = "figures are what this is for")]
async fn check(folder: &Path, count: u64) -> anyhow::Result<()> {
    let folder = folder.join("check");
    drop(Store::open(&folder)?);
    let texts = fill(&folder, count)?;
    let store = Store::open(&folder)?;
    let (mut ours, mut hashed) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let check = store.check_record(Vec::new()).await?;
        ours.push(begun.elapsed());
        if !check.is_whole() || check.entries() != count {
            bail!("{check:?}");
        }
        let begun = Instant::now();
        let mut last = None;
        for text in &texts {
            last = Some(Sha256Digest::of(text.as_bytes()));
        }
        hashed.push(begun.elapsed());
        if last != check.head.map(|head| head.digest) {
            bail!("another head");
        }
    }
    let (ours, hashed) = (median(ours).as_secs_f64(), median(hashed).as_secs_f64());
    println!(
        "check of {count} entries: {ours:.3} s; SHA-256 of the same bytes: {hashed:.3} s; ratio {:.1}",
        ours / hashed
    );
    Ok(())
}

/// Fills the record of a store in one transaction, and gives the texts of the entries.
fn fill(folder: &Path, count: u64) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(folder.join(Store::FILE_NAME))?;
    let transaction = connection.transaction()?;
    let mut texts = Vec::new();
    let mut previous = GENESIS;
    {
        let mut statement = transaction
            .prepare("INSERT INTO audit (number, canonical, digest) VALUES (?1, ?2, ?3)")?;
        for number in 1..=count {
            let entry = entry(number, previous);
            let text = entry.canonical();
            previous = Sha256Digest::of(text.as_bytes());
            statement.execute(params![number.cast_signed(), text, previous.as_bytes()])?;
            texts.push(text);
        }
    }
    transaction.execute(
        "INSERT INTO audit_head (one, number, digest) VALUES (1, ?1, ?2)",
        params![count.cast_signed(), previous.as_bytes()],
    )?;
    transaction.commit()?;
    Ok(texts)
}

fn entry(number: u64, previous: Sha256Digest) -> AuditEntry {
    AuditEntry {
        number,
        previous,
        draft: draft(number),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// An entry as they are for the most part: a check of one of a hundred doctors by one of ten people, in
/// one minute of the last two years.
fn draft(number: u64) -> AuditDraft {
    let minutes = MINUTES.saturating_sub(number);
    let is_rare = number.is_multiple_of(1000);
    AuditDraft {
        time: jiff::Timestamp::now() - Duration::from_secs(60 * minutes),
        action: AuditAction::Check,
        outcome: if is_rare {
            AuditOutcome::NotKnown
        } else {
            AuditOutcome::Found
        },
        operation: OperationId::from_bytes(u128::from(number).to_be_bytes()),
        who: AuditWho {
            os_user: "front-desk".to_owned(),
            person: Some(format!("Desk {}", number % 10)),
            computer: "desk-1".to_owned(),
            service: Some("https://api.nuxera.ai".to_owned()),
        },
        doctor: DoctorName::parse(&format!("Dr. {}", number % 100)).ok(),
        reason: None,
        plan: None,
        backup: None,
        answer: Some("200".to_owned()),
        note: None,
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
