//! Who excludes whom: which jobs have to end before another one may begin.

use crate::domain::DoctorName;
use crate::engine::JobKind;

impl JobKind {
    /// The doctor, of a job on one.
    #[must_use]
    pub const fn doctor(&self) -> Option<&DoctorName> {
        match self {
            Self::Download(doctor) | Self::Compare(doctor) | Self::Delete(doctor) => Some(doctor),
            Self::DeleteAll | Self::CheckAll | Self::SurveyAll | Self::CheckAndBackUp => None,
        }
    }

    /// Whether it deletes.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self, Self::Delete(_) | Self::DeleteAll)
    }

    const fn fetches(&self) -> bool {
        matches!(
            self,
            Self::Download(_) | Self::Compare(_) | Self::CheckAndBackUp
        )
    }

    /// Whether `new` may not begin while this one runs. One delete at a time, so that its Stop is in
    /// sight; nothing is fetched beside a delete that it may concern.
    #[must_use]
    pub fn excludes(&self, new: &Self) -> bool {
        if self.deletes() && new.deletes() {
            return true;
        }
        match (self, new) {
            // It only looks, and each question has its own.
            (Self::SurveyAll, _) | (_, Self::SurveyAll) => false,
            // A batch checks everybody, and nothing on one doctor is begun beside it; what runs already
            // does not keep it back.
            (Self::CheckAndBackUp, Self::CheckAll) => true,
            (Self::CheckAndBackUp, new) if new.doctor().is_some() => true,
            (running, new) => match (running.doctor(), new.doctor()) {
                (Some(one), Some(other)) => one == other,
                _ if running == new => true,
                _ => (running.deletes() && new.fetches()) || (running.fetches() && new.deletes()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_excludes_what_would_get_in_its_way_and_nothing_else() {
        let doctor = |name| DoctorName::parse(name).unwrap();
        let download = |name| JobKind::Download(doctor(name));
        let compare = |name| JobKind::Compare(doctor(name));
        let delete = |name| JobKind::Delete(doctor(name));
        let (delete_all, check_all) = (JobKind::DeleteAll, JobKind::CheckAll);
        let (survey_all, batch) = (JobKind::SurveyAll, JobKind::CheckAndBackUp);
        for (running, new, excludes) in [
            (download("A"), download("A"), true),
            (download("A"), download("B"), false),
            (download("A"), delete("A"), true),
            (download("A"), delete("B"), false),
            (compare("A"), delete("A"), true),
            (delete("A"), delete("B"), true),
            (delete("A"), delete_all.clone(), true),
            (delete_all.clone(), delete("A"), true),
            (delete_all.clone(), download("A"), true),
            (download("A"), delete_all.clone(), true),
            (delete_all.clone(), check_all.clone(), false),
            (check_all.clone(), check_all.clone(), true),
            (check_all.clone(), delete_all.clone(), false),
            (check_all.clone(), download("A"), false),
            (batch.clone(), download("A"), true),
            (download("A"), batch.clone(), false),
            (batch.clone(), batch.clone(), true),
            (batch.clone(), check_all.clone(), true),
            (check_all.clone(), batch.clone(), false),
            (batch.clone(), delete("A"), true),
            (delete("A"), batch.clone(), true),
            (delete_all.clone(), batch, true),
            (survey_all.clone(), survey_all.clone(), false),
            (survey_all, delete_all, false),
        ] {
            assert_eq!(
                running.excludes(&new),
                excludes,
                "{running:?}, then {new:?}"
            );
        }
    }
}
