//! One service's data on this computer, and who is signed in there: what every job is given.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    AuditAction, AuditDraft, AuditEntry, AuditOutcome, DoctorName, Failure, FailureKind,
    KnownDoctor, OperationId, TokenKeeping,
};
use crate::engine::Event;
use crate::engine::credentials::{Credentials, SignIn};
use crate::engine::notice::{BegunAt, Notice};
use crate::engine::resources::{Resources, store_failure};
use crate::engine::ticket::{Caller, JobTicket};
use crate::store::{Change, StoreError};

/// How long a cache may have kept what is taken for what the service has now. It is told to ask the
/// service itself each time; its `Age` then tells how long the answer was on its way.
const A_MOMENT: Duration = Duration::from_secs(5);

/// One service's data on this computer, and who is signed in there. It outlives a token that ends:
/// what runs waits for the next sign-in.
pub struct Workspace {
    pub resources: Arc<Resources>,
    /// The key under which the store keeps what belongs to this service.
    pub service: String,
    pub credentials: Credentials,
    pub generation: u64,
    /// Set when it is closed: the person has signed out, or somebody signed in at another service.
    pub cancel: CancellationToken,
}

impl Workspace {
    /// The key under which the store keeps what belongs to a sign-in's service.
    ///
    /// The practice service has another port each time, and is one and the same all the same.
    pub fn service_key(sign_in: &SignIn) -> String {
        match sign_in.keeping {
            TokenKeeping::Practice => "practice".to_owned(),
            _ => sign_in.origin.ascii(),
        }
    }

    /// The service of what is begun here.
    pub fn begun_at(&self) -> BegunAt {
        BegunAt {
            service: self.service.clone(),
            origin: self.credentials.sign_in().origin.clone(),
        }
    }

    /// Tells the window something of this sign-in.
    pub fn tell(&self, event: Event) {
        self.resources.tell(self.generation, event);
    }

    /// Tells the window what came of something that was begun here, and that matters whoever has
    /// signed in by now.
    pub fn tell_end(&self, event: Event) {
        let begun_at = self.begun_at();
        let event = Box::new(event);
        self.resources.notify(Notice::TellOf { begun_at, event });
    }

    /// The present sign-in. Where that has ended it waits for the next one, where `caller` does, and
    /// the job says so. `None` where it is given up meanwhile, nobody can sign in any more, or `caller`
    /// may not go on in what sign-in there is.
    pub async fn sign_in(&self, caller: Caller<'_>) -> Option<Arc<SignIn>> {
        let mut present = pin!(self.credentials.present());
        let sign_in = match present.as_mut().now_or_never() {
            Some(sign_in) => sign_in,
            None if caller.waits() => {
                let wait = async {
                    tokio::select! {
                        biased;
                        () = caller.given_up() => None,
                        () = self.cancel.cancelled() => None,
                        sign_in = present => Some(sign_in),
                    }
                };
                caller.waiting_for_sign_in(wait).await?
            }
            None => return None,
        };
        caller.may_go_on_in(&sign_in).then_some(sign_in)
    }

    /// Ends the sign-in that a call was made with where its `failure` says that the token is no
    /// longer accepted.
    pub fn noticed(&self, failure: Failure, sign_in: &Arc<SignIn>) -> Failure {
        if failure.needs_sign_in() {
            self.end(sign_in);
        }
        failure
    }

    fn end(&self, sign_in: &Arc<SignIn>) {
        if self.credentials.end(sign_in) {
            let generation = self.generation;
            self.resources.notify(Notice::SignInEnded { generation });
        }
    }

    /// Whether the service refused a call for a doctor for want of a sign-in, and accepts this one all the
    /// same: it is asked that where one before ended in a call for the same doctor, or it has done so
    /// before.
    pub async fn is_refused_alone(&self, doctor: &DoctorName, sign_in: &Arc<SignIn>) -> bool {
        let credentials = &self.credentials;
        if !credentials.is_present(sign_in) || !credentials.may_refuse_alone(doctor) {
            return false;
        }
        // Another call may have met its end meanwhile.
        let is_accepted = sign_in.api().who_am_i().await.is_ok() && credentials.is_present(sign_in);
        if is_accepted {
            credentials.refuses_some();
        }
        is_accepted
    }

    /// A delete is about to go out.
    pub fn delete_goes_out(&self, doctor: Option<&DoctorName>) {
        let now = self.resources.clock.steady();
        self.resources.sent.note(&self.service, doctor, now);
    }

    /// A delete that went out was answered, or its answer is waited for no more.
    pub fn delete_has_ended(&self, doctor: Option<&DoctorName>) {
        self.resources.sent.note_end(&self.service, doctor);
    }

