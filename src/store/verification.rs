//! A check of the whole audit record: every digest is computed anew, and the chain is followed.

use std::collections::VecDeque;

use aws_lc_rs::digest::{Context, SHA256};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::{
    AuditAction, AuditEntry, AuditOutcome, GENESIS, RecordCheck, RecordFault, RecordFaultKind,
    RecordHead, Sha256Digest,
};
use crate::store::audit_record::head_as_written;
use crate::store::value_codec::count_to_column;
use crate::store::{Store, StoreError, acts};

/// How many entries are checked before other requests get their turn.
const CHECKED_AT_ONCE: u64 = 1_000;

impl Store {
    /// Checks the record from the first entry to the last, and holds it against heads that were kept
    /// elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read; what was done to it is in the answer.
    pub async fn check_record(
        &self,
        kept_elsewhere: Vec<RecordHead>,
    ) -> Result<RecordCheck, StoreError> {
        self.bring_acts_up_to_date().await;
        let mut verification = Verification::against(kept_elsewhere);
        loop {
            let step = move |connection: &mut Connection| verification.step(connection);
            match self.reader.ask(step).await? {
                Step::GoesOn(so_far) => verification = *so_far,
                Step::Done(check, acts_fit) => {
                    if !acts_fit {
                        self.mend_acts().await;
                    }
                    return Ok(*check);
                }
            }
        }
    }

    /// What is derived of the record is no part of it: where it doesn't fit, it is only made anew.
    async fn mend_acts(&self) {
        let mended = self.writer.ask(|connection| {
            acts::mend(connection, &"they did not fit");
            Ok(())
        });
        if let Err(error) = mended.await {
            tracing::warn!(%error, "the acts do not fit the record");
        }
    }
}

/// How many entries are looked for that others name, each among all.
const MOST_LOOKED_FOR: u32 = 100;

/// What a step came to.
enum Step {
    GoesOn(Box<Verification>),
    /// What was found, and whether the acts that are derived of the record are left as they are.
    Done(Box<RecordCheck>, bool),
}

/// A check that goes on.
struct Verification {
    /// The row that is read next, or one behind it.
    next: i64,
    /// The entry that was read last.
    last: Option<Last>,
    /// Heads kept elsewhere that were not come to yet, by number.
    heads: VecDeque<RecordHead>,
    has_heads: bool,
    /// The number of the last of them that the record fits.
    fits_until: u64,
    unfitting: Vec<(RecordHead, RecordFault)>,
    faults: Faults,
    /// How many entries were looked for that others name.
    looked_for: u32,
    /// The entry that was read last names another than the one before it.
    follows_another: Option<Follows>,
    /// The words of the findings that a person has seen, with the number of the entry that says so.
    seen: Vec<(u64, String)>,
    /// The entries of this step with their numbers; without one that is not as the app wrote it.
    read: Vec<(u64, Option<AuditEntry>)>,
    /// Whether the acts that are derived of the record fit it.
    acts_fit: bool,
}

/// An entry that names another than the one before it.
struct Follows {
    number: u64,
    /// The digest that it names.
    named: Sha256Digest,
    /// That of the entry before it.
    stands: Sha256Digest,
}

/// An entry that was read.
struct Last {
    number: u64,
    /// The digest kept beside it, and the one computed anew: where they differ, one of them is what the
    /// app wrote.
    digests: [Sha256Digest; 2],
}

/// The faults so far, and the digest of all of them.
struct Faults {
    named: Vec<RecordFault>,
    more: u64,
    all: Option<Context>,
}

impl Verification {
    fn against(mut heads: Vec<RecordHead>) -> Self {
        heads.sort_by_key(|head| head.number);
        Self {
            next: i64::MIN,
            last: None,
            has_heads: !heads.is_empty(),
            heads: heads.into(),
            fits_until: 0,
            unfitting: Vec::new(),
            faults: Faults {
                named: Vec::new(),
                more: 0,
                all: None,
            },
            looked_for: 0,
            follows_another: None,
            seen: Vec::new(),
            read: Vec::new(),
            acts_fit: true,
        }
    }

    /// Reads on. The end is read in one transaction with what the app wrote last: it may write on
    /// meanwhile.
    fn step(mut self, connection: &mut Connection) -> Result<Step, StoreError> {
        let transaction = connection.transaction()?;
        let (mut read, from) = (0, self.next);
        let before = from.saturating_sub(1);
        {
            let mut statement = transaction.prepare(
                "SELECT number, canonical, digest FROM audit
                 WHERE number >= ?1 ORDER BY number LIMIT ?2",
            )?;
            let mut rows = statement.query((from, count_to_column(CHECKED_AT_ONCE)?))?;
            while let Some(row) = rows.next()? {
                read += 1;
                self.take(row)?;
                self.find_foreign(&transaction)?;
            }
        }
        if read == CHECKED_AT_ONCE {
            let until = self.next.saturating_sub(1);
            self.look_at_acts(&transaction, |connection| {
                acts::begin_and_end(connection, before, until)
            });
            return Ok(Step::GoesOn(Box::new(self)));
        }
        let written = head_as_written(&transaction)?;
        let last = written
            .map_or(0, |written| written.number)
            .max(self.last_number());
        self.look_at_acts(&transaction, |connection| {
            Ok(acts::begin_and_end(connection, before, i64::MAX)?
                && acts::hold_together(connection)?)
        });
        let mut acts_fit = self.acts_fit;
        let check = self.end(written);
        match acts::end_with(&transaction, last) {
            Ok(true) => {}
            // They may be all that is left of entries that somebody cut off.
            Ok(false) if !check.is_whole() => {
                tracing::warn!("acts are kept that reach beyond the record's end");
            }
            Ok(false) | Err(_) => acts_fit = false,
        }
        Ok(Step::Done(Box::new(check), acts_fit))
    }

