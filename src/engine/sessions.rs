//! How a sign-in begins and ends for the engine's loop.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::{AuditAction, AuditOutcome, Failure};
use crate::engine::context::{NewSession, Notice, Session, new_operation, store_failure};
use crate::engine::run::{Engine, failed, internal};
use crate::engine::{Event, SignedOutBecause, aftermath, checks, set_aside};

impl Engine {
    /// Takes in what a task tells of the sign-in.
    pub(super) async fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::SignedIn { attempt, .. } | Notice::NotSignedIn { attempt, .. }
                if attempt != self.attempt => {}
            Notice::SignedIn {
                attempt: _,
                session,
                keychain,
                unasked,
                by_hand,
            } => {
                self.start_session(*session, keychain, unasked, by_hand)
                    .await;
            }
            Notice::NotSignedIn {
                attempt: _,
                because,
                failure,
            } => {
                self.end_session(because);
                if let Some(failure) = failure {
                    self.context
                        .tell(self.generation, Event::SignInFailed(failure));
                }
            }
            Notice::Forgotten(failure) => self.end_session(SignedOutBecause::Asked(failure)),
            Notice::SignInEnded { generation } => {
                if self
                    .session
                    .as_ref()
                    .is_some_and(|session| session.generation == generation)
                {
                    self.end_session(SignedOutBecause::Ended);
                }
            }
            Notice::FoundAtStart {
                generation,
                service,
                found,
            } => {
                let generation = self.generation_of(&service, generation);
                self.context
                    .tell(generation, Event::FoundAtStart(vec![*found]));
            }
            Notice::LeftOpen { generation, rest } => {
                self.left_over.put_back(rest);
                // Somebody may have signed in there before it was put back.
                if let Some(session) = self.session.clone()
                    && session.generation != generation
                {
                    self.look_into_left_over(session);
                }
            }
        }
    }

    /// The sign-in under which something of `service` is told that was begun under `generation`:
    /// the present one also where that has ended, unless somebody has signed in elsewhere, where
    /// the same names are other doctors.
    pub(super) fn generation_of(&self, service: &str, generation: u64) -> u64 {
        match &self.session {
            Some(session) if session.service != service => generation,
            _ => self.generation,
        }
    }

    /// Only where there is something: each look ends in a notice that begins the next.
    fn look_into_left_over(&mut self, session: Arc<Session>) {
        let left_over = self.left_over.take(&session.service);
        if !left_over.is_empty() {
            let look = aftermath::look_into_unfinished(session, left_over);
            self.spawn(failed(None, internal()), look);
        }
    }

    async fn start_session(
        &mut self,
        new: NewSession,
        keychain: Option<Failure>,
        unasked: Option<Failure>,
        by_hand: bool,
    ) {
        if let Some(earlier) = self.session.take() {
            earlier.cancel.cancel();
        }
        self.generation += 1;
        let session = Arc::new(Session {
            context: self.context.clone(),
            api: new.api,
            service: Session::service_key(&new.account),
            account: new.account,
            generation: self.generation,
            cancel: CancellationToken::new(),
        });
        self.session = Some(session.clone());
        session.tell(Event::SignedIn {
            account: session.account.clone(),
            keychain,
        });
        if let Some(failure) = unasked {
            session.tell(failed(None, failure));
        }
        if by_hand {
            let entry = session.draft(AuditAction::SignIn, AuditOutcome::Done, new_operation());
            session.record(entry, Vec::new()).await;
        }
        for name in std::mem::take(&mut self.known_names) {
            if let Err(error) = self
                .context
                .store
                .remember_doctor(&session.service, &name)
                .await
            {
                session.tell(failed(None, store_failure(&error)));
            }
        }
        match self.context.store.doctors(&session.service).await {
            Ok(doctors) => session.tell(Event::Doctors(doctors)),
            Err(error) => session.tell(failed(None, store_failure(&error))),
        }
        set_aside::tell(&session).await;
        self.look_into_left_over(session.clone());
        self.spawn(failed(None, internal()), async move {
            checks::look_at_backups(&session).await;
        });
    }

    fn end_session(&mut self, because: SignedOutBecause) {
        if let Some(session) = self.session.take() {
            session.cancel.cancel();
        }
        self.generation += 1;
        self.context
            .tell(self.generation, Event::SignedOut(because));
    }
}
