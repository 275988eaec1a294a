//! What a delete did: only the server's own answers to a GET count.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::api::Look;
use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, DeletionOutcome, DoctorName, Failure, KnownDoctor,
    LastDeletion, OperationId, ServerKnowledge,
};
use crate::engine::credentials::SignIn;
use crate::engine::facts::about;
use crate::engine::jobs::delete::confirmed_by::ConfirmedBy;
use crate::engine::looking::{Looked, look};
use crate::engine::resources::store_failure;
use crate::engine::ticket::{Caller, JobTicket};
use crate::engine::workspace::{Workspace, in_the_sign_in_of, joined};
use crate::engine::{DeletionReport, Event, JobProgress, record_check};
use crate::store::{Change, DoctorFact};

/// How many doctors are looked at at once.
const AT_ONCE: usize = 4;

/// After how many looks in a row without an answer no more doctors are looked at.
const MOST_IN_VAIN: usize = 4;

/// For how long what a look finds is recorded and told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum While {
    /// For a delete of this run: it is told even where its sign-in has ended.
    Open,
    /// For one of an earlier run: the next sign-in can look into it as well.
    SignedIn,
}

impl While {
    pub fn is_over(self, workspace: &Workspace) -> bool {
        workspace.resources.leaving.is_cancelled()
            || (self == Self::SignedIn && workspace.cancel.is_cancelled())
    }

    /// Looks, unless it is over before there is an answer to record.
    async fn look(
        self,
        workspace: &Workspace,
        doctor: &DoctorName,
        ticket: Option<&JobTicket>,
    ) -> Option<Looked> {
        let leaving = &workspace.resources.leaving;
        let caller = Caller::look_until(ticket, leaving);
        let over = async {
            match self {
                Self::Open => workspace.resources.leaving.cancelled().await,
                Self::SignedIn => workspace.cancel.cancelled().await,
            }
        };
        let looked = tokio::select! {
            () = over => return None,
            looked = look(workspace, doctor, || workspace.since_delete(doctor), caller) => looked,
        };
        let refused = looked.result.as_ref().is_err_and(Failure::needs_sign_in);
        let is_left = self == Self::SignedIn && refused;
        (!is_left && !self.is_over(workspace)).then_some(looked)
    }
}

/// What the service said to a delete.
#[derive(Default)]
pub struct Answer {
    /// Why it was not taken, or may not have been.
    pub failure: Option<Failure>,
    /// Whether it was taken.
    pub accepted: bool,
}

/// Looks at the doctor of `draft` after a delete, or at all that are known here, records what was seen,
/// and tells it.
pub async fn conclude(
    workspace: &Workspace,
    draft: AuditDraft,
    answer: Answer,
    ticket: Option<&JobTicket>,
) -> DeletionReport {
    let not_known = draft.doctor.clone().into_iter().collect();
    let report = conclude_while(While::Open, workspace, draft, answer, ticket).await;
    report.unwrap_or_else(|| left_open(not_known))
}

/// `None` where that was left open.
pub async fn conclude_while(
    lasts: While,
    workspace: &Workspace,
    draft: AuditDraft,
    answer: Answer,
    ticket: Option<&JobTicket>,
) -> Option<DeletionReport> {
    let confirmed_by = match ticket {
        Some(ticket) => ConfirmedBy::job(ticket, answer.accepted),
        None => ConfirmedBy::recorded(workspace, &draft.operation).await,
    };
    let conclusion = Conclusion {
        lasts,
        workspace,
        confirmed_by,
        ticket,
    };
    let report = match draft.doctor.clone() {
        Some(doctor) => conclusion.of_one(&doctor, draft, answer).await,
        None => conclusion.of_all(draft, answer).await,
    };
    record_check::keep_head_soon(&workspace.resources);
    report
}

/// The looks after one delete.
struct Conclusion<'a> {
    lasts: While,
    workspace: &'a Workspace,
    confirmed_by: ConfirmedBy<'a>,
    ticket: Option<&'a JobTicket>,
}

