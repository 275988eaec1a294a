use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use tokio::sync::watch;

use super::fault::Call;
use super::query::doctor_of;

/// A request that the practice service received, and what it sent.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Which connection it came on, counted from 1.
    pub connection: u64,
    /// The method as sent.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, percent signs and all.
    pub query: Option<String>,
    /// Which call of the contract it is, by its path and method.
    pub call: Option<Call>,
    /// The doctor that it names, in NFC.
    pub doctor: Option<String>,
    /// Whether it carried an `Authorization` of any kind.
    pub has_authorization: bool,
    /// The other headers, in lower case; values that are not UTF-8 with replacement characters.
    pub headers: Vec<(String, String)>,
    /// The status that it was answered with; `None` while there is none.
    pub status: Option<u16>,
    /// How many bytes of the answer's body were handed to the connection. What a caller that
    /// hangs up has read can be less, by as much as the buffers on the way hold.
    pub bytes_sent: u64,
}

/// Every request since the start, in order of arrival.
#[derive(Clone, Default)]
pub struct RequestLog {
    entries: Arc<Mutex<Vec<RequestRecord>>>,
    /// Of each call: how many of all requests, from the first on, stall no longer.
    ended_stalls: watch::Sender<HashMap<Call, usize>>,
}

/// One request's place in the log.
#[derive(Clone)]
pub struct RequestEntry {
    log: RequestLog,
    place: usize,
    call: Option<Call>,
}

impl RequestRecord {
    /// A header's value, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Names are personal: what tests and logs print shows none.
impl fmt::Debug for RequestRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "#{} {} {} -> {:?}, {} bytes",
            self.connection, self.method, self.path, self.status, self.bytes_sent
        )
    }
}

impl RequestLog {
    /// Takes a request in.
    pub fn received(&self, connection: u64, request: &Parts, call: Option<Call>) -> RequestEntry {
        let query = request.uri.query();
        let record = RequestRecord {
            connection,
            method: request.method.to_string(),
            path: request.uri.path().to_owned(),
            query: query.map(ToOwned::to_owned),
            call,
            doctor: doctor_of(query),
            has_authorization: request.headers.contains_key("authorization"),
            headers: without_secrets(&request.headers),
            status: None,
            bytes_sent: 0,
        };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(record);
        RequestEntry {
            log: self.clone(),
            place: entries.len() - 1,
            call,
        }
    }

    /// All requests until now.
    pub fn all(&self) -> Vec<RequestRecord> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends the stalls of all requests until now that are this call, those included that were to come.
    pub fn end_stalls(&self, call: Call) {
        let received = self
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        self.ended_stalls.send_modify(|ended| {
            ended.insert(call, received);
        });
    }
}

impl RequestEntry {
    /// Notes the answer's status.
    pub fn answered(&self, status: u16) {
        self.change(|record| record.status = Some(status));
    }

    /// Notes that more of the body went out.
    pub fn sent(&self, bytes: u64) {
        self.change(|record| record.bytes_sent += bytes);
    }

    /// Waits for so long, or until stalls are ended.
    pub async fn stall(&self, time: Duration) {
        let mut ended_stalls = self.log.ended_stalls.subscribe();
        let ended = ended_stalls.wait_for(|ended| {
            let of_call = self.call.and_then(|call| ended.get(&call));
            of_call.is_some_and(|ended| self.place < *ended)
        });
        drop(tokio::time::timeout(time, ended).await);
    }

    fn change(&self, change: impl FnOnce(&mut RequestRecord)) {
        let mut entries = self
            .log
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = entries.get_mut(self.place) {
            change(record);
        }
    }
}

fn without_secrets(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| *name != "authorization")
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        })
        .collect()
}
