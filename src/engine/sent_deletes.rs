use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::DoctorName;

/// When the last delete went out that may have met a doctor's recording, by the steady clock:
/// what was seen before says nothing of what is there now.
#[derive(Default)]
pub struct SentDeletes(Mutex<BTreeMap<Whose, Duration>>);

/// The service, and the doctor; all doctors without one.
type Whose = (String, Option<DoctorName>);

impl SentDeletes {
    /// A delete goes out, or went out, at that time.
    pub fn note(&self, service: &str, doctor: Option<&DoctorName>, at: Duration) {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = (service.to_owned(), doctor.cloned());
        let last = sent.entry(whose).or_default();
        *last = at.max(*last);
    }

    /// The last one that may have met a doctor's recording.
    pub fn last(&self, service: &str, doctor: &DoctorName) -> Option<Duration> {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |doctor| sent.get(&(service.to_owned(), doctor)).copied();
        of(Some(doctor.clone())).max(of(None))
    }
}
