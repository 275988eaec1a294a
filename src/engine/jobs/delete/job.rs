//! What the delete of one doctor's recordings and that of everything have in common: the steps from a
//! confirmation to what was seen after the DELETE.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::api::ApiError;
use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, DeletionPlan, DeletionScope, DoctorName, Failure,
    FailureKind,
};
use crate::engine::clock::Watch;
use crate::engine::credentials::SignIn;
use crate::engine::facts::answer_of;
use crate::engine::jobs::delete::confirmed_by::NOT_DOCUMENTED;
use crate::engine::jobs::delete::grace_period::{
    Announced, Announcement, NotSent, Waited, announce, because, begin_waiting, say_not_sent, wait,
};
use crate::engine::jobs::delete::verify_gone::{Answer, conclude};
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::Workspace;
use crate::engine::{DeletionReport, JobProgress, record_check};
use crate::store::WaitingDelete;

/// The record's words where the connection was given up: it may have been sent before.
const CUT_BY_A_SLEEP: &str =
    "given up, as the computer slept or its clock was changed; whether it arrived is not known";

/// One deletion, from its confirmation to what was seen after it.
pub struct DeleteJob<'a> {
    pub workspace: &'a Arc<Workspace>,
    pub plan: &'a DeletionPlan,
    /// Who approved it besides, and how, in the record's words; empty where nobody was asked.
    pub approved_by: &'a str,
    pub ticket: &'a JobTicket,
    pub watch: &'a Watch,
}

/// Finds what a delete would meet that goes out in this sign-in, or says why it is not sent.
type LastLook<'a> =
    &'a (dyn Fn(Arc<SignIn>) -> BoxFuture<'a, Result<String, NotSent>> + Send + Sync);

