//! From a confirmation to the moment before its DELETE: the wait, the intent, and all that keeps
//! a delete from being sent.

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::domain::{
    AuditDraft, AuditOutcome, DeletionOutcome, DoctorName, Failure, FailureKind, OperationId,
};
use crate::engine::clock::Watch;
use crate::engine::context::Session;
use crate::engine::jobs::JobTicket;
use crate::engine::{DeletionReport, Event, JobFailure, JobProgress};
use crate::store::{Change, StoreError, WaitingDelete};

/// How often the wait tells what is left of it.
const TICK: Duration = Duration::from_millis(200);

/// How long the window's answer to the last call may take before that is said.
const BEFORE_HELD: Duration = Duration::from_secs(2);

/// Into how many parts the time for the window's answer is cut: what was seen a part ago is old.
const LOOKS_IN_A_CALL: u32 = 6;

/// Why a delete was not sent.
pub enum NotSent {
    Stopped,
    Because(Failure),
}

impl NotSent {
    /// Whether it says of the backup that it may not be what it was.
    pub const fn is_about_the_backup(&self) -> bool {
        matches!(
            self,
            Self::Because(Failure {
                kind: FailureKind::ReadBackDiffers { .. } | FailureKind::Disk { .. },
                ..
            })
        )
    }
}

impl From<JobFailure> for NotSent {
    fn from(failure: JobFailure) -> Self {
        match failure {
            JobFailure::Cancelled => Self::Stopped,
            JobFailure::Failed(failure) => Self::Because(failure),
        }
    }
}

/// Keeps in mind that a delete is confirmed, before anything else is done for it: wherever the app
/// ends from now on, the next start knows of it.
pub async fn begin_waiting(
    session: &Session,
    operation: &OperationId,
    doctor: Option<&DoctorName>,
) -> Result<WaitingDelete, DeletionReport> {
    let waiting = WaitingDelete {
        operation: operation.clone(),
        service: session.service.clone(),
        doctor: doctor.cloned(),
        person: session.account.person.clone(),
        confirmed_at: Timestamp::now(),
    };
    let begun = session
        .context
        .store
        .apply(vec![Change::BeginWaiting(waiting.clone())]);
    match begun.await {
        Ok(()) => Ok(waiting),
        Err(error) => Err(not_recorded(&error)),
    }
}

/// Puts the intent on disk and makes the last call. The DELETE may go out only after this, and only
/// if it is `Ok`: a Stop that comes while the disk is slow, or the window, still counts, and so does
/// a sleep of the computer. Where the window kept it on hold, `look_again` has to find once more what
/// the intent tells of.
pub async fn announce(
    session: &Session,
    waiting: WaitingDelete,
    intent: AuditDraft,
    mut stopped: AuditDraft,
    ticket: &JobTicket,
    watch: &Watch,
    look_again: LookAgain<'_>,
) -> Result<(), DeletionReport> {
    let is_stopped = || watch.jumped() || ticket.cancel.is_cancelled();
    if is_stopped() {
        return Err(say_not_sent(session, stopped, NotSent::Stopped, watch).await);
    }
    let store = &session.context.store;
    let waits_no_more = vec![Change::EndWaiting(waiting.operation.clone())];
    if let Err(error) = store.append_with(intent, waits_no_more.clone()).await {
        // It is told now: the next start is not to say that the app had ended.
        if !session.context.leaving.is_cancelled()
            && let Err(error) = store.apply(waits_no_more).await
        {
            tracing::warn!(%error, "a delete that was not sent still counts as waiting");
        }
        return Err(not_recorded(&error));
    }
    let called = last_calls(session, ticket, look_again).await;
    if session.context.leaving.is_cancelled() {
        // Nobody would hear it now. The intent is closed all the same: it is known that nothing was
        // sent, and a look at the server could not tell.
        stopped.time = Timestamp::now();
        stopped.note = Some("the app is ending; nothing was sent".into());
        let waits_again = vec![Change::BeginWaiting(waiting)];
        session.record(stopped, waits_again).await;
        return Err(not_sent_report(None));
    }
    let called = if is_stopped() {
        Err(NotSent::Stopped)
    } else {
        called
    };
    match called {
        Ok(()) => {
            ticket.report(JobProgress::Deleting);
            Ok(())
        }
        Err(not_sent) => Err(say_not_sent(session, stopped, not_sent, watch).await),
    }
}

