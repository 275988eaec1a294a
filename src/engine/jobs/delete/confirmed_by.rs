//! Who confirmed a delete that is looked into, and whether the service took it: that decides what a
//! look in another person's sign-in may say.

use std::sync::Arc;

use crate::domain::{AuditOutcome, OperationId};
use crate::engine::credentials::SignIn;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;

/// The record's words for an answer that has the number of one that says what was done, and is not
/// that.
pub const NOT_DOCUMENTED: &str = "not the documented answer";

/// Who confirmed a delete, and what is known of it.
pub struct ConfirmedBy<'a> {
    /// Its job, where that still runs.
    ticket: Option<&'a JobTicket>,
    /// The person, as the record names them.
    person: Option<String>,
    /// Whether the service said that it took it.
    pub accepted: bool,
}

impl<'a> ConfirmedBy<'a> {
    /// Of the job that has sent it.
    pub fn job(ticket: &'a JobTicket, accepted: bool) -> Self {
        Self {
            ticket: Some(ticket),
            person: ticket.asked_by.person(),
            accepted,
        }
    }

    /// As the record tells it, of a delete that is looked into later.
    pub async fn recorded(workspace: &Workspace, operation: &OperationId) -> Self {
        let entries = workspace.resources.store.entries_of(operation).await;
        let entries = entries.unwrap_or_else(|error| {
            tracing::warn!(%error, "who confirmed a delete can't be read");
            Vec::new()
        });
        let mut drafts = entries.iter().map(|entry| &entry.draft);
        let accepted = drafts.clone().any(|draft| {
            draft.outcome == AuditOutcome::Answered
                && matches!(draft.answer.as_deref(), Some("200" | "404"))
                && draft.note.as_deref() != Some(NOT_DOCUMENTED)
        });
        let intent = drafts.find(|draft| draft.outcome == AuditOutcome::Intended);
        Self {
            ticket: None,
            person: intent.and_then(|intent| intent.who.person.clone()),
            accepted,
        }
    }

    /// Whether a look was made in a sign-in of somebody else: of the job, where it is not certain to be
    /// the same person's; later, where it is known to be another's.
    pub async fn is_not(&self, workspace: &Workspace, looked_in: &Arc<SignIn>) -> bool {
        if let Some(ticket) = self.ticket {
            return !looked_in.is_by_the_same_person(&ticket.asked_by);
        }
        if self.person.is_some() && !looked_in.is_asked() {
            tokio::select! {
                () = workspace.resources.leaving.cancelled() => {}
                _ = workspace.find_out_whose(looked_in) => {}
            }
        }
        let looked = looked_in.person();
        looked.is_some() && self.person.is_some() && looked != self.person
    }

    /// The record's words for who it was.
    pub fn in_words(&self) -> String {
        match &self.person {
            Some(person) => format!("confirmed by {person}"),
            None => "not known by whom it was confirmed".to_owned(),
        }
    }
}