/// The looks after a delete of everything, so far.
#[derive(Default)]
struct LooksAtAll {
    /// How many in a row had no answer.
    in_vain: AtomicUsize,
    given_up: AtomicBool,
    /// The sign-in that it was looked in, the first.
    done_in: OnceLock<Arc<SignIn>>,
    /// The sign-in of another person, where one was looked in.
    another: OnceLock<Arc<SignIn>>,
}

/// What was seen of one of all doctors.
struct OneOfAll {
    doctor: DoctorName,
    /// Whether there was a recording before.
    had: bool,
    seen: Option<(DeletionOutcome, DoctorFact, Option<Failure>)>,
}

impl Conclusion<'_> {
    async fn of_one(
        &self,
        doctor: &DoctorName,
        mut draft: AuditDraft,
        answer: Answer,
    ) -> Option<DeletionReport> {
        let workspace = self.workspace;
        let looked = self.lasts.look(workspace, doctor, self.ticket).await?;
        let (outcome, fact, unseen) = seen(looked.result);
        let done_in = looked.done_in;
        let another = self.another(done_in.as_ref()).await;
        let outcome = self.allowed(outcome, another.is_some());
        if let (Some(done_in), None) = (&done_in, self.ticket) {
            draft.who.person = done_in.person();
        }
        let looked_at = match (another, &done_in) {
            (Some(another), _) => Some(format!("looked at {}", in_the_sign_in_of(another))),
            (None, None) => Some("nobody was signed in to look".to_owned()),
            (None, Some(_)) => None,
        };
        draft.note = joined([draft.note, looked.note, looked_at]);
        draft.time = Timestamp::now();
        draft.outcome = recorded(outcome);
        let deletion = LastDeletion {
            at: draft.time,
            outcome,
        };
        let changes = vec![
            about(workspace, doctor, fact),
            about(workspace, doctor, DoctorFact::Deletion(deletion)),
        ];
        workspace.record(draft, changes).await;
        workspace.tell_doctor(doctor).await;
        let mut report = left_open(Vec::new());
        report.outcome = outcome;
        report.failure = answer.failure.or(unseen);
        report.list(outcome).push(doctor.clone());
        Some(report)
    }

    /// The sign-in that was looked in, where it is somebody else's than that of the delete.
    async fn another<'a>(&self, looked_in: Option<&'a Arc<SignIn>>) -> Option<&'a Arc<SignIn>> {
        let looked_in = looked_in?;
        let is_another = self.confirmed_by.is_not(self.workspace, looked_in).await;
        is_another.then_some(looked_in)
    }

    /// What may be said of what was seen: that nothing is shown to somebody else need not be what a
    /// delete did of which nobody knows whether the service took it.
    const fn allowed(&self, seen: DeletionOutcome, by_another: bool) -> DeletionOutcome {
        match seen {
            DeletionOutcome::Gone if by_another && !self.confirmed_by.accepted => {
                DeletionOutcome::NotKnown
            }
            seen => seen,
        }
    }

    /// Looks at every doctor known here after a delete of everything.
    async fn of_all(&self, mut draft: AuditDraft, answer: Answer) -> Option<DeletionReport> {
        let (workspace, ticket) = (self.workspace, self.ticket);
        let status = answer
            .failure
            .as_ref()
            .and_then(|failure| failure.details.status);
        let refused = status.is_some_and(|status| !(200..300).contains(&status));
        let mut report = left_open(Vec::new());
        report.failure = answer.failure;
        let doctors = match workspace.resources.store.doctors(&workspace.service).await {
            Ok(doctors) => doctors,
            Err(error) => {
                report.failure = Some(store_failure(&error));
                Vec::new()
            }
        };
        let of = doctors.len();
        let so_far = &LooksAtAll::default();
        let mut looks = stream::iter(doctors)
            .map(|doctor| self.at_one_of_all(doctor, so_far))
            // In the order of the list, which is then also that of the names that are told.
            .buffered(AT_ONCE);
        let mut changes = Vec::new();
        let mut done = 0;
        while let Some(OneOfAll { doctor, had, seen }) = looks.next().await {
            done += 1;
            if let Some(ticket) = ticket {
                ticket.report(JobProgress::Counting { done, of });
            }
            let mut outcome = DeletionOutcome::NotKnown;
            if let Some((seen, fact, unseen)) = seen {
                outcome = seen;
                changes.push(about(workspace, &doctor, fact));
                report.failure = report.failure.or(unseen);
            }
            // Of a doctor without a recording nothing was deleted, and nothing is said to be.
            if had || outcome != DeletionOutcome::Gone {
                let at = Timestamp::now();
                let fact = DoctorFact::Deletion(LastDeletion { at, outcome });
                changes.push(about(workspace, &doctor, fact));
            }
            report.list(outcome).push(doctor);
        }
        if so_far.given_up.load(Ordering::Relaxed) || self.lasts.is_over(workspace) {
            return None;
        }
        let another = so_far.another.get();
        report.outcome = match report.summary() {
            // The service said that it failed: that nothing is there for the doctors listed here tells
            // nothing of the others.
            DeletionOutcome::Gone if refused => DeletionOutcome::NotKnown,
            seen => self.allowed(seen, another.is_some()),
        };
        if let (Some(done_in), None) = (so_far.done_in.get(), ticket) {
            draft.who.person = done_in.person();
        }
        draft.time = Timestamp::now();
        draft.outcome = recorded(report.outcome);
        let seen = note_of_all(&report, of, another.map(Arc::as_ref));
        draft.note = joined([draft.note, seen]);
        let changes = without_older(workspace, changes).await;
        workspace.record(draft, changes).await;
        if let Ok(doctors) = workspace.resources.store.doctors(&workspace.service).await {
            workspace.tell(Event::Doctors(doctors));
        }
        Some(report)
    }

    /// Looks at one of all doctors. Where nothing answers, looking at each of many would take hours: the
    /// rest are then as little known without it.
    async fn at_one_of_all(&self, doctor: KnownDoctor, so_far: &LooksAtAll) -> OneOfAll {
        let LooksAtAll {
            in_vain, given_up, ..
        } = so_far;
        let mut one = OneOfAll {
            had: doctor.server.copy().is_some(),
            doctor: doctor.name,
            seen: None,
        };
        if in_vain.load(Ordering::Relaxed) >= MOST_IN_VAIN {
            return one;
        }
        let looked = self.lasts.look(self.workspace, &one.doctor, self.ticket);
        let Some(looked) = looked.await else {
            in_vain.store(MOST_IN_VAIN, Ordering::Relaxed);
            given_up.store(true, Ordering::Relaxed);
            return one;
        };
        match &looked.result {
            Ok(_) => in_vain.store(0, Ordering::Relaxed),
            Err(failure) if failure.needs_sign_in() => {
                in_vain.store(MOST_IN_VAIN, Ordering::Relaxed);
            }
            Err(_) => {
                in_vain.fetch_add(1, Ordering::Relaxed);
            }
        }
        // It tells of now, and not of when its turn comes.
        let (outcome, fact, unseen) = seen(looked.result);
        if let Some(done_in) = &looked.done_in {
            so_far.done_in.get_or_init(|| done_in.clone());
        }
        let another = self.another(looked.done_in.as_ref()).await;
        if let Some(another) = another {
            so_far.another.get_or_init(|| another.clone());
        }
        // Of a doctor without a recording nothing was deleted.
        let outcome = self.allowed(outcome, another.is_some() && one.had);
        one.seen = Some((outcome, fact, unseen));
        one
    }
}

