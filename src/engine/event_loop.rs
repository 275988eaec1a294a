//! The engine's own loop: takes commands, starts jobs, ends them.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc};
use tokio::task::{Id, JoinError, JoinSet};

use crate::domain::{
    DeletionOutcome, DeletionPlan, DeletionScope, DoctorName, Failure, FailureKind, OperationId,
};
use crate::engine::aftermath::LeftOver;
use crate::engine::cancellation::{Cancellation, EndedBy};
use crate::engine::credentials::SignIn;
use crate::engine::jobs::JobTicket;
use crate::engine::refusal::not_surveyed;
use crate::engine::resources::{Resources, new_operation, store_failure};
use crate::engine::workspace::Workspace;
use crate::engine::{
    CheckAllReport, Command, DeletionReport, Event, JobEnding, JobFailure, JobId, JobKind,
    SignedOutBecause, Unfinished, aftermath, checks, comparing, deletions, downloads, places,
    set_aside, sign_in,
};
use crate::settings::Settings;

/// How many entries of the audit record are read at a time.
const ENTRIES_AT_ONCE: usize = 200;

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
    pub generation: u64,
    /// Counts the attempts at a sign-in, the opening's own being the first. What comes of an
    /// attempt after the next has begun is ignored: a kept token that the service refuses late
    /// must not end the sign-in that a person has made meanwhile.
    pub attempt: u64,
    pub tasks: JoinSet<Option<(JobId, JobEnding)>>,
    pub on_panic: HashMap<Id, OnPanic>,
    pub running: BTreeMap<JobId, Running>,
}

/// What a task tells the engine's own loop.
pub enum Notice {
    /// A token was accepted, or taken on trust because the service could not be asked.
    SignedIn {
        /// Which of the engine's attempts at a sign-in this is; see [`Engine::attempt`].
        ///
        /// [`Engine::attempt`]: crate::engine::event_loop::Engine::attempt
        attempt: u64,
        sign_in: Box<SignIn>,
        /// Why the keychain keeps no token although it was asked to, or may keep an earlier one.
        keychain: Option<Failure>,
        /// Why the service could not be asked whose token it is.
        unasked: Option<Failure>,
        /// Whether a person signed in just now.
        by_hand: bool,
    },
    /// Nobody could be signed in at the start.
    NotSignedIn {
        /// As in [`Notice::SignedIn`].
        attempt: u64,
        because: crate::engine::SignedOutBecause,
        /// What else stood in the way.
        failure: Option<Failure>,
    },
    /// The token is forgotten, or may not be.
    Forgotten(Option<Failure>),
    /// The service no longer accepts the token of this sign-in.
    SignInEnded { generation: u64 },
    /// Something that an earlier run left for `service` is closed, and is to be told.
    FoundAtStart {
        generation: u64,
        service: String,
        found: Box<Unfinished>,
    },
    /// The look into what earlier runs left is over, and `rest` could not be closed.
    LeftOpen { generation: u64, rest: LeftOver },
}

/// A running job as the loop knows it.
pub struct Running {
    kind: JobKind,
    pub cancellation: Cancellation,
    no_stop: Arc<Notify>,
    try_now: Arc<Notify>,
    pub generation: u64,
    service: String,
}

/// What is said of a task that panicked.
pub enum OnPanic {
    Job(JobId),
    Say(Box<Event>),
}

impl Engine {
    /// Runs until the window lets go of its end.
    pub async fn run(mut self) {
        match LeftOver::read(&self.resources.store).await {
            Ok(left_over) => self.left_over = left_over,
            Err(error) => {
                let event = failed(None, store_failure(&error));
                self.resources.tell(self.generation, event);
            }
        }
        self.compare_clock_with_record().await;
        let watch = self.resources.clock.watch();
        loop {
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                command = self.commands.recv() => match command {
                    Some(command) => self.take(command),
                    None => break,
                },
                Some(notice) = self.notices.recv() => self.notice(notice).await,
                Some(ended) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    self.task_ended(ended);
                }
            }
            // At every turn: after a sleep nothing else is to come first.
            if let Some(jump) = watch.look(BETWEEN_LOOKS) {
                tracing::info!(?jump, "time jumped");
                self.resources
                    .tell(self.generation, Event::TimeJumped(jump));
            }
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

