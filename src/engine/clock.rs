//! Notices that time jumped: the computer slept, or its clock was set.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How far the two clocks may run apart between two looks: a sleep of less harms nothing.
const APART: Duration = Duration::from_secs(5);

/// How late a look may be by the steady clock. Under Windows this is how a sleep shows; elsewhere
/// only a process that was halted is so late, and a busy computer must not be taken for one.
const LATE: Duration = Duration::from_secs(if cfg!(windows) { 5 } else { 30 });

/// How often somebody who keeps watch looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Two clocks, read together.
///
/// The wall clock goes on while the computer sleeps, and people and time servers set it. The
/// steady one, [`Instant`], is never set; while the computer sleeps it stands still on Linux
/// (`CLOCK_MONOTONIC`) and macOS (`CLOCK_UPTIME_RAW`), and goes on under Windows
/// (`QueryPerformanceCounter`). A sleep shows on Linux and macOS in the wall clock running ahead
/// of the steady one, under Windows in a look that comes late by both. A wall clock that was set
/// forward can't be told from a sleep, and is treated as one.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Reading + Send + Sync>);

/// What both clocks show at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The computer's clock.
    pub wall: Timestamp,
    /// Time since some moment in this run.
    pub steady: Duration,
}

/// That time jumped between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeJump {
    /// The computer slept for about so long, or its clock was set forward.
    Ahead(Duration),
    /// The clock was set back by about so much.
    Back(Duration),
}

/// Keeps watch over one stretch of time.
pub struct Watch {
    clock: Clock,
    seen: Mutex<Seen>,
}

struct Seen {
    last: Reading,
    jumped: bool,
}

/// Counts the time that passes while the computer is awake.
pub struct Stopwatch {
    clock: Clock,
    counted: Mutex<Counted>,
}

struct Counted {
    last: Reading,
    awake: Duration,
}

impl Clock {
    /// A clock that is read by `read`.
    pub fn read_by(read: impl Fn() -> Reading + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// What the wall clock shows.
    pub(super) fn wall(&self) -> Timestamp {
        (self.0)().wall
    }

    /// What the steady clock shows.
    pub(super) fn steady(&self) -> Duration {
        (self.0)().steady
    }

    /// Begins to watch.
    pub(super) fn watch(&self) -> Watch {
        Watch {
            seen: Mutex::new(Seen {
                last: (self.0)(),
                jumped: false,
            }),
            clock: self.clone(),
        }
    }

    /// Begins to count.
    pub(super) fn stopwatch(&self) -> Stopwatch {
        let counted = Counted {
            last: (self.0)(),
            awake: Duration::ZERO,
        };
        Stopwatch {
            clock: self.clone(),
            counted: Mutex::new(counted),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        let start = Instant::now();
        Self::read_by(move || Reading {
            wall: Timestamp::now(),
            steady: start.elapsed(),
        })
    }
}

impl Watch {
    /// Looks, and says whether time jumped since the last look, which was to be `since` ago.
    pub(super) fn look(&self, since: Duration) -> Option<TimeJump> {
        let now = (self.clock.0)();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let jump = jump(seen.last, now, since);
        seen.last = now;
        seen.jumped |= jump.is_some();
        jump
    }

    /// Whether time jumped at any look, or has by now. To be asked while [`Watch::keep`] runs.
    pub(super) fn jumped(&self) -> bool {
        self.look(BETWEEN_LOOKS);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.jumped
    }

    /// Does `work` and looks before each of its steps; drops it, and gives `None`, when time jumps.
    pub(super) async fn unless_time_jumps<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            let step = poll_fn(|context| {
                if self.jumped() {
                    Poll::Ready(None)
                } else {
                    work.as_mut().poll(context).map(Some)
                }
            });
            tokio::select! {
                biased;
                done = step => return done,
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            }
        }
    }

    /// Looks again and again, and cancels `work` when time jumps. Never ends by itself.
    pub(super) async fn keep(&self, end: impl FnOnce()) -> Infallible {
        while !self.jumped() {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        end();
        pending().await
    }
}

impl Stopwatch {
    /// The time awake so far. To be asked within [`Stopwatch::beside`].
    pub(super) fn awake(&self) -> Duration {
        let now = (self.clock.0)();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.steady.saturating_sub(counted.last.steady);
        let slept = jump(counted.last, now, BETWEEN_LOOKS).is_some();
        counted.awake += if slept {
            passed.min(BETWEEN_LOOKS)
        } else {
            passed
        };
        counted.last = now;
        counted.awake
    }