/// The changes but for what was seen before something newer that is known by now: all of many looks
/// take their time, and checks go on beside them.
async fn without_older(workspace: &Workspace, mut changes: Vec<Change>) -> Vec<Change> {
    let doctors = workspace.resources.store.doctors(&workspace.service).await;
    let newest: HashMap<DoctorName, Timestamp> = doctors
        .unwrap_or_default()
        .into_iter()
        .filter_map(|doctor| Some((doctor.name, doctor.server.checked_at()?)))
        .collect();
    let now = Timestamp::now();
    changes.retain(|change| {
        let Change::Doctor { doctor, fact, .. } = change else {
            return true;
        };
        let at = match fact {
            DoctorFact::Server(seen) => seen.checked_at(),
            DoctorFact::NoAnswer(at) => Some(*at),
            _ => None,
        };
        let newer = newest.get(doctor).filter(|newest| **newest <= now);
        at.is_none() || newer.is_none_or(|newer| Some(*newer) <= at)
    });
    changes
}

/// The record's words for what was seen of all doctors listed here.
fn note_of_all(report: &DeletionReport, of: usize, another: Option<&SignIn>) -> Option<String> {
    let counts = format!(
        "doctors listed here: {of}; nothing there now: {}; still there: {}; not known: {}; other \
         doctors can't be seen",
        report.gone.len(),
        report.still_there.len(),
        report.not_known.len(),
    );
    let looked_at = another.map(|another| format!("looked at {}", in_the_sign_in_of(another)));
    joined([Some(counts), looked_at])
}

