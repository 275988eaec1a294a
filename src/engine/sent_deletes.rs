use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::DoctorName;

/// When the last delete went out that may have met a doctor's recording, by the steady clock:
/// what was seen before says nothing of what is there now.
#[derive(Default)]
pub struct SentDeletes(Mutex<BTreeMap<Whose, Sent>>);

/// The service, and the doctor; all doctors without one.
type Whose = (String, Option<DoctorName>);

/// The deletes of one doctor's recordings, or of all.
#[derive(Default)]
struct Sent {
    /// When the last one went out.
    last: Duration,
    /// How many went out, and how many of those were answered or given up.
    turns: u64,
}

impl SentDeletes {
    /// A delete goes out, or went out, at that time.
    pub fn note(&self, service: &str, doctor: Option<&DoctorName>, at: Duration) {
        self.change(service, doctor, |sent| sent.last = at.max(sent.last));
    }

    /// A delete that went out was answered, or its answer is waited for no more.
    pub fn note_end(&self, service: &str, doctor: Option<&DoctorName>) {
        self.change(service, doctor, |_| {});
    }

    fn change(&self, service: &str, doctor: Option<&DoctorName>, change: impl FnOnce(&mut Sent)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = all
            .entry((service.to_owned(), doctor.cloned()))
            .or_default();
        sent.turns += 1;
        change(sent);
    }

    /// When the last one went out that may have met a doctor's recording.
    pub fn last(&self, service: &str, doctor: &DoctorName) -> Option<Duration> {
        let [one, all] = self.of(service, doctor, |sent| sent.last);
        one.max(all)
    }

    /// Grows with each that goes out and may meet a doctor's recording, and with the end of each.
    pub fn turns(&self, service: &str, doctor: &DoctorName) -> u64 {
        let turns = self.of(service, doctor, |sent| sent.turns);
        turns.into_iter().flatten().sum()
    }

    fn of<T>(
        &self,
        service: &str,
        doctor: &DoctorName,
        what: impl Fn(&Sent) -> T,
    ) -> [Option<T>; 2] {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        [Some(doctor.clone()), None].map(|doctor| all.get(&(service.to_owned(), doctor)).map(&what))
    }
}
