//! From a confirmation to the moment before its DELETE: the wait, the intent, and all that keeps
//! a delete from being sent.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::{AuditDraft, AuditOutcome, DeletionOutcome, Failure, FailureKind};
use crate::engine::cancellation::EndedBy;
use crate::engine::clock::Watch;
use crate::engine::credentials::SignIn;
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
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
    workspace: &Workspace,
    waiting: &WaitingDelete,
) -> Result<(), DeletionReport> {
    let change = Change::BeginWaiting(waiting.clone());
    let begun = workspace.resources.store.apply(vec![change]).await;
    begun.map_err(|error| not_recorded(&error))
}

/// What is written down right before a DELETE.
pub struct Announcement<'a> {
    pub waiting: &'a WaitingDelete,
    pub intent: AuditDraft,
    /// What is written down where it is not sent after all.
    pub stopped: AuditDraft,
    /// The sign-in that it would be sent with.
    pub sign_in: &'a Arc<SignIn>,
    /// When the last look ended, by the steady clock.
    pub looked_at: Duration,
}

/// What came of an announcement.
pub enum Announced {
    /// The DELETE may go out.
    MayGo,
    /// The sign-in ended meanwhile: nothing was sent, and the delete waits again.
    SignInEnded,
}

/// Puts the intent on disk and makes the last call. The DELETE may go out only after this, and only
/// if it says so: a Stop that comes while the disk is slow, or the window, still counts, and so does
/// a sleep of the computer. Where the window kept it on hold, `look_again` has to find once more what
/// the intent tells of.
///
/// # Errors
/// What is said of a delete that is not sent.
pub async fn announce(
    workspace: &Workspace,
    announcement: Announcement<'_>,
    ticket: &JobTicket,
    watch: &Watch,
    look_again: LookAgain<'_>,
) -> Result<Announced, DeletionReport> {
    let Announcement {
        waiting,
        intent,
        mut stopped,
        sign_in,
        looked_at,
    } = announcement;
    let is_stopped = || watch.jumped() || ticket.cancel.is_cancelled();
    if is_stopped() {
        return Err(say_not_sent(workspace, stopped, NotSent::Stopped, ticket, watch).await);
    }
    let store = &workspace.resources.store;
    let waits_no_more = vec![Change::EndWaiting(waiting.operation.clone())];
    if let Err(error) = store.append_with(intent, waits_no_more.clone()).await {
        // It is told now: the next start is not to say that the app had ended.
        if !workspace.resources.leaving.is_cancelled()
            && let Err(error) = store.apply(waits_no_more).await
        {
            tracing::warn!(%error, "a delete that was not sent still counts as waiting");
        }
        return Err(not_recorded(&error));
    }
    let called = last_calls(workspace, ticket, (sign_in, looked_at), look_again).await;
    // The intent is closed wherever it is known that nothing was sent: a look at the server could not
    // tell.
    let waits_again = vec![Change::BeginWaiting(waiting.clone())];
    if workspace.resources.leaving.is_cancelled() {
        // Nobody would hear it now.
        stopped.time = Timestamp::now();
        stopped.outcome = EndedBy::Leaving.outcome();
        stopped.note = Some("the app is ending; nothing was sent".into());
        workspace.record(stopped, waits_again).await;
        return Err(not_sent_report(None));
    }
    let record = workspace.resources.record.still_allows_deletes();
    let called = match record {
        _ if is_stopped() => Err(NotSent::Stopped),
        Err(failure) => called.and(Err(NotSent::Because(failure))),
        Ok(()) => called,
    };
    match called {
        Ok(()) if !workspace.credentials.is_present(sign_in) => {
            stopped.time = Timestamp::now();
            stopped.outcome = AuditOutcome::Failed;
            stopped.note = Some("the sign-in ended; nothing was sent, and it waits again".into());
            workspace.record(stopped, waits_again).await;
            workspace.tell(Event::LastCallOver { id: ticket.id });
            Ok(Announced::SignInEnded)
        }
        Ok(()) => {
            ticket.report(JobProgress::Deleting);
            Ok(Announced::MayGo)
        }
        Err(not_sent) => Err(say_not_sent(workspace, stopped, not_sent, ticket, watch).await),
    }
}

