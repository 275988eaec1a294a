//! What is known in this run of the audit record: deletes wait for it, and stop where it is not what the app
//! wrote, until a person has seen that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;

use crate::domain::{Failure, FailureKind, KeptHead, RecordCheck, RecordComparison, RecordHead};
use crate::keychain::{KeychainError, RecordHeads};

/// What a check found, as the window is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReport {
    /// What was found.
    pub check: RecordCheck,
    /// What it was compared with beside itself.
    pub compared_with: RecordComparison,
    /// When it was checked.
    pub checked_at: Timestamp,
}

/// What is known of the record in this run.
pub struct RecordStanding {
    /// Where its last entry is kept apart from it, if anywhere.
    pub heads: Option<RecordHeads>,
    /// What was read there last. Where it could not be, it is not asked again before a person asks for a
    /// check: each time it might ask for its password.
    read: Mutex<RecordComparison>,
    /// What a person has seen in this run: the keychain may not be able to vouch for that.
    seen: Mutex<Option<RecordCheck>>,
    found: watch::Sender<Found>,
    /// Held while it is checked.
    pub checking: tokio::sync::Mutex<()>,
    /// Held while its last entry is kept elsewhere.
    pub keeping: tokio::sync::Mutex<()>,
    /// On which day the log was last told of its last entry.
    logged: Mutex<Option<Date>>,
}

/// What the last check found.
#[derive(Clone)]
pub enum Found {
    NotChecked,
    Report(Arc<RecordReport>),
    NotRead(Failure),
}

impl RecordStanding {
    /// Nothing is known yet.
    pub fn new(heads: Option<RecordHeads>) -> Self {
        Self {
            read: Mutex::new(match heads {
                Some(_) => RecordComparison::NotRead,
                None => RecordComparison::NothingKept,
            }),
            heads,
            seen: Mutex::default(),
            found: watch::Sender::new(Found::NotChecked),
            checking: tokio::sync::Mutex::default(),
            keeping: tokio::sync::Mutex::default(),
            logged: Mutex::default(),
        }
    }

    /// Waits until it was checked; `None` where it can't be read.
    pub async fn report(&self) -> Option<Arc<RecordReport>> {
        match self.checked().await {
            Found::Report(report) => Some(report),
            Found::NotChecked | Found::NotRead(_) => None,
        }
    }

    /// Waits until it was checked, and says why nothing may be deleted, where that is so.
    pub async fn allows_deletes(&self) -> Result<(), Failure> {
        let found = self.checked().await;
        allows_deletes(&found)
    }

    /// Says by the last check, if there was one, why nothing may be deleted, where that is so.
    pub fn still_allows_deletes(&self) -> Result<(), Failure> {
        allows_deletes(&self.found.borrow())
    }

    /// Whether it is what the app wrote, or a person has seen where not.
    pub fn is_trusted(&self) -> bool {
        let found = self.found.borrow();
        matches!(*found, Found::Report(_)) && allows_deletes(&found).is_ok()
    }

    /// Whether there is something that a check has found.
    pub fn is_known(&self) -> bool {
        matches!(*self.found.borrow(), Found::Report(_))
    }

    /// Takes in what a check found. One that failed takes nothing back.
    pub fn found(&self, found: Found) {
        self.found.send_if_modified(|known| {
            let counts = matches!(found, Found::Report(_)) || !matches!(known, Found::Report(_));
            if counts {
                *known = found;
            }
            counts
        });
    }

    /// A person has seen this in this run.
    pub fn is_seen_now(&self, check: &RecordCheck) {
        *self.seen() = Some(check.clone());
    }

    /// Whether a person has seen this in this run.
    pub fn was_seen(&self, check: &RecordCheck) -> bool {
        let seen = self.seen();
        seen.as_ref().is_some_and(|seen| seen.finds_the_same(check))
    }

    fn seen(&self) -> MutexGuard<'_, Option<RecordCheck>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what the last check found names this head, and was seen.
    pub fn is_known_not_to_fit(&self, head: RecordHead) -> bool {
        match &*self.found.borrow() {
            Found::Report(report) if report.check.is_seen => {
                let mut unfitting = report.check.unfitting.iter();
                unfitting.any(|(unfitting, _)| *unfitting == head)
            }
            _ => false,
        }
    }

    /// Has nobody wait for a check that ends without a word.
    pub const fn begun(&self) -> Begun<'_> {
        Begun(self)
    }

    /// Whether the log was not told of the last entry on this day yet; from now on it was.
    pub fn is_new_in_log(&self, today: Date) -> bool {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        logged.replace(today) != Some(today)
    }

    async fn checked(&self) -> Found {
        let mut found = self.found.subscribe();
        let checked = found
            .wait_for(|found| !matches!(found, Found::NotChecked))
            .await;
        // The sender is this one's own.
        checked.map_or(Found::NotChecked, |found| found.clone())
    }

    /// Reads what is kept elsewhere.
    pub async fn read_kept(&self) -> RecordComparison {
        let Some(heads) = &self.heads else {
            return RecordComparison::NothingKept;
        };
        let read = match heads.read().await {
            Ok(kept) => kept.map_or(RecordComparison::NothingKept, RecordComparison::With),
            Err(error) => {
                tracing::info!(%error, "the record is not compared with the keychain");
                RecordComparison::NotRead
            }
        };
        *self.last_read() = read;
        read
    }

    /// What was read last of what is kept elsewhere.
    pub fn kept(&self) -> RecordComparison {
        *self.last_read()
    }

    /// Keeps this elsewhere. Where that does not work it may be kept later all the same: until it is read
    /// again, it is not known what is.
    pub async fn keep(&self, kept: KeptHead) -> Result<(), KeychainError> {
        let Some(heads) = &self.heads else {
            return Ok(());
        };
        let written = heads.write(kept).await;
        *self.last_read() = match &written {
            Ok(()) => RecordComparison::With(kept),
            Err(_) => RecordComparison::NotRead,
        };
        written
    }

    fn last_read(&self) -> MutexGuard<'_, RecordComparison> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A check that has begun.
pub struct Begun<'a>(&'a RecordStanding);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.0.found.send_if_modified(|found| {
            let is_left = matches!(found, Found::NotChecked);
            if is_left {
                let technical = "the check of the record did not come to its end";
                let failure = Failure::new(FailureKind::Internal, Timestamp::now(), technical);
                *found = Found::NotRead(failure);
            }
            is_left
        });
    }
}

fn allows_deletes(found: &Found) -> Result<(), Failure> {
    match found {
        Found::Report(report) if !report.check.is_whole() && !report.check.is_seen => {
            let words = report.check.in_words();
            Err(Failure::new(
                FailureKind::RecordTampered,
                Timestamp::now(),
                words,
            ))
        }
        Found::NotRead(failure) => Err(failure.clone()),
        Found::Report(_) | Found::NotChecked => Ok(()),
    }
}
