//! The doctors known here, and the checks of them.

use crate::domain::{DoctorName, Failure, KnownDoctor, ServerKnowledge};
use crate::engine::Command;
use crate::state::{Effect, Message, State, engine};

impl State {
    /// What is known of a doctor.
    #[must_use]
    pub fn doctor(&self, name: &DoctorName) -> Option<&KnownDoctor> {
        self.doctors.iter().find(|doctor| &doctor.name == name)
    }

    pub(super) fn names(&self) -> Vec<DoctorName> {
        self.doctors
            .iter()
            .map(|doctor| doctor.name.clone())
            .collect()
    }

    pub(super) fn put_doctor(&mut self, doctor: KnownDoctor) {
        let place = self
            .doctors
            .iter_mut()
            .find(|known| known.name == doctor.name);
        if let Some(place) = place {
            *place = doctor;
        } else {
            let key = doctor.name.as_str().to_lowercase();
            let at = self
                .doctors
                .partition_point(|known| known.name.as_str().to_lowercase() < key);
            self.doctors.insert(at, doctor);
        }
    }

    pub(super) fn forgotten(&mut self, name: &DoctorName) {
        self.doctors.retain(|doctor| doctor.name != *name);
    }

    pub(super) fn forget(&mut self, doctor: DoctorName) -> Vec<Effect> {
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
            self.tell(Message::Failed {
                doctor: Some(doctor),
                failure,
            });
        } else if matches!(
            self.doctor(&doctor).map(|known| &known.server),
            Some(ServerKnowledge::Nothing { .. })
        ) {
            self.tell(Message::NothingThere(doctor));
        }
    }
}
