//! The tries of one operation: what each met, how long they took, and the wait between them.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{DoctorName, Failure, NextTry, Sha256Digest};
use crate::engine::clock::{Clock, Stopwatch};
use crate::engine::credentials::SignIn;
use crate::engine::retry::{Budget, Retry, Wait, is_out_of_reach};
use crate::engine::ticket::JobTicket;
use crate::engine::workspace::Workspace;
use crate::engine::{JobFailure, JobProgress};

/// After how many bytes, that need not come again, a try counts as one that gets on; or after a
/// hundredth of what is there, if that is more.
const GETS_ON: u64 = 64 * 1024;

/// How often a wait tells what is left of it.
const TICK: Duration = Duration::from_millis(200);

/// The tries of one operation, from the first on.
pub struct Tries {
    stopwatch: Stopwatch,
    so_far: Mutex<SoFar>,
}

struct SoFar {
    retry: Retry,
    begun: u32,
    done_in: Option<Arc<SignIn>>,
    /// The most bytes that were ever there and needed not to come again.
    most: u64,
    /// How many were refused for want of a sign-in.
    refused: u32,
    /// The last one was, and is to be made again.
    waits_for_sign_in: bool,
    /// What each met that failed, oldest first.
    met: Vec<Failure>,
    /// The digest of what one brought that was not kept, the newest.
    came: Option<Sha256Digest>,
    /// The digest of what one brought that was not what was announced, the newest.
    contradicted: Option<Sha256Digest>,
    /// The last try brought that which one before it had brought: so will the next.
    same_again: bool,
    /// Time awake in which bytes arrived, in the tries that have ended, or something else was waited
    /// for than the service.
    not_counted: Duration,
    /// The same of this try: from when, until when.
    this_try: Option<(Duration, Duration)>,
    /// Since when the service is out of reach of what goes on.
    outage_since: Option<Duration>,
}

impl Tries {
    /// Before the first try.
    pub fn new(workspace: &Workspace, budget: Budget) -> Self {
        let retry = Retry::new(budget, fastrand::Rng::new());
        Self::by(workspace.resources.clock.stopwatch(), retry)
    }

    const fn by(stopwatch: Stopwatch, retry: Retry) -> Self {
        Self {
            stopwatch,
            so_far: Mutex::new(SoFar {
                retry,
                begun: 0,
                done_in: None,
                most: 0,
                refused: 0,
                waits_for_sign_in: false,
                met: Vec::new(),
                came: None,
                contradicted: None,
                same_again: false,
                not_counted: Duration::ZERO,
                this_try: None,
                outage_since: None,
            }),
        }
    }

    /// Does all of the tries while their time is taken.
    pub async fn timed<T>(&self, all: impl Future<Output = T>) -> T {
        self.stopwatch.beside(all).await
    }

    /// Waits for what is no fault of the tries: that takes none of their time.
    pub async fn pause<T>(&self, wait: impl Future<Output = T>) -> T {
        let since = self.stopwatch.awake();
        let ended = wait.await;
        let until = self.stopwatch.awake();
        self.so_far().not_counted += until.saturating_sub(since);
        ended
    }

    /// A try begins.
    pub fn begin(&self, sign_in: &Arc<SignIn>) {
        let mut so_far = self.so_far();
        so_far.begun += 1;
        so_far.done_in = Some(sign_in.clone());
    }

    /// The sign-in of the last try.
    pub fn done_in(&self) -> Option<Arc<SignIn>> {
        self.so_far().done_in.clone()
    }

    /// A try was refused for want of a sign-in. Whether it was the first: two sign-ins that only one
    /// call is refused in have not both ended.
    pub fn sign_in_ended(&self) -> bool {
        let mut so_far = self.so_far();
        // It answered.
        so_far.outage_since = None;
        so_far.waits_for_sign_in = so_far.refused == 0;
        so_far.refused += 1;
        so_far.waits_for_sign_in
    }

    /// Whether the last try was the first to be refused for want of a sign-in: it is to be made again
    /// in the next one.
    pub fn takes_the_next_sign_in(&self) -> bool {
        std::mem::take(&mut self.so_far().waits_for_sign_in)
    }

    /// Bytes of a recording came: a long download that is cut has not used up its time.
    pub fn bytes_came(&self) {
        let now = self.stopwatch.awake();
        let mut so_far = self.so_far();
        let since = so_far.this_try.map_or(now, |(since, _)| since);
        so_far.this_try = Some((since, now));
    }

