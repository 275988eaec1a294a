use crate::domain::{AuditEntry, ServiceOrigin};
use crate::engine::Unfinished;
use crate::store::{Store, StoreError, Transfer, WaitingDelete};

/// What earlier runs began and did not end.
#[derive(Default)]
pub struct LeftOver {
    pub transfers: Vec<Transfer>,
    pub waiting: Vec<WaitingDelete>,
    pub intents: Vec<AuditEntry>,
}

impl LeftOver {
    /// Reads it. Only before this run begins anything: what it has begun looks the same.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            transfers: store.unfinished_transfers().await?,
            waiting: store.waiting_deletes().await?,
            intents: store.unfinished_operations().await?,
        })
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.transfers.is_empty() && self.waiting.is_empty() && self.intents.is_empty()
    }

    /// Puts back what could not be looked into.
    pub fn put_back(&mut self, rest: Self) {
        self.transfers.extend(rest.transfers);
        self.waiting.extend(rest.waiting);
        self.intents.extend(rest.intents);
    }

    /// The deletes that may have been sent, each with its service.
    pub fn deletes(&self) -> impl Iterator<Item = (ServiceOrigin, Unfinished)> {
        self.intents.iter().filter_map(|intent| {
            let draft = &intent.draft;
            let service = ServiceOrigin::parse(draft.who.service.as_deref()?).ok()?;
            let unfinished = Unfinished::NotLookedInto {
                doctor: draft.doctor.clone(),
                operation: draft.operation.clone(),
                at: draft.time,
            };
            Some((service, unfinished))
        })
    }

    /// Takes out what belongs to one service: only a sign-in there can look into it.
    pub fn take(&mut self, service: &str) -> Self {
        let transfers = |left: &mut Transfer| left.service == service;
        let waiting = |left: &mut WaitingDelete| left.service == service;
        let intents = |left: &mut AuditEntry| left.draft.who.service.as_deref() == Some(service);
        Self {
            transfers: self.transfers.extract_if(.., transfers).collect(),
            waiting: self.waiting.extract_if(.., waiting).collect(),
            intents: self.intents.extract_if(.., intents).collect(),
        }
    }
}
