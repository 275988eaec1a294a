//! What the question whether everything is to be deleted says of all doctors.

use std::rc::Rc;

use jiff::Timestamp;

use crate::domain::DoctorTally;
use crate::state::State;

/// The figures, counted anew only where they may be others: thousands of doctors are not gone through
/// for each frame that is drawn.
#[derive(Debug)]
pub struct Figures {
    /// How the doctors stand.
    pub tally: DoctorTally,
    /// How many of their good backups lie where they may be lost.
    pub may_be_lost: usize,
    counted_of: CountedOf,
}

/// What the figures depend on.
#[derive(Debug, PartialEq, Eq)]
struct CountedOf {
    looked_since: Timestamp,
    asked_at: Timestamp,
    changes: u64,
    /// What is known grows old.
    second: i64,
}

impl Figures {
    /// The figures of the question now; those that are `kept` where they still hold.
    pub fn of(
        kept: &mut Option<Rc<Self>>,
        state: &State,
        looked_since: Timestamp,
        asked_at: Timestamp,
    ) -> Rc<Self> {
        let counted_of = CountedOf {
            looked_since,
            asked_at,
            changes: state.changes(),
            second: state.now.as_second(),
        };
        match kept {
            Some(figures) if figures.counted_of == counted_of => figures.clone(),
            _ => {
                let (doctors, now) = (&state.doctors, state.now);
                let figures = Rc::new(Self {
                    tally: DoctorTally::of(doctors, looked_since, asked_at, now),
                    may_be_lost: state.backups_that_may_be_lost(),
                    counted_of,
                });
                kept.insert(figures).clone()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::{DoctorName, KnownDoctor};
    use crate::settings::Settings;
    use crate::state::{Action, Mode, Screen};

    #[test]
    fn doctors_are_counted_anew_only_where_something_has_happened_or_time_has_passed() {
        let now = Timestamp::UNIX_EPOCH;
        let mut state = State::new(Mode::Real, Settings::default(), now);
        let mut kept = None;
        let mut count = |state: &State| Figures::of(&mut kept, state, now, now);
        let first = count(&state);
        state.tick(now + SignedDuration::from_millis(20));
        assert!(Rc::ptr_eq(&first, &count(&state)));

        state.update(Action::Show(Screen::Recordings));
        state.doctors = vec![KnownDoctor::new(DoctorName::parse("Dr. A").unwrap())];
        let second = count(&state);
        assert_eq!((first.tally.total(), second.tally.total()), (0, 1));

        state.tick(now + SignedDuration::from_secs(2));
        assert!(!Rc::ptr_eq(&second, &count(&state)));
    }
}