    /// Whether the acts fit the entries that were read now, and one thing more. Where that can't be read
    /// they don't: the record itself is checked all the same.
    fn look_at_acts(
        &mut self,
        connection: &Connection,
        more: impl FnOnce(&Connection) -> Result<bool, StoreError>,
    ) {
        let read = std::mem::take(&mut self.read);
        let fit = acts::fit(connection, &read).and_then(|fit| Ok(fit && more(connection)?));
        self.acts_fit &= fit.unwrap_or_else(|error| {
            tracing::warn!(%error, "the acts of the record can't be read");
            false
        });
    }

    fn take(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        let stored: i64 = row.get(0)?;
        self.next = stored.saturating_add(1);
        let canonical = row.get_ref(1)?.as_bytes().unwrap_or_default();
        let digest = row.get_ref(2)?.as_bytes().unwrap_or_default();
        let Some(number) = u64::try_from(stored).ok().filter(|number| *number > 0) else {
            self.faults.add((0, 0), RecordFaultKind::NoEntry, &[]);
            return Ok(());
        };
        let expected = self.last_number() + 1;
        let is_next = number == expected;
        let computed = Sha256Digest::of(canonical);
        let before = self.last.as_ref().map_or(GENESIS, |last| last.digests[1]);
        if !is_next {
            let gap = (expected, number - 1);
            self.faults
                .add(gap, RecordFaultKind::Missing, &[before, computed]);
        }
        let kept = <[u8; 32]>::try_from(digest).ok();
        let kept = kept.map(Sha256Digest::from_bytes);
        let entry = std::str::from_utf8(canonical)
            .ok()
            .and_then(AuditEntry::from_canonical)
            .filter(|entry| entry.number == number);
        let fault = match &entry {
            _ if kept != Some(computed) => Some(RecordFaultKind::Changed),
            None => Some(RecordFaultKind::NoEntry),
            Some(entry) if is_next && !self.ends_with(entry.previous) => {
                let follows = Follows {
                    number,
                    named: entry.previous,
                    stands: before,
                };
                self.follows_another = Some(follows);
                None
            }
            Some(_) => None,
        };
        let digests = [kept.unwrap_or(computed), computed];
        if let Some(kind) = fault {
            self.faults.add((number, number), kind, &digests);
        }
        self.last = Some(Last { number, digests });
        self.compare_with_heads(number);
        let is_as_written = !matches!(
            fault,
            Some(RecordFaultKind::Changed | RecordFaultKind::NoEntry)
        );
        let seen = entry.as_ref().and_then(seen);
        self.seen.extend(seen.map(|words| (number, words)));
        self.read.push((number, entry.filter(|_| is_as_written)));
        Ok(())
    }

    /// Whether the entry behind the last one names that, or the app wrote it last.
    fn is_vouched_for(&self, connection: &Connection) -> Result<bool, StoreError> {
        let Some(last) = &self.last else {
            return Ok(false);
        };
        let next: Option<Vec<u8>> = connection
            .query_row(
                "SELECT CAST(canonical AS BLOB) FROM audit WHERE number = ?1",
                [count_to_column(last.number + 1)?],
                |row| row.get(0),
            )
            .optional()?;
        let previous = match next {
            Some(text) => std::str::from_utf8(&text)
                .ok()
                .and_then(AuditEntry::from_canonical)
                .map(|entry| entry.previous),
            None => head_as_written(connection)?
                .filter(|written| written.number == last.number)
                .map(|written| written.digest),
        };
        Ok(previous == Some(last.digests[1]))
    }

