use std::time::Duration;

use crate::domain::{DeletionPlan, DeletionRules};

/// How long a confirmed delete waits for Stop.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// For one doctor, unless a rule says otherwise.
    pub one: Duration,
    /// For all, at least.
    pub all: Duration,
    /// For the window's word that nobody pressed it; without it, nothing is sent.
    pub last_call: Duration,
    /// For the next sign-in of the person, from the confirmation on.
    pub next_sign_in: Duration,
}

impl Waits {
    /// How long the delete of one doctor's recordings waits.
    pub fn of_one(&self, rules: &DeletionRules) -> Duration {
        match rules.time_to_stop() {
            DeletionRules::USUAL_TIME_TO_STOP => self.one,
            seconds => Duration::from_secs(seconds.into()),
        }
    }

    /// How long the delete of everything waits: no less than that of one doctor's.
    pub fn of_all(&self, rules: &DeletionRules) -> Duration {
        self.all.max(self.of_one(rules))
    }
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            one: Duration::from_secs(8),
            all: Duration::from_secs(15),
            last_call: Duration::from_mins(1),
            next_sign_in: DeletionPlan::LONGEST_SHOWN.unsigned_abs(),
        }
    }
}
