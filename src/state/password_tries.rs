//! Wrong passwords: after some in a row each next try has to wait longer.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Failure, FailureKind};

/// How many wrong ones in a row are let through at once.
const AT_ONCE: u32 = 5;

/// How long the first of the next ones waits; each that follows waits twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// The wrong passwords of whoever sits at the window, wherever they were typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordTries {
    wrong: u32,
    last: Option<Timestamp>,
}

impl PasswordTries {
    /// How long the next try still has to wait, where it does.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let times = self.wrong.checked_sub(AT_ONCE)?;
        let wait = FIRST_WAIT * 2_i32.saturating_pow(times.min(10));
        let wait = wait.min(LONGEST_WAIT);
        let since = now.duration_since(self.last?);
        Some(wait - since).filter(SignedDuration::is_positive)
    }

    pub(super) fn failed(&mut self, failure: &Failure, now: Timestamp) {
        if failure.kind == FailureKind::PasswordNotAccepted {
            self.wrong = self.wrong.saturating_add(1);
            self.last = Some(now);
        }
    }

    /// A clock that is set back is no reason to wait for more than the whole wait once more.
    pub(super) fn tick(&mut self, now: Timestamp) {
        self.last = self.last.map(|last| last.min(now));
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(tries: &mut PasswordTries, now: Timestamp) {
        let failure = Failure::new(FailureKind::PasswordNotAccepted, now, "401");
        tries.failed(&failure, now);
    }

    #[test]
    fn after_five_wrong_ones_in_a_row_each_next_one_waits_twice_as_long() {
        let mut tries = PasswordTries::default();
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 0..4 {
            wrong(&mut tries, now);
            assert_eq!(tries.wait(now), None);
        }
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            wrong(&mut tries, now);
            let wait = SignedDuration::from_secs(seconds);
            assert_eq!(tries.wait(now), Some(wait));
            let second = SignedDuration::from_secs(1);
            assert_eq!(tries.wait(now + second), Some(wait - second));
            now += wait;
            assert_eq!(tries.wait(now), None);
        }
        let back = now - SignedDuration::from_hours(9);
        tries.tick(back);
        assert_eq!(tries.wait(back), Some(LONGEST_WAIT));
        assert_eq!(tries.wait(back + LONGEST_WAIT), None);
        for _ in 0..99 {
            wrong(&mut tries, now);
        }
        assert_eq!(tries.wait(now), Some(LONGEST_WAIT));
    }

    #[test]
    fn only_wrong_passwords_count_and_a_right_one_ends_the_count() {
        let mut tries = PasswordTries::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..5 {
            let failure = Failure::new(FailureKind::ServiceTrouble, now, "");
            tries.failed(&failure, now);
        }
        assert_eq!(tries, PasswordTries::default());
        for _ in 0..5 {
            wrong(&mut tries, now);
        }
        tries.succeeded();
        assert_eq!(tries.wait(now), None);
    }
}