    /// So many bytes are there now that need not come again: what the tries may cost begins anew where
    /// there never were as many.
    pub fn came_on(&self, good_for: u64) {
        let awake = self.stopwatch.awake();
        let mut so_far = self.so_far();
        let least = GETS_ON.max(so_far.most / 100);
        if good_for < so_far.most.saturating_add(least) {
            return;
        }
        so_far.most = good_for;
        so_far.retry.begin_anew();
        so_far.not_counted = awake;
        (so_far.this_try, so_far.outage_since) = (None, None);
    }

    /// Whether the last try brought any bytes.
    pub fn has_brought_bytes(&self) -> bool {
        self.so_far().this_try.is_some()
    }

    /// A try brought these contents, which were not kept; nothing where it brought none.
    pub fn came(&self, contents: Option<Sha256Digest>) {
        let mut so_far = self.so_far();
        so_far.came = contents.or(so_far.came);
    }

    /// A try brought these contents, which were not those that were announced; nothing where it
    /// brought none.
    pub fn contradicted(&self, contents: Option<Sha256Digest>) {
        let mut so_far = self.so_far();
        so_far.same_again = contents.is_some() && contents == so_far.contradicted;
        so_far.contradicted = contents.or(so_far.contradicted);
    }

    /// The digest of what an earlier try brought that was not kept.
    pub fn came_before(&self) -> Option<Sha256Digest> {
        self.so_far().came
    }

    /// Takes in what a try met, after which there is something to go on with or not. The failure comes
    /// back with what the earlier ones met, and with the wait before the next.
    ///
    /// # Errors
    /// The same failure, where it is given up.
    pub fn failed(&self, failure: Failure, goes_on: bool) -> Result<(Failure, Wait), Failure> {
        let awake = self.stopwatch.awake();
        let mut so_far = self.so_far();
        so_far.end_try();
        let is_outage = goes_on && is_out_of_reach(&failure);
        if !is_outage && let Some(since) = so_far.outage_since.take() {
            so_far.not_counted += awake.saturating_sub(since);
        }
        let wait = if std::mem::take(&mut so_far.same_again) {
            None
        } else if is_outage {
            let since = *so_far.outage_since.get_or_insert(awake);
            so_far.retry.after_outage(awake.saturating_sub(since))
        } else {
            let spent = awake.saturating_sub(so_far.not_counted);
            so_far.retry.after(&failure, spent)
        };
        let with_earlier = with_earlier(failure.clone(), &so_far.met);
        so_far.met.push(failure);
        wait.map_or(Err(with_earlier.clone()), |wait| Ok((with_earlier, wait)))
    }

    /// Takes in what a try met that is made again at once.
    pub fn met(&self, failure: Failure) {
        let mut so_far = self.so_far();
        so_far.end_try();
        so_far.met.push(failure);
    }

    /// Takes in what a try met after which there is no other, whatever it was.
    pub fn given_up(&self, failure: Failure) -> Failure {
        with_earlier(failure, &self.so_far().met)
    }

