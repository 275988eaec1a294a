//! The jobs and the smaller tasks that run: their starts, their ends, and the panics among them.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};

use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, DeletionOutcome, DoctorName, OperationId,
};
use crate::engine::cancellation::{Cancellation, EndedBy};
use crate::engine::credentials::SignIn;
use crate::engine::jobs::kept;
use crate::engine::notice::{BegunAt, Ended, Notice};
use crate::engine::resources::internal;
use crate::engine::ticket::{JobBoard, JobTicket};
use crate::engine::unwanted;
use crate::engine::workspace::Workspace;
use crate::engine::{CheckAllReport, DeletionReport, Event, JobEnding, JobFailure, JobId, JobKind};
use crate::store::Change;

/// How long the end of a job that panicked waits to be recorded.
const LONGEST_ENTRY: Duration = Duration::from_secs(5);

/// What runs.
pub struct Scheduler {
    board: JobBoard,
    tasks: JoinSet<Option<(JobId, JobEnding)>>,
    on_panic: HashMap<Id, OnPanic>,
    running: BTreeMap<JobId, Running>,
}

/// A running job.
struct Running {
    kind: JobKind,
    workspace: Arc<Workspace>,
    operation: OperationId,
    asked_by: Arc<SignIn>,
    cancellation: Cancellation,
    no_stop: Arc<Notify>,
    try_now: Arc<Notify>,
}

/// What is said of a task that panicked.
enum OnPanic {
    Job(JobId),
    Say(Box<Panicked>),
}

/// What is to be told of a smaller task that panicked.
pub struct Panicked {
    /// The service, where it was for one.
    pub begun_at: Option<BegunAt>,
    pub event: Event,
}

/// What is to be told of a task that has ended.
pub enum TaskEnded {
    /// A job.
    Job(Ended),
    /// A smaller task that panicked.
    Panicked(Box<Panicked>),
}

/// A job was not begun: another has to end first.
pub struct Busy;

