//! The acts of the audit record, derived from its entries.
//!
//! What is derived only orders entries and finds them: what is shown of an act comes from the entries
//! themselves. Entries are taken in soon after they are written, not with that: nothing that is wrong with
//! what is derived keeps the record from being written, read or checked. It can be made anew from the
//! entries at any time.

use rusqlite::{Connection, OptionalExtension as _, Row, Statement, TransactionBehavior, params};

use crate::domain::{AuditEntry, DoctorName, OutcomeGroup, who_of};
use crate::store::audit_record::entry_in;
use crate::store::migration::DERIVED;
use crate::store::value_codec::count_to_column;
use crate::store::{Store, StoreError};

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
                draft
                    .map_or(OutcomeGroup::NeedsALook, |draft| OutcomeGroup::of(
                        draft.outcome
                    ))
                    .code(),
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

/// How many entries are taken in before other requests get their turn.
const TAKEN_AT_ONCE: i64 = 5_000;

impl Store {
    /// Takes in what was recorded since that was done last: all of it in a database of an older version.
    pub(super) async fn bring_acts_up_to_date(&self) {
        let some = |connection: &mut Connection| Ok(take_in_some(connection));
        while self.writer.ask(some).await == Ok(true) {}
    }
}

/// Takes in some of what was recorded since; whether there may be more. Where that doesn't go the acts are
/// made anew; where that doesn't go either they stay as they are.
pub(super) fn take_in_some(connection: &mut Connection) -> bool {
    let is_more = catch_up(connection);
    is_more.unwrap_or_else(|error| {
        mend(connection, &error);
        false
    })
}

/// Makes the acts anew, because of what was found.
pub(super) fn mend(connection: &mut Connection, because: &dyn std::fmt::Display) {
    match make_anew(connection) {
        Ok(()) => tracing::warn!(%because, "the acts of the record were made anew"),
        Err(error) => tracing::warn!(%because, %error, "the acts of the record do not fit it"),
    }
}

/// Takes in some of the entries behind the last that was taken in; whether there may be more.
fn catch_up(connection: &mut Connection) -> Result<bool, StoreError> {
    const NEXT: &str = "SELECT number FROM audit WHERE number > ?1 ORDER BY number LIMIT 1";
    let taken = taken_until(connection)?;
    let next: Option<i64> = connection
        .query_row(NEXT, [taken], |row| row.get(0))
        .optional()?;
    let Some(next) = next else {
        return Ok(false);
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = take_from(&transaction, next, TAKEN_AT_ONCE)?;
    transaction.commit()?;
    Ok(taken == TAKEN_AT_ONCE)
}

/// The number of the last entry that was taken in, or 0.
fn taken_until(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_one(
        "SELECT max(0, coalesce(max(number), 0)) FROM steps",
        [],
        |row| row.get(0),
    )?)
}

/// Makes the acts anew from all entries, with the tables that they stand in.
fn make_anew(connection: &mut Connection) -> Result<(), StoreError> {
    make_anew_after(connection, drop_tables).or_else(|error| match error {
        StoreError::Damaged(_) => make_anew_after(connection, forget_tables),
        error => Err(error),
    })
}