/// Makes the last call, and again after each look that a long hold makes necessary: what was seen
/// before it is old by then. No answer means that nobody could have stopped the delete. A sign-in that
/// ends meanwhile ends it too, and is for the caller to find.
async fn last_calls(
    workspace: &Workspace,
    ticket: &JobTicket,
    (sign_in, mut looked_at): (&Arc<SignIn>, Duration),
    look_again: LookAgain<'_>,
) -> Result<(), NotSent> {
    let of = workspace.resources.waits.last_call;
    let clock = &workspace.resources.clock;
    let since = |moment: Duration| clock.steady().saturating_sub(moment);
    let no_answer = || {
        let technical = "the window did not say that no Stop was pressed; nothing was sent";
        because(FailureKind::WindowDidNotAnswer, technical)
    };
    // All that the window may take, however often it is asked.
    let mut left = of;
    loop {
        let asked_at = clock.steady();
        tokio::select! {
            biased;
            () = ticket.cancel.cancelled() => return Err(NotSent::Stopped),
            () = last_call(workspace, ticket) => {}
            () = tokio::time::sleep(left) => return Err(no_answer()),
        }
        if since(looked_at) < of / LOOKS_IN_A_CALL {
            return Ok(());
        }
        left = left.saturating_sub(since(asked_at));
        if left.is_zero() {
            return Err(no_answer());
        }
        // Stop works again while it is looked, and the window is asked again after it.
        workspace.tell(Event::LastCallOver { id: ticket.id });
        tokio::select! {
            biased;
            () = ticket.cancel.cancelled() => return Err(NotSent::Stopped),
            () = workspace.credentials.ended(sign_in) => return Ok(()),
            looked = look_again() => looked?,
        }
        looked_at = clock.steady();
    }
}

/// Finds once more what an intent tells of, or says why the delete is not sent.
pub type LookAgain<'a> = &'a (dyn Fn() -> BoxFuture<'a, Result<(), NotSent>> + Send + Sync);

/// Asks the window whether Stop was pressed, and waits for its answer: it may be too busy to have taken
/// it in.
async fn last_call(workspace: &Workspace, ticket: &JobTicket) {
    workspace.tell(Event::LastCall { id: ticket.id });
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

/// How the wait in the open ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// It is over.
    All,
    /// The sign-in ended before it.
    SignInEnded,
}

/// The wait in the open, which Stop ends.
///
/// # Errors
/// [`NotSent::Stopped`].
pub async fn wait(
    workspace: &Workspace,
    ticket: &JobTicket,
    of: Duration,
    sign_in: &Arc<SignIn>,
) -> Result<Waited, NotSent> {
    let mut ended = pin!(workspace.credentials.ended(sign_in));
    let clock = &workspace.resources.clock;
    let end = clock.steady() + of;
    loop {
        let left = end.saturating_sub(clock.steady());
        ticket.report(JobProgress::Waiting { left, of });
        if left.is_zero() {
            return Ok(Waited::All);
        }
        tokio::select! {
            () = ticket.cancel.cancelled() => return Err(NotSent::Stopped),
            () = &mut ended => return Ok(Waited::SignInEnded),
            () = tokio::time::sleep(left.min(TICK)) => {}
        }
    }
}

/// Records that a confirmed delete was not sent, and says so. Where the app is ending nobody would
/// hear it: then it stays for the next start to say.
pub async fn say_not_sent(
    workspace: &Workspace,
    mut draft: AuditDraft,
    not_sent: NotSent,
    ticket: &JobTicket,
    watch: &Watch,
) -> DeletionReport {
    // A draft may have been made before the wait.
    draft.time = Timestamp::now();
    let mut note = "nothing was sent";
    let report = match not_sent {
        NotSent::Stopped => {
            let ended_by = if watch.jumped() {
                EndedBy::Sleep
            } else {
                ticket.cancellation.ended_by()
            };
            draft.outcome = ended_by.outcome();
            let kind = match ended_by {
                EndedBy::Sleep => {
                    note = "the computer slept, or its clock was changed; nothing was sent";
                    Some(FailureKind::SleptMeanwhile)
                }
                EndedBy::AnotherPerson { known } => {
                    note = if known {
                        "another person signed in; nothing was sent"
                    } else {
                        "it is not known whether the same person signed in; nothing was sent"
                    };
                    Some(FailureKind::ConfirmedByAnother { known })
                }
                EndedBy::Person | EndedBy::Pause | EndedBy::SignOut | EndedBy::Leaving => None,
            };
            match kind {
                Some(kind) => not_sent_report(Some(Failure::new(kind, Timestamp::now(), note))),
                None => DeletionReport {
                    outcome: DeletionOutcome::Stopped,
                    ..not_sent_report(None)
                },
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
    if !workspace.resources.leaving.is_cancelled() {
        draft.note = Some(note.into());
        let waits_no_more = vec![Change::EndWaiting(draft.operation.clone())];
        workspace.record(draft, waits_no_more).await;
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
