use std::time::Duration;

use crate::domain::DeletionPlan;

/// How long a confirmed delete waits for Stop.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// For one doctor.
    pub one: Duration,
    /// For all.
    pub all: Duration,
    /// For the window's word that nobody pressed it; without it, nothing is sent.
    pub last_call: Duration,
    /// For the next sign-in of the person, from the confirmation on.
    pub next_sign_in: Duration,
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
