//! The doctors known here, and the checks of them.

use crate::domain::{DoctorName, Failure, KnownDoctor, ServerKnowledge};
use crate::engine::Command;
use crate::state::{Message, SideEffect, State, engine};

impl State {
    /// What is known of a doctor.
    #[must_use]
    pub fn doctor(&self, name: &DoctorName) -> Option<&KnownDoctor> {
        let at = self.place_of_doctor(name).ok()?;
        self.doctors.get(at)
    }

    pub(super) fn names(&self) -> Vec<DoctorName> {
        self.doctors
            .iter()
            .map(|doctor| doctor.name.clone())
            .collect()
    }

    pub(super) fn put_doctors(&mut self, mut doctors: Vec<KnownDoctor>) {
        doctors.sort_by_cached_key(|doctor| {
            let name = &doctor.name;
            (name.as_str().to_lowercase(), name.clone())
        });
        self.doctors = doctors;
    }

    pub(super) fn put_doctor(&mut self, doctor: KnownDoctor) {
        match self.place_of_doctor(&doctor.name) {
            Ok(at) => {
                if let Some(known) = self.doctors.get_mut(at) {
                    *known = doctor;
                }
            }
            Err(at) => self.doctors.insert(at, doctor),
        }
    }

    pub(super) fn forgotten(&mut self, name: &DoctorName) {
        if let Ok(at) = self.place_of_doctor(name) {
            self.doctors.remove(at);
        }
    }

    pub(super) fn forget(&mut self, doctor: DoctorName) -> Vec<SideEffect> {
        self.modals.pop();
        engine(Command::Forget(doctor))
    }

    pub(super) fn check_started(&mut self, doctor: DoctorName) {
        self.take_back_messages(&doctor);
        self.checking.insert(doctor);
    }

    pub(super) fn check_ended(&mut self, doctor: DoctorName, failure: Option<Failure>) {
        self.checking.remove(&doctor);
        if let Some(failure) = failure {
            self.tell_failure(Some(doctor), failure);
        } else if matches!(
            self.doctor(&doctor).map(|known| &known.server),
            Some(ServerKnowledge::Nothing { .. })
        ) {
            self.tell(Message::NothingThere(doctor));
        }
    }

    /// Where a doctor stands among those known here, or would: with thousands of them, each frame and
    /// each event asks.
    fn place_of_doctor(&self, name: &DoctorName) -> Result<usize, usize> {
        let lower = name.as_str().to_lowercase();
        self.doctors.binary_search_by(|known| {
            let known_lower = known.name.as_str().to_lowercase();
            // Two that differ in nothing but the case still have an order.
            known_lower.cmp(&lower).then_with(|| known.name.cmp(name))
        })
    }
}