    /// Does `work`, and looks at the clock meanwhile, so that no sleep is taken for time awake.
    pub(super) async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(BETWEEN_LOOKS) => {
                    self.awake();
                }
            }
        }
    }
}

fn jump(last: Reading, now: Reading, expected: Duration) -> Option<TimeJump> {
    let steady = now.steady.saturating_sub(last.steady);
    let signed = |length: Duration| SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
    let apart = now
        .wall
        .duration_since(last.wall)
        .saturating_sub(signed(steady));
    if apart > signed(APART) {
        Some(TimeJump::Ahead(apart.unsigned_abs()))
    } else if apart < -signed(APART) {
        Some(TimeJump::Back(apart.unsigned_abs()))
    } else {
        (steady > expected + LATE).then(|| TimeJump::Ahead(steady.saturating_sub(expected)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(wall: i64, steady: u64) -> Reading {
        Reading {
            wall: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + wall),
            steady: Duration::from_secs(steady),
        }
    }

    #[test]
    fn a_sleep_shows_whether_the_steady_clock_stands_or_goes_on() {
        let expected = Duration::from_secs(5);
        let from = |now| jump(reading(0, 0), now, expected);
        let ahead = |seconds| Some(TimeJump::Ahead(Duration::from_secs(seconds)));
        assert_eq!(from(reading(5, 5)), None);
        assert_eq!(from(reading(9, 9)), None, "a busy computer");
        assert_eq!(from(reading(605, 5)), ahead(600), "Linux, macOS");
        assert_eq!(from(reading(605, 605)), ahead(600), "Windows");
        assert_eq!(
            from(reading(5, 605)),
            Some(TimeJump::Back(Duration::from_mins(10))),
            "and set back to where it was"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_shows_and_one_that_was_put_right_does_not() {
        let expected = Duration::from_secs(5);
        let from = |now| jump(reading(0, 0), now, expected);
        assert_eq!(from(reading(4, 5)), None);
        assert_eq!(from(reading(2, 5)), None);
        assert_eq!(
            from(reading(-3_595, 5)),
            Some(TimeJump::Back(Duration::from_hours(1)))
        );
    }

    #[test]
    fn time_asleep_is_not_counted_whether_the_steady_clock_stands_or_goes_on() {
        let now = Arc::new(Mutex::new(reading(0, 0)));
        let clock = Clock::read_by({
            let now = now.clone();
            move || *now.lock().unwrap()
        });
        let stopwatch = clock.stopwatch();
        let awake_at = |wall, steady| {
            *now.lock().unwrap() = reading(wall, steady);
            stopwatch.awake()
        };
        assert_eq!(awake_at(1, 1), Duration::from_secs(1));
        assert_eq!(awake_at(8, 8), Duration::from_secs(8), "a busy computer");
        assert_eq!(awake_at(3_609, 9), Duration::from_secs(9), "Linux, macOS");
        let windows = awake_at(7_210, 3_610);
        assert_eq!(windows, Duration::from_secs(10), "Windows");
        let set_back = awake_at(10, 3_611);
        assert_eq!(
            set_back,
            Duration::from_secs(11),
            "a clock that was set back"
        );
    }

    #[tokio::test]
    async fn after_a_sleep_work_does_not_take_its_next_step() {
        let slept = Arc::new(Mutex::new(false));
        let clock = Clock::read_by({
            let slept = slept.clone();
            move || reading(if *slept.lock().unwrap() { 600 } else { 0 }, 0)
        });
        let mut sent = false;
        let work = async {
            *slept.lock().unwrap() = true;
            tokio::task::yield_now().await;
            sent = true;
        };
        assert_eq!(clock.watch().unless_time_jumps(work).await, None);
        assert!(!sent);
        *slept.lock().unwrap() = false;
        assert_eq!(clock.watch().unless_time_jumps(async { 1 }).await, Some(1));
    }
}
