//! The acts of the audit record, derived from its entries.
//!
//! What is derived only orders entries and finds them: what is shown of an act comes from the entries
//! themselves. It can be made anew from them at any time.

use rusqlite::{Connection, OptionalExtension as _, Row, Statement, TransactionBehavior, params};

use crate::domain::{AuditEntry, DoctorName, OutcomeGroup, who_of};
use crate::store::StoreError;
use crate::store::audit_record::entry_in;
use crate::store::value_codec::count_to_column;

/// Takes in an entry that was appended.
pub(super) fn take(connection: &Connection, entry: &AuditEntry) -> Result<(), StoreError> {
    Taking::begin(connection)?.take(entry.number, Some(entry))
}

/// Takes in one entry after the other.
struct Taking<'connection> {
    clear: Statement<'connection>,
    act: Statement<'connection>,
    step: Statement<'connection>,
}

impl<'connection> Taking<'connection> {
    fn begin(connection: &'connection Connection) -> Result<Self, StoreError> {
        Ok(Self {
            clear: connection.prepare("DELETE FROM acts WHERE first = ?1")?,
            act: connection.prepare(
                "INSERT INTO acts (first, operation, last, action, outcome, doctor, who, at)
                 VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (operation)
                 DO UPDATE SET last = excluded.last, outcome = excluded.outcome
                 RETURNING first",
            )?,
            step: connection
                .prepare("INSERT OR REPLACE INTO steps (number, act) VALUES (?1, ?2)")?,
        })
    }

    /// It begins an act or goes on with one. One that is not what the app writes is an act by itself.
    fn take(&mut self, number: u64, entry: Option<&AuditEntry>) -> Result<(), StoreError> {
        let number = count_to_column(number)?;
        let draft = entry.map(|entry| &entry.draft);
        // Whatever stands there is no reason to refuse an entry.
        self.clear.execute([number])?;
        let act: i64 = self.act.query_one(
            params![
                number,
                draft.map(|draft| draft.operation.as_str()),
                draft.map(|draft| draft.action.code()),
                draft.map(|draft| OutcomeGroup::of(draft.outcome).code()),
                draft.and_then(|draft| draft.doctor.as_ref().map(DoctorName::as_str)),
                draft.map(who_of),
                draft.map(|draft| draft.time.as_millisecond()),
            ],
            |row| row.get(0),
        )?;
        self.step.execute((number, act))?;
        Ok(())
    }
}

/// Takes in the entries behind the last that was taken in: all of them in a database of an older version.
pub(super) fn catch_up(connection: &mut Connection) -> Result<(), StoreError> {
    const NEXT: &str = "SELECT number FROM audit
        WHERE number > (SELECT max(0, coalesce(max(number), 0)) FROM steps) ORDER BY number LIMIT 1";
    let next: Option<i64> = connection
        .query_row(NEXT, [], |row| row.get(0))
        .optional()?;
    let Some(next) = next else {
        return Ok(());
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    take_from(&transaction, next)?;
    Ok(transaction.commit()?)
}

/// Makes the acts anew from all entries.
pub(super) fn make_anew(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch("DELETE FROM steps; DELETE FROM acts;")?;
    take_from(&transaction, 1)?;
    Ok(transaction.commit()?)
}

fn take_from(connection: &Connection, first: i64) -> Result<(), StoreError> {
    let mut statement = connection.prepare(
        "SELECT number, canonical, digest FROM audit WHERE number >= ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([first])?;
    let mut taking = Taking::begin(connection)?;
    while let Some(row) = rows.next()? {
        match entry_in(row)? {
            Ok(entry) => taking.take(entry.number, Some(&entry))?,
            Err(damaged) => taking.take(damaged.number, None)?,
        }
    }
    Ok(())
}

/// An entry beside the act that it is part of, joined to it as `step`.
pub(super) const JOINED: &str = "
    LEFT JOIN steps AS step ON step.number = audit.number
    LEFT JOIN acts AS act ON act.first = step.act";

/// The columns of [`JOINED`] that [`fits`] reads.
pub(super) const COLUMNS: &str =
    "step.act, act.operation, act.last, act.action, act.outcome, act.doctor,
    act.who, act.at";

/// Whether what is derived fits an entry; of one that is not what the app wrote no more is asked than that
/// it is part of an act. `from` is the first of [`COLUMNS`] in the row.
pub(super) fn fits(
    row: &Row<'_>,
    from: usize,
    number: u64,
    entry: Option<&AuditEntry>,
) -> Result<bool, StoreError> {
    let number = count_to_column(number)?;
    let whole_number = |column: usize| row.get_ref(from + column).map(|value| value.as_i64().ok());
    let text = |column: usize| row.get_ref(from + column).map(|value| value.as_str().ok());
    let (Some(first), Some(last)) = (whole_number(0)?, whole_number(2)?) else {
        return Ok(false);
    };
    let Some(draft) = entry.map(|entry| &entry.draft) else {
        return Ok(true);
    };
    if text(1)? != Some(draft.operation.as_str()) || !(first..=last).contains(&number) {
        return Ok(false);
    }
    let begins_it = text(3)? == Some(draft.action.code())
        && text(5)? == draft.doctor.as_ref().map(DoctorName::as_str)
        && text(6)? == Some(who_of(draft))
        && whole_number(7)? == Some(draft.time.as_millisecond());
    let ends_it = text(4)? == Some(OutcomeGroup::of(draft.outcome).code());
    Ok((number != first || begins_it) && (number != last || ends_it))
}

/// Whether each act whose number is above `after` and not above `until` begins and ends with an entry of
/// its own.
pub(super) fn begin_and_end(
    connection: &Connection,
    after: i64,
    until: i64,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare(
        "SELECT NOT EXISTS (
            SELECT 1 FROM acts
            LEFT JOIN steps AS begins ON begins.number = acts.first
            LEFT JOIN steps AS ends ON ends.number = acts.last
            WHERE acts.first > ?1 AND acts.first <= ?2
                AND (begins.act IS NOT acts.first OR ends.act IS NOT acts.first)
        )",
    )?;
    Ok(statement.query_one((after, until), |row| row.get(0))?)
}

/// Whether no entry is taken in that can't be there, as the last that ever was has the number `last`.
pub(super) fn end_with(connection: &Connection, last: u64) -> Result<bool, StoreError> {
    Ok(connection.query_one(
        "SELECT NOT EXISTS (SELECT 1 FROM steps WHERE number < 1 OR number > ?1)",
        [count_to_column(last)?],
        |row| row.get(0),
    )?)
}
