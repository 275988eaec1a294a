//! A clock that a test stops, lets go on, and sends to sleep.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use audio_housekeeper::engine::{Clock, Reading};
use jiff::{SignedDuration, Timestamp};

/// Runs beside the computer's, until it is stopped. What is measured by it, as the wait of a delete is,
/// lasts for as long as it stands.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Hands>>);

struct Hands {
    /// What it showed at `since`.
    shown: Reading,
    /// When it was last set going; nothing while it stands.
    since: Option<Instant>,
}

impl TestClock {
    /// The clock as the engine reads it.
    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::read_by(move || clock.hands().read())
    }

    /// Lets no time pass.
    pub fn stop(&self) {
        let mut hands = self.hands();
        *hands = Hands {
            shown: hands.read(),
            since: None,
        };
    }

    /// Lets time pass again.
    pub fn run(&self) {
        let mut hands = self.hands();
        hands.since.get_or_insert_with(Instant::now);
    }

    /// Sets the wall clock and the steady one ahead, or the wall clock back, by so many seconds.
    pub fn jump(&self, wall: i64, steady: u64) {
        let mut hands = self.hands();
        hands.shown.wall += SignedDuration::from_secs(wall);
        hands.shown.steady += Duration::from_secs(steady);
    }

    /// Lets so much time pass at once, awake: less than what counts as a sleep on any system.
    pub fn pass(&self, time: Duration) {
        assert!(time < Duration::from_secs(5), "a sleep");
        let mut hands = self.hands();
        hands.shown.wall += SignedDuration::try_from(time).unwrap();
        hands.shown.steady += time;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap()
    }
}

impl Default for TestClock {
    fn default() -> Self {
        let shown = Reading {
            wall: Timestamp::now(),
            steady: Duration::ZERO,
        };
        let since = Some(Instant::now());
        Self(Arc::new(Mutex::new(Hands { shown, since })))
    }
}

impl Hands {
    fn read(&self) -> Reading {
        let passed = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        Reading {
            wall: self.shown.wall + SignedDuration::try_from(passed).unwrap(),
            steady: self.shown.steady + passed,
        }
    }
}