fn make_anew_after(
    connection: &mut Connection,
    take_away: fn(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let triggers = foreign_triggers(&transaction)?;
    take_away(&transaction)?;
    transaction.execute_batch(DERIVED)?;
    take_from(&transaction, 1, i64::MAX)?;
    // They are for `Store::mend_guards` to take away, which records that.
    for trigger in triggers {
        if let Err(error) = transaction.execute_batch(&trigger) {
            let error = StoreError::from(error);
            tracing::warn!(%error, "a foreign trigger is gone");
        }
    }
    Ok(transaction.commit()?)
}

/// What made the triggers on the derived tables, which have none of the app's.
fn foreign_triggers(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_schema
         WHERE type = 'trigger' AND lower(tbl_name) IN ('acts', 'steps')",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn drop_tables(connection: &Connection) -> Result<(), StoreError> {
    let kinds = {
        let mut statement = connection.prepare(
            "SELECT type, name FROM sqlite_schema
             WHERE type IN ('table', 'view') AND lower(name) IN ('acts', 'steps')",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<Vec<(String, String)>, _>>()?
    };
    for (kind, name) in kinds {
        connection.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    Ok(())
}

/// Takes them out of the schema alone: what their pages hold is damaged, so that they can't be dropped. The
/// pages stay unused in the file.
fn forget_tables(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "writable_schema", true)?;
    let forgotten = connection.execute(
        "DELETE FROM sqlite_schema WHERE lower(tbl_name) IN ('acts', 'steps')",
        [],
    );
    // It also lets the schema be read anew.
    connection.execute_batch("PRAGMA writable_schema = RESET")?;
    forgotten?;
    Ok(())
}

/// Takes in the entries from `first` on, so many at most; how many there were.
fn take_from(connection: &Connection, first: i64, at_most: i64) -> Result<i64, StoreError> {
    let mut statement = connection.prepare(
        "SELECT number, canonical, digest FROM audit WHERE number >= ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut rows = statement.query([first, at_most])?;
    let mut taking = Taking::begin(connection)?;
    let mut taken = 0;
    while let Some(row) = rows.next()? {
        match entry_in(row)? {
            Ok(entry) => taking.take(entry.number, Some(&entry))?,
            Err(damaged) => taking.take(damaged.number, None)?,
        }
        taken += 1;
    }
    Ok(taken)
}

/// Whether what is derived fits these entries, each with its number; of one that is not what the app wrote
/// no more is asked than that it is part of an act, and nothing of those that were not taken in yet.
pub(super) fn fit(
    connection: &Connection,
    entries: &[(u64, Option<AuditEntry>)],
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare(
        "SELECT first, last, operation, action, outcome, doctor, who, at
         FROM steps JOIN acts ON first = act WHERE number = ?1",
    )?;
    let taken = taken_until(connection)?;
    for (number, entry) in entries {
        let number = count_to_column(*number)?;
        if number > taken {
            break;
        }
        let fits = statement
            .query_row([number], |row| fits(row, number, entry.as_ref()))
            .optional()?;
        if fits != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn fits(row: &Row<'_>, number: i64, entry: Option<&AuditEntry>) -> Result<bool, rusqlite::Error> {
    let whole_number = |column: usize| row.get_ref(column).map(|value| value.as_i64().ok());
    let text = |column: usize| row.get_ref(column).map(|value| value.as_str().ok());
    let (Some(first), Some(last)) = (whole_number(0)?, whole_number(1)?) else {
        return Ok(false);
    };
    let Some(draft) = entry.map(|entry| &entry.draft) else {
        return Ok(true);
    };
    if text(2)? != Some(draft.operation.as_str()) || !(first..=last).contains(&number) {
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

/// Whether the tables and their indexes are those that this version makes, and hold together.
pub(super) fn hold_together(connection: &Connection) -> Result<bool, StoreError> {
    let model = Connection::open_in_memory()?;
    model.execute_batch(DERIVED)?;
    if schema(connection)? != schema(&model)? {
        return Ok(false);
    }
    for check in [
        "PRAGMA integrity_check('acts')",
        "PRAGMA integrity_check('steps')",
    ] {
        let verdict: String = connection.query_row(check, [], |row| row.get(0))?;
        if verdict != "ok" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names of the tables and of the indexes, each with what made it; `None` of one that a table has by
/// itself.
fn schema(connection: &Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema
         WHERE type <> 'trigger' AND lower(tbl_name) IN ('acts', 'steps') ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether no entry is taken in that can't be there, as the last that ever was has the number `last`.
pub(super) fn end_with(connection: &Connection, last: u64) -> Result<bool, StoreError> {
    Ok(connection.query_one(
        "SELECT NOT EXISTS (SELECT 1 FROM steps WHERE number < 1 OR number > ?1)",
        [count_to_column(last)?],
        |row| row.get(0),
    )?)
}