/// Makes the last call, and again after each look that a long hold makes necessary: what was seen
/// before it is old by then. No answer means that nobody could have stopped the delete.
async fn last_calls(
    session: &Session,
    ticket: &JobTicket,
    look_again: LookAgain<'_>,
) -> Result<(), NotSent> {
    let of = session.context.waits.last_call;
    let calls = async {
        loop {
            let looked_at = Instant::now();
            last_call(session, ticket).await;
            if looked_at.elapsed() < of / LOOKS_IN_A_CALL {
                return Ok(());
            }
            look_again().await?;
        }
    };
    tokio::select! {
        biased;
        () = ticket.cancel.cancelled() => Err(NotSent::Stopped),
        done = calls => done,
        () = tokio::time::sleep(of) => Err(because(
            FailureKind::WindowDidNotAnswer,
            "the window did not say that no Stop was pressed; nothing was sent",
        )),
    }
}

/// Finds once more what an intent tells of, or says why the delete is not sent.
pub type LookAgain<'a> = &'a (dyn Fn() -> BoxFuture<'a, Result<(), NotSent>> + Send + Sync);

/// Asks the window whether Stop was pressed, and waits for its answer: it may be too busy to have taken
/// it in.
async fn last_call(session: &Session, ticket: &JobTicket) {
    session.tell(Event::LastCall { id: ticket.id });
    let answered = ticket.no_stop.notified();
    tokio::pin!(answered);
    tokio::select! {
        biased;
        () = &mut answered => {}
        () = tokio::time::sleep(BEFORE_HELD) => {
            ticket.report(JobProgress::Held);
            answered.await;
        }
    }
}

/// The wait in the open, which Stop ends.
pub async fn wait(ticket: &JobTicket, of: Duration) -> Result<(), NotSent> {
    let end = Instant::now() + of;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        ticket.report(JobProgress::Waiting { left, of });
        if left.is_zero() {
            return Ok(());
        }
        tokio::select! {
            () = ticket.cancel.cancelled() => return Err(NotSent::Stopped),
            () = tokio::time::sleep(left.min(TICK)) => {}
        }
    }
}

/// Records that a confirmed delete was not sent, and says so. Where the app is ending nobody would
/// hear it: then it stays for the next start to say.
pub async fn say_not_sent(
    session: &Session,
    mut draft: AuditDraft,
    not_sent: NotSent,
    watch: &Watch,
) -> DeletionReport {
    // A draft may have been made before the wait.
    draft.time = Timestamp::now();
    let mut note = "nothing was sent";
    let report = match not_sent {
        NotSent::Stopped if watch.jumped() => {
            draft.outcome = AuditOutcome::Failed;
            note = "the computer slept, or its clock was changed; nothing was sent";
            let kind = FailureKind::SleptMeanwhile;
            not_sent_report(Some(Failure::new(kind, Timestamp::now(), note)))
        }
        NotSent::Stopped => {
            draft.outcome = AuditOutcome::Stopped;
            DeletionReport {
                outcome: DeletionOutcome::Stopped,
                ..not_sent_report(None)
            }
        }
        NotSent::Because(failure) => {
            draft.outcome = AuditOutcome::Failed;
            if failure.kind == FailureKind::WindowDidNotAnswer {
                note = "the window did not answer; nothing was sent";
            }
            draft.answer = failure.details.status.map(|status| status.to_string());
            not_sent_report(Some(failure))
        }
    };
    if !session.context.leaving.is_cancelled() {
        draft.note = Some(note.into());
        let waits_no_more = vec![Change::EndWaiting(draft.operation.clone())];
        session.record(draft, waits_no_more).await;
    }
    report
}

fn not_recorded(error: &StoreError) -> DeletionReport {
    let kind = FailureKind::RecordNotWritable;
    let failure = Failure::new(kind, Timestamp::now(), error.to_string());
    not_sent_report(Some(failure))
}

fn not_sent_report(failure: Option<Failure>) -> DeletionReport {
    DeletionReport {
        outcome: DeletionOutcome::NotSent,
        failure,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    }
}

/// A reason not to send, with what support would ask for.
pub fn because(kind: FailureKind, technical: &str) -> NotSent {
    NotSent::Because(Failure::new(kind, Timestamp::now(), technical))
}