/// What is known where the app ends before the look: the record keeps the operation open, and the next
/// start looks into it.
pub const fn left_open(not_known: Vec<DoctorName>) -> DeletionReport {
    DeletionReport {
        outcome: DeletionOutcome::NotKnown,
        failure: None,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known,
    }
}

/// The later look that a person asked for.
pub async fn look_again(
    workspace: Arc<Workspace>,
    doctor: Option<DoctorName>,
    operation: OperationId,
) {
    let confirmed = ConfirmedBy::recorded(&workspace, &operation).await;
    let note = format!("looked again; {}", confirmed.in_words());
    let draft = draft_of_look(&workspace, doctor.as_ref(), &operation, &note);
    let report = conclude(&workspace, draft, Answer::default(), None).await;
    workspace.tell_end(Event::LookedAgain {
        operation,
        doctor,
        report,
    });
}

/// The entry of a look at what a delete did, that comes later.
pub fn draft_of_look(
    workspace: &Workspace,
    doctor: Option<&DoctorName>,
    operation: &OperationId,
    note: &str,
) -> AuditDraft {
    let action = if doctor.is_some() {
        AuditAction::Delete
    } else {
        AuditAction::DeleteAll
    };
    let mut draft = workspace.draft(action, AuditOutcome::NotKnown, operation.clone());
    draft.doctor = doctor.cloned();
    draft.note = Some(note.into());
    draft
}

/// What one look after a delete means.
fn seen(look: Result<Look, Failure>) -> (DeletionOutcome, DoctorFact, Option<Failure>) {
    let now = Timestamp::now();
    match look {
        Ok(Look::Nothing) => {
            let seen = ServerKnowledge::Nothing { checked_at: now };
            (DeletionOutcome::Gone, DoctorFact::Server(seen), None)
        }
        Ok(Look::Has(copy)) => {
            let seen = ServerKnowledge::Has {
                copy,
                checked_at: now,
            };
            (DeletionOutcome::StillThere, DoctorFact::Server(seen), None)
        }
        Err(failure) => (
            DeletionOutcome::NotKnown,
            DoctorFact::NoAnswer(now),
            Some(failure),
        ),
    }
}

const fn recorded(outcome: DeletionOutcome) -> AuditOutcome {
    match outcome {
        DeletionOutcome::Gone => AuditOutcome::Gone,
        DeletionOutcome::StillThere => AuditOutcome::StillThere,
        DeletionOutcome::NotKnown => AuditOutcome::NotKnown,
        DeletionOutcome::Stopped => AuditOutcome::Stopped,
        DeletionOutcome::NotSent => AuditOutcome::Failed,
    }
}

impl DeletionReport {
    fn list(&mut self, outcome: DeletionOutcome) -> &mut Vec<DoctorName> {
        match outcome {
            DeletionOutcome::Gone => &mut self.gone,
            DeletionOutcome::StillThere => &mut self.still_there,
            _ => &mut self.not_known,
        }
    }

    /// All of a deletion of everything in one word: the worst that was seen.
    fn summary(&self) -> DeletionOutcome {
        if !self.still_there.is_empty() {
            DeletionOutcome::StillThere
        } else if !self.not_known.is_empty() || self.gone.is_empty() {
            DeletionOutcome::NotKnown
        } else {
            DeletionOutcome::Gone
        }
    }
}