    /// Starts work that is no job of its own.
    pub fn spawn(&mut self, on_panic: Event, work: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(async move {
            work.await;
            None
        });
        self.on_panic
            .insert(task.id(), OnPanic::Say(Box::new(on_panic)));
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::SignIn {
                origin,
                token,
                stay,
            } => {
                self.attempt += 1;
                let asked = sign_in::Asked {
                    attempt: self.attempt,
                    generation: self.generation,
                    stay,
                };
                let work = sign_in::sign_in(self.resources.clone(), origin, token, asked);
                self.spawn(Event::SignInFailed(internal()), work);
            }
            Command::SaveSettings(settings) => self.save_settings(settings),
            Command::ShowInFolder(path) => {
                let resources = self.resources.clone();
                let generation = self.generation;
                self.spawn(failed(None, internal()), async move {
                    let shown = tokio::task::spawn_blocking({
                        let path = path.clone();
                        move || crate::platform::show_in_folder(&path)
                    });
                    let error = match shown.await {
                        Ok(Ok(())) => return,
                        Ok(Err(error)) => error.to_string(),
                        Err(error) => error.to_string(),
                    };
                    let kind = FailureKind::Disk { path };
                    let failure = Failure::new(kind, Timestamp::now(), error);
                    resources.tell(generation, failed(None, failure));
                });
            }
            Command::LookAtPlace(folder) => {
                let (resources, generation) = (self.resources.clone(), self.generation);
                let on_panic = Event::PlaceSeen {
                    folder: folder.clone(),
                    place: None,
                };
                self.spawn(on_panic, async move {
                    let place = places::place_of(folder.clone()).await;
                    resources.tell(generation, Event::PlaceSeen { folder, place });
                });
            }
            Command::Cancel(id) => {
                if let Some(running) = self.running.get(&id) {
                    running.cancellation.cancel(EndedBy::Person);
                }
            }
            // A Stop that was pressed before it came before it, in this same queue.
            Command::NoStop(id) => {
                if let Some(running) = self.running.get(&id) {
                    running.no_stop.notify_one();
                }
            }
            Command::TryNow(id) => {
                if let Some(running) = self.running.get(&id) {
                    running.try_now.notify_waiters();
                }
            }
            command => match self.workspace.clone() {
                Some(workspace) => self.take_signed_in(workspace, command),
                None => self.refuse(command),
            },
        }
    }

    fn take_signed_in(&mut self, workspace: Arc<Workspace>, command: Command) {
        match command {
            Command::SignOut => {
                self.close_workspace();
                self.say_signed_out(SignedOutBecause::Asked(None));
                let work = sign_in::forget(workspace);
                self.spawn(failed(None, internal()), work);
            }
            Command::Check(doctor) => {
                let failure = Some(internal());
                let on_panic = Event::CheckEnded {
                    doctor: doctor.clone(),
                    failure,
                };
                self.spawn(on_panic, checks::check_one(workspace, doctor));
            }
            Command::PrepareDownload { doctor, purpose } => {
                let failure = internal();
                let on_panic = Event::DownloadNotReady {
                    doctor: doctor.clone(),
                    failure,
                };
                self.spawn(
                    on_panic,
                    checks::prepare_download(workspace, doctor, purpose),
                );
            }
            Command::SurveyDeletion(doctor) => {
                let on_panic = not_surveyed(doctor.clone(), internal());
                self.spawn(on_panic, deletions::survey(workspace, doctor));
            }
            Command::LookAgain { doctor, operation } => {
                let on_panic = Event::LookedAgain {
                    operation: operation.clone(),
                    doctor: doctor.clone(),
                    report: not_known(doctor.as_ref()),
                };
                self.spawn(
                    on_panic,
                    aftermath::look_again(workspace, doctor, operation),
                );
            }
            Command::Forget(doctor) => {
                let on_panic = failed(Some(doctor.clone()), internal());
                self.spawn(on_panic, forget_name(workspace, doctor));
            }
            Command::LoadActivity { before } => {
                let on_panic = Event::ActivityNotRead(internal());
                self.spawn(on_panic, load_activity(workspace, before));
            }
            Command::DiscardSetAside(operation) => {
                self.spawn(
                    failed(None, internal()),
                    set_aside::discard(workspace, operation),
                );
            }
            job => self.start(workspace, job),
        }
    }

    /// Starts the job that was asked for.
    fn start(&mut self, workspace: Arc<Workspace>, command: Command) {
        match command {
            Command::CheckAll(doctors) => {
                self.job(&workspace.clone(), JobKind::CheckAll, |ticket| async move {
                    JobEnding::CheckAll(checks::check_many(&workspace, doctors, &ticket).await)
                });
            }
            Command::SurveyAll(doctors) => {
                self.job(
                    &workspace.clone(),
                    JobKind::SurveyAll,
                    |ticket| async move {
                        JobEnding::CheckAll(checks::survey_many(&workspace, doctors, &ticket).await)
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
                    downloads::download(workspace, doctor, destination, as_it_is, ticket)
                });
            }
            Command::Compare(doctor) => {
                let kind = JobKind::Compare(doctor.clone());
                self.job(&workspace.clone(), kind, |ticket| {
                    comparing::compare(workspace, doctor, ticket)
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
            Command::CheckAndBackUp {
                doctors,
                folder,
                fetched_since,
            } => {
                self.job(&workspace.clone(), JobKind::CheckAndBackUp, |ticket| {
                    downloads::check_and_back_up(workspace, doctors, folder, fetched_since, ticket)
                });
            }
            Command::Delete(plan) => self.delete(workspace, *plan),
            // All others were taken before.
            _ => {}
        }
    }

    fn delete(&mut self, workspace: Arc<Workspace>, plan: DeletionPlan) {
        let kind = match plan.scope() {
            DeletionScope::Doctor(doctor) => JobKind::Delete(doctor),
            DeletionScope::Everything => JobKind::DeleteAll,
        };
        self.job(&workspace.clone(), kind, |ticket| {
            deletions::delete(workspace, plan, ticket)
        });
    }

    /// Starts a job, unless one on the same doctor runs.
    fn job<F>(&mut self, workspace: &Workspace, kind: JobKind, work: impl FnOnce(JobTicket) -> F)
    where
        F: Future<Output = JobEnding> + Send + 'static,
    {
        if self
            .running
            .values()
            .any(|running| collide(&running.kind, &kind))
        {
            let doctor = doctor_of(&kind).cloned();
            let failure = Failure::new(FailureKind::Busy, Timestamp::now(), "");
            return workspace.tell(failed(doctor, failure));
        }
        let ticket = {
            let asked_by = workspace.credentials.sign_in();
            self.resources.board.open(asked_by, deletes(&kind))
        };
        let id = ticket.id;
        workspace.tell(Event::JobStarted {
            id,
            kind: kind.clone(),
        });
        let running = Running {
            kind,
            cancellation: ticket.cancellation.clone(),
            no_stop: ticket.no_stop.clone(),
            try_now: ticket.try_now.clone(),
            generation: workspace.generation,
            service: workspace.service.clone(),
        };
        self.running.insert(id, running);
        let work = work(ticket);
        let task = self.tasks.spawn(async move { Some((id, work.await)) });
        self.on_panic.insert(task.id(), OnPanic::Job(id));
    }

    fn task_ended(&mut self, ended: Result<(Id, Option<(JobId, JobEnding)>), JoinError>) {
        let (task, ended) = match ended {
            Ok((task, ended)) => (task, Ok(ended)),
            Err(error) => (error.id(), Err(error)),
        };
        let on_panic = self.on_panic.remove(&task);
        match (ended, on_panic) {
            (Ok(None), _) | (Err(_), None) => {}
            (Ok(Some((id, ending))), _) => self.job_ended(id, ending),
            (Err(error), Some(OnPanic::Say(event))) => {
                // The panic's own words may hold a name: the id is all that is logged.
                tracing::error!(task = %error.id(), "a task panicked");
                self.resources.tell(self.generation, *event);
            }
            (Err(error), Some(OnPanic::Job(id))) => {
                tracing::error!(task = %error.id(), "a job panicked");
                if let Some(running) = self.running.get(&id) {
                    let ending = ending_of_panic(&running.kind, new_operation());
                    self.job_ended(id, ending);
                }
            }
        }
    }

    fn job_ended(&mut self, id: JobId, ending: JobEnding) {
        self.resources.board.close(id);
        let Some(running) = self.running.remove(&id) else {
            return;
        };
        let generation = self.generation_of(&running.service, running.generation);
        let ending = Box::new(ending);
        self.resources
            .tell(generation, Event::JobEnded { id, ending });
    }

    /// Says of a command that somebody has to be signed in for it.
    fn refuse(&self, command: Command) {
        let failure = Failure::new(FailureKind::NotSignedIn, Timestamp::now(), "");
        let event = command.refused(failure);
        self.resources.tell(self.generation, event);
    }

    fn save_settings(&mut self, settings: Settings) {
        let resources = self.resources.clone();
        let generation = self.generation;
        *resources
            .newest_settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(settings);
        self.spawn(failed(None, internal()), async move {
            let saving = resources.clone();
            let saved = tokio::task::spawn_blocking(move || {
                let file = saving
                    .settings_file
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                // The newest ones, taken while nobody else writes: earlier ones never land on them.
                let newest = saving
                    .newest_settings
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take();
                newest.map_or(Ok(()), |settings| file.save(&settings))
            })
            .await;
            let error = match saved {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            let failure = Failure::new(FailureKind::StoreTrouble, Timestamp::now(), error);
            resources.tell(generation, failed(None, failure));
        });
    }

    /// Cancels what runs and gives it a moment to put its things away. What was cut off stays open
    /// in the store for the next start, which names it: nobody would see what comes of it here.
    async fn leave(mut self) {
        self.resources.leaving.cancel();
        if let Some(workspace) = &self.workspace {
            workspace.cancel.cancel();
        }
        for running in self.running.values() {
            running.cancellation.cancel(EndedBy::Leaving);
        }
        let tasks = &mut self.tasks;
        let all_ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE_AT_THE_END, all_ended)
            .await
            .is_err()
        {
            tracing::warn!("left while jobs were running");
        }
    }
}

async fn forget_name(workspace: Arc<Workspace>, doctor: DoctorName) {
    let event = match workspace
        .resources
        .store
        .forget_doctor(&workspace.service, &doctor)
        .await
    {
        Ok(()) => Event::Forgotten(doctor),
        Err(error) => failed(Some(doctor), store_failure(&error)),
    };
    workspace.tell(event);
}

async fn load_activity(workspace: Arc<Workspace>, before: Option<u64>) {
    // One more than is shown tells whether there are older ones.
    let event = match workspace
        .resources
        .store
        .entries(before, ENTRIES_AT_ONCE + 1)
        .await
    {
        Ok(mut entries) => {
            let more = entries.len() > ENTRIES_AT_ONCE;
            entries.truncate(ENTRIES_AT_ONCE);
            Event::Activity {
                entries,
                from_newest: before.is_none(),
                more,
            }
        }
        Err(error) => Event::ActivityNotRead(store_failure(&error)),
    };
    workspace.tell(event);
}

pub const fn failed(doctor: Option<DoctorName>, failure: Failure) -> Event {
    Event::Failed { doctor, failure }
}

pub fn internal() -> Failure {
    Failure::new(
        FailureKind::Internal,
        Timestamp::now(),
        "a fault of the app's own",
    )
}

const fn doctor_of(kind: &JobKind) -> Option<&DoctorName> {
    match kind {
        JobKind::Download(doctor) | JobKind::Compare(doctor) | JobKind::Delete(doctor) => {
            Some(doctor)
        }
        JobKind::DeleteAll | JobKind::CheckAll | JobKind::SurveyAll | JobKind::CheckAndBackUp => {
            None
        }
    }
}

const fn deletes(kind: &JobKind) -> bool {
    matches!(kind, JobKind::Delete(_) | JobKind::DeleteAll)
}

/// Whether two jobs would get in each other's way.
fn collide(running: &JobKind, new: &JobKind) -> bool {
    match (doctor_of(running), doctor_of(new)) {
        (Some(a), Some(b)) => a == b,
        // It only looks, and each question has its own.
        _ if matches!(
            (running, new),
            (JobKind::SurveyAll, _) | (_, JobKind::SurveyAll)
        ) =>
        {
            false
        }
        _ if running == new => true,
        _ => {
            let fetches = |kind: &JobKind| {
                matches!(
                    kind,
                    JobKind::Download(_) | JobKind::Compare(_) | JobKind::CheckAndBackUp
                )
            };
            (deletes(running) || deletes(new))
                && (deletes(running) == deletes(new) || fetches(running) || fetches(new))
        }
    }
}

/// What is said of a delete, or of a look after it, that panicked.
fn not_known(doctor: Option<&DoctorName>) -> DeletionReport {
    DeletionReport {
        outcome: DeletionOutcome::NotKnown,
        failure: Some(internal()),
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: doctor.cloned().into_iter().collect(),
    }
}

/// What is said of a job that panicked: of a delete, that nothing is known.
fn ending_of_panic(kind: &JobKind, operation: OperationId) -> JobEnding {
    match kind {
        JobKind::Download(doctor) => JobEnding::Download {
            doctor: doctor.clone(),
            result: Err(JobFailure::Failed(internal())),
        },
        JobKind::Compare(doctor) => JobEnding::Compare {
            doctor: doctor.clone(),
            result: Err(JobFailure::Failed(internal())),
        },
        JobKind::Delete(doctor) => JobEnding::Delete {
            doctor: doctor.clone(),
            operation,
            report: not_known(Some(doctor)),
            backup: None,
        },
        JobKind::DeleteAll => JobEnding::DeleteAll {
            operation,
            report: not_known(None),
        },
        JobKind::CheckAll | JobKind::SurveyAll => JobEnding::CheckAll(CheckAllReport {
            stopped: true,
            ..CheckAllReport::default()
        }),
        JobKind::CheckAndBackUp => JobEnding::CheckAndBackUp {
            checks: CheckAllReport {
                stopped: true,
                ..CheckAllReport::default()
            },
            backed_up: Vec::new(),
            failed: Vec::new(),
        },
    }
}