impl Scheduler {
    pub fn new(board: JobBoard) -> Self {
        Self {
            board,
            tasks: JoinSet::new(),
            on_panic: HashMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Starts work that is no job of its own. `on_panic` is what is told where it panics, whoever is
    /// signed in then.
    pub fn spawn(&mut self, on_panic: Event, work: impl Future<Output = ()> + Send + 'static) {
        let panicked = Panicked {
            begun_at: None,
            event: on_panic,
        };
        self.begin(panicked, work);
    }

    /// The same for a service, whose doctors `on_panic` is about.
    pub fn spawn_at(
        &mut self,
        begun_at: BegunAt,
        on_panic: Event,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let panicked = Panicked {
            begun_at: Some(begun_at),
            event: on_panic,
        };
        self.begin(panicked, work);
    }

    fn begin(&mut self, on_panic: Panicked, work: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(async move {
            work.await;
            None
        });
        self.on_panic
            .insert(task.id(), OnPanic::Say(Box::new(on_panic)));
    }

    /// Starts a job, unless one runs that has to end first; as the operation that an earlier one began,
    /// or as one of its own.
    ///
    /// # Errors
    /// [`Busy`].
    pub fn start<F>(
        &mut self,
        workspace: &Arc<Workspace>,
        kind: JobKind,
        begun: Option<OperationId>,
        work: impl FnOnce(JobTicket) -> F,
    ) -> Result<(), Busy>
    where
        F: Future<Output = JobEnding> + Send + 'static,
    {
        let mut running = self.running.values();
        if running.any(|running| running.kind.excludes(&kind)) {
            return Err(Busy);
        }
        let asked_by = workspace.credentials.sign_in();
        let mut ticket = self.board.open(asked_by, kind.deletes());
        ticket.operation = begun.unwrap_or(ticket.operation);
        let id = ticket.id;
        workspace.tell(Event::JobStarted {
            id,
            kind: kind.clone(),
        });
        let running = Running {
            kind,
            workspace: workspace.clone(),
            operation: ticket.operation.clone(),
            asked_by: ticket.asked_by.clone(),
            cancellation: ticket.cancellation.clone(),
            no_stop: ticket.no_stop.clone(),
            try_now: ticket.try_now.clone(),
        };
        self.running.insert(id, running);
        let work = work(ticket);
        let task = self.tasks.spawn(async move { Some((id, work.await)) });
        self.on_panic.insert(task.id(), OnPanic::Job(id));
        Ok(())
    }

    /// Ends a job early.
    pub fn cancel(&self, id: JobId, ended_by: EndedBy) {
        if let Some(running) = self.running.get(&id) {
            running.cancellation.cancel(ended_by);
        }
    }

    /// Ends a download so that what came is kept; no other job.
    pub fn pause(&self, id: JobId) {
        if let Some(running) = self.running.get(&id)
            && let JobKind::Download(_) = running.kind
        {
            running.cancellation.cancel(EndedBy::Pause);
        }
    }

    /// Ends all jobs that began under this generation, or all there are.
    pub fn cancel_all(&self, generation: Option<u64>, ended_by: EndedBy) {
        for running in self.running.values() {
            if generation.is_none_or(|generation| running.workspace.generation == generation) {
                running.cancellation.cancel(ended_by);
            }
        }
    }

    /// The window has found no Stop.
    pub fn no_stop(&self, id: JobId) {
        if let Some(running) = self.running.get(&id) {
            running.no_stop.notify_one();
        }
    }

    /// Begins a job's next try now.
    pub fn try_now(&self, id: JobId) {
        if let Some(running) = self.running.get(&id) {
            running.try_now.notify_waiters();
        }
    }

    /// Waits for the next task that ends; never returns while there is none. `None` where nothing is to
    /// be told of it. A future that is dropped misses nothing.
    pub async fn next_ended(&mut self) -> Option<TaskEnded> {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.ended(ended),
            None => pending().await,
        }
    }

    /// Waits until nothing runs.
    pub async fn all_ended(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn ended(
        &mut self,
        ended: Result<(Id, Option<(JobId, JobEnding)>), JoinError>,
    ) -> Option<TaskEnded> {
        let (task, ended) = match ended {
            Ok((task, ended)) => (task, Ok(ended)),
            Err(error) => (error.id(), Err(error)),
        };
        let on_panic = self.on_panic.remove(&task);
        match (ended, on_panic) {
            (Ok(None), _) | (Err(_), None) => None,
            (Ok(Some((id, ending))), _) => {
                let running = self.close(id)?;
                Some(TaskEnded::Job(running.ended(id, ending)))
            }
            // The panic's own words may hold a name: the id is all that is logged.
            (Err(error), Some(OnPanic::Say(panicked))) => {
                tracing::error!(task = %error.id(), "a task panicked");
                Some(TaskEnded::Panicked(panicked))
            }
            (Err(error), Some(OnPanic::Job(id))) => {
                tracing::error!(task = %error.id(), "a job panicked");
                let running = self.close(id)?;
                self.spawn(Event::failed(None, internal()), running.say_panicked(id));
                None
            }
        }
    }

    fn close(&mut self, id: JobId) -> Option<Running> {
        self.board.close(id);
        self.running.remove(&id)
    }
}

impl Running {
    fn ended(self, id: JobId, ending: JobEnding) -> Ended {
        Ended {
            id,
            ending: Box::new(ending),
            begun_at: self.workspace.begun_at(),
        }
    }

    /// Records and says that a job panicked. It is said also where the store stands still.
    async fn say_panicked(self, id: JobId) {
        let mut ending = self.ending_of_panic();
        let resources = self.workspace.resources.clone();
        // Nobody would hear it now: the next start finds out.
        if !resources.leaving.is_cancelled() {
            let recorded = tokio::time::timeout(LONGEST_ENTRY, self.record_panic()).await;
            if recorded == Ok(true) {
                not_sent(&mut ending);
            }
        }
        resources.notify(Notice::Ended(Box::new(self.ended(id, ending))));
    }

    /// Records that a job panicked; what the store knows of it tells how far it was. Whether it is a delete
    /// of which nothing was sent.
    async fn record_panic(&self) -> bool {
        let store = &self.workspace.resources.store;
        match &self.kind {
            // While it waits to be sent, nothing can have been sent: its intent would have ended that.
            JobKind::Delete(_) | JobKind::DeleteAll => {
                let Ok(waiting) = store.waiting_deletes().await else {
                    return false;
                };
                if !waiting.iter().any(|one| one.operation == self.operation) {
                    return false;
                }
                let mut draft = self.entry(AuditOutcome::Failed);
                draft.note = Some("a fault of the app's own; nothing was sent".to_owned());
                let waits_no_more = vec![Change::EndWaiting(self.operation.clone())];
                self.workspace.record(draft, waits_no_more).await;
                return true;
            }
            // One that can't be closed here is closed at the next start, which looks what came of it.
            JobKind::Download(_) | JobKind::Compare(_) => {
                if let Some(changes) = self.closes_download().await {
                    let draft = self.entry(AuditOutcome::Failed);
                    self.workspace.record(draft, changes).await;
                    kept::tell(&self.workspace).await;
                }
            }
            // What they came to is recorded, one by one.
            JobKind::CheckAll | JobKind::SurveyAll | JobKind::CheckAndBackUp => {}
        }
        false
    }

    /// What closes the download that a job which panicked had begun, once its part file is gone. `None`
    /// where that may be left, or the file may have its name already.
    async fn closes_download(&self) -> Option<Vec<Change>> {
        let store = &self.workspace.resources.store;
        let open = store.unfinished_transfers().await.ok()?;
        let Some(open) = open.into_iter().find(|one| one.operation == self.operation) else {
            return Some(Vec::new());
        };
        let part = store.part(&self.operation).await.ok()?;
        if part.checked.is_some() {
            return None;
        }
        // What came may still be written to: the next start tells of it.
        if part.came.is_some() {
            return Some(Vec::new());
        }
        let apart = store.part_apart(&self.operation).await.ok()?;
        let (mark, came) = (part.mark, part.unwanted);
        let removed = unwanted::remove_file(&open.part, mark.as_deref(), came.as_ref()).await;
        removed.ok()?;
        let operation = self.operation.clone();
        Some(if apart.is_some_and(|apart| apart.came.is_some()) {
            let part = open.part;
            vec![
                Change::PartTakenBack(operation.clone()),
                Change::UnwantedPartGone { part, mark },
                Change::TransferRecorded(operation),
            ]
        } else {
            vec![Change::EndTransfer(operation)]
        })
    }

    /// An entry of the record about it.
    fn entry(&self, outcome: AuditOutcome) -> AuditDraft {
        let action = match &self.kind {
            JobKind::Compare(_) => AuditAction::Compare,
            JobKind::Delete(_) => AuditAction::Delete,
            JobKind::DeleteAll => AuditAction::DeleteAll,
            JobKind::CheckAll | JobKind::SurveyAll => AuditAction::Check,
            JobKind::Download(_) | JobKind::CheckAndBackUp => AuditAction::Download,
        };
        let mut draft = self
            .workspace
            .draft(action, outcome, self.operation.clone());
        draft.who.person = self.asked_by.person();
        draft.doctor = self.kind.doctor().cloned();
        draft.note = Some("a fault of the app's own".to_owned());
        draft
    }

    /// What is said of a job that panicked: of a delete, that nothing is known, under the name that the
    /// record has it by.
    fn ending_of_panic(&self) -> JobEnding {
        let operation = self.operation.clone();
        match &self.kind {
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
}

/// What is said of a delete, or of a look after it, that panicked.
pub fn not_known(doctor: Option<&DoctorName>) -> DeletionReport {
    DeletionReport {
        outcome: DeletionOutcome::NotKnown,
        failure: Some(internal()),
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: doctor.cloned().into_iter().collect(),
    }
}

/// Says of a delete that nothing of it was sent.
fn not_sent(ending: &mut JobEnding) {
    if let JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. } = ending {
        report.outcome = DeletionOutcome::NotSent;
        report.not_known.clear();
    }
}
