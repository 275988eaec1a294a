//! The engine's own loop: takes commands, starts jobs, ends them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::{
    Approval, DeletionPlan, DeletionScope, DoctorName, Failure, FailureKind, NewestVersion,
    OperationId, ServiceOrigin, UpdateSource,
};
use crate::engine::cancellation::EndedBy;
use crate::engine::deletion_rules::{self, Mismatch, not_approved};
use crate::engine::jobs::back_up;
use crate::engine::jobs::delete::verify_gone;
use crate::engine::jobs::{check, compare, delete, download, kept, set_aside};
use crate::engine::left_over::LeftOver;
use crate::engine::notice::{Approved, Ended, Notice};
use crate::engine::refusal::not_surveyed;
use crate::engine::resources::{Resources, internal, store_failure};
use crate::engine::scheduler::{Busy, Panicked, Scheduler, TaskEnded, not_known};
use crate::engine::ticket::JobTicket;
use crate::engine::unwanted;
use crate::engine::version_check::{self, VersionCheck};
use crate::engine::workspace::Workspace;
use crate::engine::{
    Command, Event, JobEnding, JobKind, SignedOutBecause, activity, doctors, places, record_check,
    settings, sign_in, sign_out,
};

/// How often the loop looks whether the computer slept.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// By how much the clock may be behind the record: computers that share a folder are never set
/// quite alike.
const BEHIND: SignedDuration = SignedDuration::from_mins(2);

/// How long leaving waits for jobs to put their things away.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(3);

/// The loop and what it owns.
pub struct Engine {
    pub resources: Arc<Resources>,
    pub commands: mpsc::Receiver<Command>,
    pub notices: mpsc::UnboundedReceiver<Notice>,
    pub known_names: Vec<DoctorName>,
    pub left_over: LeftOver,
    pub workspace: Option<Arc<Workspace>>,
    /// The key of the service of the present sign-in, or the last.
    pub service: Option<String>,
    pub generation: u64,
    /// Counts the attempts at a sign-in, the opening's own being the first. What comes of an
    /// attempt after the next has begun is ignored: a kept token that the service refuses late
    /// must not end the sign-in that a person has made meanwhile.
    pub attempt: u64,
    /// Counts the deletes that were to be approved.
    pub approval: u64,
    /// Gives up the last of them.
    pub approving: CancellationToken,
    /// Gives up the last attempt of a person.
    pub signing_in: CancellationToken,
    pub scheduler: Scheduler,
    /// What is still to be recorded of the rules for deletes.
    pub rules_to_put_back: Option<Mismatch>,
    /// The service's address that was in force at the start.
    pub opened_at: ServiceOrigin,
    /// What is still to be recorded of settings that something else than the app has changed.
    pub settings_to_record: Vec<String>,
    /// Gives up the last reading of the record.
    pub activity: CancellationToken,
    pub version_check: VersionCheck,
}

