//! How a sign-in begins and ends for the engine's loop.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::{AccountKey, AuditAction, AuditOutcome, Failure, TokenKeeping};
use crate::engine::cancellation::EndedBy;
use crate::engine::credentials::{Credentials, SignIn};
use crate::engine::deletion_rules::not_approved;
use crate::engine::event_loop::Engine;
use crate::engine::jobs::{kept, set_aside};
use crate::engine::notice::{Begun, BegunAt, Notice};
use crate::engine::operation::new_operation;
use crate::engine::resources::{internal, store_failure};
use crate::engine::workspace::{Workspace, joined};
use crate::engine::{
    Event, SignedOutBecause, backups, deletion_rules, record_check, recovery, settings, sign_in,
    sign_out,
};

impl Engine {
    /// Takes in what a task tells of the sign-in.
    pub(super) async fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::SignedIn {
                attempt,
                sign_in,
                begun: Begun::ByHand,
                ..
            } if attempt != self.attempt => self.leave_no_token(*sign_in),
            Notice::SignedIn { attempt, .. }
            | Notice::NotSignedIn { attempt, .. }
            | Notice::SignInFailed { attempt, .. }
                if attempt != self.attempt => {}
            Notice::SignInFailed {
                attempt: _,
                failure,
            } => self
                .resources
                .tell(self.generation, Event::SignInFailed(failure)),
            Notice::SignedIn {
                attempt: _,
                sign_in,
                keychain,
                unasked,
                begun,
                is_locked,
            } => {
                let begun = (begun, is_locked);
                self.signed_in(*sign_in, keychain, unasked, begun).await;
            }
            Notice::NotSignedIn {
                attempt: _,
                because,
                failure,
            } => {
                self.close_workspace();
                self.say_signed_out(because);
                if let Some(failure) = failure {
                    self.resources
                        .tell(self.generation, Event::SignInFailed(failure));
                }
            }
            Notice::Tell(event) => self.resources.tell(self.generation, *event),
            Notice::Ended(ended) => self.tell_job_ended(*ended),
            // Whoever has signed in meanwhile did not sign out.
            Notice::Forgotten(None) if self.workspace.is_some() => {}
            Notice::Forgotten(kept) => {
                let event = kept.map_or(Event::TokenForgotten, Event::TokenKept);
                self.resources.tell(self.generation, event);
            }
            Notice::SignInEnded { generation } => {
                // Somebody may have signed in again before this was heard.
                let is_over = |workspace: &Arc<Workspace>| {
                    workspace.generation == generation
                        && !workspace.credentials.is_anybody_present()
                };
                if self.workspace.as_ref().is_some_and(is_over) {
                    self.say_signed_out(SignedOutBecause::Ended);
                }
            }
            Notice::TellOf { begun_at, event } => self.tell_of(&begun_at, *event),
            Notice::DeleteApproved { number, .. } if number != self.approval => {}
            Notice::DeleteApproved {
                number: _,
                asked_by,
                approved,
            } => {
                self.stop_approving();
                let Some(workspace) = self.workspace.clone() else {
                    return;
                };
                match deletion_rules::refusal_now(&workspace, &asked_by, &approved.plan) {
                    None => self.delete(&workspace, *approved),
                    Some(failure) => workspace.tell(not_approved(&approved.plan, failure)),
                }
            }
            Notice::NewestVersion { number, answer } => {
                if let Some(newest) = self.version_check.answered(number, answer) {
                    self.resources
                        .tell(self.generation, Event::NewestVersion(newest));
                }
            }
            Notice::LeftOpen { generation, rest } => {
                self.left_over.put_back(rest);
                // Somebody may have signed in there before it was put back.
                if let Some(workspace) = self.workspace.clone()
                    && workspace.generation != generation
                {
                    self.look_into_left_over(workspace);
                    self.name_what_is_left();
                }
            }
        }
    }

    /// Tells something that was begun at a service, whoever is signed in by now. Where somebody has
    /// signed in elsewhere since, the same names are other doctors: what is told then is told as of its
    /// own service.
    pub(super) fn tell_of(&self, begun_at: &BegunAt, event: Event) {
        let here = self.service.as_ref();
        let event = if here.is_none_or(|here| *here == begun_at.service) {
            Some(event)
        } else {
            event.elsewhere(&begun_at.origin)
        };
        if let Some(event) = event {
            self.resources.tell(self.generation, event);
        }
    }

    /// Only where there is something: each look ends in a notice that begins the next.
    fn look_into_left_over(&mut self, workspace: Arc<Workspace>) {
        let left_over = self.left_over.take(&workspace.service);
        if !left_over.is_empty() {
            let look = recovery::look_into_unfinished(workspace, left_over);
            self.scheduler.spawn(Event::failed(None, internal()), look);
        }
    }

    /// Names the deletes that an earlier run began at other services than the present one: only there can
    /// they be looked into.
    fn name_what_is_left(&self) {
        for (service, unfinished) in self.left_over.deletes() {
            let found = Event::FoundAtStart(vec![unfinished]);
            if let Some(event) = found.elsewhere(&service) {
                self.resources.tell(self.generation, event);
            }
        }
    }

    /// Nobody waits for this sign-in any more: what the keychain keeps of it would sign somebody in.
    fn leave_no_token(&mut self, sign_in: SignIn) {
        let present = self
            .workspace
            .as_ref()
            .map(|open| open.credentials.sign_in());
        let is_kept =
            |one: &SignIn| one.key() == sign_in.key() && one.keeping == TokenKeeping::Keychain;
        if !is_kept(&sign_in) || present.is_some_and(|present| is_kept(&present)) {
            return;
        }
        let resources = self.resources.clone();
        let work = async move {
            let _one_at_a_time = resources.keeping.lock().await;
            sign_out::keep_or_clear(&resources, &sign_in, false).await;
        };
        self.scheduler.spawn(Event::failed(None, internal()), work);
    }

    /// Somebody signed in: at the same service, what waits for that goes on.
    async fn signed_in(
        &mut self,
        sign_in: SignIn,
        keychain: Option<Failure>,
        unasked: Option<Failure>,
        (begun, is_locked): (Begun, bool),
    ) {
        let account = sign_in.account();
        let kept = sign_in.kept_account();
        let is_locked = is_locked || begun != Begun::ByHand && self.is_locked(&kept.key).await;
        let before = self.generation;
        let (workspace, goes_on) = self.workspace_for(sign_in);
        workspace.tell(Event::SignedIn {
            account,
            goes_on,
            keychain,
            by_hand: begun == Begun::ByHand,
            is_locked,
        });
        if begun != Begun::ByHand {
            sign_out::goes_on_with(&self.resources, kept.clone()).await;
        }
        if let Some(failure) = unasked {
            workspace.tell(Event::failed(None, failure));
            let find_out = sign_in::find_out_whose(workspace.clone());
            self.scheduler
                .spawn(Event::failed(None, internal()), find_out);
        }
        workspace.tell(Event::DeletionRules(self.resources.rules()));
        if let Some(mismatch) = self.rules_to_put_back.take() {
            deletion_rules::put_back(&workspace, mismatch).await;
        }
        let settings_changes = std::mem::take(&mut self.settings_to_record);
        settings::record(&workspace, settings_changes).await;
        if begun != Begun::AtTheStart {
            let mut entry =
                workspace.draft(AuditAction::SignIn, AuditOutcome::Done, new_operation());
            if let Begun::Switched { before } = begun {
                let named = kept.user_name.map(|user_name| format!(" for {user_name}"));
                let named = named.unwrap_or_default();
                let by = format!("by what the keychain keeps{named}, without a password");
                let locked = is_locked.then(|| "locked until the password is typed".to_owned());
                let instead = before.map(|before| format!("in place of {before}"));
                entry.note = joined([Some(by), locked, instead]);
            }
            workspace.record(entry, Vec::new()).await;
        }
        for name in std::mem::take(&mut self.known_names) {
            if let Err(error) = self
                .resources
                .store
                .remember_doctor(&workspace.service, &name)
                .await
            {
                workspace.tell(Event::failed(None, store_failure(&error)));
            }
        }
        match self.resources.store.doctors(&workspace.service).await {
            Ok(doctors) => workspace.tell(Event::Doctors(doctors)),
            Err(error) => workspace.tell(Event::failed(None, store_failure(&error))),
        }
        set_aside::tell(&workspace).await;
        kept::tell(&workspace).await;
        self.scheduler.spawn(
            Event::RecordNotChecked(internal()),
            record_check::check_once(self.resources.clone(), workspace.credentials.person()),
        );
        self.look_into_left_over(workspace.clone());
        if self.generation != before {
            self.name_what_is_left();
        }
        self.scheduler
            .spawn(Event::failed(None, internal()), async move {
                backups::look_at_backups(&workspace).await;
            });
    }

    /// The workspace of a new sign-in: the open one where it is of the same service. Whether it is
    /// certain that the same person was signed in there.
    fn workspace_for(&mut self, sign_in: SignIn) -> (Arc<Workspace>, bool) {
        let service = Workspace::service_key(&sign_in);
        if let Some(open) = self
            .workspace
            .as_ref()
            .filter(|open| open.service == service)
        {
            let goes_on = open.credentials.sign_in().is_by_the_same_person(&sign_in);
            open.credentials.renew(sign_in);
            return (open.clone(), goes_on);
        }
        self.close_workspace();
        self.generation += 1;
        self.service = Some(service.clone());
        let workspace = Arc::new(Workspace {
            resources: self.resources.clone(),
            service,
            credentials: Credentials::new(sign_in),
            generation: self.generation,
            cancel: CancellationToken::new(),
        });
        self.workspace = Some(workspace.clone());
        (workspace, false)
    }

    /// Goes on as another account, by what the keychain keeps for it, or has somebody else sign in. What was
    /// kept for who leaves stays kept; what was not is gone.
    pub(super) fn switch(&mut self, to: Option<AccountKey>) {
        self.stop_signing_in();
        let left = self.workspace.clone();
        self.close_workspace();
        let because = match &to {
            Some(_) => SignedOutBecause::Switch,
            None => SignedOutBecause::SomebodyElse,
        };
        self.say_signed_out(because);
        let resources = self.resources.clone();
        let which = (self.attempt, self.signing_in.clone());
        let on_panic = match &to {
            Some(_) => Event::SignedOut(SignedOutBecause::NoToken),
            None => Event::failed(None, internal()),
        };
        self.scheduler.spawn(on_panic, async move {
            let before = left.as_ref().and_then(|left| left.credentials.person());
            // Who has signed in meanwhile stays whom the next start goes on with.
            if to.is_none() && !which.1.is_cancelled() {
                sign_out::nobody_is_present(&resources).await;
            }
            if let Some(left) = left
                && left.credentials.sign_in().keeping != TokenKeeping::Keychain
            {
                sign_out::forget(left).await;
            }
            if let Some(key) = to {
                sign_in::switch(resources, key, which, before).await;
            }
        });
    }

    /// Whether the desk was left locked meanwhile, or that can't be read.
    async fn is_locked(&self, key: &AccountKey) -> bool {
        let known = self.resources.store.kept_account(key).await;
        known.map_or(true, |known| known.is_some_and(|known| known.is_locked))
    }

    /// The desk is left: the password is asked for before any account is gone on with. That of who is signed in
    /// by a token can't be asked for, and stays as it is.
    pub(super) fn lock_accounts(&mut self) {
        let present = self
            .workspace
            .as_ref()
            .map(|open| open.credentials.sign_in());
        let by_token = present.filter(|sign_in| sign_in.user_name.is_none());
        let but = by_token.map(|sign_in| sign_in.key());
        let resources = self.resources.clone();
        let work = async move {
            sign_out::lock(&resources, but).await;
        };
        self.scheduler.spawn(Event::failed(None, internal()), work);
    }

    /// Ends what runs for the service that somebody was signed in to.
    pub(super) fn close_workspace(&mut self) {
        self.stop_approving();
        if let Some(workspace) = self.workspace.take() {
            let generation = Some(workspace.generation);
            self.scheduler.cancel_all(generation, EndedBy::SignOut);
            workspace.cancel.cancel();
            self.generation += 1;
        }
    }

    pub(super) fn say_signed_out(&self, because: SignedOutBecause) {
        self.resources
            .tell(self.generation, Event::SignedOut(because));
    }
}
