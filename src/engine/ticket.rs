//! The jobs that run: their names, how far they are, and how they are cancelled.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::domain::{DoctorName, OperationId};
use crate::engine::cancellation::{Cancellation, EndedBy};
use crate::engine::credentials::SignIn;
use crate::engine::operation::new_operation;
use crate::engine::{JobId, JobProgress};

/// How far all jobs are.
pub type Progress = BTreeMap<JobId, JobProgress>;

/// Wakes the window, after so long at the latest.
pub type Wake = Arc<dyn Fn(Duration) + Send + Sync>;

/// The least time between two reports of one job, and between two frames that progress makes
/// necessary, however many jobs run: ten a second at most.
const BETWEEN_REPORTS: Duration = Duration::from_millis(100);

/// Gives jobs their names and takes their progress.
#[derive(Clone)]
pub struct JobBoard {
    next: Arc<AtomicU64>,
    progress: Arc<watch::Sender<Progress>>,
    wake: Wake,
}

/// A job's own end of the board.
#[derive(Clone)]
pub struct JobTicket {
    /// Its name.
    pub id: JobId,
    /// The operation, as the record knows it.
    pub operation: OperationId,
    /// The sign-in of the person who asked for it.
    pub asked_by: Arc<SignIn>,
    /// Whether it may go on in that person's sign-ins alone.
    is_personal: bool,
    /// Set when it is to end early.
    pub cancel: CancellationToken,
    /// Ends it early.
    pub cancellation: Cancellation,
    /// Rings when the window has found no Stop.
    pub no_stop: Arc<Notify>,
    /// Told when the person wants the next try now; whoever does not wait for one misses it.
    pub try_now: Arc<Notify>,
    board: JobBoard,
    shown: Arc<Mutex<Shown>>,
}

/// What is shown of a job, some of whose calls may wait for a sign-in.
#[derive(Default)]
struct Shown {
    /// How many of its calls wait.
    waiting: usize,
    /// How far it is otherwise.
    otherwise: Option<JobProgress>,
}

/// Who makes a call: a job, or something smaller.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    ticket: Option<&'a JobTicket>,
    give_up: &'a CancellationToken,
    /// Whether it waits where nobody is signed in.
    waits: bool,
    /// Whether any person's sign-in will do.
    in_any: bool,
}

/// Reports bytes as they arrive, as often as is allowed, with the speed of late.
pub struct ByteReporter {
    ticket: JobTicket,
    doctor: DoctorName,
    purpose: Purpose,
    last: Option<(Instant, u64)>,
    speed: f64,
}

/// What bytes arrive for.
#[derive(Clone, Copy)]
enum Purpose {
    Download { can_be_paused: bool },
    Comparison,
}

impl JobBoard {
    /// A board without jobs, and the end that the window watches.
    pub fn new(wake: Wake) -> (Self, watch::Receiver<Progress>) {
        let (progress, watched) = watch::channel(Progress::new());
        (
            Self {
                next: Arc::default(),
                progress: Arc::new(progress),
                wake,
            },
            watched,
        )
    }

    /// Names a new job, which may be only for the person who asked for it.
    pub fn open(&self, asked_by: Arc<SignIn>, is_personal: bool) -> JobTicket {
        let cancellation = Cancellation::new();
        let id = JobId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        JobTicket {
            id,
            operation: new_operation(),
            asked_by,
            is_personal,
            cancel: cancellation.token().clone(),
            cancellation,
            no_stop: Arc::default(),
            try_now: Arc::default(),
            board: self.clone(),
            shown: Arc::default(),
        }
    }

    /// Takes an ended job off.
    pub fn close(&self, id: JobId) {
        self.progress.send_modify(|progress| {
            progress.remove(&id);
        });
    }
}

