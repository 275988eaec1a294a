//! Asking for acts of the audit record.

use std::sync::Arc;

use jiff::ZonedDateTime;
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params_from_iter};
use serde::de::IgnoredAny;

use crate::domain::{
    Act, ActChoices, ActFilter, AuditAction, DoctorName, OutcomeGroup, Sha256Digest, in_lower_case,
};
use crate::store::audit_record::entry_in;
use crate::store::value_codec::{count_from_column, count_to_column, name_from_column};
use crate::store::{Store, StoreError};

/// How many acts are searched for words before other requests get their turn, and the search can be given
/// up.
const SEARCHED_AT_ONCE: usize = 500;

/// How many entries of an act are read: far more than any has that the app wrote.
const STEPS: i64 = 1_000;

impl Store {
    /// Up to `limit` acts that fit the filter and began before the one with the number `before`, newest
    /// first. Where the future is dropped, a search for words is given up.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn acts(
        &self,
        filter: ActFilter,
        mut before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Act>, StoreError> {
        self.bring_acts_up_to_date().await;
        let question = Arc::new(Question::of(filter));
        let at_once = if question.words.is_empty() {
            limit
        } else {
            SEARCHED_AT_ONCE
        };
        let mut found = Vec::new();
        loop {
            let question = question.clone();
            let page = self
                .reader
                .ask(move |connection| question.page(connection, before, at_once))
                .await?;
            found.extend(page.acts);
            before = page.goes_on_before;
            if before.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    /// Whom and what acts can be asked for by.
    ///
    /// # Errors
    /// [`StoreError`] where the record can't be read.
    pub async fn act_choices(&self) -> Result<ActChoices, StoreError> {
        self.bring_acts_up_to_date().await;
        self.reader
            .ask(|connection| {
                // What is no name was not derived by the app: the others can be chosen all the same.
                let doctors = each(connection, "doctor")?;
                let doctors = doctors
                    .iter()
                    .filter_map(|name| name_from_column(name).ok());
                let mut doctors: Vec<DoctorName> = doctors.collect();
                doctors.sort_by_cached_key(|name| in_lower_case(name.as_str()));
                let mut people = each(connection, "who")?;
                people.sort_by_cached_key(|name| in_lower_case(name));
                Ok(ActChoices { doctors, people })
            })
            .await
    }
}

/// What is asked for.
struct Question {
    filter: ActFilter,
    /// The words, in lower case.
    words: String,
    /// The same as they stand in an entry's text.
    escaped: String,
}

/// What a part of a search came to.
struct Page {
    acts: Vec<Act>,
    /// The act before which it goes on, where not all were looked at.
    goes_on_before: Option<u64>,
}

impl Question {
    fn of(filter: ActFilter) -> Self {
        let words = in_lower_case(filter.text.trim());
        let escaped = serde_json::Value::from(words.as_str()).to_string();
        Self {
            escaped: escaped.trim_matches('"').to_owned(),
            words,
            filter,
        }
    }

    fn page(
        &self,
        connection: &Connection,
        before: Option<u64>,
        at_once: usize,
    ) -> Result<Page, StoreError> {
        let firsts = self.firsts(connection, before, at_once)?;
        let last = firsts.last().copied().filter(|_| firsts.len() == at_once);
        let mut reading = Reading::begin(connection)?;
        let mut acts = Vec::new();
        for first in firsts {
            if !self.words.is_empty() && !reading.may_hold(first, &self.escaped)? {
                continue;
            }
            let act = reading.act(first)?;
            let fits = self.words.is_empty() || act.damaged().is_some() || act.holds(&self.words);
            acts.extend(Some(act).filter(|act| fits && !act.steps.is_empty()));
        }
        Ok(Page {
            acts,
            goes_on_before: last.map(count_from_column).transpose()?,
        })
    }

    /// The numbers of the acts that all but the words fit.
    fn firsts(
        &self,
        connection: &Connection,
        before: Option<u64>,
        at_once: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let before = before.map_or(Ok(i64::MAX), count_to_column)?;
        let mut conditions = vec!["first < ? AND first > 0".to_owned()];
        let mut values = vec![Value::from(before)];
        let filter = &self.filter;
        if let Some(since) = filter.period.since(&ZonedDateTime::now()) {
            let since = since.as_millisecond();
            let earliest = earliest_since(connection, since)?.unwrap_or(i64::MAX);
            // The clock may have been set back meanwhile: the number alone does not tell.
            conditions.extend(["first >= ?".to_owned(), "+at >= ?".to_owned()]);
            values.extend([Value::from(earliest), Value::from(since)]);
        }
        let doctor = filter.doctor.as_ref().map(DoctorName::as_str);
        let equal = [
            ("doctor", doctor),
            ("who", filter.who.as_deref()),
            ("outcome", filter.outcome.map(OutcomeGroup::code)),
            ("action", filter.action.map(AuditAction::code)),
        ];
        let equal = equal
            .into_iter()
            .filter_map(|(column, value)| Some((column, value?)));
        for (index, (column, value)) in equal.enumerate() {
            // By the first, which leaves the fewest, they are found: a plus keeps the index of another
            // out of it.
            let plus = if index == 0 { "" } else { "+" };
            conditions.push(format!("{plus}{column} = ?"));
            values.push(value.to_owned().into());
        }
        let limit = i64::try_from(at_once).unwrap_or(i64::MAX);
        values.extend([Value::from(before), Value::from(limit)]);
        // Of what was not what the app wrote when it was taken in nobody knows what it was: it is let
        // through by every filter.
        let mut statement = connection.prepare(&format!(
            "SELECT first FROM acts WHERE {}
             UNION SELECT first FROM acts WHERE operation IS NULL AND first < ? AND first > 0
             ORDER BY first DESC LIMIT ?",
            conditions.join(" AND ")
        ))?;
        let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The smallest number of an act since then.
fn earliest_since(connection: &Connection, since: i64) -> Result<Option<i64>, StoreError> {
    // Without the plus all acts before it would be looked at, in the order of their numbers.
    let mut statement = connection
        .prepare("SELECT min(+first) FROM acts INDEXED BY acts_by_time WHERE at >= ?1")?;
    Ok(statement.query_one([since], |row| row.get(0))?)
}

/// Reads acts one after the other.
struct Reading<'connection> {
    texts: Statement<'connection>,
    entries: Statement<'connection>,
}

impl<'connection> Reading<'connection> {
    fn begin(connection: &'connection Connection) -> Result<Self, StoreError> {
        Ok(Self {
            texts: connection.prepare(
                "SELECT canonical, digest FROM steps LEFT JOIN audit ON audit.number = steps.number
                 WHERE act = ?1 LIMIT ?2",
            )?,
            entries: connection.prepare(
                "SELECT steps.number, canonical, digest
                 FROM steps LEFT JOIN audit ON audit.number = steps.number
                 WHERE act = ?1 ORDER BY steps.number LIMIT ?2",
            )?,
        })
    }

    /// Whether `escaped` stands anywhere in the text of an entry, or one is plainly not what the app wrote:
    /// few need be read for a search then.
    fn may_hold(&mut self, first: i64, escaped: &str) -> Result<bool, StoreError> {
        let mut rows = self.texts.query((first, STEPS))?;
        while let Some(row) = rows.next()? {
            let canonical = row.get_ref(0)?.as_str().unwrap_or_default();
            let digest = row.get_ref(1)?.as_blob().unwrap_or_default();
            if in_lower_case(canonical).contains(escaped)
                || serde_json::from_str::<IgnoredAny>(canonical).is_err()
                || Sha256Digest::of(canonical.as_bytes()).as_bytes() != digest
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn act(&mut self, first: i64) -> Result<Act, StoreError> {
        let mut rows = self.entries.query((first, STEPS))?;
        let mut steps = Vec::new();
        while let Some(row) = rows.next()? {
            steps.push(entry_in(row)?);
        }
        Ok(Act {
            first: count_from_column(first)?,
            steps,
        })
    }
}

/// Each value of an indexed column, once: of many acts only as many are looked at.
fn each(connection: &Connection, column: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(&format!(
        "WITH RECURSIVE each (value) AS (
            SELECT min({column}) FROM acts
            UNION ALL
            SELECT (SELECT min({column}) FROM acts WHERE {column} > each.value)
            FROM each WHERE each.value IS NOT NULL
        )
        SELECT value FROM each WHERE value IS NOT NULL"
    ))?;
    let mut rows = statement.query([])?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.extend(row.get_ref(0)?.as_str().ok().map(str::to_owned));
    }
    Ok(values)
}