    /// How often a delete has gone out, or come to its end, that may have met a doctor's recording: a
    /// look beside which that changes does not tell what is there now.
    pub fn turns_of_deletes(&self, doctor: &DoctorName) -> u64 {
        self.resources.sent.turns(&self.service, doctor)
    }

    /// A delete went out in an earlier run. No reading of the clock is left from then, but that it
    /// was before this run.
    pub fn delete_went_out_earlier(&self, doctor: Option<&DoctorName>) {
        let before = Duration::ZERO;
        self.resources.sent.note(&self.service, doctor, before);
    }

    /// How long before now an answer may have been made that says what the service has for a
    /// doctor: a moment, and no longer than since the last delete that may have met it.
    pub fn oldest_answer(&self, doctor: &DoctorName) -> Duration {
        self.since_delete(doctor).min(A_MOMENT)
    }

    /// How long ago the last delete went out that may have met a doctor's recording: an answer that
    /// is younger shows what it did. As good as endless where none has.
    pub fn since_delete(&self, doctor: &DoctorName) -> Duration {
        let sent = self.resources.sent.last(&self.service, doctor);
        sent.map_or(Duration::MAX, |sent| {
            self.resources.clock.steady().saturating_sub(sent)
        })
    }

    /// Finds out whose a sign-in is, where that is not known yet, and tells the window. Whether it is
    /// over: the service has answered, or takes nothing more from that sign-in.
    pub async fn find_out_whose(&self, sign_in: &Arc<SignIn>) -> bool {
        if sign_in.is_asked() {
            return true;
        }
        match sign_in.ask_whose().await {
            Ok(()) if sign_in.is_somebody_elses() => {
                self.end(sign_in);
                true
            }
            Ok(()) => {
                if self.credentials.is_present(sign_in)
                    && let Some(person) = sign_in.person()
                {
                    self.tell(Event::PersonKnown(person));
                }
                true
            }
            Err(failure) => self.noticed(failure, sign_in).needs_sign_in(),
        }
    }

    /// An entry of the audit record, as far as the sign-in knows it.
    pub fn draft(
        &self,
        action: AuditAction,
        outcome: AuditOutcome,
        operation: OperationId,
    ) -> AuditDraft {
        AuditDraft {
            time: Timestamp::now(),
            action,
            outcome,
            operation,
            who: self
                .resources
                .who(self.credentials.person(), self.service.clone()),
            doctor: None,
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        }
    }

    /// The same of what a job did, in the name of the person who asked for it. The note says so where
    /// it was done in the sign-in of somebody else, `done_in`.
    pub fn draft_of_job(
        &self,
        ticket: &JobTicket,
        done_in: Option<&SignIn>,
        (action, outcome): (AuditAction, AuditOutcome),
        operation: OperationId,
    ) -> AuditDraft {
        let mut draft = self.draft(action, outcome, operation);
        draft.who.person = ticket.asked_by.person();
        let another = done_in.filter(|done_in| !done_in.is_by_the_same_person(&ticket.asked_by));
        draft.note = another.map(in_the_sign_in_of);
        draft
    }

    /// Records an entry and what it changes, in one step; says it where that does not work.
    pub async fn record(&self, draft: AuditDraft, changes: Vec<Change>) -> Option<AuditEntry> {
        let doctor = draft.doctor.clone();
        match self.resources.store.append_with(draft, changes).await {
            Ok(entry) => Some(entry),
            Err(error) => {
                let kind = FailureKind::NotRecorded;
                let failure = Failure::new(kind, Timestamp::now(), error.to_string());
                self.tell_end(Event::failed(doctor, failure));
                None
            }
        }
    }

    /// Tells the window what is known of a doctor now.
    pub async fn tell_doctor(&self, doctor: &DoctorName) {
        match self.known(doctor).await {
            Ok(known) => self.tell(Event::Doctor(Box::new(known))),
            Err(error) => self.tell(Event::Failed {
                doctor: Some(doctor.clone()),
                failure: store_failure(&error),
            }),
        }
    }

    /// What is known of a doctor; nothing at all is an answer too.
    pub async fn known(&self, doctor: &DoctorName) -> Result<KnownDoctor, StoreError> {
        let known = self.resources.store.doctor(&self.service, doctor).await?;
        Ok(known.unwrap_or_else(|| KnownDoctor::new(doctor.clone())))
    }
}

/// Nobody is signed in, and nobody can be any more.
pub fn not_signed_in() -> Failure {
    Failure::new(FailureKind::NotSignedIn, Timestamp::now(), "")
}

/// The record's words for what was done in the sign-in of another person than the entry names.
pub fn in_the_sign_in_of(sign_in: &SignIn) -> String {
    let person = sign_in.person();
    let person = person.as_deref().unwrap_or("a person who is not known");
    format!("in the sign-in of {person}")
}

/// The parts of a note that there are, in one.
pub fn joined(notes: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}