impl Engine {
    /// Runs until the window lets go of its end.
    pub async fn run(mut self) {
        match LeftOver::read(&self.resources.store).await {
            Ok(left_over) => self.left_over = left_over,
            Err(error) => {
                let event = Event::failed(None, store_failure(&error));
                self.resources.tell(self.generation, event);
            }
        }
        let remove = unwanted::remove(self.resources.clone());
        self.scheduler
            .spawn(Event::failed(None, internal()), remove);
        self.compare_clock_with_record().await;
        self.rules_to_put_back = deletion_rules::read(&self.resources).await;
        self.settings_to_record = settings::look(&self.resources, &self.opened_at).await;
        if !self.settings_to_record.is_empty() {
            let event = Event::SettingsWereChanged;
            self.resources.tell(self.generation, event);
        }
        let source = self.version_check.source();
        if *source != UpdateSource::Nowhere {
            if source.address().is_none() {
                tracing::warn!("what the administrator wrote is no address to ask for versions");
            }
            let event = Event::UpdateSource(source.clone());
            self.resources.tell(self.generation, event);
        }
        let watch = self.resources.clock.watch();
        loop {
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {
                    record_check::log_head(&self.resources).await;
                }
                command = self.commands.recv() => match command {
                    Some(command) => self.take(command),
                    None => break,
                },
                Some(notice) = self.notices.recv() => self.notice(notice).await,
                ended = self.scheduler.next_ended() => self.tell_ended(ended),
            }
            // At every turn: after a sleep nothing else is to come first.
            if let Some(jump) = watch.look(BETWEEN_LOOKS) {
                tracing::info!(?jump, "time jumped");
                if let Some(workspace) = &self.workspace {
                    let sign_in = workspace.credentials.sign_in();
                    sign_in.connect_anew(&*self.resources.connector);
                }
                self.resources
                    .tell(self.generation, Event::TimeJumped(jump));
            }
            self.ask_newest_version();
        }
        self.leave().await;
    }

    /// Entries are in the order of their numbers whatever the clock says; people read the times.
    async fn compare_clock_with_record(&self) {
        let Ok(entries) = self.resources.store.entries(None, 1).await else {
            return;
        };
        let newest = entries.into_iter().next().and_then(Result::ok);
        if newest.is_some_and(|entry| entry.draft.time.duration_since(Timestamp::now()) > BEHIND) {
            self.resources
                .tell(self.generation, Event::ClockBehindRecord);
        }
    }

    /// Asks which version is the newest, where the time for it has come.
    fn ask_newest_version(&mut self) {
        if let Some(question) = self.version_check.due() {
            let on_panic = Event::NewestVersion(NewestVersion::NotKnown);
            let work = version_check::ask(self.resources.clone(), question);
            self.scheduler.spawn(on_panic, work);
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::SignIn { origin, with, stay } => {
                self.stop_signing_in();
                let request = sign_in::SignInRequest {
                    attempt: self.attempt,
                    given_up: self.signing_in.clone(),
                    stay,
                };
                let work = sign_in::sign_in(self.resources.clone(), origin, with, request);
                self.scheduler.spawn(Event::SignInFailed(internal()), work);
            }
            Command::StopSigningIn => self.stop_signing_in(),
            Command::SwitchAccount(to) => self.switch(to),
            Command::LockAccounts => self.lock_accounts(),
            Command::StopApproving => self.stop_approving(),
            Command::SaveSettings(settings) => {
                self.version_check.want(settings.tells_of_newer_version);
                let resources = self.resources.clone();
                resources.keep_in_mind(settings);
                let work = settings::save(resources, self.generation);
                let on_panic = Event::failed(None, internal());
                self.scheduler.spawn(on_panic, work);
            }
            Command::ShowInFolder(path) => {
                let (resources, generation) = (self.resources.clone(), self.generation);
                let on_panic = Event::failed(None, internal());
                let work = places::show_in_folder(resources, generation, path);
                self.scheduler.spawn(on_panic, work);
            }
            Command::LookAtPlace(folder) => {
                let (resources, generation) = (self.resources.clone(), self.generation);
                let on_panic = Event::PlaceSeen {
                    folder: folder.clone(),
                    place: None,
                };
                self.scheduler.spawn(on_panic, async move {
                    let place = places::place_of(folder.clone()).await;
                    resources.tell(generation, Event::PlaceSeen { folder, place });
                });
            }
            Command::Cancel(id) => {
                self.scheduler.cancel(id, EndedBy::Person);
            }
            Command::Pause(id) => {
                self.scheduler.pause(id);
            }
            // A Stop that was pressed before it came before it, in this same queue.
            Command::NoStop(id) => {
                self.scheduler.no_stop(id);
            }
            Command::TryNow(id) => {
                self.scheduler.try_now(id);
            }
            command => match self.workspace.clone() {
                Some(workspace) => self.take_signed_in(workspace, command),
                None => self.refuse(command),
            },
        }
    }

    /// Nothing comes of what is typed to have a delete carried out.
    pub(super) fn stop_approving(&mut self) {
        self.approval += 1;
        std::mem::take(&mut self.approving).cancel();
    }

    /// Nothing comes of an attempt at a sign-in that is under way.
    pub(super) fn stop_signing_in(&mut self) {
        self.attempt += 1;
        std::mem::take(&mut self.signing_in).cancel();
    }

    fn take_signed_in(&mut self, workspace: Arc<Workspace>, command: Command) {
        match command {
            Command::SignOut => {
                self.stop_signing_in();
                self.stop_approving();
                self.close_workspace();
                self.say_signed_out(SignedOutBecause::SignOut(None));
                let work = sign_out::forget(workspace);
                self.scheduler.spawn(Event::failed(None, internal()), work);
            }
            Command::Check(doctor) => {
                let failure = Some(internal());
                let on_panic = Event::CheckEnded {
                    doctor: doctor.clone(),
                    failure,
                };
                let work = check::check_one(workspace.clone(), doctor);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::PrepareDownload { doctor, purpose } => {
                let failure = internal();
                let on_panic = Event::DownloadNotReady {
                    doctor: doctor.clone(),
                    failure,
                };
                let work = check::prepare_download(workspace.clone(), doctor, purpose);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::SurveyDeletion(doctor) => {
                let on_panic = not_surveyed(doctor.clone(), internal());
                let work = delete::survey(workspace.clone(), doctor);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::LookAgain { doctor, operation } => {
                let on_panic = Event::LookedAgain {
                    operation: operation.clone(),
                    doctor: doctor.clone(),
                    report: not_known(doctor.as_ref()),
                };
                let work = verify_gone::look_again(workspace.clone(), doctor, operation);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::Forget(doctor) => {
                let on_panic = Event::failed(Some(doctor.clone()), internal());
                let work = doctors::forget(workspace.clone(), doctor);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::LoadActivity(question) => {
                let given_up = CancellationToken::new();
                std::mem::replace(&mut self.activity, given_up.clone()).cancel();
                let on_panic = Event::ActivityNotRead {
                    question: question.number,
                    failure: internal(),
                };
                let work = activity::load(workspace.clone(), *question, given_up);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::CheckRecord => {
                let person = workspace.credentials.person();
                let work = record_check::check(self.resources.clone(), person);
                self.scheduler
                    .spawn(Event::RecordNotChecked(internal()), work);
            }
            Command::RecordSeen(shown) => {
                let person = workspace.credentials.person();
                let work = record_check::mark_as_seen(self.resources.clone(), person, *shown);
                self.scheduler
                    .spawn(Event::RecordNotChecked(internal()), work);
            }
            Command::CheckPassword(password) => {
                let on_panic = Event::PasswordChecked(Some(internal()));
                let work = deletion_rules::check_password(workspace.clone(), password);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::ChangeRule(change, password) => {
                let on_panic = Event::RulesNotChanged(internal());
                let work = deletion_rules::change(workspace.clone(), change, password);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::DiscardSetAside(operation) => {
                let on_panic = Event::failed(None, internal());
                let work = set_aside::discard(workspace.clone(), operation);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            Command::DiscardPart(operation) => {
                let on_panic = Event::failed(None, internal());
                let work = kept::discard(workspace.clone(), operation);
                self.scheduler
                    .spawn_at(workspace.begun_at(), on_panic, work);
            }
            job => self.start(workspace, job),
        }
    }

    /// Starts the job that was asked for.
    fn start(&mut self, workspace: Arc<Workspace>, command: Command) {
        match command {
            Command::CheckAll(doctors) => {
                self.job(&workspace.clone(), JobKind::CheckAll, |ticket| async move {
                    JobEnding::CheckAll(check::check_many(&workspace, doctors, &ticket).await)
                });
            }
            Command::SurveyAll(doctors) => {
                self.job(
                    &workspace.clone(),
                    JobKind::SurveyAll,
                    |ticket| async move {
                        JobEnding::CheckAll(check::survey_many(&workspace, doctors, &ticket).await)
                    },
                );
            }
            Command::Download {
                doctor,
                destination,
                as_it_is,
            } => {
                let kind = JobKind::Download(doctor.clone());
                self.job(&workspace.clone(), kind, |ticket| {
                    download::download(workspace, doctor, destination, as_it_is, ticket)
                });
            }
            Command::Compare(doctor) => {
                let kind = JobKind::Compare(doctor.clone());
                self.job(&workspace.clone(), kind, |ticket| {
                    compare::compare(workspace, doctor, ticket)
                });
            }
            Command::KeepSetAside {
                doctor,
                operation,
                destination,
            } => {
                let kind = JobKind::Download(doctor.clone());
                self.job(&workspace.clone(), kind, |ticket| {
                    set_aside::keep(workspace, doctor, operation, destination, ticket)
                });
            }
            Command::GoOn { doctor, operation } => {
                let kind = JobKind::Download(doctor.clone());
                let goes_on = Some(operation.clone());
                self.job_of(&workspace.clone(), kind, goes_on, |ticket| {
                    download::go_on(workspace, doctor, operation, ticket)
                });
            }
            Command::CheckAndBackUp {
                doctors,
                folder,
                fetched_since,
            } => {
                self.job(&workspace.clone(), JobKind::CheckAndBackUp, |ticket| {
                    back_up::check_and_back_up(workspace, doctors, folder, fetched_since, ticket)
                });
            }
            Command::Delete { plan, approval } => self.approve(&workspace, *plan, approval),
            // All others were taken before.
            _ => {}
        }
    }

    /// Begins a delete, once what the rules ask for is given.
    fn approve(&mut self, workspace: &Arc<Workspace>, plan: DeletionPlan, approval: Approval) {
        if let Some(failure) = deletion_rules::refusal(workspace, &plan) {
            return workspace.tell(not_approved(&plan, failure));
        }
        let rules = self.resources.rules();
        if !rules.ask_for_a_password_before(plan.confirmation()) {
            let by = String::new();
            return self.delete(workspace, Approved { plan, by });
        }
        self.stop_approving();
        let on_panic = not_approved(&plan, internal());
        let which = (self.approval, self.approving.clone());
        let work = deletion_rules::approve(workspace.clone(), which, plan, approval);
        self.scheduler
            .spawn_at(workspace.begun_at(), on_panic, work);
    }

    pub(super) fn delete(&mut self, workspace: &Arc<Workspace>, approved: Approved) {
        let kind = match approved.plan.scope() {
            DeletionScope::Doctor(doctor) => JobKind::Delete(doctor),
            DeletionScope::Everything => JobKind::DeleteAll,
        };
        let busy = Failure::new(FailureKind::Busy, Timestamp::now(), "");
        let on_busy = not_approved(&approved.plan, busy);
        let begun = self.scheduler.start(workspace, kind, None, |ticket| {
            delete::delete(workspace.clone(), approved, ticket)
        });
        if let Err(Busy) = begun {
            workspace.tell(on_busy);
        }
    }

    /// Starts a job, or says that another has to end first.
    fn job<F>(
        &mut self,
        workspace: &Arc<Workspace>,
        kind: JobKind,
        work: impl FnOnce(JobTicket) -> F,
    ) where
        F: Future<Output = JobEnding> + Send + 'static,
    {
        self.job_of(workspace, kind, None, work);
    }

    /// The same, as an operation that an earlier job began.
    fn job_of<F>(
        &mut self,
        workspace: &Arc<Workspace>,
        kind: JobKind,
        begun: Option<OperationId>,
        work: impl FnOnce(JobTicket) -> F,
    ) where
        F: Future<Output = JobEnding> + Send + 'static,
    {
        let doctor = kind.doctor().cloned();
        if let Err(Busy) = self.scheduler.start(workspace, kind, begun, work) {
            let failure = Failure::new(FailureKind::Busy, Timestamp::now(), "");
            workspace.tell(Event::failed(doctor, failure));
        }
    }

    fn tell_ended(&self, ended: Option<TaskEnded>) {
        match ended {
            Some(TaskEnded::Job(ended)) => self.tell_job_ended(ended),
            Some(TaskEnded::Panicked(panicked)) => {
                let Panicked { begun_at, event } = *panicked;
                match begun_at {
                    Some(begun_at) => self.tell_of(&begun_at, event),
                    None => self.resources.tell(self.generation, event),
                }
            }
            None => {}
        }
    }

    pub(super) fn tell_job_ended(&self, ended: Ended) {
        let Ended {
            id,
            ending,
            begun_at,
        } = ended;
        self.tell_of(&begun_at, Event::JobEnded { id, ending });
    }

    /// Says of a command that somebody has to be signed in for it.
    fn refuse(&self, command: Command) {
        let failure = Failure::new(FailureKind::NotSignedIn, Timestamp::now(), "");
        let event = command.refused(failure);
        self.resources.tell(self.generation, event);
    }

    /// Cancels what runs and gives it a moment to put its things away. What was cut off stays open
    /// in the store for the next start, which names it: nobody would see what comes of it here.
    async fn leave(mut self) {
        self.resources.leaving.cancel();
        // The jobs first: they learn why.
        self.scheduler.cancel_all(None, EndedBy::Leaving);
        if let Some(workspace) = &self.workspace {
            workspace.cancel.cancel();
        }
        let all_ended = async {
            self.scheduler.all_ended().await;
            // What a delete has ended with is kept in the keychain too.
            drop(self.resources.record.keeping.lock().await);
        };
        if tokio::time::timeout(PATIENCE_AT_THE_END, all_ended)
            .await
            .is_err()
        {
            tracing::warn!("left while jobs were running");
        }
    }
}