    /// The record's words for how many tries it took; nothing where the first was the only one.
    pub fn note(&self) -> Option<String> {
        let begun = self.so_far().begun;
        (begun > 1).then(|| format!("tried {begun} times"))
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SoFar {
    /// A try has ended: the time in which its bytes arrived is not counted.
    fn end_try(&mut self) {
        if let Some((since, until)) = self.this_try.take() {
            self.not_counted += until.saturating_sub(since);
        }
    }
}

fn with_earlier(mut failure: Failure, earlier: &[Failure]) -> Failure {
    failure.details.earlier = earlier.to_vec();
    failure
}

/// The wait in the open before a job's next try, which Try now and Cancel end.
///
/// # Errors
/// [`JobFailure::Cancelled`].
pub async fn wait(
    ticket: &JobTicket,
    clock: &Clock,
    (doctor, next_try): (&DoctorName, NextTry),
    failure: Failure,
    wait: Wait,
) -> Result<(), JobFailure> {
    let mut try_now = pin!(ticket.try_now.notified());
    let failure = Box::new(failure);
    let end = clock.steady() + wait.length;
    loop {
        let left = end.saturating_sub(clock.steady());
        if left.is_zero() {
            return Ok(());
        }
        ticket.report(JobProgress::WaitingToTryAgain {
            doctor: doctor.clone(),
            failure: failure.clone(),
            left,
            next: wait.next,
            tries: wait.of,
            next_try,
        });
        tokio::select! {
            biased;
            () = ticket.cancel.cancelled() => return Err(JobFailure::Cancelled),
            () = &mut try_now => return Ok(()),
            () = tokio::time::sleep(left.min(TICK)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::domain::FailureKind;
    use crate::engine::clock::Reading;

    fn failed(kind: FailureKind) -> Failure {
        Failure::new(kind, Timestamp::UNIX_EPOCH, "")
    }

    /// Tries by a clock that a test reads and sets, in seconds.
    fn tries() -> (Tries, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = Clock::read_by({
            let seconds = seconds.clone();
            move || {
                let steady = Duration::from_secs(seconds.load(Ordering::Relaxed));
                let wall = Timestamp::UNIX_EPOCH + SignedDuration::try_from(steady).unwrap();
                Reading { wall, steady }
            }
        });
        let retry = Retry::new(Budget::DOWNLOAD, fastrand::Rng::with_seed(7));
        (Tries::by(clock.stopwatch(), retry), seconds)
    }

    /// Lets so many seconds pass, one by one: more at once would be a sleep.
    fn pass(tries: &Tries, clock: &AtomicU64, seconds: u64, at_each: impl Fn(&Tries)) {
        for _ in 0..seconds {
            clock.fetch_add(1, Ordering::Relaxed);
            at_each(tries);
        }
    }

    #[test]
    fn an_outage_uses_up_none_of_the_time_for_what_the_service_answers() {
        let (tries, clock) = tries();
        let silence = |tries: &Tries| {
            tries.stopwatch.awake();
        };
        for _ in 0..10 {
            assert!(tries.failed(failed(FailureKind::NoAnswer), true).is_ok());
            pass(&tries, &clock, 60, silence);
        }
        // Ten minutes are gone, and all five are left.
        let trouble = || {
            let mut failure = failed(FailureKind::ServiceTrouble);
            failure.details.status = Some(503);
            failure
        };
        for next in 2..=5 {
            let (_, wait) = tries.failed(trouble(), true).unwrap();
            assert_eq!((wait.next, wait.of), (next, Some(5)));
        }
        tries.failed(trouble(), true).unwrap_err();
    }

    #[test]
    fn an_outage_that_lasts_is_given_up_and_what_comes_begins_it_anew() {
        let (tries, clock) = tries();
        let silence = |tries: &Tries| {
            tries.stopwatch.awake();
        };
        let unreached = || tries.failed(failed(FailureKind::NoAnswer), true);
        unreached().unwrap();
        pass(&tries, &clock, 14 * 60, silence);
        unreached().unwrap();
        tries.came_on(1_000_000);
        unreached().unwrap();
        pass(&tries, &clock, 14 * 60, silence);
        unreached().unwrap();
        pass(&tries, &clock, 61, silence);
        unreached().unwrap_err();
    }

    /// Twenty minutes in steps, each doing `at_each` to the tries; whether another one follows.
    fn again_after_twenty_minutes(at_each: impl Fn(&Tries)) -> bool {
        let (tries, clock) = tries();
        pass(&tries, &clock, 1200, at_each);
        let kind = FailureKind::ConnectionDropped {
            received: 59,
            total: None,
        };
        tries.failed(failed(kind), false).is_ok()
    }

    #[test]
    fn a_long_download_that_is_cut_has_not_used_up_its_time_and_a_long_silence_has() {
        assert!(again_after_twenty_minutes(Tries::bytes_came));
        let silence = |tries: &Tries| {
            tries.stopwatch.awake();
        };
        assert!(!again_after_twenty_minutes(silence));
    }

    #[test]
    fn a_try_that_is_made_again_at_once_is_no_part_of_the_next_one() {
        let (tries, clock) = tries();
        pass(&tries, &clock, 60, Tries::bytes_came);
        tries.met(failed(FailureKind::ServiceTrouble));
        assert!(!tries.has_brought_bytes());
        let silence = |tries: &Tries| {
            tries.stopwatch.awake();
        };
        pass(&tries, &clock, 1200, silence);
        tries.bytes_came();
        let kind = FailureKind::ConnectionDropped {
            received: 59,
            total: None,
        };
        tries.failed(failed(kind), false).unwrap_err();
    }
}