    /// Where the last entry names another than the one before it: an earlier one, behind which somebody
    /// added others, or none.
    fn find_foreign(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Some(follows) = self.follows_another.take() else {
            return Ok(());
        };
        let Follows {
            number,
            named,
            stands,
        } = follows;
        let mut earlier = None;
        // Each is looked for among all entries. An entry that is not vouched for itself tells nothing of
        // others.
        if self.looked_for < MOST_LOOKED_FOR && self.is_vouched_for(connection)? {
            self.looked_for += 1;
            earlier = connection
                .query_row(
                    "SELECT max(number) FROM audit WHERE digest = ?1 AND number BETWEEN 1 AND ?2",
                    params![named.as_bytes(), count_to_column(number - 1)?],
                    |row| row.get::<_, Option<i64>>(0),
                )?
                .and_then(|earlier| u64::try_from(earlier).ok())
                .filter(|earlier| !self.faults.are_at(*earlier));
        }
        if let Some(earlier) = earlier {
            let added = (earlier + 1, number - 1);
            self.faults
                .add(added, RecordFaultKind::NotWritten, &[stands]);
        } else {
            let place = (number, number);
            self.faults
                .add(place, RecordFaultKind::DoesNotFollow, &[named, stands]);
        }
        Ok(())
    }

    fn last_number(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.number)
    }

    /// Whether the last entry has this digest.
    fn ends_with(&self, digest: Sha256Digest) -> bool {
        self.last
            .as_ref()
            .map_or(digest == GENESIS, |last| last.digests.contains(&digest))
    }

    fn compare_with_heads(&mut self, number: u64) {
        while let Some(head) = self.heads.pop_front_if(|head| head.number <= number) {
            if head.number < number {
                // It is named as missing.
                continue;
            }
            if self.ends_with(head.digest) {
                self.fits_until = number;
            } else {
                let fault = RecordFault {
                    first: self.fits_until + 1,
                    last: number,
                    kind: RecordFaultKind::NotAsKept,
                };
                self.unfitting.push((head, fault));
            }
        }
    }

    /// All was read; `written` is the last entry that the app wrote.
    fn end(mut self, written: Option<RecordHead>) -> RecordCheck {
        let last = self.last_number();
        let mut known_until = last;
        let digests = self.last.as_ref().map_or([GENESIS; 2], |last| last.digests);
        let stands = digests[1];
        if let Some(written) = written {
            if written.number > last {
                let cut_off = (last + 1, written.number);
                self.faults
                    .add(cut_off, RecordFaultKind::Missing, &[stands]);
                known_until = written.number;
            } else if written.number < last {
                let added = (written.number + 1, last);
                self.faults
                    .add(added, RecordFaultKind::NotWritten, &[stands]);
            } else if !self.ends_with(written.digest) {
                let place = (last, last);
                self.faults.add(place, RecordFaultKind::Changed, &digests);
            }
        }
        for head in std::mem::take(&mut self.heads) {
            if head.number > known_until {
                let fault = RecordFault {
                    first: known_until + 1,
                    last: head.number,
                    kind: RecordFaultKind::Missing,
                };
                self.unfitting.push((head, fault));
            }
        }
        let Faults { named, more, all } = self.faults;
        let mut check = RecordCheck {
            head: self.last.map(|last| RecordHead {
                number: last.number,
                digest: last.digests[1],
            }),
            faults: named,
            more_faults: more,
            findings: all.map(digest_of),
            unfitting: self.unfitting,
            is_seen: false,
        };
        // Anybody can add an entry that says so: where an entry is kept elsewhere, it has to stand before
        // that one.
        let trusted = |number: u64| !self.has_heads || number <= self.fits_until;
        let mut seen = self.seen.iter().filter(|(number, _)| trusted(*number));
        check.is_seen = check.findings.is_some()
            && check.unfitting.is_empty()
            && seen.any(|(_, words)| check.findings_are_in(words));
        check
    }
}

/// What an entry says that a person has seen.
fn seen(entry: &AuditEntry) -> Option<String> {
    let draft = &entry.draft;
    let is_seen = draft.action == AuditAction::CheckRecord && draft.outcome == AuditOutcome::Seen;
    draft.note.clone().filter(|_| is_seen)
}

impl Faults {
    /// Whether there are as many as are named.
    const fn are_many(&self) -> bool {
        self.named.len() >= RecordCheck::MOST_FAULTS
    }

    /// Whether something is wrong with an entry.
    fn are_at(&self, number: u64) -> bool {
        let mut named = self.named.iter();
        named.any(|fault| (fault.first..=fault.last).contains(&number))
    }

    /// `digests` are those of what stands there: another change of the same place is another fault.
    fn add(&mut self, (first, last): (u64, u64), kind: RecordFaultKind, digests: &[Sha256Digest]) {
        let all = self.all.get_or_insert_with(|| Context::new(&SHA256));
        all.update(format!("{first} {last} {kind}").as_bytes());
        for digest in digests {
            all.update(format!(" {digest}").as_bytes());
        }
        all.update(b"\n");
        let goes_on = |before: &&mut RecordFault| before.kind == kind && before.last + 1 == first;
        if self.more > 0 {
            self.more += 1;
        } else if let Some(before) = self.named.last_mut().filter(goes_on) {
            before.last = last;
        } else if !self.are_many() {
            self.named.push(RecordFault { first, last, kind });
        } else {
            self.more = 1;
        }
    }
}

fn digest_of(context: Context) -> Sha256Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Sha256Digest::from_bytes(bytes)
}
