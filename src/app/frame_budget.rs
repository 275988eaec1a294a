//! How much of what waits is taken in before a frame is drawn.

use std::time::{Duration, Instant};

/// How long a frame takes in events: a quarter of what a screen of 60 frames a second leaves it.
const BUDGET: Duration = Duration::from_millis(4);

/// The time that one frame has for what waits.
pub struct FrameBudget {
    end: Instant,
}

impl FrameBudget {
    /// Begins now.
    pub fn begin() -> Self {
        Self {
            end: Instant::now() + BUDGET,
        }
    }

    /// Hands what waits to `take`, in its order, and at least one of it. Whether that was all: the rest
    /// waits for the next frame.
    ///
    /// `window` is what both work on.
    pub fn spend<W, E>(
        &self,
        window: &mut W,
        mut next: impl FnMut(&mut W) -> Option<E>,
        mut take: impl FnMut(&mut W, E),
    ) -> bool {
        while let Some(one) = next(window) {
            take(window, one);
            if Instant::now() >= self.end {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::{DoctorName, KnownDoctor};
    use crate::engine::{Envelope, Event};
    use crate::settings::Settings;
    use crate::state::{Mode, State};

    fn told_of(number: usize) -> Envelope {
        let name = DoctorName::parse(&format!("Dr. {number:05}")).unwrap();
        Envelope {
            generation: 1,
            event: Event::Doctor(Box::new(KnownDoctor::new(name))),
        }
    }

    #[test]
    fn many_thousands_of_events_hold_no_frame_up_and_none_is_lost() {
        // Each doctor is told of again and again, as while everybody is checked and backed up.
        let events: Vec<_> = (0..100_000).map(|number| told_of(number % 5_000)).collect();
        let all = events.len();
        let state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        let mut window = (VecDeque::from(events), state);
        let (mut taken, mut frames) = (0, 0);
        loop {
            let (budget, mut late) = (FrameBudget::begin(), 0);
            let is_all = budget.spend(
                &mut window,
                |(events, _)| events.pop_front(),
                |(_, state), envelope| {
                    taken += 1;
                    late += usize::from(Instant::now() >= budget.end);
                    state.apply(envelope);
                },
            );
            frames += 1;
            // The time may run out between the look at it and the next event.
            assert!(late <= 1, "{late} were begun after the frame's time");
            if is_all {
                break;
            }
        }
        assert_eq!(taken, all);
        assert_eq!(window.1.doctors.len(), 5_000);
        assert!(frames > 1, "all were taken in at once");
    }

    #[test]
    fn events_are_taken_in_in_their_order_over_the_frames() {
        let mut waiting: VecDeque<u32> = (0..1_000).collect();
        let mut taken = Vec::new();
        let mut frames = 0;
        loop {
            let spent = FrameBudget {
                end: Instant::now(),
            };
            frames += 1;
            if spent.spend(&mut waiting, VecDeque::pop_front, |_, one| taken.push(one)) {
                break;
            }
        }
        // A frame without any time left takes one in all the same: nothing waits for ever.
        assert_eq!(frames, 1_001);
        assert!(taken.into_iter().eq(0..1_000));
    }
}