impl JobTicket {
    /// Says how far the job is, and wakes the window in time.
    pub fn report(&self, progress: JobProgress) {
        self.change(|shown| shown.otherwise = Some(progress));
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut shown);
        let progress = if shown.waiting > 0 {
            Some(JobProgress::WaitingForSignIn)
        } else {
            shown.otherwise.clone()
        };
        let Some(progress) = progress else {
            return;
        };
        self.board.progress.send_modify(|board| {
            board.insert(self.id, progress);
        });
        drop(shown);
        (self.board.wake)(BETWEEN_REPORTS);
    }

    /// A reporter for the bytes of `doctor`'s recording, which can be gone on with later or not.
    pub fn bytes_of(&self, doctor: &DoctorName, can_be_paused: bool) -> ByteReporter {
        self.reporter(doctor, Purpose::Download { can_be_paused })
    }

    /// The same where they are only compared.
    pub fn compared_bytes_of(&self, doctor: &DoctorName) -> ByteReporter {
        self.reporter(doctor, Purpose::Comparison)
    }

    fn reporter(&self, doctor: &DoctorName, purpose: Purpose) -> ByteReporter {
        ByteReporter {
            ticket: self.clone(),
            doctor: doctor.clone(),
            purpose,
            last: None,
            speed: 0.0,
        }
    }
}

/// Has a job be shown as waiting for a sign-in until it is dropped.
struct Waiting<'a>(&'a JobTicket);

impl<'a> Waiting<'a> {
    fn begin(ticket: &'a JobTicket) -> Self {
        ticket.change(|shown| shown.waiting += 1);
        Self(ticket)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.change(|shown| shown.waiting -= 1);
    }
}

impl<'a> Caller<'a> {
    /// A job, until it is cancelled.
    pub const fn job(ticket: &'a JobTicket) -> Self {
        Self {
            in_any: !ticket.is_personal,
            ..Self::look_until(Some(ticket), &ticket.cancel)
        }
    }

    /// What is nobody's in particular, such as the look what a delete did, until that is set.
    pub const fn look_until(ticket: Option<&'a JobTicket>, give_up: &'a CancellationToken) -> Self {
        Self {
            ticket,
            give_up,
            waits: true,
            in_any: true,
        }
    }

    /// What a person waits for at the window: it ends with the sign-in.
    pub const fn task(give_up: &'a CancellationToken) -> Self {
        Self {
            waits: false,
            ..Self::look_until(None, give_up)
        }
    }

    /// The job, where it is one.
    pub const fn ticket(self) -> Option<&'a JobTicket> {
        self.ticket
    }

    /// Whether it waits where nobody is signed in.
    pub const fn waits(self) -> bool {
        self.waits
    }

    /// Whether it may go on in this sign-in; a job that may not is ended.
    pub fn may_go_on_in(self, sign_in: &SignIn) -> bool {
        let Some(ticket) = self.ticket.filter(|_| !self.in_any) else {
            return true;
        };
        let is_same = sign_in.is_by_the_same_person(&ticket.asked_by);
        if !is_same {
            let known = sign_in.person_id().is_some() && ticket.asked_by.person_id().is_some();
            let another = EndedBy::AnotherPerson { known };
            ticket.cancellation.cancel(another);
        }
        is_same
    }

    /// Returns when nothing is wanted any more.
    pub async fn given_up(self) {
        self.give_up.cancelled().await;
    }

    /// Says that it waits for a sign-in while it does.
    pub async fn waiting_for_sign_in<T>(self, wait: impl Future<Output = T>) -> T {
        let Some(ticket) = self.ticket else {
            return wait.await;
        };
        let _shown = Waiting::begin(ticket);
        wait.await
    }
}

impl ByteReporter {
    /// Takes how many bytes there are by now.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a speed for people needs no 53 bits"
    )]
    pub fn report(&mut self, received: u64, total: Option<u64>) {
        let now = Instant::now();
        if let Some((at, before)) = self.last {
            let elapsed = now.duration_since(at);
            if elapsed < BETWEEN_REPORTS && Some(received) != total {
                return;
            }
            let latest =
                received.saturating_sub(before) as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
            // A second's worth of reports weighs about two thirds: calm, and not stale.
            self.speed = if self.speed == 0.0 {
                latest
            } else {
                self.speed.mul_add(0.9, latest * 0.1)
            };
        }
        self.last = Some((now, received));
        let (doctor, speed) = (self.doctor.clone(), self.speed);
        self.ticket.report(match self.purpose {
            Purpose::Comparison => JobProgress::Comparing {
                doctor,
                received,
                total,
                speed,
            },
            Purpose::Download { can_be_paused } => JobProgress::Downloading {
                doctor,
                received,
                total,
                speed,
                can_be_paused,
            },
        });
    }
}