/// What the service said to a DELETE: the record's words for that, and why it has failed, where it has.
pub type Said = (&'static str, Option<Failure>);

/// Why a delete may not go out.
pub enum NotGone {
    /// It is recorded and said.
    Said(DeletionReport),
    /// It is still to be said.
    Because(NotSent),
}

impl From<NotSent> for NotGone {
    fn from(not_sent: NotSent) -> Self {
        Self::Because(not_sent)
    }
}

impl DeleteJob<'_> {
    /// The doctor; `None` of everything.
    fn doctor(&self) -> Option<DoctorName> {
        match self.plan.scope() {
            DeletionScope::Doctor(doctor) => Some(doctor),
            DeletionScope::Everything => None,
        }
    }

    /// An entry of the record, in the name of the person who confirmed it.
    pub fn draft(&self, outcome: AuditOutcome) -> AuditDraft {
        let action = match self.plan.scope() {
            DeletionScope::Doctor(_) => AuditAction::Delete,
            DeletionScope::Everything => AuditAction::DeleteAll,
        };
        let operation = self.ticket.operation.clone();
        let mut draft = self.workspace.draft(action, outcome, operation);
        draft.doctor = self.doctor();
        draft.who.person = self.ticket.asked_by.person();
        draft.reason = self
            .plan
            .reason()
            .map(|reason| reason.record_text().to_owned());
        draft
    }

    /// The entry of its intent, with the plan as the record keeps it.
    pub fn intent(&self, plan: String) -> AuditDraft {
        let mut intent = self.draft(AuditOutcome::Intended);
        intent.plan = Some(plan);
        let by = Some(self.approved_by.to_owned());
        intent.note = by.filter(|by| !by.is_empty());
        intent
    }

    /// Says that nothing was sent, and why.
    pub async fn not_sent(&self, why: NotSent) -> DeletionReport {
        let failed = self.draft(AuditOutcome::Failed);
        say_not_sent(self.workspace, failed, why, self.ticket, self.watch).await
    }

    /// Keeps in mind that the delete is confirmed, before anything else is done for it, and waits until
    /// the record is checked.
    ///
    /// # Errors
    /// What is said of a delete that is not sent.
    pub async fn begin_waiting(&self) -> Result<WaitingDelete, DeletionReport> {
        let waiting = WaitingDelete {
            operation: self.ticket.operation.clone(),
            service: self.workspace.service.clone(),
            doctor: self.doctor(),
            person: self.ticket.asked_by.person(),
            confirmed_at: self.workspace.resources.clock.wall(),
        };
        begin_waiting(self.workspace, &waiting).await?;
        let resources = &self.workspace.resources;
        let person = self.ticket.asked_by.person();
        tokio::select! {
            () = self.ticket.cancel.cancelled() => {}
            allows = record_check::allows_deletes(resources, person) => if let Err(failure) = allows {
                return Err(self.not_sent(NotSent::Because(failure)).await);
            },
        }
        // What the record says of a delete, it says of a person, where the service can tell.
        let asked_by = &self.ticket.asked_by;
        tokio::select! {
            () = self.ticket.cancel.cancelled() => {}
            _ = self.workspace.find_out_whose(asked_by) => {}
        }
        Ok(waiting)
    }

    /// Waits in the open, has a last look, puts the intent on disk and makes the last call. A sign-in
    /// that ends meanwhile begins all of that anew, in the next one of the person who confirmed, while
    /// what was confirmed is not too old.
    ///
    /// `look` gives the plan as the record keeps it, and `intent` the entry of it.
    ///
    /// # Errors
    /// [`NotGone`].
    pub async fn until_it_may_go<'a>(
        &'a self,
        waiting: WaitingDelete,
        of: Duration,
        look: LastLook<'a>,
        intent: &(dyn Fn(String) -> AuditDraft + Sync),
    ) -> Result<Arc<SignIn>, NotGone> {
        let (workspace, ticket) = (self.workspace, self.ticket);
        loop {
            let Some(sign_in) = workspace.sign_in(Caller::job(ticket)).await else {
                return Err(NotSent::Stopped.into());
            };
            let is_renewed = !Arc::ptr_eq(&sign_in, &ticket.asked_by);
            if is_renewed && self.is_too_old(&waiting) {
                return Err(NotGone::Because(because(
                    FailureKind::ConfirmationStale,
                    "the sign-in ended, and the next one came too long after the confirmation",
                )));
            }
            if wait(workspace, ticket, of, &sign_in).await? == Waited::SignInEnded {
                continue;
            }
            let plan = look(sign_in.clone()).await?;
            let looked_at = workspace.resources.clock.steady();
            if !workspace.credentials.is_present(&sign_in) {
                continue;
            }
            let announcement = Announcement {
                waiting: &waiting,
                intent: intent(plan.clone()),
                stopped: self.draft(AuditOutcome::Stopped),
                sign_in: &sign_in,
                looked_at,
            };
            let (plan, signed_in) = (&plan, &sign_in);
            let look_again = || {
                async move {
                    let seen = look(signed_in.clone()).await?;
                    if seen == *plan {
                        Ok(())
                    } else {
                        Err(because(
                            FailureKind::CopyChanged,
                            "the server shows something else than before the window was busy",
                        ))
                    }
                }
                .boxed()
            };
            match announce(workspace, announcement, ticket, self.watch, &look_again).await {
                Ok(Announced::MayGo) => return Ok(sign_in),
                Ok(Announced::SignInEnded) => {}
                Err(report) => return Err(NotGone::Said(report)),
            }
        }
    }

    /// Whether more time has passed since the confirmation than its facts may be acted on.
    fn is_too_old(&self, waiting: &WaitingDelete) -> bool {
        let resources = &self.workspace.resources;
        let age = resources.clock.wall().duration_since(waiting.confirmed_at);
        let longest = resources.waits.next_sign_in;
        age.is_negative() || age.unsigned_abs() > longest
    }

    /// Sends the DELETE, and records what the service answered; `meaning` tells what that is.
    pub async fn send<T, Sent>(
        &self,
        sign_in: &Arc<SignIn>,
        request: impl FnOnce() -> Sent,
        meaning: impl FnOnce(T) -> Said,
    ) -> Answer
    where
        Sent: Future<Output = Result<T, ApiError>>,
    {
        let workspace = self.workspace;
        let doctor = self.doctor();
        workspace.delete_goes_out(doctor.as_ref());
        let sent = self.watch.unless_time_jumps(request()).await;
        workspace.delete_has_ended(doctor.as_ref());
        let (words, failure, accepted) = match sent {
            Some(Ok(answer)) => {
                let (words, failure) = meaning(answer);
                let accepted = failure.is_none();
                (words.to_owned(), failure, accepted)
            }
            Some(Err(error)) => {
                let reached = error.may_have_reached;
                let failure = workspace.noticed(error.failure, sign_in);
                let words = if reached {
                    answer_of(&failure)
                } else {
                    "not reached".to_owned()
                };
                (words, Some(failure), false)
            }
            None => (CUT_BY_A_SLEEP.to_owned(), None, false),
        };
        let mut answered = self.draft(AuditOutcome::Answered);
        let is_another = !accepted && matches!(words.as_str(), "200" | "404");
        answered.note = is_another.then(|| NOT_DOCUMENTED.to_owned());
        answered.answer = Some(words);
        workspace.record(answered, Vec::new()).await;
        Answer { failure, accepted }
    }

    /// Looks what the DELETE did, records it and tells it.
    pub async fn conclude(&self, answer: Answer) -> DeletionReport {
        self.ticket.report(JobProgress::Verifying);
        let seen = self.draft(AuditOutcome::NotKnown);
        conclude(self.workspace, seen, answer, Some(self.ticket)).await
    }
}
